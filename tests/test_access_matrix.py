"""Everybody is answered at every address as the table says, with the right headers; reading writes nothing but its trail (S1, S2, S9, S17, S23, S29)."""

import logging
from dataclasses import replace

import pytest
from django.apps import apps
from django.db import transaction

from accounts.models import User
from tests import access_matrix as matrix
from tests.access_matrix import (
    PEOPLE,
    Somebody,
    a_world,
    address_of,
    labels_for,
    read_table,
    row_of,
    standing_as,
    strays,
    trails_of,
    walk,
    walked,
    wrong_headers,
)

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]


# A browser reports what a policy forbade by itself, without a page's token; nothing is changed by it. Whoever gives feedback has no account
# and no cookie: the link alone is the right to answer.
WITHOUT_A_TOKEN = {"core:csp_report", "evaluation:feedback_give"}
# Their address is a secret, or was just one: no other page is told of it.
SECRET_ADDRESSES = {"evaluation:feedback_give", "evaluation:feedback_plan", "evaluation:feedback_thanks"}


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Make the world once for all the tests of this module, and leave nothing behind."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield a_world()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Draw and write no documents, and say nothing of each refusal: neither is looked at here."""
    monkeypatch.setattr("core.pdf.render_pdf", lambda *args, **kwargs: b"%PDF")
    monkeypatch.setattr("engagements.documents.render_word", lambda *args, **kwargs: b"PK")
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def test_s1_every_address_has_a_row_and_every_row_an_address(world):
    rows = {(row_of(label), method) for label in world.addresses for method in matrix.METHODS}

    assert set(read_table()) == rows


@pytest.mark.parametrize("who", PEOPLE)
def test_s1_s9_s17_everybody_is_answered_as_the_table_says(world, who):
    table = read_table()

    found = walked(world, who)

    asked = {(row_of(label), method) for label, method in found}
    assert [
        f"{label} {method}: {answer.word}, not {table[row_of(label), method][who]}"
        for (label, method), answer in found.items()
        if answer.word != table.get((row_of(label), method), {who: "in the table"})[who]
    ] == []
    # Every answer carries its headers, and nothing that somebody signed in saw is kept.
    wrong = {
        key: problems
        for key, answer in found.items()
        if (
            problems := wrong_headers(
                answer.headers,
                is_private=is_private(who, key[0]),
                is_back_office=key[0].startswith("admin:"),
                is_secret=key[0] in SECRET_ADDRESSES,
            )
        )
    }
    assert wrong == {}
    # Reading writes nothing, and neither does what is refused, but for the one event that the audit trail keeps of it (S23).
    person = None if who == "left" else world.people[who]
    assert {key: answer.told for key, answer in found.items() if answer.told != trails_of(*key, answer, person)} == {}
    wrote = {key: answer.written for key, answer in found.items() if answer.written}
    assert {key for key in wrote if key[1] == "GET"} == set()
    assert {key for key in wrote if found[key].status in (401, 403, 404, 405) and not writes_keys_only(wrote[key])} == set()
    assert asked == set(table)


def is_private(who, label):
    """Tell whether nobody may keep an answer: one to somebody signed in. A probe is asked and answered without its session."""
    return who != "visitor" and not label.startswith("core:health_")


def writes_keys_only(written):
    """Tell whether all that was written is the one-time key of the form, which goes with the refusal."""
    return all("core_onetimekey" in sql for sql in written)


@pytest.mark.parametrize("who", ["visitor", "afar", "admin-far", "client-far"])
def test_s1_what_is_not_for_somebody_looks_as_what_does_not_exist(world, who):
    assert strays(world, who) == []


# S2: each scope is held by the table. Where one is taken away, somebody is answered otherwise than it says.


def everything(self, *args):
    """Stand in for a scope that was forgotten."""
    return self


def everybody(*args):
    """Stand in for the scope of people, forgotten."""
    return User.objects.all()


SCOPES = {
    "engagements.models.engagement.EngagementQuerySet.visible_to": (everything, "afar", "engagements:engagement_detail"),
    "interventions.models.ProviderQuerySet.visible_to": (everything, "admin-far", "interventions:provider_edit"),
    "evaluation.models.learning.LearningQuerySet.visible_to": (everything, "admin-far", "evaluation:learning_accept"),
    "interventions.models.MenuProposalQuerySet.visible_to": (everything, "admin-far", "interventions:proposal_detail"),
    "accounts.policies.people_kept_by": (everybody, "admin-far", "accounts:person_edit"),
}


def test_s2_every_scope_is_tried():
    scoped = {
        f"{type(rows).__module__}.{type(rows).__name__}.visible_to"
        for rows in (model._default_manager.all() for model in apps.get_models())
        if hasattr(rows, "visible_to")
    }

    assert scoped == {name for name in SCOPES if name.endswith("visible_to")}


@pytest.mark.parametrize("scope", SCOPES)
def test_s2_the_table_finds_a_scope_that_was_taken_away(world, monkeypatch, scope):
    forgotten, who, label = SCOPES[scope]
    narrowed = replace(world, addresses={label: world.addresses[label]})
    said = read_table()[label, "GET"][who]
    before = walk(narrowed, who)[label, "GET"].word

    monkeypatch.setattr(scope, forgotten)

    assert before == said == "404"
    assert walk(narrowed, who)[label, "GET"].word != said


# S17: what changes something is posted with the token of its page.


@pytest.mark.parametrize("who", ["visitor", "lead", "national"])
def test_s17_a_post_without_the_token_of_its_page_is_refused_everywhere(world, who):
    somebody, found = Somebody(world.people[who], enforce_csrf_checks=True), {}
    for label in labels_for(world, "visitor"):
        if label not in WITHOUT_A_TOKEN:
            found[label] = somebody.ask("POST", address_of(*world.addresses[label])).status

    assert {label: status for label, status in found.items() if status != 403} == {}


@pytest.mark.parametrize("who", ["lead", "national"])
def test_s17_asking_for_the_headers_alone_writes_nothing(world, who):
    with standing_as(world, who) as somebody:
        found = {label: somebody.ask("HEAD", address_of(*world.addresses[label])) for label in labels_for(world, "visitor")}

    assert {label for label, answer in found.items() if answer.written or answer.status == 500} == set()
