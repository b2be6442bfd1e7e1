"""All that waits on somebody who leaves moves in one step, or nothing does (P11, P19)."""

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.models import User
from accounts.policies import open_work_of
from core.keys import new_key
from core.models import AuditEvent
from core.refusals import ActionRefused
from directory.models import Region
from engagements.actions import submit_engagement
from engagements.enums import OPEN_STATUSES, EngagementStatus
from engagements.models import ClientLead, Engagement
from evaluation.models import Measure
from evaluation.policies import owner_after
from tests.engagements.situations import engagement_at, reread, waiting_version
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import OrganisationFactory
from tests.factories.engagements import ClientLeadFactory, CommentFactory, EngagementFactory
from tests.factories.evaluation import MeasureFactory
from tests.helpers import as_user, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db

# Where a person stands because work waits on them; all of it moves.
WAITING = {"Engagement.lead_consultant", "Engagement.team", "ClientLead.user"}
# Where a person stands because of what they once said or did; it stays theirs for ever.
SAID_OR_DONE = {
    "Comment.author",
    "Comment.resolved_by",
    "CriterionCheck.by",
    "Decision.decided_by",
    "EarlierTarget.replaced_by",
    "EarlyStart.by",
    "Learning.accepted_by",
    "PlanVersion.submitted_by",
    "StatusChange.by",
    "VersionReading.user",
}


@pytest.fixture
def region():
    return Region.objects.order_by("pk").first()


@pytest.fixture
def admin(region):
    return RegionalAdminFactory(region=region, full_name="Ann Admin")


@pytest.fixture
def colleague(region):
    return ConsultantFactory(region=region, full_name="Bo Colleague")


@pytest.fixture
def leaver(region):
    """Return a consultant with one of everything, in every state."""
    person = ConsultantFactory(region=region, full_name="Lou Leaver")
    for status in (EngagementStatus.CO_DESIGN, EngagementStatus.IN_REVIEW, EngagementStatus.IN_DELIVERY):
        engagement = engagement_at(status, lead_region=region, lead_consultant=person)
        engagement.measures.update(owner="Lou Leaver")
    for status in (EngagementStatus.CO_DESIGN, EngagementStatus.AGREED):
        engagement_at(status, lead_region=region).team.set([person])
    return person


def url(view, person):
    return reverse(f"accounts:{view}", args=[person.pk])


def people_fields():
    """Return every column and relation to a person below engagements, by name."""
    found = {}
    for label in ("engagements", "evaluation"):
        for model in apps.get_app_config(label).get_models():
            for field in (*model._meta.concrete_fields, *model._meta.many_to_many):
                if field.related_model is User:
                    found[f"{model.__name__}.{field.name}"] = (model, field.name)
    return found


def waits_on(person):
    """Return the names of columns and relations by which something open waits on a person."""
    found = []
    for name, (model, field) in people_fields().items():
        path = "status__in" if model is Engagement else "engagement__status__in"
        if name in WAITING:
            rows = model.objects.filter(**{field: person, path: OPEN_STATUSES})
            rows = rows.filter(removed_at=None) if model is ClientLead else rows
            found += [name] * rows.count()
    measures = Measure.objects.filter(engagement__status__in=OPEN_STATUSES, owner__icontains=person.full_name)
    return found + ["Measure.owner"] * measures.count()


def values_for(person, by, **more):
    return {"shown": {work.key for work in open_work_of(person, by)}, "close": True} | more


def test_every_way_in_which_a_person_stands_in_an_engagement_is_known():
    assert set(people_fields()) == WAITING | SAID_OR_DONE


def test_p11_one_step_moves_everything_and_closes_the_account(admin, leaver, colleague):
    before = waits_on(leaver)

    response = submit(as_user(admin), url("person_leave", leaver), {"successor": colleague.pk})

    assert set(before) == {"Engagement.lead_consultant", "Engagement.team", "Measure.owner"}
    assert response["Location"] == url("person_left", leaver)
    assert waits_on(leaver) == []
    assert sorted(waits_on(colleague)) == sorted(before)
    assert not User.objects.get(pk=leaver.pk).is_active
    assert open_work_of(leaver, admin) == []


