"""Every address of the portal keeps to its number of queries, whatever it shows (F9)."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from core import audit
from directory.models import Region
from engagements import documents
from engagements.enums import CriterionSlug, EngagementStatus
from engagements.models import Comment, Engagement
from evaluation.models import DeliveredSession, FeedbackForm, FeedbackLink, Result
from evaluation.policies import feedback_token
from framework.models import Behaviour, Domain, ForwardViewStep, LeadershipRole
from interventions.models import Intervention
from tests.factories.accounts import ConsultantFactory
from tests.factories.core import FormDraftFactory
from tests.factories.directory import LINCOLNSHIRE, a_footprint
from tests.factories.engagements import (
    ClientLeadFactory,
    CommentFactory,
    CriterionCheckFactory,
    DecisionFactory,
    EngagementFactory,
    FundingLineFactory,
    ParticipantGroupFactory,
    PlaceFactory,
    PlannedInterventionFactory,
    PlanVersionFactory,
    PriorityFactory,
    PurposeFactory,
    StatusChangeFactory,
    a_criterion,
)
from tests.factories.evaluation import (
    DeliveredSessionFactory,
    EarlierTargetFactory,
    FeedbackAnswerFactory,
    FeedbackFormFactory,
    FeedbackLinkFactory,
    LearningFactory,
    MeasureFactory,
    ResultFactory,
)
from tests.helpers import as_user
from tests.managed import NATIONAL, a_ground_with
from tests.query_budget import BUDGET, MANAGED, WITHOUT_A_PAGE

pytestmark = pytest.mark.django_db

FEW, MANY = 1, 50
OWN_NAMESPACES = {"core", "framework", "directory", "accounts", "interventions", "engagements", "evaluation"}


def own_addresses(resolver=None, namespace=""):
    """Return the names of all our addresses."""
    names = []
    for entry in (resolver or get_resolver()).url_patterns:
        if hasattr(entry, "url_patterns"):
            inner = entry.namespace or namespace
            if inner in OWN_NAMESPACES or entry.namespace is None:
                names += own_addresses(entry, inner)
        elif entry.name and (namespace in OWN_NAMESPACES or entry.name in ("home", "manage", "status", "effect_retry")):
            names.append(f"{namespace}:{entry.name}" if namespace else entry.name)
    return names


def an_engagement_with(rows, area=LINCOLNSHIRE):
    """Return an engagement that has this many of everything, and its consultant's work list with as many engagements."""
    footprint = a_footprint(area)
    consultant = ConsultantFactory(region=footprint.lead_region)
    engagement = EngagementFactory(lead_region=consultant.region, lead_consultant=consultant)
    EngagementFactory.create_batch(rows - 1, lead_region=consultant.region, lead_consultant=consultant)
    engagement.team.set(ConsultantFactory.create_batch(rows, region=consultant.region))
    groups = ParticipantGroupFactory.create_batch(rows, engagement=engagement, of_an_organisation=True)
    for group in groups:
        group.organisation.footprints.set([footprint])
    PlaceFactory.create_batch(rows, engagement=engagement, whole_area=True, footprint=footprint)
    roles, behaviours, steps = (
        LeadershipRole.objects.all()[:rows],
        Behaviour.objects.all()[:rows],
        ForwardViewStep.objects.all()[:rows],
    )
    PurposeFactory.create_batch(rows, engagement=engagement, forward_view_steps=steps)
    priorities = PriorityFactory.create_batch(rows, engagement=engagement, roles=roles, behaviours=behaviours)
    for _ in range(rows):
        planned = PlannedInterventionFactory(
            engagement=engagement,
            from_menu=True,
            commissioned=True,
            audience=groups,
            serves=priorities,
            roles=roles,
            behaviours=behaviours,
            forward_view_steps=steps,
        )
        FundingLineFactory.create_batch(2, planned_intervention=planned)
        CriterionCheckFactory(planned_intervention=planned, criterion=a_criterion(CriterionSlug.AFFORDABLE), overruled=True)
        measure = MeasureFactory(engagement=engagement, planned_intervention=planned)
        ResultFactory(measure=measure, collected=True)
        # The one that forms are opened for waits.
        ResultFactory(measure=measure)
        EarlierTargetFactory(measure=measure)
    # Of each state one: being prepared, open, and as many closed ones as there are rows.
    FeedbackFormFactory(planned_intervention=planned)
    FeedbackLinkFactory(form=FeedbackFormFactory(planned_intervention=planned, opened=True))
    for _ in range(rows):
        closed = FeedbackFormFactory(planned_intervention=planned, opened=True, closed_at=timezone.now())
        FeedbackAnswerFactory.create_batch(2, form=closed)
        LearningFactory(engagement=engagement, planned_intervention=planned, accepted=True)
        StatusChangeFactory(engagement=engagement, to_status=EngagementStatus.IN_DELIVERY)
        DeliveredSessionFactory(planned_intervention=planned)
    # The first one is still being written.
    LearningFactory(engagement=engagement)
    # One that can be removed: nothing was collected for it.
    MeasureFactory(engagement=engagement, planned_intervention=planned)
    leads = ClientLeadFactory.create_batch(rows, engagement=engagement)
    # A version that was taken back: the plan itself is still being written.
    document = documents.to_json(documents.load_brief(Engagement.objects.with_people().get(pk=engagement.pk)))
    version = PlanVersionFactory(engagement=engagement, document=document, recalled=True)
    for lead in leads:
        DecisionFactory(version=version, client_lead=lead)
        audit.record("added", lead, by=consultant, trail=engagement.trail)
        FormDraftFactory(user=consultant, subject=f"{engagement.get_absolute_url()}people/{lead.pk}/")
        for section in ("people", "planned-1", "criteria", "measures"):
            CommentFactory(answer_to=CommentFactory(version=version, section=section, author=lead.user), version=version)
    return engagement


