import pytest

from accounts.enums import Role
from accounts.models import User
from core import audit, records
from core.models import AuditEvent
from core.refusals import ActionRefused
from directory.enums import Sector
from directory.models import Organisation
from engagements import actions
from engagements.enums import EngagementStatus
from engagements.models import ClientLead
from tests.engagements.situations import decide, engagement_at, ready_engagement, reread
from tests.factories.accounts import ConsultantFactory, StpLeadFactory
from tests.factories.directory import OrganisationFactory
from tests.factories.engagements import ClientLeadFactory, EngagementFactory

pytestmark = pytest.mark.django_db


def values(**changes):
    return {
        "full_name": "Cara Client",
        "email": "Cara.Client@example.nhs.uk",
        "job_title": "Chief Executive",
        "organisation": None,
        "is_signatory": True,
    } | changes


def name(engagement, **changes):
    return actions.name_client_lead(engagement=engagement, values=values(**changes), by=engagement.lead_consultant)


def break_audit(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("The trail cannot be written")

    monkeypatch.setattr(audit, "record", fail)


def test_name_client_lead_opens_an_account():
    engagement = EngagementFactory()
    trust = OrganisationFactory()

    lead = name(engagement, organisation=trust)

    assert lead.user.role == Role.STP_LEAD
    assert lead.user.email == "cara.client@example.nhs.uk"
    assert not lead.user.has_usable_password()
    assert (lead.organisation, lead.user.organisation, lead.is_signatory) == (trust, trust, True)
    assert AuditEvent.objects.for_trail(engagement.trail).get().subject_label == "client lead Cara Client"


def test_name_client_lead_knows_somebody_by_their_address():
    known = StpLeadFactory(email="cara.client@example.nhs.uk", full_name="Cara B. Client")
    engagement = EngagementFactory()

    lead = name(engagement, full_name="cara b. client", is_signatory=False)

    assert lead.user == known
    assert str(User.objects.get(pk=known.pk)) == "Cara B. Client"
    assert not lead.is_signatory


def test_name_client_lead_adds_an_organisation_that_is_new():
    engagement = EngagementFactory()
    described = {"name": "St Barnabas Hospice", "sector": Sector.VOLUNTARY_AND_COMMUNITY}
    typed = values(new_organisation=described)
    del typed["organisation"]

    lead = actions.name_client_lead(engagement=engagement, values=typed, by=engagement.lead_consultant)

    assert lead.organisation == Organisation.objects.get(name="St Barnabas Hospice")


def test_name_client_lead_twice_is_refused():
    engagement = EngagementFactory()
    name(engagement)

    with pytest.raises(ActionRefused, match="named on the engagement already"):
        name(engagement)

    assert engagement.client_leads.count() == 1


def test_name_client_lead_refuses_a_consultant():
    consultant = ConsultantFactory()
    engagement = EngagementFactory()

    with pytest.raises(ActionRefused, match="cannot be a client lead"):
        name(engagement, email=consultant.email.upper())

    assert not engagement.client_leads.exists()


def test_name_client_lead_refuses_a_closed_account():
    gone = StpLeadFactory(is_active=False)

    with pytest.raises(ActionRefused, match="cannot be a client lead"):
        name(EngagementFactory(), email=gone.email)


@pytest.mark.parametrize("status", [status for status in EngagementStatus if status != EngagementStatus.CO_DESIGN], ids=str)
def test_name_client_lead_refused_outside_co_design(status):
    engagement = EngagementFactory(status=status)

    with pytest.raises(ActionRefused):
        name(engagement)

    assert not User.objects.filter(email__iexact="cara.client@example.nhs.uk").exists()


def test_name_client_lead_leaves_nothing_behind_when_the_audit_write_fails(monkeypatch):
    engagement = EngagementFactory()
    break_audit(monkeypatch)

    with pytest.raises(RuntimeError, match="trail"):
        name(engagement)

    assert not User.objects.filter(email__iexact="cara.client@example.nhs.uk").exists()
    assert not ClientLead.objects.exists()


def test_remove_client_lead_keeps_the_account():
    lead = ClientLeadFactory(user__full_name="Cara Client")
    user, engagement = lead.user, lead.engagement

    actions.remove_client_lead(lead=lead, by=engagement.lead_consultant)

    assert not engagement.client_leads.current().exists()
    assert User.objects.filter(pk=user.pk, is_active=True).exists()
    event = AuditEvent.objects.for_trail(engagement.trail).get()
    assert (event.verb, event.subject_label) == ("removed", "client lead Cara Client")


def test_remove_client_lead_refused_once_they_have_decided_on_what_waits():
    engagement = engagement_at(EngagementStatus.IN_REVIEW, signatories=2)
    lead = engagement.client_leads.order_by("pk").first()
    decide(lead)

    with pytest.raises(ActionRefused, match="their name stays on it"):
        actions.remove_client_lead(lead=lead, by=engagement.lead_consultant)

    assert engagement.client_leads.current().filter(pk=lead.pk).exists()


def test_remove_client_lead_after_the_version_went_back_keeps_what_they_decided():
    engagement = engagement_at(EngagementStatus.IN_REVIEW)
    lead = engagement.client_leads.get()
    decide(lead, "changes_wanted", "Name the ambulance service.")

    actions.remove_client_lead(lead=lead, by=engagement.lead_consultant)

    assert not engagement.client_leads.current().exists()
    assert (lead.decisions.count(), lead.user.comments.count()) == (1, 1)


def test_remove_client_lead_refused_where_nobody_else_signs_what_waits():
    engagement = engagement_at(EngagementStatus.IN_REVIEW)

    with pytest.raises(ActionRefused, match="is the only one who signs"):
        actions.remove_client_lead(lead=engagement.client_leads.get(), by=engagement.lead_consultant)


def test_remove_client_lead_refused_when_somebody_was_quicker():
    lead = ClientLeadFactory()
    actions.remove_client_lead(lead=lead, by=lead.engagement.lead_consultant)

    with pytest.raises(ActionRefused, match="taken this client lead off"):
        actions.remove_client_lead(lead=lead, by=lead.engagement.lead_consultant)


def test_remove_client_lead_leaves_it_when_the_audit_write_fails(monkeypatch):
    lead = ClientLeadFactory()
    break_audit(monkeypatch)

    with pytest.raises(RuntimeError, match="trail"):
        actions.remove_client_lead(lead=lead, by=lead.engagement.lead_consultant)

    assert lead.engagement.client_leads.current().filter(pk=lead.pk).exists()


def test_remove_client_lead_takes_the_plan_out_of_their_sight():
    engagement = ready_engagement(shared=True)
    lead = engagement.client_leads.get()

    actions.remove_client_lead(lead=lead, by=engagement.lead_consultant)

    assert not type(engagement).objects.visible_to(lead.user).exists()
    assert reread(engagement).shared_at is not None


def change(lead, **changes):
    return actions.change_client_lead(lead=lead, values=changes, by=lead.engagement.lead_consultant)


def a_deputy_of(lead, **fields):
    return ClientLeadFactory(engagement=lead.engagement, is_signatory=False, deputy_for=lead, **fields)


def test_p11_change_client_lead_makes_a_deputy_of_a_reader():
    cara = ClientLeadFactory(user__full_name="Cara Client")
    reader = ClientLeadFactory(engagement=cara.engagement, is_signatory=False, user__full_name="Rae Reader")

    changed = change(reader, is_signatory=False, deputy_for=cara)

    event = AuditEvent.objects.for_trail(cara.engagement.trail).get()
    assert changed.deputy_for == cara
    assert (event.verb, event.subject_label) == ("changed", "client lead Rae Reader")
    assert [(said["label"], said["new"]) for said in event.changes] == [("deputy for", "Cara Client")]


def test_p11_change_client_lead_who_signs_no_more_leaves_nobody_their_deputy():
    cara = ClientLeadFactory()
    deputy = a_deputy_of(cara)

    change(cara, is_signatory=False, deputy_for=None)

    deputy.refresh_from_db()
    assert (deputy.deputy_for, deputy.is_signatory) == (None, False)
    assert AuditEvent.objects.for_trail(cara.engagement.trail).count() == 2


def test_change_client_lead_keeps_a_deputy_where_only_the_organisation_changes():
    cara = ClientLeadFactory()
    deputy = a_deputy_of(cara)
    trust = OrganisationFactory()

    changed = change(cara, organisation=trust)

    deputy.refresh_from_db()
    assert (changed.organisation, deputy.deputy_for) == (trust, cara)


def test_change_client_lead_adds_an_organisation_that_is_new():
    described = {"name": "St Barnabas Hospice", "sector": Sector.VOLUNTARY_AND_COMMUNITY}

    changed = change(ClientLeadFactory(), new_organisation=described)

    assert changed.organisation == Organisation.objects.get(name="St Barnabas Hospice")


def test_p19_change_client_lead_says_in_the_history_that_their_job_is_another():
    lead = ClientLeadFactory(user__job_title="Deputy director", user__full_name="Cara Client")

    change(lead, job_title="Director")

    event = AuditEvent.objects.for_trail(lead.engagement.trail).get()
    assert User.objects.get(pk=lead.user.pk).job_title == "Director"
    assert (event.subject_label, event.changes[0]["new"]) == ("person Cara Client", "Director")


def test_change_client_lead_who_has_another_role_now_keeps_their_job():
    lead = ClientLeadFactory(user=ConsultantFactory(job_title="Consultant"))

    with pytest.raises(ActionRefused, match="not an STP lead any more"):
        change(lead, job_title="Director", is_signatory=False)

    lead.refresh_from_db()
    assert (lead.user.job_title, lead.is_signatory) == ("Consultant", True)


@pytest.mark.parametrize(
    ("whose", "message"),
    [
        pytest.param(lambda lead: lead, "Nobody can be their own deputy", id="their own"),
        pytest.param(
            lambda lead: ClientLeadFactory(engagement=lead.engagement, is_signatory=False),
            "Choose a signatory of this plan",
            id="of a reader",
        ),
        pytest.param(lambda lead: ClientLeadFactory(), "Choose a signatory of this plan", id="on another engagement"),
        pytest.param(
            lambda lead: a_deputy_of(ClientLeadFactory(engagement=lead.engagement)).deputy_for,
            "This signatory has a deputy already",
            id="of somebody who has one",
        ),
    ],
)
def test_p11_change_client_lead_refuses_to_make_a_deputy(whose, message):
    lead = ClientLeadFactory()

    with pytest.raises(ActionRefused, match=message):
        change(lead, is_signatory=False, deputy_for=whose(lead))

    lead.refresh_from_db()
    assert (lead.is_signatory, lead.deputy_for) == (True, None)


def test_change_client_lead_refuses_a_deputy_who_signs():
    cara = ClientLeadFactory()
    other = ClientLeadFactory(engagement=cara.engagement)

    with pytest.raises(ActionRefused, match="Choose one of the two"):
        change(other, deputy_for=cara)


def test_change_client_lead_refused_when_somebody_was_quicker():
    lead = ClientLeadFactory()
    actions.remove_client_lead(lead=lead, by=lead.engagement.lead_consultant)

    with pytest.raises(ActionRefused, match="taken this client lead off"):
        change(lead, is_signatory=False)


@pytest.mark.parametrize("status", [status for status in EngagementStatus if status != EngagementStatus.CO_DESIGN], ids=str)
def test_change_client_lead_refused_outside_co_design(status):
    lead = ClientLeadFactory(engagement__status=status)

    with pytest.raises(ActionRefused):
        change(lead, is_signatory=False)


def test_change_client_lead_leaves_everything_when_the_audit_write_fails(monkeypatch):
    lead = ClientLeadFactory()
    break_audit(monkeypatch)

    with pytest.raises(RuntimeError, match="trail"):
        change(lead, is_signatory=False)

    lead.refresh_from_db()
    assert lead.is_signatory


def test_p03_change_client_lead_loses_no_colleagues_edit():
    lead = ClientLeadFactory(organisation=OrganisationFactory())
    seen = records.snapshot(lead, ["organisation", "is_signatory"])
    change(lead, organisation=OrganisationFactory(name="A trust"))

    with pytest.raises(records.EditConflict):
        actions.change_client_lead(
            lead=lead, values={"organisation": OrganisationFactory()}, by=lead.engagement.lead_consultant, seen=seen
        )

    lead.refresh_from_db()
    assert lead.organisation.name == "A trust"


def test_p15_move_client_lead_passes_over_those_who_do_not_sign():
    first = ClientLeadFactory(position=1)
    engagement = first.engagement
    reader = ClientLeadFactory(engagement=engagement, position=2, is_signatory=False)
    second = ClientLeadFactory(engagement=engagement, position=3)

    actions.move_client_lead(lead=second, is_up=True, by=engagement.lead_consultant)

    assert list(engagement.client_leads.with_people()) == [second, first, reader]
    assert AuditEvent.objects.for_trail(engagement.trail).get().verb == "moved up"


def test_p15_move_client_lead_leaves_the_places_of_the_others():
    first = ClientLeadFactory(position=1)
    engagement = first.engagement
    second, third = (ClientLeadFactory(engagement=engagement, position=place) for place in (2, 3))

    actions.move_client_lead(lead=second, is_up=True, by=engagement.lead_consultant)

    assert [(row, row.position) for row in engagement.client_leads.with_people()] == [(second, 1), (first, 2), (third, 3)]


def test_p15_move_client_lead_refuses_somebody_who_does_not_sign():
    reader = ClientLeadFactory(is_signatory=False)

    with pytest.raises(ActionRefused, match="Only somebody who signs the plan"):
        actions.move_client_lead(lead=reader, is_up=True, by=reader.engagement.lead_consultant)
