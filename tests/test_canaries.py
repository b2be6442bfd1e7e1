"""What a region has not published is read by nobody of another one: at every address, in every list, search, file and error (S5).

Region B is filled, and every word of its plans, people, drafts and proposals becomes a canary. Somebody of region A then opens every
address there is, with the keys of B and with their own, and asks every list for what is B's. What DESIGN section 5 lets everybody of the
LDPs read is no canary: offers, extras, contacts, providers and organisations.
"""

import re
from urllib.parse import quote

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField, Q, QuerySet, TextField
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone

from accounts.models import Invitation, User
from core import audit, keys
from core.models import AuditEvent, FormDraft, RecordVersion
from directory.models import ContactPoint, Organisation, Region
from engagements import documents
from engagements.enums import EngagementStatus
from engagements.models import Engagement, PlanVersion
from evaluation.enums import Sharing
from evaluation.models import FeedbackForm, Learning, Measure, Result
from interventions.models import Intervention, MenuProposal, Provider
from tests.emptying import append_only_lifted
from tests.engagements.brief_samples import text_of_pdf, text_of_word
from tests.factories.accounts import ConsultantFactory, InvitationFactory
from tests.factories.core import FormDraftFactory
from tests.factories.directory import ContactPointFactory, a_footprint
from tests.factories.engagements import (
    ClientLeadFactory,
    EarlyStartFactory,
    EngagementFactory,
    MessageFactory,
    PlaceFactory,
    PlanVersionFactory,
    StatusChangeFactory,
)
from tests.factories.evaluation import LearningFactory, MeasureFactory, ResultFactory
from tests.helpers import ReadOnlyGetClient, as_user
from tests.managed import a_ground_with
from tests.query_budget import BUDGET
from tests.test_query_budget import OWN_NAMESPACES, an_engagement_with, arguments_for

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

CANARY = "zzcanary"
# References begin with letters: those of B's engagements with their own.
LETTERS = "ZZB"
A_SLUG, B_SLUG, B_AREA = "east-midlands", "north-east", 1
# Rows of B that nobody of another region reads, and the way from each to its region.
OF_PLANS = {
    "engagements.engagement": "lead_region",
    "evaluation.measure": "engagement__lead_region",
    **{f"evaluation.{name}": "measure__engagement__lead_region" for name in ("result", "earliertarget")},
    "evaluation.feedbackform": "planned_intervention__engagement__lead_region",
    "evaluation.learning": "engagement__lead_region",
    "evaluation.deliveredsession": "planned_intervention__engagement__lead_region",
    **{
        f"engagements.{name}": "engagement__lead_region"
        for name in ("participantgroup", "place", "purpose", "priority", "plannedintervention", "earlystart", "statuschange")
    },
    "engagements.message": "engagement__lead_region",
    **{f"engagements.{name}": "planned_intervention__engagement__lead_region" for name in ("fundingline", "criterioncheck")},
    "engagements.planversion": "engagement__lead_region",
    **{f"engagements.{name}": "version__engagement__lead_region" for name in ("comment", "decision")},
}
NOT_WORDS = {
    "reference",
    "content_hash",
    "key",
    "password",
    "session_mark",
    "trail",
    "target",
    "subject_type",
    "section",
    "form",
    "subject",
}
# What is asked of each list beside its address.
ASKED = [{"q": CANARY[:5]}, {"q": LETTERS}, {"page": 2}, {"sort": "title", "status": "co_design"}]
# Whoever has the secret of the address is told what stands there: held by the tests of feedback.
WITH_A_SECRET = {"evaluation:feedback_give"}
KEYS_OF_MANY = {"region": B_SLUG, "area": str(B_AREA)}


# Region B and its canaries.


