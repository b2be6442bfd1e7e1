"""What a person may type about what is measured and learned."""

from evaluation.forms.measures import MeasureForm
from evaluation.forms.results import (
    ContributionForm,
    MeasureDropForm,
    MeasureRetargetForm,
    ResultCollectForm,
    ResultForm,
    ResultMissForm,
)

__all__ = [
    "ContributionForm",
    "MeasureDropForm",
    "MeasureForm",
    "MeasureRetargetForm",
    "ResultCollectForm",
    "ResultForm",
    "ResultMissForm",
]
