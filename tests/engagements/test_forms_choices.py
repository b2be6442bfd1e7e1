"""What the forms of an engagement offer to choose from: what counts today, and nothing of another engagement."""

import pytest

from directory.models import Footprint, Site
from engagements import forms
from engagements.enums import ClientKind, Facet, Finding
from tests.engagements.typed import (
    boxes,
    check_form,
    engagement_form,
    facet_form,
    funding_form,
    group_form,
    place_form,
    planned_form,
    posted,
    priority_form,
    purpose_form,
)
from tests.factories.directory import SiteFactory, a_footprint, a_region
from tests.factories.engagements import (
    EngagementFactory,
    ParticipantGroupFactory,
    PlannedInterventionFactory,
    PriorityFactory,
    PurposeFactory,
)
from tests.factories.framework import ForwardViewStepFactory, a_behaviour, a_role, a_step
from tests.factories.interventions import ProviderFactory

pytestmark = pytest.mark.django_db


def test_two_providers_are_refused():
    provider = ProviderFactory(regions=[a_region()])

    form = planned_form(title="Coaching", provider=provider.pk, other_provider="A friend")

    assert form.non_field_errors() == ["Choose a provider from the directory or enter another one, not both."]


@pytest.mark.parametrize("name", ["audience", "serves"])
def test_rows_of_another_engagement_are_neither_offered_nor_taken(name):
    factory = {"audience": ParticipantGroupFactory, "serves": PriorityFactory}[name]
    foreign, own = factory(), factory()

    form = planned_form(own.engagement, title="Coaching", **{name: [own.pk, foreign.pk]})

    assert list(form.fields[name].queryset) == [own]
    assert not form.is_valid()
    assert list(form.errors) == [name]


@pytest.mark.parametrize("name", ["audience", "serves", "roles", "behaviours", "forward_view_steps"])
@pytest.mark.parametrize("number", ["0", "-1", "99999999", "9" * 30, "x", "\x00"])
def test_rows_that_do_not_exist_are_refused(name, number):
    form = planned_form(title="Coaching", **{name: [number]})

    assert not form.is_valid()
    assert list(form.errors) == [name]


@pytest.mark.parametrize(("make", "name"), [(place_form, "footprint"), (place_form, "site"), (planned_form, "provider")])
@pytest.mark.parametrize("number", ["0", "99999999", "9" * 30, "x", "\x00"])
def test_a_row_that_does_not_exist_is_refused(make, name, number):
    form = make(**{name: number})

    assert not form.is_valid()
    assert name in form.errors


def test_providers_of_the_region_that_still_deliver_are_offered():
    here = ProviderFactory(regions=[a_region()])
    ProviderFactory(regions=[a_region("london")])
    ProviderFactory(regions=[a_region()], retired=True)

    assert list(planned_form().fields["provider"].queryset) == [here]


def test_a_provider_who_has_stopped_stays_with_an_intervention_that_named_them():
    provider = ProviderFactory(regions=[a_region()], retired=True)
    planned = PlannedInterventionFactory(provider=provider)

    form = forms.PlannedInterventionForm(instance=planned)

    assert list(form.fields["provider"].queryset) == [provider]


def test_steps_that_count_today_are_offered_by_kind():
    ForwardViewStepFactory(name="Long gone", retired=True)

    choices = purpose_form().fields["forward_view_steps"].choices

    assert [kind for kind, _ in choices] == ["Gap to close", "Service to change", "Enabler"]
    assert [len(rows) for _, rows in choices] == [3, 10, 6]
    assert "Long gone" not in [label for _, rows in choices for _, label in rows]


@pytest.mark.parametrize("factory", [PurposeFactory, PlannedInterventionFactory])
def test_a_step_that_counts_no_more_stays_with_what_named_it(factory):
    gone, today = ForwardViewStepFactory(retired=True), a_step()
    entry = factory(forward_view_steps=[gone, today])
    form_of = {PurposeFactory: forms.PurposeForm, PlannedInterventionFactory: forms.PlannedInterventionForm}[factory]
    name = {PurposeFactory: "statement", PlannedInterventionFactory: "title"}[factory]

    form = form_of(posted(**{name: "x", "forward_view_steps": [gone.pk, today.pk]}), instance=entry)

    assert form.is_valid(), form.errors
    assert set(form.values["forward_view_steps"]) == {gone, today}
    assert gone.pk in [pk for _, rows in form.fields["forward_view_steps"].choices for pk, _ in rows]


