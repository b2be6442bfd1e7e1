"""Pages that stand in for those of the portal: a purpose is added, changed by a form and by a button. Used as a URLconf."""

from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template import engines
from django.urls import include, path
from django.views.decorators.http import require_POST

from core import records
from core.forms import PortalModelForm
from core.pages import form_page, post_action
from core.refusals import Blocker, refuse_if
from engagements.models import Engagement, Purpose

TEMPLATE = '{% extends "layouts/page.html" %}{% block title %}Purpose{% endblock %}{% block content %}{% portal_form form %}{% endblock %}'
REFUSED_WORD = "forbidden"


class PurposeForm(PortalModelForm):
    class Meta:
        model = Purpose
        fields = ["statement", "real_work_issue", "forward_view_steps", "strategy_title"]


@transaction.atomic
def add_purpose(*, engagement, values, by):
    return records.add(Purpose(engagement=engagement), values, by=by, trail=engagement.trail)


@transaction.atomic
def change_purpose(*, purpose, values, by, seen=None, overwrite=()):
    locked = Purpose.objects.select_for_update(of=("self",)).get(pk=purpose.pk)
    refuse_if([Blocker("Choose another word.")] if values.get("strategy_title") == REFUSED_WORD else [])
    return records.change(locked, values, by=by, trail=purpose.engagement.trail, seen=seen, overwrite=overwrite)


def purpose_create(request, reference):
    engagement = get_object_or_404(Engagement, reference=reference)
    form = PurposeForm(request.POST or None)
    save = partial(add_purpose, engagement=engagement, by=request.user)
    return form_page(request, form=form, save=save, template=_template(), done=_address_of)


def purpose_edit(request, pk):
    purpose = get_object_or_404(Purpose, pk=pk)
    form = PurposeForm(request.POST or None, instance=purpose)
    save = partial(change_purpose, purpose=purpose, by=request.user)
    return form_page(request, form=form, save=save, template=_template(), done="/")


@require_POST
def purpose_empty(request, pk):
    purpose = get_object_or_404(Purpose, pk=pk)
    values = {"real_work_issue": "", "strategy_title": request.POST.get("word", "")}
    return post_action(request, act=partial(change_purpose, purpose=purpose, values=values, by=request.user), done="/purposes/")


def purpose_list(request):
    return HttpResponse(" ".join(str(message) for message in messages.get_messages(request)))


def purpose_break(request):
    raise RuntimeError("This page is broken")


@login_not_required
def home(request):
    return HttpResponse("Home")


def _template():
    return engines["django"].from_string(TEMPLATE)


def _address_of(purpose):
    return f"/purposes/{purpose.pk}/edit/"


# The middleware looks after the portal's own views only; these count as such.
for view in (purpose_create, purpose_edit, purpose_empty, purpose_list, purpose_break, home):
    view.__module__ = "core.views"

urlpatterns = [
    path("", home, name="home"),
    path("", include("core.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("purposes/<int:pk>/edit/", purpose_edit, name="purpose_edit"),
    path("purposes/", purpose_list, name="purpose_list"),
    path("purposes/<int:pk>/empty/", purpose_empty, name="purpose_empty"),
    path("purposes/break/", purpose_break, name="purpose_break"),
    path("engagements/<str:reference>/purposes/new/", purpose_create, name="purpose_create"),
]
