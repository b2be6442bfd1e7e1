import pytest
from django.test import Client
from django.urls import reverse

from core.adapters import AccountAdapter
from tests.factories.accounts import PASSWORD, ConsultantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.stand_in")]


def test_nobody_makes_an_account_for_themselves(rf):
    assert not AccountAdapter().is_open_for_signup(rf.get("/"))


@pytest.mark.parametrize("email", ["ann@example.org", "ANN@Example.org"])
def test_people_sign_in_by_email_whatever_its_case(email):
    ConsultantFactory(email="ann@example.org", password=PASSWORD)
    client = Client()

    client.post(reverse("account_login"), {"login": email, "password": PASSWORD})

    assert "_auth_user_id" in client.session


def test_somebody_who_left_does_not_sign_in():
    ann = ConsultantFactory(left=True, password=PASSWORD)
    client = Client()

    client.post(reverse("account_login"), {"login": ann.email, "password": PASSWORD})

    assert "_auth_user_id" not in client.session