def fill_region_b():
    """Make everything that a region has, make canaries of its words, and return a plan and the ground with the keys."""
    region = Region.objects.get(slug=B_SLUG)
    assert a_footprint(B_AREA).lead_region == region
    engagement = Engagement.objects.get(pk=an_engagement_with(2, area=B_AREA).pk)
    ground = a_ground_with(2, region=region)
    waiting = EngagementFactory(lead_region=region, status=EngagementStatus.IN_REVIEW, shared_at=timezone.now())
    ClientLeadFactory(engagement=waiting)
    version = PlanVersionFactory(engagement=waiting, message="Please read")
    MessageFactory(version=version)
    EarlyStartFactory(engagement=engagement)
    StatusChangeFactory(engagement=engagement, reason="Because")
    closed = EngagementFactory(lead_region=region, status=EngagementStatus.CLOSED)
    PlaceFactory(engagement=closed, whole_area=True, footprint=a_footprint(B_AREA))
    ResultFactory(measure=MeasureFactory(engagement=closed), collected=True)
    LearningFactory(engagement=closed, accepted=True)
    person = ConsultantFactory(region=region, left=True)
    InvitationFactory(person=person)
    PlaceFactory(engagement=engagement, note="Two towns")
    FormDraftFactory(user=person, subject=engagement.get_absolute_url(), data={"title": [f"{CANARY} draft"]})
    FormDraftFactory(user=ground.regional_admin, subject="/manage/providers/new/", data={"notes": [f"{CANARY} draft"]})
    # What is shared with all LDPs is no canary; this is for the region alone.
    Learning.objects.filter(engagement__lead_region=region).update(sharing=Sharing.REGION)
    with append_only_lifted(connection):
        _rename(region)
    # Whoever changes what all regions share is named in its history.
    User.objects.filter(pk=ground.regional_admin.pk).update(full_name="Bea Admin", job_title=f"{CANARY} user job_title")
    for plan in PlanVersion.objects.filter(engagement__lead_region=region):
        plan.document = documents.to_json(documents.load_brief(Engagement.objects.with_people().get(pk=plan.engagement_id)))
        plan.save()
    return Engagement.objects.get(pk=engagement.pk), ground


def _rename(region):
    """Make a canary of every word of the region's plans, people, proposals and trail."""
    for label, way in OF_PLANS.items():
        _make_canaries(apps.get_model(label)._base_manager.filter(**{way: region}))
    people = User.objects.filter(Q(region=region) | Q(client_leads__engagement__lead_region=region)).distinct()
    _make_canaries(people)
    for plan in Engagement.objects.filter(lead_region=region):
        plan.reference = f"{LETTERS}-{plan.pk:04}"
        plan.save()
    for proposal in MenuProposal.objects.filter(region=region):
        told = {"reason": f"{CANARY} reason", "answer": proposal.answer and f"{CANARY} answer"}
        MenuProposal.objects.filter(pk=proposal.pk).update(values=proposal.values | {"summary": f"{CANARY} proposal"}, **told)
    trails = [plan.trail for plan in Engagement.objects.filter(lead_region=region)]
    of_people = Q(subject_type="accounts.user", subject_id__in=people.values("pk"))
    for event in AuditEvent.objects.filter(Q(trail__in=trails) | of_people):
        changes = [change | {word: f"{CANARY} {word}" for word in ("label", "old", "new")} for change in event.changes]
        _rewrite(event, subject_label=f"{CANARY} event", changes=changes or _a_change())


def _make_canaries(rows):
    """Write a canary into every column that holds words; of some rows one that stands empty has to."""
    for row in rows:
        every = {
            column.name: f"{CANARY} {row._meta.model_name} {column.name} {row.pk}"[: column.max_length]
            for column in row._meta.concrete_fields
            if isinstance(column, CharField | TextField) and not column.choices and column.name not in NOT_WORDS
        }
        if "email" in every:
            every["email"] = f"{CANARY}{row.pk}@example.org"
        held = type(row)._base_manager.filter(pk=row.pk)
        try:
            with transaction.atomic():
                held.update(**every)
        except IntegrityError:
            held.update(**{name: word for name, word in every.items() if getattr(row, name)})


def _a_change():
    return [audit.FieldChange(field="title", label=f"{CANARY} label", old=f"{CANARY} old", new=f"{CANARY} new")]


def _rewrite(row, **values):
    """Change a row that the portal itself never changes."""
    QuerySet(type(row)).filter(pk=row.pk).update(**values)


# Every address.


