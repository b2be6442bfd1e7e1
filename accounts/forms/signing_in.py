"""What people say of themselves: whom a demonstration shall sign in, where a link shall go, the codes they were sent, what mail they want."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from allauth.account.forms import ConfirmLoginCodeForm, RequestLoginCodeForm
from allauth.core import context, ratelimit
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
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


class ConfirmCodeForm(ConfirmLoginCodeForm):
    """The code that was sent to an address; codes too are guessed ten times an hour at most, whoever guesses from wherever (S13)."""

    def clean_code(self) -> str:
        """Count the guess before it is looked at; the right one counts for nothing."""
        request = context.request
        key = (request._login_stage.login.email or "").lower()
        limit = {"action": "login_code_failed", "key": key}
        if not ratelimit.consume(request, **limit):
            raise get_adapter().validation_error("too_many_login_attempts")
        code = str(super().clean_code())
        ratelimit.clear(request, **limit)
        return code


class CodeWords(forms.Form):
    """How a page asks for a code of an authenticator app."""

    code_label = "Code"
    code_hint = "6 digits from your authenticator app, or a recovery code"

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as they came
        code = self.fields["code"]
        code.label, code.help_text = self.code_label, self.code_hint
        code.error_messages["required"] = "Enter the code"
        code.widget.attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}


class FactorForm(CodeWords, AuthenticateForm):
    """The second factor, while signing in."""


class FactorAgainForm(CodeWords, ReauthenticateForm):
    """The second factor once more, before a step that matters."""


class AppForm(CodeWords, ActivateTOTPForm):
    """The first code of an authenticator app, which shows that it is set up."""

    code_hint = "The 6 digits that your app shows now"


class PasskeyForm(AddWebAuthnForm):
    """What a passkey is called, and what the browser says of it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        name = self.fields["name"]
        name.label, name.help_text, name.max_length = "Name", "So that you know it again, such as “Work laptop”", 60


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
