"""Forms of what a region offers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from core import records
from core.choices import RowsField
from core.forms import PortalForm, PortalModelForm
from core.widgets import MoneyInput
from interventions.enums import MAX_LEAD_TIME_WEEKS, Availability
from interventions.models import Intervention, Provider, RegionalOffer
from interventions.policies import OfferShown, offer_shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from core.refusals import Blocker

_AVAILABILITY_HINTS = {
    Availability.OFFERED.value: "It can be booked or is run by you.",
    Availability.ON_REQUEST.value: "You can source it when somebody asks.",
    Availability.NOT_OFFERED.value: "It cannot be had through you at present.",
}
_TOO_MUCH = "A cost must be less than £10,000,000"
_COST_MESSAGES = {
    "invalid": "Enter a sum of money in pounds, like 4000 or 4000.50",
    "min_value": "A cost cannot be less than £0",
    "max_digits": _TOO_MUCH,
    "max_whole_digits": _TOO_MUCH,
    "max_decimal_places": "Enter pounds and pence, like 4000.50",
}
_UPSIDE_DOWN = "The highest cost must be the same as or more than the lowest"


def _weeks_field() -> forms.IntegerField:
    """Return a field for the notice that a region needs."""
    limits = f"Enter a number of weeks from 0 to {MAX_LEAD_TIME_WEEKS}"
    return forms.IntegerField(
        label="Notice in weeks",
        required=False,
        min_value=0,
        max_value=MAX_LEAD_TIME_WEEKS,
        widget=forms.NumberInput(attrs={"data-width": "3"}),
        error_messages={"invalid": "Enter a whole number of weeks, like 6", "min_value": limits, "max_value": limits},
    )


def _cost_field(label: str) -> forms.DecimalField:
    """Return a field for one end of a range of costs."""
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_digits=9,
        decimal_places=2,
        widget=MoneyInput(),
        error_messages=_COST_MESSAGES,
    )


class OfferForm(PortalModelForm):
    """What one region says of one intervention, for the first time or anew."""

    availability = forms.ChoiceField(
        label="Is it offered?",
        choices=Availability.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose offered, on request or not offered"},
    )
    lead_time_weeks = _weeks_field()
    cost_from = _cost_field("Lowest cost")
    cost_to = _cost_field("Highest cost")
    providers = RowsField(label="Who delivers it?", queryset=Provider.objects.none())
    is_checked = forms.BooleanField(label="I have checked all of this today", required=False)

    layout = Layout(
        Fieldset("What everybody sees", "availability"),
        Fieldset(
            "What consultants and admins see too", "notes", "lead_time_weeks", "cost_from", "cost_to", "contact", "providers"
        ),
        "is_checked",
    )

    class Meta:
        model = RegionalOffer
        fields = ["availability", "notes", "lead_time_weeks", "cost_from", "cost_to", "contact", "providers"]
        labels = {"notes": "Notes", "contact": "Whom to ask"}
        help_texts = {
            "notes": "Dates, formats, limits: what a consultant should know before promising it",
            "contact": "A name, and how to reach them",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["availability"].option_hints = _AVAILABILITY_HINTS  # type: ignore[attr-defined]  # the form pack reads it
        self._offer_providers()
        if self.instance.pk is None and not self.is_bound:
            # Nothing has been said yet, and that is what was seen: somebody may say something meanwhile.
            names = [name for name in self.fields if name not in ("seen", "is_checked")]
            self.initial["seen"] = json.dumps(records.snapshot(self.instance, names))

    @property
    def is_merged(self) -> bool:
        """Tell that saving lays the words beside what stands there: a colleague may have said something first."""
        return True

    @property
    def previewed(self) -> OfferShown:
        """Return the offer as it would be shown if it were saved today; only of a valid form."""
        if self.cleaned_data["is_checked"]:
            self.instance.last_checked_on = timezone.localdate()
        return offer_shown(self.instance, self.cleaned_data["providers"])

    def clean(self) -> dict[str, Any]:
        """Refuse a range of costs that stands upside down, beside the field where it can be put right."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        lowest, highest = cleaned.get("cost_from"), cleaned.get("cost_to")
        if lowest is not None and highest is not None and highest < lowest:
            self.add_error("cost_to", _UPSIDE_DOWN)
        return cleaned

    def _offer_providers(self) -> None:
        """Offer the active providers of the region and those chosen already, and say who delivers the intervention elsewhere."""
        offer = self.instance
        delivers = Provider.interventions.through.objects.filter(provider=OuterRef("pk"), intervention=offer.intervention_id)
        here = Q(is_active=True, pk__in=Provider.objects.for_region(offer.region).order_by().values("pk"))
        already = Q(pk__in=[row.pk for row in offer.providers.all()] if offer.pk else [])
        rows = Provider.objects.filter(here | already).annotate(delivers=Exists(delivers)).order_by("-delivers", "name", "pk")
        field: Any = self.fields["providers"]
        field.queryset = rows
        found = list(rows)
        field.choices = [(row.pk, str(row)) for row in found]
        field.option_hints = {str(row.pk): _about(row) for row in found}
        field.help_text = (
            f"Providers of {offer.region}, those first that say they deliver it."
            if found
            else f"The directory has no provider in {offer.region} yet."
        )


def _about(provider: Any) -> str:
    """Say what kind of provider somebody is, and whether they deliver the intervention."""
    said = provider.get_kind_display()
    if not provider.is_active:
        return f"{said}. Retired: no longer shown to consultants."
    return f"{said}. Delivers this intervention already." if provider.delivers else said


class OffersTogetherForm(PortalForm):
    """The same said of several interventions at once: what is left empty stays as it is."""

    chosen = RowsField(label="Interventions", queryset=Intervention.objects.none())
    availability = forms.ChoiceField(
        label="Availability", choices=[("", "Leave as it is"), *Availability.choices], required=False
    )
    lead_time_weeks = _weeks_field()
    contact = forms.CharField(label="Whom to ask", max_length=200, required=False)
    is_checked = forms.BooleanField(label="Checked today", required=False)

    layout = Layout("availability", "lead_time_weeks", "contact", "is_checked")

    def __init__(self, *args: Any, shown: Sequence[OfferShown], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        menu = [row.offer.intervention for row in shown]
        self._marks = json.dumps({row.offer.intervention_id: row.mark for row in shown})
        self.initial["seen"] = self._marks
        field: Any = self.fields["chosen"]
        field.queryset = Intervention.objects.filter(pk__in=[row.pk for row in menu])

    @property
    def ticked(self) -> set[str]:
        """Return the primary keys that are ticked, as they were sent."""
        return {str(pk) for pk in self["chosen"].value() or ()}

    @property
    def values(self) -> dict[str, Any]:
        """Return what is to be said of the interventions ticked."""
        return {name: value for name, value in super().values.items() if name != "chosen"}

    def refuse(self, blockers: Iterable[Blocker]) -> None:
        """Say what was refused, beside the offers as they stand: those are what has been seen by the next attempt."""
        super().refuse(blockers)
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a bound form holds a MultiValueDict
        data[self.add_prefix("seen")] = self._marks
        self.data = data

    def clean(self) -> dict[str, Any]:
        """Ask for something ticked and something to change."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "chosen" not in self.errors and not cleaned.get("chosen"):
            self.add_error("chosen", "Tick at least one intervention")
        asked = [name for name in self.fields if name not in ("seen", "chosen")]
        # A notice of no weeks is something to say.
        if not self.errors.keys() & set(asked) and all(
            cleaned.get(name) in ("", None) or cleaned[name] is False for name in asked
        ):
            self.add_error("availability", "Choose what to change")
        return cleaned