def test_p11_p19_what_moved_is_listed_and_told_in_each_history(admin, leaver, colleague):
    engagements = list(Engagement.objects.for_person(leaver))
    submit(as_user(admin), url("person_leave", leaver), {"successor": colleague.pk})

    listed = text_of(as_user(admin).get(url("person_left", leaver)))

    assert "Ann Admin handed over 8 pieces of work" in listed
    assert "The account is closed." in listed
    for engagement in engagements:
        assert engagement.reference in listed
        trail = AuditEvent.objects.filter(trail=engagement.trail, actor=admin)
        assert any("Bo Colleague" in change["new"] or not change["new"] for event in trail for change in event.changes)
    history = text_of(as_user(admin).get(url("person_history", leaver)))
    assert "Ann Admin handed over the work of person Lou Leaver" in history


def test_p11_each_piece_can_go_to_somebody_else(admin, leaver, colleague, region):
    other = ConsultantFactory(region=region, full_name="Oz Other")
    works = open_work_of(leaver, admin)
    lead = next(work for work in works if work.key.startswith("lead-"))
    team = next(work for work in works if work.key.startswith("team-"))
    rows = {f"to-{lead.key}": other.pk, f"to-{team.key}": "nobody"}

    submit(as_user(admin), url("person_leave", leaver), {"successor": colleague.pk} | rows)

    assert Engagement.objects.get(pk=lead.subject.pk).lead_consultant == other
    assert list(Engagement.objects.get(pk=team.subject.pk).team.all()) == []
    assert waits_on(leaver) == []


def test_p11_if_one_piece_cannot_move_nothing_does_and_it_is_said_beside_it(admin, leaver, colleague, monkeypatch):
    before = waits_on(leaver)
    work = next(work for work in open_work_of(leaver, admin) if work.key.startswith("lead-"))
    gone = ConsultantFactory(region=leaver.region)
    client, address = as_user(admin), url("person_leave", leaver)
    data = filled(client, address) | {"successor": colleague.pk, f"to-{work.key}": gone.pk}
    original = actions.hand_over_work

    def close_first(**kwargs):
        User.objects.filter(pk=gone.pk).update(is_active=False)
        return original(**kwargs)

    monkeypatch.setattr(actions, "hand_over_work", close_first)
    response = post(client, address, data | {"action_key": new_key()})

    page = soup(response)
    error = page.select_one(f"#id_to-{work.key}").find_parent(class_="nhsuk-form-group")
    assert "cannot take this over" in error.get_text()
    assert page.select_one(f"[name=successor] option[value='{colleague.pk}']").has_attr("selected")
    assert waits_on(leaver) == before
    assert User.objects.get(pk=leaver.pk).is_active


def test_p11_nobody_chosen_is_asked_for_once(admin, leaver):
    response = submit(as_user(admin), url("person_leave", leaver), {})

    problems = [row.get_text() for row in soup(response).select(".nhsuk-error-summary__list a")]
    assert problems == ["Choose who takes over their work, or somebody for each piece of it"]


def test_p11_work_that_came_meanwhile_is_said_and_not_left_behind(admin, leaver, colleague, region):
    client, address = as_user(admin), url("person_leave", leaver)
    data = filled(client, address) | {"successor": colleague.pk, "action_key": new_key()}
    late = EngagementFactory(lead_region=region, lead_consultant=leaver, title="Late work")

    asked = post(client, address, data)
    again = submit(client, address, {"successor": colleague.pk}, form=-1)

    assert "This has come since you opened the page" in text_of(asked)
    assert "Late work" in text_of(asked)
    assert f"lead-{late.pk}" in soup(asked).select_one("[name=shown]")["value"]
    assert again.status_code == 302
    assert Engagement.objects.get(pk=late.pk).lead_consultant == colleague


