"""What is left over goes by itself: sessions that are over, keys of forms sent long ago, halves of files."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from core import jobs, keys
from core.models import OneTimeKey, PortalSession
from tests.accounts.second_factors import enter_password, is_signed_in
from tests.factories.accounts import PASSWORD, ConsultantFactory

pytestmark = pytest.mark.django_db


def test_sessions_that_are_over_go_and_others_stay():
    person = ConsultantFactory(password=PASSWORD)
    over, still = Client(), Client()
    for client in (over, still):
        enter_password(client, person)
    PortalSession.objects.filter(pk=over.session.session_key).update(expire_date=timezone.now())

    jobs.remove_leftovers()

    assert list(PortalSession.objects.values_list("pk", flat=True)) == [still.session.session_key]
    assert (is_signed_in(over), is_signed_in(still)) == (False, True)


def test_forms_are_known_again_for_months():
    person = ConsultantFactory()
    made = [OneTimeKey.objects.create(user=person, key=keys.new_key(), content="x") for _ in range(2)]
    known = timedelta(days=jobs.DAYS_FORMS_ARE_KNOWN)
    OneTimeKey.objects.filter(pk=made[0].pk).update(used_at=timezone.now() - known - timedelta(minutes=1))
    OneTimeKey.objects.filter(pk=made[1].pk).update(used_at=timezone.now() - known + timedelta(minutes=1))

    jobs.remove_leftovers()

    assert list(OneTimeKey.objects.all()) == [made[1]]
