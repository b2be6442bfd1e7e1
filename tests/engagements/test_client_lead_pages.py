"""Client leads are named, changed and taken off (P03, P11)."""

import pytest

from accounts.models import User
from core.models import AuditEvent
from directory.models import Organisation
from engagements import actions
from engagements.enums import EngagementStatus
from engagements.models import ClientLead
from tests.engagements.situations import decide, engagement_at
from tests.engagements.team_pages import url
from tests.factories.accounts import ConsultantFactory
from tests.factories.directory import OrganisationFactory
from tests.factories.engagements import ClientLeadFactory
from tests.helpers import as_user, post, soup, submit, text_of

pytestmark = pytest.mark.django_db
LEAD = {"full_name": "Cara Client", "email": "cara@example.nhs.uk", "job_title": "Chief Executive", "part": "signs"}


def test_client_lead_create_names_a_client_lead(engagement):
    trust = OrganisationFactory(name="A trust")

    response = submit(
        as_user(engagement.lead_consultant), url("client_lead_create", engagement), LEAD | {"organisation_name": "a TRUST"}
    )

    assert response["Location"] == url("team_detail", engagement)
    lead = engagement.client_leads.get()
    assert (str(lead), lead.organisation, lead.is_signatory) == ("Cara Client", trust, True)


def test_client_lead_create_refuses_an_address_that_cannot_be_written_to(engagement):
    response = post(
        as_user(engagement.lead_consultant), url("client_lead_create", engagement), LEAD | {"email": f"cara@{'ü' * 60}.de"}
    )

    assert "No email can be sent to this address. Check what stands after the @." in text_of(response)
    assert not engagement.client_leads.filter(user__full_name="Cara Client").exists()


def test_client_lead_create_for_somebody_who_does_not_sign(engagement):
    post(as_user(engagement.lead_consultant), url("client_lead_create", engagement), LEAD | {"part": "reads"})

    lead = engagement.client_leads.get()
    assert (lead.is_signatory, lead.deputy_for) == (False, None)


def test_p11_client_lead_create_names_a_deputy(engagement):
    cara = ClientLeadFactory(engagement=engagement)

    response = post(
        as_user(engagement.lead_consultant),
        url("client_lead_create", engagement),
        LEAD | {"part": "deputy", "deputy_for": cara.pk},
    )

    assert response["Location"] == url("team_detail", engagement)
    deputy = engagement.client_leads.get(user__full_name="Cara Client")
    assert (deputy.is_signatory, deputy.deputy_for) == (False, cara)


def test_client_lead_create_forgets_whose_deputy_where_they_sign_after_all(engagement):
    cara = ClientLeadFactory(engagement=engagement)

    post(as_user(engagement.lead_consultant), url("client_lead_create", engagement), LEAD | {"deputy_for": cara.pk})

    lead = engagement.client_leads.get(user__full_name="Cara Client")
    assert (lead.is_signatory, lead.deputy_for) == (True, None)


def test_client_lead_create_offers_a_deputy_only_where_a_signatory_has_none(engagement):
    client = as_user(engagement.lead_consultant)
    before = text_of(client.get(url("client_lead_create", engagement)))
    cara = ClientLeadFactory(engagement=engagement)
    offered = text_of(client.get(url("client_lead_create", engagement)))
    ClientLeadFactory(engagement=engagement, is_signatory=False, deputy_for=cara)
    after = text_of(client.get(url("client_lead_create", engagement)))

    assert ["Whose deputy are they?" in words for words in (before, offered, after)] == [False, True, False]


def test_p11_client_lead_create_in_review_names_only_a_deputy():
    engagement = engagement_at(EngagementStatus.IN_REVIEW)
    cara = engagement.client_leads.get()
    client = as_user(engagement.lead_consultant)

    page = client.get(url("client_lead_create", engagement))
    asked = post(client, url("client_lead_create", engagement), LEAD)
    done = post(client, url("client_lead_create", engagement), LEAD | {"deputy_for": cara.pk})

    assert "so only a deputy can be named now" in text_of(page)
    assert not soup(page).select("[name=part]")
    assert "Choose whose deputy they are" in text_of(asked)
    assert done["Location"] == url("team_detail", engagement)
    assert cara.deputies.get().user.full_name == "Cara Client"
    assert "every signatory has one" in text_of(client.get(url("client_lead_create", engagement)))


