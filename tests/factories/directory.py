"""Rows of the directory beside those of the fixtures, and the fixtures' own by name."""

import factory
from factory.django import DjangoModelFactory

from directory.enums import ContactKind, Sector, SiteKind
from directory.models import ContactPoint, Footprint, Organisation, OrganisationMerge, Region, Site

LINCOLNSHIRE = 13


def a_region(slug="east-midlands"):
    """Return one of the ten LDP regions."""
    return Region.objects.get(slug=slug)


def a_footprint(number=LINCOLNSHIRE):
    """Return one of the 44 STP areas."""
    return Footprint.objects.get(number=number)


class RegionFactory(DjangoModelFactory):
    class Meta:
        model = Region

    slug = factory.Sequence(lambda n: f"region-{n}")
    code = factory.Sequence(lambda n: f"R{n}")
    name = factory.Sequence(lambda n: f"Region {n}")


class ContactPointFactory(DjangoModelFactory):
    class Meta:
        model = ContactPoint

    region = factory.LazyFunction(a_region)
    kind = ContactKind.TELEPHONE
    value = factory.Sequence(lambda n: f"01632 96{n % 10_000:04}")
    position = factory.Sequence(lambda n: 100 + n)


class FootprintFactory(DjangoModelFactory):
    class Meta:
        model = Footprint

    number = factory.Sequence(lambda n: 100 + n)
    name = factory.Sequence(lambda n: f"Area {n}")
    lead_region = factory.LazyFunction(a_region)
    tile_column = 0
    tile_row = factory.Sequence(lambda n: 100 + n)


class SiteFactory(DjangoModelFactory):
    class Meta:
        model = Site
        skip_postgeneration_save = True

    kind = SiteKind.VANGUARD
    name = factory.Sequence(lambda n: f"Site {n}")

    @factory.post_generation
    def footprints(self, create, areas):
        if areas:
            self.footprints.set(areas)


class OrganisationFactory(DjangoModelFactory):
    class Meta:
        model = Organisation
        skip_postgeneration_save = True

    class Params:
        council = factory.Trait(sector=Sector.LOCAL_GOVERNMENT)
        charity = factory.Trait(sector=Sector.VOLUNTARY_AND_COMMUNITY)
        retired = factory.Trait(is_active=False)

    name = factory.Sequence(lambda n: f"Organisation {n}")
    sector = Sector.NHS

    @factory.post_generation
    def footprints(self, create, areas):
        if areas:
            self.footprints.set(areas)


class OrganisationMergeFactory(DjangoModelFactory):
    class Meta:
        model = OrganisationMerge

    kept = factory.SubFactory(OrganisationFactory)
    dropped = factory.SubFactory(OrganisationFactory, retired=True)
    by = factory.SubFactory("tests.factories.accounts.ConsultantFactory")