def own_patterns(resolver=None, namespace="", before=()):
    """Return the name of each of our addresses with the names of its arguments."""
    for entry in (resolver or get_resolver()).url_patterns:
        arguments = [*before, *dict.fromkeys([*entry.pattern.converters, *entry.pattern.regex.groupindex])]
        if hasattr(entry, "url_patterns"):
            inner = entry.namespace or namespace
            if inner in OWN_NAMESPACES or entry.namespace is None:
                yield from own_patterns(entry, inner, arguments)
        elif entry.name and (namespace in OWN_NAMESPACES or entry.name in ("home", "manage")):
            name = f"{namespace}:{entry.name}" if namespace else entry.name
            yield name, arguments


def keys_for(name, arguments, engagement, ground):
    """Return the keys by which an address names something of the region."""
    region = ground.region
    for known in (ground.keywords.get(name, {}), _arguments_of_plan(name, engagement)):
        if set(known) == set(arguments):
            return known
    view = name.partition(":")[2]
    of_plan = {"priority": engagement.priorities, "planned_intervention": engagement.planned_interventions}
    of_plan |= {"client_lead": engagement.client_leads, "comment": engagement.versions.first().comments}
    of_plan |= {"message": engagement.messages, "version": engagement.versions}
    others = {"contact_point": ContactPoint.objects.filter(region=region), "person": User.objects.filter(region=region)}
    others |= {"proposal": MenuProposal.objects.filter(region=region), "provider": Provider.objects.filter(regions=region)}
    others |= {
        "pack": User.objects.filter(client_leads__engagement=engagement),
        "measure_remove": Measure.objects.filter(engagement=engagement, results=None),
        "measure": Measure.objects.filter(engagement=engagement),
        "feedback_form": FeedbackForm.objects.filter(planned_intervention__engagement=engagement, opened_at=None),
        "feedback_link": FeedbackForm.objects.filter(
            planned_intervention__engagement=engagement, opened_at__isnull=False, closed_at=None
        ),
        "learning": Learning.objects.filter(engagement=engagement),
        "contribution": Measure.objects.filter(engagement=engagement),
        "result_create": Measure.objects.filter(engagement=engagement),
        "result": Result.objects.filter(measure__engagement=engagement),
        "menu_words": engagement.planned_interventions,
        "organisation": Organisation.objects,
    }
    entity = next((entity for entity in of_plan | others if view.startswith(entity)), "person")
    row = (of_plan | others)[entity].order_by("pk").first()
    pool = {
        "reference": engagement.reference,
        "region": region.slug,
        "pk": row.pk if row else 1,
        "slug": region.slug if view.startswith("report_") else Intervention.objects.filter(region=region).first().slug,
        "number": B_AREA if "area" in view else engagement.versions.first().number,
        "direction": "up",
        "facet": "people",
        "token": "a-link-that-leads-nowhere",
        "fingerprint": "0" * 20,
    }
    return {argument: pool.get(argument, 1) for argument in arguments}


def _arguments_of_plan(name, engagement):
    return arguments_for(name, engagement) if name in BUDGET else {}


def addresses(engagement, ground):
    """Return every address by its name, with the keys of one region."""
    found = {}
    for name, arguments in own_patterns():
        if name in WITH_A_SECRET:
            continue
        try:
            found[name, tuple(arguments)] = reverse(name, kwargs=keys_for(name, arguments, engagement, ground))
        except NoReverseMatch:
            raise AssertionError(f"No keys for {name} with {list(arguments)}") from None
    return found


def back_office_addresses():
    """Return the pages of the back office that show what is B's."""
    for model in (Engagement, User, Measure, FormDraft, Invitation, AuditEvent, RecordVersion, MenuProposal):
        row = model._base_manager.order_by("-pk").first()
        base = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        yield from (base, f"{base}?q={CANARY[:5]}", f"{base}{row.pk}/change/", f"{base}{row.pk}/history/")
    yield from ("/admin/", "/admin/login/", f"/admin/autocomplete/?term={CANARY[:5]}&app_label=accounts&model_name=user")


# What an answer says.


