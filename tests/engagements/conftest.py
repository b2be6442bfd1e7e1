"""Situations that the tests of several modules stand on."""

from smtplib import SMTPServerDisconnected

import pytest

from engagements.enums import EngagementStatus
from tests.engagements.situations import decide, engagement_at, reread
from tests.factories.engagements import EngagementFactory


@pytest.fixture
def after_commit(django_capture_on_commit_callbacks):
    """Return a function that does something and what it asked to be done after commit."""

    def do(work, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            return work(*args, **kwargs)

    return do


@pytest.fixture
def server_down(monkeypatch):
    """Let the mail server not answer, until the returned function is called."""

    def fail(*args, **kwargs):
        raise SMTPServerDisconnected("The server is down.")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", fail)
    return monkeypatch.undo


@pytest.fixture
def engagement():
    return EngagementFactory(lead_consultant__full_name="Ann Archer")


@pytest.fixture
def in_review():
    """Return an engagement that waits for two signatories."""
    return engagement_at(EngagementStatus.IN_REVIEW, signatories=2)


@pytest.fixture
def lead(in_review):
    """Return the first signatory of the engagement in review."""
    return in_review.client_leads.select_related("user", "engagement").order_by("pk").first()


@pytest.fixture
def returned(in_review, lead):
    """Return an engagement that a signatory has sent back."""
    decide(lead, "changes_wanted", "Where is the ambulance service?")
    return reread(in_review)
