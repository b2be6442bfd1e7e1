"""Measures of success in the back office."""

from django.contrib import admin

from core.backoffice import ReadOnlyAdmin
from evaluation.models import Measure, MeasureSuggestion


@admin.register(Measure)
class MeasureAdmin(ReadOnlyAdmin):
    """What shows whether it worked."""

    list_display = ["outcome", "level", "kind", "owner", "due_on", "engagement"]
    list_select_related = ["engagement"]
    list_filter = ["level", "kind", "due_on"]
    search_fields = ["outcome", "owner", "engagement__reference"]
    ordering = ["-pk"]


@admin.register(MeasureSuggestion)
class MeasureSuggestionAdmin(ReadOnlyAdmin):
    """Measures that the framework suggests for an intervention."""

    list_display = ["outcome", "intervention", "level", "kind"]
    list_select_related = ["intervention"]
    list_filter = ["level", "kind"]
    search_fields = ["outcome", "intervention__name"]
    ordering = ["intervention__position", "position", "pk"]
