"""The core in the back office: what happened, what it caused, and every version that was kept. Drafts, keys and sessions are nobody's to look up."""

from django.contrib import admin

from core.backoffice import ReadOnlyAdmin
from core.models import AuditEvent, AuditLink, OutboxEntry, RecordVersion, ReferenceRow


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Who did what, the newest first."""

    list_display = ["at", "actor", "verb", "subject_label", "trail"]
    list_select_related = ["actor"]
    list_filter = ["at", "subject_type"]
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