def test_p11_work_that_went_meanwhile_does_no_harm(admin, leaver, colleague):
    client, address = as_user(admin), url("person_leave", leaver)
    data = filled(client, address) | {"successor": colleague.pk, "action_key": new_key()}
    led = Engagement.objects.filter(lead_consultant=leaver).first()
    led.lead_consultant = colleague
    led.save()

    assert post(client, address, data).status_code == 302
    assert waits_on(leaver) == []


def test_p05_a_hand_over_posted_twice_is_carried_out_once(admin, leaver, colleague):
    client, address = as_user(admin), url("person_leave", leaver)
    data = filled(client, address) | {"successor": colleague.pk}

    answers = [client.post(address, data)["Location"] for _ in range(2)]
    late = post(client, address, data | {"action_key": new_key()})

    assert answers == [url("person_left", leaver)] * 2
    assert late.status_code == 200
    assert AuditEvent.objects.filter(verb="handed over the work of").count() == 1


def test_a_hand_over_without_closing_keeps_the_account(admin, leaver, colleague):
    values = values_for(leaver, admin, successor=colleague, close=False)

    actions.hand_over_work(person=leaver, values=values, by=admin)

    assert User.objects.get(pk=leaver.pk).is_active
    assert waits_on(leaver) == []
    with pytest.raises(ActionRefused, match="no open work any more"):
        actions.hand_over_work(person=leaver, values=values, by=admin)


def test_an_account_without_open_work_is_closed_on_the_same_page(admin, colleague):
    client = as_user(admin)
    page = text_of(client.get(url("person_leave", colleague)))

    response = submit(client, url("person_leave", colleague))

    assert "has no open work" in page
    assert response["Location"] == url("person_edit", colleague)
    assert not User.objects.get(pk=colleague.pk).is_active
    assert "no open work is left" in text_of(client.get(url("person_leave", colleague)))


def test_nobody_closes_their_own_account_here(admin):
    client = as_user(admin)

    page = client.get(url("person_leave", admin))
    post(client, url("person_leave", admin), {"close": "on"})

    assert "Another admin can close your account" in text_of(page)
    assert User.objects.get(pk=admin.pk).is_active


def test_person_left_of_somebody_with_nothing_handed_over_is_not_there(admin, colleague):
    assert as_user(admin).get(url("person_left", colleague)).status_code == 404


def test_a_leavers_stale_post_is_refused_and_changes_nothing(admin, leaver, colleague):
    engagement = Engagement.objects.filter(lead_consultant=leaver, status=EngagementStatus.CO_DESIGN).first()
    stale = as_user(leaver)
    address = reverse("engagements:engagement_edit", args=[engagement.reference])
    data = filled(stale, address) | {"title": "Mine still"}
    actions.hand_over_work(person=leaver, values=values_for(leaver, admin, successor=colleague), by=admin)

    answer = stale.post(address, data)

    assert answer.status_code == 403
    assert "closed" in text_of(answer)
    assert reread(engagement).title != "Mine still"


@pytest.fixture
def client_lead(region):
    """Return a signatory of two plans of one region: in review with a deputy, and in co-design without one; they own a measure."""
    person = StpLeadFactory(full_name="Cara Client")
    reviewed = engagement_at(EngagementStatus.CO_DESIGN, lead_region=region, signatories=1)
    cara = ClientLeadFactory(engagement=reviewed, user=person, position=5)
    ClientLeadFactory(engagement=reviewed, is_signatory=False, deputy_for=cara, position=6, user__full_name="Dee Deputy")
    reviewed.measures.update(owner="Cara Client, chief executive")
    submit_engagement(engagement=reread(reviewed), values={"message": ""}, by=reviewed.lead_consultant)
    ClientLeadFactory(engagement=EngagementFactory(lead_region=region), user=person)
    return person


NEW = {"successor": "new", "new_full_name": "Nora New", "new_email": "nora@example.nhs.uk", "new_job_title": "Chair"}


