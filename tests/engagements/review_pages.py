"""The review page as tests open and read it."""

from django.urls import reverse

from engagements import actions
from tests.engagements.situations import reread
from tests.factories.engagements import ParticipantGroupFactory
from tests.helpers import as_user, soup


def url(engagement, view="review_detail", *args):
    return reverse(f"engagements:{view}", args=[engagement.reference, *args])


def page_for(user, engagement, query=""):
    response = as_user(user).get(f"{url(engagement)}{query}")
    assert response.status_code == 200
    return response


def words_of(page, selector):
    return " ".join(page.select_one(selector).get_text(" ").split())


def changes_of(response):
    return words_of(soup(response), "section[aria-labelledby=changes]")


def folds(response):
    """Return for each part of the plan whether it stands open."""
    return {part["id"].removeprefix("section-"): part.has_attr("open") for part in soup(response).select("details.app-part")}


def submit(engagement, message="", **values):
    by = engagement.lead_consultant
    return actions.submit_engagement(engagement=reread(engagement), values={"message": message, **values}, by=by)


def again(engagement, name="Ambulance crews"):
    """Submit the plan anew with one group more."""
    ParticipantGroupFactory(engagement=engagement, name=name)
    return submit(engagement)
