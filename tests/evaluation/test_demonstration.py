"""The demonstration is loaded once for this module, in a transaction that is undone at its end."""

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings as portal_settings
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import F
from django.test import TestCase, override_settings
from django.utils import timezone

from accounts.enums import DEMONSTRATION_DOMAIN, Role
from accounts.models import User
from core.models import AuditEvent, DemonstrationMail
from directory.enums import Sector
from directory.models import ContactPoint, Organisation, Region
from engagements import documents, policies
from engagements.enums import (
    Clarity,
    ClientKind,
    DecisionOutcome,
    EngagementStatus,
    Finding,
    FundingCertainty,
    MessageKind,
    MessageStatus,
    SigningOrder,
    SourcingRoute,
    StartedFrom,
    VersionOutcome,
)
from engagements.models import (
    ClientLead,
    Comment,
    Criterion,
    CriterionCheck,
    Decision,
    EarlyStart,
    Engagement,
    FundingLine,
    Message,
    ParticipantGroup,
    Place,
    PlannedIntervention,
    PlanVersion,
    Priority,
    Purpose,
    VersionReading,
)
from evaluation.management.demonstration.clock import Clock
from evaluation.models import Measure
from interventions.enums import Availability, ProposalOutcome
from interventions.models import Intervention, MenuProposal, Provider, RegionalOffer
from tests.factories.accounts import RegionalAdminFactory
from tests.factories.directory import a_region

# Each test runs in a savepoint of its own within the transaction that holds the demonstration.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loaded")]

FOLDER = portal_settings.FIXTURES_DIR / "demonstration"
FILES = sorted(FOLDER.rglob("*.json"))
STORIES = sorted((FOLDER / "engagements").glob("*.json"))
# Values that name something rather than say it.
CODES = {"section", "criterion", "role", "key", "lead", "person", "by", "do", "outcome", "order", "team", "hands"}
CHILDREN = (ParticipantGroup, Place, Purpose, Priority, PlannedIntervention, ClientLead, Measure)


def load():
    """Run the command as a person would, and return what it says."""
    said = StringIO()
    with override_settings(DEMONSTRATION=True):
        call_command("load_demonstration", stdout=said)
    return said.getvalue()


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """Load once and undo it at the end; what would run after the commit is counted, not run."""
    with django_db_blocker.unblock(), transaction.atomic():
        with TestCase.captureOnCommitCallbacks() as after_commit:
            load()
        yield after_commit
        transaction.set_rollback(True)


def rows_of_all():
    """Count the rows of every table of ours."""
    return {model._meta.label: model._base_manager.count() for model in apps.get_models()}


def sentences_of(path):
    """Return the sentences that one file says, in lower case."""
    found = []

    def walk(name, value):
        if isinstance(value, dict):
            for inner, part in value.items():
                walk(inner, part)
        elif isinstance(value, list):
            for part in value:
                walk(name, part)
        elif isinstance(value, str) and name not in CODES:
            found.extend(part.lower().strip(" .!?“”") for part in re.split(r"(?<=[.!?])\s+", value) if len(part.split()) > 3)

    walk("", json.loads(path.read_text(encoding="utf-8")))
    return found


def blockers_of(engagement):
    return policies.submission_blockers(engagement.load_plan(), Criterion.objects.order_by("position", "pk"))


def test_at_least_14_engagements_over_at_least_7_regions():
    assert Engagement.objects.count() >= 14
    assert Engagement.objects.values("lead_region").distinct().count() >= 7


@pytest.mark.parametrize(
    ("model", "field", "choices"),
    [
        pytest.param(Engagement, "status", EngagementStatus, id="status"),
        pytest.param(Engagement, "started_from", StartedFrom, id="start"),
        pytest.param(Engagement, "people_clarity", Clarity, id="clarity"),
        pytest.param(PlannedIntervention, "sourcing_route", SourcingRoute, id="sourcing route"),
        pytest.param(FundingLine, "certainty", FundingCertainty, id="certainty of money"),
        pytest.param(PlanVersion, "outcome", VersionOutcome, id="outcome of a version"),
        pytest.param(Decision, "outcome", DecisionOutcome, id="decision"),
        pytest.param(User, "role", Role, id="role"),
        pytest.param(Organisation, "sector", set(Sector) - {Sector.CITIZENS}, id="sector"),
        pytest.param(RegionalOffer, "availability", Availability, id="availability"),
    ],
)
def test_every_choice_is_shown(model, field, choices):
    assert set(choices) <= set(model.objects.values_list(field, flat=True))


