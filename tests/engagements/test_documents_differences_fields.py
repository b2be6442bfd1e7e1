"""Every field of a brief has its words when it changes, and what people typed is quoted so that the change is seen (P08)."""

import dataclasses
import inspect
import re
from dataclasses import fields

import pytest

from engagements.documents import brief as parts
from engagements.documents.differences import quoting, words
from engagements.documents.differences.things import Part, Parts
from engagements.enums import Clarity, Finding, FundingCertainty, SectionSlug, SigningOrder
from tests.engagements.brief_values import LONG, PLAN, with_value
from tests.engagements.differences import FOR_SETS, RING, told

LISTED = "“Sharing the vision” was taken out of the leadership roles that “Action Learning Sets” develops."
MEASURED = f"the measure “Wards ring home care first” {FOR_SETS}"
LIFT = "the purpose “Nobody waits for a lift home”"
MOVED = [
    # The client.
    ("reference", "EM-0043", "client", "The reference of the engagement went from “EM-0042” to “EM-0043”."),
    ("title", "Home", "client", "The engagement “Home first” is now called “Home”."),
    ("client", "The coast", "client", "The client is now “The coast” instead of “The whole of Lincolnshire”."),
    ("client_kind", "A vanguard site", "client", "The kind of client went from “A whole STP area” to “A vanguard site”."),
    ("areas", ("Lincolnshire", "Notts"), "client", "“Notts” was added to the STP areas."),
    ("areas", ("Notts",), "client", "“Notts” was added to the STP areas, and “Lincolnshire” was taken out."),
    ("region.name", "London", "client", "The LDP region is now “London” instead of “East Midlands”."),
    ("region.contacts.0.value", "1", "client", "The contact point “Front desk” is now “1” instead of “01632 960123”."),
    ("region.contacts.0.label", "Desk", "client", "The contact point “Front desk” is now called “Desk”."),
    ("region.contacts.0.kind", "email", "client", "The contact point “Front desk” is now under email instead of telephone."),
    ("lead.name", "Al Day", "client", "The lead consultant is now “Al Day” instead of “Priya Nair”."),
    ("lead.job_title", "", "client", "The job title of the lead consultant “Priya Nair” was taken out; it was “Senior consultant”."),
    ("team", (), "client", "“Tom Hale” left the team."),
    ("team.0.job_title", "Guide", "client", "The job title of “Tom Hale” went from “Consultant” to “Guide”."),
    ("client_leads.0.organisation", "CCG", "client", "The organisation of “Ann Moss” went from “United Hospitals” to “CCG”."),
    ("client_leads.0.is_signatory", False, "client", "“Ann Moss” no longer signs the plan."),
    ("client_leads.2.is_signatory", True, "client", "“Cat Lee” now signs the plan."),
    ("client_leads.1.deputy_for", "Cat Lee", "client", "“Ben Okoro” is now the deputy of “Cat Lee” instead of “Ann Moss”."),
    ("client_leads.1.deputy_for", "", "client", "“Ben Okoro” is no longer the deputy of “Ann Moss”."),
    ("client_leads.2.deputy_for", "Ann Moss", "client", "“Cat Lee” is now the deputy of “Ann Moss”."),
    ("client_leads.2.job_title", "Chair", "client", "The job title of “Cat Lee” was filled in: “Chair”."),
    (
        "signing_order",
        SigningOrder.IN_ORDER,
        "client",
        "The signatories are now asked one after the other instead of all at the same time.",
    ),
    # The facets.
    ("people.clarity", Clarity.CLEAR, "people", "The clarity of People went from in progress to clear."),
    ("people.words", "They know", "people", "The client’s own words on People were rewritten: “They know”."),
    ("place.words", "Far", "place", "The client’s own words on Place were filled in: “Far”."),
    ("people.words", "", "people", "The client’s own words on People were taken out."),
    ("groups.0.headcount", 6, "people", "“Hospice team” now has 6 people instead of 4."),
    ("groups.0.headcount", 1, "people", "“Hospice team” now has 1 person instead of 4."),
    ("groups.1.headcount", 12, "people", "“Ward managers” now has 12 people."),
    ("groups.0.headcount", None, "people", "The number of people for “Hospice team” was taken out; it was 4."),
    ("groups.0.sector", "NHS", "people", "The sector of “Hospice team” went from “Voluntary and community” to “NHS”."),
    ("groups.1.why_them", "They plan", "people", "The reason why “Ward managers” should be there was filled in: “They plan”."),
    ("places.0.name", "Skegness", "place", "“Boston” is now called “Skegness”."),
    ("places.0.area", "Notts", "place", "The STP area of “Boston” went from “Lincolnshire” to “Notts”."),
    ("places.0.note", "Near", "place", "What matters about “Boston” was rewritten: “Near”."),
    ("purposes.0.statement", "No waits", "purpose", "The purpose “Nobody waits for a lift home” now reads: “No waits”."),
    ("purposes.0.real_work_issue", "", "purpose", f"The real work issue of {LIFT} was taken out."),
    (
        "purposes.0.steps",
        (parts.Step("Maternity", "Service"),),
        "purpose",
        f"“Maternity” (service) was added to the Forward View steps of {LIFT}, and “Cancer” (service) was taken out.",
    ),
    (
        "purposes.0.strategy_confirmed_on",
        "2017-01-10",
        "purpose",
        f"The confirmation of the workforce strategy of {LIFT} went from “Dee Fry” on 9 January 2017 to “Dee Fry” on 10 January 2017.",
    ),
    ("priority_list.0.statement", "Ring", "priorities", "The priority “Ring before the patient leaves” now reads: “Ring”."),
    ("priority_list.0.level_now", "3. Some", "priorities", f"The level now of {RING} went from “2. Rarely” to “3. Some”."),
    ("priority_list.0.behaviours", (), "priorities", f"“Listening” was taken out of the behaviours of {RING}."),
    # A planned intervention.
    ("planned.0.number", 7, "planned-7", "The number of “Action Learning Sets” went from 1 to 7."),
    ("planned.0.title", "Sets", "planned-1", "“Action Learning Sets” is now called “Sets”."),
    (
        "planned.0.menu_name",
        "Coaching",
        "planned-1",
        "“Action Learning Sets” is now taken from “Coaching” on the menu instead of “Action learning”.",
    ),
    ("planned.1.menu_name", "Walks", "planned-2", "“Walking the pathway” is now taken from the menu: “Walks”."),
    (
        "planned.0.menu_name",
        "",
        "planned-1",
        "“Action Learning Sets” is now bespoke and no longer taken from “Action learning” on the menu.",
    ),
    ("planned.0.co_designed", "Six\n\ndays", "planned-1", "What was co-designed for “Action Learning Sets” was rewritten: “Six days”."),
    (
        "planned.0.audience",
        ("Ward managers", "Porters"),
        "planned-1",
        "“Porters” was added to the audience of “Action Learning Sets”, and “Hospice team, St Barnabas” was taken out.",
    ),
    (
        "planned.0.audience",
        ("Ward managers", "Hospice team, St Barnabas"),
        "planned-1",
        "The order of the audience of “Action Learning Sets” is now: “Ward managers” and “Hospice team, St Barnabas”.",
    ),
    (
        "planned.0.serves",
        (1, 2),
        "planned-1",
        "“Share one diary” was added to the priorities that “Action Learning Sets” serves.",
    ),
    ("planned.0.roles", (), "planned-1", LISTED),
    ("planned.0.preparatory_percent", 0, "planned-1", "The share of preparatory work in “Action Learning Sets” went from 30% to 0%."),
    (
        "planned.0.preparatory_percent",
        None,
        "planned-1",
        "The share of preparatory work in “Action Learning Sets” was taken out; it was 30%.",
    ),
    ("planned.0.route", "Broker", "planned-1", "The sourcing route of “Action Learning Sets” went from “Provide” to “Broker”."),
    ("planned.0.provider", "UEA", "planned-1", "The provider of “Action Learning Sets” is now “UEA” instead of “LDP faculty”."),
    ("planned.0.starts_on", "2017-05-08", "planned-1", "The start of “Action Learning Sets” moved from 3 April 2017 to 8 May 2017."),
    ("planned.1.ends_on", "2017-05-08", "planned-2", "The end of “Walking the pathway” was filled in: 8 May 2017."),
    ("planned.0.sessions", 1, "planned-1", "“Action Learning Sets” now has 1 session instead of 6."),
    ("planned.1.places", 9, "planned-2", "“Walking the pathway” now has 9 places."),
    ("planned.0.estimated_cost", "5500.00", "planned-1", "The cost of “Action Learning Sets” went from £4,000 to £5,500."),
    ("planned.0.estimated_cost", "", "planned-1", "The cost of “Action Learning Sets” was taken out; it was £4,000."),
    ("planned.0.is_no_cost", True, "planned-1", "The cost of “Action Learning Sets” went from £4,000 to no cost."),
    ("planned.0.funding", (), "planned-1", f"Money {FOR_SETS} was taken out: £2,000, agreed in principle, from “CCG”."),
    ("planned.0.funding.0.amount", "4000.00", "planned-1", f"The money from “CCG” {FOR_SETS} went from £2,000 to £4,000."),
    (
        "planned.0.funding.0.certainty",
        FundingCertainty.CONFIRMED,
        "planned-1",
        f"The money from “CCG” {FOR_SETS} is now confirmed instead of agreed in principle.",
    ),
    ("planned.0.funding.0.source", "HEE", "planned-1", f"The money from “HEE” {FOR_SETS} was to come from “CCG” before."),
    # The criteria.
    ("criteria.0.text", "Paid for", "criteria", "What the criterion “Affordable” asks was rewritten: “Paid for”."),
    ("planned.0.results.0.finding", Finding.MET, "criteria", f"The finding on “Affordable” {FOR_SETS} went from partly met to met."),
    (
        "planned.0.results.0.evidence",
        ("Cost £5,500",),
        "criteria",
        f"“Cost £5,500” was added to the evidence on “Affordable” {FOR_SETS}, and “Cost £4,000” was taken out.",
    ),
    (
        "planned.0.results.0.is_out_of_date",
        True,
        "criteria",
        f"The facts on “Affordable” {FOR_SETS} have changed since the finding was overruled.",
    ),
    # Measures.
    ("planned.0.measures.0.outcome", "All ring", "measures", "The measure “Wards ring home care first” now reads: “All ring”."),
    ("planned.0.measures.0.target", "30", "measures", f"The target of {MEASURED} went from “20” to “30”."),
    ("planned.0.measures.0.due_on", "", "measures", f"The date for the target of {MEASURED} was taken out; it was 1 December 2017."),
    ("planned.0.measures", (), "measures", f"A measure {FOR_SETS} was taken out: “Wards ring home care first”."),
    ("other_measures.0.unit", "beds", "measures", "The unit of the measure “Fewer beds are blocked” went from “calls” to “beds”."),
    ("other_measures", (), "measures", "A measure was taken out: “Fewer beds are blocked”."),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "section", "sentence"), MOVED, ids=[f"{row[0]}={row[1]!r:.20}" for row in MOVED])
