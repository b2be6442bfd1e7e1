"""Writes to the national menu."""

from decimal import Decimal
from itertools import pairwise

import pytest

from core import audit
from core.models import AuditEvent, RecordVersion
from core.records import EditConflict, snapshot
from core.refusals import ActionRefused
from directory.models import Region
from interventions import actions, policies
from interventions.enums import Availability
from interventions.models import Intervention, RegionalOffer
from tests.factories.accounts import NationalAdminFactory
from tests.factories.evaluation import MeasureSuggestionFactory
from tests.factories.framework import a_behaviour, a_domain, a_role
from tests.factories.interventions import InterventionFactory, ProviderFactory, RegionalOfferFactory, an_intervention

pytestmark = pytest.mark.django_db

SPLIT = {
    "reason": "Nobody wants both at once.",
    "parts": [
        {"name": "Coaching one by one", "summary": "A coach and a leader"},
        {"name": "Mentoring across organisations", "summary": "A mentor from elsewhere"},
    ],
}


@pytest.fixture
def by():
    return NationalAdminFactory(full_name="Nia National")


@pytest.fixture
def coaching():
    return an_intervention("coaching-and-mentoring")


def versions_of(intervention):
    return RecordVersion.objects.of(intervention)


def values(**changes):
    return {"name": "Walking the pathway", "main_domain": a_domain(), "summary": "Pairs follow one person"} | changes


def reread(intervention):
    return Intervention.objects.get(pk=intervention.pk)


def test_add_intervention_puts_it_last_in_its_domain(by):
    made = actions.add_intervention(values=values(roles=[a_role()], other_domains=[]), by=by)

    in_domain = Intervention.objects.on_the_menu().filter(main_domain=a_domain())
    assert list(in_domain)[-1] == made
    assert (made.slug, made.region, list(made.roles.all())) == ("walking-the-pathway", None, [a_role()])
    event = AuditEvent.objects.get(trail="menu")
    assert (event.actor, event.verb, event.version.number) == (by, "added", 1)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        pytest.param("Coaching and mentoring!", "coaching-and-mentoring-2", id="taken"),
        pytest.param("New", "new-2", id="an address of its own"),
        pytest.param("שלום", "intervention", id="no Latin letters"),
        pytest.param("x" * 200, "x" * 90, id="long"),
    ],
)
def test_add_intervention_makes_an_address_of_the_name(by, name, slug):
    assert actions.add_intervention(values=values(name=name), by=by).slug == slug


def test_add_intervention_refuses_a_name_that_exists_however_it_is_written(by):
    InterventionFactory(name="Chalk and talk", retired=True)

    with pytest.raises(ActionRefused, match=r"There is an intervention with this name already\. Choose another name\."):
        actions.add_intervention(values=values(name="CHALK and talk"), by=by)


def test_change_intervention_makes_a_version_and_keeps_its_address(by, coaching):
    old = coaching.name

    changed = actions.change_intervention(
        intervention=coaching, values={"name": "Coaching", "behaviours": [a_behaviour()]}, by=by
    )

    assert (changed.slug, changed.version) == ("coaching-and-mentoring", 2)
    assert [(kept.number, kept.values["name"]["text"]) for kept in versions_of(coaching)] == [(2, "Coaching"), (1, old)]
    assert AuditEvent.objects.get(trail="menu").version.number == 2


def test_change_intervention_to_another_domain_puts_it_last_there(by, coaching):
    domain = a_domain("learning-and-capacity-building")

    actions.change_intervention(intervention=coaching, values={"main_domain": domain}, by=by)

    assert list(Intervention.objects.on_the_menu().filter(main_domain=domain))[-1] == coaching


def test_p03_change_intervention_shows_what_a_colleague_wrote_meanwhile(by, coaching):
    seen = snapshot(coaching, ["summary"])
    actions.change_intervention(intervention=coaching, values={"summary": "Hers"}, by=by)

    with pytest.raises(EditConflict) as clash:
        actions.change_intervention(intervention=coaching, values={"summary": "Mine"}, seen=seen, by=NationalAdminFactory())

    assert (clash.value.conflicts["summary"].theirs, clash.value.conflicts["summary"].who) == ("Hers", "Nia National")
    assert reread(coaching).summary == "Hers"


