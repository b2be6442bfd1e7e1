"""What is agreed on to know whether it worked, and what came of it."""

from evaluation.models.delivery import DeliveredSession
from evaluation.models.feedback import FeedbackAnswer, FeedbackForm, FeedbackLink
from evaluation.models.learning import Learning
from evaluation.models.measure import EarlierTarget, Measure, MeasureSuggestion
from evaluation.models.result import Result

__all__ = [
    "DeliveredSession",
    "EarlierTarget",
    "FeedbackAnswer",
    "FeedbackForm",
    "FeedbackLink",
    "Learning",
    "Measure",
    "MeasureSuggestion",
    "Result",
]
