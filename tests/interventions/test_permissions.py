"""Who may read and do what with the menu."""

import pytest
from django.contrib.auth.models import AnonymousUser

from interventions import permissions
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("make", "may"),
    [
        pytest.param(AnonymousUser, False, id="anonymous"),
        pytest.param(StpLeadFactory, False, id="STP lead"),
        pytest.param(ConsultantFactory, True, id="consultant"),
        pytest.param(RegionalAdminFactory, True, id="regional admin"),
        pytest.param(NationalAdminFactory, True, id="national admin"),
        pytest.param(lambda: ConsultantFactory(left=True), False, id="left"),
    ],
)
def test_can_read_offers(make, may):
    assert permissions.can_read_offers(make()) is may


@pytest.mark.parametrize(
    ("make", "own", "other"),
    [
        pytest.param(AnonymousUser, False, False, id="anonymous"),
        pytest.param(StpLeadFactory, False, False, id="STP lead"),
        pytest.param(ConsultantFactory, False, False, id="consultant"),
        pytest.param(RegionalAdminFactory, True, False, id="regional admin"),
        pytest.param(NationalAdminFactory, True, True, id="national admin"),
        pytest.param(lambda: RegionalAdminFactory(left=True), False, False, id="regional admin who left"),
        pytest.param(lambda: NationalAdminFactory(left=True), False, False, id="national admin who left"),
    ],
)
def test_can_keep_offers(make, own, other):
    user = make()

    assert permissions.can_keep_offers(user, a_region()) is own
    assert permissions.can_keep_offers(user, a_region("london")) is other
