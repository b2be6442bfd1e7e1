"""A brief that cannot be made or stored is tried three times and shown as such; nothing of it is left, and others are made (D14)."""

import errno
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as portal_settings
from django.utils import timezone

from core import outbox, records, storage
from core.models import OutboxEntry, OutboxStatus
from core.pdf import client, frames
from engagements import tasks
from engagements.enums import EngagementStatus
from engagements.models import BriefFile
from tests.engagements.situations import agree_all, engagement_at, reread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def plan(settings):
    """Return a plan in review; what goes wrong after it is agreed is no error of the page."""
    settings.CELERY_TASK_EAGER_PROPAGATES = False
    return engagement_at(EngagementStatus.IN_REVIEW)


def entry_of(engagement):
    version = reread(engagement).versions.get()
    return OutboxEntry.objects.get(key=outbox.key_of(tasks.render_signed_brief, version.pk))


def try_again_later(times=1):
    for number in range(1, times + 1):
        outbox.work_off(timezone.now() + timedelta(hours=number))


def stored_files():
    return [path for path in Path(portal_settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def full(*args):
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("limits", "fault"),
    [({"soft_seconds": 0.01}, "TookTooLong"), ({"html_bytes": 1000}, "TooLarge")],
    ids=["takes too long", "is too large"],
)
def test_d14_brief_that_goes_beyond_a_limit_is_given_up_after_three_tries_and_others_are_made(plan, monkeypatch, limits, fault):
    press = client.Press(frames.Limits(**limits))
    with monkeypatch.context() as patch:
        patch.setattr("core.pdf.press", press)
        agree_all(plan)
        try_again_later(4)
    press.stop()

    entry = entry_of(plan)
    assert (entry.status, entry.tries, entry.fault) == (OutboxStatus.FAILED, 3, fault)
    assert stored_files() == []
    other = engagement_at(EngagementStatus.AGREED)
    assert BriefFile.objects.get().version.engagement == other


@pytest.mark.parametrize("step", ["fsync", "link"])
def test_d14_full_disk_leaves_no_part_and_the_brief_is_stored_once_there_is_room(plan, monkeypatch, step):
    with monkeypatch.context() as patch:
        patch.setattr(storage.os, step, full)
        agree_all(plan)

        assert stored_files() == []
        assert not BriefFile.objects.exists()
        assert entry_of(plan).status == OutboxStatus.WAITING

    try_again_later()

    assert [path.read_bytes()[:4] for path in stored_files()] == [b"%PDF"]
    assert entry_of(plan).status == OutboxStatus.DONE


def test_d14_work_that_ends_between_the_file_and_its_row_leaves_one_file_in_the_end(plan, monkeypatch):
    keep = records.add

    def ends(row, *args, **kwargs):
        kept = keep(row, *args, **kwargs)
        if isinstance(row, BriefFile):
            raise OSError("The process was ended here.")
        return kept

    with monkeypatch.context() as patch:
        patch.setattr(records, "add", ends)
        agree_all(plan)
        assert not BriefFile.objects.exists()

    try_again_later()

    assert [str(path) for path in stored_files()] == [BriefFile.objects.get().file.path]
