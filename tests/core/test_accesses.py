"""What reading leaves in the audit trail: refusals, files that are taken along, looks at the record of another person (S23)."""

import json
import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client import REGISTRY

from core import accesses
from core.models import AuditEvent
from directory.models import Footprint
from engagements.enums import EngagementStatus
from tests.engagements.situations import engagement_at
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory
from tests.factories.directory import a_region
from tests.factories.engagements import EngagementFactory
from tests.helpers import as_user, post, text_of

pytestmark = pytest.mark.django_db

NOWHERE = "ZZZ-9999"


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Draw no documents: what is in them is not looked at here."""
    monkeypatch.setattr("core.pdf.render_pdf", lambda *args, **kwargs: b"%PDF")
    monkeypatch.setattr("engagements.documents.render_word", lambda *args, **kwargs: b"PK")


def told(prefix):
    events = AuditEvent.objects.filter(trail__startswith=prefix).order_by("pk")
    return [(event.actor, event.verb, event.subject_label, event.trail) for event in events]


def refused(person, page, of=""):
    name = page.partition(":")[2].replace("_", " ")
    return (person, "was refused", f"the page “{name}”{of}", f"refused:{page}")


def test_s23_each_page_that_is_refused_is_told_once_an_hour():
    person, theirs = ConsultantFactory(), EngagementFactory(lead_region=a_region("london")).reference
    client = as_user(person)

    for reference in (theirs, NOWHERE, theirs):
        client.get(reverse("engagements:engagement_detail", args=[reference]))
        post(client, reverse("engagements:engagement_close", args=[reference]))
    client.head(reverse("accounts:person_list"))

    assert told(accesses.REFUSALS) == [
        refused(person, "engagements:engagement_detail", f" of {theirs}"),
        refused(person, "engagements:engagement_close", f" of {theirs}"),
        refused(person, "engagements:engagement_detail", f" of {NOWHERE}"),
        refused(person, "engagements:engagement_close", f" of {NOWHERE}"),
        refused(person, "accounts:person_list"),
    ]


def test_s23_whoever_tries_many_addresses_fills_no_trail():
    client = as_user(ConsultantFactory())

    for number in range(25):
        client.get(reverse("engagements:engagement_detail", args=[f"ZZZ-{number:04}"]))

    events = list(AuditEvent.objects.filter(trail__startswith=accesses.REFUSALS).order_by("pk"))
    assert len(events) == accesses.TOLD_OF_A_KIND
    assert [accesses.NO_MORE in str(event.changes) for event in events] == [False] * (accesses.TOLD_OF_A_KIND - 1) + [True]


def test_s23_an_hour_later_and_of_somebody_else_it_is_told_again(monkeypatch):
    person, other = ConsultantFactory(), ConsultantFactory()
    url = reverse("engagements:engagement_detail", args=[NOWHERE])
    now, asked = timezone.now(), []

    for who, minutes in ((person, 0), (other, 1), (person, 59), (person, 61), (person, 62)):
        monkeypatch.setattr("django.utils.timezone.now", lambda minutes=minutes: now + timedelta(minutes=minutes))
        client = as_user(who)
        client.get(url)
        asked.append(AuditEvent.objects.filter(trail__startswith=accesses.REFUSALS).count())

    assert asked == [1, 2, 2, 3, 3]


def test_s23_every_refusal_is_counted_and_marked_in_the_log(caplog):
    person = ConsultantFactory()
    client, label = as_user(person), {"view": "engagements:brief_detail"}
    before = REGISTRY.get_sample_value("portal_refusals_total", label) or 0

    with caplog.at_level(logging.INFO, "portal.requests"):
        for _ in range(3):
            client.get(reverse("engagements:brief_detail", args=[NOWHERE]))
        client.get(reverse("home"))

    assert REGISTRY.get_sample_value("portal_refusals_total", label) == before + 3
    lines = [(line.view, getattr(line, "refused", False)) for line in caplog.records if line.name == "portal.requests"]
    assert lines == [("engagements:brief_detail", True)] * 3 + [("home", False)]


def test_s23_what_is_no_refusal_is_not_told():
    visitor, person = Client(), as_user(ConsultantFactory())
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(NationalAdminFactory())

    visitor.get(reverse("engagements:engagement_detail", args=[NOWHERE]))
    person.get("/nothing/here/")
    person.get(reverse("directory:region_detail", args=["no-such-region"]))
    person.get(reverse("engagements:version_render", args=[NOWHERE, 1]))
    assert strict.post(reverse("accounts:person_create")).status_code == 403

    assert told(accesses.REFUSALS) == []


def test_s24_what_somebody_typed_into_an_address_is_not_told():
    person = NationalAdminFactory()

    as_user(person).get(reverse("interventions:intervention_edit", args=["canary-of-mrs-allen"]))
    as_user(ConsultantFactory()).get("/admin/accounts/user/canary-of-mrs-allen/change/")

    kept = json.dumps([[event.subject_label, event.trail, event.changes] for event in AuditEvent.objects.all()])
    assert AuditEvent.objects.filter(trail__startswith=accesses.REFUSALS).count() == 2
    assert "canary" not in kept


def test_s23_every_file_that_is_taken_along_is_told_each_time():
    agreed = engagement_at(EngagementStatus.AGREED)
    person, client = agreed.lead_consultant, as_user(agreed.lead_consultant)
    lead = agreed.client_leads.first().user

    for page in ("brief_download", "brief_word"):
        client.get(reverse(f"engagements:{page}", args=[agreed.reference]))
    client.get(reverse("engagements:brief_word", args=[agreed.reference]))
    as_user(lead).get(reverse("engagements:version_download", args=[agreed.reference, 1]))

    name = f"{agreed.reference} brief version 1"
    assert [(who, verb, label) for who, verb, label, _ in told(accesses.DOWNLOADS)] == [
        (person, "downloaded", f"{name}.pdf"),
        (person, "downloaded", f"{name}.docx"),
        (person, "downloaded", f"{name}.docx"),
        (lead, "downloaded", f"{name}.pdf"),
    ]


def test_s23_a_meeting_pack_is_told_with_the_plans_that_are_in_it():
    engagement = engagement_at(EngagementStatus.CO_DESIGN)
    area = Footprint.objects.filter(pk__in=engagement.places.values("footprint")).first()

    response = as_user(engagement.lead_consultant).get(reverse("engagements:pack_area_download", args=[area.number]))

    assert response.status_code == 200
    event = AuditEvent.objects.get(trail=accesses.DOWNLOADS)
    assert event.subject_label == f"Meeting pack {area.name} {timezone.localdate():%Y-%m-%d}.pdf"
    assert [change["new"] for change in event.changes] == [engagement.reference]


def test_s23_headers_alone_take_nothing_along_and_show_nobody():
    engagement, admin = engagement_at(EngagementStatus.CO_DESIGN), NationalAdminFactory()

    as_user(engagement.lead_consultant).head(reverse("engagements:brief_word", args=[engagement.reference]))
    as_user(admin).head(reverse("accounts:person_edit", args=[RegionalAdminFactory().pk]))

    assert told(accesses.DOWNLOADS) == told(accesses.LOOKS) == []


def test_s23_an_admin_who_looks_at_somebodys_account_is_told_once_an_hour():
    admin, kept = NationalAdminFactory(), RegionalAdminFactory()
    client = as_user(admin)

    for page in ("person_edit", "person_history", "person_edit"):
        client.get(reverse(f"accounts:{page}", args=[kept.pk]))
    client.get(reverse("accounts:person_edit", args=[admin.pk]))
    for _ in range(2):
        client.get(reverse("admin:accounts_user_change", args=[kept.pk]))

    assert [(who, verb, label) for who, verb, label, _ in told(accesses.LOOKS)] == [
        (admin, "looked at the account of", f"person {kept}"),
        (admin, "looked up", f"person {kept}"),
    ]


def test_s23_national_admins_read_refusals_in_plain_words():
    person, admin = ConsultantFactory(full_name="Ann Archer"), NationalAdminFactory()
    as_user(person).get(reverse("engagements:engagement_detail", args=[NOWHERE]))
    as_user(person).get(reverse("accounts:person_list"))
    client = as_user(admin)

    found = text_of(client.get(reverse("admin:core_auditevent_changelist"), {"access": "refused"}))
    history = text_of(client.get(reverse("accounts:person_history", args=[person.pk])))
    others = text_of(client.get(reverse("admin:core_auditevent_changelist"), {"access": "downloads"}))

    assert "Ann Archer was refused the page “engagement detail” of ZZZ-9999" in found
    assert "Ann Archer was refused the page “engagement detail” of ZZZ-9999" in history
    assert "It is not theirs, or there is no such thing." in history
    assert "This is not for them to see or to do." in history
    assert "Ann Archer" not in others
