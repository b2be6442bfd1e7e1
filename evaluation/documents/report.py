"""The evaluation report as one value: what was asked, done, changed and learned, and how far the results bear.

The page and the PDF are made from the same value; every word of it stands in the plan or in the records, nothing is typed for the report.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

if TYPE_CHECKING:
    from datetime import date

    from engagements.models import Decision, Engagement, ParticipantGroup, PlannedIntervention, Priority, Purpose
    from evaluation.documents.charts import Chart
    from evaluation.models import DeliveredSession, FeedbackForm, Learning
    from evaluation.policies import FeedbackSummary, Figure, Progress, Tally
    from interventions.policies import ConfidenceChange


@dataclass(frozen=True)
class Measured:
    """One measure with its results, and their drawing where there are enough numbers."""

    progress: Progress
    chart: Chart | None


@dataclass(frozen=True)
class Heard:
    """One form that was closed, with all that may be told of it."""

    form: FeedbackForm
    summary: FeedbackSummary

    @property
    def told(self) -> list[Figure]:
        """Return the questions that enough people answered."""
        return [figure for figure in self.summary.figures if figure.is_told]

    @property
    def untold(self) -> list[Figure]:
        """Return the questions that too few answered."""
        return [figure for figure in self.summary.figures if not figure.is_told]

    @property
    def ended_on(self) -> date:
        """Return the last day on which it could be answered."""
        return min(localdate(self.form.closed_at), self.form.closes_on) if self.form.closed_at else self.form.closes_on


@dataclass(frozen=True)
class Told:
    """What was learned, in the words that the reader may read, and who else may read it."""

    learning: Learning
    text: str
    readers: str


@dataclass(frozen=True)
class Done:
    """One planned intervention as it was carried out, and what came of it. Numbered as in the brief, from 1."""

    number: int
    planned: PlannedIntervention
    sessions: tuple[DeliveredSession, ...]
    measured: tuple[Measured, ...]
    heard: tuple[Heard, ...]

    @property
    def attended(self) -> tuple[int, int] | None:
        """Return how many people came to a session, the fewest and the most, or nothing where nobody wrote it down."""
        counts = [session.attended for session in self.sessions if session.attended is not None]
        return (min(counts), max(counts)) if counts else None


@dataclass(frozen=True)
class Account:
    """What one engagement asked, did, changed and learned. `untied` are measures of no intervention."""

    engagement: Engagement
    areas: tuple[str, ...]
    groups: tuple[ParticipantGroup, ...]
    purposes: tuple[Purpose, ...]
    priorities: tuple[Priority, ...]
    done: tuple[Done, ...]
    untied: tuple[Measured, ...]
    learned: tuple[Told, ...]
    agreed: tuple[Decision, ...]
    closed_on: date | None

    @property
    def cost(self) -> Decimal | None:
        """Return what the plan costs in pounds, or nothing where no cost is known."""
        known = [row.planned.cost for row in self.done if row.planned.cost is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def sessions(self) -> int:
        """Return how many sessions were held."""
        return sum(len(row.sessions) for row in self.done)

    @property
    def begins_on(self) -> date | None:
        """Return the first day that the plan names."""
        return min((row.planned.starts_on for row in self.done if row.planned.starts_on), default=None)

    @property
    def ends_on(self) -> date | None:
        """Return the last day that the plan names."""
        return max((row.planned.ends_on for row in self.done if row.planned.ends_on), default=None)

    @property
    def measured(self) -> tuple[Measured, ...]:
        """Return all measures."""
        return (*(measured for row in self.done for measured in row.measured), *self.untied)

    @property
    def heard(self) -> tuple[Heard, ...]:
        """Return all forms that were closed."""
        return tuple(heard for row in self.done for heard in row.heard)


@dataclass(frozen=True)
class Use:
    """What one intervention of the menu came to in the engagements of a report."""

    name: str
    engagements: int
    sessions: int
    tally: Tally


@dataclass(frozen=True)
class Report:
    """The report of one engagement, or of those of an STP area or a region, on a day and as far as one person may read it."""

    title: str
    day: date
    accounts: tuple[Account, ...]
    tally: Tally
    uses: tuple[Use, ...]
    confidence: tuple[ConfidenceChange, ...]
    reader: str = ""
    period: str = ""
    is_together: bool = False
    is_for_client: bool = False

    @property
    def single(self) -> Account | None:
        """Return the engagement that a report of one tells of."""
        return None if self.is_together else self.accounts[0]

    @property
    def learned(self) -> list[tuple[Account, Told]]:
        """Return what was learned, each with the engagement that it comes from."""
        return [(account, row) for account in self.accounts for row in account.learned]

    @property
    def sessions(self) -> int:
        """Return how many sessions were held."""
        return sum(account.sessions for account in self.accounts)

    @property
    def interventions(self) -> int:
        """Return how many interventions were planned."""
        return sum(len(account.done) for account in self.accounts)

    @property
    def forms(self) -> int:
        """Return how many forms of feedback may be told of."""
        return sum(heard.summary.is_told for account in self.accounts for heard in account.heard)

    @property
    def answers(self) -> int:
        """Return how many answers stand behind what is told of feedback, each form counted once and only where it may be told."""
        return sum(heard.summary.count for account in self.accounts for heard in account.heard)