def test_client_lead_edit_changes_the_part_the_job_and_the_organisation(engagement):
    cara = ClientLeadFactory(engagement=engagement)
    lead = ClientLeadFactory(engagement=engagement, user__job_title="Manager")
    trust = OrganisationFactory(name="A trust")

    response = submit(
        as_user(engagement.lead_consultant),
        url("client_lead_edit", engagement, lead.pk),
        {"job_title": "Director", "organisation_name": "A trust", "part": "deputy", "deputy_for": cara.pk},
    )

    assert response["Location"] == url("team_detail", engagement)
    lead = ClientLead.objects.get(pk=lead.pk)
    assert (lead.user.job_title, lead.organisation) == ("Director", trust)
    assert (lead.is_signatory, lead.deputy_for) == (False, cara)


@pytest.mark.parametrize("part", ["signs", "deputy", "reads"])
def test_client_lead_edit_saved_as_it_stands_changes_nothing(engagement, part):
    cara = ClientLeadFactory(engagement=engagement)
    lead = ClientLeadFactory(
        engagement=engagement,
        organisation=OrganisationFactory(),
        user__job_title="Director",
        is_signatory=part == "signs",
        deputy_for=cara if part == "deputy" else None,
    )

    submit(as_user(engagement.lead_consultant), url("client_lead_edit", engagement, lead.pk))

    assert not AuditEvent.objects.for_trail(engagement.trail).exists()


def test_client_lead_edit_asks_of_a_deputy_whose_they_are(engagement):
    ClientLeadFactory(engagement=engagement)
    lead = ClientLeadFactory(engagement=engagement)

    response = submit(as_user(engagement.lead_consultant), url("client_lead_edit", engagement, lead.pk), {"part": "deputy"})

    assert "Choose whose deputy they are" in text_of(response)
    assert ClientLead.objects.get(pk=lead.pk).is_signatory


def test_p03_client_lead_edit_shows_what_a_colleague_changed(engagement):
    lead = ClientLeadFactory(engagement=engagement, user__job_title="Manager")
    client, address = as_user(engagement.lead_consultant), url("client_lead_edit", engagement, lead.pk)
    shown = soup(client.get(address)).select_one("[name=seen]")["value"]
    by = engagement.lead_consultant
    actions.change_client_lead(lead=lead, values={"job_title": "Director"}, by=by)

    response = post(client, address, {"job_title": "Head of care", "part": "signs", "seen": shown})

    assert "Ann Archer changed “Job title” while you were writing" in text_of(response)
    assert User.objects.get(pk=lead.user.pk).job_title == "Director"


def test_client_lead_edit_of_somebody_with_another_role_leaves_out_their_job(engagement):
    lead = ClientLeadFactory(engagement=engagement, user=ConsultantFactory())

    page = soup(as_user(engagement.lead_consultant).get(url("client_lead_edit", engagement, lead.pk)))

    assert not page.select("[name=job_title]")


def test_client_lead_edit_knows_only_leads_of_its_own_engagement(engagement):
    other = ClientLeadFactory()

    assert as_user(engagement.lead_consultant).get(url("client_lead_edit", engagement, other.pk)).status_code == 404


def test_client_lead_create_asks_about_an_organisation_it_does_not_know(engagement):
    client = as_user(engagement.lead_consultant)
    typed = LEAD | {"organisation_name": "St Barnabas Hospice of the Coast"}

    asked = post(client, url("client_lead_create", engagement), typed)
    chosen = post(
        client,
        url("client_lead_create", engagement),
        typed | {"organisation_choice": "new", "sector": "voluntary_and_community"},
    )

    assert "is not in the directory yet" in text_of(asked)
    assert chosen.status_code == 302
    assert engagement.client_leads.get().organisation == Organisation.objects.get(name="St Barnabas Hospice of the Coast")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"full_name": ""}, "Enter the full name"),
        ({"email": ""}, "Enter the email address"),
        ({"email": "cara"}, "Enter an email address in the correct format"),
        ({"full_name": "x" * 50_000}, "must be 150 characters or fewer"),
        ({"job_title": "Chief\x00"}, "hidden character"),
    ],
    ids=["no name", "no address", "not an address", "too long", "a null character"],
)
def test_client_lead_create_says_what_is_wrong_and_keeps_what_was_typed(engagement, changes, message):
    typed = LEAD | changes

    response = post(as_user(engagement.lead_consultant), url("client_lead_create", engagement), typed)

    assert message in text_of(response)
    assert soup(response).title.get_text().startswith("Error: ")
    assert soup(response).select_one("[name=email]").get("value", "") == typed["email"]
    assert not ClientLead.objects.exists()


