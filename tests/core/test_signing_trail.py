"""Signing in stands in the audit trail (S23)."""

import pytest
from django.test import Client
from django.urls import reverse

from core.models import AuditEvent
from core.signing import TRAIL
from tests.accounts.second_factors import enter_password, give_app
from tests.factories.accounts import ConsultantFactory
from tests.helpers import as_user

pytestmark = pytest.mark.django_db

PASSWORD = "a-long-enough-password-1"


def told():
    return [(event.verb, event.subject_id, event.actor_id) for event in AuditEvent.objects.filter(trail=TRAIL).order_by("pk")]


def test_s23_signing_in_and_out_stands_in_the_trail():
    person = ConsultantFactory()
    person.set_password(PASSWORD)
    person.save()
    client = Client()

    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    client.post(reverse("account_logout"))

    assert told() == [("signed in", person.pk, person.pk), ("signed out", person.pk, person.pk)]


def test_s23_a_refused_sign_in_stands_in_the_trail_where_the_account_is_ours():
    person = ConsultantFactory()
    person.set_password(PASSWORD)
    person.save()
    client = Client()

    client.post(reverse("account_login"), {"login": person.email.upper(), "password": "wrong"})
    client.post(reverse("account_login"), {"login": "stranger@example.org", "password": "wrong"})

    assert told() == [("was not signed in", person.pk, None)]
    assert not AuditEvent.objects.filter(subject_label__contains="stranger").exists()


def test_s23_a_wrong_second_factor_stands_in_the_trail():
    person = ConsultantFactory()
    person.set_password(PASSWORD)
    person.save()
    give_app(person)
    client = Client()
    enter_password(client, person, PASSWORD)

    client.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert told() == [("was not let in without the second factor", person.pk, None)]


def test_signing_out_twice_is_told_once():
    person = ConsultantFactory()
    client = as_user(person)

    client.post(reverse("account_logout"))
    client.post(reverse("account_logout"))

    assert told() == [("signed out", person.pk, person.pk)]
