"""The brief as one value: everything that a client may read of an engagement, in plain data.

Texts stand as they were typed; choices stand in the words shown on screen, except where a drawing or a tag needs to know which
choice it is. Money is text with two decimals, a date is ISO text, an empty text or None is something not filled in. Nothing refers
to a row of the database: a planned intervention names its audience and counts the priorities it serves.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal
from urllib.parse import quote

from directory.enums import ContactKind
from directory.models import website_address
from engagements import policies
from engagements.enums import Clarity, Facet, Finding, FundingCertainty, SigningOrder

# Grows when the shape below changes; versions signed in an older shape must stay readable.
FORMAT = 1


@dataclass(frozen=True)
class Person:
    """Somebody from the LDP who works on the engagement."""

    name: str
    job_title: str


@dataclass(frozen=True)
class Contact:
    """One way to reach the LDP."""

    kind: ContactKind
    value: str
    label: str

    @property
    def url(self) -> str:
        """Return what a link leads to: mail or a website, never anything else that was typed."""
        if self.kind == ContactKind.EMAIL:
            return f"mailto:{quote(self.value, safe='@')}"
        if self.kind == ContactKind.WEBSITE:
            return website_address(self.value)
        return ""


@dataclass(frozen=True)
class Region:
    """The LDP that answers for the engagement."""

    name: str
    contacts: tuple[Contact, ...]


@dataclass(frozen=True)
class ClientLead:
    """A leader on the client's side, in the order in which they sign; a deputy names whom they sign for."""

    name: str
    job_title: str
    organisation: str
    is_signatory: bool
    deputy_for: str


@dataclass(frozen=True)
class FacetWords:
    """One facet: how clear it is and what the client said about it."""

    facet: Facet
    clarity: Clarity
    words: str


@dataclass(frozen=True)
class Group:
    """People who take part."""

    name: str
    organisation: str
    sector: str
    headcount: int | None
    why_them: str

    @property
    def full_name(self) -> str:
        """Return the name with the organisation, as an audience is written."""
        return f"{self.name}, {self.organisation}" if self.organisation else self.name


@dataclass(frozen=True)
class Place:
    """Somewhere the work belongs."""

    name: str
    level: str
    area: str
    site: str
    site_kind: str
    care_model: str
    note: str


@dataclass(frozen=True)
class Step:
    """A Forward View step."""

    name: str
    kind: str


@dataclass(frozen=True)
class Purpose:
    """What the work is for."""

    statement: str
    real_work_issue: str
    steps: tuple[Step, ...]
    strategy_title: str
    strategy_section: str
    strategy_confirmed_by: str
    strategy_confirmed_on: str


@dataclass(frozen=True)
class Priority:
    """What must change first."""

    number: int
    statement: str
    level_now: str
    level_wanted: str
    roles: tuple[str, ...]
    behaviours: tuple[str, ...]


@dataclass(frozen=True)
class Funding:
    """One sum of money."""

    source: str
    amount: str
    certainty: FundingCertainty


@dataclass(frozen=True)
class CriterionText:
    """One of the five useful criteria, in the words of the framework."""

    slug: str
    name: str
    text: str


@dataclass(frozen=True)
class Result:
    """What one criterion comes to, with what shows it and what a person wrote about it."""

    slug: str
    name: str
    worked_out: Finding
    finding: Finding
    evidence: tuple[str, ...]
    is_overruled: bool
    reason: str
    reason_by: str
    reason_on: str
    is_out_of_date: bool

    @property
    def lacks_reason(self) -> bool:
        """Tell whether a written reason is still owed."""
        return self.finding == Finding.NOT_MET and not self.reason


@dataclass(frozen=True)
class Measure:
    """How it will be known that something changed."""

    outcome: str
    level: str
    kirkpatrick: str
    kind: str
    unit: str
    baseline: str
    baseline_on: str
    no_baseline_reason: str
    target: str
    due_on: str
    direction: str
    method: str
    data_source: str
    owner: str
    collected_from: str
    other_influences: str
    agreed_with: str
    agreed_on: str


@dataclass(frozen=True)
class Planned:
    """One intervention as it was co-designed."""

    number: int
    title: str
    menu_name: str
    menu_summary: str
    co_designed: str
    audience: tuple[str, ...]
    serves: tuple[int, ...]
    roles: tuple[str, ...]
    behaviours: tuple[str, ...]
    focus: str
    steps: tuple[Step, ...]
    preparatory_percent: int | None
    route: str
    route_reason: str
    provider: str
    provider_kind: str
    provider_interest: str
    starts_on: str
    ends_on: str
    sessions: int | None
    places: int | None
    is_no_cost: bool
    estimated_cost: str
    funding: tuple[Funding, ...]
    expected_impact: str
    results: tuple[Result, ...]
    measures: tuple[Measure, ...]

    @property
    def is_cost_known(self) -> bool:
        """Tell whether a cost was given, or that there is none."""
        return self.is_no_cost or bool(self.estimated_cost)

    @property
    def shortfall(self) -> str:
        """Return the part of the cost that confirmed money does not cover, or nothing."""
        sums = [(Decimal(line.amount), line.certainty) for line in self.funding]
        short = policies.shortfall(Decimal(self.estimated_cost or 0), sums)
        return f"{short:.2f}" if short else ""


@dataclass(frozen=True)
class Brief:
    """Everything that a client may read of an engagement."""

    reference: str
    title: str
    client: str
    client_kind: str
    areas: tuple[str, ...]
    region: Region
    lead: Person
    team: tuple[Person, ...]
    client_leads: tuple[ClientLead, ...]
    signing_order: SigningOrder
    people: FacetWords
    place: FacetWords
    purpose: FacetWords
    priorities: FacetWords
    groups: tuple[Group, ...]
    places: tuple[Place, ...]
    purposes: tuple[Purpose, ...]
    priority_list: tuple[Priority, ...]
    criteria: tuple[CriterionText, ...]
    planned: tuple[Planned, ...]
    other_measures: tuple[Measure, ...]

    @property
    def signatories(self) -> tuple[ClientLead, ...]:
        """Return those whose agreement the plan needs."""
        return tuple(lead for lead in self.client_leads if lead.is_signatory)

    @property
    def total_cost(self) -> str:
        """Return the sum of the costs given, or nothing where none is."""
        costs = [Decimal(item.estimated_cost or 0) for item in self.planned if item.is_cost_known]
        return f"{sum(costs, Decimal(0)):.2f}" if costs else ""

    @property
    def total_shortfall(self) -> str:
        """Return the sum of what confirmed money does not cover, or nothing."""
        shortfalls = [Decimal(item.shortfall) for item in self.planned if item.shortfall]
        return f"{sum(shortfalls, Decimal(0)):.2f}" if shortfalls else ""


def names_of(kind: type) -> set[str]:
    """Return the names of a dataclass's fields."""
    return {field.name for field in fields(kind)}
