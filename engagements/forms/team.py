"""Forms of who is on an engagement."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db.models import Q

from accounts.enums import REGIONAL_ROLES
from accounts.models import User
from core import records
from core.forms import PortalModelForm
from core.text import refuse_unreachable
from engagements.enums import ClientLeadPart, SigningOrder
from engagements.forms.choices import RowsField
from engagements.forms.organisations import OrganisationByName
from engagements.models import ClientLead, Engagement

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from directory.models import Region

_PART_HINTS = {
    ClientLeadPart.SIGNS.value: "The plan is agreed once everybody who signs has agreed.",
    ClientLeadPart.DEPUTY.value: "For when the signatory is away. One decision is enough: theirs or the signatory’s.",
    ClientLeadPart.READS.value: "They can comment, and do not decide.",
}
_ORDER_HINTS = {
    SigningOrder.PARALLEL.value: "Each can decide from the day the plan is submitted.",
    SigningOrder.IN_ORDER.value: "Each is asked once the one before has agreed. You set the order on the next page.",
}


class TeamForm(PortalModelForm):
    """The other consultants who work on an engagement."""

    team = RowsField(
        label="Who is on the team?",
        queryset=User.objects.none(),
        help_text="People of your region, and of regions whose areas Place names. Whoever is on the team can change the plan.",
    )

    class Meta:
        model = Engagement
        fields = ["team"]

    def __init__(self, *args: Any, regions: Iterable[Region], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        at_work = Q(is_active=True, role__in=REGIONAL_ROLES, region__in=list(regions))
        already = Q(pk__in=[member.pk for member in self.instance.team.all()])
        people = User.objects.filter(at_work | already).exclude(pk=self.instance.lead_consultant_id)
        _offer(self.fields["team"], people)


class ReassignForm(PortalModelForm):
    """Who answers for an engagement."""

    lead_consultant = forms.ModelChoiceField(
        label="Who leads this engagement from now on?",
        queryset=User.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
        error_messages={"required": "Choose who leads this engagement"},
    )

    class Meta:
        model = Engagement
        fields = ["lead_consultant"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["lead_consultant"], User.objects.consultants_of(self.instance.lead_region))


class SigningForm(PortalModelForm):
    """Whether the signatories are asked all at once or one after the other."""

    signing_order = forms.ChoiceField(
        label="How are the signatories asked to decide?", choices=SigningOrder.choices, widget=forms.RadioSelect
    )

    class Meta:
        model = Engagement
        fields = ["signing_order"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["signing_order"].option_hints = _ORDER_HINTS  # type: ignore[attr-defined]  # the form pack reads it


class LeadPart(OrganisationByName):
    """What a client lead does: one question, and for a deputy whose."""

    columns: ClassVar[dict[str, str]] = OrganisationByName.columns | {"part": "is_signatory"}

    job_title = forms.CharField(label="Job title", max_length=150, required=False)
    part = forms.ChoiceField(
        label="What do they do?",
        choices=ClientLeadPart.choices,
        initial=ClientLeadPart.SIGNS,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose what they do"},
    )
    deputy_for = forms.TypedChoiceField(
        label="Whose deputy are they?",
        required=False,
        empty_value=None,
        widget=forms.RadioSelect,
        help_text="Only for a deputy. Each signatory has one at most.",
    )

    def __init__(self, *args: Any, signatories: Sequence[ClientLead], is_in_review: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["sector"].help_text = "Needed only for an organisation that is new to the directory."
        if is_in_review:
            del self.fields["part"]
        else:
            self.fields["part"].option_hints = _PART_HINTS  # type: ignore[attr-defined]  # the form pack reads it
        if signatories or is_in_review:
            self._offer_signatories(signatories, is_required=is_in_review)
        else:
            # Nobody can be a deputy where nobody signs, or everybody who does has one.
            del self.fields["deputy_for"]
            parts = [choice for choice in ClientLeadPart.choices if choice[0] != ClientLeadPart.DEPUTY]
            self.fields["part"].choices = parts  # type: ignore[attr-defined]

    def _offer_signatories(self, signatories: Sequence[ClientLead], *, is_required: bool) -> None:
        """Offer the signatories whose deputy somebody can be, as they were read."""
        known = {str(lead.pk): lead for lead in signatories}
        field: Any = self.fields["deputy_for"]
        field.choices = [(pk, str(lead)) for pk, lead in known.items()]
        field.coerce = known.__getitem__
        field.option_hints = {pk: _job_of(lead) for pk, lead in known.items()}
        field.required = is_required
        field.help_text = "" if is_required else field.help_text
        field.error_messages |= {
            "required": "Choose whose deputy they are",
            "invalid_choice": "This signatory has a deputy by now, or signs no more. Choose another.",
        }

    @property
    def values(self) -> dict[str, Any]:
        """Return what was typed, with the part in the two columns that keep it."""
        said = super().values
        chosen = {"is_signatory", "deputy_for"} - self._chosen("theirs")
        columns = {
            "is_signatory": self.cleaned_data.get("part") == ClientLeadPart.SIGNS,
            "deputy_for": self.cleaned_data.get("deputy_for"),
        }
        return {name: value for name, value in said.items() if name not in ("part", "deputy_for")} | {
            name: columns[name] for name in chosen
        }

    def clean(self) -> dict[str, Any]:
        """Ask of a deputy whose they are; a choice made before another part was chosen says nothing."""
        cleaned = super().clean()
        if cleaned.get("part", ClientLeadPart.DEPUTY) != ClientLeadPart.DEPUTY:
            cleaned["deputy_for"] = None
        elif not cleaned.get("deputy_for") and "part" in cleaned and "deputy_for" not in self.errors:
            self.add_error("deputy_for", "Choose whose deputy they are")
        return cleaned


class ClientLeadForm(LeadPart):
    """A leader from the client's side."""

    field_order = [
        "full_name", "email", "job_title", "organisation_name", "organisation_choice", "sector", "part", "deputy_for",
    ]  # fmt: skip

    full_name = forms.CharField(label="Full name", max_length=150, widget=forms.TextInput(attrs={"data-width": "20"}))
    email = forms.EmailField(
        label="Email address",
        max_length=254,
        validators=[refuse_unreachable],
        help_text=(
            "Whoever signs gets one email when it is their turn to decide, with a link to the plan. "
            "They sign in with a code that is sent to this address."
        ),
        error_messages={"invalid": "Enter an email address in the correct format, like name@example.nhs.uk"},
    )


