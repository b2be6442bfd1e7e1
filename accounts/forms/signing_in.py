"""What people say of themselves: whom a demonstration shall sign in, where a link shall go, what mail they want."""

from __future__ import annotations

from allauth.account.forms import RequestLoginCodeForm
from django import forms

from accounts.models import User
from core.forms import PortalForm, PortalModelForm
from core.text import refuse_unreachable


class DemonstrationForm(forms.Form):
    """The demonstration account to sign in with."""

    person = forms.ModelChoiceField(queryset=User.objects.none())

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        self.fields["person"].queryset = User.objects.demonstration()  # type: ignore[attr-defined]


class CodeForm(RequestLoginCodeForm):
    """The address that a code to sign in with shall be sent to."""

    def clean_email(self) -> str:
        """Take an address to which an email can be sent."""
        refuse_unreachable(self.cleaned_data["email"])
        return str(super().clean_email())


class LinkForm(PortalForm):
    """The address that a new link shall be sent to."""

    email = forms.EmailField(
        label="Your email address",
        max_length=254,
        validators=[refuse_unreachable],
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false"}),
        error_messages={"required": "Enter your email address", "invalid": "Enter an email address, such as name@nhs.net"},
    )


class PreferencesForm(PortalModelForm):
    """Which messages a person is sent."""

    class Meta:
        model = User
        fields = ["wants_digest"]
        labels = {"wants_digest": "Send me a daily summary"}
        help_texts = {
            "wants_digest": "One email in the morning, on days after which there is something to tell. It says what others did on the plans you work on or read."
        }
