from decimal import Decimal

import pytest

from core import audit
from core.models import AuditEvent
from core.refusals import ActionRefused
from interventions import actions
from interventions.enums import Availability, ProviderKind
from interventions.models import Provider, RegionalOffer
from tests.factories.accounts import NationalAdminFactory, RegionalAdminFactory
from tests.factories.directory import a_region
from tests.factories.interventions import an_intervention

pytestmark = pytest.mark.django_db


def a_provider(**changes):
    values = {"name": "Trent Facilitators", "kind": ProviderKind.FACILITATOR}
    return values | {"regions": [a_region()], "interventions": [an_intervention()]} | changes


def an_offer(**changes):
    values = {"region": a_region(), "intervention": an_intervention(), "availability": Availability.OFFERED}
    return values | {"cost_from": Decimal(500), "cost_to": Decimal(900)} | changes


def test_add_provider_with_its_regions_and_interventions():
    by = NationalAdminFactory()

    provider = actions.add_provider(values=a_provider(), by=by)

    assert list(provider.regions.all()) == [a_region()]
    assert list(provider.interventions.all()) == [an_intervention()]
    event = AuditEvent.objects.get(trail="providers")
    assert (event.actor, event.verb, event.subject_label) == (by, "added", "provider Trent Facilitators")


def test_add_provider_refuses_a_second_of_the_same_name():
    by = NationalAdminFactory()
    actions.add_provider(values=a_provider(), by=by)

    with pytest.raises(ActionRefused, match="There is a provider with this name already"):
        actions.add_provider(values=a_provider(name="trent facilitators"), by=by)


def test_add_offer_says_so_in_the_trail_of_its_region():
    by = RegionalAdminFactory()

    offer = actions.add_offer(values=an_offer(), by=by)

    event = AuditEvent.objects.get(trail=f"offers:{by.region_id}")
    assert (event.actor, event.subject_id) == (by, offer.pk)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"cost_to": Decimal(400)}, "highest cost", id="range upside down"),
        pytest.param({"cost_from": Decimal(-1)}, "less than £0", id="negative cost"),
        pytest.param({"cost_from": None, "cost_to": Decimal(-1)}, "less than £0", id="negative highest cost"),
        pytest.param({"availability": "perhaps"}, "perhaps", id="unknown availability"),
    ],
)
def test_add_offer_refuses_what_does_not_fit(changes, reason):
    with pytest.raises(ActionRefused, match=reason):
        actions.add_offer(values=an_offer(**changes), by=RegionalAdminFactory())

    assert not RegionalOffer.objects.exists()


@pytest.mark.parametrize(
    ("write", "model"),
    [
        pytest.param(lambda by: actions.add_provider(values=a_provider(), by=by), Provider, id="provider"),
        pytest.param(lambda by: actions.add_offer(values=an_offer(), by=by), RegionalOffer, id="offer"),
    ],
)
def test_nothing_is_left_behind_when_the_audit_write_fails(write, model, monkeypatch):
    by = NationalAdminFactory()

    def fail(*args, **kwargs):
        raise RuntimeError("the trail is full")

    monkeypatch.setattr(audit, "record", fail)

    with pytest.raises(RuntimeError, match="the trail is full"):
        write(by)

    assert not model.objects.exists()
