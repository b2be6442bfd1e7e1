"""What people may type about themselves and, as admins, about others."""

from accounts.forms.leaving import LeaveForm
from accounts.forms.people import PersonEditForm, PersonFilterForm, PersonForm
from accounts.forms.signing_in import (
    AppForm,
    CodeForm,
    ConfirmCodeForm,
    DemonstrationForm,
    FactorAgainForm,
    FactorForm,
    LinkForm,
    PasskeyForm,
    PreferencesForm,
)

__all__ = [
    "AppForm",
    "CodeForm",
    "ConfirmCodeForm",
    "DemonstrationForm",
    "FactorAgainForm",
    "FactorForm",
    "LeaveForm",
    "LinkForm",
    "PasskeyForm",
    "PersonEditForm",
    "PersonFilterForm",
    "PersonForm",
    "PreferencesForm",
]
