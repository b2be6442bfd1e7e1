"""What anybody may learn who holds a signed brief: whether it was signed, and whether it is the one that was signed last (P13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, Subquery

from engagements.enums import VersionOutcome
from engagements.models import PlanVersion

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True)
class SignedBrief:
    """A signed version, told apart by nothing but its number and its dates."""

    number: int
    signed_at: datetime | None
    is_file: bool
    replaced_by: int | None
    replaced_at: datetime | None
    last: int | None


def find_signed_brief(fingerprint: str) -> SignedBrief | None:
    """Return the signed version to which a fingerprint belongs: that of its words, or that of the file that was stored.

    One query, whatever comes of it. Where the same words were signed twice, the later version counts.
    """
    signed = PlanVersion.objects.filter(outcome=VersionOutcome.AGREED)
    later = signed.filter(engagement=OuterRef("engagement"), number__gt=OuterRef("number"))
    found = (
        signed.filter(Q(content_hash=fingerprint) | Q(brief_file__sha256=fingerprint))
        .annotate(
            replaced_by=Subquery(later.order_by("number").values("number")[:1]),
            replaced_at=Subquery(later.order_by("number").values("settled_at")[:1]),
            last=Subquery(later.order_by("-number").values("number")[:1]),
        )
        .order_by("-number", "pk")
        .values("number", "settled_at", "content_hash", "replaced_by", "replaced_at", "last")
        .first()
    )
    if found is None:
        return None
    return SignedBrief(
        number=found["number"],
        signed_at=found["settled_at"],
        is_file=found["content_hash"] != fingerprint,
        replaced_by=found["replaced_by"],
        replaced_at=found["replaced_at"],
        last=found["last"],
    )
