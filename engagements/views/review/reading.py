"""What was submitted of a plan, decided on it, said about it and read, in one query for all of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse

from accounts.models import User
from core.reading import Rows, read_in_one_query
from engagements import documents, policies
from engagements.enums import DecisionOutcome, EngagementStatus, VersionOutcome
from engagements.models import ClientLead, Comment, Criterion, Decision, EarlyStart, PlanVersion, VersionReading

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from engagements.documents import Brief
    from engagements.models import Engagement, StatusChange


@dataclass(frozen=True)
class Thread:
    """A comment with its answers, and the number of the version that it speaks of."""

    comment: Comment
    answers: list[Comment]
    number: int


@dataclass(frozen=True)
class Submitted:
    """All that was submitted of one plan, the latest first and without the documents, with what people did about it.

    The useful criteria are read along: the pages that show the one work out the other.
    """

    versions: list[PlanVersion]
    decisions: dict[int, list[Decision]]
    threads: list[Thread]
    read: frozenset[int]
    last_change: StatusChange | None
    early_start: EarlyStart | None
    criteria: list[Criterion]

    @property
    def last(self) -> PlanVersion | None:
        """Return the version that was submitted last."""
        return self.versions[0] if self.versions else None

    def in_force_beside(self, engagement: Engagement) -> PlanVersion | None:
        """Return the signed version that holds while another is written or reviewed."""
        if engagement.status not in (EngagementStatus.CO_DESIGN, EngagementStatus.IN_REVIEW):
            return None
        return next((version for version in self.versions if version.outcome == VersionOutcome.AGREED), None)

    def decided_on(self, version: PlanVersion | None) -> list[Decision]:
        """Return the decisions on one version in the order in which they were taken."""
        return self.decisions.get(version.pk, []) if version else []

    def numbered(self, number: int) -> PlanVersion | None:
        """Return the version of a number."""
        return next((version for version in self.versions if version.number == number), None)


@dataclass(frozen=True)
class Wish:
    """That somebody asked for changes to a version."""

    name: str
    on_behalf_of: str
    at: datetime
    number: int
    comment: str


def latest_version(engagement: Engagement) -> PlanVersion | None:
    """Return the last version that was submitted, with the decisions on it."""
    decisions = Decision.objects.select_related("client_lead__user").order_by("at", "pk")
    versions = engagement.versions.select_related("submitted_by").prefetch_related(Prefetch("decisions", decisions))
    return versions.order_by("-number").first()


def read_people(engagement: Engagement) -> None:
    """Read the team and the client leads of an engagement, as permissions and pages ask for them."""
    leads = ClientLead.objects.current().with_people()
    team = User.objects.order_by("full_name", "pk")
    prefetch_related_objects([engagement], Prefetch("client_leads", leads), Prefetch("team", team))


def read_submitted(engagement: Engagement, user: User) -> Submitted:
    """Read what was submitted, decided, said and read; whether it was read is asked of one person."""
    versions, decisions, comments, readings, changes, starts, criteria = read_in_one_query(
        Rows(PlanVersion.objects.filter(engagement=engagement), without={"document"}),
        Rows(Decision.objects.filter(version__engagement=engagement)),
        Rows(Comment.objects.filter(version__engagement=engagement)),
        Rows(VersionReading.objects.filter(version__engagement=engagement, user=user)),
        Rows(engagement.status_changes.ending_a_review()),
        Rows(EarlyStart.objects.filter(engagement=engagement)),
        Rows(Criterion.objects.all()),
    )
    numbers = {version.pk: version.number for version in versions}
    on_version: dict[int, list[Decision]] = defaultdict(list)
    for decision in sorted(decisions, key=lambda row: (row.at, row.pk)):
        on_version[decision.version_id].append(decision)
    return Submitted(
        versions=sorted(versions, key=lambda row: -row.number),
        decisions=on_version,
        threads=_threads(comments, numbers),
        read=frozenset(numbers[reading.version_id] for reading in readings),
        last_change=max(changes, key=lambda row: (row.at, row.pk), default=None),
        early_start=starts[0] if starts else None,
        criteria=sorted(criteria, key=lambda row: (row.position, row.pk)),
    )


def threads_on(engagement: Engagement, section: str) -> list[Thread]:
    """Read what has been said about one section of a plan and is not settled."""
    return [thread for thread in read_threads(engagement) if thread.comment.section == section]


def read_threads(engagement: Engagement) -> list[Thread]:
    """Read what has been said about all versions of a plan and is not settled."""
    said = Comment.objects.filter(version__engagement=engagement).select_related("version").defer("version__document")
    comments = list(said)
    threads = _threads(comments, {comment.version_id: comment.version.number for comment in comments})
    return [thread for thread in threads if not thread.comment.is_resolved]


def _threads(comments: Iterable[Comment], numbers: dict[int, int]) -> list[Thread]:
    """Put answers to what they answer, in the order of writing."""
    answers: dict[int, list[Comment]] = defaultdict(list)
    written = sorted(comments, key=lambda row: (row.at, row.pk))
    for comment in written:
        if comment.answer_to_id is not None:
            answers[comment.answer_to_id].append(comment)
    return [Thread(row, answers[row.pk], numbers[row.version_id]) for row in written if row.answer_to_id is None]


def load_documents(engagement: Engagement, versions: Iterable[PlanVersion | None]) -> None:
    """Read the documents of some versions that were read without them, in one query."""
    wanted = {version.pk: version for version in versions if version is not None}
    if wanted:
        for pk, document in engagement.versions.filter(pk__in=wanted).values_list("pk", "document"):
            wanted[pk].document = document


def brief_of(version: PlanVersion | None) -> Brief | None:
    """Return the brief as it was submitted, or none where it cannot be read any more."""
    try:
        return documents.from_json(version.document) if version else None
    except documents.UnreadableBrief:
        return None


def signing_of(engagement: Engagement, submitted: Submitted) -> policies.Signing:
    """Return how the signing of an engagement stands. Takes an engagement whose people have been read."""
    decided = frozenset(decision.client_lead_id for decision in submitted.decided_on(submitted.last))
    leads = tuple(lead for lead in engagement.client_leads.all() if lead.removed_at is None)
    return policies.Signing(engagement, submitted.last, submitted.last_change, leads, decided)


def last_signed(submitted: Submitted, *, before: int) -> PlanVersion | None:
    """Return the version agreed last before the one of a number."""
    agreed = (row for row in submitted.versions if row.number < before and row.outcome == VersionOutcome.AGREED)
    return next(agreed, None)


def changes_wanted(submitted: Submitted) -> list[Wish]:
    """Return who wants changes to the version submitted last; what they said stands among the comments, once."""
    said = {row.comment.text for row in submitted.threads}
    return [
        Wish(row.name, row.on_behalf_of, row.at, version.number, "" if row.comment.strip() in said else row.comment)
        for version in submitted.versions[:1]
        for row in submitted.decided_on(version)
        if row.outcome == DecisionOutcome.CHANGES_WANTED
    ]


def decide_url(engagement: Engagement, version: PlanVersion, outcome: str) -> str:
    """Return the address at which a person decides on the version that a page shows, with what they mean to decide."""
    query = urlencode({"version": version.number, "outcome": outcome if outcome in DecisionOutcome.values else ""})
    return f"{reverse('engagements:version_decide', args=[engagement.reference])}?{query}"
