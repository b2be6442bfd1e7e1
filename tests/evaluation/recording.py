"""Measures under way, as tests of their results speak of them."""

from datetime import date

from core.models import AuditEvent
from engagements.enums import EngagementStatus
from evaluation import actions
from tests.factories.evaluation import MeasureFactory

DAY = date(2017, 1, 9)


def under_way(**values):
    """Return a measure of an engagement in delivery."""
    return MeasureFactory(engagement__status=EngagementStatus.IN_DELIVERY, with_baseline=True, **values)


def lead_of(measure):
    return measure.engagement.lead_consultant


def verbs(engagement):
    return list(AuditEvent.objects.filter(trail=engagement.trail).order_by("pk").values_list("verb", flat=True))


def collect(result, **values):
    said = {"collected_on": DAY, "value": "50", **values}
    return actions.collect_result(result=result, values=said, by=lead_of(result.measure))
