"""The emails that accounts write, each as text and as HTML."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.enums import SECURITY_NOTICES, SecurityChange
from accounts.policies import invitation_url
from directory.enums import CHECKED_FOR_DAYS

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import Invitation, User
    from directory.models import Region

_INVITATION_SUBJECT = "You have been invited to the Systems Leadership Portal"


def build_invitation(invitation: Invitation) -> EmailMultiAlternatives:
    """Return the email by which a colleague is invited to the portal."""
    reader = invitation.person
    context = {
        "subject": _INVITATION_SUBJECT,
        "reader": reader,
        "role": reader.get_role_display(),
        "region": reader.region,
        "link": invitation_url(invitation),
        "works_until": invitation.expires_at,
    }
    return _email(reader, "accounts/email/invitation.html", context)


def build_contact_nudge(reader: User, region: Region, on: date) -> EmailMultiAlternatives:
    """Return the email that asks an admin, on a day, to check how people can reach their LDP; its link leads to a page that only shows."""
    points = [(point, point.is_to_check(on)) for point in region.contact_points.in_order()]
    context = {
        "subject": f"Check the contacts of {region.name}",
        "reader": reader,
        "region": region,
        "points": points,
        "days": CHECKED_FOR_DAYS,
        "link": f"{settings.PORTAL_ADDRESS}{reverse('directory:contact_point_list', args=[region.slug])}",
    }
    return _email(reader, "accounts/email/contact_nudge.html", context)


def build_security_notice(reader: User, change: str) -> EmailMultiAlternatives:
    """Return the email that tells somebody what has changed about how they sign in."""
    context = {
        "subject": "How you sign in to the Systems Leadership Portal has changed",
        "reader": reader,
        "sentence": SECURITY_NOTICES[SecurityChange(change)],
        "link": f"{settings.PORTAL_ADDRESS}{reverse('accounts:security_detail')}",
    }
    return _email(reader, "accounts/email/security_notice.html", context)


def _email(reader: User, template: str, context: dict[str, Any]) -> EmailMultiAlternatives:
    """Return an email as text and as HTML."""
    text = render_to_string(template.replace(".html", ".txt"), context)
    email = EmailMultiAlternatives(context["subject"], text, to=[reader.email], headers={"Auto-Submitted": "auto-generated"})
    email.attach_alternative(render_to_string(template, context), "text/html")
    return email
