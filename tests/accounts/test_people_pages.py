"""Pages of people: every role and region, what is posted beyond the form, hostile text, clashes and double posts (P03, P05, P17, P19)."""

import pytest
from django.urls import reverse

from accounts import actions
from accounts.enums import PEOPLE_EACH_PAGE, Role
from accounts.models import Invitation, User
from core.keys import new_key
from core.models import AuditEvent
from directory.models import Region
from tests.factories.accounts import (
    ConsultantFactory,
    InvitationFactory,
    NationalAdminFactory,
    RegionalAdminFactory,
    StpLeadFactory,
)
from tests.factories.directory import OrganisationFactory
from tests.factories.engagements import ClientLeadFactory, EngagementFactory
from tests.helpers import as_user, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db
NEW = {"full_name": "Nora New", "email": "nora@example.org", "job_title": "", "role": "consultant"}
READ, POSTED = ("person_edit", "person_leave", "person_history"), ("person_invite", "person_reactivate")


@pytest.fixture
def regions():
    return Region.objects.order_by("pk")[:2]


@pytest.fixture
def admin(regions):
    return RegionalAdminFactory(region=regions[0], full_name="Ann Admin")


def url(view, person=None):
    return reverse(f"accounts:{view}", args=[person.pk] if person else [])


@pytest.mark.parametrize("view", ["person_list", "person_create", *READ, *POSTED, "person_left"])
@pytest.mark.parametrize("make", [ConsultantFactory, StpLeadFactory])
def test_pages_of_people_are_for_admins(make, view):
    person = ConsultantFactory()
    address = url(view) if view in ("person_list", "person_create") else url(view, person)
    client = as_user(make())

    answer = post(client, address) if view in POSTED else client.get(address)

    assert answer.status_code == 403


@pytest.mark.parametrize("view", ["person_list", "person_create", *READ])
def test_pages_of_people_ask_strangers_to_sign_in(client, view):
    person = ConsultantFactory()

    answer = client.get(url(view) if view in ("person_list", "person_create") else url(view, person))

    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("view", [*READ, *POSTED, "person_left"])
@pytest.mark.parametrize("kind", ["consultant", "admin", "national", "client"])
def test_s5_people_of_another_region_are_not_there_for_a_regional_admin(admin, regions, kind, view):
    makers = {
        "consultant": lambda: ConsultantFactory(region=regions[1]),
        "admin": lambda: RegionalAdminFactory(region=regions[1]),
        "national": NationalAdminFactory,
        "client": lambda: ClientLeadFactory(engagement=EngagementFactory(lead_region=regions[1])).user,
    }
    person = makers[kind]()
    client = as_user(admin)

    answer = post(client, url(view, person)) if view in POSTED else client.get(url(view, person))

    assert answer.status_code == 404
    assert as_user(NationalAdminFactory()).get(url("person_edit", person)).status_code == 200


def test_person_list_shows_a_regional_admin_their_own_region(admin, regions):
    ConsultantFactory(region=regions[0], full_name="Amara Near")
    ConsultantFactory(region=regions[0], full_name="Gone Near", is_active=False)
    ConsultantFactory(region=regions[1], full_name="Bruno Far")
    ClientLeadFactory(engagement=EngagementFactory(lead_region=regions[0]), user__full_name="Cara Client")

    words = text_of(as_user(admin).get(url("person_list")))
    everybody = text_of(as_user(admin).get(url("person_list"), {"role": "everybody", "left": "on"}))

    assert "Amara Near" in words
    assert not [name for name in ("Bruno Far", "Gone Near", "Cara Client") if name in words]
    assert all(name in everybody for name in ("Amara Near", "Gone Near", "Cara Client"))
    assert "Bruno Far" not in everybody


