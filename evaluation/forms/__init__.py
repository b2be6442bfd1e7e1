"""What a person may type about what is measured and learned."""

from evaluation.forms.delivery import DeliveredSessionForm
from evaluation.forms.feedback import FeedbackAnswerForm, FeedbackExtendForm, FeedbackSetupForm
from evaluation.forms.learning import LearningAcceptForm, LearningDeclineForm, LearningForm, LibraryFilterForm
from evaluation.forms.measures import MeasureForm
from evaluation.forms.reports import ReportFilterForm
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
    "DeliveredSessionForm",
    "FeedbackAnswerForm",
    "FeedbackExtendForm",
    "FeedbackSetupForm",
    "LearningAcceptForm",
    "LearningDeclineForm",
    "LearningForm",
    "LibraryFilterForm",
    "MeasureDropForm",
    "MeasureForm",
    "MeasureRetargetForm",
    "ReportFilterForm",
    "ResultCollectForm",
    "ResultForm",
    "ResultMissForm",
]