def test_change_intervention_refuses_what_is_retired(by):
    retired = InterventionFactory(retired=True, summary="As it was")

    with pytest.raises(ActionRefused, match="Bring it back to the menu before you change it"):
        actions.change_intervention(intervention=retired, values={"summary": "New"}, by=by)

    assert reread(retired).summary == "As it was"


def test_retire_intervention_takes_it_off_the_menu_and_names_what_takes_its_place(by, coaching):
    instead = an_intervention("action-learning-sets")

    actions.retire_intervention(intervention=coaching, values={"reason": "Too like sets", "successors": [instead]}, by=by)

    retired = reread(coaching)
    assert coaching not in Intervention.objects.on_the_menu()
    assert (retired.retired_reason, list(retired.successors.all())) == ("Too like sets", [instead])
    event = AuditEvent.objects.get(trail="menu")
    assert (event.verb, [change["new"] for change in event.changes]) == ("retired", ["Too like sets", "Action Learning Sets"])


def test_retire_intervention_is_no_version_as_its_words_stay(by, coaching):
    actions.retire_intervention(intervention=coaching, values={"reason": "Too like sets", "successors": []}, by=by)

    assert reread(coaching).version == 1
    assert not versions_of(coaching).exists()


@pytest.mark.parametrize(
    ("said", "message"),
    [
        pytest.param({"reason": "  "}, "Enter why it is retired", id="no reason"),
        pytest.param({"successors": "itself"}, "Only another intervention that is on the menu", id="itself"),
        pytest.param({"successors": "retired"}, "Only another intervention that is on the menu", id="one that is retired"),
        pytest.param({"successors": "extra"}, "Only another intervention that is on the menu", id="a region's own"),
    ],
)
def test_retire_intervention_refuses(by, coaching, said, message):
    rows = {
        "itself": coaching,
        "retired": InterventionFactory(retired=True),
        "extra": InterventionFactory(region=Region.objects.first()),
    }
    typed = {"reason": "Old", "successors": [rows[said["successors"]]] if "successors" in said else []}

    with pytest.raises(ActionRefused, match=message):
        actions.retire_intervention(intervention=coaching, values=typed | {k: v for k, v in said.items() if k == "reason"}, by=by)

    assert reread(coaching).retired_at is None
    assert not AuditEvent.objects.exists()


def test_retire_intervention_twice_is_refused_and_changes_nothing(by, coaching):
    actions.retire_intervention(intervention=coaching, values={"reason": "First", "successors": []}, by=by)

    with pytest.raises(ActionRefused, match="It was retired already"):
        actions.retire_intervention(intervention=coaching, values={"reason": "Second", "successors": []}, by=by)

    assert reread(coaching).retired_reason == "First"


def test_reinstate_intervention_brings_it_back_to_its_place(by, coaching):
    before = list(Intervention.objects.on_the_menu())
    actions.retire_intervention(intervention=coaching, values={"reason": "Too like sets", "successors": []}, by=by)

    actions.reinstate_intervention(intervention=coaching, by=by)

    assert list(Intervention.objects.on_the_menu()) == before
    assert reread(coaching).retired_reason == ""
    event = AuditEvent.objects.for_trail("menu").first()
    assert (event.verb, event.changes[0]["old"]) == ("brought back", "Too like sets")


def test_reinstate_intervention_refuses_what_is_on_the_menu(by, coaching):
    with pytest.raises(ActionRefused, match="It is on the menu already"):
        actions.reinstate_intervention(intervention=coaching, by=by)


