import pytest

from accounts import actions
from accounts.enums import Role
from accounts.models import User
from core import audit
from core.models import AuditEvent
from core.refusals import ActionRefused
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region

pytestmark = pytest.mark.django_db


def a_person(**changes):
    return {
        "email": "Amara.Bell@demo.example ",
        "full_name": "Amara Bell",
        "role": Role.CONSULTANT,
        "region": a_region(),
    } | changes


def test_add_person_opens_an_account_without_a_password():
    admin = NationalAdminFactory()

    person = actions.add_person(values=a_person(), by=admin)

    assert person.email == "amara.bell@demo.example"
    assert not person.has_usable_password()
    event = AuditEvent.objects.get(trail="accounts")
    assert (event.actor, event.verb, event.subject_label) == (admin, "added", "person Amara Bell")


def test_add_person_by_nobody_for_the_first_account():
    actions.add_person(values=a_person(role=Role.NATIONAL_ADMIN, region=None))

    assert AuditEvent.objects.get(trail="accounts").actor is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"region": None}, "belongs to a region", id="consultant without a region"),
        pytest.param({"email": "no address"}, "valid email", id="no address"),
    ],
)
def test_add_person_refuses_what_does_not_fit(changes, reason):
    with pytest.raises(ActionRefused, match=reason):
        actions.add_person(values=a_person(**changes), by=NationalAdminFactory())

    assert not User.objects.with_email("amara.bell@demo.example").exists()


def test_add_person_refuses_a_second_account_for_one_address():
    actions.add_person(values=a_person())

    with pytest.raises(ActionRefused, match="already"):
        actions.add_person(values=a_person(email="AMARA.BELL@demo.example"))


def test_add_person_leaves_nothing_behind_when_the_audit_write_fails(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the trail is full")

    monkeypatch.setattr(audit, "record", fail)

    with pytest.raises(RuntimeError, match="the trail is full"):
        actions.add_person(values=a_person())

    assert not User.objects.with_email("amara.bell@demo.example").exists()


def test_find_or_add_stp_lead_opens_an_account_once():
    by = ConsultantFactory()
    values = {"email": "Chair@demo.example", "full_name": "Rosa Whitlow", "job_title": "Chair", "organisation": None}

    first = actions.find_or_add_stp_lead(values=values, by=by)
    second = actions.find_or_add_stp_lead(values=values | {"full_name": "rosa whitlow"}, by=by)

    assert first == second
    assert (first.role, first.full_name, first.has_usable_password()) == (Role.STP_LEAD, "Rosa Whitlow", False)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(ConsultantFactory, id="a consultant"),
        pytest.param(lambda **fields: StpLeadFactory(left=True, **fields), id="a lead who has left"),
    ],
)
def test_find_or_add_stp_lead_refuses_somebody_who_cannot_be_one(make):
    known = make(email="known@demo.example")

    with pytest.raises(ActionRefused, match="cannot be a client lead"):
        actions.find_or_add_stp_lead(values={"email": known.email, "full_name": known.full_name}, by=ConsultantFactory())
