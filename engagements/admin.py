"""Engagements in the back office: to be read, as national admins read them everywhere."""

from django.contrib import admin

from core.backoffice import ReadOnlyAdmin
from engagements.models import (
    BriefFile,
    ClientLead,
    Comment,
    Criterion,
    CriterionCheck,
    Decision,
    EarlyStart,
    Engagement,
    FundingLine,
    Message,
    ParticipantGroup,
    Place,
    PlannedIntervention,
    PlanVersion,
    Priority,
    Purpose,
    StatusChange,
    VersionReading,
)


@admin.register(Engagement)
class EngagementAdmin(ReadOnlyAdmin):
    """Every engagement of the country."""

    list_display = ["reference", "title", "client", "lead_region", "lead_consultant", "status", "created_at"]
    list_select_related = ["lead_region", "lead_consultant"]
    list_filter = ["status", "lead_region", "client_kind", "created_at"]
    search_fields = ["reference", "title", "client", "lead_consultant__full_name"]
    ordering = ["-created_at", "-pk"]


class _OfAnEngagement(ReadOnlyAdmin):
    """A line of an engagement's plan, found by its own words or by the engagement."""

    list_display = ["__str__", "engagement"]
    list_select_related = ["engagement"]
    list_filter = ["engagement__lead_region"]
    search_fields = ["engagement__reference", "engagement__title"]
    ordering = ["-pk"]


class _OfAVersion(ReadOnlyAdmin):
    """Something that belongs to one submitted version of a plan."""

    list_display = ["__str__", "version__engagement", "version"]
    list_select_related = ["version__engagement"]
    search_fields = ["version__engagement__reference"]
    ordering = ["-pk"]


@admin.register(ParticipantGroup)
class ParticipantGroupAdmin(_OfAnEngagement):
    """Groups of people whom engagements are for."""

    list_display = ["name", "organisation", "sector", "headcount", "engagement"]
    list_select_related = ["engagement", "organisation"]
    search_fields = ["name", "engagement__reference"]


@admin.register(Place)
class PlaceAdmin(_OfAnEngagement):
    """Where engagements happen."""

    list_display = ["__str__", "level", "engagement"]
    list_select_related = ["engagement", "footprint", "site"]
    search_fields = ["name", "footprint__name", "site__name", "engagement__reference"]


@admin.register(Purpose)
class PurposeAdmin(_OfAnEngagement):
    """What engagements are for."""

    search_fields = ["statement", "engagement__reference"]


@admin.register(Priority)
class PriorityAdmin(_OfAnEngagement):
    """What must change, in the order of the plan."""

    list_display = ["statement", "position", "engagement"]
    search_fields = ["statement", "engagement__reference"]


@admin.register(PlannedIntervention)
class PlannedInterventionAdmin(_OfAnEngagement):
    """What is planned, from the menu or made for the client."""

    list_display = ["title", "intervention", "sourcing_route", "provider", "starts_on", "engagement"]
    list_select_related = ["engagement", "intervention", "provider"]
    list_filter = ["sourcing_route", "engagement__lead_region"]
    search_fields = ["title", "menu_name", "engagement__reference"]


@admin.register(ClientLead)
class ClientLeadAdmin(_OfAnEngagement):
    """Leaders on the client's side, with those who were taken off."""

    list_display = ["user", "organisation", "is_signatory", "removed_at", "engagement"]
    list_select_related = ["engagement", "user", "organisation"]
    list_filter = ["is_signatory", "removed_at"]
    search_fields = ["user__full_name", "engagement__reference"]


@admin.register(EarlyStart)
class EarlyStartAdmin(_OfAnEngagement):
    """Work that began before its plan was signed."""

    list_display = ["engagement", "by_name", "at"]


@admin.register(StatusChange)
class StatusChangeAdmin(_OfAnEngagement):
    """Where engagements have stood."""

    list_display = ["at", "engagement", "from_status", "to_status", "by"]
    list_select_related = ["engagement", "by"]
    list_filter = ["to_status", "at"]


@admin.register(Message)
class MessageAdmin(_OfAnEngagement):
    """Messages that ask somebody to act, and what became of each."""

    secret = {"key"}
    list_display = ["kind", "engagement", "status", "tries", "created_at", "sent_at", "sent_to"]
    list_filter = ["status", "kind", "created_at"]


@admin.register(FundingLine)
class FundingLineAdmin(ReadOnlyAdmin):
    """Where the money comes from."""

    list_display = ["source", "amount", "certainty", "planned_intervention"]
    list_select_related = ["planned_intervention"]
    list_filter = ["certainty"]
    search_fields = ["source", "planned_intervention__engagement__reference"]
    ordering = ["-pk"]


@admin.register(Criterion)
class CriterionAdmin(ReadOnlyAdmin):
    """The five useful criteria."""

    list_display = ["short_name", "text", "position", "version"]
    search_fields = ["short_name", "text"]
    ordering = ["position", "pk"]


@admin.register(CriterionCheck)
class CriterionCheckAdmin(ReadOnlyAdmin):
    """What somebody wrote about a finding."""

    list_display = ["planned_intervention", "criterion", "worked_out", "overruled_to", "by", "at"]
    list_select_related = ["planned_intervention", "criterion", "by"]
    list_filter = ["criterion", "overruled_to"]
    search_fields = ["reason", "planned_intervention__engagement__reference"]
    ordering = ["-at", "-pk"]


@admin.register(PlanVersion)
class PlanVersionAdmin(ReadOnlyAdmin):
    """What was submitted, as it was submitted."""

    list_display = ["engagement", "number", "outcome", "submitted_by_name", "submitted_at", "settled_at"]
    list_select_related = ["engagement"]
    list_filter = ["outcome", "submitted_at"]
    search_fields = ["engagement__reference", "engagement__title", "=content_hash"]
    ordering = ["-submitted_at", "-pk"]


@admin.register(Decision)
class DecisionAdmin(_OfAVersion):
    """Who agreed, and who asked for changes."""

    list_display = ["version__engagement", "version", "name", "on_behalf_of", "outcome", "at"]
    list_filter = ["outcome", "at"]
    search_fields = ["name", "version__engagement__reference"]


@admin.register(BriefFile)
class BriefFileAdmin(_OfAVersion):
    """Signed briefs, by their fingerprint. The files are read on the engagement's own pages."""

    secret = {"file"}
    list_display = ["version__engagement", "version", "sha256", "created_at"]


@admin.register(Comment)
class CommentAdmin(_OfAVersion):
    """What clients and consultants said about a version."""

    list_display = ["at", "version__engagement", "version", "section_title", "author_name", "resolved_at"]
    list_filter = ["at", "resolved_at"]
    search_fields = ["text", "author_name", "version__engagement__reference"]


@admin.register(VersionReading)
class VersionReadingAdmin(_OfAVersion):
    """Who has opened which version."""

    list_display = ["at", "version__engagement", "version", "user"]
    list_select_related = ["version__engagement", "user"]
    search_fields = ["user__full_name", "version__engagement__reference"]