def test_roles_and_behaviours_are_offered_by_domain():
    fields = priority_form().fields

    for name, count in (("roles", 30), ("behaviours", 32)):
        groups = fields[name].choices
        assert [domain for domain, _ in groups] == [
            "Individual Effectiveness",
            "Relationships and Connectivity",
            "Innovation and Improvement",
            "Learning and Capacity Building",
        ]
        assert sum(len(rows) for _, rows in groups) == count


def test_a_priority_takes_levels_roles_and_behaviours():
    form = priority_form(
        statement="Plan together", level_now="2", level_wanted="4", roles=[a_role().pk], behaviours=[a_behaviour().pk]
    )

    assert form.is_valid()
    assert (form.values["level_now"], form.values["level_wanted"]) == ("2", "4")
    assert (list(form.values["roles"]), list(form.values["behaviours"])) == ([a_role()], [a_behaviour()])


def test_a_priority_that_falls_is_refused():
    form = priority_form(statement="Plan together", level_now="4", level_wanted="2")

    assert form.non_field_errors() == ["The level you want must be the same as or higher than the level now."]


@pytest.mark.parametrize(
    "half",
    [{"strategy_confirmed_by": "Rosa Whitlow"}, boxes("strategy_confirmed_on", 3, 11, 2016)],
    ids=["who without when", "when without who"],
)
def test_half_a_confirmation_is_refused(half):
    form = purpose_form(statement="Get people home", **half)

    assert form.non_field_errors() == ["Enter both who confirmed the link to the strategy and when, or leave both empty."]


def test_a_place_offers_every_area_and_site_by_name():
    SiteFactory(name="Aardvark")
    fields = place_form().fields

    assert [row.name for row in fields["footprint"].queryset] == list(
        Footprint.objects.order_by("name").values_list("name", flat=True)
    )
    assert fields["site"].queryset.first().name == "Aardvark"
    assert fields["site"].queryset.count() == Site.objects.count()


def test_a_place_takes_an_area_alone():
    form = place_form(footprint=a_footprint().pk, level="stp_area")

    assert form.is_valid()
    assert form.values["footprint"] == a_footprint()


@pytest.mark.parametrize("kind", ["", *ClientKind.values])
def test_an_engagement_takes_every_kind_of_client_or_none(kind):
    assert engagement_form(title="Leading together", client_kind=kind).is_valid()


@pytest.mark.parametrize(
    ("make", "least", "field"),
    [
        (engagement_form, {"title": "x"}, "client_kind"),
        (facet_form, {}, "people_clarity"),
        (group_form, {"name": "x"}, "sector"),
        (place_form, {"name": "x"}, "level"),
        (priority_form, {"statement": "x"}, "level_now"),
        (planned_form, {"title": "x"}, "focus"),
        (planned_form, {"title": "x"}, "sourcing_route"),
        (funding_form, {"source": "x", "amount": "5"}, "certainty"),
        (check_form, {"reason": "x"}, "overruled_to"),
    ],
)
def test_a_choice_that_is_not_on_the_list_is_refused(make, least, field):
    form = make(**least | {field: "martian"})

    assert not form.is_valid()
    assert list(form.errors) == [field]


@pytest.mark.parametrize("facet", Facet)
def test_a_facet_takes_its_clarity_and_the_words_of_the_client(facet):
    data = {f"{facet}_clarity": "clear", f"{facet}_words": "It is <b>ours</b>."}

    form = forms.FACET_FORMS[facet](posted(**data), instance=EngagementFactory())

    assert form.is_valid()
    assert form.values == data


def test_an_overrule_cannot_be_to_not_yet_known():
    values = [value for value, _ in check_form().fields["overruled_to"].choices]

    assert values == ["", Finding.MET, Finding.PARTLY, Finding.NOT_MET]
