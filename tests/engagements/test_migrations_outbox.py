"""Migrations of data: what waited before there was an outbox is written into it, once."""

from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from core.models import OutboxEntry
from engagements.enums import MessageStatus
from interventions.enums import ProposalOutcome
from tests.factories.accounts import NationalAdminFactory
from tests.factories.engagements import BriefFileFactory, ClientLeadFactory, MessageFactory, PlanVersionFactory
from tests.factories.interventions import MenuProposalFactory

pytestmark = pytest.mark.django_db

queue_work = import_module("engagements.migrations.0006_queue_what_waits").queue
queue_answers = import_module("interventions.migrations.0005_queue_untold_answers").queue


def test_messages_that_had_not_gone_and_briefs_that_were_not_made_are_queued_once():
    version = PlanVersionFactory()
    lead = ClientLeadFactory(engagement=version.engagement)
    waits = MessageFactory(version=version, client_lead=lead)
    MessageFactory(version=version, client_lead=lead, status=MessageStatus.FAILED)
    missing, made = PlanVersionFactory.create_batch(2, agreed=True)
    BriefFileFactory(version=made)

    queue_work(apps, None)
    queue_work(apps, None)

    assert list(OutboxEntry.objects.order_by("task").values_list("key", "task", "arguments")) == [
        (f"engagements.tasks.render_signed_brief [{missing.pk}]", "engagements.tasks.render_signed_brief", [missing.pk]),
        (f"engagements.tasks.send_message [{waits.pk}]", "engagements.tasks.send_message", [waits.pk]),
    ]


def test_answers_that_nobody_was_told_of_are_queued_once():
    said = {"answered_by": NationalAdminFactory(), "answered_at": timezone.now(), "answer": "No"}
    untold = MenuProposalFactory(outcome=ProposalOutcome.DECLINED, **said)
    MenuProposalFactory(outcome=ProposalOutcome.DECLINED, told_at=timezone.now(), **said)
    MenuProposalFactory(outcome=ProposalOutcome.WITHDRAWN, **said)
    MenuProposalFactory()

    queue_answers(apps, None)
    queue_answers(apps, None)

    assert OutboxEntry.objects.of("interventions.tasks.send_proposal_answer", untold.pk).get() == OutboxEntry.objects.get()