class ClientLeadEditForm(LeadPart, PortalModelForm):
    """What a client lead does, and for whom they speak."""

    field_order = ["job_title", "organisation_name", "organisation_choice", "sector", "part", "deputy_for"]

    class Meta:
        model = ClientLead
        fields = ["deputy_for"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lead = self.instance
        if not lead.user.is_stp_lead:
            del self.fields["job_title"]
        if not self.is_bound:
            part = ClientLeadPart.SIGNS if lead.is_signatory else ClientLeadPart.READS
            seen = records.snapshot(lead, ["organisation", "is_signatory", "deputy_for"])
            self.initial.update(
                job_title=lead.user.job_title,
                part=ClientLeadPart.DEPUTY if lead.deputy_for_id else part,
                seen=json.dumps(seen | records.snapshot(lead.user, ["job_title"])),
            )


def _offer(field: forms.Field, people: Any) -> None:
    """Offer people by name, each with what they do and where."""
    rows = people.select_related("region").order_by("full_name", "pk")
    field.queryset = rows  # type: ignore[attr-defined]
    field.label_from_instance = str  # type: ignore[attr-defined]
    field.option_hints = {str(person.pk): _about(person) for person in rows}  # type: ignore[attr-defined]


def _job_of(lead: ClientLead) -> str:
    """Say what a client lead does, and for whom they speak."""
    return ", ".join(part for part in (lead.user.job_title, lead.organisation.name if lead.organisation else "") if part)


def _about(person: User) -> str:
    """Say what a person does and where."""
    return ", ".join(str(part) for part in (person.job_title, person.region) if part)
