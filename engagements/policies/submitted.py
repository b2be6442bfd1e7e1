"""What a client reads of an engagement where only a line of it is shown: the version submitted last, never the working draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Subquery

from engagements.enums import WRITING_STATUSES, ClientKind, SigningOrder
from engagements.models import PlanVersion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from accounts.models import User
    from engagements.models import Engagement

NO_TITLE = "A plan that cannot be read any more"
_PARTS = ("title", "client", "client_kind", "areas", "places", "signing_order")
_KINDS = {str(kind.label): kind.value for kind in ClientKind}


@dataclass(frozen=True)
class AsSubmitted:
    """What the version submitted last says of an engagement where it stands in a list or a heading, and where it is searched."""

    reference: str
    title: str
    client: str
    client_kind: str
    areas: tuple[str, ...]
    places: tuple[str, ...]
    signing_order: str


def submitted_of(engagements: Iterable[Engagement]) -> dict[int, AsSubmitted]:
    """Return for each of some engagements what was submitted last, by its key; one query for all of them."""
    newest = PlanVersion.objects.filter(engagement=OuterRef("engagement")).order_by("-number").values("pk")[:1]
    versions = PlanVersion.objects.filter(engagement__in=engagements, pk=Subquery(newest))
    rows = versions.values_list("engagement", "engagement__reference", *(f"document__{name}" for name in _PARTS))
    return {pk: _read(reference, dict(zip(_PARTS, parts, strict=True))) for pk, reference, *parts in rows}


def show_as_submitted(user: User, engagements: Iterable[Engagement], submitted: Mapping[int, AsSubmitted] | None = None) -> None:
    """Let a client see of engagements what was submitted last; everybody else sees what stands there.

    The engagements are changed in memory and are to be shown, never saved: an action reads its engagement again under a lock.
    """
    rows = [row for row in engagements if row.status in WRITING_STATUSES] if user.is_stp_lead else []
    found = submitted_of(rows) if submitted is None and rows else submitted or {}
    for row in rows:
        if (said := found.get(row.pk)) is not None:
            row.title, row.client, row.client_kind = said.title, said.client, said.client_kind
            row.signing_order = said.signing_order


def closeness_of(said: AsSubmitted, words: str, other_names: Mapping[str, str]) -> int | None:
    """Say how closely a search finds what was submitted, as `EngagementQuerySet.found_by` does; none where it does not.

    `other_names` are the other names of areas, by the name.
    """
    sought = words.strip().casefold()
    reference, title = said.reference.casefold(), said.title.casefold()
    if reference == sought:
        return 0
    if reference.startswith(sought) or title.startswith(sought):
        return 1
    near = [other_names.get(area, "") for area in said.places]
    texts = [text.casefold() for text in (reference, title, said.client, *said.places, *near)]
    return 2 if all(any(word in text for text in texts) for word in sought.split()) else None


def _read(reference: str, parts: Mapping[str, Any]) -> AsSubmitted:
    """Return the parts of a document; whatever is not there in the form that it has today is left empty."""
    order = parts["signing_order"]
    places = [place for place in _list(parts["places"]) if isinstance(place, dict)]
    names = [str(place.get(name) or "") for place in places for name in ("name", "area", "site")]
    return AsSubmitted(
        reference=reference,
        title=str(parts["title"] or NO_TITLE),
        client=str(parts["client"] or ""),
        client_kind=_KINDS.get(str(parts["client_kind"]), ""),
        areas=tuple(str(area) for area in _list(parts["areas"])),
        places=tuple(name for name in names if name),
        signing_order=order if order in SigningOrder.values else SigningOrder.PARALLEL,
    )


def _list(value: Any) -> list[Any]:
    """Return a list of a document, empty where there is none."""
    return value if isinstance(value, list) else []
