"""The planned interventions, the five criteria and the measures in the Word file of a brief."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.text import Truncator

from core.text import counted
from engagements.documents import telling
from engagements.documents.word.sheet import Column, Lines, Piece, Sheet, items, line, prose
from engagements.documents.word.words import cost, dates, gap, in_brackets, steps, with_comma
from engagements.enums import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engagements.documents.brief import Brief, Measure, Planned, Result

# A sign and a style for each finding, so that colour is never the only bearer.
SIGNS = {
    Finding.MET: ("✓ ", "Finding Met"),
    Finding.PARTLY: ("◐ ", "Finding Partly"),
    Finding.NOT_MET: ("✗ ", "Finding Not Met"),
    Finding.NOT_YET_KNOWN: ("", "Strong"),
}


def write_plan(sheet: Sheet, brief: Brief, *, is_draft: bool) -> None:
    """Write what is planned."""
    sheet.heading("Interventions", 1)
    for planned in brief.planned:
        _planned(sheet, brief, planned, missing=gap(is_draft=is_draft))
    sheet.lines(() if brief.planned else gap(is_draft=is_draft))


def write_criteria(sheet: Sheet, brief: Brief, *, is_draft: bool) -> None:
    """Write the five useful criteria with their evidence, reasons first."""
    sheet.heading("The five useful criteria", 1)
    if not brief.planned:
        sheet.lines(gap(is_draft=is_draft))
        return
    sheet.paragraph(
        "Each planned intervention is checked against five criteria. A finding works itself out from the facts in this brief; "
        "a person may overrule it, with a reason."
    )
    _reasons(sheet, brief, is_draft=is_draft)
    sheet.heading("Findings", 2)
    width = 135 // max(len(brief.criteria), 1)
    columns = (Column("Intervention", 35), *(Column(criterion.name, width) for criterion in brief.criteria))
    rows = [[line(_named(planned)), *(_finding(result) for result in planned.results)] for planned in brief.planned]
    sheet.table(columns, rows, caption="Planned interventions against the five criteria")
    for planned in brief.planned:
        columns = (Column("Criterion", 40), Column("Worked out", 26), Column("Evidence", 104))
        rows = [
            [line(result.name), line(str(result.worked_out.label)), tuple(row for text in result.evidence for row in line(text))]
            for result in planned.results
        ]
        sheet.table(columns, rows, caption=f"Evidence for “{planned.title}”")
    sheet.heading("What the criteria ask", 2)
    sheet.facts([(criterion.name, line(criterion.text)) for criterion in brief.criteria])


def write_measures(sheet: Sheet, brief: Brief, *, is_draft: bool) -> None:
    """Write how it will be known that it worked."""
    sheet.heading("Measures of success", 1)
    missing = gap(is_draft=is_draft)
    for planned in brief.planned:
        sheet.heading(_named(planned), 2)
        sheet.lines(prose(planned.expected_impact), style="Lead")
        _measures(sheet, planned.measures, missing=missing)
    if brief.other_measures:
        sheet.heading("Not yet tied to an intervention", 2)
        _measures(sheet, brief.other_measures, missing=missing)
    elif not brief.planned:
        sheet.lines(missing)


def _planned(sheet: Sheet, brief: Brief, planned: Planned, *, missing: Lines) -> None:
    """Write one planned intervention, complete."""
    sheet.heading(_named(planned), 2)
    if planned.menu_name:
        sheet.paragraph(Piece(" ".join(filter(None, [f"From the menu: {planned.menu_name}.", planned.menu_summary])), "Quiet"))
    else:
        sheet.paragraph(Piece("Bespoke: made for this engagement, and not taken from the menu.", "Quiet"))
    sheet.lines(prose(planned.co_designed))
    serves = [
        f"Priority {priority.number}: {Truncator(priority.statement).chars(160)}"
        for priority in brief.priority_list
        if priority.number in planned.serves
    ]
    percent = planned.preparatory_percent
    route = ": ".join(filter(None, [planned.route, planned.provider]))
    sheet.facts(
        [
            ("For whom", items(planned.audience) or missing),
            ("Serves", items(serves) or missing),
            ("Focus", line(planned.focus)),
            ("Roles it develops", items(planned.roles)),
            ("Behaviours it develops", items(planned.behaviours)),
            ("Forward View steps", steps(planned.steps)),
            ("Preparatory work", line("" if percent is None else f"{percent}% of the work")),
            ("Dates", dates(planned) or missing),
            ("Sessions and places", line(_size(planned))),
            ("Sourcing route", line(route, in_brackets(planned.provider_kind)) or missing),
            ("Why this route", prose(planned.route_reason) or missing),
            ("Declared interest", prose(planned.provider_interest)),
            ("Cost", cost(planned) or missing),
            ("Expected impact", prose(planned.expected_impact) or missing),
        ]
    )
    _funding(sheet, planned, missing=missing)


def _size(planned: Planned) -> str:
    sessions = "" if planned.sessions is None else counted(planned.sessions, "session")
    places = "" if planned.places is None else counted(planned.places, "place")
    return with_comma(sessions, places)


def _funding(sheet: Sheet, planned: Planned, *, missing: Lines) -> None:
    """Write who pays, and what nobody has confirmed yet."""
    if planned.funding:
        rows = [
            [line(found.source), line(str(found.certainty.label)), line(telling.pounds(found.amount))]
            for found in planned.funding
        ]
        if planned.shortfall:
            rows.append([line("Not yet confirmed"), (), line(Piece(telling.pounds(planned.shortfall), "Strong"))])
        columns = (Column("Source of money", 90), Column("How sure it is", 52), Column("Amount", 28, is_number=True))
        sheet.table(columns, rows, caption=f"Funding of “{planned.title}”")
    elif missing and planned.is_cost_known and not planned.is_no_cost:
        sheet.paragraph(Piece("Funding: ", "Strong"), *missing[0].pieces)


def _reasons(sheet: Sheet, brief: Brief, *, is_draft: bool) -> None:
    """Write the findings that a person wrote about or must write about."""
    reasons = telling.reasons_of(brief)
    if reasons:
        sheet.heading("Overrules and reasons", 2)
    for planned, result in reasons:
        said = str(result.finding.label).lower()
        if result.is_overruled:
            said = f"worked out as {str(result.worked_out.label).lower()}, overruled to {said}"
        sheet.paragraph(Piece(f"{_named(planned)}\n", "Strong"), f"{result.name}: {said}", style="Reason", keeps=True)
        sheet.lines(prose(result.reason), style="Reason")
        if result.reason_by:
            sheet.paragraph(Piece(f"{result.reason_by}, {telling.day(result.reason_on)}", "Quiet"), style="Reason")
        elif is_draft:
            sheet.paragraph(Piece("Reason not yet written", "Gap"), style="Reason")
        if result.is_out_of_date:
            sheet.paragraph(Piece("The facts have changed since this was written.", "Gap"), style="Reason")


def _finding(result: Result) -> Lines:
    sign, look = SIGNS[result.finding]
    return line(Piece(f"{sign}{result.finding.label}", look)) + line(Piece("overruled" if result.is_overruled else "", "Quiet"))


def _measures(sheet: Sheet, measures: Sequence[Measure], *, missing: Lines) -> None:
    """Write measures one after the other."""
    for measure in measures:
        _measure(sheet, measure, missing=missing)
    sheet.lines(() if measures else missing)


def _measure(sheet: Sheet, measure: Measure, *, missing: Lines) -> None:
    """Write one measure, complete."""
    sheet.heading("Outcome sought", 3)
    sheet.lines(prose(measure.outcome))
    if measure.baseline:
        when = telling.day(measure.baseline_on) if measure.baseline_on else ""
        baseline = line(Piece(measure.baseline, "Strong")) + line(when)
    elif measure.no_baseline_reason:
        baseline = line("None.") + prose(measure.no_baseline_reason)
    else:
        baseline = missing
    target = (line(Piece(measure.target, "Strong")) or missing) + line(measure.direction)
    due = line(Piece(telling.day(measure.due_on), "Strong")) if measure.due_on else missing
    columns = (Column("Baseline", 64), Column("Target", 64), Column("By when", 42))
    sheet.table(columns, [[baseline, target, due]])
    kirkpatrick = f"Kirkpatrick level {measure.kirkpatrick}" if measure.kirkpatrick else ""
    level = line(measure.level, in_brackets(kirkpatrick)) if measure.level else line(kirkpatrick)
    source = f"{', from' if measure.owner else 'From'} {measure.collected_from}" if measure.collected_from else ""
    agreed = with_comma(measure.agreed_with, telling.day(measure.agreed_on) if measure.agreed_on else "")
    sheet.facts(
        [
            ("Form of the result", line(": ".join(filter(None, [measure.kind, measure.unit])))),
            ("Where it should show", level),
            ("How it is measured", prose(measure.method)),
            ("Data source", line(measure.data_source)),
            ("Who collects it", line(measure.owner + source)),
            ("Other influences", prose(measure.other_influences)),
            ("Agreed with", line(agreed)),
        ]
    )


def _named(planned: Planned) -> str:
    return f"{planned.number}. {planned.title}"
