"""Pages on which readers comment on a version and are answered; and the note that somebody has read it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.keys import repeatable
from core.pages import form_page, post_action
from engagements import actions, documents, forms, permissions, policies
from engagements.models import Comment
from engagements.views.loading import load_engagement
from engagements.views.review.reading import brief_of, read_people

if TYPE_CHECKING:
    from django.http import HttpResponse

    from core.requests import PortalRequest
    from engagements.models import Engagement

# The pages on which a comment stands beside what it speaks of; whoever deals with it there comes back there.
_PAGES = {
    "workspace": "engagements:engagement_detail",
    "people": "engagements:people_detail",
    "place": "engagements:place_detail",
    "purpose": "engagements:purpose_detail",
    "priorities": "engagements:priorities_detail",
    "plan": "engagements:plan_detail",
    "criteria": "engagements:criteria_detail",
    "measures": "evaluation:measure_list",
}


def _load(request: PortalRequest, reference: str) -> Engagement:
    """Return an engagement that the person may see, with its people."""
    engagement = load_engagement(request, reference)
    read_people(engagement)
    return engagement


def _load_comment(engagement: Engagement, pk: int) -> Comment:
    """Return a comment that others can answer: an answer is none."""
    threads = Comment.objects.threads().filter(version__engagement=engagement)
    comment: Comment = get_object_or_404(threads.select_related("version__engagement").defer("version__document"), pk=pk)
    # With its people read, as permissions ask for them.
    comment.version.engagement = engagement
    return comment


def _review_url(engagement: Engagement, place: str) -> str:
    """Return the address of one place of the review page."""
    return f"{reverse('engagements:review_detail', args=[engagement.reference])}#{place}"


def _back_url(request: PortalRequest, engagement: Engagement, comment: Comment) -> str:
    """Return where the person came from: a page beside what the comment speaks of, or the review."""
    place = f"comment-{comment.pk}"
    page = _PAGES.get(request.GET.get("on", ""))
    if page is None or request.user.is_stp_lead:
        return _review_url(engagement, place)
    return f"{reverse(page, args=[engagement.reference])}#{place}"


@require_http_methods(["GET", "POST"])
def comment_create(request: PortalRequest, reference: str) -> HttpResponse:
    """Say something about one section of the version submitted last, in one's own words."""
    engagement = _load(request, reference)
    if not permissions.can_comment_engagement(request.user, engagement):
        raise PermissionDenied
    version = engagement.versions.order_by("-number").first()
    brief = brief_of(version)
    if version is None or brief is None:
        raise Http404
    sections = documents.sections_of(brief)
    asked = request.GET.get("section", "")
    section = next((row for row in sections if row.key == asked), None)
    return form_page(
        request,
        form=forms.CommentForm(
            request.POST or None, shown=version, sections=sections, initial={"section": section.key if section else ""}
        ),
        save=partial(actions.write_comment, version=version, by=request.user),
        template="engagements/comment_create.html",
        done=lambda written: _review_url(engagement, f"comment-{written.pk}"),
        context={
            "engagement": engagement,
            "version": version,
            "section": section,
            "blockers": policies.commenting_blockers(engagement, version, version.number),
            "back": _review_url(engagement, f"section-{section.key}" if section else "plan"),
        },
    )


@require_http_methods(["GET", "POST"])
def comment_answer(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Answer what somebody said about a version."""
    engagement = _load(request, reference)
    if not permissions.can_answer_engagement(request.user, engagement):
        raise PermissionDenied
    comment = _load_comment(engagement, pk)
    back = _back_url(request, engagement, comment)
    return form_page(
        request,
        form=forms.AnswerForm(request.POST or None),
        save=partial(actions.answer_comment, comment=comment, by=request.user),
        template="engagements/comment_answer.html",
        done=back,
        context={
            "engagement": engagement,
            "comment": comment,
            "blockers": policies.answering_blockers(engagement),
            "back": back,
        },
    )


@require_POST
def comment_resolve(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Say that a comment is settled."""
    engagement = _load(request, reference)
    if not permissions.can_edit_engagement(request.user, engagement):
        raise PermissionDenied
    comment = _load_comment(engagement, pk)
    act = partial(actions.resolve_comment, comment=comment, by=request.user)
    return post_action(request, act=act, done=_back_url(request, engagement, comment))


@require_POST
def comment_reopen(request: PortalRequest, reference: str, pk: int) -> HttpResponse:
    """Say that a comment is not settled after all: the people who write the plan, and whoever made it."""
    engagement = _load(request, reference)
    comment = _load_comment(engagement, pk)
    if not permissions.can_reopen_comment(request.user, comment):
        raise PermissionDenied
    act = partial(actions.reopen_comment, comment=comment, by=request.user)
    return post_action(request, act=act, done=_back_url(request, engagement, comment))


@repeatable
@require_POST
def version_read(request: PortalRequest, reference: str, number: int) -> HttpResponse:
    """Note that a client lead has looked at a version, so that the next one shows them what changed since (P08)."""
    engagement = _load(request, reference)
    if not permissions.can_comment_engagement(request.user, engagement):
        raise PermissionDenied
    version = get_object_or_404(engagement.versions.defer("document"), number=number)
    actions.note_reading(version=version, by=request.user)
    return redirect("engagements:review_detail", reference=reference)
