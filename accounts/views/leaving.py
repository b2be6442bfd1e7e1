"""Pages of somebody who leaves: who takes over what, in one step, and what has moved (P11)."""

from __future__ import annotations

from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions, forms, policies
from accounts.enums import HANDED_OVER
from accounts.models import User
from accounts.views.people import LOOKED_AT, about_person, load_person, person_url, show_person
from core import accesses
from core.models import AuditEvent
from core.pages import form_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from core.requests import PortalRequest


@require_http_methods(["GET", "POST"])
def person_leave(request: PortalRequest, pk: int) -> HttpResponse:
    """Show everything that waits on a person; hand it over and close their account, all in one step."""
    person = show_person(request, pk)
    works = policies.open_work_of(person, request.user)
    is_self = person.pk == request.user.pk
    can_leave = bool(works) or (person.is_active and not is_self)
    return form_page(
        request,
        form=forms.LeaveForm(request.POST or None, person=person, works=works, is_own=is_self),
        save=partial(actions.hand_over_work, person=person, by=request.user),
        template="accounts/person_leave.html",
        done=lambda left: reverse("accounts:person_left", args=[left.pk]) if works else person_url(left),
        context=about_person(person)
        | {
            "works": works,
            "kinds": [(kind, len(list(rows))) for kind, rows in groupby(works, key=lambda work: work.kind)],
            "can_leave": can_leave,
            "is_self": is_self,
        },
    )


@require_safe
def person_left(request: PortalRequest, pk: int) -> HttpResponse:
    """Tell what was handed over of a person last, to whom and by whom, as the history keeps it."""
    person = load_person(request, pk)
    events = AuditEvent.objects.filter(subject_type=User._meta.label_lower, subject_id=person.pk, verb=HANDED_OVER)
    event = events.select_related("actor").order_by("-at", "-pk").first()
    if event is None:
        raise Http404
    accesses.note_look(request, person, LOOKED_AT)
    rows = _told_to(request.user, event.changes)
    context = about_person(person) | {
        "event": event,
        "groups": [(kind, list(moved)) for kind, moved in groupby(rows, key=itemgetter("kind"))],
        "count": len(rows),
    }
    return TemplateResponse(request, "accounts/person_left.html", context)


def _told_to(user: User, changes: Sequence[Any]) -> list[dict[str, Any]]:
    """Tell what moved: title, address and successor only of what somebody may read today, of the rest its reference and the part (S5)."""
    names = policies.work_names({change["label"] for change in changes}, user)
    people = User.objects.in_bulk({change["to"] for change in changes if change["to"]})
    rows = []
    for change in changes:
        title, url = names.get(change["label"], (change["label"], ""))
        to = str(people[change["to"]]) if change["to"] else "Nobody"
        rows.append({"kind": change["kind"], "label": f"{title}: {change['new']}", "url": url, "to": to if url else ""})
    return rows
