"""Sending links again to somebody who asked: every upper app that joined is asked once."""

import pytest

from accounts import tasks
from tests.factories.accounts import StpLeadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """Return whom links were sent to, with nobody but the test to send them."""
    monkeypatch.setattr(tasks, "_link_senders", [])
    return []


def test_links_are_sent_once_by_a_sender_that_joined_twice(sent):
    person = StpLeadFactory()

    def send(*, person):
        sent.append(person)

    tasks.register_link_sender(send)
    tasks.register_link_sender(send)
    tasks.send_links(person.email.upper())

    assert sent == [person]


@pytest.mark.parametrize("is_known", [True, False])
def test_no_links_are_sent_to_somebody_who_is_unknown_or_has_left(sent, is_known):
    person = StpLeadFactory(is_active=False)
    tasks.register_link_sender(lambda *, person: sent.append(person))

    tasks.send_links(person.email if is_known else "nobody@example.org")

    assert sent == []
