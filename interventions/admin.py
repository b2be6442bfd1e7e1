"""The menu in the back office."""

from django.contrib import admin

from core.backoffice import ReadOnlyAdmin, RetiredFilter
from interventions.models import Intervention, MenuProposal, Provider, RegionalOffer


@admin.register(Intervention)
class InterventionAdmin(ReadOnlyAdmin):
    """The national menu and the regional extras, with what was retired."""

    list_display = ["name", "main_domain", "region", "version", "retired_at"]
    list_select_related = ["main_domain", "region"]
    list_filter = ["main_domain", RetiredFilter, "region"]
    search_fields = ["name", "summary", "description"]
    ordering = ["main_domain__position", "position", "pk"]


@admin.register(Provider)
class ProviderAdmin(ReadOnlyAdmin):
    """Who delivers."""

    list_display = ["name", "kind", "contact", "is_active", "version"]
    list_filter = ["kind", "is_active", "regions"]
    search_fields = ["name", "contact", "notes"]
    ordering = ["name", "pk"]


@admin.register(RegionalOffer)
class RegionalOfferAdmin(ReadOnlyAdmin):
    """What each region offers of the menu."""

    list_display = ["intervention", "region", "availability", "last_checked_on", "last_checked_by"]
    list_select_related = ["intervention", "region", "last_checked_by"]
    list_filter = ["region", "availability", "last_checked_on"]
    search_fields = ["intervention__name", "notes", "contact"]
    ordering = ["region__name", "intervention__position", "pk"]


@admin.register(MenuProposal)
class MenuProposalAdmin(ReadOnlyAdmin):
    """What regions proposed for the national menu, and what became of it."""

    list_display = ["at", "region", "intervention", "by", "outcome", "answered_by", "answered_at"]
    list_select_related = ["region", "intervention", "by", "answered_by"]
    list_filter = ["outcome", "region", "at"]
    search_fields = ["intervention__name", "reason", "answer"]
    ordering = ["-at", "-pk"]
