"""Rows of the menu beside those of the fixtures, and the fixtures' own by name."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from interventions.enums import Availability, ProposalOutcome, ProviderKind
from interventions.models import Intervention, MenuProposal, Provider, RegionalOffer
from tests.factories.directory import a_region
from tests.factories.framework import a_domain


def an_intervention(slug="leadership-development-programmes"):
    """Return one of the 21 interventions of the menu."""
    return Intervention.objects.get(slug=slug)


class InterventionFactory(DjangoModelFactory):
    class Meta:
        model = Intervention
        skip_postgeneration_save = True

    class Params:
        retired = factory.Trait(retired_at=factory.LazyFunction(timezone.now))

    main_domain = factory.LazyFunction(a_domain)
    name = factory.Sequence(lambda n: f"Intervention {n}")
    slug = factory.Sequence(lambda n: f"intervention-{n}")
    position = factory.Sequence(lambda n: 100 + n)

    @factory.post_generation
    def roles(self, create, roles):
        if roles:
            self.roles.set(roles)

    @factory.post_generation
    def behaviours(self, create, behaviours):
        if behaviours:
            self.behaviours.set(behaviours)


class RegionalOfferFactory(DjangoModelFactory):
    class Meta:
        model = RegionalOffer

    region = factory.LazyFunction(a_region)
    intervention = factory.SubFactory(InterventionFactory)
    availability = Availability.OFFERED


class ProviderFactory(DjangoModelFactory):
    class Meta:
        model = Provider
        skip_postgeneration_save = True

    class Params:
        retired = factory.Trait(is_active=False)

    name = factory.Sequence(lambda n: f"Provider {n}")
    kind = ProviderKind.LDP

    @factory.post_generation
    def regions(self, create, regions):
        if regions:
            self.regions.set(regions)

    @factory.post_generation
    def interventions(self, create, interventions):
        if interventions:
            self.interventions.set(interventions)


class MenuProposalFactory(DjangoModelFactory):
    class Meta:
        model = MenuProposal

    class Params:
        declined = factory.Trait(outcome=ProposalOutcome.DECLINED, answer="Too like what is there.")

    region = factory.LazyFunction(a_region)
    intervention = factory.SubFactory(InterventionFactory)
    intervention_version = 1
    values = factory.LazyFunction(lambda: {"summary": "Said more plainly"})
    reason = "Nobody understands the present one."
    by = factory.SubFactory("tests.factories.accounts.RegionalAdminFactory")
