"""What an admin may say of the people whose accounts they keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from accounts.enums import REGIONAL_ROLES, STAFF_ROLES, Role
from accounts.forms.organisations import OrganisationNameField
from accounts.models import User
from accounts.policies import fields_open_to
from core.filters import FilterForm, SearchField
from core.forms import PortalForm, PortalModelForm
from core.text import refuse_unreachable
from directory.models import Region

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from accounts.models import UserQuerySet

EVERYBODY = "everybody"
TAKEN = "Somebody with this email address has an account already."
_ROLE_HINTS = {
    Role.CONSULTANT.value: "Works with clients: logs engagements, writes plans, measures what came of them.",
    Role.REGIONAL_ADMIN.value: "Does what a consultant does, and keeps the region’s offers, providers, contacts, people and work true.",
    Role.NATIONAL_ADMIN.value: "Reads the work of the whole country, and keeps the framework, the national menu and everybody’s accounts.",
}
_ADDRESS = {"invalid": "Enter an email address in the correct format, like name@example.nhs.uk"}
_ROLE_WORDS = {
    Role.CONSULTANT.value: "who are consultants",
    Role.REGIONAL_ADMIN.value: "who are regional admins",
    Role.NATIONAL_ADMIN.value: "who are national admins",
    Role.STP_LEAD.value: "who are STP leads",
    EVERYBODY: "of any role",
}


def _roles_given_by(user: User) -> list[tuple[str, str]]:
    """Return the roles that an admin can give."""
    return [(role.value, str(role.label)) for role in (STAFF_ROLES if user.is_national_admin else REGIONAL_ROLES)]


class RoleAndRegion(PortalForm):
    """What a colleague does, and for which region where that can be chosen."""

    role = forms.ChoiceField(
        label="Role",
        choices=[],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a role", "invalid_choice": "Choose a role from the list"},
    )
    region = forms.ModelChoiceField(
        label="LDP region",
        queryset=Region.objects.order_by("name", "pk"),
        required=False,
        empty_label="None, works nationally",
        help_text="A consultant or regional admin belongs to one region. A national admin belongs to none.",
        error_messages={"invalid_choice": "Choose a region from the list"},
    )

    def offer(self, user: User) -> None:
        """Offer what an admin can give."""
        if "role" in self.fields:
            self.fields["role"].choices = _roles_given_by(user)  # type: ignore[attr-defined]
            self.fields["role"].option_hints = _ROLE_HINTS  # type: ignore[attr-defined]  # the form pack reads it
        if not user.is_national_admin:
            self.fields.pop("region", None)

    def clean(self) -> dict[str, Any]:
        """Ask for the region of whoever belongs to one, and forget it of whoever does not."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if "region" in self.fields and "role" in cleaned:
            if cleaned["role"] not in REGIONAL_ROLES:
                cleaned["region"] = None
            elif not cleaned.get("region") and "region" not in self.errors:
                self.add_error("region", "Choose the region they belong to")
        return cleaned


class PersonForm(RoleAndRegion):
    """A colleague to invite."""

    field_order = ["full_name", "email", "job_title", "role", "region"]

    full_name = forms.CharField(label="Full name", max_length=150)
    email = forms.EmailField(
        label="Email address",
        max_length=254,
        validators=[refuse_unreachable],
        help_text="They sign in with a code that is sent to this address. Only a national admin can change it later.",
        error_messages=_ADDRESS,
    )
    job_title = forms.CharField(label="Job title", max_length=150, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = Role.CONSULTANT
        self.offer(user)


class PersonEditForm(RoleAndRegion, PortalModelForm):
    """What a person is called, does and may do, as far as whoever asks can change it."""

    field_order = ["full_name", "email", "job_title", "organisation", "role", "region"]

    email = forms.EmailField(
        label="Email address",
        max_length=254,
        validators=[refuse_unreachable],
        help_text="Whoever reads its mail can sign in as this person. A new address signs them out, and links they were sent stop working.",
        error_messages=_ADDRESS,
    )
    organisation = OrganisationNameField(label="Organisation", help_text="Start typing and choose from the list.")

    class Meta:
        model = User
        fields = ["full_name", "email", "job_title", "organisation", "role", "region"]
        labels: ClassVar[dict[str, str]] = {"full_name": "Full name", "job_title": "Job title"}
        error_messages: ClassVar[dict[str, dict[str, str]]] = {"email": {"unique": TAKEN}}

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = fields_open_to(user, self.instance)
        for name in set(self.Meta.fields) - allowed:
            del self.fields[name]
        self.offer(user)
        if "organisation" in self.fields:
            named: Any = self.fields["organisation"]
            named.own = self.instance.organisation_id
            if not self.is_bound:
                self.initial["organisation"] = str(self.instance.organisation or "")


class PersonFilterForm(FilterForm):
    """The search and the filters of the list of people."""

    q = SearchField(label="Name or email address")
    role = forms.ChoiceField(label="Role", required=False)
    region = forms.ChoiceField(label="LDP region", required=False)
    left = forms.BooleanField(label="Show people who have left too", required=False)

    def __init__(self, *args: Any, regions: Iterable[Region], user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [*_roles_given_by(user), (Role.STP_LEAD.value, "STP lead"), (EVERYBODY, "Everybody, STP leads too")]
        first = "Consultants and admins"
        self.fields["role"].choices = [("", first), *roles]  # type: ignore[attr-defined]
        self.names = {region.slug: region.name for region in regions}
        if user.is_national_admin:
            self.fields["region"].choices = [("", "Any region"), *self.names.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["region"]

    @property
    def sentence(self) -> list[str]:
        """Say in words what the list is narrowed to (P24)."""
        words: dict[str, Callable[[Any], str]] = {
            "role": lambda role: _ROLE_WORDS[role],
            "region": lambda slug: f"in {self.names[slug]}",
            "q": lambda search: f"with “{search}”",
            "left": lambda _: "who are here or have left",
        }
        return [say(self.chosen[name]) for name, say in words.items() if name in self.chosen]

    def narrow(self, people: UserQuerySet) -> UserQuerySet:
        """Narrow the people whom somebody keeps to those whom the address asks for."""
        chosen = self.chosen
        role = chosen.get("role", "")
        if role != EVERYBODY:
            people = people.filter(role__in=[role] if role else STAFF_ROLES)
        if "region" in chosen:
            people = people.filter(region__slug=chosen["region"])
        found: UserQuerySet = people.found_by(chosen["q"]) if "q" in chosen else people
        return found if chosen.get("left") else found.active()