def test_split_intervention_puts_two_in_its_place_that_start_from_it(by, coaching):
    before = [row.name for row in Intervention.objects.on_the_menu()]

    made = actions.split_intervention(intervention=coaching, values=SPLIT, by=by)

    after = [row.name for row in Intervention.objects.on_the_menu()]
    place = before.index(coaching.name)
    assert after == [*before[:place], *(part["name"] for part in SPLIT["parts"]), *before[place + 1 :]]
    for row, part in zip(made, SPLIT["parts"], strict=True):
        assert (row.summary, row.description, row.suits) == (part["summary"], coaching.description, coaching.suits)
        for name in ("roles", "behaviours", "other_domains"):
            assert set(getattr(row, name).all()) == set(getattr(coaching, name).all())
    assert set(reread(coaching).successors.all()) == set(made)


def test_split_intervention_writes_a_row_of_history_for_each(by, coaching):
    made = actions.split_intervention(intervention=coaching, values=SPLIT, by=by)

    events = AuditEvent.objects.filter(trail="menu").order_by("pk")
    assert [(event.verb, event.subject_id) for event in events] == [
        ("added", made[0].pk),
        ("added", made[1].pk),
        ("split", coaching.pk),
    ]
    assert [change["new"] for change in events[2].changes] == [
        "Nobody wants both at once.",
        "Coaching one by one and Mentoring across organisations",
    ]


def test_split_intervention_loses_no_regions_entry_and_no_provider(by, coaching):
    provider = ProviderFactory(interventions=[coaching])
    offer = RegionalOfferFactory(
        intervention=coaching,
        availability=Availability.NOT_OFFERED,
        notes="Ask the faculty",
        lead_time_weeks=6,
        cost_from=Decimal(100),
        cost_to=Decimal(200),
        contact="Jo",
    )
    offer.providers.set([provider])
    RegionalOfferFactory(intervention=coaching, region=Region.objects.get(slug="london"))

    made = actions.split_intervention(intervention=coaching, values=SPLIT, by=by)

    for row in made:
        copies = RegionalOffer.objects.filter(intervention=row)
        assert {copy.region.slug for copy in copies} == {"east-midlands", "london"}
        copy = copies.get(region=offer.region)
        assert (copy.availability, copy.notes, copy.lead_time_weeks, copy.contact) == ("not_offered", "Ask the faculty", 6, "Jo")
        assert (copy.cost_from, copy.cost_to, list(copy.providers.all())) == (Decimal(100), Decimal(200), [provider])
        assert copy.last_checked_on is None
        assert provider in row.providers.all()
    assert RegionalOffer.objects.filter(intervention=coaching).count() == 2
    assert AuditEvent.objects.filter(trail=f"offers:{offer.region_id}", verb="added").count() == 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param({"parts": SPLIT["parts"][:1]}, "There must be two parts at least", id="one part"),
        pytest.param({"parts": [SPLIT["parts"][0]] * 2}, "a name of its own", id="one name twice"),
        pytest.param({"reason": ""}, "Enter why it is retired", id="no reason"),
        pytest.param(
            {"parts": [SPLIT["parts"][0], {"name": "action learning SETS", "summary": ""}]},
            "There is an intervention with this name already",
            id="a name that exists",
        ),
    ],
)
def test_split_intervention_refuses_and_leaves_nothing_behind(by, coaching, changes, message):
    with pytest.raises(ActionRefused, match=message):
        actions.split_intervention(intervention=coaching, values=SPLIT | changes, by=by)

    assert Intervention.objects.count() == 21
    assert reread(coaching).retired_at is None
    assert not AuditEvent.objects.exists()


