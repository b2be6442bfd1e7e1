"""Forms of the plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crispy_forms.layout import Fieldset, Layout
from django import forms
from django.db.models import Exists, OuterRef, Q

from core.forms import PortalModelForm
from core.text import inline
from core.widgets import MoneyInput, NHSDateField, PercentInput
from engagements.enums import MAX_COST_POUNDS, SOURCING_ROUTE_HINTS, Focus, FundingCertainty, SourcingRoute
from engagements.forms.choices import RowsField, behaviours_field, load_choices, roles_field, steps_field
from engagements.models import FundingLine, ParticipantGroup, PlannedIntervention, Priority
from interventions.models import Provider, RegionalOffer

if TYPE_CHECKING:
    from collections.abc import Callable

_TOO_MUCH = f"A sum of money must be £{MAX_COST_POUNDS:,} or less"
_MONEY_MESSAGES = {
    "invalid": "Enter a sum of money in pounds, like 4000 or 4000.50",
    "max_digits": _TOO_MUCH,
    "max_whole_digits": _TOO_MUCH,
    "max_decimal_places": "Enter pounds and pence, like 4000.50",
}


# What an honest broker says of a provider where it is chosen.
_SAID_OF_PROVIDERS: list[tuple[str, Callable[[Any], bool]]] = [
    ("named in the region’s offer", lambda provider: provider.is_named),
    ("has declared an interest", lambda provider: bool(provider.declared_interest)),
    ("retired", lambda provider: not provider.is_active),
]


class ProviderField(forms.ModelChoiceField):
    """One provider of the directory; those whom the region's offer names say so, and what each has declared stands beside the choice."""

    def label_from_instance(self, obj: Any) -> str:
        """Return the name, whether the region names them for this intervention, and whether they declare an interest."""
        said = [words for words, is_so in _SAID_OF_PROVIDERS if is_so(obj)]
        return f"{obj} ({', '.join(said)})" if said else str(obj)

    def load(self) -> None:
        """Read the providers once for each showing of the form, and say under the choice what they declare."""
        providers: Any = list(self.queryset)  # type: ignore[arg-type]  # the form has offered some by now
        self.choices = [("", self.empty_label), *((row.pk, self.label_from_instance(row)) for row in providers)]
        self.help_text = " ".join(
            f"{row} declares: {_sentence(row.declared_interest)}" for row in providers if row.declared_interest
        )


