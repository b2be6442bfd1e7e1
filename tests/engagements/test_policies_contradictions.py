"""What does not fit together in a plan, in words; and no false alarms."""

import pytest
from django.urls import resolve, reverse

from engagements import policies
from engagements.enums import ClientKind, PlaceLevel
from tests.engagements.situations import ready_engagement, reread
from tests.factories.directory import OrganisationFactory, SiteFactory, a_footprint
from tests.factories.engagements import (
    EngagementFactory,
    ParticipantGroupFactory,
    PlaceFactory,
    PlannedInterventionFactory,
    PriorityFactory,
    PurposeFactory,
)
from tests.factories.framework import a_behaviour, a_role, a_step

pytestmark = pytest.mark.django_db

LINCOLNSHIRE, NOTTINGHAMSHIRE, DERBYSHIRE = 13, 14, 12


@pytest.fixture
def engagement():
    return EngagementFactory()


def remarks(engagement):
    return policies.contradictions(reread(engagement).load_plan())


def sentences(engagement):
    return [remark.sentence for remark in remarks(engagement)]


def name_area(engagement, *numbers):
    for number in numbers:
        PlaceFactory(engagement=engagement, footprint=a_footprint(number), name="", level=PlaceLevel.STP_AREA)


def name_people(engagement, organisation, *numbers):
    known = OrganisationFactory(name=organisation, footprints=[a_footprint(number) for number in numbers])
    return ParticipantGroupFactory(engagement=engagement, organisation=known)


def area(number):
    return a_footprint(number).name


def test_an_empty_engagement_contradicts_nothing(engagement):
    assert remarks(engagement) == []


def test_a_complete_and_consistent_plan_contradicts_nothing():
    assert remarks(ready_engagement(client_kind=ClientKind.WHOLE_STP)) == []


def test_place_names_two_areas_and_people_come_from_one(engagement):
    name_area(engagement, LINCOLNSHIRE, NOTTINGHAMSHIRE)
    name_people(engagement, "Fenland CCG", LINCOLNSHIRE)

    [remark] = remarks(engagement)

    two = " and ".join(sorted([area(LINCOLNSHIRE), area(NOTTINGHAMSHIRE)]))
    assert remark.sentence == f"Place names {two}, and People come from {area(LINCOLNSHIRE)} only."
    assert remark.url == reverse("engagements:people_detail", args=[engagement.reference])


def test_place_names_three_areas_and_people_come_from_two(engagement):
    name_area(engagement, LINCOLNSHIRE, NOTTINGHAMSHIRE, DERBYSHIRE)
    name_people(engagement, "Fenland CCG", LINCOLNSHIRE)
    name_people(engagement, "Sherwood CCG", NOTTINGHAMSHIRE)

    three = sorted([area(LINCOLNSHIRE), area(NOTTINGHAMSHIRE), area(DERBYSHIRE)])
    two = sorted([area(LINCOLNSHIRE), area(NOTTINGHAMSHIRE)])
    assert sentences(engagement) == [
        f"Place names {three[0]}, {three[1]} and {three[2]}, and People come from {two[0]} and {two[1]} only."
    ]


def test_place_names_two_areas_and_people_come_from_neither(engagement):
    name_area(engagement, LINCOLNSHIRE, NOTTINGHAMSHIRE)
    name_people(engagement, "Peak CCG", DERBYSHIRE)

    two = " and ".join(sorted([area(LINCOLNSHIRE), area(NOTTINGHAMSHIRE)]))
    assert sentences(engagement) == [
        f"Place names {two}, and no organisation under People belongs to them.",
        "Peak CCG belongs to an STP area that Place does not name.",
    ]


