"""Which messages a person is sent (P34)."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEvent
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.helpers import as_user, filled, soup, submit, text_of

pytestmark = pytest.mark.django_db

URL = "/accounts/preferences/"


@pytest.mark.parametrize("make", [ConsultantFactory, RegionalAdminFactory, NationalAdminFactory, StpLeadFactory])
def test_preferences_edit_is_for_everybody_who_is_signed_in(make):
    response = as_user(make()).get(reverse("accounts:preferences_edit"))

    assert response.wsgi_request.path == URL
    assert "Messages that ask you to act always come" in text_of(response)
    assert "wants_digest" in filled(as_user(make()), URL)


def test_preferences_edit_asks_a_stranger_to_sign_in(client):
    assert client.get(URL)["Location"] == f"{reverse('account_login')}?next={URL}"


def test_p34_the_daily_summary_can_be_turned_off():
    person = ConsultantFactory()
    client = as_user(person)
    data = filled(client, URL)
    del data["wants_digest"]

    response = client.post(URL, data)

    person.refresh_from_db()
    assert response["Location"] == reverse("home")
    assert person.wants_digest is False
    event = AuditEvent.objects.get()
    assert (event.actor, event.verb, event.trail) == (person, "changed", "accounts")


def test_a_summary_that_is_asked_for_anew_begins_then():
    before = timezone.now()
    person = ConsultantFactory(wants_digest=False)

    submit(as_user(person), URL, {"wants_digest": "on"})

    person.refresh_from_db()
    assert person.wants_digest is True
    assert person.digested_until >= before


def test_every_page_leads_to_the_preferences_of_whoever_is_signed_in(client):
    assert soup(as_user(ConsultantFactory()).get("/")).select_one(f"footer a[href='{URL}']")
    assert not soup(client.get("/")).select_one(f"footer a[href='{URL}']")
