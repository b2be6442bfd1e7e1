"""Measures of success in the back office."""

from django.contrib import admin

from core.backoffice import ReadOnlyAdmin
from evaluation.models import DeliveredSession, EarlierTarget, FeedbackForm, Learning, Measure, MeasureSuggestion, Result


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


@admin.register(Result)
class ResultAdmin(ReadOnlyAdmin):
    """What each collection showed."""

    list_display = ["measure", "moment", "due_on", "collected_on", "value"]
    list_select_related = ["measure"]
    list_filter = ["moment", "due_on"]
    search_fields = ["measure__outcome", "measure__engagement__reference"]
    ordering = ["-due_on", "-pk"]


@admin.register(EarlierTarget)
class EarlierTargetAdmin(ReadOnlyAdmin):
    """Targets that others have taken the place of."""

    list_display = ["measure", "target", "due_on", "replaced_at", "replaced_by"]
    list_select_related = ["measure", "replaced_by"]
    search_fields = ["measure__outcome", "measure__engagement__reference"]
    ordering = ["-replaced_at", "-pk"]


@admin.register(FeedbackForm)
class FeedbackFormAdmin(ReadOnlyAdmin):
    """What was asked of those who took part, never what they answered: the links and the answers have no page."""

    list_display = ["planned_intervention", "kind", "opened_at", "closes_on", "closed_at"]
    list_select_related = ["planned_intervention"]
    list_filter = ["kind"]
    search_fields = ["planned_intervention__title", "planned_intervention__engagement__reference"]
    ordering = ["-created_at", "-pk"]


@admin.register(Learning)
class LearningAdmin(ReadOnlyAdmin):
    """What was learned, and what became of it."""

    list_display = ["planned_intervention", "engagement", "sharing", "proposed_at", "accepted_at", "declined_at"]
    list_select_related = ["planned_intervention", "engagement"]
    list_filter = ["sharing"]
    search_fields = ["worked", "evidence", "engagement__reference"]
    ordering = ["-written_at", "-pk"]


@admin.register(DeliveredSession)
class DeliveredSessionAdmin(ReadOnlyAdmin):
    """What was delivered."""

    list_display = ["planned_intervention", "held_on", "attended"]
    list_select_related = ["planned_intervention"]
    list_filter = ["held_on"]
    search_fields = ["planned_intervention__title", "planned_intervention__engagement__reference"]
    ordering = ["-held_on", "-pk"]
