"""Signed briefs that were not made when their plan was agreed are made by a job; a queue that is down breaks no decision."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from core.handover import PortalTask
from core.pdf import PdfError
from engagements import documents, jobs
from engagements.enums import MINUTES_TO_RENDER, EngagementStatus, MessageStatus, VersionOutcome
from engagements.models import BriefFile, Message
from ldp_portal.celery import app
from tests.engagements.messages import in_review
from tests.engagements.situations import agree_all, reread, waiting_version
from tests.factories.engagements import PlanVersionFactory
from tests.helpers import as_user, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue_down():
    """Let nobody take what is handed to the workers, until the returned function is called."""

    def fail(*args, **kwargs):
        raise OperationalError("redis://secret@host is down")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PortalTask, "apply_async", fail)
        yield patch.undo


@pytest.fixture
def rendered(monkeypatch):
    """Return the versions that are rendered; making a PDF takes its time."""
    made = []
    monkeypatch.setattr(documents, "render_signed", lambda version: made.append(version.pk) or b"%PDF")
    return made


def later(minutes=MINUTES_TO_RENDER):
    return timezone.now() + timedelta(minutes=minutes)


def test_a_queue_that_is_down_breaks_no_decision_and_the_jobs_make_up_for_it(after_commit, queue_down, rendered, caplog):
    engagement = in_review()
    lead = engagement.client_leads.get()
    version = waiting_version(engagement)

    with caplog.at_level(logging.WARNING, "core.handover"):
        response = after_commit(
            submit, as_user(lead.user), f"{engagement.get_absolute_url()}review/decide/", {"outcome": "agreed"}
        )

    assert response.status_code == 302
    assert reread(engagement).status == EngagementStatus.AGREED
    assert not BriefFile.objects.exists()
    assert "engagements.tasks.render_signed_brief was not handed over" in caplog.text
    assert "secret" not in caplog.text
    queue_down()
    jobs.render_missing_briefs(later())
    assert BriefFile.objects.get().version == version


def test_a_message_that_could_not_be_handed_over_is_sent_by_the_job(after_commit, queue_down):
    engagement = after_commit(in_review)
    assert Message.objects.get(engagement=engagement).tries == 0
    queue_down()

    jobs.send_waiting_messages()

    assert Message.objects.get(engagement=engagement).status == MessageStatus.SENT


def test_a_brief_that_the_renderer_failed_at_is_rendered_by_the_job_once(after_commit, rendered):
    engagement = in_review()
    agree_all(engagement)
    version = waiting_version(engagement)
    assert version.outcome == VersionOutcome.AGREED
    assert not BriefFile.objects.exists()

    jobs.render_missing_briefs(later(MINUTES_TO_RENDER - 1))
    assert rendered == []
    for _ in range(3):
        jobs.render_missing_briefs(later())

    assert rendered == [version.pk]
    assert BriefFile.objects.get().version == version


def test_one_brief_that_cannot_be_rendered_does_not_keep_the_others_from_it(monkeypatch, rendered):
    monkeypatch.setitem(app.conf, "task_eager_propagates", False)
    first, second = PlanVersionFactory.create_batch(2, agreed=True)
    render = documents.render_signed

    def fail_at_first(version):
        if version == first:
            raise PdfError("The document cannot be made.")
        return render(version)

    monkeypatch.setattr(documents, "render_signed", fail_at_first)
    jobs.render_missing_briefs(later())

    assert [row.version for row in BriefFile.objects.all()] == [second]


@pytest.mark.parametrize("made", [{}, {"recalled": True}], ids=["waiting", "recalled"])
def test_only_what_was_agreed_is_rendered(rendered, made):
    PlanVersionFactory(**made)

    jobs.render_missing_briefs(later())

    assert rendered == []
