"""Pages on which admins keep people: who there is, inviting, changing, and what became of each of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, forms, permissions, policies
from accounts.enums import HANDED_OVER, PEOPLE_EACH_PAGE
from accounts.models import Invitation, User
from core import accesses, second_factor
from core.history import EVENTS_EACH_PAGE
from core.models import AuditEvent
from core.pages import form_page, post_action
from core.sessions import sessions_of
from directory.models import Region

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest

LIST = "accounts:person_list"
# What the audit trail says of an admin who opens somebody's account.
LOOKED_AT = "looked at the account of"


def load_person(request: PortalRequest, pk: int) -> User:
    """Return a person whose account the admin keeps; anybody else is not there for them."""
    if not permissions.can_keep_people(request.user):
        raise PermissionDenied
    kept = policies.people_kept_by(request.user).select_related("region", "organisation")
    person: User = get_object_or_404(kept, pk=pk)
    return person


def show_person(request: PortalRequest, pk: int) -> User:
    """Return a person for a page that shows their account, and write down that the admin looks at it."""
    person = load_person(request, pk)
    accesses.note_look(request, person, LOOKED_AT)
    return person


def person_crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """Return where a page about people stands."""
    return [("Home", reverse("home")), ("Manage", reverse("manage")), *more]


def about_person(person: User) -> dict[str, Any]:
    """Return what every page about one person shows; the name as it stands, whatever a form has made of it."""
    crumbs = person_crumbs(("People", reverse(LIST)), (person.full_name, person_url(person)))
    return {"crumbs": crumbs, "person": person, "name": person.full_name, "back": person_url(person)}


def person_url(person: User) -> str:
    """Return the address of the page of one person."""
    return reverse("accounts:person_edit", args=[person.pk])


@require_safe
def person_list(request: PortalRequest) -> HttpResponse:
    """Show the people whose accounts the admin keeps, narrowed to what the address asks for."""
    user = request.user
    if not permissions.can_keep_people(user):
        raise PermissionDenied
    regions = Region.objects.order_by("name", "pk") if user.is_national_admin else ()
    filters = forms.PersonFilterForm.read(request.GET, regions=regions, user=user)
    found = filters.narrow(policies.people_kept_by(user)).select_related("region", "organisation").order_by("full_name", "pk")
    page = Paginator(found, PEOPLE_EACH_PAGE).get_page(request.GET.get("page"))
    context = {
        "crumbs": person_crumbs(),
        "filters": filters,
        "page": page,
        "count": page.paginator.count,
        "can_invite": permissions.can_invite_person(user),
        "is_national": user.is_national_admin,
        "list_url": reverse(LIST),
    }
    return TemplateResponse(request, "accounts/person_list.html", context)


@require_http_methods(["GET", "POST"])
def person_create(request: PortalRequest) -> HttpResponse:
    """Invite a colleague."""
    if not permissions.can_invite_person(request.user):
        raise PermissionDenied
    return form_page(
        request,
        form=forms.PersonForm(request.POST or None, user=request.user),
        save=partial(actions.create_person, by=request.user),
        template="accounts/person_create.html",
        done=person_url,
        context={
            "crumbs": person_crumbs(("People", reverse(LIST))),
            "back": reverse(LIST),
            "region": request.user.region,
        },
    )


@require_http_methods(["GET", "POST"])
def person_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Show one person, and change what they are called, do and may do."""
    person = show_person(request, pk)
    # A role opens doors: whoever gives one shows that it is they.
    if (
        request.method == "POST"
        and request.POST.get("role", person.role) != person.role
        and second_factor.is_step_up_due(request)
    ):
        return second_factor.ask_again(person_url(person), request)
    invitation = Invitation.objects.for_trail(policies.invitation_trail(person)).order_by("-created_at", "-pk").first()
    return form_page(
        request,
        form=forms.PersonEditForm(request.POST or None, instance=load_person(request, pk), user=request.user),
        save=partial(actions.change_person, person=person, by=request.user),
        template="accounts/person_edit.html",
        done=reverse(LIST),
        context=about_person(person)
        | {
            "crumbs": person_crumbs(("People", reverse(LIST))),
            "back": reverse(LIST),
            "invited": policies.invited_words(person, invitation, timezone.now()),
            "is_invited": invitation is not None,
            "is_unsent": invitation is not None and invitation.failed_at is not None,
            "can_send": person.last_login is None and not policies.sending_blockers(person),
            "is_self": person.pk == request.user.pk,
            "signed_in": sessions_of(person, timezone.now()),
            "can_reset_factor": permissions.can_reset_second_factor(request.user, person),
            "was_handed_over": _hand_overs(person).exists(),
        },
    )


@require_POST
def person_invite(request: PortalRequest, pk: int) -> HttpResponse:
    """Send a colleague the link to the portal again."""
    person = load_person(request, pk)

    def send() -> None:
        actions.send_invitation(person=person, by=request.user)
        messages.success(request, f"A new link is on its way to {person.email}.")

    return post_action(request, act=send, done=person_url(person))


@require_POST
def person_reactivate(request: PortalRequest, pk: int) -> HttpResponse:
    """Open a closed account again."""
    person = load_person(request, pk)

    def reopen() -> None:
        actions.reactivate_person(person=person, by=request.user)
        messages.success(request, f"{person} can sign in again. Nothing that was handed over has come back.")

    return post_action(request, act=reopen, done=person_url(person))


@require_safe
def person_history(request: PortalRequest, pk: int) -> HttpResponse:
    """Tell what was done to an account: role, links, closing and handing over (P19)."""
    person = show_person(request, pk)
    links = Invitation.objects.for_trail(policies.invitation_trail(person)).values("pk")
    own = Q(subject_type=User._meta.label_lower, subject_id=person.pk)
    of_links = Q(subject_type=Invitation._meta.label_lower, subject_id__in=links)
    events = AuditEvent.objects.filter(own | of_links).select_related("actor").order_by("-at", "-pk")
    page = Paginator(events, EVENTS_EACH_PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(request, "accounts/person_history.html", about_person(person) | {"page": page, "versions_url": ""})


def _hand_overs(person: User) -> Any:
    """Return the events that tell what was handed over of a person, the newest first."""
    events = AuditEvent.objects.filter(subject_type=User._meta.label_lower, subject_id=person.pk, verb=HANDED_OVER)
    return events.select_related("actor").order_by("-at", "-pk")
