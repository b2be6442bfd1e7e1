"""What national admins may type about the framework."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from core.forms import PortalForm, PortalModelForm
from core.text import plain
from framework.enums import StepKind
from framework.models import Behaviour, Domain, ForwardViewStep, LeadershipRole, Resource

if TYPE_CHECKING:
    from framework.models import Succeeding

MAX_NAME = 60
MAX_TEXT = 2000
MAX_REASON = 300
ADDRESS_HINT = "Enter a web address like www.leadershipacademy.nhs.uk"
REASON_HINT = "One sentence. It stands beside the change in the history."


class LineField(forms.CharField):
    """Words that stand on one line, whatever line breaks and hidden characters were pasted with them."""

    def to_python(self, value: Any) -> str:
        """Return the words on one line."""
        return plain(super().to_python(value) or "")


def _reason(label: str) -> forms.CharField:
    """Return the field that asks why."""
    return LineField(
        label=label,
        max_length=MAX_REASON,
        help_text=REASON_HINT,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why, in one sentence"},
    )


class DomainForm(PortalModelForm):
    """What a domain is called and what it aims at."""

    name = LineField(label="Name", max_length=MAX_NAME)
    aim = forms.CharField(label="Aim", max_length=MAX_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 6}))
    reason = _reason("Why do you change it?")

    class Meta:
        model = Domain
        fields = ["name", "aim"]


class _TextForm(PortalModelForm):
    """The words of a row of the printed tables."""

    text = LineField(label="Words", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    reason = _reason("Why do you change it?")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_of_new(self)


class RoleForm(_TextForm):
    """The words of a leadership role."""

    class Meta:
        model = LeadershipRole
        fields = ["text"]


class BehaviourForm(_TextForm):
    """The words of a behaviour."""

    class Meta:
        model = Behaviour
        fields = ["text"]


class StepForm(PortalModelForm):
    """What a Forward View step is called, what it is and of which kind."""

    name = LineField(label="Name", max_length=200)
    kind = forms.ChoiceField(label="What is it?", choices=StepKind.choices, widget=forms.RadioSelect)
    description = forms.CharField(
        label="Description", max_length=MAX_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    reason = _reason("Why do you change it?")

    class Meta:
        model = ForwardViewStep
        fields = ["name", "kind", "description"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].error_messages["required"] = "Choose a gap, a service or an enabler"
        _ask_of_new(self)


class ResourceForm(PortalModelForm):
    """What a resource is called, what it is and where it is found."""

    name = LineField(label="Name", max_length=200)
    description = forms.CharField(
        label="Description", max_length=MAX_TEXT, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    address = forms.URLField(
        label="Web address",
        required=False,
        max_length=200,
        assume_scheme="https",
        help_text="Leave it empty if the resource has no page of its own.",
        error_messages={"invalid": ADDRESS_HINT},
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url", "spellcheck": "false"}),
    )

    class Meta:
        model = Resource
        fields = ["name", "description", "address"]

    def clean_address(self) -> str:
        """Return an address that a browser opens as a page."""
        address: str = self.cleaned_data["address"]
        if address:
            try:
                URLValidator(schemes=["http", "https"], message=ADDRESS_HINT)(address)
            except ValidationError as error:
                raise ValidationError(ADDRESS_HINT, code="invalid") from error
        return address


class RetireForm(PortalForm):
    """Why something is offered no longer."""

    reason = _reason("Why is it retired?")


def _ask_of_new(form: PortalModelForm) -> None:
    """Ask of a row that is new why it is added."""
    row: Succeeding = form.instance
    if row.pk is None:
        form.fields["reason"].label = "Why do you add it?"