def test_clients_are_of_at_least_five_kinds():
    kinds = set(Engagement.objects.exclude(client_kind="").values_list("client_kind", flat=True))

    assert len(kinds) >= len(ClientKind) - 1


def signings(**fields):
    return [policies.read_signing(row) for row in Engagement.objects.filter(**fields).order_by("pk")]


def test_one_of_two_signatories_has_decided_on_a_plan_in_review():
    in_review = signings(status=EngagementStatus.IN_REVIEW)

    counts = [(sum(lead.is_signatory for lead in row.leads), len(row.decided)) for row in in_review]
    assert (2, 1) in counts


def test_p15_signatories_are_asked_one_after_the_other_and_one_is_still_to_come():
    in_order = signings(status=EngagementStatus.IN_REVIEW, signing_order=SigningOrder.IN_ORDER)

    assert any(row.decided and len(row.waits_for) == 1 for row in in_order)


def test_p10_a_plan_waits_past_its_due_date_and_another_was_started_before_sign_off():
    overdue = [row for row in signings(status=EngagementStatus.IN_REVIEW) if row.version.due_on < timezone.localdate()]

    kinds = set(Message.objects.filter(version__in=[row.version for row in overdue]).values_list("kind", flat=True))
    assert {MessageKind.DECISION_DUE, MessageKind.DECISION_OVERDUE, MessageKind.DEPUTY_ASKED} <= kinds
    assert EarlyStart.objects.exclude(reason="").exists()


def test_p11_a_deputy_has_decided_in_place_of_a_signatory():
    assert Decision.objects.exclude(on_behalf_of="").exclude(name=F("on_behalf_of")).exists()


def test_p12_the_signed_version_of_a_reopened_plan_stays_in_force():
    reopened = Engagement.objects.filter(status=EngagementStatus.CO_DESIGN, versions__outcome=VersionOutcome.AGREED)

    for engagement in reopened:
        signed = engagement.versions.filter(outcome=VersionOutcome.AGREED).latest("number")
        draft = documents.load_brief(engagement)
        assert documents.differences(documents.from_json(signed.document), draft)


def test_p07_clients_comment_in_their_own_words_and_are_answered():
    threads = Comment.objects.filter(answer_to=None)

    assert threads.filter(resolved_at=None).exists()
    assert threads.exclude(resolved_at=None).exists()
    assert threads.filter(version__engagement__status=EngagementStatus.CO_DESIGN, resolved_at=None).exists()
    assert Comment.objects.exclude(answer_to=None).count() >= 8
    assert threads.values("version__engagement").distinct().count() >= 6
    assert threads.values("section").distinct().count() >= 6


def test_p08_a_signatory_who_signs_in_finds_what_moved_since_they_last_looked():
    found = []
    for signing in signings(status=EngagementStatus.IN_REVIEW):
        for lead in signing.waits_for:
            last = VersionReading.objects.filter(version__engagement=signing.engagement, user=lead.user).order_by("-at").first()
            if last and last.version_id != signing.version.pk:
                read, now = (documents.from_json(version.document) for version in (last.version, signing.version))
                found += [change.sentence for change in documents.differences(read, now)]

    words = " ".join(found)
    assert "£24,500" in words
    assert "£28,500" in words
    assert "priority" in words


def test_p34_what_was_sent_went_at_its_own_moment_and_to_nobody(loaded):
    now = timezone.now()

    assert mail.outbox == []
    assert not Message.objects.waiting().exists()
    for message in Message.objects.filter(status=MessageStatus.SENT):
        assert message.created_at <= message.sent_at < now - timedelta(hours=1)
    shown = DemonstrationMail.objects.order_by("pk")
    answers = MenuProposal.objects.exclude(told_at=None).count()
    assert len(shown) - answers == Message.objects.filter(status=MessageStatus.SENT).count() >= 20
    assert all(kept.at < now - timedelta(hours=1) for kept in shown)


def test_plans_went_back_to_co_design_in_both_ways():
    back = Engagement.objects.filter(status=EngagementStatus.CO_DESIGN)

    assert back.filter(versions__outcome=VersionOutcome.AGREED).exists()
    assert back.filter(versions__outcome=VersionOutcome.CHANGES_WANTED).exists()


