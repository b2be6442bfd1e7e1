"""What a person may ask of the menu, and say of it."""

from interventions.forms.extras import ExtraForm, ExtraRetireForm
from interventions.forms.menu import MenuFilterForm
from interventions.forms.national import InterventionForm, InterventionRetireForm, InterventionSplitForm
from interventions.forms.offers import OfferForm, OffersTogetherForm
from interventions.forms.proposals import ProposalAcceptForm, ProposalDeclineForm, ProposalForm
from interventions.forms.providers import ProviderFilterForm, ProviderForm

__all__ = [
    "ExtraForm",
    "ExtraRetireForm",
    "InterventionForm",
    "InterventionRetireForm",
    "InterventionSplitForm",
    "MenuFilterForm",
    "OfferForm",
    "OffersTogetherForm",
    "ProposalAcceptForm",
    "ProposalDeclineForm",
    "ProposalForm",
    "ProviderFilterForm",
    "ProviderForm",
]
