"""Going back to a version brings in nothing that a form would refuse by now."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.refusals import ActionRefused
from interventions import actions
from interventions.models import Intervention, Provider, RegionalOffer
from tests.factories.accounts import NationalAdminFactory, RegionalAdminFactory
from tests.factories.directory import a_region
from tests.factories.framework import a_behaviour, a_role
from tests.factories.interventions import InterventionFactory, ProviderFactory, RegionalOfferFactory, an_intervention
from tests.helpers import as_user, submit, text_of

pytestmark = pytest.mark.django_db

SLUG = "action-learning-sets"


@pytest.fixture
def admin():
    return RegionalAdminFactory(region=a_region())


@pytest.fixture
def provider():
    return ProviderFactory(name="Trent Facilitators", regions=[a_region()])


def offer_with(*providers):
    offer = RegionalOfferFactory(region=a_region(), intervention=an_intervention(SLUG), notes="Before")
    offer.providers.set(providers)
    return offer


def save(admin, **values):
    return actions.save_offer(region=a_region(), intervention=an_intervention(SLUG), values=values, by=admin)


def moves_away(provider):
    provider.regions.set([a_region("london")])
    Provider.objects.filter(pk=provider.pk).update(name="What London calls it")


def retires(provider):
    Provider.objects.filter(pk=provider.pk).update(is_active=False, name="What London calls it")


@pytest.mark.parametrize("leaves", [moves_away, retires])
def test_p38_an_offer_does_not_go_back_to_a_provider_that_has_left(admin, provider, leaves):
    offer = offer_with(provider)
    save(admin, notes="After", providers=[])
    leaves(provider)

    page = submit(as_user(admin), reverse("interventions:offer_version", args=[a_region().slug, SLUG, 1]))

    gone = f"A provider in that version no longer works in {a_region()}, so it cannot come back. Change the offer by hand."
    assert gone in text_of(page)
    assert "What London calls it" not in text_of(page)
    stands = RegionalOffer.objects.get(pk=offer.pk)
    assert (stands.notes, stands.version, list(stands.providers.all())) == ("After", 2, [])


@pytest.mark.parametrize("leaves", [moves_away, retires])
def test_a_provider_that_left_stays_on_the_offers_that_name_it(admin, provider, leaves):
    offer_with(provider)
    leaves(provider)

    saved = save(admin, notes="After", providers=[provider])

    assert (saved.notes, list(saved.providers.all())) == ("After", [Provider.objects.get(pk=provider.pk)])


@pytest.mark.parametrize("is_stated", [True, False])
def test_an_offer_takes_no_provider_of_another_region_however_it_is_sent(admin, is_stated):
    if is_stated:
        offer_with()

    with pytest.raises(ActionRefused, match="no longer works in"):
        save(admin, providers=[ProviderFactory(regions=[a_region("london")])])

    assert not RegionalOffer.objects.filter(providers__isnull=False).exists()


def test_an_offer_takes_providers_of_its_region_and_of_the_whole_country(admin, provider):
    everywhere = ProviderFactory(regions=[])
    both = ProviderFactory(regions=[a_region(), a_region("london")])

    assert set(save(admin, providers=[provider, everywhere, both]).providers.all()) == {provider, everywhere, both}


@pytest.mark.parametrize(("name", "row_of"), [("roles", a_role), ("behaviours", a_behaviour)])
@pytest.mark.parametrize("is_extra", [True, False])
def test_p38_an_intervention_does_not_go_back_to_a_row_that_was_retired_without_another(name, row_of, is_extra):
    national, row = NationalAdminFactory(), row_of()
    kept = InterventionFactory(slug="walks", region=a_region() if is_extra else None, summary="Before")
    change = actions.change_extra if is_extra else actions.change_intervention
    which = {"extra" if is_extra else "intervention": kept}
    getattr(kept, name).set([row])
    change(**which, values={"summary": "After"}, by=national)
    type(row).objects.filter(pk=row.pk).update(retired_at=timezone.now())
    view = ("extra_version", [a_region().slug, "walks"]) if is_extra else ("intervention_version", ["walks"])
    address = reverse(f"interventions:{view[0]}", args=[*view[1], 1])

    submit(as_user(national), address)
    still = Intervention.objects.get(pk=kept.pk)
    named_now = (still.summary, list(getattr(still, name).values_list("pk", flat=True)))
    change(**which, values={name: []}, by=national)
    change(**which, values={"summary": "Last"}, by=national)
    submit(as_user(national), address)

    # What it names it keeps; what was taken out of it since does not come back.
    assert named_now == ("Before", [row.pk])
    back = Intervention.objects.get(pk=kept.pk)
    assert (back.summary, list(getattr(back, name).all())) == ("Before", [])
