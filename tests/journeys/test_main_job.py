"""The main job, end to end: Lincolnshire, from the first priority to the brief."""

import re
from datetime import date

import pytest

from tests.factories.accounts import ConsultantFactory
from tests.factories.directory import a_region

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = "Leading urgent care together in Lincolnshire"
PASSWORD = "a long walk on the Wolds"
CCGS = [
    "NHS Lincolnshire East CCG",
    "NHS Lincolnshire West CCG",
    "NHS South Lincolnshire CCG",
    "NHS South West Lincolnshire CCG",
]
GROUPS = [
    ("Urgent care leads of the east", CCGS[0], "", "8", "They hold the contracts on the coast"),
    ("Urgent care leads of the west", CCGS[1], "", "7", "Lincoln County takes most of the transfers"),
    ("Community nurses of the south", CCGS[2], "", "9", "They see people before the ambulance does"),
    ("GP federation of the south west", CCGS[3], "", "6", "They can open on Saturdays"),
    ("Adult care managers", "Lincolnshire County Council", "Local government", "11", "Home care starts or stalls with them"),
    (
        "Hospice team",
        "St Barnabas Lincolnshire Hospice",
        "Voluntary and community",
        "4",
        "They know what a good last month looks like",
    ),
]
PRIORITY = "Plan each discharge together before the person arrives"
ROLE = "Develop diverse relationships"
OTHER_ROLE = "Create shared vision"
BEHAVIOUR = "Leading without and beyond authority"
SETS = {
    "co_designed": "Three sets of eight, each bringing one patient who waited more than a week",
    "reason": "No set adviser of ours knows all six organisations, so we asked three firms",
    "provider": "Fenland Set Advisers",
    "impact": "Leads ring each other before they write to each other",
}
WALKS = {
    "title": "Walking the pathway",
    "co_designed": "Pairs from two organisations follow one person home and write down every wait",
    "reason": "The county council runs these walks already and has places",
    "provider": "Lincolnshire County Council",
    "impact": "Everybody can name the three longest waits",
}
PURPOSE = "Fewer frail people wait in hospital for somebody else’s decision"
ISSUE = "Last winter 140 people were well enough to leave on any one day"
STRATEGY = ("Lincolnshire STP people plan", "Section 3, leading across boundaries", "Chair of the local workforce action board")
MEASURES = [
    ("Action Learning Sets", "Leads take a stuck case to a colleague in another organisation", "cases a month", "2", "10"),
    ("Action Learning Sets", "Fewer people wait for a decision between organisations", "people on one day", "140", "90"),
    (WALKS["title"], "Pairs put one wait right between them", "waits put right", "0", "6"),
]


@pytest.fixture
def consultant():
    """Return a consultant of the East Midlands who signs in with a password."""
    person = ConsultantFactory(region=a_region("east-midlands"), full_name="Priya Nair", email="priya.nair@example.org")
    person.set_password(PASSWORD)
    person.save()
    return person


def test_lincolnshire_goes_from_a_first_priority_to_a_brief(desk, consultant):
    given_a_logged_engagement(desk, consultant)
    when_the_conversation_starts_from_a_priority(desk)
    when_it_turns_to_the_place(desk)
    when_the_menu_gives_a_first_intervention(desk)
    when_the_people_are_named(desk)
    when_the_purpose_becomes_clear(desk)
    when_the_plan_is_shaped(desk)
    when_measures_are_agreed(desk)
    then_only_a_signatory_is_missing(desk)
    then_the_brief_holds_every_fact(desk)


def given_a_logged_engagement(desk, consultant):
    desk.sign_in(consultant, PASSWORD)
    desk.go("/engagements/")
    desk.follow("Log an engagement")
    desk.write("Title", TITLE)
    desk.write("Who is the client?", "Lincolnshire STP leadership group")
    desk.choose("What kind of client is it?", "A whole STP area")
    desk.save("Log the engagement")
    desk.sees("This plan has not been submitted")


