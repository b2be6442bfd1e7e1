"""Rows of the framework beside those of the fixtures, and the fixtures' own by name."""

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from framework.enums import StepKind
from framework.models import Behaviour, Domain, ForwardViewStep, LeadershipRole, Resource


def a_domain(slug="individual-effectiveness"):
    """Return one of the four domains."""
    return Domain.objects.get(slug=slug)


def a_role(domain="individual-effectiveness", row=1):
    """Return one leadership role of the framework, in its first words."""
    return LeadershipRole.objects.get(domain__slug=domain, row=row, replaces=None)


def a_behaviour(domain="individual-effectiveness", row=1, position=1):
    """Return one behaviour of the framework, in its first words."""
    return Behaviour.objects.get(domain__slug=domain, row=row, position=position, replaces=None)


def a_step(code="care-and-quality-gap"):
    """Return one Forward View step, in its first words."""
    return ForwardViewStep.objects.get(code=code, replaces=None)


class DomainFactory(DjangoModelFactory):
    class Meta:
        model = Domain

    slug = factory.Sequence(lambda n: f"domain-{n}")
    name = factory.Sequence(lambda n: f"Domain {n}")
    position = factory.Sequence(lambda n: 100 + n)


class LeadershipRoleFactory(DjangoModelFactory):
    class Meta:
        model = LeadershipRole

    domain = factory.LazyFunction(a_domain)
    row = factory.Sequence(lambda n: 100 + n)
    text = factory.Sequence(lambda n: f"Leads on matter {n}")


class BehaviourFactory(DjangoModelFactory):
    class Meta:
        model = Behaviour

    domain = factory.LazyFunction(a_domain)
    row = factory.Sequence(lambda n: 100 + n)
    text = factory.Sequence(lambda n: f"Listens to party {n}")


class ForwardViewStepFactory(DjangoModelFactory):
    class Meta:
        model = ForwardViewStep

    class Params:
        retired = factory.Trait(retired_at=factory.LazyFunction(timezone.now))
        enabler = factory.Trait(kind=StepKind.ENABLER)

    code = factory.Sequence(lambda n: f"step-{n}")
    name = factory.Sequence(lambda n: f"Step {n}")
    kind = StepKind.GAP
    position = factory.Sequence(lambda n: 100 + n)


class ResourceFactory(DjangoModelFactory):
    class Meta:
        model = Resource

    slug = factory.Sequence(lambda n: f"resource-{n}")
    name = factory.Sequence(lambda n: f"Resource {n}")
    position = factory.Sequence(lambda n: 100 + n)
