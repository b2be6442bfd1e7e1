"""Prometheus reads the figures of the portal with its token; for everybody else there is no such page."""

import subprocess
import sys
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from core.figures import written
from core.models import OutboxEntry
from engagements.enums import EngagementStatus
from engagements.models import BriefFile
from tests.engagements.situations import engagement_at
from tests.factories.accounts import NationalAdminFactory
from tests.helpers import as_user

pytestmark = pytest.mark.django_db

TOKEN = "a-token-of-the-tests-0123456789"


@pytest.fixture
def _with_token(settings):
    settings.METRICS_TOKEN = TOKEN


def figures():
    response = Client().get(reverse("metrics"), headers={"authorization": f"Bearer {TOKEN}"})
    assert response.status_code == 200
    families = text_string_to_metric_families(response.content.decode())
    return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for family in families for sample in family.samples}


@pytest.mark.usefixtures("_with_token")
@pytest.mark.parametrize(
    "said", [None, "", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN}x", "Bearer \xe9"]
)
def test_figures_are_not_there_without_the_token(said):
    response = Client().get(reverse("metrics"), headers={"authorization": said} if said is not None else {})

    assert response.status_code == 404


@pytest.mark.parametrize("said", ["Bearer ", "Bearer", f"Bearer {TOKEN}"])
def test_figures_are_not_there_where_no_token_is_set(said):
    assert Client().get(reverse("metrics"), headers={"authorization": said}).status_code == 404


@pytest.mark.usefixtures("_with_token")
def test_figures_are_not_there_for_an_admin_without_the_token():
    assert as_user(NationalAdminFactory()).get(reverse("metrics")).status_code == 404


@pytest.mark.usefixtures("_with_token")
def test_page_is_counted_by_its_view_and_status():
    labels = (("status", "2xx"), ("view", "interventions:intervention_list"))
    missing = (("status", "4xx"), ("view", "none"))
    before = figures()

    Client().get("/menu/")
    Client().get("/nothing/here/")

    after = figures()
    for key in (labels, missing):
        assert after["portal_page_seconds_count", key] == before.get(("portal_page_seconds_count", key), 0) + 1


@pytest.mark.usefixtures("_with_token")
def test_outbox_is_counted_and_its_oldest_effect_timed():
    now = timezone.now()
    for key, due in (("a", timedelta(minutes=-2)), ("b", timedelta(minutes=-1)), ("c", timedelta(hours=1))):
        OutboxEntry.objects.create(key=key, task="core.tasks.none", asked_at=now, due_at=now + due)

    found = figures()

    assert found["portal_outbox_entries", (("status", "waiting"), ("task", "core.tasks.none"))] == 3
    assert 120 <= found["portal_outbox_oldest_seconds", ()] < 150


@pytest.mark.usefixtures("_with_token")
def test_empty_outbox_is_not_old():
    assert figures()["portal_outbox_oldest_seconds", ()] == 0


@pytest.mark.usefixtures("_with_token")
@pytest.mark.django_db(transaction=True)
def test_signed_briefs_are_counted():
    engagement_at(EngagementStatus.AGREED)
    rendered = figures()["portal_signed_briefs", (("state", "rendered"),)]
    BriefFile.objects.all().delete()

    found = figures()

    assert rendered == 1
    assert found["portal_signed_briefs", (("state", "rendered"),)] == 0
    assert found["portal_signed_briefs", (("state", "missing"),)] == 1


COUNT = """
from prometheus_client import Histogram
seconds = Histogram("portal_page_seconds", "Of another process.", ["view", "status"], buckets=[1])
seconds.labels("home", "2xx").observe(0.1)
"""


def test_processes_that_share_a_folder_are_counted_together(tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    for _ in range(2):
        subprocess.run([sys.executable, "-c", COUNT], check=True)

    shown = written([]).decode()

    assert 'portal_page_seconds_count{status="2xx",view="home"} 2.0' in shown
