from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import connection, models
from django.utils import timezone

from core.models import AuditEvent
from core.reading import Relation, Rows, prefetch_in_one_query, read_in_one_query
from engagements.models import Engagement, FundingLine, PlannedIntervention
from engagements.models import engagement as engagement_module
from interventions.models import Intervention
from tests.factories.accounts import ConsultantFactory
from tests.factories.core import AuditEventFactory
from tests.factories.directory import OrganisationFactory, SiteFactory, a_footprint
from tests.factories.engagements import (
    ClientLeadFactory,
    CriterionCheckFactory,
    EngagementFactory,
    FundingLineFactory,
    ParticipantGroupFactory,
    PlaceFactory,
    PlannedInterventionFactory,
    PriorityFactory,
    PurposeFactory,
    a_criterion,
)
from tests.factories.evaluation import MeasureFactory
from tests.factories.framework import ForwardViewStepFactory, a_behaviour, a_role, a_step
from tests.factories.interventions import InterventionFactory, ProviderFactory

pytestmark = pytest.mark.django_db

HARD_TO_READ = '“Quotes” \\ " \' <b> שלום e\u0301 👩🏽‍⚕️\n\ttab {"json": [1]} \u2028'


@pytest.fixture
def engagement():
    """An engagement that fills every relation of a plan, several rows each."""
    engagement = EngagementFactory(team=[ConsultantFactory(full_name="Zoe"), ConsultantFactory(full_name="Amy")])
    area, other_area = a_footprint(13), a_footprint(14)
    hospice = OrganisationFactory(footprints=[other_area, area])
    groups = [ParticipantGroupFactory(engagement=engagement, organisation=hospice, name=HARD_TO_READ) for _ in range(2)]
    ParticipantGroupFactory(engagement=engagement)
    PlaceFactory(engagement=engagement, site=SiteFactory(footprints=[area, other_area]))
    PlaceFactory(engagement=engagement, whole_area=True)
    steps = [a_step(), a_step("funding-and-efficiency-gap"), ForwardViewStepFactory(retired=True)]
    PurposeFactory(engagement=engagement, forward_view_steps=steps, strategy_confirmed=True)
    roles = [a_role(), a_role(row=2)]
    behaviours = [a_behaviour(), a_behaviour(row=2)]
    priorities = [PriorityFactory(engagement=engagement, roles=roles, behaviours=behaviours, position=n) for n in (2, 1)]
    for number in range(2):
        planned = PlannedInterventionFactory(
            engagement=engagement,
            audience=groups,
            serves=priorities,
            roles=roles,
            behaviours=behaviours,
            forward_view_steps=steps[:2],
            from_menu=bool(number),
            provider=ProviderFactory(),
        )
        FundingLineFactory(planned_intervention=planned, amount=Decimal("0.10"), source=HARD_TO_READ)
        FundingLineFactory(planned_intervention=planned, amount=Decimal("9999999.99"))
        CriterionCheckFactory(planned_intervention=planned)
        CriterionCheckFactory(planned_intervention=planned, criterion=a_criterion("affordable"), overruled=True)
        MeasureFactory(engagement=engagement, planned_intervention=planned, with_baseline=True)
    ClientLeadFactory(engagement=engagement)
    # Django asks a new connection to SQLite once whether it knows JSON.
    assert connection.features.supports_json_field
    return Engagement.objects.with_people().get(pk=engagement.pk)


@pytest.fixture
def relations(engagement, monkeypatch):
    """The relations that `load_plan` reads, as it asks for them."""
    asked = []

    def read(wanted):
        asked.extend(wanted)
        prefetch_in_one_query(wanted)

    monkeypatch.setattr(engagement_module, "prefetch_in_one_query", read)
    engagement.load_plan()
    return asked


def columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_every_relation_of_a_plan_reads_as_django_reads_it(relations):
    for relation in relations:
        fresh = {row.pk: row for row in type(relation.owners[0])._default_manager.all()}
        models.prefetch_related_objects(list(fresh.values()), relation.name)
        for owner in relation.owners:
            found = list(getattr(owner, relation.name).all())
            expected = sorted(getattr(fresh[owner.pk], relation.name).all(), key=relation.order)
            assert found == expected, relation.name
            assert [columns(row) for row in found] == [columns(row) for row in expected], relation.name
            for row, twin in zip(found, expected, strict=True):
                assert [type(v) for v in columns(row).values()] == [type(v) for v in columns(twin).values()], relation.name


def test_every_relation_of_a_plan_has_rows_in_this_test(relations):
    assert len(relations) == 14
    for relation in relations:
        assert any(getattr(owner, relation.name).all() for owner in relation.owners), relation.name


def test_a_whole_plan_is_read_in_a_fixed_number_of_queries(engagement, django_assert_num_queries):
    twin = PlannedInterventionFactory().engagement

    with django_assert_num_queries(7):
        engagement.load_plan()
    with django_assert_num_queries(7):
        twin.load_plan()


