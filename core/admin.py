"""The core in the back office: what happened, what it caused, and every version that was kept. Drafts, keys and sessions are nobody's to look up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin

from core import accesses, signing
from core.backoffice import ReadOnlyAdmin
from core.models import AuditEvent, AuditLink, OutboxEntry, RecordVersion, ReferenceRow

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class AccessFilter(admin.SimpleListFilter):
    """Tells what people read, took along and were refused from what they changed."""

    title = "what it tells of"
    parameter_name = "access"
    trails: ClassVar[dict[str, tuple[str, str]]] = {
        "refused": ("Refused", accesses.REFUSALS),
        "downloads": ("Downloads", accesses.DOWNLOADS),
        "looks": ("Looks at somebody’s record", accesses.LOOKS),
        "signing": ("Signing in", signing.TRAIL),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the kinds."""
        return [(key, label) for key, (label, _) in self.trails.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow to one kind."""
        _, trail = self.trails.get(self.value() or "", ("", ""))
        return queryset.filter(trail__startswith=trail)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Who did what, the newest first."""

    list_display = ["at", "actor", "verb", "subject_label", "trail"]
    list_select_related = ["actor"]
    list_filter = [AccessFilter, "at", "subject_type"]
    search_fields = ["subject_label", "verb", "trail", "actor__full_name"]
    ordering = ["-at", "-pk"]


@admin.register(AuditLink)
class AuditLinkAdmin(ReadOnlyAdmin):
    """The chain of the audit trail, its end first."""

    list_display = ["number", "event", "hash"]
    list_select_related = ["event"]
    search_fields = ["=number", "hash"]
    ordering = ["-number"]


@admin.register(RecordVersion)
class RecordVersionAdmin(ReadOnlyAdmin):
    """Each state of each record that is kept."""

    list_display = ["at", "subject_type", "subject_id", "number", "event"]
    list_select_related = ["event"]
    list_filter = ["subject_type", "at"]
    search_fields = ["=subject_id"]
    ordering = ["-at", "-pk"]


@admin.register(ReferenceRow)
class ReferenceRowAdmin(ReadOnlyAdmin):
    """What the reference data said when it was last loaded."""

    list_display = ["model", "key"]
    list_filter = ["model"]
    search_fields = ["key"]
    ordering = ["model", "key", "pk"]


@admin.register(OutboxEntry)
class OutboxEntryAdmin(ReadOnlyAdmin):
    """What changes have caused, done or still to come. Its arguments are keys and dates, never an address or a text."""

    list_display = ["asked_at", "task", "arguments", "status", "tries", "fault", "due_at", "ended_at"]
    list_filter = ["status", "task", "asked_at"]
    search_fields = ["task", "=pk"]
    ordering = ["-asked_at", "-pk"]
