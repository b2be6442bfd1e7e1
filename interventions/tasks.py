"""Effects after commit: a region hears what became of its proposal."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from core import mail
from interventions import notifications, policies
from interventions.models import MenuProposal


@shared_task(most_tries=mail.MOST_TRIES_TO_SEND)
def send_proposal_answer(proposal_pk: int) -> None:
    """Tell the proposer of an answer, once: marked as told the moment that they were."""
    proposals = MenuProposal.objects.select_related("by", "intervention", "answered_by")
    proposal = proposals.filter(pk=proposal_pk).first()
    if proposal is None or not policies.is_to_tell(proposal, timezone.now()):
        return
    mail.send(notifications.build_proposal_answer(proposal))
    _mark(proposal)


def _mark(proposal: MenuProposal) -> None:
    """Write when the proposer was told."""
    proposal.told_at = timezone.now()
    proposal.save(update_fields=["told_at"])