def test_split_intervention_twice_is_refused(by, coaching):
    actions.split_intervention(intervention=coaching, values=SPLIT, by=by)

    with pytest.raises(ActionRefused, match="It was retired already"):
        actions.split_intervention(intervention=coaching, values=SPLIT, by=by)

    assert Intervention.objects.count() == 23


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(lambda row, by: actions.add_intervention(values=values(), by=by), id="add"),
        pytest.param(lambda row, by: actions.change_intervention(intervention=row, values={"name": "X"}, by=by), id="change"),
        pytest.param(
            lambda row, by: actions.retire_intervention(intervention=row, values={"reason": "Old", "successors": []}, by=by),
            id="retire",
        ),
        pytest.param(lambda row, by: actions.split_intervention(intervention=row, values=SPLIT, by=by), id="split"),
    ],
)
def test_nothing_of_the_menu_changes_when_the_audit_write_fails(by, coaching, monkeypatch, write):
    before = list(Intervention.objects.values_list("name", "retired_at").order_by("pk"))

    def fail(*args, **kwargs):
        raise RuntimeError("the trail is full")

    monkeypatch.setattr(audit, "record", fail)

    with pytest.raises(RuntimeError, match="the trail is full"):
        write(coaching, by)

    assert list(Intervention.objects.values_list("name", "retired_at").order_by("pk")) == before


def test_suggested_measures_are_its_own_or_else_those_of_what_it_took_the_place_of(by, coaching):
    first, _ = actions.split_intervention(intervention=coaching, values=SPLIT, by=by)
    again = {"reason": "Once more", "parts": [{"name": "A", "summary": "a"}, {"name": "B", "summary": "b"}]}
    a, b = actions.split_intervention(intervention=first, values=again, by=by)
    own = MeasureSuggestionFactory(intervention=b)

    found = policies.suggested_measures([coaching, first, a, b, InterventionFactory()])

    of_coaching = list(coaching.measure_suggestions.order_by("position"))
    assert of_coaching
    assert list(found.values()) == [of_coaching, of_coaching, of_coaching, [own], []]


def test_suggested_measures_survive_two_that_took_each_others_place(coaching):
    one, other = InterventionFactory(), InterventionFactory()
    one.successors.set([other])
    other.successors.set([one])

    assert policies.suggested_measures([one]) == {one.pk: []}


def test_suggested_measures_take_two_queries_however_long_the_line(coaching, django_assert_num_queries):
    rows = [coaching, *InterventionFactory.create_batch(6)]
    for earlier, later in pairwise(rows):
        earlier.successors.set([later])

    with django_assert_num_queries(2):
        found = policies.suggested_measures([rows[-1]])

    assert len(found[rows[-1].pk]) == coaching.measure_suggestions.count()


def test_choosing_blockers_point_to_what_can_be_chosen_today(by, coaching):
    first, second = actions.split_intervention(intervention=coaching, values=SPLIT, by=by)
    instead = an_intervention("action-learning-sets")
    actions.retire_intervention(intervention=second, values={"reason": "Old", "successors": [instead]}, by=by)

    (blocker,) = policies.choosing_blockers(reread(coaching))

    assert policies.choosing_blockers(reread(first)) == []
    assert blocker.sentence.startswith("“Coaching and Mentoring” has not been on the menu since ")
    assert f"You can choose “{first}” and “{instead}” instead, or plan a bespoke one." in blocker.sentence


def test_choosing_blockers_without_anything_in_its_place_point_to_a_bespoke_one():
    (blocker,) = policies.choosing_blockers(InterventionFactory(retired=True))

    assert blocker.sentence.endswith("You can plan a bespoke one instead.")


def test_a_version_holds_words_and_not_whether_it_is_retired(by, coaching):
    actions.change_intervention(intervention=coaching, values={"name": "Coaching"}, by=by)

    kept = versions_of(coaching).first().values

    assert "main_domain" in kept
    assert not {"retired_at", "retired_reason", "successors", "position", "region", "slug", "version"} & set(kept)


def test_choosing_blockers_name_each_successor_once_even_where_it_took_the_place_of_two(by, coaching):
    parts = actions.split_intervention(intervention=coaching, values=SPLIT, by=by)
    instead = an_intervention("action-learning-sets")
    for part in parts:
        actions.retire_intervention(intervention=part, values={"reason": "Old", "successors": [instead]}, by=by)

    assert policies.successors_on_the_menu(coaching) == [instead]
