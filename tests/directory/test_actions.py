"""Adding an organisation: done once, refused in words, nothing left behind."""

import pytest

from core import audit
from core.models import AuditEvent
from core.refusals import ActionRefused
from directory import actions
from directory.enums import Sector
from directory.models import Organisation
from tests.factories.accounts import ConsultantFactory
from tests.factories.directory import OrganisationFactory

pytestmark = pytest.mark.django_db

HOSPICE = {"name": "Wolds Hospice", "sector": Sector.VOLUNTARY_AND_COMMUNITY}


def test_add_organisation_adds_it_and_says_so():
    by = ConsultantFactory()

    organisation = actions.add_organisation(values=HOSPICE, by=by)

    organisation.refresh_from_db()
    assert (organisation.name, organisation.sector, organisation.is_active) == (*HOSPICE.values(), True)
    event = AuditEvent.objects.get(trail="directory")
    assert (event.verb, event.subject_label, event.actor) == ("added", "organisation Wolds Hospice", by)


@pytest.mark.parametrize("name", ["Wolds Hospice", "WOLDS HOSPICE", "  wolds hospice "])
def test_add_organisation_of_a_known_name_returns_that_one(name):
    known = OrganisationFactory(**HOSPICE)

    assert actions.add_organisation(values=HOSPICE | {"name": name}, by=ConsultantFactory()) == known

    assert not AuditEvent.objects.exists()


def test_add_organisation_of_the_name_of_a_closed_one_is_refused():
    OrganisationFactory(**HOSPICE, is_active=False)

    with pytest.raises(ActionRefused, match="Wolds Hospice is in the directory as closed"):
        actions.add_organisation(values=HOSPICE, by=ConsultantFactory())


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        pytest.param({"sector": ""}, "cannot be blank", id="no sector"),
        pytest.param({"sector": "martian"}, "not a valid choice", id="unknown sector"),
        pytest.param({"name": ""}, "cannot be blank", id="no name"),
        pytest.param({"name": "n" * 201}, "at most 200", id="long name"),
    ],
)
def test_add_organisation_refuses_what_does_not_fit(values, reason):
    before = Organisation.objects.count()

    with pytest.raises(ActionRefused, match=reason):
        actions.add_organisation(values=HOSPICE | values, by=ConsultantFactory())

    assert Organisation.objects.count() == before


def test_add_organisation_leaves_nothing_behind_when_the_audit_write_fails(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the trail is full")

    monkeypatch.setattr(audit, "record", fail)

    with pytest.raises(RuntimeError, match="the trail is full"):
        actions.add_organisation(values=HOSPICE, by=ConsultantFactory())

    assert not Organisation.objects.named("Wolds Hospice").exists()
