"""People and invitations in the back office, without anything that lets somebody sign in."""

from django.contrib import admin

from accounts.models import Invitation, User
from core.backoffice import ReadOnlyAdmin


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """Everybody who has or had an account."""

    secret = {"password", "session_mark"}
    list_display = ["full_name", "email", "role", "region", "organisation", "is_active", "last_login"]
    list_select_related = ["region", "organisation"]
    list_filter = ["role", "is_active", "region"]
    search_fields = ["full_name", "email", "job_title"]
    ordering = ["full_name", "pk"]


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """To whom links were sent, and until when they lead somewhere."""

    secret = {"key"}
    list_display = ["person", "target", "created_at", "expires_at", "revoked_at"]
    list_select_related = ["person"]
    list_filter = ["created_at", "expires_at"]
    search_fields = ["person__full_name", "person__email", "trail"]
    ordering = ["-created_at", "-pk"]
