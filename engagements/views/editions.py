"""Which edition of a brief a person reads: the working draft, or a version as it was submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from engagements import documents
from engagements.enums import WRITING_STATUSES

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User
    from engagements.documents import Brief, Stamp
    from engagements.models import Engagement, PlanVersion


def reads_working_draft(user: User, engagement: Engagement) -> bool:
    """Tell whether a person reads what stands in the plan now.

    Client leads read the version submitted last, never the working draft. Everybody reads that version while it is reviewed and
    after it was agreed.
    """
    return not user.is_stp_lead and engagement.status in WRITING_STATUSES


def versions_of(engagement: Engagement) -> QuerySet[PlanVersion]:
    """Return the versions that were submitted, the latest first, each with its file."""
    return engagement.versions.select_related("engagement", "brief_file").order_by("-number")


def read_edition(engagement: Engagement, version: PlanVersion | None) -> tuple[Brief, Stamp]:
    """Return a version as it was submitted or, without one, the working draft of today."""
    if version is None:
        brief = documents.load_brief(engagement)
        return brief, documents.stamp_draft(engagement, brief, on=timezone.localdate())
    left = documents.left_since(version, engagement.client_leads.current())
    stamp = documents.stamp_version(version, version.decisions.order_by("at", "pk"), left=left)
    return documents.from_json(version.document), stamp