def test_person_list_narrows_by_words_role_and_region(regions):
    ConsultantFactory(region=regions[0], full_name="Amara Bell", email="bell@example.org")
    RegionalAdminFactory(region=regions[1], full_name="Amara Dove")
    client = as_user(NationalAdminFactory())

    def found(**query):
        page = soup(client.get(url("person_list"), query))
        return [link.get_text() for link in page.select(".app-whole-rows__link")]

    assert found(q="amara") == ["Amara Bell", "Amara Dove"]
    assert found(q="amara", role="regional_admin") == ["Amara Dove"]
    assert found(q="amara", region=regions[0].slug) == ["Amara Bell"]
    assert found(q="BELL@") == ["Amara Bell"]
    assert found(q="nobody at all") == []
    assert "was left out" in text_of(client.get(url("person_list"), {"role": "king"}))


def test_p17_person_list_drops_a_region_that_a_regional_admin_asks_for(admin, regions):
    ConsultantFactory(region=regions[1], full_name="Bruno Far")

    page = as_user(admin).get(url("person_list"), {"region": regions[1].slug, "role": "national_admin"})

    assert "Bruno Far" not in text_of(page)
    assert "national_admin” is not one of its choices" in text_of(page)


def test_person_list_has_pages(admin, regions):
    ConsultantFactory.create_batch(PEOPLE_EACH_PAGE, region=regions[0])

    page = soup(as_user(admin).get(url("person_list"), {"page": 2}))

    assert len(page.select(".app-whole-rows__row")) == 1


def test_person_create_invites_a_colleague(admin, regions):
    client = as_user(admin)

    response = submit(client, url("person_create"), NEW)
    person = User.objects.get(email="nora@example.org")

    assert response["Location"] == url("person_edit", person)
    assert (person.region, person.role) == (regions[0], "consultant")
    assert "has not gone yet" in text_of(client.get(url("person_edit", person)))


OVERPOSTED = [{"role": "national_admin"}, {"role": "stp_lead"}, {"role": ""}]


@pytest.mark.parametrize("extra", OVERPOSTED)
def test_p17_person_create_gives_no_role_beyond_the_form(admin, extra):
    response = post(as_user(admin), url("person_create"), NEW | extra)

    assert "Choose a role" in text_of(response)
    assert not User.objects.filter(email="nora@example.org").exists()


def test_p17_person_create_takes_nothing_beyond_the_form(admin, regions):
    beyond = {
        "region": regions[1].pk,
        "is_active": "",
        "is_superuser": "on",
        "password": "x",
        "organisation": 1,
        "joined_at": "2001-01-01",
    }

    post(as_user(admin), url("person_create"), NEW | beyond)

    person = User.objects.get(email="nora@example.org")
    assert (person.region, person.is_active, person.organisation, person.has_usable_password()) == (regions[0], True, None, False)


def test_person_create_by_a_national_admin_asks_for_the_region(regions):
    client = as_user(NationalAdminFactory())

    asked = post(client, url("person_create"), NEW)
    national = post(client, url("person_create"), NEW | {"role": "national_admin", "region": regions[0].pk})

    assert "Choose the region they belong to" in text_of(asked)
    assert national.status_code == 302
    assert User.objects.get(email="nora@example.org").region is None


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"full_name": ""}, "Enter the full name"),
        ({"email": "nora"}, "Enter an email address in the correct format"),
        ({"email": f"nora@{'ü' * 60}.de"}, "No email can be sent to this address"),
        ({"full_name": "x" * 50_000}, "must be 150 characters or fewer"),
        ({"job_title": "Chief\x00"}, "hidden character"),
    ],
)
def test_person_create_says_what_is_wrong_and_keeps_what_was_typed(admin, changes, message):
    typed = NEW | changes

    response = post(as_user(admin), url("person_create"), typed)

    assert message in text_of(response)
    assert soup(response).select_one("[name=email]")["value"] == typed["email"]


def test_person_create_tells_nothing_of_whoever_has_the_address_elsewhere(admin, regions):
    ConsultantFactory(region=regions[1], full_name="Bruno Far", email="nora@example.org")

    words = text_of(post(as_user(admin), url("person_create"), NEW))

    assert "Somebody with this email address has an account already." in words
    assert "Bruno" not in words