def when_the_conversation_starts_from_a_priority(desk):
    desk.turn_to("Priorities")
    desk.follow("Add a priority")
    desk.write("What must change first?", PRIORITY)
    desk.choose("Where are things now?", "2. Seen now and then, in a few people")
    desk.choose("Where should they be?", "4. Seen in most people, most of the time")
    desk.tick("Which leadership roles does it ask for?", ROLE, OTHER_ROLE)
    desk.tick("Which behaviours does it ask for?", BEHAVIOUR)
    desk.save()
    desk.sees("Who does this well already, and who needs it most?")


def when_it_turns_to_the_place(desk):
    desk.turn_to("Place")
    desk.follow("Add a place")
    desk.pick("STP area", "Lincolnshire")
    desk.choose("How large is the place?", "A whole STP area")
    desk.write("What matters about this place?", "Two hours by road from Boston to Gainsborough")
    desk.save()
    desk.sees("Lincolnshire")


def when_the_menu_gives_a_first_intervention(desk):
    desk.turn_to("Plan")
    desk.follow("Choose from the menu")
    desk.sees("of 3 wanted roles and behaviours")
    desk.follow("Plan this intervention: Action Learning Sets")
    desk.write("What was co-designed?", SETS["co_designed"])
    desk.save()
    desk.sees("Action Learning Sets")


def when_the_people_are_named(desk):
    desk.turn_to("People")
    for name, organisation, sector, headcount, why in GROUPS:
        desk.follow("Add a group")
        desk.write("Who are they?", name)
        desk.write("Organisation", organisation)
        desk.write("How many people?", headcount)
        desk.write("Why them?", why)
        desk.save(is_refused=bool(sector))
        if sector:
            desk.sees("is not in the directory yet")
            desk.choose("Which organisation is it?", f"“{organisation}”")
            desk.choose("Sector", sector)
            desk.save()
        desk.sees(organisation)


def when_the_purpose_becomes_clear(desk):
    desk.turn_to("Purpose")
    desk.follow("Add a purpose")
    desk.write("What is this for?", PURPOSE)
    desk.write("What is the real work issue?", ISSUE)
    desk.tick("Which Forward View steps should it bring nearer?", "Urgent and emergency care")
    desk.write("Which workforce strategy does it belong to?", STRATEGY[0])
    desk.write("Which section of it?", STRATEGY[1])
    desk.write("Who has confirmed that?", STRATEGY[2])
    desk.write_date("When was that confirmed?", date(2017, 3, 14))
    desk.save()
    desk.follow("Write down the client’s words and say how clear Purpose is")
    desk.choose("How clear is Purpose by now?", "Clear")
    desk.write("In the client’s own words", "We are tired of meeting about it.")
    desk.save()
    desk.sees("We are tired of meeting about it.")


def when_the_plan_is_shaped(desk):
    desk.turn_to("Plan")
    desk.follow("Change Action Learning Sets")
    _shape(desk, SETS, "Commission", start=date(2027, 1, 12), end=date(2027, 6, 22))
    desk.write("Number of sessions", "6")
    desk.write("Number of places", "24")
    desk.write("Estimated cost", "18,000")
    desk.save()
    for source, amount, certainty in (
        ("Health Education England", "12000", "Confirmed"),
        ("The four CCGs", "6000", "Agreed in principle"),
    ):
        desk.follow("Add funding to Action Learning Sets")
        desk.write("Where does the money come from?", source)
        desk.write("Amount", amount)
        desk.choose("How sure is it?", certainty)
        desk.save()
        desk.turn_to("Plan")
    desk.follow("Add a bespoke intervention")
    desk.write("Title", WALKS["title"])
    desk.write("What was co-designed?", WALKS["co_designed"])
    desk.tick("Which leadership roles does it develop?", OTHER_ROLE)
    _shape(desk, WALKS, "Signpost", start=date(2027, 2, 1), end=date(2027, 3, 31))
    desk.page.get_by_label("There is no cost").check()
    desk.save()
    desk.turn_to("Criteria")
    desk.sees("£6,000 is agreed in principle only")
    desk.sees("Multi-agency")