def test_what_was_read_costs_no_further_query(engagement, django_assert_num_queries):
    engagement.load_plan()

    with django_assert_num_queries(0):
        for planned in engagement.planned_interventions.all():
            assert [str(group.organisation) for group in planned.audience.all()]
            assert [line.planned_intervention == planned for line in planned.funding_lines.all()] == [True, True]
            assert [str(check.reason) for check in planned.criterion_checks.all()]
            assert next(iter(planned.serves.all())).position == 1
        assert [person.full_name for person in engagement.team.all()] == ["Amy", "Zoe"]
        assert all(measure.engagement == engagement for measure in engagement.measures.all())


@pytest.mark.parametrize("number_of_relations", [1, 2, 3])
def test_several_relations_are_one_query(engagement, number_of_relations, django_assert_num_queries):
    planned = list(PlannedIntervention.objects.order_by("pk"))
    wanted = [Relation(planned, name) for name in ("roles", "funding_lines", "serves")][:number_of_relations]

    with django_assert_num_queries(1):
        prefetch_in_one_query(wanted)


def test_relations_of_nobody_cost_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        prefetch_in_one_query([])
        prefetch_in_one_query([Relation([], "roles")])


def test_an_owner_without_rows_has_an_empty_list(django_assert_num_queries):
    planned = PlannedInterventionFactory()

    prefetch_in_one_query([Relation([planned], "roles"), Relation([planned], "funding_lines")])

    with django_assert_num_queries(0):
        assert list(planned.roles.all()) == []
        assert list(planned.funding_lines.all()) == []


def test_two_copies_of_one_owner_both_have_the_rows():
    hospice = OrganisationFactory(footprints=[a_footprint()])
    copies = [type(hospice).objects.get(pk=hospice.pk) for _ in range(2)]

    prefetch_in_one_query([Relation(copies, "footprints")])

    assert [list(copy.footprints.all()) for copy in copies] == [[a_footprint()]] * 2


def test_rows_stand_in_the_order_asked_for():
    planned = PlannedInterventionFactory()
    for amount in (2, 3, 1):
        FundingLineFactory(planned_intervention=planned, amount=amount)

    prefetch_in_one_query([Relation([planned], "funding_lines", lambda line: -line.amount)])

    assert [line.amount for line in planned.funding_lines.all()] == [3, 2, 1]


def test_values_come_back_in_their_own_types():
    moment = datetime(2016, 7, 1, 12, 30, 15, 123456, tzinfo=UTC)
    domain = InterventionFactory(retired_at=moment).main_domain
    engagement = EngagementFactory()
    FundingLineFactory(planned_intervention__engagement=engagement, amount=Decimal("0.10"))
    MeasureFactory(engagement=engagement, baseline="1", baseline_on=date(2016, 4, 1))
    CriterionCheckFactory(planned_intervention__engagement=engagement, at=moment)
    planned = list(engagement.planned_interventions.order_by("pk"))

    prefetch_in_one_query(
        [
            Relation([domain], "interventions"),
            Relation(planned, "funding_lines"),
            Relation([engagement], "measures"),
            Relation(planned, "criterion_checks"),
            Relation([engagement], "planned_interventions"),
        ]
    )

    assert list(domain.interventions.all())[-1].retired_at == moment
    [line] = planned[0].funding_lines.all()
    assert str(line.amount) == "0.10"
    assert line.amount == FundingLine.objects.get().amount
    [measure] = engagement.measures.all()
    assert (measure.baseline_on, measure.due_on) == (date(2016, 4, 1), None)
    [check] = planned[1].criterion_checks.all()
    assert check.at == moment
    assert timezone.is_aware(check.at)
    assert next(iter(engagement.planned_interventions.all())).is_no_cost is False


def test_a_row_that_was_read_can_be_changed():
    planned = PlannedInterventionFactory(from_menu=True)
    menu = planned.intervention
    prefetch_in_one_query([Relation([menu], "planned")])

    [row] = menu.planned.all()
    row.title = "Another title"
    row.save(update_fields=["title"])

    assert PlannedIntervention.objects.get(pk=planned.pk).title == "Another title"
    assert isinstance(menu, Intervention)


def test_a_column_of_json_is_read_as_django_reads_it():
    event = AuditEventFactory(changes=[{"field": "x", "old": None, "new": ["é", 1]}])

    ((found,),) = read_in_one_query(Rows(AuditEvent.objects.filter(pk=event.pk)))

    assert found.changes == event.changes


def test_read_in_one_query_gives_the_records_of_each_queryset(django_assert_num_queries):
    first, second = EngagementFactory(title=HARD_TO_READ), EngagementFactory()
    place = PlaceFactory(engagement=second)

    with django_assert_num_queries(1):
        engagements, places, none = read_in_one_query(
            Rows(Engagement.objects.order_by("-pk")), Rows(second.places.all()), Rows(first.places.all())
        )

    assert {row.pk: row.title for row in engagements} == {first.pk: HARD_TO_READ, second.pk: second.title}
    assert {row.created_at for row in engagements} == {first.created_at, second.created_at}
    assert places == [place]
    assert none == []


def test_read_in_one_query_leaves_out_columns_until_they_are_asked_for(django_assert_num_queries):
    made = EngagementFactory(title="Asked for later")

    ((row,),) = read_in_one_query(Rows(Engagement.objects.filter(pk=made.pk), without={"title"}))

    assert row.get_deferred_fields() == {"title"}
    with django_assert_num_queries(1):
        assert row.title == "Asked for later"
