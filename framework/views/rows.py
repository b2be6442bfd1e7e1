"""Pages of the rows whose words never change: leadership roles, behaviours and Forward View steps.

An address names the lineage of a row by its first, so that it stays the same whatever the words become.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.models import AuditEvent
from core.pages import form_page, post_action
from core.text import counted
from framework import actions, forms, policies
from framework.models import Behaviour, Domain, ForwardViewStep, LeadershipRole
from framework.views.loading import crumbs, list_url, load_latest, must_keep

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from core.requests import PortalRequest


@dataclass(frozen=True)
class Kind:
    """One kind of row: its name in addresses, and what its pages work with."""

    name: str
    model: Any
    form: Any

    @property
    def noun(self) -> str:
        """Return what a row of this kind is called."""
        return str(self.model._meta.verbose_name)

    def address(self, verb: str, *arguments: int) -> str:
        """Return the address of one of the pages of a row."""
        return reverse(f"framework:{self.name}_{verb}", args=arguments)

    def anchor(self, row: Any) -> str:
        """Return where a row stands on the page of the whole framework."""
        return f"{self.name}-{row.lineage}"


ROLE = Kind("role", LeadershipRole, forms.RoleForm)
BEHAVIOUR = Kind("behaviour", Behaviour, forms.BehaviourForm)
STEP = Kind("step", ForwardViewStep, forms.StepForm)


# What uses the rows of a kind is known to upper apps alone; here it has but its name.
_INTERVENTIONS = ("interventions", "intervention on the menu", "interventions on the menu")
_PURPOSES = ("purposes", "purpose", "purposes")
_PRIORITIES = ("priorities", "priority", "priorities")
_PLANNED = ("planned_interventions", "planned intervention", "planned interventions")
_USED_BY = {
    "role": [_INTERVENTIONS, _PRIORITIES, _PLANNED],
    "behaviour": [_INTERVENTIONS, _PRIORITIES, _PLANNED],
    "step": [_PURPOSES, _PLANNED],
}


@dataclass(frozen=True)
class Wording:
    """One wording of a lineage: its number in the order of time, and what happened to it."""

    number: int
    row: Any
    events: list[AuditEvent]
    is_latest: bool

    @property
    def is_in_use(self) -> bool:
        """Tell whether these are the words of today."""
        return self.row.retired_at is None

    @property
    def is_loaded(self) -> bool:
        """Tell whether nobody wrote these words here: they came with the framework."""
        return not any(event.verb in ("added", "changed") for event in self.events)


def _context(kind: Kind, row: Any) -> dict[str, object]:
    """Return what the pages of one row show around their own."""
    return {
        "crumbs": crumbs(),
        "kind": kind.name,
        "noun": kind.noun,
        "row": row,
        "name": str(row),
        "history_url": kind.address("history", row.lineage),
        "back": list_url(kind.anchor(row)),
    }


def _create(
    request: PortalRequest, kind: Kind, *, row: Any, save: Callable[..., object], domain: Domain | None = None
) -> HttpResponse:
    """Add a row."""
    context = {"crumbs": crumbs(), "kind": kind.name, "noun": kind.noun, "domain": domain, "blockers": []}
    return form_page(
        request,
        form=kind.form(request.POST or None, instance=row),
        save=partial(save, by=request.user),
        template=f"framework/{kind.name}_create.html",
        done=lambda added: list_url(kind.anchor(added)),
        context=context | {"back": list_url(f"domain-{domain.slug}" if domain else "steps")},
    )


def _edit(request: PortalRequest, kind: Kind, pk: int) -> HttpResponse:
    """Give a row other words."""
    row = load_latest(kind.model, pk)
    return form_page(
        request,
        # A form changes its record while it checks it: what the page calls the row is what is saved.
        form=kind.form(request.POST or None, instance=load_latest(kind.model, pk)),
        save=partial(actions.change_row, row=row, by=request.user),
        template=f"framework/{kind.name}_edit.html",
        done=list_url(kind.anchor(row)),
        context=_context(kind, row) | {"blockers": policies.retired_blockers(row)},
    )


def _retire(request: PortalRequest, kind: Kind, pk: int) -> HttpResponse:
    """Ask why, then retire a row."""
    row = load_latest(kind.model, pk)
    return form_page(
        request,
        form=forms.RetireForm(request.POST or None),
        save=partial(actions.retire_row, row=row, by=request.user),
        template=f"framework/{kind.name}_retire.html",
        done=list_url(kind.anchor(row)),
        context=_context(kind, row) | {"blockers": policies.retiring_blockers(row), "uses": _uses(kind, row)},
    )


def _uses(kind: Kind, row: Any) -> list[str]:
    """Say where a row is used, wherever that is."""
    found = []
    for name, one, many in _USED_BY[kind.name]:
        rows = getattr(row, name)
        count = (rows.filter(retired_at=None) if name == "interventions" else rows).count()
        found += [counted(count, one, many)] if count else []
    return found


def _history(request: PortalRequest, kind: Kind, pk: int) -> HttpResponse:
    """Tell by which words a row went, the latest first, and what happened to it."""
    latest = load_latest(kind.model, pk)
    rows = list(kind.model.objects.in_lineage(pk))
    events: dict[int, list[AuditEvent]] = {row.pk: [] for row in rows}
    told = AuditEvent.objects.filter(subject_type=kind.model._meta.label_lower, subject_id__in=list(events))
    for event in told.select_related("actor").order_by("-at", "-pk"):
        events[event.subject_id].append(event)
    wordings = [Wording(len(rows) - place, row, events[row.pk], is_latest=row.pk == latest.pk) for place, row in enumerate(rows)]
    context = _context(kind, latest) | {"wordings": wordings}
    return TemplateResponse(request, f"framework/{kind.name}_history.html", context)


def _restore(request: PortalRequest, kind: Kind, pk: int, number: int) -> HttpResponse:
    """Use one wording of a row again, by its number in the order of time."""
    rows = list(reversed(kind.model.objects.in_lineage(load_latest(kind.model, pk).lineage)))
    if not 1 <= number <= len(rows):
        raise Http404
    act = partial(actions.restore_row, row=rows[number - 1], by=request.user)
    return post_action(request, act=act, done=kind.address("history", pk))


# Leadership roles.


@require_http_methods(["GET", "POST"])
def role_create(request: PortalRequest, slug: str) -> HttpResponse:
    """Add a leadership role to a domain."""
    must_keep(request)
    domain = get_object_or_404(Domain, slug=slug)
    save = partial(actions.add_role, domain=domain)
    return _create(request, ROLE, row=LeadershipRole(domain=domain), save=save, domain=domain)


@require_http_methods(["GET", "POST"])
def role_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Give a leadership role other words."""
    must_keep(request)
    return _edit(request, ROLE, pk)


