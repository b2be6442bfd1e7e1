from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core import audit
from core.models import AuditEvent
from core.templatetags.history import sentence
from engagements import actions
from engagements.enums import EngagementStatus
from tests.emptying import append_only_lifted
from tests.engagements.situations import decide, engagement_at
from tests.factories.accounts import ConsultantFactory, InvitationFactory, NationalAdminFactory
from tests.factories.core import AuditEventFactory
from tests.factories.directory import a_region
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, ParticipantGroupFactory
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db


def url(engagement):
    return reverse("engagements:history_list", args=[engagement.reference])


def sentences(response):
    items = soup(response).select(".app-history__item")
    for item in items:
        for part in item.select("details, .app-history__when"):
            part.extract()
    return [" ".join(item.get_text().split()) for item in items]


def an_event(
    verb="changed", subject_type="engagements.participantgroup", changes=(), actor="Priya Nair", label="group Lincolnshire GPs"
):
    return SimpleNamespace(verb=verb, subject_type=subject_type, subject_label=label, changes=list(changes), actor=actor)


def change(old, new, label="how many people"):
    return {"field": "headcount", "label": label, "old": old, "new": new}


def said(event):
    told = sentence(event)
    return f"{told.who} {told.did} {told.what}{': ' if told.more else ''}{told.more}", [c["label"] for c in told.details]


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            an_event(changes=[change("12", "15")]),
            ("Priya Nair changed group Lincolnshire GPs: how many people from 12 to 15", []),
        ),
        (an_event(changes=[change("", "15")]), ("Priya Nair changed group Lincolnshire GPs: how many people, now 15", [])),
        (
            an_event(changes=[change("12", "")]),
            ("Priya Nair changed group Lincolnshire GPs: how many people, 12 taken out", []),
        ),
        (
            an_event(changes=[change("x" * 61, "15")]),
            ("Priya Nair changed group Lincolnshire GPs: how many people", ["how many people"]),
        ),
        (
            an_event(changes=[change("one", "two\nthree")]),
            ("Priya Nair changed group Lincolnshire GPs: how many people", ["how many people"]),
        ),
        (
            an_event(changes=[change("1", "2"), change("3", "4", "name"), change("5", "6", "why them")]),
            (
                "Priya Nair changed group Lincolnshire GPs: how many people, name and why them",
                ["how many people", "name", "why them"],
            ),
        ),
        (an_event(verb="added"), ("Priya Nair added group Lincolnshire GPs", [])),
        (
            an_event(verb="removed", changes=[change("12", "")]),
            ("Priya Nair removed group Lincolnshire GPs", ["how many people"]),
        ),
        (
            an_event(verb="added", subject_type="accounts.invitation", actor=None, label="invitation for Cara Client"),
            ("The portal sent an invitation for Cara Client", []),
        ),
        (
            an_event(verb="added", actor=None),
            ("The portal added group Lincolnshire GPs", []),
        ),
        (
            an_event(
                verb="withdrew",
                subject_type="engagements.engagement",
                changes=[change("Co-design", "Withdrawn") | {"field": "status"}, change("", "No money", "reason")],
            ),
            ("Priya Nair withdrew this engagement", ["reason"]),
        ),
    ],
    ids=["one", "filled", "emptied", "long", "two lines", "three", "added", "removed", "a link", "the portal", "a move"],
)
def test_sentence_for_each_kind_of_event(event, expected):
    assert said(event) == expected


def test_history_list_tells_the_newest_first():
    engagement = EngagementFactory(title="First title", lead_consultant__full_name="Priya Nair")
    group = ParticipantGroupFactory(engagement=engagement, name="Lincolnshire GPs", headcount=12)
    by = engagement.lead_consultant
    actions.change_engagement(engagement=engagement, values={"title": "Second title"}, by=by)
    actions.change_entry(entry=group, values={"headcount": 15}, by=by)

    response = as_user(by).get(url(engagement))

    assert sentences(response) == [
        "Priya Nair changed group Lincolnshire GPs: how many people from 12 to 15",
        "Priya Nair changed this engagement: title from First title to Second title",
    ]


def test_history_list_tells_the_whole_way_of_a_plan():
    engagement = engagement_at(EngagementStatus.IN_REVIEW, lead_consultant__full_name="Priya Nair")
    lead = engagement.client_leads.get()
    decide(lead, "changes_wanted", "Name the ambulance service.")

    response = as_user(engagement.lead_consultant).get(url(engagement))

    assert sentences(response) == [
        f"{lead} sent back this engagement",
        f"{lead} asked for changes to version 1",
        f"{lead} commented on People in version 1",
        "Priya Nair submitted version 1 of this engagement",
    ]
    assert "Name the ambulance service." in text_of(response)