def test_p08_change_is_told_in_a_plain_sentence(path, value, section, sentence):
    if path.endswith("kind") and path.startswith("region"):
        value = type(PLAN.region.contacts[0].kind)(value)

    assert told(with_value(PLAN, path, value)) == [(section, sentence)]


def test_long_text_is_quoted_from_where_it_differs():
    old, new = (with_value(PLAN, "planned.0.co_designed", f"{LONG}and {end}") for end in ("less", f"more {LONG}"))
    [(_, sentence)] = told(new, old)

    assert sentence.startswith(
        "What was co-designed for “Action Learning Sets” was rewritten: “…patient is to go home, and more What we"
    )
    assert len(sentence) < 80 + quoting.MAX_QUOTED
    assert re.search(r" \w+…”\.$", sentence)


def test_only_the_spacing_of_a_text_changed():
    assert told(with_value(PLAN, "planned.0.expected_impact", "Fewer\ndelays\n")) == [
        ("planned-1", "The expected impact of “Action Learning Sets” was set down anew, reading the same as before.")
    ]


def test_long_lists_are_cut():
    roles = tuple(f"Role {number}" for number in range(1, 9))

    first = "“Role 1”, “Role 2”, “Role 3”, “Role 4”, “Role 5”, “Role 6”"
    assert told(with_value(PLAN, "planned.1.roles", roles)) == [
        ("planned-2", f"{first} and 2 more were added to the leadership roles that “Walking the pathway” develops.")
    ]


