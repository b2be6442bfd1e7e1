"""What is typed about what was learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from core.filters import FilterForm, SearchField
from core.forms import PortalForm, PortalModelForm
from engagements.enums import MAX_TEXT, ClientKind
from evaluation.enums import Sharing, Strength
from evaluation.models import Learning

if TYPE_CHECKING:
    from collections.abc import Iterable

    from framework.models import Behaviour, Domain, LeadershipRole
    from interventions.models import Intervention

SHARING_HINTS = {
    Sharing.TEAM: "It stays here",
    Sharing.REGION: "Your regional admin takes it into what your region reads",
    Sharing.LDPS: "Every LDP reads it where the next plan is made",
    Sharing.PUBLIC: "It stands on the page of the intervention, with your region’s name and without the engagement’s",
}


class LearningForm(PortalModelForm):
    """What worked, for whom, in what context, what to watch, and how far it may be shared."""

    class Meta:
        model = Learning
        fields = ["planned_intervention", "worked", "for_whom", "context", "to_watch", "sharing"]
        labels = {
            "planned_intervention": "From which intervention",
            "worked": "What worked, and what did not?",
            "for_whom": "For whom?",
            "context": "In what context?",
            "to_watch": "What should the next team watch?",
            "sharing": "How far may it be shared?",
        }
        help_texts = {
            "planned_intervention": "Choose the engagement as a whole where it came from all of it.",
            "worked": "It begins with what the records say. Put it into your own words: what would you tell a colleague in another region? "
            "Leave out names.",
            "for_whom": "For example: clinical leads in their first year; it passed the finance directors by.",
            "context": "For example: two trusts about to merge, and an election in the middle.",
            "to_watch": "For example: book the second evening before the first is over.",
        }
        widgets = {
            "worked": forms.Textarea(attrs={"rows": 8}),
            "for_whom": forms.Textarea(attrs={"rows": 2}),
            "context": forms.Textarea(attrs={"rows": 2}),
            "to_watch": forms.Textarea(attrs={"rows": 3}),
            "sharing": forms.RadioSelect,
        }
        error_messages = {"worked": {"required": "Enter what was learned"}}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        planned: Any = self.fields["planned_intervention"]
        planned.queryset = self.instance.engagement.planned_interventions.order_by("position", "pk")
        planned.empty_label = "The engagement as a whole"
        sharing: Any = self.fields["sharing"]
        sharing.choices = Sharing.choices
        sharing.option_hints = SHARING_HINTS


class LearningAcceptForm(PortalForm):
    """The words in which the menu tells it."""

    evidence = forms.CharField(
        label="As the menu tells it",
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="In the team’s own words, or shorter. For whom, in what context and what to watch stand beside it.",
        error_messages={"required": "Enter what the menu tells"},
    )


class LearningDeclineForm(PortalForm):
    """Why something is not taken into the evidence."""

    reason = forms.CharField(
        label="Why is it not taken into the evidence?",
        max_length=MAX_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="The team reads this. What they learned stays with their engagement.",
        error_messages={"required": "Enter the reason"},
    )


class LibraryFilterForm(FilterForm):
    """The search and filters of what was learned across the country."""

    q = SearchField(label="Words")
    domain = forms.ChoiceField(label="Domain", required=False)
    intervention = forms.ChoiceField(label="Intervention", required=False)
    role = forms.TypedChoiceField(label="Leadership role", required=False, coerce=int, empty_value=None)
    behaviour = forms.TypedChoiceField(label="Behaviour", required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label="Kind of place", required=False, choices=[("", "Any kind"), *ClientKind.choices])
    strength = forms.ChoiceField(label="Strength of evidence", required=False, choices=[("", "Any"), *Strength.choices])

    def __init__(
        self,
        *args: Any,
        domains: Iterable[Domain] = (),
        menu: Iterable[Intervention] = (),
        roles: Iterable[LeadershipRole] = (),
        behaviours: Iterable[Behaviour] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.names: dict[str, dict[Any, str]] = {
            "domain": {row.slug: row.name for row in domains},
            "intervention": {row.slug: row.name for row in menu},
            "role": {row.lineage: row.text for row in roles},
            "behaviour": {row.lineage: row.text for row in behaviours},
            "kind": dict(ClientKind.choices),
            "strength": dict(Strength.choices),
        }
        for name in ("domain", "intervention", "role", "behaviour"):
            field: Any = self.fields[name]
            field.choices = [("", "Any"), *self.names[name].items()]

    @property
    def sentence(self) -> list[str]:
        """Say in words what the library is narrowed to (P24)."""
        chosen = self.chosen
        said = [f"with “{chosen['q']}”"] if "q" in chosen else []
        return said + [
            f"with {str(self.fields[name].label).lower()} “{self.names[name][chosen[name]]}”"
            for name in self.names
            if name in chosen
        ]