class PlannedInterventionForm(PortalModelForm):
    """One intervention as it was co-designed."""

    audience = RowsField(
        label="Who is it for?",
        queryset=ParticipantGroup.objects.none(),
        help_text="Two or more organisations make it multi-organisational; two or more sectors make it multi-agency.",
    )
    serves = RowsField(label="Which priorities does it serve?", queryset=Priority.objects.none())
    focus = forms.ChoiceField(
        label="What does it develop first of all?", choices=Focus.choices, required=False, widget=forms.RadioSelect
    )
    roles = roles_field("Which leadership roles does it develop?")
    behaviours = behaviours_field("Which behaviours does it develop?")
    forward_view_steps = steps_field("Which Forward View steps does it bring nearer?")
    preparatory_percent = forms.IntegerField(
        label="How much of the work is preparatory?",
        required=False,
        min_value=0,
        max_value=100,
        widget=PercentInput(),
        help_text="Enabling or preparing, rather than bringing a step nearer. Less than half meets the criterion.",
        error_messages={"min_value": "Enter a percentage from 0 to 100", "max_value": "Enter a percentage from 0 to 100"},
    )
    sourcing_route = forms.ChoiceField(
        label="How will it be sourced?", choices=SourcingRoute.choices, required=False, widget=forms.RadioSelect
    )
    provider = ProviderField(
        label="Provider", queryset=Provider.objects.none(), required=False, empty_label="Choose from the directory"
    )
    starts_on = NHSDateField(label="Start date", what="the start date", required=False)
    ends_on = NHSDateField(label="End date", what="the end date", required=False)

    layout = Layout(
        Fieldset("What it is", "title", "co_designed"),
        Fieldset("Who it is for and what it serves", "audience", "serves"),
        Fieldset("What it develops", "focus", "roles", "behaviours"),
        Fieldset("Forward View steps", "forward_view_steps", "preparatory_percent"),
        Fieldset("Where it comes from", "sourcing_route", "route_reason", "provider", "other_provider"),
        Fieldset("When and how often", "starts_on", "ends_on", "sessions", "places"),
        Fieldset("What it costs", "is_no_cost", "estimated_cost"),
        Fieldset("What it should lead to", "expected_impact"),
    )

    class Meta:
        model = PlannedIntervention
        fields = [
            "title",
            "co_designed",
            "audience",
            "serves",
            "focus",
            "roles",
            "behaviours",
            "forward_view_steps",
            "preparatory_percent",
            "sourcing_route",
            "route_reason",
            "provider",
            "other_provider",
            "starts_on",
            "ends_on",
            "sessions",
            "places",
            "is_no_cost",
            "estimated_cost",
            "expected_impact",
        ]
        labels = {
            "title": "Title",
            "co_designed": "What was co-designed?",
            "route_reason": "Why this route?",
            "other_provider": "Provider who is not in the directory",
            "sessions": "Number of sessions",
            "places": "Number of places",
            "is_no_cost": "There is no cost",
            "estimated_cost": "Estimated cost",
            "expected_impact": "Expected impact",
        }
        help_texts = {
            "co_designed": "What will happen, as the client and you have shaped it: format, rhythm, the real work they bring",
            "route_reason": "An honest broker says why: what else was considered, and any interest of yours in the choice",
            "estimated_cost": "For the whole intervention, in pounds",
            "expected_impact": "What people will see, hear or be able to do when it has worked. Measures come next.",
        }
        error_messages = {
            "estimated_cost": _MONEY_MESSAGES,
            "sessions": {"min_value": "Enter at least 1 session, or leave it empty"},
            "places": {"min_value": "Enter at least 1 place, or leave it empty"},
        }
        widgets = {
            "estimated_cost": MoneyInput(),
            "sessions": forms.NumberInput(attrs={"data-width": "4"}),
            "places": forms.NumberInput(attrs={"data-width": "5"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        engagement = self.instance.engagement
        self._offer("audience", engagement.groups.select_related("organisation").order_by("pk"))
        self._offer("serves", engagement.priorities.order_by("position", "pk"))
        # Whoever was chosen once stays, also when they have stopped or moved away.
        chosen = Q(pk=self.instance.provider_id)
        here = Q(pk__in=Provider.objects.active().for_region(engagement.lead_region).order_by().values("pk"))
        named = RegionalOffer.objects.filter(
            region=engagement.lead_region, intervention=self.instance.intervention_id, providers=OuterRef("pk")
        )
        providers = Provider.objects.filter(here | chosen).annotate(is_named=Exists(named))
        self._offer("provider", providers.order_by("-is_named", "name", "pk"))
        self.fields["provider"].load()  # type: ignore[attr-defined]  # a field of our own
        self.fields["sourcing_route"].option_hints = SOURCING_ROUTE_HINTS  # type: ignore[attr-defined]  # the form pack reads it
        load_choices(self)

    def _offer(self, name: str, rows: Any) -> None:
        """Offer the rows of this engagement or its region."""
        self.fields[name].queryset = rows  # type: ignore[attr-defined]  # the three fields named are model choices


def _sentence(text: str) -> str:
    """Return a text as one line that ends."""
    line = inline(text)
    return line if line.endswith((".", "!", "?")) else f"{line}."


class FundingLineForm(PortalModelForm):
    """A sum of money towards a planned intervention."""

    certainty = forms.ChoiceField(label="How sure is it?", choices=FundingCertainty.choices, widget=forms.RadioSelect)

    class Meta:
        model = FundingLine
        fields = ["source", "amount", "certainty"]
        labels = {"source": "Where does the money come from?", "amount": "Amount"}
        help_texts = {"source": "Such as “Health Education England local office” or “the four CCGs together”"}
        error_messages = {"amount": _MONEY_MESSAGES}
        widgets = {"amount": MoneyInput()}
