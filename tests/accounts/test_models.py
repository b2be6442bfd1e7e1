"""People as the sign-in and the commands look for them."""

import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from tests.factories.accounts import ConsultantFactory

pytestmark = pytest.mark.django_db


def test_person_is_found_by_their_address_whatever_its_case():
    person = ConsultantFactory(email="owen@example.org")

    assert User.objects.get_by_natural_key("Owen@Example.ORG") == person


def test_createsuperuser_refuses_an_address_that_somebody_has_in_another_case():
    ConsultantFactory(email="owen@example.org")

    with pytest.raises(CommandError, match="already taken"):
        call_command("createsuperuser", "--noinput", email="Owen@Example.ORG", full_name="Owen Marsh", stderr=io.StringIO())

    assert User.objects.with_email("owen@example.org").count() == 1