def test_p19_history_list_tells_of_comments_deputies_links_and_early_work():
    engagement = engagement_at(EngagementStatus.IN_REVIEW, lead_consultant__full_name="Priya Nair")
    by = engagement.lead_consultant
    cara = engagement.client_leads.get()
    User.objects.filter(pk=cara.user_id).update(full_name="Cara Client")
    cara.user.refresh_from_db()
    named = {"full_name": "Dee Deputy", "email": "dee@example.nhs.uk", "job_title": "", "organisation": None}
    named |= {"is_signatory": False, "deputy_for": cara}
    deputy = actions.name_client_lead(engagement=engagement, values=named, by=by)
    InvitationFactory(person=deputy.user, trail=engagement.trail)
    version = engagement.versions.get()
    comment = actions.write_comment(version=version, values={"section": "people", "text": "Who is not here?"}, by=cara.user)
    actions.answer_comment(comment=comment, values={"text": "The porters."}, by=by)
    actions.resolve_comment(comment=comment, by=by)
    actions.start_before_sign_off(engagement=engagement, values={"reason": "The room was booked."}, by=by)
    actions.remove_client_lead(lead=deputy, by=by)
    actions.name_client_lead(engagement=engagement, values=named, by=by)

    response = as_user(by).get(url(engagement))

    assert sentences(response)[:-1] == [
        "Priya Nair brought back client lead Dee Deputy",
        "Priya Nair removed client lead Dee Deputy",
        "Priya Nair revoked the invitation for Dee Deputy",
        "Priya Nair started work before sign-off on this engagement",
        "Priya Nair resolved a comment on People in version 1",
        "Priya Nair answered a comment on People in version 1",
        "Cara Client commented on People in version 1",
        "Priya Nair added client lead Dee Deputy",
    ]
    assert "Removed at" not in text_of(response)


def test_history_list_folds_long_changes_away():
    engagement = EngagementFactory()
    group = ParticipantGroupFactory(engagement=engagement, why_them="Because.")
    actions.change_entry(entry=group, values={"why_them": "They know.\nAll of it."}, by=engagement.lead_consultant)

    (folded,) = soup(as_user(engagement.lead_consultant).get(url(engagement))).select(".app-history details")

    assert not folded.has_attr("open")
    assert " ".join(folded.get_text(" ").split()) == "What it said Why them Before: Because. After: They know. All of it."


def test_history_list_says_what_was_taken_out():
    engagement = EngagementFactory()
    group = ParticipantGroupFactory(engagement=engagement, name="Ward managers", headcount=9)
    actions.remove_entry(entry=group, by=engagement.lead_consultant)

    words = text_of(as_user(engagement.lead_consultant).get(url(engagement)))

    assert "removed group Ward managers" in words
    assert "Taken out: 9" in words


def test_history_list_parts_the_days():
    engagement = EngagementFactory()
    for days in (0, 0, 3):
        event = audit.record("changed", engagement, by=engagement.lead_consultant, trail=engagement.trail)
        _set_day(event, timezone.now() - timedelta(days=days))

    page = soup(as_user(engagement.lead_consultant).get(url(engagement)))

    assert [len(day.select("li")) for day in page.select(".app-history")] == [2, 1]
    assert page.select("h3")[0].get_text() == timezone.localdate().strftime("%-d %B %Y")


def _set_day(event, moment):
    """Move an event to another day; the trail itself refuses to be changed."""
    with append_only_lifted(connection) as cursor:
        cursor.execute("UPDATE core_auditevent SET at = %s WHERE id = %s", [moment, event.pk])


def test_history_list_goes_on_over_pages():
    engagement = EngagementFactory()
    AuditEventFactory.create_batch(21, trail=engagement.trail)

    first = as_user(engagement.lead_consultant).get(url(engagement))
    second = as_user(engagement.lead_consultant).get(f"{url(engagement)}?page=2")

    assert (len(sentences(first)), len(sentences(second))) == (20, 1)


def test_history_list_with_nothing_yet():
    engagement = EngagementFactory()

    assert "Nothing has happened here yet" in text_of(as_user(engagement.lead_consultant).get(url(engagement)))


def test_history_list_shows_only_its_own_engagement():
    AuditEventFactory(trail="engagement:0", subject_label="group of somebody else")
    engagement = EngagementFactory()

    assert sentences(as_user(engagement.lead_consultant).get(url(engagement))) == []


def test_history_list_shows_names_as_text():
    engagement = EngagementFactory()
    AuditEventFactory(trail=engagement.trail, subject_label="group <b>GPs</b> \u202e")

    page = soup(as_user(engagement.lead_consultant).get(url(engagement)))

    assert "group <b>GPs</b> \u202e" in page.select_one(".app-history__item").get_text()


def test_history_list_asks_as_many_questions_for_twenty_events_as_for_one():
    engagement = EngagementFactory()
    client = as_user(engagement.lead_consultant)
    AuditEventFactory(trail=engagement.trail)
    with CaptureQueriesContext(connection) as one:
        client.get(url(engagement))
    AuditEventFactory.create_batch(19, trail=engagement.trail)
    with CaptureQueriesContext(connection) as twenty:
        client.get(url(engagement))

    assert len(one) == len(twenty) <= 8


@pytest.mark.parametrize("factory", [ConsultantFactory, NationalAdminFactory], ids=["colleague", "national admin"])
def test_history_list_is_open_to_readers(factory):
    assert as_user(factory()).get(url(EngagementFactory())).status_code == 200


def test_history_list_is_not_found_by_a_stranger():
    stranger = ConsultantFactory(region=a_region("london"))

    assert as_user(stranger).get(url(EngagementFactory())).status_code == 404


def test_history_list_is_refused_to_the_client():
    lead = ClientLeadFactory(engagement__shared=True)

    assert as_user(lead.user).get(url(lead.engagement)).status_code == 403


def test_events_cannot_be_changed_through_the_trail():
    with pytest.raises(TypeError, match="append only"):
        AuditEvent.objects.update(verb="forgot")
