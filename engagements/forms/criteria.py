"""Form of what a person writes about a criterion."""

from __future__ import annotations

from django import forms

from core.forms import PortalModelForm
from engagements.enums import Finding
from engagements.models import CriterionCheck


class CriterionCheckForm(PortalModelForm):
    """A reason for "not met", or an overrule with its reason."""

    overruled_to = forms.ChoiceField(
        label="What does it come to?",
        required=False,
        choices=[("", "Leave it as it works out")]
        + [(finding.value, f"Overrule: {finding.label.lower()}") for finding in Finding if finding != Finding.NOT_YET_KNOWN],
        widget=forms.RadioSelect,
    )

    # Two people may begin where nothing is written yet; whoever comes second sees what the first wrote.
    is_merged = True

    class Meta:
        model = CriterionCheck
        fields = ["overruled_to", "reason"]
        labels = {"reason": "Reason"}
        help_texts = {"reason": "Whoever reviews the plan reads this first. Say what the data cannot show."}
