"""The page on which a signatory or a deputy decides."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import keys
from core.models import FormDraft
from engagements import actions
from engagements.enums import EngagementStatus
from engagements.models import Decision, Engagement, VersionReading
from tests.engagements.move_pages import form_of, url
from tests.engagements.situations import decide, engagement_at, reread, waiting_version
from tests.factories.accounts import NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.engagements import ClientLeadFactory
from tests.helpers import as_user, post, soup, submit, text_of

pytestmark = pytest.mark.django_db
S = EngagementStatus


def test_version_decide_records_an_agreement(in_review, lead):
    response = submit(as_user(lead.user), url("version_decide", in_review), {"outcome": "agreed"})

    assert response["Location"] == url("review_detail", in_review)
    decision = Decision.objects.get()
    assert (decision.client_lead, decision.outcome, decision.version) == (lead, "agreed", waiting_version(in_review))


def test_version_decide_asks_for_changes(in_review, lead):
    typed = {"outcome": "changes_wanted", "section": "people", "comment": "Name the ambulance service."}

    submit(as_user(lead.user), url("version_decide", in_review), typed)

    assert reread(in_review).status == S.CO_DESIGN
    assert Decision.objects.get().comment == "Name the ambulance service."


@pytest.mark.parametrize("outcome", ["agreed", "changes_wanted"])
def test_version_decide_has_chosen_what_the_button_said(in_review, lead, outcome):
    address = f"{url('version_decide', in_review)}?outcome={outcome}"

    chosen = form_of(as_user(lead.user).get(address)).select("[name=outcome][checked]")

    assert [choice["value"] for choice in chosen] == [outcome]


def test_version_decide_takes_two_taps_to_agree(in_review, lead):
    submit(as_user(lead.user), f"{url('version_decide', in_review)}?outcome=agreed")

    assert Decision.objects.get().outcome == "agreed"


def test_p08_version_decide_notes_that_the_version_was_read(in_review, lead):
    decide(lead)

    assert VersionReading.objects.get().user == lead.user


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({}, "Choose whether you agree to this plan or want changes"),
        ({"outcome": "perhaps"}, "perhaps"),
        ({"outcome": "changes_wanted", "comment": " "}, "Say what you want changed"),
        ({"outcome": "changes_wanted", "comment": "x" * 4_001}, "must be 4,000 characters or fewer"),
        ({"outcome": "agreed", "comment": "x" * 4_001}, "must be 4,000 characters or fewer"),
    ],
    ids=["nothing", "unknown", "no comment", "a long comment", "a long comment with an agreement"],
)
def test_version_decide_says_what_is_wrong(in_review, lead, typed, message):
    response = submit(as_user(lead.user), url("version_decide", in_review), typed)

    assert response.status_code == 200
    assert message in text_of(response)
    assert soup(response).title.get_text().startswith("Error: ")
    assert not Decision.objects.exists()


def another_version(engagement, title="Quite another plan"):
    by = engagement.lead_consultant
    actions.recall_engagement(engagement=engagement, by=by)
    actions.change_engagement(engagement=engagement, values={"title": title}, by=by)
    actions.submit_engagement(engagement=reread(engagement), values={"message": ""}, by=by)


def hidden(response):
    """Return what a decision page says of the version that it shows."""
    return {name: form_of(response).select_one(f"[name={name}]")["value"] for name in ("number", "content_hash")}


def test_version_decide_from_a_stale_tab_signs_nothing_and_shows_the_new_version(in_review, lead):
    client = as_user(lead.user)
    page = url("version_decide", in_review)
    seen = hidden(client.get(page))
    another_version(in_review)

    stale = post(client, page, {"outcome": "agreed", "comment": "Yes!", **seen})
    nothing_signed = not Decision.objects.exists()
    told = text_of(client.get(stale.url))
    leads_to = soup(client.get(stale.url)).select_one("a[href*='outcome=agreed']")["href"]
    shown = soup(client.get(leads_to)).select("main form[method=post]")[-1]
    again = post(client, page, {"outcome": "agreed", **hidden(client.get(page))})

    assert stale.url == url("review_detail", in_review)
    assert "This plan has changed since you opened it. Nothing was decided." in told
    assert "Yes!" in shown.get_text()
    assert nothing_signed
    assert again.status_code == 302
    assert Decision.objects.get().version == waiting_version(in_review)


@pytest.mark.parametrize(
    ("section", "number", "kept"),
    [("planned-1", "1", ""), ("purpose", "1", "purpose"), ("planned-9", "1", ""), ("purpose", "7", ""), ("purpose", "x", "")],
    ids=["another by now", "the same", "none", "a version that is none", "no number"],
)
def test_version_decide_keeps_the_part_of_a_comment_only_where_it_is_the_same_part(in_review, lead, section, number, kept):
    client = as_user(lead.user)
    seen = hidden(client.get(url("version_decide", in_review)))
    in_review.planned_interventions.update(title="What came in its place")
    another_version(in_review)

    typed = {"outcome": "changes_wanted", "section": section, "comment": "Too long.", **seen, "number": number}
    stale = post(client, url("version_decide", in_review), typed)
    leads_to = soup(client.get(stale.url)).select_one("a[href*='outcome=changes_wanted']")["href"]
    shown = soup(client.get(leads_to)).select("main form[method=post]")[-1]
    chosen = shown.select_one("[name=section] option[selected]")

    assert (chosen["value"] if chosen else "") == kept
    assert "Too long." in shown.select_one("[name=comment]").get_text()


def test_version_decide_from_a_review_page_that_is_older_than_the_plan_asks_to_read_again(in_review, lead):
    client = as_user(lead.user)
    button = soup(client.get(url("review_detail", in_review))).select_one("a[href*='outcome=agreed']")["href"]
    another_version(in_review)

    answer = client.get(button)

    assert answer.url == url("review_detail", in_review)
    assert "Nothing was decided. Read it again." in text_of(client.get(answer.url))


def test_version_decide_tells_two_versions_of_the_same_words_apart(in_review, lead):
    client = as_user(lead.user)
    seen = hidden(client.get(url("version_decide", in_review)))
    actions.recall_engagement(engagement=in_review, by=in_review.lead_consultant)
    actions.submit_engagement(engagement=reread(in_review), values={}, by=in_review.lead_consultant)

    stale = post(client, url("version_decide", in_review), {"outcome": "agreed", **seen})

    assert seen["content_hash"] == waiting_version(in_review).content_hash
    assert stale.url == url("review_detail", in_review)
    assert not Decision.objects.exists()


@pytest.mark.parametrize("outcome", ["", "agreed"])
def test_version_decide_never_signs_without_saying_which_version(in_review, lead, outcome):
    response = post(as_user(lead.user), url("version_decide", in_review), {"outcome": outcome})

    assert response.url == url("review_detail", in_review)
    assert not Decision.objects.exists()


def test_version_decide_does_not_bring_an_old_version_back_from_a_draft(in_review, lead):
    address = url("version_decide", in_review)
    data = {"outcome": ["agreed"], "comment": ["Half a thought"], "content_hash": ["0" * 64]}
    FormDraft.objects.create(user=lead.user, form="engagements:version_decide", subject=address, data=data)

    shown = form_of_page(as_user(lead.user).get(address))

    assert shown["comment"] == "Half a thought"
    assert shown["content_hash"] == waiting_version(in_review).content_hash


def form_of_page(response):
    form = soup(response).select("main form[method=post]")[-1]
    return {
        "comment": form.select_one("textarea").get_text().strip(),
        "content_hash": form.select_one("[name=content_hash]")["value"],
    }


def test_version_decide_twice_counts_once(in_review, lead):
    decide(lead)
    client = as_user(lead.user)

    asked = client.get(url("version_decide", in_review))
    typed = {
        "outcome": "changes_wanted",
        "comment": "Wait",
        "number": "1",
        "content_hash": waiting_version(in_review).content_hash,
    }
    refused = post(client, url("version_decide", in_review), typed)

    assert "You have decided on this version already" in text_of(asked)
    assert form_of(asked) is None
    assert refused.status_code == 200
    assert Decision.objects.count() == 1


def test_version_decide_posted_twice_counts_once(in_review, lead):
    client = as_user(lead.user)
    shown = {"number": "1", "content_hash": waiting_version(in_review).content_hash}
    data = {"outcome": "agreed", "action_key": keys.new_key(), **shown}

    answers = [client.post(url("version_decide", in_review), data)["Location"] for _ in range(2)]

    assert answers == [url("review_detail", in_review)] * 2
    assert Decision.objects.count() == 1


@pytest.mark.parametrize("status", [S.CO_DESIGN, S.AGREED, S.WITHDRAWN], ids=str)
def test_version_decide_outside_review_says_so(status):
    engagement = engagement_at(status)
    Engagement.objects.filter(pk=engagement.pk, shared_at=None).update(shared_at=engagement.created_at)
    lead = engagement.client_leads.get()

    response = as_user(lead.user).get(url("version_decide", engagement))

    assert "nothing to decide now" in text_of(response)
    assert form_of(response) is None


@pytest.mark.parametrize("who", ["lead", "admin", "national admin", "reader"])
def test_version_decide_is_refused_to_those_who_do_not_sign(in_review, who):
    person = {
        "lead": lambda: in_review.lead_consultant,
        "admin": RegionalAdminFactory,
        "national admin": NationalAdminFactory,
        "reader": lambda: ClientLeadFactory(engagement=in_review, is_signatory=False).user,
    }[who]()
    client = as_user(person)

    assert client.get(url("version_decide", in_review)).status_code == 403
    assert post(client, url("version_decide", in_review), {"outcome": "agreed"}).status_code == 403


def test_version_decide_is_not_found_by_another_stp_lead(in_review):
    assert as_user(StpLeadFactory()).get(url("version_decide", in_review)).status_code == 404


def test_version_decide_stays_within_its_queries(in_review, lead):
    client = as_user(lead.user)

    with CaptureQueriesContext(connection) as queries:
        client.get(url("version_decide", in_review))

    assert len(queries) <= 12
