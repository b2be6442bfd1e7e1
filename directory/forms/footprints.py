"""The form of one STP area."""

from __future__ import annotations

from typing import Any

from django import forms

from core.choices import RowsField
from core.forms import PortalModelForm
from core.names import join_names, split_names
from directory import policies
from directory.models import Footprint, Region

MAX_OTHER_NAMES = 500


class FootprintForm(PortalModelForm):
    """Which regions an STP area belongs to, and what else it is called."""

    lead_region = forms.ModelChoiceField(
        label="Which region leads?",
        queryset=Region.objects.order_by("name", "pk"),
        widget=forms.RadioSelect(attrs={"data-small": "true"}),
        empty_label=None,
        error_messages={"required": "Choose the region that leads"},
    )
    other_regions = RowsField(
        label="Which other regions share it?",
        queryset=Region.objects.order_by("name", "pk"),
        widget=forms.CheckboxSelectMultiple(attrs={"data-small": "true"}),
        help_text="Their consultants see every plan that touches this area.",
    )
    other_names = forms.CharField(
        label="Other names",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Earlier and later names, by which people can find the area. One on each line.",
    )

    class Meta:
        model = Footprint
        fields = ["lead_region", "other_regions", "other_names"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["other_names"] = "\n".join(split_names(self.instance.other_names))

    def clean_other_names(self) -> str:
        """Return the names as one column holds them."""
        lines = self.cleaned_data["other_names"].splitlines()
        names = join_names([name for line in lines for name in split_names(line)], without=self.instance.name)
        if len(names) > MAX_OTHER_NAMES:
            raise forms.ValidationError(f"The other names must be {MAX_OTHER_NAMES} characters or fewer all together.")
        return names

    def clean(self) -> dict[str, Any]:
        """Check that the lead region does not stand among the others too."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        lead = cleaned.get("lead_region")
        for blocker in policies.sharing_blockers(lead, cleaned.get("other_regions") or []) if lead else []:
            self.add_error("other_regions", blocker.sentence)
        return cleaned
