"""Going back to a version: what somebody else has saved since is not overwritten unseen, whatever kind of record it is."""

import pytest
from django.urls import reverse

from core import history
from directory.actions import change_contact_point
from directory.models import Region
from framework.actions import change_resource
from tests.factories.accounts import NationalAdminFactory
from tests.factories.directory import ContactPointFactory
from tests.factories.framework import ResourceFactory
from tests.helpers import as_user, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db

MOVED_ON = "was changed since you opened this page. Look at what it says now, then go back if you still want to."


@pytest.fixture
def admin():
    return NationalAdminFactory()


def of_a_resource(admin):
    """Make a resource with two versions; return it, the address of the first, the column that changes and how it is changed."""
    resource = ResourceFactory(slug="toolkit", name="First")

    def change(name):
        change_resource(resource=resource, values={"name": name}, by=admin)

    return resource, reverse("framework:resource_version", args=["toolkit", 1]), "name", change


def of_a_contact(admin):
    """Make a contact point with two versions, likewise."""
    region = Region.objects.order_by("pk").first()
    point = ContactPointFactory(region=region, value="0115 496 0123", label="First")

    def change(label):
        change_contact_point(point=point, values={"label": label}, by=admin)

    return point, reverse("directory:contact_point_version", args=[region.slug, point.pk, 1]), "label", change


@pytest.fixture(params=[of_a_resource, of_a_contact])
def kept(request, admin):
    record, address, name, change = request.param(admin)
    change("Second")
    return record, address, name, change


def said(record, name):
    record.refresh_from_db()
    return getattr(record, name)


def test_p38_going_back_is_refused_where_the_record_has_moved_on_since(admin, kept):
    record, address, name, change = kept
    client = as_user(admin)
    shown = filled(client, address)
    change("A colleague’s")

    refused = client.post(address, shown)

    assert said(record, name) == "A colleague’s"
    assert f"{record} {MOVED_ON}" in text_of(refused)
    assert "Now: A colleague’s" in text_of(refused)
    # Whoever has read that can still go back.
    assert soup(refused).select_one("main form [name=seen]")["value"] == "3"
    submit(client, address)
    assert (said(record, name), record.version) == ("First", 4)


@pytest.mark.parametrize("number", [None, "", "1", "3", "x", " 2", "²"])
def test_p38_going_back_without_the_number_that_was_seen_is_refused(admin, kept, number):
    record, address, name, _ = kept

    refused = post(as_user(admin), address, {} if number is None else {"seen": number})

    assert MOVED_ON in text_of(refused)
    assert (said(record, name), record.version) == ("Second", 2)


def test_p38_going_back_is_refused_where_somebody_saves_at_the_same_moment(admin, kept, monkeypatch):
    record, address, name, change = kept
    client = as_user(admin)
    shown = filled(client, address)
    values_of = history.versions.values_of

    def late(*args):
        change("At this moment")
        return values_of(*args)

    monkeypatch.setattr(history.versions, "values_of", late)
    refused = client.post(address, shown)

    assert MOVED_ON in text_of(refused)
    # What was written within the refused step is taken back with it, here the colleague’s too.
    assert said(record, name) == "Second"
