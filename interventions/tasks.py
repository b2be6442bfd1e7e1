"""Effects after commit: a region hears what became of its proposal."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from interventions import notifications, policies
from interventions.models import MenuProposal

if TYPE_CHECKING:
    from datetime import datetime

logger = logging.getLogger(__name__)


@shared_task
def send_proposal_answer(proposal_pk: int) -> None:
    """Tell the proposer of an answer, once.

    That it is being told is written down first, so that two workers do not tell it twice. Whatever keeps the email from going is no
    error here: the answer stands on the proposal's page, and the job `send_waiting_answers` tries again.
    """
    proposal = _take_up(proposal_pk, timezone.now())
    if proposal is None:
        return
    try:
        notifications.build_proposal_answer(proposal).send()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one message, it is tried again
        # What a server answers may name the address: the log says only what kind of error it was.
        logger.warning("The answer to proposal %s has not gone: %s", proposal_pk, type(error).__name__)
        _mark(proposal, told_at=None)


def _take_up(proposal_pk: int, now: datetime) -> MenuProposal | None:
    """Write down that an answer is being told and return its proposal; none where nobody is to be told."""
    with transaction.atomic():
        held = MenuProposal.objects.select_for_update(of=("self",)).select_related("by", "intervention", "answered_by")
        proposal = held.filter(pk=proposal_pk).first()
        if proposal is None or not policies.is_to_tell(proposal, now):
            return None
        _mark(proposal, told_at=now)
    return proposal


def _mark(proposal: MenuProposal, *, told_at: datetime | None) -> None:
    """Write when the proposer was told."""
    proposal.told_at = told_at
    proposal.save(update_fields=["told_at"])