def test_p11_a_clients_deputy_and_somebody_new_take_over(admin, client_lead):
    response = submit(as_user(admin), url("person_leave", client_lead), NEW | {"new_organisation": ""})

    assert response["Location"] == url("person_left", client_lead)
    assert waits_on(client_lead) == []
    nora = User.objects.get(email="nora@example.nhs.uk")
    dee = User.objects.get(full_name="Dee Deputy")
    assert [lead.is_signatory for lead in dee.client_leads.current()] == [True]
    assert [lead.is_signatory for lead in nora.client_leads.current()] == [True]
    assert Measure.objects.exclude(owner="").get().owner == "Nora New, chief executive"
    assert as_user(admin).get(url("person_left", client_lead)).status_code == 200


def test_p11_a_new_person_has_to_be_named(admin, client_lead):
    response = submit(as_user(admin), url("person_leave", client_lead), {"successor": "new"})

    assert "Enter the name and the email address of the new person" in text_of(response)
    assert User.objects.get(pk=client_lead.pk).is_active


def test_p11_the_address_of_a_colleague_is_no_new_client(admin, client_lead, colleague):
    response = submit(as_user(admin), url("person_leave", client_lead), NEW | {"new_email": colleague.email})

    assert "cannot be a client lead" in text_of(response)
    assert "Enter" not in soup(response).select_one(".nhsuk-error-summary").get_text()


def test_p12_the_version_in_review_stays_as_it_is(admin, client_lead):
    reviewed = Engagement.objects.get(status=EngagementStatus.IN_REVIEW)
    before = waiting_version(reviewed).content_hash, waiting_version(reviewed).document

    submit(as_user(admin), url("person_leave", client_lead), NEW)

    assert (waiting_version(reviewed).content_hash, waiting_version(reviewed).document) == before


def test_s5_a_measure_in_another_region_loses_the_name_and_tells_no_title(region, admin, colleague):
    elsewhere = Region.objects.exclude(pk=region.pk).first()
    engagement = EngagementFactory(lead_region=elsewhere, title="A canary")
    engagement.team.set([colleague])
    measure = MeasureFactory(engagement=engagement, owner="Bo Colleague", outcome="Another canary")
    client = as_user(admin)

    page = text_of(client.get(url("person_leave", colleague)))
    response = submit(client, url("person_leave", colleague))
    listed = text_of(client.get(url("person_left", colleague)))

    assert "canary" not in page + listed
    assert engagement.reference in listed
    assert response.status_code == 302
    assert Measure.objects.get(pk=measure.pk).owner == ""
    assert list(engagement.team.all()) == []


def test_s5_what_was_handed_over_tells_no_title_to_the_admin_of_another_region(region, admin, colleague):
    elsewhere = Region.objects.exclude(pk=region.pk).first()
    engagement = EngagementFactory(lead_region=region, lead_consultant=colleague, title="A canary")
    EngagementFactory(lead_region=region, title="A canary too").team.set([colleague])
    MeasureFactory(engagement=engagement, owner="Bo Colleague", outcome="Another canary")
    successor = ConsultantFactory(region=region, full_name="Sue Cessor")
    values = values_for(colleague, admin, successor=successor, close=False)
    actions.hand_over_work(person=colleague, values=values, by=admin)
    before = text_of(as_user(admin).get(url("person_left", colleague)))

    actions.change_person(person=colleague, values={"region": elsewhere}, by=NationalAdminFactory())
    client = as_user(RegionalAdminFactory(region=elsewhere))
    left, history = (client.get(url(view, colleague)) for view in ("person_left", "person_history"))

    assert "A canary: lead consultant" in before
    assert "Sue Cessor" in before
    for page in (left, history):
        assert engagement.reference in text_of(page)
        assert "canary" not in page.content.decode()
        assert "Sue Cessor" not in page.content.decode()
        assert engagement.get_absolute_url() not in page.content.decode()
    event = AuditEvent.objects.get(verb="handed over the work of")
    assert "canary" not in str(event.changes)


