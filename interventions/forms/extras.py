"""Forms of what a region offers beside the national menu."""

from __future__ import annotations

from typing import Any

from crispy_forms.layout import Fieldset, Layout
from django import forms

from core.choices import load_choices
from core.forms import PortalForm, PortalModelForm
from framework.models import Domain
from interventions.forms.choices import behaviours_field, roles_field
from interventions.models import Intervention


class ExtraForm(PortalModelForm):
    """An intervention that one region offers beside the national menu."""

    main_domain = forms.ModelChoiceField(
        label="Main domain",
        queryset=Domain.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Choose the main domain"},
    )
    roles = roles_field("Which leadership roles does it develop?")
    behaviours = behaviours_field("Which behaviours does it develop?")

    layout = Layout(
        Fieldset("What it is", "name", "main_domain", "summary", "description"),
        Fieldset("For whom and how long", "suits", "typical_length"),
        Fieldset("What it develops", "roles", "behaviours"),
    )

    class Meta:
        model = Intervention
        fields = ["name", "main_domain", "summary", "description", "suits", "typical_length", "roles", "behaviours"]
        labels = {
            "name": "Name",
            "summary": "Summary",
            "description": "What is it?",
            "suits": "Whom does it suit?",
            "typical_length": "Typical length",
        }
        help_texts = {
            "summary": "One or two sentences, shown on the menu",
            "typical_length": "Such as “six sessions over half a year”",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        domains: Any = self.fields["main_domain"]
        domains.queryset = Domain.objects.in_order()
        load_choices(self)

    def clean_name(self) -> str:
        """Refuse a name that another intervention of the menu has, retired ones included: plans name them."""
        name: str = self.cleaned_data["name"]
        if Intervention.objects.filter(name__iexact=name).exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("There is an intervention with this name already. Choose another name.")
        return name


class ExtraRetireForm(PortalForm):
    """Why a region no longer offers an extra."""

    retired_reason = forms.CharField(
        label="Why is it no longer offered?",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text="Shown on its page to everybody who opens it, from an old plan or a link.",
        error_messages={"required": "Say why it is no longer offered"},
    )
