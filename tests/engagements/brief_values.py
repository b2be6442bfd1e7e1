"""Briefs out of nothing: any brief at all, the same brief after a few edits, and one plan told in full."""

import dataclasses
from dataclasses import fields, replace
from enum import Enum
from types import UnionType
from typing import get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from directory.enums import ContactKind
from engagements.documents import brief as parts
from engagements.enums import Clarity, Facet, Finding, FundingCertainty, SigningOrder

LONG = "What we do differently when a patient is to go home, " * 80
# No letters that spell a word of Python's; the same few texts again and again, so that names meet.
POOL = [
    "", "", " ", "ward", "Ward", "ward  ", "home care", "hospice", "coast", "he said “no” and “", "\"'’", "a.", "b…", "9", "line\nline",
    "\u202eturned", "\u2069\u2066\u200b", "\x00\x85", "שלום עולם", "مرحبا (ward) 3", LONG, LONG[:500], f"{LONG}again", "x" * 4_000, "x" * 90 + "y",
]  # fmt: skip
TEXTS = st.one_of(st.sampled_from(POOL), st.text("ab \n", max_size=3))
SUMS = st.sampled_from(["", "0.00", "4000.00", "5500.50", "9999999.00"])
DAYS = st.sampled_from(["", "2017-04-03", "2017-05-08", "2018-01-01"])


def values_of(kind, name=""):
    """Return a strategy for what a field of a brief may hold."""
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{field.name: values_of(hints[field.name], field.name) for field in fields(kind)})
    if get_origin(kind) is tuple:
        return st.lists(values_of(get_args(kind)[0]), max_size=2).map(tuple)
    if isinstance(kind, UnionType):
        return st.one_of(*(values_of(argument) for argument in get_args(kind)))
    if kind is type(None):
        return st.none()
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    if name == "amount":
        return SUMS.map(lambda amount: amount or "0.00")
    if name == "estimated_cost":
        return SUMS
    if name.endswith("_on"):
        return DAYS
    return {str: TEXTS, int: st.integers(0, 5), bool: st.booleans()}[kind]


BRIEFS = values_of(parts.Brief)


@st.composite
def edits(draw, value, kind, name=""):
    """Return a value with one thing in it changed, added, taken out or moved."""
    if dataclasses.is_dataclass(kind):
        field = draw(st.sampled_from(fields(kind)))
        return replace(
            value, **{field.name: draw(edits(getattr(value, field.name), get_type_hints(kind)[field.name], field.name))}
        )
    if get_origin(kind) is not tuple:
        return draw(values_of(kind, name))
    (part, *_), items = get_args(kind), list(value)
    what = draw(st.sampled_from(["add", "take out", "move", "change"] if items else ["add"]))
    place = draw(st.integers(0, max(len(items) - 1, 0)))
    if what == "add":
        items.insert(place, draw(values_of(part)))
    elif what == "take out":
        del items[place]
    elif what == "move":
        items = draw(st.permutations(items))
    else:
        items[place] = draw(edits(items[place], part))
    return tuple(items)


@st.composite
def edited(draw):
    """Return a brief and the same after a few edits; numbers count from 1 in both, as they do in a plan."""
    old = new = draw(BRIEFS)
    for _ in range(draw(st.integers(1, 4))):
        new = draw(edits(new, parts.Brief))
    return numbered(old), numbered(new)


def numbered(brief):
    """Return a brief whose priorities and interventions are numbered in their order."""
    return replace(
        brief,
        planned=tuple(replace(item, number=number) for number, item in enumerate(brief.planned, start=1)),
        priority_list=tuple(replace(item, number=number) for number, item in enumerate(brief.priority_list, start=1)),
    )


def with_value(thing, path, value):
    """Return a brief in which what stands at a path such as "planned.0.title" is another value."""
    step, _, rest = path.partition(".")
    if step.isdigit():
        items = list(thing)
        items[int(step)] = with_value(items[int(step)], rest, value) if rest else value
        return tuple(items)
    return replace(thing, **{step: with_value(getattr(thing, step), rest, value) if rest else value})


