"""What the Word file of a brief says, in the words and the order of the printed one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.text import Truncator

from core.text import counted, date_and_time, joined
from engagements.documents import telling
from engagements.documents.stamp import signatures
from engagements.documents.word.plan import write_criteria, write_measures, write_plan
from engagements.documents.word.sheet import Column, Lines, Piece, Sheet, items, line, prose
from engagements.documents.word.words import cost, dates, gap, in_brackets, steps, with_comma

if TYPE_CHECKING:
    from datetime import date

    from engagements.documents.brief import Brief, FacetWords
    from engagements.documents.stamp import Signature, Stamp

FINGERPRINT = "The fingerprint is worked out from all the words of the plan: if one letter changed, so would the fingerprint."


def render_word(brief: Brief, stamp: Stamp) -> bytes:
    """Return the brief as a Word file. The same values give the same bytes."""
    sheet = Sheet(
        title=f"{brief.reference} {brief.title} – brief, {stamp.edition.lower()}",
        subject=f"Systems leadership brief {brief.reference}",
        author=brief.region.name,
        on=stamp.day,
    )
    running = f"{brief.reference} · {Truncator(brief.title).chars(80)}"
    sheet.margins(running=running, is_draft=stamp.is_draft, footer="Systems Leadership Portal")
    _title(sheet, brief, stamp)
    _summary(sheet, brief, stamp)
    _compass(sheet, brief)
    _people(sheet, brief, is_draft=stamp.is_draft)
    _place(sheet, brief, is_draft=stamp.is_draft)
    _purpose(sheet, brief, is_draft=stamp.is_draft)
    _priorities(sheet, brief, is_draft=stamp.is_draft)
    write_plan(sheet, brief, is_draft=stamp.is_draft)
    write_criteria(sheet, brief, is_draft=stamp.is_draft)
    write_measures(sheet, brief, is_draft=stamp.is_draft)
    _feedback(sheet, brief, stamp)
    _contact(sheet, brief)
    _agreement(sheet, brief, stamp)
    return sheet.finish()


def _title(sheet: Sheet, brief: Brief, stamp: Stamp) -> None:
    sheet.paragraph(f"Systems leadership brief · {brief.reference}", style="Subtitle")
    sheet.heading(brief.title, 0)
    missing = gap(is_draft=stamp.is_draft)
    sheet.facts(
        [
            ("Client", line(brief.client, in_brackets(brief.client_kind)) or missing),
            ("STP area" if len(brief.areas) == 1 else "STP areas", line("; ".join(brief.areas)) or missing),
            ("LDP region", line(brief.region.name)),
            ("Lead consultant", line(with_comma(brief.lead.name, brief.lead.job_title))),
            ("Edition", line(stamp.edition)),
            ("Status", line(stamp.status)),
            ("Decide by", line(_long(stamp.due_on)) if stamp.is_waiting else ()),
            ("Date", line(_long(stamp.day))),
        ]
    )


def _summary(sheet: Sheet, brief: Brief, stamp: Stamp) -> None:
    missing = gap(is_draft=stamp.is_draft)
    sheet.heading("Summary", 1)
    sheet.heading("Purpose", 2)
    sheet.lines(tuple(row for purpose in brief.purposes for row in line(Truncator(purpose.statement).chars(320))) or missing)
    sheet.heading("Priorities", 2)
    for priority in brief.priority_list:
        sheet.paragraph(Truncator(priority.statement).chars(200), style="List Number")
    sheet.lines(() if brief.priority_list else missing)
    sheet.heading("Interventions", 2)
    if brief.planned:
        columns = (Column("Intervention", 82), Column("Dates", 60), Column("Cost", 28, is_number=True))
        rows = [
            [line(f"{planned.number}. {planned.title}"), dates(planned), cost(planned) or missing] for planned in brief.planned
        ]
        if brief.total_cost and len(brief.planned) > 1:
            rows.append([line("All interventions"), (), line(Piece(telling.pounds(brief.total_cost), "Strong"))])
        sheet.table(columns, rows, caption="Planned interventions, with dates and cost")
    else:
        sheet.lines(missing)
    sheet.heading("What is asked of you", 2)
    _asked(sheet, brief, stamp)


def _asked(sheet: Sheet, brief: Brief, stamp: Stamp) -> None:
    if stamp.is_waiting:
        names = joined(telling.asked_of(brief, stamp))
        wish = f"{names}: please read this plan, then agree to it or say what should change, at "
        sheet.paragraph(wish, Piece(stamp.address, url=stamp.address), style="Asked")
        sheet.paragraph(f"Decide by {_long(stamp.due_on)}." if stamp.due_on else "", style="Asked")
    elif stamp.is_draft:
        wish = f"This is a draft. Please read it and tell {brief.lead.name} what is missing, what is wrong and what you would change."
        sheet.paragraph(f"{wish} You are not asked to sign anything yet.", style="Asked")
    else:
        wish = f"This plan is agreed. Please see to your part of it, and tell {brief.lead.name} when something changes."
        sheet.paragraph(wish, style="Asked")
    if brief.total_shortfall:
        missing = telling.pounds(brief.total_shortfall)
        sheet.paragraph(f"{missing} of the cost is not confirmed yet. Help in finding it is welcome.", style="Asked")


def _compass(sheet: Sheet, brief: Brief) -> None:
    """Write in words what the compass draws."""
    sheet.heading("Where the conversation stands", 1)
    sheet.paragraph(
        "A conversation may start anywhere. Each part of the compass fills as the people who hold it see more clearly; "
        "what they plan to do together stands in the middle.",
        keeps=True,
    )
    rows = [
        [line(facet["name"]), line(facet["clarity_label"]), line(facet["count_words"])] for facet in telling.compass_facets(brief)
    ]
    rows.append([line("Planned"), (), line(counted(len(brief.planned), "intervention"))])
    columns = (Column("Part of the compass", 56), Column("How clear it is", 57), Column("What it holds", 57))
    sheet.table(columns, rows, caption="The Start Anywhere compass")


def _words(sheet: Sheet, words: FacetWords) -> None:
    """Write what the client said about a facet, apart from what the consultant wrote."""
    if words.words:
        sheet.paragraph(Piece("In the client’s own words", "Quiet"), style="Quote", keeps=True)
        sheet.lines(prose(words.words), style="Quote")


def _people(sheet: Sheet, brief: Brief, *, is_draft: bool) -> None:
    sheet.heading("People", 1)
    _words(sheet, brief.people)
    if not brief.groups:
        sheet.lines(gap(is_draft=is_draft))
        return
    columns = (
        Column("Who they are", 44),
        Column("Organisation and sector", 46),
        Column("People", 18, is_number=True),
        Column("Why them", 62),
    )
    without = line(Piece("Organisation not yet agreed", "Gap")) if is_draft else ()
    rows = [
        [
            line(group.name),
            (line(group.organisation) or without) + line(Piece(group.sector, "Quiet")),
            line("" if group.headcount is None else str(group.headcount)),
            prose(group.why_them),
        ]
        for group in brief.groups
    ]
    sheet.table(columns, rows, caption="Who takes part, and why them")


def _place(sheet: Sheet, brief: Brief, *, is_draft: bool) -> None:
    sheet.heading("Place", 1)
    _words(sheet, brief.place)
    for place in brief.places:
        sheet.heading(place.name or place.site or place.area, 2)
        kind = ", ".join(filter(None, [place.site_kind.lower(), place.care_model]))
        sheet.facts(
            [
                ("Level", line(place.level)),
                ("Site", line(place.site, f" ({kind})") if place.site else ()),
                ("STP area", line(place.area)),
                ("What matters here", prose(place.note)),
            ]
        )
    sheet.lines(() if brief.places else gap(is_draft=is_draft))


def _purpose(sheet: Sheet, brief: Brief, *, is_draft: bool) -> None:
    sheet.heading("Purpose", 1)
    _words(sheet, brief.purpose)
    missing = gap(is_draft=is_draft)
    for purpose in brief.purposes:
        strategy = line(purpose.strategy_title) + line(purpose.strategy_section)
        if purpose.strategy_confirmed_by:
            when = telling.day(purpose.strategy_confirmed_on)
            strategy += line(f"Confirmed by {purpose.strategy_confirmed_by} on {when}")
        elif purpose.strategy_title and is_draft:
            strategy += line(Piece("Not yet confirmed", "Gap"))
        sheet.lines(prose(purpose.statement), style="Lead")
        sheet.facts(
            [
                ("The real work issue", prose(purpose.real_work_issue) or missing),
                ("Forward View steps", steps(purpose.steps) or missing),
                ("Workforce strategy", strategy or missing),
            ]
        )
    sheet.lines(() if brief.purposes else missing)


def _priorities(sheet: Sheet, brief: Brief, *, is_draft: bool) -> None:
    sheet.heading("Priorities", 1)
    _words(sheet, brief.priorities)
    for priority in brief.priority_list:
        sheet.heading(f"Priority {priority.number}", 2)
        sheet.lines(prose(priority.statement), style="Lead")
        sheet.facts(
            [
                ("Level now", line(priority.level_now)),
                ("Level wanted", line(priority.level_wanted)),
                ("Leadership roles", items(priority.roles)),
                ("Behaviours", items(priority.behaviours)),
            ]
        )
    sheet.lines(() if brief.priority_list else gap(is_draft=is_draft))


def _contact(sheet: Sheet, brief: Brief) -> None:
    sheet.heading("Your Leadership Development Partner", 1)
    contacts = [
        (str(point.kind.label), line(Piece(point.value, url=point.url), in_brackets(point.label)))
        for point in brief.region.contacts
    ]
    team = tuple(row for person in brief.team for row in line(with_comma(person.name, person.job_title)))
    lead = line(with_comma(brief.lead.name, brief.lead.job_title))
    sheet.facts([("LDP region", line(brief.region.name)), *contacts, ("Lead consultant", lead), ("Team", team)], keeps=True)


def _feedback(sheet: Sheet, brief: Brief, stamp: Stamp) -> None:
    """Write where those who took part say what they think, in a brief that was agreed."""
    if not stamp.has_feedback_code or not brief.planned:
        return
    sheet.heading("Feedback from participants", 1)
    sheet.paragraph(
        "Whoever takes part can say what they think of it, on a phone and without an account, while the lead consultant has the "
        "questions open. Nobody’s name is kept."
    )
    addresses = [(f"{planned.number}. {planned.title}", stamp.feedback_url(planned.number)) for planned in brief.planned]
    sheet.facts([(name, line(Piece(address, url=address))) for name, address in addresses])


def _agreement(sheet: Sheet, brief: Brief, stamp: Stamp) -> None:
    """Write who agreed what and when, and how to verify it: the last page."""
    sheet.heading("Who agreed what, and when", 1, starts_page=True)
    columns = (Column("Name", 44), Column("Role and organisation", 56), Column("Decision", 70))
    rows = [
        [line(row.name), line(row.job_title) + line(row.organisation), _decision(row, stamp)] for row in signatures(brief, stamp)
    ]
    if rows:
        sheet.table(columns, rows, caption="Client leads and their decisions")
    else:
        sheet.lines(gap(is_draft=stamp.is_draft))
    start = stamp.early_start
    submitted = f"{stamp.submitted_by}, {date_and_time(stamp.submitted_at)}" if stamp.submitted_at else ""
    sheet.facts(
        [
            ("Signatories are asked", line(str(brief.signing_order.label)) if brief.signatories else ()),
            ("Edition", line(f"{stamp.edition}, {_long(stamp.day)}")),
            ("Submitted", line(submitted)),
            ("Message to the signatories", prose(stamp.message)),
            ("Decide by", line(_long(stamp.due_on))),
            (
                "Started before sign-off",
                line(f"{date_and_time(start.at)}, recorded by {start.by}") + prose(start.reason) if start else (),
            ),
            ("Fingerprint (SHA-256)", line(stamp.content_hash)),
            ("Check it at", line(Piece(stamp.address, url=stamp.address))),
        ]
    )
    if stamp.is_draft:
        last = "This is a draft: it may change, and then its fingerprint changes with it."
    else:
        last = (
            f"Anybody can check it, without signing in: follow the address above, or enter the fingerprint at {stamp.check_url}."
        )
    sheet.paragraph(Piece(f"{FINGERPRINT} {last} This Word file can be changed: what counts is the plan in the portal.", "Quiet"))


def _decision(row: Signature, stamp: Stamp) -> Lines:
    """Say what was decided for a client lead, or why nothing was."""
    if decision := row.decision:
        said = line(Piece("Agreed to this plan" if decision.is_agreed else "Wants changes", "Strong"))
        said += line(date_and_time(decision.at))
        if decision.on_behalf_of:
            who = ", ".join(filter(None, [decision.name, decision.job_title, decision.organisation]))
            said += line(f"by {who}, on behalf of {decision.on_behalf_of}")
        return said + prose(decision.comment)
    if row.has_left:
        return line(Piece("No longer on the plan", "Quiet"))
    if row.is_signatory:
        return (
            line(Piece("Not decided yet", "Gap"))
            if stamp.version
            else line("Signs the plan") + line(Piece("Not asked yet", "Gap"))
        )
    return line(Piece(f"Deputy for {row.deputy_for}" if row.deputy_for else "Reads; does not sign", "Quiet"))


def _long(day: date | None) -> str:
    """Write a date in full, or nothing."""
    return date_format(day, "DATE_FORMAT") if day else ""
