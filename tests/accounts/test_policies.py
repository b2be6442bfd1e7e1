"""What an account allows."""

import pytest

from accounts import policies
from tests.factories.accounts import ConsultantFactory, StpLeadFactory

pytestmark = pytest.mark.django_db


def test_naming_a_known_client_lead_by_their_name_goes_through():
    known = StpLeadFactory(full_name="Corinne Hallewell")

    assert policies.naming_blockers(known, full_name="corinne  HALLEWELL") == []


def test_naming_a_known_client_lead_by_another_name_is_said_and_not_dropped():
    known = StpLeadFactory(full_name="Corinne Hallewell")

    (blocker,) = policies.naming_blockers(known, full_name="Cora Hall")

    assert "somebody of another name" in blocker.sentence
    assert "Hallewell" not in blocker.sentence


@pytest.mark.parametrize("known", [ConsultantFactory, lambda: StpLeadFactory(is_active=False)])
def test_nobody_but_an_active_client_can_be_named(known):
    (blocker,) = policies.naming_blockers(known(), full_name="Anybody")

    assert "cannot be a client lead" in blocker.sentence
