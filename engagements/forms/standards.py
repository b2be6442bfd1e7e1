"""Form of the guidance on a criterion."""

from __future__ import annotations

from django import forms

from core.forms import PortalModelForm
from engagements.enums import MAX_TEXT
from engagements.models import Criterion


class CriterionForm(PortalModelForm):
    """What helps people to judge a planned intervention against a criterion."""

    guidance = forms.CharField(label="Guidance", max_length=MAX_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 8}))

    class Meta:
        model = Criterion
        fields = ["guidance"]