def test_place_names_one_area_and_people_come_from_another(engagement):
    name_area(engagement, LINCOLNSHIRE)
    name_people(engagement, "Peak CCG", DERBYSHIRE)
    name_people(engagement, "Sherwood CCG", NOTTINGHAMSHIRE)

    assert sentences(engagement) == [
        f"Place names {area(LINCOLNSHIRE)}, and no organisation under People belongs to it.",
        "Peak CCG and Sherwood CCG belong to an STP area that Place does not name.",
    ]


def test_an_organisation_from_elsewhere_beside_one_from_here_is_named_once(engagement):
    name_area(engagement, LINCOLNSHIRE)
    name_people(engagement, "Fenland CCG", LINCOLNSHIRE)
    away = name_people(engagement, "Peak CCG", DERBYSHIRE)
    ParticipantGroupFactory(engagement=engagement, organisation=away.organisation)

    assert sentences(engagement) == ["Peak CCG belongs to an STP area that Place does not name."]


def test_an_organisation_of_several_areas_covers_each_of_them(engagement):
    name_area(engagement, LINCOLNSHIRE, NOTTINGHAMSHIRE)
    name_people(engagement, "Two Counties CCG", LINCOLNSHIRE, NOTTINGHAMSHIRE)

    assert sentences(engagement) == []


def test_an_organisation_of_one_named_and_one_unnamed_area_is_no_contradiction(engagement):
    name_area(engagement, LINCOLNSHIRE)
    name_people(engagement, "Two Counties CCG", LINCOLNSHIRE, NOTTINGHAMSHIRE)

    assert sentences(engagement) == []


def test_people_whose_area_nobody_knows_are_no_contradiction(engagement):
    name_area(engagement, LINCOLNSHIRE, NOTTINGHAMSHIRE)
    name_people(engagement, "A hospice")
    ParticipantGroupFactory(engagement=engagement, name="Carers")

    assert sentences(engagement) == []


def test_people_without_a_place_are_no_contradiction(engagement):
    name_people(engagement, "Fenland CCG", LINCOLNSHIRE)

    assert sentences(engagement) == []


def test_a_place_known_by_name_only_is_no_contradiction(engagement):
    PlaceFactory(engagement=engagement, name="Boston and the east coast")
    name_people(engagement, "Fenland CCG", LINCOLNSHIRE)

    assert sentences(engagement) == []


def test_a_site_names_the_areas_it_lies_in(engagement):
    site = SiteFactory(footprints=[a_footprint(LINCOLNSHIRE), a_footprint(NOTTINGHAMSHIRE)])
    PlaceFactory(engagement=engagement, site=site, name="")
    name_people(engagement, "Fenland CCG", LINCOLNSHIRE)

    two = " and ".join(sorted([area(LINCOLNSHIRE), area(NOTTINGHAMSHIRE)]))
    assert sentences(engagement) == [f"Place names {two}, and People come from {area(LINCOLNSHIRE)} only."]


def test_a_site_in_a_named_area_stands_for_that_area_only(engagement):
    site = SiteFactory(footprints=[a_footprint(LINCOLNSHIRE), a_footprint(NOTTINGHAMSHIRE)])
    PlaceFactory(engagement=engagement, site=site, footprint=a_footprint(LINCOLNSHIRE), name="")
    name_people(engagement, "Fenland CCG", LINCOLNSHIRE)

    assert sentences(engagement) == []


def test_a_site_without_areas_is_no_contradiction(engagement):
    PlaceFactory(engagement=engagement, site=SiteFactory(), name="")
    name_people(engagement, "Fenland CCG", LINCOLNSHIRE)

    assert sentences(engagement) == []


@pytest.mark.parametrize("kind", [ClientKind.WHOLE_STP, ClientKind.PART_OF_STP])
def test_a_client_of_one_area_with_two_areas_under_place(engagement, kind):
    engagement.client_kind = kind
    engagement.save()
    name_area(engagement, LINCOLNSHIRE, NOTTINGHAMSHIRE)

    [remark] = remarks(engagement)

    two = " and ".join(sorted([area(LINCOLNSHIRE), area(NOTTINGHAMSHIRE)]))
    assert remark.sentence == f"The client is one STP area or part of one, and Place names {two}."
    assert remark.url == reverse("engagements:place_detail", args=[engagement.reference])