@require_http_methods(["GET", "POST"])
def role_retire(request: PortalRequest, pk: int) -> HttpResponse:
    """Retire a leadership role."""
    must_keep(request)
    return _retire(request, ROLE, pk)


@require_safe
def role_history(request: PortalRequest, pk: int) -> HttpResponse:
    """Tell by which words a leadership role went."""
    must_keep(request)
    return _history(request, ROLE, pk)


@require_POST
def role_restore(request: PortalRequest, pk: int, number: int) -> HttpResponse:
    """Use an earlier wording of a leadership role again."""
    must_keep(request)
    return _restore(request, ROLE, pk, number)


# Behaviours.


@require_http_methods(["GET", "POST"])
def behaviour_create(request: PortalRequest, slug: str) -> HttpResponse:
    """Add a behaviour to a domain."""
    must_keep(request)
    domain = get_object_or_404(Domain, slug=slug)
    save = partial(actions.add_behaviour, domain=domain)
    return _create(request, BEHAVIOUR, row=Behaviour(domain=domain), save=save, domain=domain)


@require_http_methods(["GET", "POST"])
def behaviour_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Give a behaviour other words."""
    must_keep(request)
    return _edit(request, BEHAVIOUR, pk)


@require_http_methods(["GET", "POST"])
def behaviour_retire(request: PortalRequest, pk: int) -> HttpResponse:
    """Retire a behaviour."""
    must_keep(request)
    return _retire(request, BEHAVIOUR, pk)


@require_safe
def behaviour_history(request: PortalRequest, pk: int) -> HttpResponse:
    """Tell by which words a behaviour went."""
    must_keep(request)
    return _history(request, BEHAVIOUR, pk)


@require_POST
def behaviour_restore(request: PortalRequest, pk: int, number: int) -> HttpResponse:
    """Use an earlier wording of a behaviour again."""
    must_keep(request)
    return _restore(request, BEHAVIOUR, pk, number)


# Forward View steps.


@require_http_methods(["GET", "POST"])
def step_create(request: PortalRequest) -> HttpResponse:
    """Add a Forward View step."""
    must_keep(request)
    return _create(request, STEP, row=ForwardViewStep(), save=actions.add_step)


@require_http_methods(["GET", "POST"])
def step_edit(request: PortalRequest, pk: int) -> HttpResponse:
    """Change what a Forward View step is called and what it is."""
    must_keep(request)
    return _edit(request, STEP, pk)


@require_http_methods(["GET", "POST"])
def step_retire(request: PortalRequest, pk: int) -> HttpResponse:
    """Retire a Forward View step."""
    must_keep(request)
    return _retire(request, STEP, pk)


@require_safe
def step_history(request: PortalRequest, pk: int) -> HttpResponse:
    """Tell what a Forward View step was called."""
    must_keep(request)
    return _history(request, STEP, pk)


@require_POST
def step_restore(request: PortalRequest, pk: int, number: int) -> HttpResponse:
    """Use an earlier wording of a Forward View step again."""
    must_keep(request)
    return _restore(request, STEP, pk, number)