def _form_for(view, engagement):
    """Return the key of a form in the state that a page about feedback is for."""
    is_prepared = view in ("feedback_form_edit", "feedback_form_remove", "feedback_form_open")
    forms = FeedbackForm.objects.filter(planned_intervention__engagement=engagement, closed_at=None)
    found = forms.filter(opened_at=None) if is_prepared else forms.exclude(opened_at=None)
    form = found.order_by("pk").first()
    return form.pk if form else 1


def arguments_for(name, engagement):
    """Return what an address needs to name a thing that is there."""
    planned = engagement.planned_interventions.first()
    firsts = {
        "participant_group": engagement.groups,
        "place": engagement.places,
        "purpose": engagement.purposes,
        "priority": engagement.priorities,
        "planned_intervention": engagement.planned_interventions,
        "client_lead": engagement.client_leads,
        "measure": engagement.measures,
        "learning": engagement.learnings,
    }
    view = name.partition(":")[2]
    if view in ("library_list", "report_list"):
        return {}
    if view in ("feedback_give", "feedback_thanks"):
        link = FeedbackLink.objects.filter(form__planned_intervention__engagement=engagement).first()
        return {"token": feedback_token(link) if link else "none"} if view == "feedback_give" else {}
    if name.startswith(("engagements:", "evaluation:")) and view not in (
        "engagement_list",
        "engagement_create",
        "brief_check",
        "pack_list",
    ):
        arguments = {"reference": engagement.reference}
        entity = view.rpartition("_")[0]
        if view.startswith("funding_line"):
            arguments["pk"] = planned.pk
            if view != "funding_line_create":
                arguments["line_pk"] = planned.funding_lines.first().pk
        elif view.startswith("criterion_check"):
            arguments |= {"pk": planned.pk, "slug": CriterionSlug.AFFORDABLE}
        elif view == "measure_remove":
            last = engagement.measures.order_by("pk").last()
            arguments["pk"] = last.pk if last else 1
        elif entity in firsts and view.endswith(("_edit", "_remove")):
            first = firsts[entity].first()
            arguments["pk"] = first.pk if first else 1
        elif view == "result_create" or (
            view.startswith(("measure_", "contribution_")) and view not in ("measure_list", "measure_create")
        ):
            first = engagement.measures.first()
            arguments["pk"] = first.pk if first else 1
        elif view.startswith("result_") and view != "result_list":
            waiting = Result.objects.filter(measure__engagement=engagement, collected_on=None).first()
            arguments["pk"] = waiting.pk if waiting else 1
        elif view in ("session_edit", "session_remove"):
            session = DeliveredSession.objects.filter(planned_intervention__engagement=engagement).first()
            arguments["pk"] = session.pk if session else 1
        elif view in ("feedback_form_create", "session_create"):
            arguments["pk"] = planned.pk if planned else 1
        elif view.startswith("feedback_") and view != "feedback_form_list":
            arguments["pk"] = _form_for(view, engagement)
        elif view == "comment_answer":
            arguments["pk"] = Comment.objects.threads().filter(version__engagement=engagement).first().pk
        elif view in ("version_compare", "version_detail", "version_download", "version_word"):
            arguments["number"] = engagement.versions.first().number
        elif view == "facet_edit":
            arguments["facet"] = "people"
        return arguments
    slugs = {
        "accounts:invitation_detail": {"token": "a-link-that-leads-nowhere"},
        "framework:domain_detail": {"slug": Domain.objects.first().slug},
        "interventions:intervention_detail": {"slug": Intervention.objects.first().slug},
        "directory:region_detail": {"slug": Region.objects.first().slug},
    }
    return slugs.get(name, {})