def test_co_design_is_shown_from_nearly_empty_to_ready():
    counts = [len(blockers_of(row)) for row in Engagement.objects.filter(status=EngagementStatus.CO_DESIGN)]

    assert counts.count(0) >= 2
    assert max(counts) >= 6
    assert any(0 < count < 5 for count in counts)


def test_every_plan_past_co_design_would_pass_the_gate_again():
    past = Engagement.objects.exclude(status__in=[EngagementStatus.CO_DESIGN, EngagementStatus.WITHDRAWN])

    for engagement in past:
        engagement.status = EngagementStatus.CO_DESIGN
        assert [str(blocker) for blocker in blockers_of(engagement)] == []
        for facet in ("people", "place", "purpose", "priorities"):
            assert getattr(engagement, f"{facet}_words"), engagement


def test_overrules_contradictions_and_bespoke_interventions_are_shown():
    contradicted = [row for row in Engagement.objects.order_by("pk") if policies.contradictions(row.load_plan())]

    assert len(contradicted) >= 3
    assert CriterionCheck.objects.filter(overruled_to=Finding.MET).count() >= 3
    assert CriterionCheck.objects.filter(overruled_to="").exists()
    assert PlannedIntervention.objects.filter(intervention__isnull=True).count() >= 2
    assert PlannedIntervention.objects.filter(is_no_cost=True).count() >= 3


def test_everything_was_made_by_an_action():
    added = set(AuditEvent.objects.filter(verb="added").values_list("subject_type", "subject_id"))
    made = [*CHILDREN, Engagement, FundingLine, CriterionCheck, Provider, RegionalOffer, User]

    missing = [row for model in made for row in model.objects.order_by("pk") if (model._meta.label_lower, row.pk) not in added]

    assert missing == []
    assert set(Organisation.objects.filter(ods_code="").values_list("pk", flat=True)) == {
        pk for kind, pk in added if kind == "directory.organisation"
    }


def test_people_are_made_up_and_cannot_sign_in_with_a_password():
    for person in User.objects.order_by("pk"):
        assert person.email.endswith(f"@{DEMONSTRATION_DOMAIN}")
        assert not person.has_usable_password()
        assert person.job_title


def test_every_region_with_an_engagement_has_an_admin_and_two_consultants():
    for region in Engagement.objects.values_list("lead_region", flat=True).distinct():
        roles = Counter(User.objects.filter(region=region).values_list("role", flat=True))
        assert roles[Role.REGIONAL_ADMIN] == 1
        assert roles[Role.CONSULTANT] >= 2


def test_signatories_see_what_was_shared_with_them():
    shared = ClientLead.objects.filter(engagement__shared_at__isnull=False).select_related("user", "engagement")

    assert shared
    for lead in shared:
        assert lead.engagement in Engagement.objects.visible_to(lead.user)


def test_signed_briefs_are_rendered_after_the_commit(loaded):
    assert len(loaded) == PlanVersion.objects.filter(outcome=VersionOutcome.AGREED).count()


def test_days_fit_where_each_engagement_stands():
    today = timezone.localdate()

    for planned in PlannedIntervention.objects.filter(starts_on__isnull=False).select_related("engagement"):
        assert {planned.starts_on.weekday(), (planned.ends_on or planned.starts_on).weekday()} <= set(range(5))
        if planned.engagement.status in (EngagementStatus.IN_REVIEW, EngagementStatus.AGREED, EngagementStatus.CO_DESIGN):
            assert planned.starts_on > today, planned
        if planned.engagement.status in (EngagementStatus.IN_EVALUATION, EngagementStatus.CLOSED):
            assert planned.ends_on < today, planned
    for status in (EngagementStatus.IN_DELIVERY, EngagementStatus.IN_EVALUATION, EngagementStatus.CLOSED):
        for engagement in Engagement.objects.filter(status=status):
            assert engagement.planned_interventions.filter(starts_on__lte=today).exists()


def test_history_lies_in_the_past_and_in_order():
    now = timezone.now()

    for engagement in Engagement.objects.order_by("pk"):
        moments = list(AuditEvent.objects.filter(trail=engagement.trail).order_by("pk").values_list("at", flat=True))
        assert moments == sorted(moments)
        assert moments[-1] < now
        assert engagement.created_at <= moments[0]
    for decision in Decision.objects.select_related("version"):
        assert decision.version.submitted_at < decision.at < now


