"""Sending links again to somebody who asked: every upper app that joined is asked once."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import actions, tasks
from core import outbox
from core.models import OutboxEntry
from tests.factories.accounts import StpLeadFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """Return whom links were sent to, with nobody but the test to send them."""
    monkeypatch.setattr(tasks, "_link_senders", [])
    return []


def queries_of_asking(email):
    """Return what is asked of the database when somebody asks for a link, values left out."""
    with CaptureQueriesContext(connection) as queries:
        actions.ask_for_link(values={"email": email})
    return [re.sub(r"'[^']*'|\d+|\"_?s\w*x\d+\"", "?", query["sql"]) for query in queries]


def test_links_are_sent_once_by_a_sender_that_joined_twice(sent):
    person = StpLeadFactory()

    def send(*, person):
        sent.append(person)

    tasks.register_link_sender(send)
    tasks.register_link_sender(send)
    tasks.send_links(person.pk, "once")

    assert sent == [person]


@pytest.mark.parametrize("is_known", [True, False])
def test_no_links_are_sent_to_somebody_who_is_unknown_or_has_left(sent, is_known):
    person = StpLeadFactory(is_active=False)
    tasks.register_link_sender(lambda *, person: sent.append(person))

    tasks.send_links(person.pk if is_known else 0, "once")

    assert sent == []


def test_who_is_known_shows_neither_in_the_work_of_asking_for_a_link_nor_as_an_address(sent):
    person = StpLeadFactory()
    tasks.register_link_sender(lambda *, person: sent.append(person))

    shapes = [queries_of_asking(email) for email in (person.email.upper(), "no@example.org", person.email, "no@example.org")]

    assert shapes == [shapes[0]] * 4
    assert sent == []
    entries = OutboxEntry.objects.order_by("pk")
    assert [entry.arguments[0] for entry in entries] == [person.pk, 0, person.pk, 0]
    assert "@" not in " ".join(entries.values_list("key", flat=True))
    outbox.work_off()
    assert sent == [person, person]