def _shape(desk, plan, route, *, start, end):
    desk.tick("Who is it for?", *(group[0] for group in GROUPS))
    desk.tick("Which priorities does it serve?", PRIORITY)
    desk.choose("What does it develop first of all?", "Systems")
    desk.tick("Which Forward View steps does it bring nearer?", "Urgent and emergency care")
    desk.write("How much of the work is preparatory?", "20")
    desk.choose("How will it be sourced?", route)
    desk.write("Why this route?", plan["reason"])
    desk.write("Provider who is not in the directory", plan["provider"])
    desk.write_date("Start date", start)
    desk.write_date("End date", end)
    desk.write("Expected impact", plan["impact"])


def when_measures_are_agreed(desk):
    desk.turn_to("Measures")
    for planned, outcome, unit, baseline, target in MEASURES:
        desk.follow("Add a measure")
        _measure(desk, planned, outcome, unit, baseline, target)
    desk.sees(MEASURES[-1][1])


def _measure(desk, planned, outcome, unit, baseline, target):
    desk.pick("Planned intervention", planned)
    desk.write("Outcome sought", outcome)
    desk.choose("Form of the result", "A number")
    desk.write("Unit", unit)
    desk.write("Baseline", baseline)
    desk.write_date("Date of the baseline", date(2026, 11, 2))
    desk.write("Target", target)
    desk.write_date("Reach the target by", date(2027, 12, 1))
    desk.save()


def then_only_a_signatory_is_missing(desk):
    desk.turn_to("Workspace")
    desk.sees("1 thing to settle before it can go to the client for review")
    desk.sees("Client leads: name at least one person who signs the plan")


def then_the_brief_holds_every_fact(desk):
    desk.turn_to("Brief")
    desk.sees("Draft")
    text, pages = _without_running_lines(desk.download_text("Download as PDF"))
    facts = [TITLE, "Lincolnshire STP leadership group (A whole STP area)", "Lead consultant Priya Nair"]
    facts += ["Level A whole STP area", "What matters here Two hours by road from Boston to Gainsborough"]
    facts += [PURPOSE, ISSUE, *STRATEGY, "14 March 2017", "We are tired of meeting about it.", "Urgent and emergency care"]
    facts += [PRIORITY, "Level now 2. Seen now and then, in a few people"]
    facts += ["Level wanted 4. Seen in most people, most of the time", ROLE, OTHER_ROLE, f"Behaviours {BEHAVIOUR}"]
    facts += ["Action Learning Sets", *SETS.values(), *WALKS.values(), "6 sessions, 24 places"]
    facts += [f"Sourcing route Commission: {SETS['provider']}", f"Sourcing route Signpost: {WALKS['provider']}"]
    facts += ["Dates 12 January 2027 to 22 June 2027", "Dates 1 February 2027 to 31 March 2027", "Cost £18,000", "Cost No cost"]
    facts += ["Health Education England Confirmed £12,000", "The four CCGs Agreed in principle £6,000"]
    assert [fact for fact in facts if fact not in text] == []
    rows = [_row(name, organisation, "…", headcount, why) for name, organisation, _, headcount, why in GROUPS]
    rows += [
        _row(outcome, "…", baseline, "2 November 2026", target, "1 December 2027", "…", unit)
        for _, outcome, unit, baseline, target in MEASURES
    ]
    assert [row for row in rows if not re.search(row, text)] == []
    for said_of_both in ("Focus Systems", "Preparatory work 20% of the work"):
        assert text.count(said_of_both) == 2, said_of_both
    assert pages > 1


def _without_running_lines(text):
    """Return the words of a draft without what stands at the foot of every page and the dots of its lists, and count its pages."""
    running = re.compile(rf"(EM-0001 · {TITLE} )?DRAFT Systems Leadership Portal Page [0-9]+ of ([0-9]+)")
    feet = running.findall(text)
    assert feet, "No page says that it is a draft"
    assert {number for _, number in feet} == {str(len(feet))}, "A page does not say that it is a draft"
    return " ".join(running.sub("", text).replace("•", "").split()), len(feet)


def _row(*cells):
    """Return a pattern for a row of cells that stand next to each other; an ellipsis stands for a few words."""
    return " ".join("[A-Za-z][A-Za-z: ]{1,60}" if cell == "…" else re.escape(cell) for cell in cells)
