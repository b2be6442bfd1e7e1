"""Rows of the core: drafts, keys and the audit trail."""

import uuid

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from core.models import AuditEvent, DemonstrationMail, FormDraft, OneTimeKey, OutboxEntry, outbox_key
from tests.factories.accounts import ConsultantFactory


class FormDraftFactory(DjangoModelFactory):
    class Meta:
        model = FormDraft

    user = factory.SubFactory(ConsultantFactory)
    form = "core:draft_save"
    subject = factory.Sequence(lambda n: f"/drafts/?draft={n}")
    data = factory.LazyFunction(lambda: {"name": ["GPs of"]})


class OneTimeKeyFactory(DjangoModelFactory):
    class Meta:
        model = OneTimeKey

    user = factory.SubFactory(ConsultantFactory)
    key = factory.LazyFunction(uuid.uuid4)
    content = "0123456789abcdef"


class AuditEventFactory(DjangoModelFactory):
    class Meta:
        model = AuditEvent

    actor = factory.SubFactory(ConsultantFactory)
    verb = "added"
    subject_type = "directory.region"
    subject_id = factory.Sequence(lambda n: n + 1)
    subject_label = "region East Midlands"
    trail = "region:1"
    changes = factory.LazyFunction(lambda: [{"field": "name", "label": "name", "old": "", "new": "East Midlands"}])


class OutboxEntryFactory(DjangoModelFactory):
    class Meta:
        model = OutboxEntry

    task = "tests.nothing"
    arguments = factory.Sequence(lambda n: [n])
    key = factory.LazyAttribute(lambda row: outbox_key(row.task, *row.arguments))
    asked_at = factory.LazyFunction(timezone.now)
    due_at = factory.SelfAttribute("asked_at")


class DemonstrationMailFactory(DjangoModelFactory):
    class Meta:
        model = DemonstrationMail

    to = "grace.obi@demo.example"
    subject = factory.Sequence(lambda n: f"Message {n}")
    text = "Hello"
