"""The part of the audit trail that reading leaves: who was refused where, who took what along, and who looked at whom (S23).

Reading a page writes nothing else. Refusals and looks are told once an hour for each person and each thing, and of one kind of page a few
refusals at most, so that whoever asks ten thousand times neither fills the trail nor slows the chain; every refusal is counted and
stands in the log.
"""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from core import audit, figures
from core.models import AuditEvent

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model, QuerySet
    from django.http import HttpRequest, HttpResponseBase
    from django.urls import ResolverMatch

    Answer = Callable[[HttpRequest], HttpResponseBase]

REFUSED = "was refused"
# The trail of each kind of address begins so.
REFUSALS = "refused:"
DOWNLOADS = "downloads"
LOOKS = "looks"
TOLD_AGAIN_AFTER = timedelta(hours=1)
# So many refusals of a person at one kind of page are told in that time, by number or reference: one that is harmless hides few others.
TOLD_OF_A_KIND = 10
NO_MORE = "Not told for an hour: the log has each of them."
WHY = {
    HTTPStatus.FORBIDDEN: "This is not for them to see or to do.",
    HTTPStatus.NOT_FOUND: "It is not theirs, or there is no such thing.",
}


class RefusalsMiddleware:
    """Note where somebody signed in was refused. Whether what they asked for is there makes no difference to what is done here (S1)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the answer."""
        response = self.get_response(request)
        if response.status_code in WHY and getattr(request, "may_be_refused", False) and request.user.is_authenticated:
            _note_refusal(request, HTTPStatus(response.status_code))
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Mark what came with a true token to a page that is not everybody's: an old tab is no refusal, nor is a public page that is not there."""
        request.may_be_refused = getattr(view, "login_required", True)  # type: ignore[attr-defined]  # a mark for the answer


def note_download(request: HttpRequest, subject: Model, name: str, *, holds: str = "") -> None:
    """Write down that a person takes a file along, before it is sent: under which name, and what it holds where that is more than its subject."""
    if request.method == "GET":
        changes: list[audit.FieldChange] = (
            [{"field": "holds", "label": "what it holds", "old": "", "new": holds}] if holds else []
        )
        audit.record("downloaded", subject, by=request.user, trail=DOWNLOADS, label=name, changes=changes)


def note_look(request: HttpRequest, subject: Model, verb: str) -> None:
    """Write down that a person looks at the record of another, the first time in an hour."""
    told = {"trail": LOOKS, "verb": verb, "subject_type": subject._meta.label_lower, "subject_id": subject.pk}
    if request.method in ("GET", "POST") and subject != request.user and not _told(request, **told).exists():
        audit.record(verb, subject, by=request.user, trail=LOOKS)


def _note_refusal(request: HttpRequest, status: HTTPStatus) -> None:
    """Count a refusal, mark the line of its request, and write it down once in an hour, and of its kind only the first few."""
    match: Any = request.resolver_match
    request.is_refused = True  # type: ignore[attr-defined]  # a mark for the log
    figures.note_refusal(match.view_name)
    trail = f"{REFUSALS}{':'.join([*match.namespaces, _name(match)])}"[: AuditEvent._meta.get_field("trail").max_length]
    person: Any = request.user
    page = _page(match)
    already = list(_told(request, trail=trail).values_list("subject_label", flat=True)[:TOLD_OF_A_KIND])
    if page not in already and len(already) < TOLD_OF_A_KIND:
        changes: list[audit.FieldChange] = [{"field": "why", "label": "why", "old": "", "new": WHY[status]}]
        if len(already) == TOLD_OF_A_KIND - 1:
            changes.append({"field": "more", "label": "more of this kind", "old": "", "new": NO_MORE})
        audit.record(REFUSED, person, by=person, trail=trail, label=page, changes=changes)


def _told(request: HttpRequest, **told: Any) -> QuerySet[AuditEvent]:
    """Return what of this kind was written down of the same person within the last hour."""
    return AuditEvent.objects.filter(actor_id=request.user.pk, at__gt=timezone.now() - TOLD_AGAIN_AFTER, **told)


def _name(match: ResolverMatch) -> str:
    """Return the name of a kind of page; two of the back office have none."""
    return match.url_name or "other"


def _page(match: ResolverMatch) -> str:
    """Name a page in words, with what its address names by a number or a reference; other parts of an address may hold anything."""
    keys = [str(value) for key, value in match.kwargs.items() if isinstance(value, int) or key == "reference"]
    where = "a page of the back office: " if "admin" in match.namespaces else "the page "
    return f"{where}“{_name(match).replace('_', ' ')}”{' of ' if keys else ''}{', '.join(keys)}"
