"""The findings on the useful criteria as tests ask for them."""

from engagements import policies
from tests.engagements.situations import reread
from tests.factories.engagements import a_criterion


def find(planned, slug):
    """Work out one criterion from what is in the database now."""
    return policies.work_out_criteria(reread(planned.engagement).load_plan(), [a_criterion(slug)])[planned.pk][0]
