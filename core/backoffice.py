"""The back office: Django's admin, to look things up in, for national admins alone.

Nothing is written there. Every write of the portal is an action with its row in the audit trail and a page of its own
(docs/decisions/back-office.md).
"""

from __future__ import annotations

from functools import update_wrapper
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import admin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.decorators import login_not_required
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_http_methods

from core import accesses, drafts
from core.keys import repeatable

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import Model, QuerySet
    from django.http import HttpRequest, HttpResponse, HttpResponseBase
    from django.urls import URLPattern, URLResolver

# Of what Django's admin offers beside looking: people sign in and out and change their password on the portal's own pages.
NOT_OFFERED = {"logout", "password_change", "password_change_done"}


class BackOffice(admin.AdminSite):
    """The site behind /admin/: signed in to as everywhere else, open to national admins, not there for anybody else."""

    site_title = site_header = "Back office of the Systems Leadership Portal"
    index_title = "Look things up"

    def register(self, model_or_iterable: Any, admin_class: type[Any] | None = None, **options: Any) -> None:
        """Take in what can only be read; the pages that packages bring along write."""
        if admin_class is not None and issubclass(admin_class, ReadOnlyAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Tell whether somebody is a national admin."""
        return is_open_to(request.user)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Let nobody else who has signed in learn that there is such a page."""
        # Its own scripts carry no nonce: here a script is let in by where it comes from, our own files, and none within a page.
        inner = csp_replace({"script-src": [SELF]})(super().admin_view(view, cacheable))

        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated and not self.has_permission(request):
                raise Http404
            return inner(request, *args, **kwargs)

        return update_wrapper(checked, view)

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Leave out what the portal has pages of its own for."""
        urls: list[URLPattern | URLResolver] = super().get_urls()
        return [url for url in urls if getattr(url, "name", None) not in NOT_OFFERED]

    @method_decorator(login_not_required)
    @method_decorator(repeatable)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send a stranger to the portal's own sign-in, and from there to the page of the back office that they asked for."""
        index = reverse("admin:index")
        wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
        is_within = wanted.startswith(index) and ".." not in wanted and drafts.is_own_page(wanted)
        after = wanted if is_within else index
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: after})}")
        if not self.has_permission(request):
            raise Http404
        return redirect(after)


class ReadOnlyAdmin(admin.ModelAdmin):
    """How one kind of record is looked up: every column but the secret ones, and nothing to change."""

    # Columns that nobody is shown: hashes of passwords, keys of links.
    secret: set[str] = set()
    actions = None
    list_per_page = 50
    list_max_show_all = 50
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Tell whether somebody is a national admin."""
        return is_open_to(request.user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether somebody is a national admin."""
        return is_open_to(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Let nobody add: that is an action of the portal."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let nobody change: that is an action of the portal."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let nobody delete: that is an action of the portal."""
        return False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Let no address ask for a secret column, piece by piece, of this kind or of what it leads to."""
        kept = {name for known in self.admin_site._registry.values() for name in getattr(known, "secret", ())}
        return kept.isdisjoint(lookup.split("__")) and super().lookup_allowed(lookup, value, request)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Show every column and relation but the secret ones, those that no form changes included."""
        columns = [field.name for field in (*self.opts.concrete_fields, *self.opts.many_to_many)]
        return [name for name in columns if name not in self.secret]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[Any]:
        """Show all of them as words."""
        return self.get_fields(request, obj)

    @method_decorator(require_http_methods(["GET", "HEAD", "POST"]))
    @method_decorator(repeatable)
    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show one record, and write down who has looked it up."""
        response = super().change_view(request, object_id, form_url, extra_context)
        record = (getattr(response, "context_data", None) or {}).get("original")
        if record is not None:
            accesses.note_look(request, record, "looked up")
        return response

    def history_view(self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Lead to what the portal's own audit trail tells of the record."""
        query = {"subject_type": self.opts.label_lower, "subject_id": object_id}
        return redirect(f"{reverse('admin:core_auditevent_changelist')}?{urlencode(query)}")


class RetiredFilter(admin.SimpleListFilter):
    """Tells what can be chosen today from what was retired."""

    title = "retired"
    parameter_name = "retired"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Name the two sides."""
        return [("no", "Can be chosen today"), ("yes", "Retired")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow to one side."""
        return queryset if self.value() is None else queryset.filter(retired_at__isnull=self.value() == "no")


def is_open_to(user: Any) -> bool:
    """Tell whether the back office is open to somebody: to national admins."""
    return bool(user.is_authenticated and user.is_active and user.is_national_admin)
