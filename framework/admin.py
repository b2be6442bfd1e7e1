"""The framework in the back office."""

from django.contrib import admin

from core.backoffice import ReadOnlyAdmin, RetiredFilter
from framework.models import Behaviour, Domain, ForwardViewStep, LeadershipRole, Resource


@admin.register(Domain)
class DomainAdmin(ReadOnlyAdmin):
    """The four domains."""

    list_display = ["name", "slug", "position", "version"]
    search_fields = ["name", "aim"]
    ordering = ["position", "pk"]


@admin.register(LeadershipRole)
class LeadershipRoleAdmin(ReadOnlyAdmin):
    """Leadership roles, with those that were replaced."""

    list_display = ["text", "domain", "row", "retired_at"]
    list_select_related = ["domain"]
    list_filter = ["domain", RetiredFilter]
    search_fields = ["text"]
    ordering = ["domain__position", "row", "pk"]


@admin.register(Behaviour)
class BehaviourAdmin(ReadOnlyAdmin):
    """Behaviours, with those that were replaced."""

    list_display = ["text", "domain", "row", "position", "retired_at"]
    list_select_related = ["domain"]
    list_filter = ["domain", RetiredFilter]
    search_fields = ["text"]
    ordering = ["domain__position", "row", "position", "pk"]


@admin.register(ForwardViewStep)
class ForwardViewStepAdmin(ReadOnlyAdmin):
    """Forward View steps, with those that were replaced."""

    list_display = ["name", "kind", "code", "position", "retired_at"]
    list_filter = ["kind", RetiredFilter]
    search_fields = ["name", "code", "description"]
    ordering = ["kind", "position", "pk"]


@admin.register(Resource)
class ResourceAdmin(ReadOnlyAdmin):
    """Models and toolkits beside the menu."""

    list_display = ["name", "address", "position", "retired_at"]
    list_filter = [RetiredFilter]
    search_fields = ["name", "description"]
    ordering = ["position", "pk"]
