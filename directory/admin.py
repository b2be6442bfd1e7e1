"""The directory in the back office."""

from django.contrib import admin

from core.backoffice import ReadOnlyAdmin
from directory.models import ContactPoint, Footprint, Organisation, OrganisationMerge, Region, Site


@admin.register(Region)
class RegionAdmin(ReadOnlyAdmin):
    """The ten LDP regions."""

    list_display = ["name", "code", "slug", "nudged_on"]
    search_fields = ["name", "code"]
    ordering = ["name", "pk"]


@admin.register(ContactPoint)
class ContactPointAdmin(ReadOnlyAdmin):
    """How each region can be reached."""

    list_display = ["value", "kind", "label", "region", "last_checked_on", "last_checked_by"]
    list_select_related = ["region", "last_checked_by"]
    list_filter = ["region", "kind", "last_checked_on"]
    search_fields = ["value", "label"]
    ordering = ["region__name", "position", "pk"]


@admin.register(Footprint)
class FootprintAdmin(ReadOnlyAdmin):
    """The 44 STP areas."""

    list_display = ["number", "name", "lead_region", "nhs_england_region", "population"]
    list_select_related = ["lead_region"]
    list_filter = ["lead_region", "nhs_england_region"]
    search_fields = ["name", "other_names", "=number", "ons_code"]
    ordering = ["number", "pk"]


@admin.register(Site)
class SiteAdmin(ReadOnlyAdmin):
    """Vanguard and pioneer sites."""

    list_display = ["name", "kind", "new_care_model", "place"]
    list_filter = ["kind", "new_care_model"]
    search_fields = ["name", "place"]
    ordering = ["name", "pk"]


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    """Organisations, with those that were closed or merged."""

    list_display = ["name", "sector", "ods_code", "is_active", "merged_into"]
    list_select_related = ["merged_into"]
    list_filter = ["sector", "is_active"]
    search_fields = ["name", "other_names", "ods_code"]
    ordering = ["name", "pk"]


@admin.register(OrganisationMerge)
class OrganisationMergeAdmin(ReadOnlyAdmin):
    """Which organisation was merged into which."""

    list_display = ["at", "dropped", "kept", "by", "undone_at"]
    list_select_related = ["dropped", "kept", "by"]
    list_filter = ["at"]
    search_fields = ["dropped__name", "kept__name"]
    ordering = ["-at", "-pk"]
