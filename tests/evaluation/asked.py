"""Feedback as tests ask for it and give it."""

from django.test import Client

from evaluation import actions, policies
from tests.factories.evaluation import FeedbackFormFactory
from tests.helpers import soup

HOSTILE = "<script>alert('x')</script> مرحبا 👩🏽\u200d⚕️"
SAID = {"before_0": "2", "now_0": "4", "said_useful": "5", "said_in_touch": "yes", "said_in_the_way": "Time"}


def open_form(planned, **values):
    form = FeedbackFormFactory(planned_intervention=planned, **values)
    actions.open_feedback_form(form=form, by=planned.engagement.lead_consultant)
    form.refresh_from_db()
    return form


def url(planned, tail=""):
    return f"/engagements/{planned.engagement.reference}/feedback/{tail}"


def press(client, page, action):
    """Press the button of a page that posts to an address."""
    key = soup(client.get(page)).select_one(f"form[action$='{action}'] input[name=action_key]")["value"]
    return client.post(f"{page}{action}", {"action_key": key})


def links_of(form):
    return [f"/feedback/{policies.feedback_token(link)}/" for link in form.links.filter(revoked_at=None).order_by("number")]


def give(address, client=None, **said):
    return (client or Client()).post(address, SAID | said)