def test_words_from_right_to_left_are_kept_apart_from_the_sentence():
    assert told(with_value(PLAN, "planned.0.provider", "\u202eשלום\u2069\n“עולם”")) == [
        ("planned-1", "The provider of “Action Learning Sets” is now “\u2068שלום “עולם”\u2069” instead of “LDP faculty”.")
    ]


@pytest.mark.parametrize("length", [40, 59, 60, 61, 79, 80, 81, 100, 200])
@pytest.mark.parametrize("rest", ["", " ", " and more words", "x" * 300])
@pytest.mark.parametrize("letters", ["x", "ab cd "])
def test_quotations_of_two_texts_differ_wherever_the_texts_do(length, rest, letters):
    same = (letters * length)[:length]

    before, after = quoting.quoted_pair(f"{same}1{rest}", f"{same}2{rest}", quoting.MAX_NAME)

    assert before != after
    assert max(len(before), len(after)) <= quoting.MAX_NAME + 4


def test_every_field_of_a_brief_has_words():
    said = {kind: set() for _, kind in inspect.getmembers(parts, dataclasses.is_dataclass) if kind.__module__ == parts.__name__}

    def collect(kind, entries):
        for entry in entries:
            said[kind] |= {entry.field} if isinstance(entry, Part | Parts) else set(entry.fields)
            if isinstance(entry, Part | Parts):
                collect_thing(entry.thing)

    def collect_thing(thing):
        said[thing.kind] |= {thing.known_by} - {""} | set(thing.number.fields if thing.number else ())
        collect(thing.kind, (*thing.sayings, *thing.apart))

    for entries in words.SECTIONS.values():
        collect(parts.Brief, entries)
    collect(parts.Brief, [words.PLANNED])

    # Steps are named with their kind, in one breath.
    assert said.pop(parts.Step) == set()
    assert said == {kind: {field.name for field in fields(kind)} for kind in said}
    assert set(words.SECTIONS) == set(SectionSlug) - {SectionSlug.PLANNED}