def test_p11_what_was_handed_over_of_a_client_names_nobody_else_in_the_history_of_the_person(admin, client_lead):
    reviewed = Engagement.objects.get(status=EngagementStatus.IN_REVIEW)
    dee = User.objects.get(full_name="Dee Deputy")

    values = values_for(dee, admin, close=False, successor="new", new={"full_name": "Nora New", "email": "nora@example.org"})
    actions.hand_over_work(person=dee, values=values, by=admin)

    (change,) = AuditEvent.objects.get(verb="handed over the work of").changes
    assert (change["label"], change["new"]) == (reviewed.reference, "deputy of a signatory")
    assert "Cara" not in str(change)


def test_somebody_new_is_of_the_organisation_that_the_chosen_one_was_merged_into(admin, client_lead):
    kept = OrganisationFactory()
    stale = OrganisationFactory()
    type(stale).objects.filter(pk=stale.pk).update(merged_into=kept, is_active=False)
    new = {"full_name": "Nora New", "email": "nora@example.org", "job_title": "", "organisation": stale}

    actions.hand_over_work(person=client_lead, values=values_for(client_lead, admin, successor="new", new=new), by=admin)

    assert User.objects.get(email="nora@example.org").organisation == kept


def test_a_namesake_elsewhere_keeps_their_measures(region, admin, colleague):
    elsewhere = Region.objects.exclude(pk=region.pk).first()
    MeasureFactory(engagement=EngagementFactory(lead_region=elsewhere), owner="Bo Colleague")
    MeasureFactory(engagement=EngagementFactory(lead_region=region), owner="Bo Colleagues")
    MeasureFactory(engagement=EngagementFactory(lead_region=region, status=EngagementStatus.CLOSED), owner="Bo Colleague")

    assert open_work_of(colleague, admin) == []


@pytest.mark.parametrize(
    ("owner", "successor", "after"),
    [
        ("Bo Colleague", "Nora New", "Nora New"),
        ("bo  colleague, ward manager", "Nora New", "Nora New, ward manager"),
        ("Ann and Bo Colleague", "Nora New", "Ann and Nora New"),
        ("Bo Colleague", "", ""),
        ("Bo Colleague, ward manager", "", "ward manager"),
        ("Bo Colleague and Jo Green", "", "Jo Green"),
        ("Jo Green and Bo Colleague", "", "Jo Green"),
        ("Jo Green; Bo Colleague", "", "Jo Green"),
        ("Ann, Bo Colleague and Jo Green", "", "Ann and Jo Green"),
        ("Ann, Bo Colleague, Jo Green", "", "Ann, Jo Green"),
        ("Andy Sand, Bo Colleague", "", "Andy Sand"),
        ("Ann, Jo Green, and Bo Colleague", "", "Ann, Jo Green"),
        ("Somebody else", "Nora New", "Somebody else"),
    ],
)
def test_owner_after_keeps_what_stands_beside_the_name(owner, successor, after):
    assert owner_after(owner, "Bo Colleague", successor) == after


def test_comments_that_wait_are_said_beside_the_engagement(admin, leaver):
    reviewed = Engagement.objects.get(lead_consultant=leaver, status=EngagementStatus.IN_REVIEW)
    version = waiting_version(reviewed)
    settled = {"resolved_at": timezone.now(), "resolved_by": leaver}
    first = CommentFactory(version=version)
    CommentFactory(version=version, answer_to=first)
    CommentFactory(version=version, **settled)

    words = text_of(as_user(admin).get(url("person_leave", leaver)))

    assert "In review, 1 comment not settled" in words


def test_a_national_admin_hands_over_what_is_led_anywhere(leaver):
    elsewhere = Region.objects.exclude(pk=leaver.region_id).first()
    stray = EngagementFactory(lead_region=elsewhere, lead_consultant=leaver)
    there, here = ConsultantFactory(region=elsewhere), ConsultantFactory(region=leaver.region)
    national = NationalAdminFactory()

    refused = submit(as_user(national), url("person_leave", leaver), {"successor": here.pk})
    done = submit(
        as_user(national), url("person_leave", leaver), {"successor": here.pk, f"to-lead-{stray.pk}": there.pk}, form=-1
    )

    assert f"{here} cannot take this over" in text_of(refused)
    assert done.status_code == 302
    assert reread(stray).lead_consultant == there
