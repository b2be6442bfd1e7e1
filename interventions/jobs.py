"""What is done by the clock: answers to proposals that have not gone yet. It may run at any time and as often as it likes."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from interventions import policies, tasks
from interventions.models import MenuProposal


@shared_task
def send_waiting_answers() -> None:
    """Tell of each answer that nobody has been told of: the queue or the mail server was down when it was given."""
    for proposal in MenuProposal.objects.untold().select_related("by"):
        if policies.is_to_tell(proposal, timezone.now()):
            tasks.send_proposal_answer.delay_on_commit(proposal.pk)
