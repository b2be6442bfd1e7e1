"""The emails about the national menu, each as text and as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from core.text import inline
from interventions.enums import ProposalOutcome

if TYPE_CHECKING:
    from interventions.models import MenuProposal

_ANSWERED = "interventions/email/proposal_answered.html"
_SUBJECTS = {
    ProposalOutcome.ACCEPTED: "Your proposal for “{title}” is accepted",
    ProposalOutcome.ACCEPTED_WITH_CHANGES: "Your proposal for “{title}” is accepted with changes",
    ProposalOutcome.DECLINED: "Your proposal for “{title}” is declined",
}


def build_proposal_answer(proposal: MenuProposal) -> EmailMultiAlternatives:
    """Return the message that tells the proposer what became of a proposal."""
    subject = _SUBJECTS[ProposalOutcome(proposal.outcome)].format(title=inline(proposal.title))
    context = {
        "subject": subject,
        "reader": proposal.by,
        "proposal": proposal,
        "link": f"{settings.PORTAL_ADDRESS}{proposal.get_absolute_url()}",
    }
    text = render_to_string(_ANSWERED.replace(".html", ".txt"), context)
    email = EmailMultiAlternatives(subject, text, to=[proposal.by.email], headers={"Auto-Submitted": "auto-generated"})
    email.attach_alternative(render_to_string(_ANSWERED, context), "text/html")
    return email
