"""Writes about a submitted version: comments, answers, what is settled, and who has read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from core import audit, records
from core.refusals import ActionRefused, Blocker, refuse_if
from engagements import documents, policies
from engagements.actions.engagement import lock_engagement
from engagements.models import Comment, PlanVersion, VersionReading

if TYPE_CHECKING:
    from collections.abc import Mapping

    from accounts.models import User


@transaction.atomic
def write_comment(*, version: PlanVersion, values: Mapping[str, Any], by: User) -> Comment:
    """Write what a reader says about one section of a version, in their own words."""
    text = _said(values)
    engagement = lock_engagement(version.engagement)
    last = engagement.versions.order_by("-number").values_list("number", flat=True).first()
    current = PlanVersion.objects.select_related("engagement").get(pk=version.pk)
    refuse_if(policies.commenting_blockers(engagement, current, last or 0, number=values.get("number")))
    section = next(
        (row for row in documents.sections_of(documents.from_json(current.document)) if row.key == values["section"]), None
    )
    if section is None:
        raise ActionRefused([Blocker("Choose a part of the plan from the list.")])
    comment = Comment.objects.create(
        version=current,
        section=section.key,
        section_title=section.title,
        author=by,
        author_name=by.full_name,
        text=text,
    )
    # Whoever says something about a version has looked at it.
    VersionReading.objects.get_or_create(version=current, user=by)
    _record("commented on", comment, by=by)
    return comment


@transaction.atomic
def answer_comment(*, comment: Comment, values: Mapping[str, Any], by: User) -> Comment:
    """Answer a comment; the comment itself stays as it was written."""
    text = _said(values)
    first = _lock(comment)
    answer = Comment.objects.create(
        version=first.version,
        section=first.section,
        section_title=first.section_title,
        author=by,
        author_name=by.full_name,
        text=text,
        answer_to=first,
    )
    _record("answered a comment on", answer, by=by)
    return answer


@transaction.atomic
def resolve_comment(*, comment: Comment, by: User) -> None:
    """Say that a comment is settled; doing it twice changes nothing."""
    first = _lock(comment)
    if first.resolved_at is None:
        first.resolved_at, first.resolved_by = timezone.now(), by
        first.save(update_fields=["resolved_at", "resolved_by"])
        _record("resolved a comment on", first, by=by, with_text=False)


@transaction.atomic
def reopen_comment(*, comment: Comment, by: User) -> None:
    """Say that a comment is not settled after all; doing it twice changes nothing."""
    first = _lock(comment)
    if first.resolved_at is not None:
        first.resolved_at, first.resolved_by = None, None
        first.save(update_fields=["resolved_at", "resolved_by"])
        _record("reopened a comment on", first, by=by, with_text=False)


@transaction.atomic
def note_reading(*, version: PlanVersion, by: User) -> None:
    """Note that a person has looked at a version, so that the next one shows them what changed since."""
    VersionReading.objects.get_or_create(version=version, user=by)


def _said(values: Mapping[str, Any]) -> str:
    """Return what somebody says; saying nothing is refused."""
    text = str(values["text"]).strip()
    refuse_if([] if text else [Blocker("Enter the comment.")])
    return text


def _lock(comment: Comment) -> Comment:
    """Read a comment again, the one that a thread began with, and hold its engagement until the transaction ends."""
    refuse_if(policies.answering_blockers(lock_engagement(comment.version.engagement)))
    return Comment.objects.select_related("version__engagement").get(pk=comment.answer_to_id or comment.pk)


def _record(verb: str, comment: Comment, *, by: User, with_text: bool = True) -> None:
    """Write the audit row of a comment: where it stands, and what was said."""
    said: list[audit.FieldChange] = [
        {"field": "text", "label": "comment", "old": "", "new": comment.text[: records.MAX_AUDIT_TEXT]}
    ]
    label = f"{comment.section_title} in {comment.version}"
    audit.record(verb, comment, by=by, trail=comment.version.engagement.trail, label=label, changes=said if with_text else [])
