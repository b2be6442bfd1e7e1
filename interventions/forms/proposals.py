"""What a region proposes for the national menu, and what a national admin answers."""

from __future__ import annotations

from crispy_forms.layout import Fieldset, Layout
from django import forms

from core.forms import PortalForm
from interventions.forms.national import MAX_REASON, InterventionForm


class ProposalForm(InterventionForm):
    """The text of the menu as a region would have it, and why."""

    reason = forms.CharField(
        label="Why should it change?",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=MAX_REASON,
        help_text="National admins read this first",
        error_messages={"required": "Enter why it should change"},
    )

    layout = Layout(*InterventionForm.layout, Fieldset("Why", "reason"))


class ProposalAcceptForm(InterventionForm):
    """The text of the menu as it was proposed, to be edited before it is saved, and a word to the region."""

    answer = forms.CharField(
        label="A word to the region",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=MAX_REASON,
        help_text="Optional. Say what you changed, if you changed anything.",
    )

    layout = Layout(*InterventionForm.layout, Fieldset("Your answer", "answer"))


class ProposalDeclineForm(PortalForm):
    """Why the menu stays as it is."""

    answer = forms.CharField(
        label="Why is it declined?",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=MAX_REASON,
        help_text="The region that proposed it reads this",
        error_messages={"required": "Enter why it is declined"},
    )
