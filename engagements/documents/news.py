"""What an email tells of a version: what changed since its reader last looked, and the criteria to look at first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.text import counted
from engagements.documents.differences import differences
from engagements.documents.encoding import UnreadableBrief, from_json
from engagements.enums import MAX_CHANGES_TOLD, Finding, VersionOutcome

if TYPE_CHECKING:
    from accounts.models import User
    from engagements.documents.brief import Brief
    from engagements.models import PlanVersion


@dataclass(frozen=True)
class News:
    """What is new in a version for one reader, in sentences. `since` names what they know; empty on their first version.

    `has_other_signed` tells that what was signed last is another version than the one they know.
    """

    since: str = ""
    changes: tuple[str, ...] = ()
    more: int = 0
    criteria: str = ""
    has_other_signed: bool = False


def news_for(version: PlanVersion, reader: User) -> News:
    """Return what is new in a version since its reader last looked at one or, if they never did, since one was signed."""
    try:
        new = from_json(version.document)
        known, signed, since = _known_to(reader, version)
        told = tuple(change.sentence for change in differences(from_json(known.document), new)) if known else ()
    except UnreadableBrief:
        return News()
    return News(
        since=since,
        changes=told[:MAX_CHANGES_TOLD],
        more=max(0, len(told) - MAX_CHANGES_TOLD),
        criteria=_criteria_in_words(new),
        has_other_signed=signed is not None and signed != known,
    )


def _known_to(reader: User, version: PlanVersion) -> tuple[PlanVersion | None, PlanVersion | None, str]:
    """Return the earlier version that a reader knows, the one that was signed last, and how they know the first."""
    # What was recalled counts for nothing: the reader may have signed the version before it.
    settled = version.engagement.versions.filter(number__lt=version.number).exclude(outcome=VersionOutcome.RECALLED)
    earlier = settled.order_by("-number")
    read = earlier.filter(readings__user=reader).first()
    signed = earlier.filter(outcome=VersionOutcome.AGREED).first()
    if read is not None:
        return read, signed, f"version {read.number}, which you read last"
    return signed, signed, f"version {signed.number}, which was signed last" if signed else ""


def _criteria_in_words(brief: Brief) -> str:
    """Say how many findings are not met or were overruled by a person; nothing where there is none."""
    results = [result for planned in brief.planned for result in planned.results]
    not_met = sum(result.finding == Finding.NOT_MET for result in results)
    overruled = sum(result.is_overruled for result in results)
    parts = []
    if not_met:
        parts.append(f"{counted(not_met, 'criterion is', 'criteria are')} not met.")
    if overruled:
        parts.append(f"{counted(overruled, 'criterion was', 'criteria were')} overruled by a person.")
    return " ".join(parts)
