"""Admins invite, change, close and open accounts, and nobody gives more than they hold (P17, P19)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from kombu.exceptions import OperationalError

from accounts import actions, permissions, policies, tasks
from accounts.enums import Role
from accounts.models import Invitation, User
from core import audit, outbox
from core.mail import MOST_TRIES_TO_SEND
from core.models import AuditEvent, OutboxEntry
from core.refusals import ActionRefused
from directory.models import Organisation, Region
from ldp_portal.celery import app
from tests.factories.accounts import (
    PASSWORD,
    ConsultantFactory,
    InvitationFactory,
    NationalAdminFactory,
    RegionalAdminFactory,
    StpLeadFactory,
)
from tests.factories.directory import OrganisationFactory
from tests.factories.engagements import ClientLeadFactory, EngagementFactory
from tests.helpers import as_user

pytestmark = pytest.mark.django_db
NEW = {"full_name": "Nora New", "email": "Nora.New@Example.org", "job_title": "", "role": Role.CONSULTANT}


@pytest.fixture
def regions():
    """Return two regions."""
    return Region.objects.order_by("pk")[:2]


@pytest.fixture
def admin(regions):
    """Return the admin of the first region."""
    return RegionalAdminFactory(region=regions[0])


def told(person):
    """Return what the trail says was done to a person, the oldest first."""
    return list(
        AuditEvent.objects.filter(subject_type="accounts.user", subject_id=person.pk)
        .order_by("pk")
        .values_list("verb", flat=True)
    )


def test_create_person_opens_an_account_in_the_admins_own_region(admin, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        person = actions.create_person(values=NEW, by=admin)

    assert (person.email, person.region, person.role, person.is_active) == (
        "nora.new@example.org",
        admin.region,
        "consultant",
        True,
    )
    assert not person.has_usable_password()
    assert told(person) == ["added", "invited"]
    (letter,) = mail.outbox
    link = Invitation.objects.get(person=person)
    assert letter.to == ["nora.new@example.org"]
    assert policies.invitation_url(link) in letter.body
    assert (link.target, link.sent_at is not None, link.failed_at) == ("/", True, None)
    assert AuditEvent.objects.filter(subject_type="accounts.invitation", subject_id=link.pk, actor=admin, verb="added").exists()


@pytest.mark.parametrize("role", [Role.NATIONAL_ADMIN, Role.STP_LEAD, "superuser"])
def test_p17_create_person_gives_no_more_than_a_regional_admin_holds(admin, role):
    with pytest.raises(ActionRefused):
        actions.create_person(values=NEW | {"role": role}, by=admin)

    assert not User.objects.with_email(NEW["email"]).exists()


def test_p17_create_person_gives_nothing_in_another_region(admin, regions):
    with pytest.raises(ActionRefused, match="in your own region"):
        actions.create_person(values=NEW | {"region": regions[1]}, by=admin)


@pytest.mark.parametrize("make", [ConsultantFactory, StpLeadFactory, lambda: RegionalAdminFactory(is_active=False)])
def test_p17_nobody_but_an_admin_at_work_gives_anything(make):
    with pytest.raises(ActionRefused):
        actions.create_person(values=NEW, by=make())


@pytest.mark.parametrize(
    ("role", "has_region"), [(Role.CONSULTANT, True), (Role.REGIONAL_ADMIN, True), (Role.NATIONAL_ADMIN, False)]
)
def test_create_person_by_a_national_admin_gives_every_role(regions, role, has_region):
    person = actions.create_person(values=NEW | {"role": role, "region": regions[1]}, by=NationalAdminFactory())

    assert (person.role, person.region) == (role, regions[1] if has_region else None)


def test_create_person_says_whose_address_it_is_only_to_those_who_keep_them(admin, regions):
    own = ConsultantFactory(region=regions[0], full_name="Amara Bell", email="amara@example.org")
    ConsultantFactory(region=regions[1], full_name="Bruno Far", email="bruno@example.org")

    with pytest.raises(ActionRefused) as near:
        actions.create_person(values=NEW | {"email": "AMARA@example.org"}, by=admin)
    with pytest.raises(ActionRefused) as far:
        actions.create_person(values=NEW | {"email": " Bruno@example.org"}, by=admin)

    assert [blocker.sentence for blocker in near.value.blockers] == [f"This is the email address of {own}, LDP consultant."]
    assert [blocker.sentence for blocker in far.value.blockers] == ["Somebody with this email address has an account already."]


def test_create_person_leaves_nothing_behind_when_the_audit_write_fails(admin, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("the trail is full")

    monkeypatch.setattr(audit, "record", fail)

    with pytest.raises(RuntimeError, match="the trail is full"):
        actions.create_person(values=NEW, by=admin)

    assert not User.objects.with_email(NEW["email"]).exists()


def test_a_mail_server_that_is_down_does_no_harm_and_is_said(admin, monkeypatch, django_capture_on_commit_callbacks):
    def fail(self):
        raise OSError("no route to nora.new@example.org")

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", fail)
    with django_capture_on_commit_callbacks(execute=True):
        person = actions.create_person(values=NEW, by=admin)
    waits = Invitation.objects.get(person=person)
    OutboxEntry.objects.update(tries=MOST_TRIES_TO_SEND - 1)
    outbox.work_off(timezone.now() + timedelta(days=9))
    failed = Invitation.objects.get(person=person)
    monkeypatch.undo()
    with django_capture_on_commit_callbacks(execute=True):
        again = actions.send_invitation(person=person, by=admin)

    assert (waits.sent_at, waits.failed_at) == (None, None)
    assert (failed.sent_at, failed.failed_at is not None) == (None, True)
    assert "could not be sent" in policies.invited_words(person, failed, timezone.now())
    assert Invitation.objects.get(pk=failed.pk).revoked_at is not None
    assert Invitation.objects.get(pk=again.pk).sent_at is not None
    assert len(mail.outbox) == 1


def test_a_queue_that_is_down_does_no_harm_and_is_said(admin, settings, monkeypatch, django_capture_on_commit_callbacks):
    def refuse(*args, **kwargs):
        raise OperationalError("no broker")

    settings.CELERY_TASK_ALWAYS_EAGER = False
    monkeypatch.setattr(app, "send_task", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        person = actions.create_person(values=NEW, by=admin)

    words = policies.invited_words(person, Invitation.objects.get(person=person), timezone.now())
    assert "has not gone yet" in words
    outbox.work_off()
    assert [email.to for email in mail.outbox] == [[person.email]]


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": Role.STP_LEAD, "region": None}])
def test_send_invitation_refuses_whom_no_link_would_lead_in(change):
    person = ConsultantFactory(**change)

    with pytest.raises(ActionRefused):
        actions.send_invitation(person=person, by=NationalAdminFactory())

    assert not Invitation.objects.filter(person=person).exists()


def test_an_invitation_that_was_revoked_meanwhile_is_not_sent(admin):
    link = InvitationFactory(person=ConsultantFactory(), revoked=True)

    tasks.send_invitation(link.pk)

    assert mail.outbox == []


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "The link works until"),
        ({"revoked_at": timezone.now()}, "The link has ended"),
        ({"sent_at": None}, "has not gone yet"),
    ],
)
def test_invited_words_say_what_became_of_an_invitation(fields, words):
    person = ConsultantFactory()
    link = InvitationFactory(person=person, **({"sent_at": timezone.now()} | fields))

    assert words in policies.invited_words(person, link, timezone.now())
    assert policies.invited_words(person, None, timezone.now()) == f"{person} has not signed in yet."
    person.last_login = timezone.now()
    assert policies.invited_words(person, link, timezone.now()) == ""


def test_p19_change_person_changes_a_role_and_says_so(admin, regions):
    person = ConsultantFactory(region=regions[0])

    actions.change_person(person=person, values={"role": Role.REGIONAL_ADMIN, "job_title": "Manager"}, by=admin)

    event = AuditEvent.objects.get(subject_type="accounts.user", subject_id=person.pk, verb="changed")
    assert event.actor == admin
    assert {change["field"]: change["new"] for change in event.changes} == {"role": "Regional admin", "job_title": "Manager"}


@pytest.mark.parametrize(
    "values",
    [
        {"role": Role.NATIONAL_ADMIN},
        {"role": Role.STP_LEAD},
        {"email": "other@example.org"},
        {"is_active": False},
        {"password": "x"},
        {"wants_digest": False},
    ],
)
def test_p17_change_person_refuses_a_regional_admin_what_they_do_not_hold(admin, regions, values):
    person = ConsultantFactory(region=regions[0])
    before = User.objects.filter(pk=person.pk).values().get()

    with pytest.raises(ActionRefused):
        actions.change_person(person=person, values=values, by=admin)

    assert User.objects.filter(pk=person.pk).values().get() == before


def test_p17_change_person_moves_nobody_for_a_regional_admin(admin, regions):
    person = ConsultantFactory(region=regions[0])

    with pytest.raises(ActionRefused, match="You cannot change this"):
        actions.change_person(person=person, values={"region": regions[1]}, by=admin)


@pytest.mark.parametrize("values", [{"role": Role.CONSULTANT}, {"role": Role.NATIONAL_ADMIN}])
def test_p17_nobody_changes_their_own_role(admin, values):
    with pytest.raises(ActionRefused, match="your own role"):
        actions.change_person(person=admin, values=values, by=admin)


def test_change_person_of_oneself_changes_a_name(admin):
    actions.change_person(person=admin, values={"full_name": "A better name"}, by=admin)

    assert User.objects.get(pk=admin.pk).full_name == "A better name"


def test_change_person_of_a_client_changes_no_role():
    client = StpLeadFactory()

    with pytest.raises(ActionRefused, match="has no other role"):
        actions.change_person(person=client, values={"role": Role.CONSULTANT}, by=NationalAdminFactory())


def test_change_person_by_a_national_admin_changes_the_address_and_says_so(regions):
    person, other = ConsultantFactory(email="old@example.org"), ConsultantFactory(email="taken@example.org")
    national = NationalAdminFactory()

    actions.change_person(person=person, values={"email": "New@Example.org"}, by=national)
    with pytest.raises(ActionRefused, match="email address of"):
        actions.change_person(person=person, values={"email": "TAKEN@example.org"}, by=national)

    assert User.objects.get(pk=person.pk).email == "new@example.org"
    assert AuditEvent.objects.get(subject_id=person.pk, verb="changed").changes[0]["old"] == "old@example.org"
    assert User.objects.get(pk=other.pk).email == "taken@example.org"


def test_change_person_to_another_region_waits_for_the_work_they_lead(regions):
    person, national = ConsultantFactory(region=regions[0]), NationalAdminFactory()
    engagement = EngagementFactory(lead_region=regions[0], lead_consultant=person)

    with pytest.raises(ActionRefused, match="leads 1 open engagement of") as refused:
        actions.change_person(person=person, values={"region": regions[1]}, by=national)
    engagement.lead_consultant = ConsultantFactory(region=regions[0])
    engagement.save()
    actions.change_person(person=person, values={"region": regions[1]}, by=national)

    assert refused.value.blockers[0].url == f"/manage/people/{person.pk}/leave/"
    assert User.objects.get(pk=person.pk).region == regions[1]


def test_change_person_to_a_national_role_waits_for_their_teams_and_leaves_the_region(regions):
    person, national = ConsultantFactory(region=regions[0]), NationalAdminFactory()
    engagement = EngagementFactory(lead_region=regions[0])
    engagement.team.set([person])

    with pytest.raises(ActionRefused, match="on the team of 1 open engagement"):
        actions.change_person(person=person, values={"role": Role.NATIONAL_ADMIN, "region": None}, by=national)
    engagement.team.clear()
    actions.change_person(person=person, values={"role": Role.NATIONAL_ADMIN}, by=national)

    changed = User.objects.get(pk=person.pk)
    assert (changed.role, changed.region) == (Role.NATIONAL_ADMIN, None)


def test_the_last_national_admin_is_not_taken_away(regions):
    last, other = NationalAdminFactory(), NationalAdminFactory()
    User.objects.exclude(pk__in=[last.pk, other.pk]).filter(role=Role.NATIONAL_ADMIN).update(is_active=False)

    actions.deactivate_person(person=other, by=last)

    assert policies.last_admin_blockers(last)
    last_words = policies.changing_blockers(
        last, {"role": Role.CONSULTANT, "region": regions[0]}, NationalAdminFactory.build(pk=0)
    )
    assert "The portal needs a national admin" in str(last_words[-1])


def test_nobody_closes_their_own_account(admin):
    with pytest.raises(ActionRefused, match="your own account"):
        actions.deactivate_person(person=admin, by=admin)


def test_p19_deactivate_person_ends_sessions_and_links_for_good(client, admin, regions):
    person = ConsultantFactory(region=regions[0], password=PASSWORD)
    link = InvitationFactory(person=person)
    client.force_login(person)
    assert client.get("/engagements/").status_code == 200

    actions.deactivate_person(person=person, by=admin)
    closed = client.get("/engagements/")
    actions.reactivate_person(person=person, by=admin)
    opened = client.get("/engagements/")

    assert [answer.status_code for answer in (closed, opened)] == [302, 302]
    assert Invitation.objects.get(pk=link.pk).revoked_at is not None
    assert told(person) == ["closed the account of", "opened again the account of"]
    assert User.objects.get(pk=person.pk).is_active


def test_deactivate_person_with_open_work_leads_to_the_hand_over(admin, regions):
    person = EngagementFactory(lead_region=regions[0]).lead_consultant

    with pytest.raises(ActionRefused, match="1 piece of open work") as refused:
        actions.deactivate_person(person=person, by=admin)

    assert refused.value.blockers[0].url == f"/manage/people/{person.pk}/leave/"
    assert User.objects.get(pk=person.pk).is_active


def test_deactivate_and_reactivate_say_that_it_is_done_already(admin, regions):
    person = ConsultantFactory(region=regions[0])
    actions.deactivate_person(person=person, by=admin)

    with pytest.raises(ActionRefused, match="closed already"):
        actions.deactivate_person(person=person, by=admin)
    actions.reactivate_person(person=person, by=admin)
    with pytest.raises(ActionRefused, match="open already"):
        actions.reactivate_person(person=person, by=admin)


def test_p17_reactivate_gives_no_more_than_an_admin_holds(admin):
    person = NationalAdminFactory(is_active=False)

    with pytest.raises(ActionRefused, match="in your own region"):
        actions.reactivate_person(person=person, by=admin)


def test_s11_a_role_change_ends_every_session(client, admin, regions):
    person = ConsultantFactory(region=regions[0])
    client.force_login(person)
    before = client.get("/manage/people/").status_code

    person = actions.change_person(person=person, values={"role": Role.REGIONAL_ADMIN}, by=admin)
    after = client.get("/manage/people/")
    client.force_login(person)

    assert (before, after.status_code, after["Location"]) == (403, 302, "/accounts/login/?next=/manage/people/")
    assert client.get("/manage/people/").status_code == 200


def people_of_everywhere(regions):
    """Return one person of each kind in two regions, and clients of one region, of both, and of neither."""
    clients = [StpLeadFactory() for _ in range(4)]
    here, there = (EngagementFactory(lead_region=region) for region in regions)
    for engagement, client in ((here, clients[0]), (there, clients[1]), (here, clients[2]), (there, clients[2])):
        ClientLeadFactory(engagement=engagement, user=client)
    staff = [make(region=region) for make in (ConsultantFactory, RegionalAdminFactory) for region in regions]
    return {
        "own consultant": staff[0],
        "other consultant": staff[1],
        "own admin": staff[2],
        "other admin": staff[3],
        "national admin": NationalAdminFactory(),
        "own client": clients[0],
        "other client": clients[1],
        "shared client": clients[2],
        "client of nobody": clients[3],
    }


def test_p17_permission_and_list_agree_on_whom_somebody_keeps(admin, regions):
    people = people_of_everywhere(regions)
    kept = {"own consultant", "own admin", "own client"}

    assert {name for name, person in people.items() if permissions.can_keep_person(admin, person)} == kept
    listed = set(policies.people_kept_by(admin).values_list("pk", flat=True))
    assert {name for name, person in people.items() if person.pk in listed} == kept
    assert all(permissions.can_keep_person(NationalAdminFactory(), person) for person in people.values())


@pytest.mark.parametrize("make", [ConsultantFactory, StpLeadFactory, lambda: NationalAdminFactory(is_active=False)])
def test_p17_nobody_else_keeps_anybody(make, regions):
    user = make()

    assert not permissions.can_keep_people(user)
    assert not permissions.can_invite_person(user)
    assert not policies.people_kept_by(user).exists()


def test_a_client_who_left_their_last_engagement_is_still_kept_by_its_region(admin, regions):
    people = people_of_everywhere(regions)
    people["own client"].client_leads.update(removed_at=timezone.now())
    people["shared client"].client_leads.filter(engagement__lead_region=regions[1]).update(
        removed_at=timezone.now() - timedelta(days=1)
    )
    people["shared client"].client_leads.filter(removed_at=None).update(removed_at=timezone.now())

    assert permissions.can_keep_person(admin, people["own client"])
    assert permissions.can_keep_person(admin, people["shared client"])


# What a regional admin may try, over and over: whom, what, with which values.
STEPS = st.tuples(
    st.sampled_from(["create", "change", "deactivate", "reactivate", "invite"]),
    st.integers(0, 9),
    st.sampled_from([*Role.values, "superuser"]),
    st.integers(0, 2),
    st.booleans(),
)


@hypothesis_settings(max_examples=15)
@given(steps=st.lists(STEPS, max_size=8))
def test_p17_no_sequence_of_steps_of_a_regional_admin_makes_more_than_they_hold(steps):
    first, second = Region.objects.order_by("pk")[:2]
    me = RegionalAdminFactory(region=first)
    people_of_everywhere([first, second])
    before = {person.pk: (person.role, person.region_id) for person in User.objects.all()}
    actors = [me]

    for number, (kind, whom, role, where, is_other) in enumerate(steps):
        by = User.objects.get(pk=actors[-1 if is_other else 0].pk)
        region = [None, first, second][where]
        people = list(policies.people_kept_by(by).order_by("pk"))
        person = people[whom % len(people)] if people else by
        try:
            if kind == "create":
                values = {"full_name": "N", "email": f"n{number}.{me.pk}@example.org", "job_title": "", "role": role}
                actors.append(actions.create_person(values=values | ({"region": region} if is_other else {}), by=by))
            elif kind == "change":
                actions.change_person(person=person, values={"role": role} | ({"region": region} if is_other else {}), by=by)
            elif kind == "invite":
                actions.send_invitation(person=person, by=by)
            else:
                getattr(actions, f"{kind}_person")(person=person, by=by)
        except ActionRefused:
            continue

    for person in User.objects.all():
        was = before.get(person.pk)
        if person.role == Role.NATIONAL_ADMIN or person.region_id == second.pk or person.is_stp_lead:
            assert was == (person.role, person.region_id), person


def test_p17_a_new_address_ends_every_session_and_every_link():
    person, national = ConsultantFactory(email="old@example.org"), NationalAdminFactory()
    client, link = as_user(person), InvitationFactory(person=person)
    address = reverse("engagements:engagement_list")
    assert client.get(address).status_code == 200

    actions.change_person(person=person, values={"job_title": "Lead", "email": "OLD@example.org"}, by=national)
    assert client.get(address).status_code == 200
    actions.change_person(person=person, values={"email": "new@example.org"}, by=national)

    assert client.get(address).status_code == 302
    assert Invitation.objects.get(pk=link.pk).revoked_at is not None
    assert told(person)[-2:] == ["changed", "ended every session of"]
    assert AuditEvent.objects.filter(
        subject_type="accounts.invitation", subject_id=link.pk, actor=national, verb="revoked"
    ).exists()


def test_an_admin_without_a_region_keeps_nobody(regions):
    ConsultantFactory(region=regions[0])

    assert not policies.people_kept_by(RegionalAdminFactory.build(region=None)).exists()


def test_a_person_is_of_the_organisation_that_the_chosen_one_was_merged_into():
    kept, stale, person = OrganisationFactory(), OrganisationFactory(), StpLeadFactory()
    Organisation.objects.filter(pk=stale.pk).update(merged_into=kept, is_active=False)

    changed = actions.change_person(person=person, values={"organisation": stale}, by=NationalAdminFactory())

    assert changed.organisation == kept
