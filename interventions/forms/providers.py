"""What an admin says of who delivers, and what people may ask of the directory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from core.choices import GroupedMultipleChoiceField, RowsField, load_choices
from core.filters import FilterForm, SearchField
from core.forms import PortalModelForm
from directory.models import Region
from interventions.enums import ProviderKind
from interventions.models import Intervention, Provider

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import User


class ProviderForm(PortalModelForm):
    """What is said of a provider. Only national admins choose among the regions."""

    kind = forms.ChoiceField(
        label="Kind",
        choices=ProviderKind.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what kind of provider it is",
            "invalid_choice": "Choose a kind of provider from the list",
        },
    )
    regions = RowsField(
        label="Which regions does it work in?",
        queryset=Region.objects.order_by("name", "pk"),
        help_text="Leave all unticked for one that works across the whole country.",
    )
    interventions = GroupedMultipleChoiceField(
        Intervention.objects.none(), group=lambda row: row.main_domain.name, label="What does it deliver?"
    )

    class Meta:
        model = Provider
        fields = ["name", "kind", "regions", "interventions", "contact", "notes", "declared_interest"]
        labels = {
            "name": "Name",
            "contact": "Contact",
            "notes": "Notes",
            "declared_interest": "Declared interest",
        }
        help_texts = {
            "contact": "Whom to ask, such as a person, an office or an email address",
            "notes": "What colleagues should know before they choose it",
            "declared_interest": "What an honest broker must say: money, shares, a past post or a family tie between this provider and "
            "anybody at an LDP or a client. It is shown beside the choice and printed in the brief.",
        }
        error_messages = {"name": {"required": "Enter the name of the provider"}}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if user.is_regional:
            del self.fields["regions"]
        offered: Any = self.fields["interventions"]
        offered.queryset = _deliverable(user).select_related("main_domain", "region")
        load_choices(self)
        offered.option_hints = {str(row.pk): f"Only in {row.region.name}" for row in offered.queryset if row.region}

    def clean_name(self) -> str:
        """Return the name with single spaces, so that two names that read alike are one."""
        return " ".join(self.cleaned_data["name"].split())


class ProviderFilterForm(FilterForm):
    """The search and the filters of the directory of providers."""

    q = SearchField(label="Words")
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "Any kind"), *ProviderKind.choices])
    region = forms.ChoiceField(label="Region", required=False)
    intervention = forms.TypedChoiceField(label="Intervention", required=False, coerce=int, empty_value=None)
    retired = forms.BooleanField(label="Also retired", required=False)

    def __init__(
        self, *args: Any, regions: Iterable[Region] = (), interventions: Iterable[Intervention] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.texts: dict[str, dict[Any, str]] = {
            "kind": dict(ProviderKind.choices),
            "region": {region.slug: region.name for region in regions},
            "intervention": {row.pk: row.name for row in interventions},
        }
        choices: dict[str, Any] = {
            "region": [("", "Any region"), *self.texts["region"].items()],
            "intervention": [("", "Any intervention"), *self.texts["intervention"].items()],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]  # both are choice fields

    @property
    def sentence(self) -> list[str]:
        """Say in words what the directory is narrowed to (P24)."""
        chosen = self.chosen
        said = [f"with “{chosen['q']}”"] if "q" in chosen else []
        said += [f"of the kind “{self.texts['kind'][chosen['kind']]}”"] if "kind" in chosen else []
        said += [f"working in {self.texts['region'][chosen['region']]}"] if "region" in chosen else []
        said += [f"delivering “{self.texts['intervention'][chosen['intervention']]}”"] if "intervention" in chosen else []
        return said + (["retired ones included"] if "retired" in chosen else [])


def _deliverable(user: User) -> Any:
    """Return what a provider can be said to deliver: the national menu, and the extras of the admin's region or of all."""
    if user.is_national_admin:
        return Intervention.objects.filter(retired_at=None).order_by("main_domain__position", "position", "pk")
    return Intervention.objects.on_the_menu(user.region)