MEASURE = parts.Measure(
    outcome="Wards ring home care first",
    level="System",
    kirkpatrick="3. Behaviour",
    kind="A number",
    unit="calls",
    baseline="4",
    baseline_on="2017-02-01",
    no_baseline_reason="",
    target="20",
    due_on="2017-12-01",
    direction="It should go up",
    method="A count in one week",
    data_source="Ward diaries",
    owner="Ward clerk",
    collected_from="Three wards",
    other_influences="Winter",
    agreed_with="Ward managers",
    agreed_on="2017-02-02",
)
AFFORDABLE = parts.Result(
    slug="affordable",
    name="Affordable",
    worked_out=Finding.PARTLY,
    finding=Finding.PARTLY,
    evidence=("Cost £4,000",),
    is_overruled=False,
    reason="",
    reason_by="",
    reason_on="",
    is_out_of_date=False,
)
LEARNING_SETS = parts.Planned(
    number=1,
    title="Action Learning Sets",
    menu_name="Action learning",
    menu_summary="Small groups that learn from real work",
    co_designed="Six meetings on the ward",
    audience=("Hospice team, St Barnabas", "Ward managers"),
    serves=(1,),
    roles=("Sharing the vision",),
    behaviours=("Listening",),
    focus="Leadership",
    steps=(parts.Step("Cancer", "Service"),),
    preparatory_percent=30,
    route="Provide",
    route_reason="We have the people",
    provider="LDP faculty",
    provider_kind="NHS body",
    provider_interest="",
    starts_on="2017-04-03",
    ends_on="2017-09-01",
    sessions=6,
    places=24,
    is_no_cost=False,
    estimated_cost="4000.00",
    funding=(parts.Funding("CCG", "2000.00", FundingCertainty.IN_PRINCIPLE),),
    expected_impact="Fewer delays",
    results=(AFFORDABLE,),
    measures=(MEASURE,),
)
WALK = replace(
    LEARNING_SETS,
    number=2,
    title="Walking the pathway",
    menu_name="",
    menu_summary="",
    co_designed="Two days on foot with patients",
    audience=("Ward managers",),
    serves=(1, 2),
    roles=(),
    behaviours=(),
    steps=(),
    route="Broker",
    provider="",
    provider_kind="",
    starts_on="",
    ends_on="",
    sessions=None,
    places=None,
    is_no_cost=True,
    estimated_cost="0.00",
    funding=(),
    expected_impact="",
    results=(replace(AFFORDABLE, worked_out=Finding.MET, finding=Finding.MET, evidence=("There is no cost",)),),
    measures=(),
)
PLAN = parts.Brief(
    reference="EM-0042",
    title="Home first",
    client="The whole of Lincolnshire",
    client_kind="A whole STP area",
    areas=("Lincolnshire",),
    region=parts.Region(
        "East Midlands",
        (
            parts.Contact(ContactKind.TELEPHONE, "01632 960123", "Front desk"),
            parts.Contact(ContactKind.EMAIL, "ldp@example.nhs.uk", "Post room"),
        ),
    ),
    lead=parts.Person("Priya Nair", "Senior consultant"),
    team=(parts.Person("Tom Hale", "Consultant"),),
    client_leads=(
        parts.ClientLead("Ann Moss", "Medical director", "United Hospitals", True, ""),
        parts.ClientLead("Ben Okoro", "Deputy director", "United Hospitals", False, "Ann Moss"),
        parts.ClientLead("Cat Lee", "", "", False, ""),
    ),
    signing_order=SigningOrder.PARALLEL,
    people=parts.FacetWords(Facet.PEOPLE, Clarity.IN_PROGRESS, "The people who know the road home"),
    place=parts.FacetWords(Facet.PLACE, Clarity.CLEAR, ""),
    purpose=parts.FacetWords(Facet.PURPOSE, Clarity.CLEAR, ""),
    priorities=parts.FacetWords(Facet.PRIORITIES, Clarity.CLEAR, ""),
    groups=(
        parts.Group("Hospice team", "St Barnabas", "Voluntary and community", 4, "They see the last days"),
        parts.Group("Ward managers", "", "NHS", None, ""),
    ),
    places=(
        parts.Place("Boston", "Part of an STP area", "Lincolnshire", "Mid Coast", "Vanguard", "Primary care home", "Far away"),
    ),
    purposes=(
        parts.Purpose(
            statement="Nobody waits for a lift home",
            real_work_issue="Delayed discharge",
            steps=(parts.Step("Cancer", "Service"),),
            strategy_title="People plan",
            strategy_section="Section 3",
            strategy_confirmed_by="Dee Fry",
            strategy_confirmed_on="2017-01-09",
        ),
    ),
    priority_list=(
        parts.Priority(1, "Ring before the patient leaves", "2. Rarely", "4. Often", ("Sharing the vision",), ("Listening",)),
        parts.Priority(2, "Share one diary", "1. Not yet seen", "5. Always", ("Engaging the team",), ("Curiosity",)),
    ),
    criteria=(parts.CriterionText("affordable", "Affordable", "Somebody pays for it"),),
    planned=(LEARNING_SETS, WALK),
    other_measures=(replace(MEASURE, outcome="Fewer beds are blocked", target="3"),),
)