def test_a_client_of_several_areas_with_one_under_place(engagement):
    engagement.client_kind = ClientKind.SEVERAL_STPS
    engagement.save()
    name_area(engagement, LINCOLNSHIRE)

    assert sentences(engagement) == [f"The client is more than one STP area, and Place names only {area(LINCOLNSHIRE)}."]


@pytest.mark.parametrize(
    ("kind", "numbers"),
    [
        pytest.param(ClientKind.WHOLE_STP, [LINCOLNSHIRE], id="one of one"),
        pytest.param(ClientKind.SEVERAL_STPS, [LINCOLNSHIRE, NOTTINGHAMSHIRE], id="several of several"),
        pytest.param(ClientKind.SEVERAL_STPS, [], id="several and nothing named yet"),
        pytest.param(ClientKind.VANGUARD, [LINCOLNSHIRE, NOTTINGHAMSHIRE], id="a vanguard over two areas"),
        pytest.param(ClientKind.PIONEER, [LINCOLNSHIRE], id="a pioneer"),
        pytest.param("", [LINCOLNSHIRE, NOTTINGHAMSHIRE], id="kind not given"),
    ],
)
def test_a_client_that_fits_its_places_is_no_contradiction(engagement, kind, numbers):
    engagement.client_kind = kind
    engagement.save()
    name_area(engagement, *numbers)

    assert sentences(engagement) == []


def test_one_area_named_twice_counts_once(engagement):
    engagement.client_kind = ClientKind.WHOLE_STP
    engagement.save()
    name_area(engagement, LINCOLNSHIRE, LINCOLNSHIRE)

    assert sentences(engagement) == []


def test_a_priority_that_no_intervention_serves_is_named(engagement):
    served = PriorityFactory(engagement=engagement)
    PriorityFactory(engagement=engagement, statement="Plan discharge together")
    PlannedInterventionFactory(engagement=engagement, serves=[served])

    [remark] = remarks(engagement)

    assert remark.sentence == "No planned intervention serves the priority “Plan discharge together”."
    assert remark.url == reverse("engagements:plan_detail", args=[engagement.reference])


def test_a_long_priority_is_named_by_its_beginning(engagement):
    PriorityFactory(engagement=engagement, statement="word " * 100)
    PlannedInterventionFactory(engagement=engagement)

    [sentence] = sentences(engagement)

    assert sentence.endswith("word…”.")
    assert len(sentence) < 140


def test_priorities_without_a_plan_are_no_contradiction(engagement):
    PriorityFactory(engagement=engagement)

    assert sentences(engagement) == []


def test_an_intervention_that_develops_nothing_its_priorities_ask_for(engagement):
    priority = PriorityFactory(engagement=engagement, roles=[a_role()], behaviours=[a_behaviour()])
    PlannedInterventionFactory(
        engagement=engagement, title="Coaching", serves=[priority], roles=[a_role(row=2)], behaviours=[a_behaviour(row=2)]
    )

    assert sentences(engagement) == ["Coaching develops none of the roles and behaviours that its priorities ask for."]


@pytest.mark.parametrize(
    ("wanted", "developed"),
    [
        pytest.param({"roles": [1]}, {"roles": [1, 2]}, id="one role in common"),
        pytest.param({"behaviours": [1]}, {"behaviours": [1]}, id="one behaviour in common"),
        pytest.param({}, {"roles": [1]}, id="priority asks for none"),
        pytest.param({"roles": [1]}, {}, id="none chosen yet"),
    ],
)
def test_an_intervention_that_fits_its_priorities_is_no_contradiction(engagement, wanted, developed):
    def chosen(rows):
        found = {"roles": a_role, "behaviours": a_behaviour}
        return {name: [found[name](row=row) for row in numbers] for name, numbers in rows.items()}

    priority = PriorityFactory(engagement=engagement, **chosen(wanted))
    PlannedInterventionFactory(engagement=engagement, serves=[priority], **chosen(developed))

    assert sentences(engagement) == []


