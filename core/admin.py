"""The core in the back office: what happened, and every version that was kept. Drafts, keys and sessions are nobody's to look up."""

from django.contrib import admin

from core.backoffice import ReadOnlyAdmin
from core.models import AuditEvent, RecordVersion, ReferenceRow


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """Who did what, the newest first."""

    list_display = ["at", "actor", "verb", "subject_label", "trail"]
    list_select_related = ["actor"]
    list_filter = ["at", "subject_type"]
    search_fields = ["subject_label", "verb", "trail", "actor__full_name"]
    ordering = ["-at", "-pk"]


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