def told_by(response, url):
    """Return the canaries in an answer: its words, its marks, where it leads; not what it repeats of its own address."""
    kind = response.headers.get("Content-Type", "")
    if kind == "application/pdf":
        words = text_of_pdf(response.content)
    elif "wordprocessing" in kind:
        words = text_of_word(response.content)
    else:
        body = b"".join(response.streaming_content) if response.streaming else response.content
        words = body.decode(errors="replace")
    words += " ".join(f"{name} {value}" for name, value in response.headers.items())
    # A message, such as a refusal, waits for the next page.
    path = url.partition("?")[0]
    for own in (url, path, quote(path), quote(path, safe="")):
        words = words.replace(own, "")
    return set(re.findall(rf"{CANARY}[^<\"&,;]{{0,60}}|{LETTERS}-[0-9]+", words, re.IGNORECASE))


def walk(client, urls, *, queries=({},)):
    """Return for each address what it told, and how it was answered."""
    told, statuses = {}, {}
    for name, url in urls.items():
        for query in queries:
            response = client.get(url, query)
            full = response.request["PATH_INFO"]
            if words := told_by(response, full):
                told[name, str(query)] = words
            statuses[name] = response.status_code
    return told, statuses


def press_everything(client, urls):
    """Post to every address with nothing but a key, put everything back, and return what the answers told."""
    told, changed = {}, []
    for name, url in urls.items():
        if name[0] in ("accounts:demonstration_sign_in",):
            continue
        with transaction.atomic():
            response = client.post(url, {"action_key": keys.new_key(), "draft_subject": "/", "q": CANARY[:5]}, follow=True)
            if words := told_by(response, url):
                told[name] = words
            transaction.set_rollback(True)
    return told, changed


@pytest.fixture
def world():
    """Return both regions filled: the plan and the ground of each."""
    area = a_footprint()
    own = Engagement.objects.get(pk=an_engagement_with(1).pk), a_ground_with(1)
    assert own[1].region == area.lead_region
    ContactPointFactory(region=own[1].region)
    return own, fill_region_b()


def people_of_a(own):
    engagement, ground = own
    return {
        "regional admin": ground.regional_admin,
        "consultant": engagement.lead_consultant,
        "STP lead": engagement.client_leads.first().user,
    }


@pytest.mark.parametrize("who", ["regional admin", "consultant", "STP lead", "stranger"])
def test_s5_nobody_of_another_region_is_told_what_is_not_published(world, who):
    own, other = world
    client = ReadOnlyGetClient() if who == "stranger" else as_user(people_of_a(own)[who])
    theirs, mine = addresses(*other), addresses(*own)
    b_person = User.objects.filter(region=other[1].region).first()
    asked = [*ASKED, {**KEYS_OF_MANY, "lead": b_person.pk, "role": "consultant"}, {"region": other[1].region.pk}]
    lists = {name: url for name, url in mine.items() if name[0].endswith("_list") or name[0] in ("home", "manage")}

    told, statuses = walk(client, theirs)
    told |= walk(client, mine)[0]
    told |= walk(client, lists, queries=asked)[0]
    told |= walk(client, {url: url for url in back_office_addresses()})[0]
    told |= press_everything(client, theirs)[0]

    assert told == {}
    assert len(statuses) > 150


def test_s5_the_canaries_are_there_for_those_who_may_read_them(world):
    _, (engagement, ground) = world
    seen = set()
    for person in (ground.regional_admin, engagement.lead_consultant):
        told, _ = walk(as_user(person), addresses(engagement, ground))
        seen |= {word.lower() for words in told.values() for word in words}

    written = " ".join(seen)
    for label in OF_PLANS:
        model = label.partition(".")[2]
        if model not in ("message", "earlystart", "statuschange", "decision"):
            assert f"{CANARY} {model}" in written, label
    for words in (
        "user full_name",
        "user job_title",
        "event",
        "reason",
        "engagement people_words",
        "place note",
        "purpose statement",
    ):
        assert f"{CANARY} {words}" in written
    assert any(re.fullmatch(rf"{LETTERS}-[0-9]+", word, re.IGNORECASE) for word in seen)
    assert any("@example.org" in word for word in seen)
