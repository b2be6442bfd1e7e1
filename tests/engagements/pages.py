"""The working pages of an engagement: their addresses, who else writes there, and what a browser would post from an answer."""

from django.urls import reverse

from tests.factories.accounts import ConsultantFactory
from tests.helpers import as_user, controls, soup


def url_of(engagement, view, *args):
    return reverse(f"engagements:{view}", args=[engagement.reference, *args])


def colleague_of(engagement):
    """Return somebody else who may write in the engagement, signed in."""
    person = ConsultantFactory(full_name="Amara Bell", region=engagement.lead_region)
    engagement.team.add(person)
    return as_user(person)


def last_form(answer):
    """Return what a browser would post from a page that it has been answered with."""
    return controls(soup(answer).select("main form[method=post]")[-1])
