"""Pages of what became of one record: who changed what and when, each of its versions, and the way back to one (P38)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import F
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse

from core import said, versions
from core.models import AuditEvent, RecordVersion
from core.refusals import ActionRefused, Blocker, refuse_if

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model
    from django.http import HttpRequest, HttpResponse

    from core.models import Versioned

EVENTS_EACH_PAGE = 30


@dataclass(frozen=True)
class KeptField:
    """One field of a version, beside what it says now."""

    label: str
    then: str
    now: str

    @property
    def differs(self) -> bool:
        """Tell whether the field has changed since."""
        return self.then != self.now


def history_page(request: HttpRequest, record: Model, *, template: str, context: dict[str, Any]) -> HttpResponse:
    """Tell what happened to a record, the newest first; each version is linked below this address."""
    events = AuditEvent.objects.filter(subject_type=record._meta.label_lower, subject_id=record.pk)
    told = events.select_related("actor").annotate(version_number=F("version__number")).order_by("-at", "-pk")
    page = Paginator(told, EVENTS_EACH_PAGE).get_page(request.GET.get("page"))
    # What was loaded and not changed in the portal has no event that would lead to it.
    loaded = RecordVersion.objects.of(record).filter(event=None).order_by("-number")
    context = {**context, "page": page, "versions_url": request.path, "loaded_versions": loaded}
    return TemplateResponse(request, template, context)


def version_page(
    request: HttpRequest,
    record: Versioned,
    number: int,
    *,
    change: Callable[..., object] | None,
    template: str,
    done: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Show one version of a record beside what it says now; a post goes back to it by the record's own action.

    `change` is the action that changes the record, with everything but `values` filled in: its rules hold for going back too, and the way
    back is one version more. Without it the version can only be read. The form posts as `seen` which version the record had when it was shown:
    what a colleague has saved since is not overwritten unseen.
    """
    version = get_object_or_404(RecordVersion.objects.of(record), number=number)
    refusals = []
    if request.method == "POST" and change is not None:
        try:
            _go_back(record, version, change=change, seen=request.POST.get("seen", ""))
        except ActionRefused as refusal:
            refusals = refusal.blockers
            record.refresh_from_db()
        else:
            messages.success(request, f"It says again what it said in version {version.number}.")
            return redirect(done)
    shown = [
        KeptField(version.values[name]["label"], version.values[name]["text"], said.shown(record, name, getattr(record, name)))
        for name in versions.fields_of(record)
        if name in version.values
    ]
    return TemplateResponse(
        request,
        template,
        {
            **context,
            "version": version,
            "kept_fields": shown,
            "differs": any(field.differs for field in shown),
            "can_go_back": change is not None and any(field.differs for field in shown),
            "blockers": refusals,
            "number_now": record.version,
            "done": done,
        },
    )


@transaction.atomic
def _go_back(record: Versioned, version: RecordVersion, *, change: Callable[..., object], seen: str) -> None:
    """Give a record what a version says; refused where it is not any more as it was seen, also when that happens at this very moment."""
    moved_on = [
        Blocker(f"{record} was changed since you opened this page. Look at what it says now, then go back if you still want to.")
    ]
    if seen != str(record.version):
        raise ActionRefused(moved_on)
    change(values=versions.values_of(version, record))
    # The change holds the record now. One version more is this change; more than that is somebody else's too.
    after = type(record)._base_manager.values_list("version", flat=True).get(pk=record.pk)
    refuse_if(moved_on if after > record.version + 1 else [])
