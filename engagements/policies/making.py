"""Whether the signed brief of a version is there, on its way, or could not be made."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Subquery

from core.models import OutboxEntry, OutboxStatus, outbox_key
from core.refusals import Blocker
from engagements.enums import BriefState, VersionOutcome
from engagements.models import BriefFile, PlanVersion

# Tasks stand above policies, which know this one by its name.
RENDERING = "engagements.tasks.render_signed_brief"


def brief_state(version: PlanVersion | None) -> BriefState:
    """Return what became of the file of a version; one that nobody is asked for any more could not be made. One query for a signed version."""
    if version is None or version.outcome != VersionOutcome.AGREED:
        return BriefState.NONE
    entry = OutboxEntry.objects.filter(key=outbox_key(RENDERING, version.pk)).values("status")[:1]
    is_there = Exists(BriefFile.objects.filter(version=OuterRef("pk")))
    has_file, status = PlanVersion.objects.filter(pk=version.pk).values_list(is_there, Subquery(entry)).get()
    if has_file:
        return BriefState.THERE
    return BriefState.COMING if status == OutboxStatus.WAITING else BriefState.GIVEN_UP


def making_blockers(version: PlanVersion) -> list[Blocker]:
    """Say why the signed brief of a version cannot be asked for again: it is there, on its way, or nothing was signed."""
    state = brief_state(version)
    if state == BriefState.THERE:
        return [Blocker("The signed brief has been made.")]
    if state == BriefState.COMING:
        return [Blocker("The brief is on its way. Look here again in a minute.")]
    return [Blocker("This version is not signed.")] if state == BriefState.NONE else []
