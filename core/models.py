"""Records that every app writes through: the audit trail, versions, form drafts, one-time keys, counters, loaded reference rows, shown mail."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils import timezone

from core.seals import MAX_SEAL_LENGTH, SealField

if TYPE_CHECKING:
    from datetime import datetime


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    """Reads the audit trail; the trail is never changed."""

    def for_trail(self, trail: str) -> AuditEventQuerySet:
        """Narrow to what happened to one thing, newest first."""
        return self.filter(trail=trail).select_related("actor").order_by("-at", "-pk")

    def update(self, **kwargs: Any) -> int:
        """Refuse: what happened stays as it was written."""
        raise TypeError("The audit trail is append only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse: what happened stays as it was written."""
        raise TypeError("The audit trail is append only.")


class AuditEvent(models.Model):
    """One thing that one person did, told as a sentence; sealed as it is written, and chained a moment later."""

    at = models.DateTimeField(default=timezone.now)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=60)
    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    subject_label = models.CharField(max_length=300)
    trail = models.CharField(max_length=60)
    changes = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    seal = SealField(max_length=MAX_SEAL_LENGTH, blank=True, default="", db_default="", editable=False)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["trail", "-at"], name="auditevent_trail_at")]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_label}"


class AuditLinkQuerySet(models.QuerySet["AuditLink"]):
    """Reads the chain of the audit trail; a link is never changed."""

    def update(self, **kwargs: Any) -> int:
        """Refuse: a link stays as it was made."""
        raise TypeError("The audit trail is append only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse: a link stays as it was made."""
        raise TypeError("The audit trail is append only.")


class AuditLink(models.Model):
    """The place of one event in the chain of the audit trail: a hash over the event and the hash before."""

    number = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(AuditEvent, on_delete=models.PROTECT, related_name="link")
    hash = models.CharField(max_length=64)

    objects = AuditLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"link {self.number}"


class Versioned(models.Model):
    """A record of which every state is kept: each change makes a new version, and none is ever rewritten (P38)."""

    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)

    class Meta:
        abstract = True


class RecordVersionQuerySet(models.QuerySet["RecordVersion"]):
    """Reads kept versions; a version is never changed."""

    def of(self, record: models.Model) -> RecordVersionQuerySet:
        """Narrow to the versions of one record, the newest first."""
        return self.filter(subject_type=record._meta.label_lower, subject_id=record.pk).order_by("-number")

    def update(self, **kwargs: Any) -> int:
        """Refuse: a version stays as it was kept."""
        raise TypeError("Versions are append only.")

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse: a version stays as it was kept."""
        raise TypeError("Versions are append only.")


class RecordVersion(models.Model):
    """One state of one record: each of its fields as it compares and as it is said.

    `values` maps the name of a field to `{"label": ..., "value": ..., "text": ...}`, with rows as their primary keys. The event is what led to
    it; a record that was loaded and never changed has one version without an event.
    """

    subject_type = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    number = models.PositiveIntegerField()
    values = models.JSONField(encoder=DjangoJSONEncoder)
    event = models.OneToOneField(AuditEvent, null=True, on_delete=models.PROTECT, related_name="version")
    at = models.DateTimeField(auto_now_add=True)

    objects = RecordVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id", "number"], name="recordversion_one_for_each_number")
        ]

    def __str__(self) -> str:
        return f"version {self.number}"


class FormDraftQuerySet(models.QuerySet["FormDraft"]):
    """Finds what somebody typed and has not saved yet."""

    def for_page(self, user: Any, path: str) -> FormDraftQuerySet:
        """Narrow to one person's draft of one page."""
        return self.filter(user=user, subject=path)

    def left_on(self, path: str) -> FormDraftQuerySet:
        """Narrow to what people whose account was closed have left on one page, the latest first."""
        return self.filter(subject=path, user__is_active=False).select_related("user").order_by("-updated_at", "-pk")

    def seen_on(self, user: Any, path: str) -> FormDraftQuerySet:
        """Narrow to one person's draft of one page, and to what was left there."""
        mine_or_left = models.Q(user=user) | models.Q(user__is_active=False)
        return self.filter(mine_or_left, subject=path).select_related("user").order_by("-updated_at", "-pk")

    def below(self, path: str) -> FormDraftQuerySet:
        """Narrow to drafts on pages below an address, the latest first."""
        return self.filter(subject__startswith=path).select_related("user").order_by("-updated_at", "-pk")


class FormDraft(models.Model):
    """What one person has typed into one form and not yet saved, valid or not."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+"
    )  # a draft is its writer's alone
    form = models.CharField(max_length=120)
    subject = models.CharField(max_length=300)
    data = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    objects = FormDraftQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "subject"], name="formdraft_one_for_each_page")]
        indexes = [models.Index(fields=["subject"], name="formdraft_page")]

    def __str__(self) -> str:
        return f"{self.form} by {self.user}"


class OneTimeKey(models.Model):
    """A form's key: the database lets it be used once, so a form posted twice is carried out once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")  # keys go with their person
    key = models.UUIDField()
    content = models.CharField(max_length=16)
    answer = models.CharField(max_length=500, blank=True)
    used_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="onetimekey_used_once")]

    def __str__(self) -> str:
        return str(self.key)


