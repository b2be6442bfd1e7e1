"""Engagements whose work has begun, with what a report tells of them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from engagements.enums import EngagementStatus
from evaluation.enums import MeasureKind
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory, StatusChangeFactory
from tests.factories.evaluation import FeedbackAnswerFactory, FeedbackFormFactory, MeasureFactory
from tests.helpers import as_user

STARTED = {"status": EngagementStatus.IN_DELIVERY, "shared_at": datetime(2016, 1, 1, tzinfo=ZoneInfo("Europe/London"))}


def url(engagement, tail="report/"):
    return f"/engagements/{engagement.reference}/{tail}"


def region_url(region, tail="/"):
    return f"/reports/regions/{region.slug}{tail}"


def lead_of(engagement):
    return as_user(engagement.lead_consultant)


def a_measure(planned, **fields):
    """Return a measure that began at 42 and is to come to 60."""
    known = {"kind": MeasureKind.NUMBER, "direction": "increase", "with_baseline": True, **fields}
    return MeasureFactory(engagement=planned.engagement, planned_intervention=planned, **known)


def closed_on(engagement, day):
    """Let an engagement have been closed on a day."""
    type(engagement).objects.filter(pk=engagement.pk).update(status=EngagementStatus.CLOSED)
    at = datetime.combine(day, datetime.min.time(), ZoneInfo("Europe/London"))
    StatusChangeFactory(engagement=engagement, to_status=EngagementStatus.CLOSED, at=at)


def answered(planned, count, **fields):
    """Return a closed form with so many answers."""
    form = FeedbackFormFactory(planned_intervention=planned, opened=True, closed_at=timezone.now(), **fields)
    FeedbackAnswerFactory.create_batch(count, form=form)
    return form


def begun():
    """Return an intervention of an engagement in delivery."""
    engagement = EngagementFactory(title="Across the Bay", **STARTED)
    return PlannedInterventionFactory(engagement=engagement, title="Three suppers", co_designed="We eat, then we talk.")
