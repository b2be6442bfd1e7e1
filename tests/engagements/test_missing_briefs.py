"""A signed brief that was not made when its plan was agreed stands in the outbox; a queue that is down breaks no decision."""

import logging
from datetime import timedelta

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError

from core import outbox
from core.models import OutboxEntry
from core.pdf import PdfError
from engagements import documents, tasks
from engagements.enums import EngagementStatus, MessageStatus, VersionOutcome
from engagements.models import BriefFile, Message
from ldp_portal.celery import app
from tests.engagements.messages import in_review
from tests.engagements.situations import agree_all, reread, waiting_version
from tests.factories.engagements import PlanVersionFactory
from tests.helpers import as_user, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue_down(settings, monkeypatch):
    """Let nobody take what is handed to the workers."""
    settings.CELERY_TASK_ALWAYS_EAGER = False

    def fail(*args, **kwargs):
        raise OperationalError("redis://secret@host is down")

    monkeypatch.setattr(app, "send_task", fail)


@pytest.fixture
def rendered(monkeypatch):
    """Return the versions that are rendered; making a PDF takes its time."""
    made = []
    monkeypatch.setattr(documents, "render_signed", lambda version: made.append(version.pk) or b"%PDF")
    return made


def test_a_queue_that_is_down_breaks_no_decision_and_the_outbox_keeps_the_brief(after_commit, queue_down, rendered, caplog):
    engagement = in_review()
    lead = engagement.client_leads.get()
    version = waiting_version(engagement)

    with caplog.at_level(logging.WARNING, "core.outbox"):
        response = after_commit(
            submit, as_user(lead.user), f"{engagement.get_absolute_url()}review/decide/", {"outcome": "agreed"}
        )

    assert response.status_code == 302
    assert reread(engagement).status == EngagementStatus.AGREED
    assert not BriefFile.objects.exists()
    assert "The queue is down (OperationalError)" in caplog.text
    assert "secret" not in caplog.text
    outbox.work_off()
    assert BriefFile.objects.get().version == version


def test_a_message_whose_worker_was_not_rung_is_sent_all_the_same(after_commit, queue_down):
    engagement = after_commit(in_review)
    assert Message.objects.get(engagement=engagement).tries == 0

    outbox.work_off()

    assert Message.objects.get(engagement=engagement).status == MessageStatus.SENT


def test_a_brief_is_rendered_once_however_often_it_is_asked_for(rendered):
    engagement = in_review()
    agree_all(engagement)
    version = waiting_version(engagement)
    assert version.outcome == VersionOutcome.AGREED

    for _ in range(3):
        outbox.work_off()
        tasks.render_signed_brief.delay_on_commit(version.pk)

    assert rendered == [version.pk]
    assert BriefFile.objects.get().version == version


def test_one_brief_that_cannot_be_rendered_is_given_up_and_does_not_keep_the_others_from_it(settings, monkeypatch, rendered):
    settings.CELERY_TASK_EAGER_PROPAGATES = False
    first, second = PlanVersionFactory.create_batch(2, agreed=True)
    render, tries = documents.render_signed, []

    def fail_at_first(version):
        if version == first:
            tries.append(version)
            raise PdfError("The document cannot be made.")
        return render(version)

    monkeypatch.setattr(documents, "render_signed", fail_at_first)
    for version in (first, second):
        tasks.render_signed_brief.delay_on_commit(version.pk)
    outbox.work_off(timezone.now() + timedelta(days=1))

    assert [row.version for row in BriefFile.objects.all()] == [second]
    assert len(tries) == tasks.render_signed_brief.most_tries == 3
    assert list(OutboxEntry.objects.failed().values_list("arguments", "fault")) == [([first.pk], "PdfError")]