def test_p05_person_create_posted_twice_invites_one(admin):
    client, data = as_user(admin), NEW | {"action_key": new_key()}

    answers = [client.post(url("person_create"), data)["Location"] for _ in range(2)]

    assert answers[0] == answers[1]
    assert Invitation.objects.count() == 1


def test_pages_of_people_show_names_as_text(admin, regions):
    name = "<script>alert(1)</script> \u200fevil"
    person = ConsultantFactory(region=regions[0], full_name=name)
    client = as_user(admin)

    for address in (url("person_list"), url("person_edit", person), url("person_leave", person), url("person_history", person)):
        page = soup(client.get(address))
        assert not page.select("main script")
        assert name in page.get_text()


def test_person_edit_changes_a_colleague(admin, regions):
    person = ConsultantFactory(region=regions[0])

    response = submit(as_user(admin), url("person_edit", person), {"job_title": "Lead", "role": "regional_admin"}, form=-1)

    assert response["Location"] == url("person_list")
    changed = User.objects.get(pk=person.pk)
    assert (changed.job_title, changed.role) == ("Lead", "regional_admin")


def test_person_edit_saved_as_it_stands_changes_nothing(admin, regions):
    client = ClientLeadFactory(
        engagement=EngagementFactory(lead_region=regions[0]), user__organisation=OrganisationFactory()
    ).user

    for person in (ConsultantFactory(region=regions[0]), client, NationalAdminFactory()):
        by = as_user(admin if person.role != Role.NATIONAL_ADMIN else NationalAdminFactory())
        assert submit(by, url("person_edit", person), form=-1).status_code == 302
        told = AuditEvent.objects.filter(subject_type="accounts.user", subject_id=person.pk)
        assert [event.verb for event in told] == ["looked at the account of"]


@pytest.mark.parametrize(
    "beyond", [{"email": "evil@example.org"}, {"region": 2}, {"is_active": ""}, {"password": "x"}, {"organisation": "1"}]
)
def test_p17_person_edit_takes_nothing_beyond_the_form(admin, regions, beyond):
    person = ConsultantFactory(region=regions[0])
    before = User.objects.filter(pk=person.pk).values().get()

    submit(as_user(admin), url("person_edit", person), beyond, form=-1)

    assert User.objects.filter(pk=person.pk).values().get() == before


@pytest.mark.parametrize("role", ["national_admin", "stp_lead", "king"])
def test_p17_person_edit_gives_no_role_beyond_the_form(admin, regions, role):
    person = ConsultantFactory(region=regions[0])

    response = submit(as_user(admin), url("person_edit", person), {"role": role}, form=-1)

    assert "Choose a role from the list" in text_of(response)
    assert User.objects.get(pk=person.pk).role == "consultant"


def test_p17_person_edit_of_oneself_takes_no_role(admin):
    client = as_user(admin)

    shown = filled(client, url("person_edit", admin), form=-1)
    submit(client, url("person_edit", admin), {"role": "consultant", "region": 2, "full_name": "Ann A"}, form=-1)

    assert "role" not in shown
    changed = User.objects.get(pk=admin.pk)
    assert (changed.role, changed.region, changed.full_name) == ("regional_admin", admin.region, "Ann A")


def test_person_edit_by_a_national_admin_is_refused_while_they_lead(regions):
    person = EngagementFactory(lead_region=regions[0]).lead_consultant

    response = submit(as_user(NationalAdminFactory()), url("person_edit", person), {"region": regions[1].pk}, form=-1)

    assert "leads 1 open engagement" in text_of(response)
    assert User.objects.get(pk=person.pk).region == regions[0]


