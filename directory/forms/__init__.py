"""What a person may ask of the directory, and say in it."""

from directory.forms.contact_points import ContactPointForm
from directory.forms.footprints import FootprintForm
from directory.forms.organisations import MergeForm, NewOrganisationForm, OrganisationFilterForm, OrganisationForm
from directory.forms.search import AreaSearchForm, OrganisationSearchForm

__all__ = [
    "AreaSearchForm",
    "ContactPointForm",
    "FootprintForm",
    "MergeForm",
    "NewOrganisationForm",
    "OrganisationFilterForm",
    "OrganisationForm",
    "OrganisationSearchForm",
]
