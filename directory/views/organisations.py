"""Pages on which admins keep the directory of organisations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.forms import PortalForm
from core.history import history_page, version_page
from core.names import Likeness
from core.pages import form_page, post_action
from core.reading import Relation, prefetch_in_one_query
from directory import actions, forms, permissions, policies
from directory.enums import ORGANISATIONS_EACH_PAGE
from directory.models import Footprint, Organisation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.core.paginator import Page
    from django.http import HttpResponse

    from core.names import Found
    from core.requests import PortalRequest

LIST = "directory:organisation_list"
# How a search found a row, in words (P25).
LIKENESS_WORDS = {
    Likeness.EXACT: "Exactly what you typed",
    Likeness.STARTS: "Starts with what you typed",
    Likeness.HOLDS: "Has these words in its name, another name or its code",
    Likeness.NEAR: "Much like what you typed",
}


@dataclass(frozen=True)
class Row:
    """One organisation of the list, with the number of places where it is named."""

    organisation: Organisation
    uses: int


@dataclass(frozen=True)
class RowGroup:
    """Rows that were found in the same way."""

    label: str
    rows: list[Row]


@require_safe
def organisation_list(request: PortalRequest) -> HttpResponse:
    """Show the organisations, narrowed to what the address asks for."""
    require_keeper(request)
    filters = forms.OrganisationFilterForm.read(request.GET, areas=Footprint.objects.order_by("name", "pk"))
    narrowed = filters.narrow(Organisation.objects.all())
    found = narrowed.closest(filters.search) if filters.search else narrowed.order_by("name", "pk").values_list("pk", flat=True)
    page = Paginator(found, ORGANISATIONS_EACH_PAGE).get_page(request.GET.get("page"))
    context = {
        "crumbs": crumbs()[:-1],
        "filters": filters,
        "page": page,
        "groups": _groups(page, is_search=bool(filters.search)),
        "count": page.paginator.count,
        "list_url": reverse(LIST),
    }
    return TemplateResponse(request, "directory/organisation_list.html", context)


@require_safe
def organisation_detail(request: PortalRequest, pk: int) -> HttpResponse:
    """Show one organisation, where it stands and what can be done with it."""
    organisation = load_organisation(request, pk)
    context = about(organisation) | {
        "crumbs": crumbs(),
        "groups": policies.grouped(policies.mentions_of(organisation, request.user)),
        "merges": policies.merges_of(organisation),
    }
    return TemplateResponse(request, "directory/organisation_detail.html", context)


@require_http_methods(["GET", "POST"])
def organisation_create(request: PortalRequest) -> HttpResponse:
    """Add an organisation; one that is much like another is asked about first."""
    require_keeper(request)
    form = forms.NewOrganisationForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.chosen is not None:
        return redirect(form.chosen)
    return form_page(
        request,
        form=form,
        save=partial(actions.create_organisation, by=request.user),
        template="directory/organisation_create.html",
        done=lambda added: added.get_absolute_url(),
        context={"crumbs": crumbs(), "back": reverse(LIST)},
    )


@require_http_methods(["GET", "POST"])
def organisation_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Change what the directory says of an organisation."""
    organisation = load_organisation(request, pk)
    return form_page(
        request,
        form=forms.OrganisationForm(request.POST or None, instance=load_organisation(request, pk)),
        save=partial(actions.change_organisation, organisation=organisation, by=request.user),
        template="directory/organisation_edit.html",
        done=organisation.get_absolute_url(),
        context=about(organisation) | {"blockers": policies.changing_organisation_blockers(organisation)},
    )


@require_http_methods(["GET", "POST"])
def organisation_close(request: PortalRequest, pk: int) -> HttpResponse:
    """Say what closing means and where the organisation stands, then mark it as closed."""
    organisation = load_organisation(request, pk)
    mentions = policies.mentions_of(organisation, request.user)

    def close(**_: object) -> None:
        actions.close_organisation(organisation=organisation, by=request.user)

    return form_page(
        request,
        form=PortalForm(request.POST or None),
        save=close,
        template="directory/organisation_close.html",
        done=organisation.get_absolute_url(),
        context=about(organisation)
        | {
            "blockers": policies.closing_organisation_blockers(organisation),
            "open_plans": policies.open_plans(mentions),
            "groups": policies.grouped(mention for mention in mentions if mention.whole),
        },
    )


@require_POST
def organisation_reopen(request: PortalRequest, pk: int) -> HttpResponse:
    """Let a closed organisation be chosen again."""
    organisation = load_organisation(request, pk)
    reopen = partial(actions.reopen_organisation, organisation=organisation, by=request.user)
    return post_action(request, act=reopen, done=organisation.get_absolute_url())


@require_safe
def organisation_history(request: PortalRequest, pk: int) -> HttpResponse:
    """Tell who changed what of an organisation, and when."""
    organisation = load_organisation(request, pk)
    return history_page(request, organisation, template="directory/organisation_history.html", context=about(organisation))


@require_http_methods(["GET", "POST"])
def organisation_version(request: PortalRequest, pk: int, number: int) -> HttpResponse:
    """Show one version of an organisation beside what it says now, and go back to it."""
    organisation = load_organisation(request, pk)
    history = reverse("directory:organisation_history", args=[pk])
    can_change = not policies.changing_organisation_blockers(organisation)
    context = about(organisation)
    context["crumbs"] = [*crumbs(), (organisation.name, organisation.get_absolute_url()), ("History", history)]
    return version_page(
        request,
        organisation,
        number,
        change=partial(actions.change_organisation, organisation=organisation, by=request.user) if can_change else None,
        template="directory/organisation_version.html",
        done=history,
        context=context,
    )


def require_keeper(request: PortalRequest) -> None:
    """Refuse whoever does not keep organisations."""
    if not permissions.can_keep_organisations(request.user):
        raise PermissionDenied


def load_organisation(request: PortalRequest, pk: int) -> Organisation:
    """Return an organisation, with the one that it was merged into."""
    require_keeper(request)
    return get_object_or_404(Organisation.objects.select_related("merged_into"), pk=pk)


def crumbs() -> list[tuple[str, str]]:
    """Return the way to the list of organisations."""
    return [("Home", reverse("home")), ("Manage", reverse("manage")), ("Organisations", reverse(LIST))]


def about(organisation: Organisation) -> dict[str, object]:
    """Return what every page of one organisation shows."""
    return {
        "organisation": organisation,
        "name": organisation.name,
        "back": organisation.get_absolute_url(),
        "crumbs": [*crumbs(), (organisation.name, organisation.get_absolute_url())],
    }


def _groups(page: Page, *, is_search: bool) -> list[RowGroup]:
    """Return the rows of a page; those of a search by how they were found."""
    found: Sequence[Found] = list(page) if is_search else []
    keys = [one.key for one in found] if is_search else list(page)
    rows = Organisation.objects.select_related("merged_into").in_bulk(keys)
    shown = [rows[key] for key in keys if key in rows]
    prefetch_in_one_query([Relation(shown, "footprints", order=lambda area: area.number)])
    uses: Mapping[int, int] = policies.mention_counts(shown)
    told = {organisation.pk: Row(organisation, uses.get(organisation.pk, 0)) for organisation in shown}
    if not is_search:
        return [RowGroup("", list(told.values()))] if told else []
    return [
        RowGroup(LIKENESS_WORDS[likeness], [told[one.key] for one in group if one.key in told])
        for likeness, group in groupby(found, key=lambda one: one.likeness)
    ]