def test_person_edit_changes_the_organisation_of_a_client(admin, regions):
    client = ClientLeadFactory(engagement=EngagementFactory(lead_region=regions[0])).user
    trust = OrganisationFactory(name="A trust")

    unknown = submit(as_user(admin), url("person_edit", client), {"organisation": "Nowhere at all"}, form=-1)
    submit(as_user(admin), url("person_edit", client), {"organisation": " a  TRUST"}, form=-1)

    assert "“Nowhere at all” is not in the directory" in text_of(unknown)
    assert User.objects.get(pk=client.pk).organisation == trust


def test_p03_person_edit_shows_what_another_admin_changed(admin, regions):
    person = ConsultantFactory(region=regions[0], job_title="Manager")
    client = as_user(admin)
    shown = filled(client, url("person_edit", person), form=-1)
    actions.change_person(person=person, values={"job_title": "Director"}, by=RegionalAdminFactory(region=regions[0]))

    clash = post(client, url("person_edit", person), shown | {"job_title": "Head of care", "action_key": new_key()})

    assert "changed “Job title” while you were writing" in text_of(clash)
    assert soup(clash).select_one("[name=job_title]")["value"] == "Head of care"
    assert User.objects.get(pk=person.pk).job_title == "Director"


def test_person_invite_sends_the_link_again(admin, regions, mailoutbox, django_capture_on_commit_callbacks):
    person = ConsultantFactory(region=regions[0])
    client = as_user(admin)

    with django_capture_on_commit_callbacks(execute=True):
        response = post(client, url("person_invite", person))

    assert response["Location"] == url("person_edit", person)
    assert [sent.to for sent in mailoutbox] == [[person.email]]
    assert "The link works until" in text_of(client.get(url("person_edit", person)))
    assert client.get(url("person_invite", person)).status_code == 405


def test_an_invited_colleague_is_led_to_the_portal(client, admin, regions, mailoutbox, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        actions.create_person(values=NEW, by=admin)
    link = next(word for word in mailoutbox[0].body.split() if "/accounts/invitation/" in word)

    page = text_of(client.get(link.partition("/accounts")[1] + link.partition("/accounts")[2]))

    assert "You have been invited to the portal" in page
    assert "Send me a code" in page
    assert "_auth_user_id" not in client.session


def test_person_reactivate_opens_an_account_again(admin, regions):
    person = ConsultantFactory(region=regions[0], is_active=False)
    client = as_user(admin)
    assert "This account is closed." in text_of(client.get(url("person_edit", person)))

    response = post(client, url("person_reactivate", person), follow=True)

    assert "can sign in again" in text_of(response)
    assert User.objects.get(pk=person.pk).is_active


def test_p19_person_history_tells_roles_links_and_closing(admin, regions):
    person = ConsultantFactory(region=regions[0], full_name="Amara Bell")
    actions.send_invitation(person=person, by=admin)
    actions.change_person(person=person, values={"role": "regional_admin"}, by=admin)
    actions.deactivate_person(person=person, by=admin)
    InvitationFactory(person=person, trail="engagement:1")

    words = text_of(as_user(admin).get(url("person_history", person)))

    for sentence in (
        "Ann Admin closed the account of person Amara Bell",
        "Ann Admin revoked the invitation for Amara Bell",
        "role from LDP consultant to Regional admin",
        "Ann Admin invited person Amara Bell",
        "Ann Admin sent an invitation for Amara Bell",
    ):
        assert sentence in words


def test_the_page_promises_no_more_than_handing_over_does(admin):
    person = ConsultantFactory(region=admin.region, full_name="Bo Colleague", is_active=False)
    own = text_of(as_user(admin).get(url("person_edit", admin)))
    closed = text_of(as_user(admin).get(url("person_edit", person)))
    person.is_active = True
    person.save()
    theirs = text_of(as_user(admin).get(url("person_edit", person)))
    address = text_of(as_user(NationalAdminFactory()).get(url("person_edit", person)))

    assert "Hand over my work" in own
    assert "Hand over their work" not in own
    assert "You can close their account in the same step." in theirs
    assert "Open the account again for Bo Colleague" in closed
    assert "Send an invitation to Bo Colleague" in theirs
    assert "A new address signs them out" in address
