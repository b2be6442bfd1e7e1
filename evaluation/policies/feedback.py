"""What feedback may be asked, who may answer, and what may be told of the answers (P42–P44, S16).

A form is told of as a whole, once it is closed, and each figure only where enough answers gave it: what too few said changes nothing that is
told. Nothing is told while it is open, and a closed form takes no more, so no two looks differ (docs/decisions/feedback.md).
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import salted_hmac

from core.refusals import Blocker
from engagements.enums import ENDED_STATUSES, FINGERPRINT_START, VersionOutcome
from engagements.models import PlannedIntervention, PlanVersion
from evaluation.enums import (
    MAX_BEHAVIOURS,
    MAX_CODES,
    MAX_DAYS_OPEN,
    MAX_QUESTIONS,
    MIN_QUESTIONS,
    OWN_QUESTION,
    QUESTION_KINDS,
    BankQuestion,
    FeedbackKind,
    QuestionKind,
)
from evaluation.models import FeedbackForm, FeedbackLink

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from engagements.models import Engagement
    from evaluation.models import FeedbackAnswer

# A salt of its own: nothing else that the portal makes passes for a link to feedback.
_SALT = "evaluation.feedback"
TOKEN_BYTES = 20
_FINGERPRINT = re.compile(rf"[0-9a-f]{{{FINGERPRINT_START}}}")


@dataclass(frozen=True)
class Figure:
    """What is told of one question: a mean or a share, or the words, and how many gave them; nothing of too few."""

    text: str
    kind: QuestionKind
    count: int
    mean: float | None = None
    words: tuple[str, ...] = ()

    @property
    def is_told(self) -> bool:
        """Tell whether enough people answered the question."""
        return self.count > 0

    @property
    def percent(self) -> int:
        """Return a share as a whole percentage."""
        return round(100 * (self.mean or 0))


@dataclass(frozen=True)
class Confidence:
    """How confident people were in one behaviour before and are now: means of those who said both, and how many they are."""

    text: str
    lineage: int
    count: int
    before: float = 0
    now: float = 0

    @property
    def is_told(self) -> bool:
        """Tell whether enough people said both."""
        return self.count > 0

    @property
    def change(self) -> float:
        """Return by how much confidence has risen."""
        return round(self.now - self.before, 2)


@dataclass(frozen=True)
class FeedbackSummary:
    """All that is told of a closed form; nothing but that it is too few where fewer answered than it promised."""

    count: int
    confidence: tuple[Confidence, ...] = ()
    figures: tuple[Figure, ...] = ()

    @property
    def is_told(self) -> bool:
        """Tell whether enough people answered."""
        return self.count > 0


# Links.


def feedback_token(link: FeedbackLink) -> str:
    """Return what a link carries: 160 bits made of its nonce and the portal's key, nothing about anybody.

    A key that was rotated since is found by the hash that the row holds.
    """
    tokens = [_token_of(link.nonce, key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return next((token for token in tokens if token_hash(token) == link.token_hash), tokens[0])


def token_hash(token: str) -> str:
    """Return the hash by which a link is found."""
    return hashlib.sha256(f"{_SALT}:{token}".encode("utf-8", "surrogatepass")).hexdigest()


def feedback_url(link: FeedbackLink) -> str:
    """Return the full address of a link."""
    return f"{settings.PORTAL_ADDRESS}{reverse('evaluation:feedback_give', args=[feedback_token(link)])}"


def open_link(token: str, on: date) -> FeedbackLink | None:
    """Return the link of a token whose form takes answers on a day; one that is forged, too old or revoked is none.

    Whether a card was used is told to nobody who only looks: whoever holds all the cards would count them. Sending finds it used.
    """
    found = FeedbackLink.objects.select_related("form__planned_intervention__engagement")
    link = found.filter(token_hash=token_hash(token), revoked_at=None).first()
    if link is None or not link.form.is_open(on) or link.form.planned_intervention.engagement.status in ENDED_STATUSES:
        return None
    return link


def link_on_brief(fingerprint: str, number: int, on: date) -> FeedbackLink | None:
    """Return the link to the questions that a signed brief leads to: of the room's forms on that intervention that are open, the one opened last.

    `fingerprint` is the beginning of the brief's, of `FINGERPRINT_START` digits; `number` is the intervention's in the brief. Where the plan
    was changed since, the intervention is found by the title that the brief has.
    """
    if not _FINGERPRINT.fullmatch(fingerprint):
        return None
    # Digits and the letters to f: what begins so lies between it and it with a g.
    signed = _with_code().filter(content_hash__gt=fingerprint, content_hash__lt=f"{fingerprint}g")
    version = signed.order_by("-number", "pk").first()
    planned = _planned_of(version, number) if version else None
    rooms = FeedbackForm.objects.filter(
        planned_intervention=planned, kind=FeedbackKind.ROOM, opened_at__isnull=False, closed_at=None
    )
    form = rooms.filter(closes_on__gte=on).order_by("-opened_at", "-pk").first() if planned else None
    link = form.links.filter(revoked_at=None).order_by("-pk").first() if form else None
    return open_link(feedback_token(link), on) if link else None


def is_on_brief(form: FeedbackForm, on: date) -> bool:
    """Tell whether the code on the brief that was signed last leads to a form."""
    version = _with_code().filter(engagement=form.planned_intervention.engagement_id).order_by("-number").first()
    if version is None:
        return False
    titles = [row["title"] for row in version.document.get("planned", ())]
    known = {form.title, form.planned_intervention.title}
    named = [number for number, title in enumerate(titles, start=1) if title in known]
    links = (link_on_brief(version.content_hash[:FINGERPRINT_START], number, on) for number in named)
    return any(link is not None and link.form_id == form.pk for link in links)


def _with_code() -> QuerySet[PlanVersion]:
    """Return the versions that were agreed and carry codes for feedback."""
    return PlanVersion.objects.filter(outcome=VersionOutcome.AGREED, has_feedback_code=True)


def _planned_of(version: PlanVersion, number: int) -> PlannedIntervention | None:
    """Return the intervention that a brief names by a number: the one with its title, or about which a form was opened under that title.

    Where the brief has a title more than once, the plan has to have it as often still.
    """
    titles = [row["title"] for row in version.document.get("planned", ())]
    if not 0 < number <= len(titles):
        return None
    title, place = titles[number - 1], titles[: number - 1].count(titles[number - 1])
    rows = PlannedIntervention.objects.filter(engagement=version.engagement_id).order_by("position", "pk")
    named = list(rows.filter(title=title)) or list(rows.filter(feedback_forms__title=title).distinct())
    return named[place] if len(named) == titles.count(title) else None


# What may be asked.


def questions_of(form: FeedbackForm) -> list[dict[str, str]]:
    """Return the questions that a form asks, in the order of the bank, one's own last."""
    chosen = [question for question in BankQuestion if question.value in form.bank_questions]
    rows = [
        {"key": str(row.value), "kind": str(QUESTION_KINDS.get(row, QuestionKind.SCALE).value), "text": str(row.label)}
        for row in chosen
    ]
    if form.own_question:
        rows.append({"key": OWN_QUESTION, "kind": str(QuestionKind.WORDS.value), "text": form.own_question})
    return rows