def learn_the_rows():
    """Let PostgreSQL count its rows, as it does by itself over time; until then it may choose plans that take minutes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def counts_with(rows):
    """Return for every page its status and how many queries it took, where everything has this many rows."""
    engagement = Engagement.objects.get(pk=an_engagement_with(rows).pk)
    learn_the_rows()
    client = as_user(engagement.lead_consultant)
    found = {}
    for name in BUDGET:
        url = reverse(name, kwargs=arguments_for(name, engagement))
        with CaptureQueriesContext(connection) as queries:
            response = client.get(url)
        # A session comes from the cache. Where a shared cache has just let go of it, one query more says nothing about the page.
        found[name] = response.status_code, sum("django_session" not in query["sql"] for query in queries)
    return found


def managed_counts_with(rows):
    """Return the same for every page of the admins."""
    ground = a_ground_with(rows)
    learn_the_rows()
    clients = {True: as_user(ground.national_admin), False: as_user(ground.regional_admin)}
    found = {}
    for name in MANAGED:
        url = reverse(name, kwargs=ground.keywords.get(name, {}))
        with CaptureQueriesContext(connection) as queries:
            response = clients[name in NATIONAL].get(url)
        found[name] = response.status_code, sum("django_session" not in query["sql"] for query in queries)
    return found


def counted(count, rows):
    """Walk every page of one kind where everything has this many rows, and leave nothing behind."""
    with transaction.atomic():
        found = count(rows)
        transaction.set_rollback(True)
    return found


def test_every_address_has_its_number_of_queries():
    addresses = set(own_addresses())

    assert addresses == set(BUDGET) | set(MANAGED) | WITHOUT_A_PAGE


@pytest.mark.parametrize(
    ("count", "allowed"), [(counts_with, BUDGET), (managed_counts_with, MANAGED)], ids=["one's own", "managed"]
)
def test_every_page_takes_as_many_queries_for_fifty_rows_as_for_one(monkeypatch, count, allowed):
    # A page of the brief is counted; drawing fifty interventions on paper reads nothing more and takes its time.
    monkeypatch.setattr("core.pdf.render_pdf", lambda *args, **kwargs: b"%PDF")
    monkeypatch.setattr("engagements.documents.render_word", lambda *args, **kwargs: b"PK")
    # Learns what the database can do; Django asks it once in a process.
    assert connection.features.supports_json_field

    few, many = counted(count, FEW), counted(count, MANY)

    assert {name: (few[name], many[name]) for name in few if few[name] != many[name]} == {}
    assert {name: status for name, (status, _) in few.items() if status != 200} == {}
    assert {name: queries for name, (_, queries) in few.items() if queries > allowed[name]} == {}
