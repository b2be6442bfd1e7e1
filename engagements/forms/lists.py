"""What a person may ask of the list of engagements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Case, F, IntegerField, OuterRef, Subquery, Value, When

from core.filters import FilterForm, SearchField
from engagements import policies
from engagements.enums import ClientKind, EngagementStatus, VersionOutcome
from engagements.models import PlanVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from accounts.models import User
    from directory.models import Footprint, Region
    from engagements.models.engagement import EngagementQuerySet
    from engagements.policies import AsSubmitted

MINE = "mine"
NEWEST = "newest"
_STATUS_WORDS = {
    EngagementStatus.CO_DESIGN: "in co-design",
    EngagementStatus.IN_REVIEW: "in review",
    EngagementStatus.AGREED: "that are agreed",
    EngagementStatus.IN_DELIVERY: "in delivery",
    EngagementStatus.IN_EVALUATION: "in evaluation",
    EngagementStatus.CLOSED: "that are closed",
    EngagementStatus.WITHDRAWN: "that were withdrawn",
}
_SORTS = {
    NEWEST: ("Newest first", ("-created_at", "-pk")),
    "reference": ("Reference", ("reference", "pk")),
    "title": ("Title", ("title", "pk")),
    "status": ("Status", ("status_position", "-created_at", "-pk")),
    "waiting": ("Longest waiting for a decision", (F("waiting_since").asc(nulls_last=True), "-created_at", "-pk")),
}
_STATUS_POSITION = Case(
    *(When(status=status, then=Value(number)) for number, status in enumerate(EngagementStatus)), output_field=IntegerField()
)


class EngagementFilterForm(FilterForm):
    """The search, the filters and the order of the list of engagements."""

    q = SearchField(label="Search", help_text="A reference, or words from a title, a client or a place")
    status = forms.ChoiceField(label="Status", required=False, choices=[("", "Any status"), *EngagementStatus.choices])
    region = forms.ChoiceField(label="LDP region", required=False)
    area = forms.TypedChoiceField(label="STP area", required=False, coerce=int, empty_value=None)
    lead = forms.ChoiceField(label="Consultant", required=False)
    client = forms.ChoiceField(label="Kind of client", required=False, choices=[("", "Any kind"), *ClientKind.choices])
    sort = forms.ChoiceField(label="Order", required=False, choices=[(value, label) for value, (label, _) in _SORTS.items()])

    def __init__(
        self,
        *args: Any,
        regions: Iterable[Region],
        areas: Iterable[Footprint],
        user: User,
        colleagues: Iterable[User],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.texts: dict[str, dict[Any, str]] = {
            "region": {region.slug: region.name for region in regions},
            "area": {area.number: area.name for area in areas},
            "lead": {str(person.pk): person.full_name for person in colleagues},
        }
        self.other_names = {area.name: area.other_names for area in areas}
        mine = [(MINE, "My own engagements")] if user.is_regional else []
        choices: dict[str, list[tuple[Any, str]]] = {
            "region": [("", "Any region"), *self.texts["region"].items()],
            "area": [("", "Any STP area"), *self.texts["area"].items()],
            "lead": [("", "Anybody"), *mine, *self.texts["lead"].items()],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]

    @property
    def search(self) -> str:
        """Return the words that are searched for."""
        return str(self.chosen.get("q", ""))

    @property
    def is_narrowed(self) -> bool:
        """Tell whether the list shows less than everything."""
        return bool(self.chosen.keys() - {"sort"})

    @property
    def has_filters(self) -> bool:
        """Tell whether anything but words is asked for."""
        return bool(self.chosen.keys() - {"q"})

    @property
    def shown(self) -> list[forms.BoundField]:
        """Return the filters to choose from; one that offers a single choice is left out."""
        return [self[name] for name, field in self.fields.items() if len(getattr(field, "choices", ())) > 1]

    @property
    def sentence(self) -> list[str]:
        """Say in words what the list is narrowed to, joined by "and" (P24)."""
        chosen = self.chosen
        words: dict[str, Callable[[Any], str]] = {
            "status": lambda status: _STATUS_WORDS[EngagementStatus(status)],
            "region": lambda slug: f"in {self.texts['region'][slug]}",
            "area": lambda number: f"in the STP area {self.texts['area'][number]}",
            "lead": lambda lead: "that you lead or are on the team of" if lead == MINE else f"led by {self.texts['lead'][lead]}",
            "client": lambda kind: f"for {_lower(ClientKind(kind).label)}",
            "q": lambda search: f"with “{search}”",
        }
        return [say(chosen[name]) for name, say in words.items() if name in chosen]

    def narrow(self, engagements: EngagementQuerySet, submitted: Mapping[int, AsSubmitted]) -> EngagementQuerySet:
        """Narrow what a person may see to what the address asks for, in the order that it asks for.

        To a client counts what was `submitted` to them, so that no search tells what stands in a working draft. Each row says in `waiting_since` when the version that waits for its signatories was submitted.
        """
        chosen = self.chosen
        waiting = PlanVersion.objects.filter(engagement=OuterRef("pk"), outcome=VersionOutcome.WAITING)
        with_waiting: EngagementQuerySet = engagements.annotate(waiting_since=Subquery(waiting.values("submitted_at")[:1]))
        lead = chosen.pop("lead", "")
        columns = {"status": "status", "region": "lead_region__slug"}
        found = with_waiting.filter(**{column: chosen[name] for name, column in columns.items() if name in chosen})
        found = self._find_submitted(found, submitted) if self.user.is_stp_lead else self._find(found)
        if lead:
            found = found.for_person(self.user) if lead == MINE else found.filter(lead_consultant=lead)
        sort = chosen.get("sort", NEWEST)
        if sort == "status":
            found = found.annotate(status_position=_STATUS_POSITION)
        order: tuple[Any, ...] = _SORTS[sort][1]
        if sort == "title" and self.user.is_stp_lead:
            order = ("title_position", "pk")
        return found.order_by(*(("closeness", *order) if self.search else order))

    def _find(self, engagements: EngagementQuerySet) -> EngagementQuerySet:
        """Narrow to a kind of client, an area and words as they stand in the plans now."""
        chosen = self.chosen
        found: EngagementQuerySet = engagements.filter(client_kind=chosen["client"]) if "client" in chosen else engagements
        if "area" in chosen:
            found = found.for_footprint(chosen["area"])
        return found.found_by(self.search) if self.search else found

    def _find_submitted(self, engagements: EngagementQuerySet, submitted: Mapping[int, AsSubmitted]) -> EngagementQuerySet:
        """Narrow to a kind of client, an area and words as they were submitted; nobody is named on many plans."""
        kind, area = self.chosen.get("client"), self.texts["area"].get(self.chosen.get("area"))
        if not (kind or area or self.search or self.chosen.get("sort") == "title"):
            return engagements
        kept = {
            pk: closeness
            for pk, said in submitted.items()
            if (not kind or said.client_kind == kind)
            and (not area or area in said.areas)
            and (closeness := policies.closeness_of(said, self.search, self.other_names)) is not None
        }
        by_title = sorted(kept, key=lambda pk: (submitted[pk].title.casefold(), pk))
        return engagements.filter(pk__in=kept).annotate(
            closeness=_numbered(kept), title_position=_numbered({pk: place for place, pk in enumerate(by_title)})
        )


def _numbered(numbers: Mapping[int, int]) -> Case:
    """Return a column that has a number for each engagement of some keys."""
    return Case(*(When(pk=pk, then=Value(number)) for pk, number in numbers.items()), output_field=IntegerField())


def _lower(label: str) -> str:
    """Return a label as part of a sentence."""
    return f"{label[:1].lower()}{label[1:]}"
