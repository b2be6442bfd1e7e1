"""The home page: public, and of each kind of person."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from pytest_django.asserts import assertTemplateUsed

from core.models import FormDraft
from engagements.enums import Clarity, DecisionOutcome, EngagementStatus, SigningOrder, VersionOutcome
from framework.models import Domain
from tests.engagements.situations import engagement_at
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region
from tests.factories.engagements import ClientLeadFactory, DecisionFactory, EngagementFactory, PlanVersionFactory
from tests.helpers import THE_SESSION, as_user, soup, text_of

pytestmark = pytest.mark.django_db

HOME_URL = "/"
MAX_LIST_QUERIES = 8 + THE_SESSION


def titles_under(response, slug):
    """Return the engagements that one section of the page shows, in order."""
    return [link.get_text() for link in soup(response).select(f"section[aria-labelledby={slug}] .nhsuk-task-list__link")]


def in_review(*, signatory=None, days=1, **fields):
    """Make an engagement whose plan was submitted some days ago."""
    engagement = EngagementFactory(status=EngagementStatus.IN_REVIEW, shared=True, **fields)
    version = PlanVersionFactory(engagement=engagement, submitted_at=timezone.now() - timedelta(days=days))
    return version, ClientLeadFactory(engagement=engagement, **({"user": signatory} if signatory else {}))


def test_home_tells_anybody_what_the_portal_is_for(client):
    response = client.get(reverse("home"))

    page = soup(response)
    links = {link["href"] for link in page.select("main a")}
    assertTemplateUsed(response, "ldp_portal/home_public.html")
    assert {"/framework/", "/menu/", "/contacts/"} <= links
    for domain in Domain.objects.all():
        assert domain.get_absolute_url() in links
        assert domain.aim in text_of(response)


def test_home_of_a_new_consultant_offers_to_log_an_engagement():
    response = as_user(ConsultantFactory()).get(HOME_URL)

    assertTemplateUsed(response, "ldp_portal/home.html")
    assert soup(response).find("a", href=reverse("engagements:engagement_create")).get_text(strip=True) == "Log an engagement"
    assert "You have no open engagement and are on no team of one." in text_of(response)


def test_home_of_a_consultant_parts_their_work_by_whom_it_waits_for():
    me = ConsultantFactory()
    EngagementFactory(title="Shape it", lead_consultant=me)
    EngagementFactory(title="Help with it", team=[me], client="Fenside partners")
    EngagementFactory(title="A colleague’s")
    _, lead = in_review(title="Read it", lead_consultant=me)
    for number, status in enumerate(["agreed", "in_delivery", "in_evaluation"]):
        EngagementFactory(title=f"Do it {number}", lead_consultant=me, status=status)
    EngagementFactory(title="Over", lead_consultant=me, status=EngagementStatus.CLOSED)

    response = as_user(me).get(HOME_URL)

    words = text_of(response)
    assert titles_under(response, "co-design") == ["Help with it", "Shape it"]
    assert titles_under(response, "in-review") == ["Read it"]
    assert titles_under(response, "under-way") == ["Do it 2", "Do it 1", "Do it 0"]
    assert "A colleague’s" not in words
    assert "Over" not in words.split()
    assert f"With the client for 1 day. Waiting for {lead}." in words
    assert "Fenside partners, led by" in words
    assert "Not yet submitted. Still to make clear: People, Place, Purpose, Priorities." in words


def test_home_puts_plans_that_the_client_wants_changed_first():
    me = ConsultantFactory()
    version = PlanVersionFactory(
        engagement=EngagementFactory(title="Sent back", lead_consultant=me),
        outcome=VersionOutcome.CHANGES_WANTED,
        settled_at=timezone.now(),
    )
    EngagementFactory(title="Newer", lead_consultant=me)

    response = as_user(me).get(HOME_URL)

    assert titles_under(response, "co-design") == [version.engagement.title, "Newer"]
    assert "The client wants changes." in text_of(response)


def test_home_says_when_all_facets_are_clear():
    clear = dict.fromkeys(["people_clarity", "place_clarity", "purpose_clarity", "priorities_clarity"], Clarity.CLEAR)
    engagement = EngagementFactory(**clear)

    words = text_of(as_user(engagement.lead_consultant).get(HOME_URL))

    assert "Not yet submitted. All four facets are clear." in words


def test_home_leads_to_the_whole_list_where_there_is_more():
    me = ConsultantFactory()
    EngagementFactory.create_batch(11, lead_consultant=me)

    response = as_user(me).get(HOME_URL)

    assert len(titles_under(response, "co-design")) == 10
    more = soup(response).find("a", href="/engagements/?status=co_design&lead=mine")
    assert more.get_text() == "See all of these: to carry on with"


@pytest.mark.parametrize("make", [ConsultantFactory, RegionalAdminFactory], ids=["consultant", "regional admin"])
def test_home_counts_the_engagements_of_the_region(make):
    EngagementFactory.create_batch(2)
    EngagementFactory(lead_region=a_region("london"))

    page = soup(as_user(make()).get(HOME_URL))

    assert page.select_one("#counts").get_text() == "All engagements led by East Midlands"
    link = page.find("a", href="/engagements/?status=co_design&region=east-midlands")
    assert link.find_parent("div").dd.get_text() == "2"


def test_home_of_a_national_admin_shows_the_longest_waiting_plans_and_the_country():
    in_review(title="Waits a little", days=2)
    in_review(title="Waits long", days=9, lead_region=a_region("london"))
    EngagementFactory()

    response = as_user(NationalAdminFactory()).get(HOME_URL)

    page = soup(response)
    assert titles_under(response, "in-review") == ["Waits long", "Waits a little"]
    assert page.find("a", href="/engagements/?status=in_review").find_parent("div").dd.get_text() == "2"
    assert not page.find("a", href=reverse("engagements:engagement_create"))


def test_p10_home_says_how_long_a_plan_has_waited_on_whom_and_how_late_they_are():
    me = ConsultantFactory()
    today = timezone.localdate()
    version, first = in_review(days=9, lead_consultant=me)
    others = ClientLeadFactory.create_batch(2, engagement=version.engagement, position=1)
    ClientLeadFactory(engagement=version.engagement, is_signatory=False, deputy_for=first)
    ClientLeadFactory(engagement=version.engagement, removed_at=timezone.now())
    DecisionFactory(version=version, client_lead=others[0])
    version._meta.model.objects.update(due_on=today - timedelta(days=2))

    words = text_of(as_user(me).get(HOME_URL))

    day = date_format(today - timedelta(days=2), "DATE_FORMAT")
    assert f"With the client for 9 days. Waiting for {first} and {others[1]}. Asked to decide by {day}: 2 days late." in words


def test_p15_home_names_only_whose_turn_it_is():
    me = ConsultantFactory()
    version, first = in_review(days=0, lead_consultant=me, signing_order=SigningOrder.IN_ORDER)
    ClientLeadFactory(engagement=version.engagement, position=1)

    assert f"With the client since today. Waiting for {first}." in text_of(as_user(me).get(HOME_URL))


def test_home_of_a_national_admin_says_when_nothing_waits():
    assert "No plan is waiting for a client at the moment." in text_of(as_user(NationalAdminFactory()).get(HOME_URL))


def test_home_of_an_stp_lead_puts_plans_that_wait_for_their_decision_first():
    me = StpLeadFactory()
    in_review(title="Decide soon", signatory=me, days=1)
    in_review(title="Decide first", signatory=me, days=5)
    version, lead = in_review(title="Decided", signatory=me)
    DecisionFactory(version=version, client_lead=lead, outcome=DecisionOutcome.AGREED)
    engagement = in_review(title="To read only")[0].engagement
    ClientLeadFactory(engagement=engagement, user=me, is_signatory=False)
    ClientLeadFactory(user=me, engagement__title="Not shared yet")
    in_review(title="Somebody else’s")

    response = as_user(me).get(HOME_URL)

    words = text_of(response)
    assert titles_under(response, "to-decide") == ["Decide first", "Decide soon"]
    assert titles_under(response, "shared") == ["To read only", "Decided"]
    assert words.count("Sent on") == 2
    assert "You are asked to read this plan and to decide: agree to it, or ask for changes." in words
    assert "This plan is with its signatories. You can read it. Nothing is asked of you." in words
    assert "Not shared yet" not in words
    assert "Somebody else’s" not in words
    assert "Log an engagement" not in words


def test_p11_home_asks_a_deputy_in_place_of_the_signatory_and_says_by_when():
    me = StpLeadFactory()
    due = timezone.localdate() - timedelta(days=1)
    waiting, settled = in_review(title="Decide for them"), in_review(title="They decided")
    for version, signatory in (waiting, settled):
        ClientLeadFactory(engagement=version.engagement, user=me, is_signatory=False, deputy_for=signatory)
    DecisionFactory(version=settled[0], client_lead=settled[1])
    waiting[0]._meta.model.objects.filter(pk=waiting[0].pk).update(due_on=due)

    response = as_user(me).get(HOME_URL)

    assert titles_under(response, "to-decide") == ["Decide for them"]
    assert titles_under(response, "shared") == ["They decided"]
    assert f"Sent to {waiting[1]} on " in text_of(response)
    assert "You can decide as their deputy" in text_of(response)
    assert f"Decide by {date_format(due, 'DATE_FORMAT')}: 1 day late." in text_of(response)


def test_p15_home_tells_a_signatory_who_decides_before_them():
    me, deputy = StpLeadFactory(), StpLeadFactory()
    version, first = in_review(title="Later", signing_order=SigningOrder.IN_ORDER)
    mine = ClientLeadFactory(engagement=version.engagement, user=me, position=1)
    ClientLeadFactory(engagement=version.engagement, user=deputy, is_signatory=False, deputy_for=mine)

    before, before_deputy = as_user(me).get(HOME_URL), as_user(deputy).get(HOME_URL)
    DecisionFactory(version=version, client_lead=first)
    after = as_user(me).get(HOME_URL)

    assert titles_under(before, "shared") == ["Later"]
    assert f"Not your turn yet: {first} decides first." in text_of(before)
    assert f"You are deputy for {mine}. Not your turn yet: {first} decides first." in text_of(before_deputy)
    assert titles_under(after, "to-decide") == ["Later"]


def test_home_of_an_stp_lead_without_plans_says_what_happens_next():
    assert "No plan has been shared with you yet." in text_of(as_user(StpLeadFactory()).get(HOME_URL))


@pytest.mark.parametrize(
    ("form", "subject", "said"),
    [
        ("engagements:priority_create", "/engagements/EM-0042/priorities/new/", "A new priority, EM-0042"),
        ("engagements:engagement_create", "/engagements/new/", "A new engagement"),
        ("engagements:purpose_edit", "/engagements/EM-0042/purpose/3/", "Changes: purpose, EM-0042"),
        ("", "/engagements/new/", "Changes: form"),
    ],
    ids=["part", "whole", "change", "unknown"],
)
def test_p02_home_leads_back_to_what_was_typed_and_not_saved(form, subject, said):
    me = ConsultantFactory()
    FormDraft.objects.create(user=me, form=form, subject=subject)
    FormDraft.objects.create(user=ConsultantFactory(), form=form, subject="/engagements/somebody-elses/")

    response = as_user(me).get(HOME_URL)

    links = soup(response).select("section[aria-labelledby=drafts] a")
    assert said in text_of(response)
    assert [link["href"] for link in links] == [subject]


@pytest.mark.parametrize(
    "make",
    [ConsultantFactory, RegionalAdminFactory, NationalAdminFactory, StpLeadFactory],
    ids=["consultant", "regional admin", "national admin", "STP lead"],
)
def test_home_reads_as_often_for_many_rows(django_assert_max_num_queries, make):
    me = make()
    client = as_user(me)
    in_review(signatory=me if me.is_stp_lead else None, **({"lead_consultant": me} if me.is_regional else {}))
    with django_assert_max_num_queries(MAX_LIST_QUERIES) as few:
        client.get(HOME_URL)
    for number in range(50):
        lead = {"lead_consultant": me} if me.is_regional else {}
        in_review(signatory=me if me.is_stp_lead else None, **lead)
        EngagementFactory(**lead)
        FormDraft.objects.create(user=me, form="engagements:engagement_create", subject=f"/engagements/{number}/new/")

    with django_assert_max_num_queries(len(few)):
        client.get(HOME_URL)


def test_home_of_nobody_reads_the_domains_only(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(1):
        client.get(HOME_URL)


def test_regional_admin_sees_what_waits_for_clients_of_the_region_whoever_leads_it():
    engagement = engagement_at(EngagementStatus.IN_REVIEW)
    admin = RegionalAdminFactory(region=engagement.lead_region)

    said = text_of(as_user(admin).get("/"))

    assert f"Waiting for clients of {engagement.lead_region.name}" in said
    assert engagement.title in said
