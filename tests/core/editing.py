"""Changing one record as two people would who have opened it."""

from core import records
from core.models import AuditEvent
from engagements.models import Purpose

TRAIL = "engagement:1"
TEXT_FIELDS = ("statement", "real_work_issue")


def change(purpose, values, by, seen=None, overwrite=()):
    fresh = Purpose.objects.get(pk=purpose.pk)
    return records.change(fresh, values, by=by, trail=TRAIL, seen=seen, overwrite=overwrite)


def seen_in(purpose, *names):
    return records.snapshot(Purpose.objects.get(pk=purpose.pk), names or TEXT_FIELDS)


def last_event():
    return AuditEvent.objects.order_by("-pk").first()
