"""Every field of a brief with the words in which a change of it is said: the tables that the comparison walks over.

A field without words has no place here, and a test finds it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.text import plain
from engagements.documents import brief as parts
from engagements.documents.differences.quoting import day, named, pounds, quoted
from engagements.documents.differences.sayings import Flag, Names, Saying, Signed, count, fact, prose, statement, text
from engagements.documents.differences.things import Part, Parts, Thing
from engagements.enums import SectionSlug

if TYPE_CHECKING:
    from django.db.models import TextChoices


def _label(choice: TextChoices) -> str:
    """Write a choice within a sentence: "partly met"."""
    return str(choice.label).lower()


def _cost(is_no_cost: bool, amount: str) -> str:
    return "no cost" if is_no_cost else pounds(amount)


def _with_cost(item: parts.Planned) -> str:
    if item.is_no_cost:
        return ", at no cost"
    return f", for {pounds(item.estimated_cost)}" if item.estimated_cost else ""


def finding_words(result: parts.Result) -> str:
    """Write what a criterion comes to for an intervention."""
    return _finding(result.worked_out, result.finding, result.is_overruled)


def _finding(worked_out: TextChoices, finding: TextChoices, is_overruled: bool) -> str:
    """Write a finding: "met", or "met (overruled, worked out as not met)"."""
    return f"{_label(finding)} (overruled, worked out as {_label(worked_out)})" if is_overruled else _label(finding)


def _by(name: str, on: str) -> str:
    """Write who did something and when: "“Priya Nair” on 3 April 2017"."""
    return " on ".join(filter(None, [quoted(name), day(on)]))


def _reason_by(item: parts.Result) -> str:
    by = _by(item.reason_by, item.reason_on)
    return f" by {by}" if item.reason_by else f" on {by}" if by else ""


def _lead_more(item: parts.ClientLead) -> str:
    if item.is_signatory:
        return " who signs the plan"
    return f" and the deputy of {quoted(item.deputy_for)}" if item.deputy_for else ""


def _step(item: parts.Step, brief: parts.Brief) -> str:
    """Write a Forward View step as the brief does: its name and, in brackets, its kind."""
    return f"{named(item.name)} ({plain(item.kind).lower()})" if plain(item.kind) else named(item.name)


def _priority(number: int, brief: parts.Brief) -> str:
    """Name the priority of a number."""
    return next((named(item.statement) for item in brief.priority_list if item.number == number), f"priority {number}")


def _facet(slug: SectionSlug) -> Part:
    """Return how one facet is said: what it is called needs no quotation marks."""
    sayings = (
        fact("facet", f"the facet {slug.label}", lambda facet: str(facet.label)),
        fact("clarity", f"the clarity of {slug.label}", _label),
        prose("words", f"the client’s own words on {slug.label}", was="were"),
    )
    return Part(slug.value, Thing(parts.FacetWords, ("facet",), sayings))


_MOVED = "{what} moved from {old} to {new}."
_IS_NOW = "{what} is now {new} instead of {old}."
_CALLED = "{old} is now called {new}."

_PERSON = Thing(parts.Person, ("name",), (text("job_title", "the job title of {name}"),), known_by="name")
_LEAD = Thing(
    parts.Person,
    ("name",),
    (text("name", "the lead consultant", changed=_IS_NOW), text("job_title", "the job title of {name}")),
    "the lead consultant {name}",
)
_CONTACT = Thing(
    parts.Contact,
    ("label", "value"),
    (
        text("label", "the name of {name}", changed="The contact point {old} is now called {new}."),
        fact("kind", "{name}", _label, changed="{name} is now under {new} instead of {old}."),
        text("value", "{name}", changed=_IS_NOW),
    ),
    "the contact point {name}",
)
_REGION = Thing(
    parts.Region,
    ("name",),
    (
        text("name", "the LDP region", changed=_IS_NOW),
        Parts(
            "contacts",
            _CONTACT,
            "A contact point of the LDP was added: {name}.",
            "A contact point of the LDP was taken out: {name}.",
            "contact points of the LDP",
        ),
    ),
)
_CLIENT_LEAD = Thing(
    parts.ClientLead,
    ("name",),
    (
        text("job_title", "the job title of {name}"),
        text("organisation", "the organisation of {name}"),
        Flag("is_signatory", "{name} now signs the plan.", "{name} no longer signs the plan."),
        text(
            "deputy_for",
            "whose deputy {name} is",
            changed="{name} is now the deputy of {new} instead of {old}.",
            filled="{name} is now the deputy of {new}.",
            emptied="{name} is no longer the deputy of {old}.",
        ),
    ),
    known_by="name",
    more=_lead_more,
)
_GROUP = Thing(
    parts.Group,
    ("name",),
    (
        text("name", "the name of {name}", changed=_CALLED),
        text("organisation", "the organisation of {name}"),
        text("sector", "the sector of {name}"),
        count("headcount", "person", "people"),
        prose("why_them", "the reason why {name} should be there"),
    ),
    more=lambda item: "" if item.headcount is None else f", {item.headcount} {'person' if item.headcount == 1 else 'people'}",
)
_PLACE = Thing(
    parts.Place,
    ("name", "site", "area"),
    (
        text("name", "the name of the place {name}", changed=_CALLED),
        text("level", "the level of {name}"),
        text("area", "the STP area of {name}"),
        text("site", "the site of {name}"),
        text("site_kind", "the kind of site of {name}"),
        text("care_model", "the new care model of {name}"),
        prose("note", "what matters about {name}"),
    ),
)
_PURPOSE = Thing(
    parts.Purpose,
    ("statement",),
    (
        statement("statement", "the purpose"),
        prose("real_work_issue", "the real work issue of {name}"),
        Names("steps", "the Forward View steps of {name}", _step),
        text("strategy_title", "the workforce strategy of {name}"),
        text("strategy_section", "the section of the workforce strategy of {name}"),
        fact("strategy_confirmed_by strategy_confirmed_on", "the confirmation of the workforce strategy of {name}", _by),
    ),
    "the purpose {name}",
)
_PRIORITY = Thing(
    parts.Priority,
    ("statement",),
    (
        statement("statement", "the priority"),
        text("level_now", "the level now of {name}"),
        text("level_wanted", "the level wanted of {name}"),
        Names("roles", "the leadership roles of {name}"),
        Names("behaviours", "the behaviours of {name}"),
    ),
    "the priority {name}",
    number=fact("number", "the number of {name}", str),
)
_FUNDING = Thing(
    parts.Funding,
    ("source",),
    (
        text("source", "the source of {name}", changed="{name} was to come from {old} before."),
        fact("amount", "{name}", pounds),
        fact("certainty", "{name}", _label, changed=_IS_NOW),
    ),
    "the money from {name}{of}",
    more=lambda item: f"{pounds(item.amount)}, {_label(item.certainty)}",
)
_CRITERION = Thing(
    parts.CriterionText,
    ("name",),
    (
        text("name", "the name of the criterion {name}", changed="The criterion {old} is now called {new}."),
        prose("text", "what the criterion {name} asks"),
    ),
    known_by="slug",
)
_RESULT = Thing(
    parts.Result,
    ("name",),
    (
        text("name", "the name of the criterion {name}", changed=_CALLED),
        fact("worked_out finding is_overruled", "the finding on {name}", _finding),
        Names("evidence", "the evidence on {name}"),
        Signed(
            prose(
                "reason",
                "the reason for the finding on {name}",
                changed="{what} was rewritten{more}: {new}.",
                filled="{what} was filled in{more}: {new}.",
                more=_reason_by,
            ),
            fact("reason_by reason_on", "the author of the reason for the finding on {name}", _by),
        ),
        Flag(
            "is_out_of_date",
            "The facts on {name} have changed since the finding was overruled.",
            "The facts on {name} are again as they were when the finding was overruled.",
        ),
    ),
    "{name}{of}",
    known_by="slug",
)
_MEASURE = Thing(
    parts.Measure,
    ("outcome",),
    (
        statement("outcome", "the measure"),
        text("level", "the level of {name}"),
        text("kirkpatrick", "the Kirkpatrick level of {name}"),
        text("kind", "the form of the result of {name}"),
        text("unit", "the unit of {name}"),
        text("baseline", "the baseline of {name}"),
        fact("baseline_on", "the date of the baseline of {name}", day, changed=_MOVED),
        prose("no_baseline_reason", "the reason for no baseline of {name}"),
        text("target", "the target of {name}"),
        fact("due_on", "the date for the target of {name}", day, changed=_MOVED),
        text("direction", "the direction of {name}"),
        prose("method", "the method of {name}"),
        text("data_source", "the data source of {name}"),
        text("owner", "the owner of {name}", changed=_IS_NOW),
        text("collected_from", "the group from which {name} is collected"),
        prose("other_influences", "the other influences on {name}", was="were"),
        text("agreed_with", "the record of who agreed {name}"),
        fact("agreed_on", "the date of agreement on {name}", day, changed=_MOVED),
    ),
    "the measure {name}{of}",
)
_OF_MEASURES = ("A measure{of} was added: {name}.", "A measure{of} was taken out: {name}.", "measures{of}")
MEASURES = Parts("measures", _MEASURE, *_OF_MEASURES)
OTHER_MEASURES = Parts("other_measures", _MEASURE, *_OF_MEASURES)
RESULTS = Parts("results", _RESULT, "A finding{of} was added: {name}.", "A finding{of} was taken out: {name}.", "findings{of}")
_PLANNED = Thing(
    parts.Planned,
    ("title",),
    (
        text("title", "the title of {name}", changed=_CALLED),
        text(
            "menu_name",
            "what the menu calls {name}",
            changed="{name} is now taken from {new} on the menu instead of {old}.",
            filled="{name} is now taken from the menu: {new}.",
            emptied="{name} is now bespoke and no longer taken from {old} on the menu.",
        ),
        prose("menu_summary", "what the menu says about {name}"),
        prose("co_designed", "what was co-designed for {name}"),
        Names("audience", "the audience of {name}"),
        Names("serves", "the priorities that {name} serves", _priority),
        text("focus", "the focus of {name}"),
        Names("roles", "the leadership roles that {name} develops"),
        Names("behaviours", "the behaviours that {name} develops"),
        Names("steps", "the Forward View steps of {name}", _step),
        fact(
            "preparatory_percent",
            "the share of preparatory work in {name}",
            lambda share: "" if share is None else f"{share}%",
        ),
        text("route", "the sourcing route of {name}"),
        prose("route_reason", "the reason for the sourcing route of {name}"),
        text("provider", "the provider of {name}", changed=_IS_NOW),
        text("provider_kind", "the kind of provider of {name}"),
        prose("provider_interest", "the declared interest of the provider of {name}"),
        fact("starts_on", "the start of {name}", day, changed=_MOVED),
        fact("ends_on", "the end of {name}", day, changed=_MOVED),
        count("sessions", "session", "sessions"),
        count("places", "place", "places"),
        fact("is_no_cost estimated_cost", "the cost of {name}", _cost),
        Parts(
            "funding",
            _FUNDING,
            "Money{of} was added: {more}, from {name}.",
            "Money{of} was taken out: {more}, from {name}.",
            "sums of money{of}",
        ),
        prose("expected_impact", "the expected impact of {name}"),
    ),
    number=fact("number", "the number of {name}", str),
    more=_with_cost,
    apart=(RESULTS, MEASURES),
)
GROUPS = Parts(
    "groups",
    _GROUP,
    "A participant group was added: {name}{more}.",
    "A participant group was taken out: {name}.",
    "participant groups",
)
PRIORITIES = Parts("priority_list", _PRIORITY, "A priority was added: {name}.", "A priority was taken out: {name}.", "priorities")
PLANNED = Parts(
    "planned", _PLANNED, "An intervention was added: {name}{more}.", "An intervention was taken out: {name}.", "interventions"
)
# What stands in each section of a brief, in the order in which it is said. Planned interventions are sections of their own.
SECTIONS: dict[SectionSlug, tuple[Saying | Part | Parts, ...]] = {
    SectionSlug.CLIENT: (
        text("title", "the title of the engagement", changed="The engagement {old} is now called {new}."),
        text("reference", "the reference of the engagement"),
        text("client", "the client", changed=_IS_NOW),
        text("client_kind", "the kind of client"),
        Names("areas", "the STP areas"),
        Part("region", _REGION),
        Part("lead", _LEAD),
        Parts("team", _PERSON, "{name} joined the team.", "{name} left the team.", "members of the team"),
        Parts(
            "client_leads",
            _CLIENT_LEAD,
            "{name} was named as a client lead{more}.",
            "{name} is no longer a client lead.",
            "client leads",
        ),
        fact(
            "signing_order",
            "the order of signing",
            _label,
            changed="The signatories are now asked {new} instead of {old}.",
        ),
    ),
    SectionSlug.PEOPLE: (
        _facet(SectionSlug.PEOPLE),
        GROUPS,
    ),
    SectionSlug.PLACE: (
        _facet(SectionSlug.PLACE),
        Parts("places", _PLACE, "A place was added: {name}.", "A place was taken out: {name}.", "places"),
    ),
    SectionSlug.PURPOSE: (
        _facet(SectionSlug.PURPOSE),
        Parts("purposes", _PURPOSE, "A purpose was added: {name}.", "A purpose was taken out: {name}.", "purposes"),
    ),
    SectionSlug.PRIORITIES: (
        _facet(SectionSlug.PRIORITIES),
        PRIORITIES,
    ),
    SectionSlug.CRITERIA: (
        Parts("criteria", _CRITERION, "A criterion was added: {name}.", "A criterion was taken out: {name}.", "criteria"),
    ),
    SectionSlug.MEASURES: (OTHER_MEASURES,),
}