def test_a_role_and_a_behaviour_of_the_same_number_are_not_the_same(engagement):
    role = a_role()
    behaviour = type(a_behaviour()).objects.get(pk=role.pk)
    priority = PriorityFactory(engagement=engagement, roles=[role])
    PlannedInterventionFactory(engagement=engagement, serves=[priority], behaviours=[behaviour])

    assert len(sentences(engagement)) == 1


def test_more_places_than_people(engagement):
    audience = [ParticipantGroupFactory(engagement=engagement, headcount=count) for count in (12, 8)]
    PlannedInterventionFactory(engagement=engagement, title="Coaching", audience=audience, places=21)

    assert sentences(engagement) == ["Coaching has 21 places for an audience of 20."]


@pytest.mark.parametrize(
    ("counts", "places"),
    [
        pytest.param([12, 8], 20, id="as many places as people"),
        pytest.param([12, None], 500, id="a group whose number nobody knows"),
        pytest.param([12], None, id="places not given"),
        pytest.param([], 12, id="no audience"),
    ],
)
def test_places_that_may_fit_are_no_contradiction(engagement, counts, places):
    audience = [ParticipantGroupFactory(engagement=engagement, headcount=count) for count in counts]
    PlannedInterventionFactory(engagement=engagement, audience=audience, places=places)

    assert sentences(engagement) == []


def test_steps_of_the_purpose_that_the_only_intervention_misses(engagement):
    PurposeFactory(engagement=engagement, forward_view_steps=[a_step("cancer"), a_step("maternity")])
    PlannedInterventionFactory(engagement=engagement, forward_view_steps=[a_step("mental-health"), a_step("cancer")])

    [remark] = remarks(engagement)

    assert remark.sentence == "Purpose names Maternity, and the plan brings other steps nearer."
    assert remark.url == reverse("engagements:purpose_detail", args=[engagement.reference])


def test_steps_of_the_purpose_that_all_interventions_miss(engagement):
    PurposeFactory(engagement=engagement, forward_view_steps=[a_step("cancer"), a_step("maternity")])
    PlannedInterventionFactory.create_batch(2, engagement=engagement, forward_view_steps=[a_step("mental-health")])

    [sentence] = sentences(engagement)

    assert sentence == "Purpose names Cancer and Maternity, and the planned interventions bring other steps nearer."


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        pytest.param(["cancer"], [], id="no step chosen in the plan yet"),
        pytest.param([], ["cancer"], id="no step in the purpose"),
        pytest.param(["cancer"], ["cancer", "maternity"], id="more than asked for"),
    ],
)
def test_steps_that_fit_are_no_contradiction(engagement, wanted, reached):
    PurposeFactory(engagement=engagement, forward_view_steps=[a_step(code) for code in wanted])
    PlannedInterventionFactory(engagement=engagement, forward_view_steps=[a_step(code) for code in reached])

    assert sentences(engagement) == []


def test_every_remark_leads_to_a_page_of_the_engagement(engagement):
    name_area(engagement, LINCOLNSHIRE, NOTTINGHAMSHIRE)
    name_people(engagement, "Peak CCG", DERBYSHIRE)
    engagement.client_kind = ClientKind.WHOLE_STP
    engagement.save()
    PriorityFactory(engagement=engagement)
    PurposeFactory(engagement=engagement, forward_view_steps=[a_step("cancer")])
    PlannedInterventionFactory(engagement=engagement, forward_view_steps=[a_step()])

    found = remarks(engagement)

    assert len(found) == 5
    assert {resolve(remark.url).kwargs["reference"] for remark in found} == {engagement.reference}