def test_client_lead_create_refuses_a_colleague(engagement):
    response = post(
        as_user(engagement.lead_consultant),
        url("client_lead_create", engagement),
        LEAD | {"email": engagement.lead_consultant.email},
    )

    assert "cannot be a client lead" in text_of(response)


def test_client_lead_create_posted_twice_names_one(engagement):
    client = as_user(engagement.lead_consultant)
    data = LEAD | {"action_key": "6f1c1f3e-0d0f-4b4e-9d58-3d6f2b1f9a10"}

    answers = [client.post(url("client_lead_create", engagement), data)["Location"] for _ in range(2)]

    assert answers == [url("team_detail", engagement)] * 2
    assert engagement.client_leads.count() == 1


def test_client_lead_create_shows_names_as_text(engagement):
    name = "<script>alert(1)</script> \u200fevil"

    submit(as_user(engagement.lead_consultant), url("client_lead_create", engagement), LEAD | {"full_name": name})
    response = as_user(engagement.lead_consultant).get(url("team_detail", engagement))

    assert not soup(response).select("main script")
    assert name in soup(response).select("main")[0].get_text()


def test_client_lead_remove_asks_then_removes(engagement):
    lead = ClientLeadFactory(engagement=engagement, user__full_name="Cara Client")
    ClientLeadFactory(engagement=engagement, user__full_name="Dee Deputy", is_signatory=False, deputy_for=lead)
    client = as_user(engagement.lead_consultant)

    asked = client.get(url("client_lead_remove", engagement, lead.pk))
    done = submit(client, url("client_lead_remove", engagement, lead.pk))

    assert "Cara Client They lose access at once" in text_of(asked)
    assert "Dee Deputy is nobody’s deputy then" in text_of(asked)
    assert done["Location"] == url("team_detail", engagement)
    assert [str(left) for left in engagement.client_leads.current()] == ["Dee Deputy"]
    assert User.objects.filter(full_name="Cara Client").exists()
    assert client.get(url("client_lead_remove", engagement, lead.pk)).status_code == 404


def test_p11_client_lead_remove_in_review_says_whom_the_plan_waits_for_then():
    engagement = engagement_at(EngagementStatus.IN_REVIEW, signatories=2)
    lead = engagement.client_leads.order_by("pk").first()
    client = as_user(engagement.lead_consultant)

    asked = client.get(url("client_lead_remove", engagement, lead.pk))
    submit(client, url("client_lead_remove", engagement, lead.pk))

    assert "The plan no longer waits for them" in text_of(asked)
    assert as_user(lead.user).get(url("team_detail", engagement)).status_code == 404


def test_client_lead_remove_says_that_somebody_has_decided():
    engagement = engagement_at(EngagementStatus.IN_REVIEW, signatories=2)
    lead = engagement.client_leads.order_by("pk").first()
    decide(lead)
    client = as_user(engagement.lead_consultant)

    asked = client.get(url("client_lead_remove", engagement, lead.pk))
    refused = post(client, url("client_lead_remove", engagement, lead.pk))

    assert "their name stays on it" in text_of(asked)
    assert not soup(asked).select("main form[method=post]")
    assert refused.status_code == 200
    assert engagement.client_leads.current().filter(pk=lead.pk).exists()


def test_client_lead_remove_knows_only_leads_of_its_own_engagement(engagement):
    other = ClientLeadFactory()

    assert as_user(engagement.lead_consultant).get(url("client_lead_remove", engagement, other.pk)).status_code == 404