def behaviours_of(planned: PlannedIntervention) -> list[dict[str, Any]]:
    """Return the behaviours that an intervention is meant to develop, as many as can be asked about."""
    rows = planned.behaviours.order_by("domain__position", "row", "position", "pk")[:MAX_BEHAVIOURS]
    return [{"lineage": row.lineage, "text": row.text} for row in rows]


def feedback_blockers(engagement: Engagement) -> list[Blocker]:
    """Return why no feedback can be asked for: the work has ended."""
    if engagement.status not in ENDED_STATUSES:
        return []
    return [Blocker(f"The engagement is {engagement.get_status_display().lower()}. No more feedback is asked for.")]


def asking_blockers(form: FeedbackForm, on: date) -> list[Blocker]:
    """Return why a form cannot be opened: too few or too many questions, no day to close on, no cards."""
    count = len(questions_of(form))
    found = []
    if form.opened_at is not None:
        found.append(Blocker("This form has been opened already."))
    if not MIN_QUESTIONS <= count <= MAX_QUESTIONS:
        found.append(Blocker(f"Ask {MIN_QUESTIONS} to {MAX_QUESTIONS} questions. There are {count}."))
    if form.kind == FeedbackKind.CODES and not 1 <= (form.code_count or 0) <= MAX_CODES:
        found.append(Blocker(f"Say for how many people cards are made, up to {MAX_CODES}."))
    if form.kind == FeedbackKind.CODES and (form.code_count or 0) < form.min_answers:
        found.append(
            Blocker(f"With fewer than {form.min_answers} cards nothing could ever be shown. Make more, or use one link.")
        )
    return found + closing_day_blockers(form.closes_on, on)