class Counter(models.Model):
    """A row of numbers without gaps: the next one is taken under lock and given back when the step fails."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"


class ReferenceRowQuerySet(models.QuerySet["ReferenceRow"]):
    """Reads what the fixtures said when they were last loaded."""

    def for_model(self, label: str) -> dict[str, ReferenceRow]:
        """Return the loaded rows of one model by their key."""
        return {row.key: row for row in self.filter(model=label)}


class ReferenceRow(models.Model):
    """What one fixture row said when it was last loaded: tells a changed fixture from an edit made in the portal."""

    model = models.CharField(max_length=60)
    key = models.CharField(max_length=300)
    values = models.JSONField(default=dict)

    objects = ReferenceRowQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="referencerow_one_for_each_key")]

    def __str__(self) -> str:
        return f"{self.model} {self.key}"


class OutboxStatus(models.TextChoices):
    """What became of an effect."""

    WAITING = "waiting", "Waiting"
    DONE = "done", "Done"
    FAILED = "failed", "Given up"


def outbox_key(task: str, *arguments: Any) -> str:
    """Return the key under which a task with these arguments is written down once."""
    return f"{task} {json.dumps(arguments, separators=(',', ':'))}"


class OutboxEntryQuerySet(models.QuerySet["OutboxEntry"]):
    """Finds effects that are still to come."""

    def waiting(self) -> OutboxEntryQuerySet:
        """Narrow to what is still to be done, the oldest first."""
        return self.filter(status=OutboxStatus.WAITING).order_by("asked_at", "pk")

    def due(self, now: datetime) -> OutboxEntryQuerySet:
        """Narrow to what may be taken up now, the longest due first."""
        is_free = models.Q(held_until=None) | models.Q(held_until__lt=now)
        return self.filter(is_free, status=OutboxStatus.WAITING, due_at__lte=now).order_by("due_at", "pk")

    def of(self, task: str, *arguments: Any) -> OutboxEntryQuerySet:
        """Narrow to the one entry of a task with these arguments."""
        return self.filter(key=outbox_key(task, *arguments))

    def done_before(self, moment: datetime) -> OutboxEntryQuerySet:
        """Narrow to what was done before a moment."""
        return self.filter(status=OutboxStatus.DONE, ended_at__lt=moment)

    def failed(self) -> OutboxEntryQuerySet:
        """Narrow to what was given up, the latest first."""
        return self.filter(status=OutboxStatus.FAILED).order_by("-ended_at", "-pk")


class OutboxEntry(models.Model):
    """One effect of a change (a brief, an email), written in the same transaction as its cause and worked off afterwards.

    The key is the task with its arguments. `fault` names the kind of the last error, never what it said.
    """

    key = models.CharField(max_length=300, unique=True)
    task = models.CharField(max_length=120)
    arguments = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    status = models.CharField(max_length=10, choices=OutboxStatus, default=OutboxStatus.WAITING)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    fault = models.CharField(max_length=80, blank=True)
    holder = models.CharField(max_length=100, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    # Of the page that caused it, so that the log of the worker can be read beside that of the page.
    request_id = models.CharField(max_length=36, blank=True, default="", db_default="")

    objects = OutboxEntryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "outbox entries"
        indexes = [
            models.Index(fields=["due_at"], condition=models.Q(status="waiting"), name="outboxentry_due"),
            models.Index(fields=["-ended_at"], condition=models.Q(status="failed"), name="outboxentry_failed"),
        ]

    def __str__(self) -> str:
        return f"{self.task} ({self.get_status_display().lower()})"


class DemonstrationMail(models.Model):
    """A message that a demonstration shows on a page in place of sending it."""

    to = models.CharField(max_length=1_000)
    subject = models.CharField(max_length=500)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.subject


class UpkeepKind(models.TextChoices):
    """What administrators do for the portal itself."""

    BACKUP = "backup", "Back-up"
    RESTORE = "restore", "Verified restore"
    AUDIT = "audit", "Audit trail checked"


class UpkeepRecord(models.Model):
    """One time that the portal was backed up, or that a back-up was restored and found to be whole; the note holds no personal data."""

    kind = models.CharField(max_length=10, choices=UpkeepKind)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["kind", "-at"], name="upkeeprecord_latest")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"


class PortalSession(AbstractBaseSession):
    """One browser's session; of somebody who has signed in, with their key, so that their sessions can be listed and ended."""

    person_key = models.CharField(max_length=36, blank=True, db_index=True, editable=False)

    class Meta(AbstractBaseSession.Meta):
        abstract = False
        db_table = "core_django_session"

    @classmethod
    def get_session_store_class(cls) -> Any:
        """Return what reads and writes these rows."""
        # What keeps sessions knows this model.
        from core.sessions import SessionStore  # noqa: PLC0415 - as said above

        return SessionStore
