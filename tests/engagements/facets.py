"""The kinds of entry under the four facets, and the people who may see an engagement, change it, or neither."""

from dataclasses import dataclass, field

import pytest
from django.urls import reverse

from engagements.enums import Facet
from engagements.models import Engagement
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import a_footprint, a_region
from tests.factories.engagements import ClientLeadFactory, ParticipantGroupFactory, PlaceFactory, PriorityFactory, PurposeFactory

HOSTILE = "<script>alert(1)</script> & שלום \u200f 👩🏽‍⚕️ Zoe\u0308"


@dataclass(frozen=True)
class Entry:
    """One kind of entry: how it is made, where it stands, what is typed."""

    view: str
    facet: Facet
    factory: object
    relation: str
    name: str
    other: str
    bad: dict = field(default_factory=dict)
    message: str = ""

    def url(self, verb, engagement, *args):
        return reverse(f"engagements:{self.view}_{verb}", args=[engagement.reference, *args])

    def home(self, engagement):
        return reverse(f"engagements:{self.facet}_detail", args=[engagement.reference])

    def rows(self, engagement):
        return getattr(engagement, self.relation).order_by("pk")


KINDS = [
    Entry(
        "participant_group",
        Facet.PEOPLE,
        ParticipantGroupFactory,
        "groups",
        "name",
        "why_them",
        {"headcount": "0"},
        "A group has at least 1 person",
    ),
    Entry("place", Facet.PLACE, PlaceFactory, "places", "name", "note", {"footprint": "9999"}, "Select a valid choice"),
    Entry(
        "purpose",
        Facet.PURPOSE,
        PurposeFactory,
        "purposes",
        "statement",
        "real_work_issue",
        {"strategy_confirmed_by": "Rosa"},
        "Enter both who confirmed the link",
    ),
    Entry(
        "priority",
        Facet.PRIORITIES,
        PriorityFactory,
        "priorities",
        "statement",
        "level_now",
        {"level_now": "4", "level_wanted": "2"},
        "same as or higher than the level now",
    ),
]


each_kind = pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.view) for kind in KINDS])

each_facet = pytest.mark.parametrize("facet", Facet)


def outsiders(engagement):
    """Return people who may see the engagement and not change it, and one who may not read its working pages either."""
    PlaceFactory(engagement=engagement, name="", footprint=a_footprint(31))
    elsewhere = a_footprint(31).lead_region
    assert elsewhere != engagement.lead_region
    return [
        ConsultantFactory(region=engagement.lead_region),
        ConsultantFactory(region=elsewhere),
        RegionalAdminFactory(region=elsewhere),
        NationalAdminFactory(),
    ]


def a_client_lead(engagement):
    lead = StpLeadFactory()
    ClientLeadFactory(engagement=engagement, user=lead)
    Engagement.objects.filter(pk=engagement.pk).update(shared_at=engagement.created_at)
    return lead


def strangers():
    return [
        ConsultantFactory(region=a_region("south-west")),
        RegionalAdminFactory(region=a_region("south-west")),
        StpLeadFactory(),
    ]


def pages_of(kind, engagement):
    entry = kind.factory(engagement=engagement)
    return [kind.url("create", engagement), kind.url("edit", engagement, entry.pk), kind.url("remove", engagement, entry.pk)]