def closing_day_blockers(closes_on: date, on: date) -> list[Blocker]:
    """Return why a day cannot be the last one: it has passed, or is too far away."""
    if closes_on < on:
        return [Blocker("The last day to answer must be today or later.")]
    if (closes_on - on).days > MAX_DAYS_OPEN:
        return [Blocker("The last day to answer must be within a year.")]
    return []


def changing_form_blockers(form: FeedbackForm) -> list[Blocker]:
    """Return why the questions and the promise of a form cannot change: people may have answered them (P43)."""
    if form.opened_at is None:
        return []
    return [Blocker("This form has been opened. What it asks and promises stays as it is. You can close it and make another.")]


def open_form_blockers(form: FeedbackForm, on: date) -> list[Blocker]:
    """Return why nothing can be done to an open form: it is not open, or not any more. A closed form never opens again."""
    if form.is_open(on):
        return []
    if form.opened_at is None:
        return [Blocker("This form has not been opened yet.")]
    return [Blocker("This form is closed. A closed form never opens again; make another one to ask again.")]


def renewing_blockers(form: FeedbackForm, on: date) -> list[Blocker]:
    """Return why a link cannot be made anew: new cards would tell how many were used."""
    if form.kind == FeedbackKind.CODES:
        return [Blocker("Cards cannot be made anew: that would tell how many were used. Close this form and make another.")]
    return open_form_blockers(form, on)


# What may be told.


def summary_of(form: FeedbackForm, answers: Sequence[FeedbackAnswer], *, on: date) -> FeedbackSummary | None:
    """Return what may be told of the answers: nothing before the form is closed, and only "too few" below its promise."""
    if not form.is_closed(on):
        return None
    if len(answers) < form.min_answers:
        return FeedbackSummary(0)
    confidence = tuple(
        _confidence(row, [(_at(answer.before, place), _at(answer.now, place)) for answer in answers], form.min_answers)
        for place, row in enumerate(form.behaviours)
    )
    figures = tuple(_figure(row, [answer.said.get(row["key"]) for answer in answers], form.min_answers) for row in form.questions)
    return FeedbackSummary(len(answers), confidence, figures)


def _confidence(behaviour: dict[str, Any], said: Iterable[tuple[Any, Any]], enough: int) -> Confidence:
    """Return before and now of those who said both: of others nothing counts, so that no figure differs from another by one person."""
    pairs = [(before, now) for before, now in said if before and now]
    if len(pairs) < enough:
        return Confidence(behaviour["text"], behaviour["lineage"], 0)
    before, now = (round(fmean(values), 2) for values in zip(*pairs, strict=True))
    return Confidence(behaviour["text"], behaviour["lineage"], len(pairs), before, now)


def _figure(question: dict[str, str], said: Iterable[Any], enough: int) -> Figure:
    """Return what is told of one question. Words stand in the order of the alphabet, which says nothing of who came first."""
    given = [value for value in said if value not in (None, "")]
    kind = QuestionKind(question["kind"])
    if len(given) < enough:
        return Figure(question["text"], kind, 0)
    if kind == QuestionKind.WORDS:
        return Figure(question["text"], kind, len(given), words=tuple(sorted(given, key=str.casefold)))
    values = [value == "yes" for value in given] if kind == QuestionKind.YES_NO else given
    return Figure(question["text"], kind, len(given), mean=round(fmean(values), 2))


def _at(values: Sequence[Any], place: int) -> Any:
    """Return one value of a list that may be shorter."""
    return values[place] if place < len(values) else None


def _token_of(nonce: str, key: str) -> str:
    """Return the token of a nonce under one of the portal's keys."""
    made = salted_hmac(_SALT, nonce, secret=key, algorithm="sha256").digest()[:TOKEN_BYTES]
    return base64.urlsafe_b64encode(made).decode().rstrip("=")
