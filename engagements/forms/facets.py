"""Forms of the four facets. Hints stand where people hesitate; nothing but a name or a statement is required."""

from __future__ import annotations

from typing import Any

from django import forms

from core.forms import PortalModelForm
from core.widgets import NHSDateField
from directory.models import Footprint, Site
from engagements.enums import Level, PlaceLevel
from engagements.forms.choices import behaviours_field, load_choices, roles_field, steps_field
from engagements.forms.organisations import OrganisationByName
from engagements.models import ParticipantGroup, Place, Priority, Purpose


class ParticipantGroupForm(OrganisationByName, PortalModelForm):
    """A group of people."""

    field_order = ["name", "organisation_name", "organisation_choice", "sector", "headcount", "why_them"]

    class Meta:
        model = ParticipantGroup
        fields = ["name", "sector", "headcount", "why_them"]
        labels = {
            "name": "Who are they?",
            "headcount": "How many people?",
            "why_them": "Why them?",
        }
        help_texts = {
            "name": "A group as you would call it, such as “Emergency department consultants” or “Carers’ forum”",
            "headcount": "Digits only. A rough number will do, such as 30",
            "why_them": "What they bring, what they hold, or what cannot move without them",
        }
        widgets = {"headcount": forms.NumberInput(attrs={"data-width": "5"})}
        error_messages = {
            "headcount": {
                "invalid": "Enter how many people in digits, such as 30",
                "min_value": "A group has at least 1 person",
            }
        }


class PlaceForm(PortalModelForm):
    """A place."""

    footprint = forms.ModelChoiceField(
        label="STP area", queryset=Footprint.objects.order_by("name"), required=False, empty_label="Choose an STP area"
    )
    site = forms.ModelChoiceField(
        label="Vanguard or pioneer site", queryset=Site.objects.order_by("name"), required=False, empty_label="Choose a site"
    )
    level = forms.ChoiceField(
        label="How large is the place?", choices=PlaceLevel.choices, required=False, widget=forms.RadioSelect
    )

    class Meta:
        model = Place
        fields = ["footprint", "site", "name", "level", "note"]
        labels = {"name": "Name of the place", "note": "What matters about this place?"}
        help_texts = {
            "name": "For a town, a borough or a building, such as “Boston and the east coast”",
            "note": "What is particular here: history, distance, who gets on with whom",
        }


class PurposeForm(PortalModelForm):
    """A purpose."""

    forward_view_steps = steps_field(
        "Which Forward View steps should it bring nearer?",
        "Tick the few that matter. Enablers alone will not meet the criterion.",
    )
    strategy_confirmed_on = NHSDateField(label="When was that confirmed?", what="the date it was confirmed", required=False)

    class Meta:
        model = Purpose
        fields = [
            "statement",
            "real_work_issue",
            "forward_view_steps",
            "strategy_title",
            "strategy_section",
            "strategy_confirmed_by",
            "strategy_confirmed_on",
        ]
        labels = {
            "statement": "What is this for?",
            "real_work_issue": "What is the real work issue?",
            "strategy_title": "Which workforce strategy does it belong to?",
            "strategy_section": "Which section of it?",
            "strategy_confirmed_by": "Who has confirmed that?",
        }
        help_texts = {
            "statement": "One or two sentences that the client would read out to their board",
            "real_work_issue": "The piece of work that has to get better, in terms anybody would recognise on a ward or in a town hall",
            "strategy_title": "The name of the STP’s own document",
            "strategy_confirmed_by": "The name and role of somebody who answers for the strategy",
        }
        widgets = {"statement": forms.Textarea, "real_work_issue": forms.Textarea}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        load_choices(self)


class PriorityForm(PortalModelForm):
    """A priority."""

    level_now = forms.ChoiceField(label="Where are things now?", choices=Level.choices, required=False, widget=forms.RadioSelect)
    level_wanted = forms.ChoiceField(
        label="Where should they be?", choices=Level.choices, required=False, widget=forms.RadioSelect
    )
    roles = roles_field(
        "Which leadership roles does it ask for?",
        "The advice on interventions works from these. Four or five say more than fifteen.",
    )
    behaviours = behaviours_field("Which behaviours does it ask for?")

    class Meta:
        model = Priority
        fields = ["statement", "level_now", "level_wanted", "roles", "behaviours"]
        labels = {"statement": "What must change first?"}
        help_texts = {
            "statement": "What leaders here will do differently, such as “Plan discharge together before the patient arrives”"
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        load_choices(self)
