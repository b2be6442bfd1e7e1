"""Engagements that end, as tests of learning and evidence speak of them."""

from datetime import date

from engagements.actions import close_engagement
from evaluation import actions
from evaluation.enums import Sharing
from tests.factories.evaluation import (
    MeasureFactory,
    ResultFactory,
)

DAY = date(2017, 1, 9)


def a_measure(planned, value="60", **values):
    """Return a measure that should rise from 42 to 60, with its last result."""
    measure = MeasureFactory(
        engagement=planned.engagement, planned_intervention=planned, kind="number", unit="days", with_baseline=True, **values
    )
    if value:
        ResultFactory(measure=measure, collected_on=DAY, value=value)
    return measure


def closed(planned, *, results=("60",), sharing=Sharing.LDPS):
    """Close the engagement with these results and something learned, and return what was learned."""
    engagement, by = planned.engagement, planned.engagement.lead_consultant
    for value in results:
        a_measure(planned, value)
    values = {"planned_intervention": planned, "worked": "Suppers beat slides", "to_watch": "Book early", "sharing": sharing}
    learning = actions.add_learning(engagement=engagement, values=values, by=by)
    close_engagement(engagement=engagement, by=by)
    learning.refresh_from_db()
    return learning


def sentences(blockers):
    return [blocker.sentence for blocker in blockers]