def test_a_second_run_adds_nothing():
    before = rows_of_all()

    said = load()

    assert rows_of_all() == before
    assert said.count(": 0 added") == said.count("added") == 6


def test_a_second_run_keeps_what_people_did():
    kent = Engagement.objects.get(title__contains="stroke")
    Engagement.objects.filter(pk=kent.pk).update(title="Stroke, renamed", client="Somebody else")
    provider = Provider.objects.order_by("pk").first()
    Provider.objects.filter(pk=provider.pk).update(name="Renamed provider")
    organisation = Organisation.objects.get(name="St Barnabas Hospice")
    Organisation.objects.filter(pk=organisation.pk).update(name="St Barnabas Lincolnshire Hospice")
    RegionalOffer.objects.order_by("pk").first().delete()
    before = rows_of_all()

    load()

    kent.refresh_from_db()
    assert (kent.title, kent.client) == ("Stroke, renamed", "Somebody else")
    assert Provider.objects.get(pk=provider.pk).name == "Renamed provider"
    assert rows_of_all() == before


def test_a_run_over_somebody_elses_work_leaves_it_alone():
    own = RegionalAdminFactory(email="own@example.org", region=a_region("north-east"))
    before = rows_of_all()

    load()

    own.refresh_from_db()
    assert own.region == a_region("north-east")
    assert rows_of_all() == before


def test_refused_outside_a_demonstration(settings):
    settings.DEMONSTRATION = settings.DEBUG = False

    with pytest.raises(CommandError, match="loaded only where PORTAL_DEMONSTRATION or PORTAL_DEBUG is on"):
        call_command("load_demonstration")


def test_a_refused_step_is_told_in_a_sentence_and_leaves_nothing(tmp_path):
    for path in FILES:
        copied = tmp_path / path.relative_to(FOLDER)
        copied.parent.mkdir(exist_ok=True)
        copied.write_text("[]" if path.name in ("offers.json", "providers.json") else path.read_text(encoding="utf-8"))
    story = json.loads(STORIES[0].read_text(encoding="utf-8")) | {"title": "A plan that is not ready", "order": ["purpose"]}
    story |= {"plan": [], "measures": [], "moves": [{"do": "submit", "days_ago": 2}]}
    (tmp_path / "engagements" / "unready.json").write_text(json.dumps(story))
    before = rows_of_all()

    with override_settings(DEMONSTRATION=True), pytest.raises(CommandError, match="People: add at least one group"):
        call_command("load_demonstration", folder=tmp_path, stdout=StringIO())

    assert rows_of_all() == before


def test_no_two_engagements_share_a_sentence():
    said = Counter(sentence for path in STORIES for sentence in set(sentences_of(path)))

    assert [sentence for sentence, times in said.items() if times > 1] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_words_do_not_go_stale(path):
    text = path.read_text(encoding="utf-8")

    assert not re.search(r"\b(in|since|of|by|until) (19|20)\d\d\b|\b(19|20)\d\d[/-]\d\d\b", text), "a year in the text"
    assert not re.search(r"(?i)lorem|\btbc\b|\btodo\b|example text", text)
    assert "\u2014" not in text


def test_the_clock_lets_the_story_pass_and_then_gives_the_time_back():
    with Clock() as clock:
        clock.start(10)
        first = timezone.now()
        clock.wait_until(10)
        second = timezone.now()

    assert first < second < timezone.now() - timedelta(days=8)
    assert abs(timezone.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert all(clock.day(days).weekday() < 5 for days in range(-7, 8))
    assert [clock.day(days) for days in range(-7, 8)] == sorted(clock.day(days) for days in range(-7, 8))


def test_p38_admins_have_kept_the_menu_contacts_and_offers_true():
    outcomes = set(MenuProposal.objects.values_list("outcome", flat=True))

    assert {"", ProposalOutcome.ACCEPTED_WITH_CHANGES, ProposalOutcome.DECLINED} <= outcomes
    assert Intervention.objects.extras().exists()
    assert PlannedIntervention.objects.filter(intervention__version__gt=F("menu_version")).exists()
    checked = ContactPoint.objects.exclude(last_checked_on=None).values("region").distinct()
    assert 1 < checked.count() < Region.objects.count()
    assert RegionalOffer.objects.exclude(last_checked_on=None).exists()
