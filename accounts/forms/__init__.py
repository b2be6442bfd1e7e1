"""What people may type about themselves and, as admins, about others."""

from accounts.forms.leaving import LeaveForm
from accounts.forms.people import PersonEditForm, PersonFilterForm, PersonForm
from accounts.forms.signing_in import CodeForm, DemonstrationForm, LinkForm, PreferencesForm

__all__ = [
    "CodeForm",
    "DemonstrationForm",
    "LeaveForm",
    "LinkForm",
    "PersonEditForm",
    "PersonFilterForm",
    "PersonForm",
    "PreferencesForm",
]
