"""The overview for admins: what waits on them, and nothing that waits on somebody else."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from directory.enums import CHECKED_FOR_DAYS
from directory.models import ContactPoint, Region
from engagements.enums import EngagementStatus
from engagements.models import Engagement
from interventions.enums import MAX_DAYS_UNCHECKED, ProposalOutcome
from interventions.models import Intervention, MenuProposal, RegionalOffer
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import ContactPointFactory, a_region
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, PlannedInterventionFactory
from tests.factories.interventions import InterventionFactory, MenuProposalFactory, RegionalOfferFactory, an_intervention
from tests.helpers import as_user, soup, text_of
from tests.query_budget import LIST

pytestmark = pytest.mark.django_db


@pytest.fixture
def region():
    return a_region()


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def calm(region, today):
    """Leave nothing of any region that waits on anybody."""
    ContactPoint.objects.update(last_checked_on=today)
    for intervention in Intervention.objects.on_the_menu():
        for each in Region.objects.all():
            RegionalOffer.objects.update_or_create(
                region=each, intervention=intervention, defaults={"availability": "offered", "last_checked_on": today}
            )
    User.objects.update(last_login=timezone.now())


@pytest.fixture
def admin(calm, region):
    return RegionalAdminFactory(region=region, last_login=timezone.now())


@pytest.fixture
def national(calm):
    return NationalAdminFactory(last_login=timezone.now())


def waits_on(user):
    """Return what the page lists, with the sentence and the address of each."""
    page = soup(as_user(user).get(reverse("manage")))
    found = {}
    for item in page.select("main .nhsuk-task-list__item"):
        link = item.select_one("a")
        found[item.select_one(".app-waiting").get_text(strip=True)] = link["href"] if link else ""
    return found


@pytest.mark.parametrize("who", ["admin", "national"])
def test_where_nothing_waits_the_page_says_so_calmly(request, who):
    user = request.getfixturevalue(who)

    words = text_of(as_user(user).get(reverse("manage")))

    assert waits_on(user) == {}
    assert "Nothing waits on you." in words
    assert "keep true" not in text_of(as_user(user).get("/")).replace("What you keep true", "")


@pytest.mark.parametrize("make", [ConsultantFactory, StpLeadFactory])
def test_the_overview_is_for_admins(make):
    assert as_user(make()).get(reverse("manage")).status_code == 403


def test_a_stranger_is_asked_to_sign_in(client):
    assert client.get(reverse("manage")).url == "/accounts/login/?next=/manage/"


@pytest.mark.parametrize(("days", "count"), [(0, 0), (CHECKED_FOR_DAYS - 1, 0), (CHECKED_FOR_DAYS, 1), (None, 1)])
def test_p21_contacts_that_were_not_checked_for_a_month_wait(admin, region, today, days, count):
    ContactPointFactory(region=region, last_checked_on=None if days is None else today - timedelta(days=days))
    ContactPointFactory(region=Region.objects.exclude(pk=region.pk).first(), last_checked_on=None)

    found = waits_on(admin)

    assert found == ({"1 contact to check": reverse("directory:contact_point_list", args=[region.slug])} if count else {})


@pytest.mark.parametrize(("days", "count"), [(MAX_DAYS_UNCHECKED, 0), (MAX_DAYS_UNCHECKED + 1, 1), (None, 1)])
def test_offers_that_were_not_checked_for_long_wait(admin, region, today, days, count):
    day = None if days is None else today - timedelta(days=days)
    RegionalOffer.objects.filter(region=region, intervention=an_intervention()).update(last_checked_on=day)
    RegionalOffer.objects.exclude(region=region).update(last_checked_on=None)
    RegionalOfferFactory(region=region, intervention=InterventionFactory(retired=True))

    assert list(waits_on(admin)) == (["1 offer to check"] if count else [])


def test_interventions_of_which_nothing_was_said_wait(admin, region):
    InterventionFactory()
    InterventionFactory(region=region)
    InterventionFactory(retired=True)
    InterventionFactory(region=Region.objects.exclude(pk=region.pk).first())

    assert list(waits_on(admin)) == ["2 interventions of which you have said nothing"]


def test_people_who_were_invited_and_never_signed_in_wait(admin, region):
    ConsultantFactory(region=region)
    ConsultantFactory(region=region, left=True)
    ConsultantFactory(region=Region.objects.exclude(pk=region.pk).first())
    StpLeadFactory()

    assert list(waits_on(admin)) == ["1 person who has never signed in"]


def test_answers_to_the_regions_own_proposals_are_news_for_a_month(admin, region):
    now = timezone.now()
    for days, where in ((1, region), (31, region), (1, Region.objects.exclude(pk=region.pk).first())):
        answered_at = now - timedelta(days=days)
        MenuProposalFactory(region=where, by=admin, intervention=an_intervention(), declined=True, answered_at=answered_at)
    MenuProposalFactory(region=region, by=admin, intervention=an_intervention())

    assert list(waits_on(admin)) == ["1 answer to what you proposed"]


def left_behind(region):
    """Make an engagement for each way in which somebody who has left is still named on one, and some that wait on nobody."""
    gone = ConsultantFactory(region=region, full_name="Gail Gone", left=True)
    here = ConsultantFactory(region=region, full_name="Holly Here", last_login=timezone.now())
    led = EngagementFactory(title="Led", lead_region=region, lead_consultant=gone)
    team = EngagementFactory(title="On the team", lead_region=region, lead_consultant=here, team=[gone])
    client = EngagementFactory(title="Client", lead_region=region, lead_consultant=here)
    ClientLeadFactory(engagement=client, user=StpLeadFactory(left=True))
    removed = EngagementFactory(title="Removed", lead_region=region, lead_consultant=here)
    ClientLeadFactory(engagement=removed, user=StpLeadFactory(left=True), removed_at=timezone.now())
    for status in (EngagementStatus.CLOSED, EngagementStatus.WITHDRAWN):
        EngagementFactory(title="Over", lead_region=region, lead_consultant=gone, status=status)
    elsewhere = ConsultantFactory(region=Region.objects.exclude(pk=region.pk).first(), left=True)
    EngagementFactory(title="Elsewhere", lead_region=elsewhere.region, lead_consultant=elsewhere)
    return led, team, client


def test_p11_work_in_the_name_of_somebody_who_has_left_comes_first_and_is_named(admin, region):
    expected = left_behind(region)
    ContactPointFactory(region=region)

    page = soup(as_user(admin).get(reverse("manage")))

    assert list(waits_on(admin)) == ["3 open engagements with somebody who has left", "1 contact to check"]
    links = page.select("section[aria-labelledby=left] a")
    assert [link["href"] for link in links] == [reverse("engagements:team_detail", args=[row.reference]) for row in expected]
    words = " ".join(page.select_one("section[aria-labelledby=left]").get_text(" ").split())
    assert "Led by Gail Gone, who has left." in words
    assert "Led by Holly Here. Somebody on the team has left." in words
    assert "Led by Holly Here. A client lead has left." in words
    assert "Elsewhere" not in words


def test_p11_a_long_list_of_work_left_behind_says_that_it_goes_on(admin, region, monkeypatch):
    monkeypatch.setattr("ldp_portal.waiting.MAX_NAMED", 2)
    monkeypatch.setattr("ldp_portal.manage.MAX_NAMED", 2)
    left_behind(region)

    response = as_user(admin).get(reverse("manage"))

    assert len(response.context["left"]) == 2
    assert "The oldest are shown." in text_of(response)


def test_national_admin_is_told_what_waits_in_the_country_the_most_pressing_first(national, region):
    left_behind(region)
    MenuProposalFactory(region=region)
    MenuProposalFactory(region=region, outcome=ProposalOutcome.ACCEPTED)
    other = Region.objects.exclude(pk=region.pk).first()
    for where in (region, region, other):
        ContactPointFactory(region=where)
    RegionalOffer.objects.filter(region=region).update(last_checked_on=None)
    retired = InterventionFactory(retired=True)
    for status in (EngagementStatus.CO_DESIGN, EngagementStatus.AGREED):
        PlannedInterventionFactory(intervention=retired, engagement=EngagementFactory(status=status))
    over = EngagementFactory(status=EngagementStatus.CLOSED)
    PlannedInterventionFactory(intervention=InterventionFactory(retired=True), engagement=over)

    found = waits_on(national)

    assert list(found) == [
        "1 proposal to answer",
        "4 open engagements with somebody who has left",
        "2 regions with contacts to check",
        "1 region with offers to check",
        "1 retired intervention in open plans",
    ]
    assert found["1 retired intervention in open plans"] == reverse("interventions:menu_list")


def test_every_thing_that_waits_says_where_it_is_dealt_with(national, admin, region):
    left_behind(region)
    InterventionFactory()
    ContactPointFactory(region=region)
    ConsultantFactory(region=region)
    MenuProposalFactory(region=region, by=admin, declined=True, answered_at=timezone.now())
    MenuProposalFactory(region=region, by=admin)
    RegionalOffer.objects.update(last_checked_on=None)

    for user in (admin, national):
        client = as_user(user)
        for what, url in waits_on(user).items():
            answer = client.get(url if url.startswith("/") else reverse("manage"), follow=True)
            assert answer.status_code == 200, what


def test_the_back_office_is_offered_to_national_admins_alone(national, admin):
    links = {user: [a["href"] for a in soup(as_user(user).get(reverse("manage"))).select("main a")] for user in (national, admin)}

    assert "/admin/" in links[national]
    assert "/admin/" not in links[admin]


@pytest.mark.parametrize("who", ["admin", "national"])
def test_home_of_an_admin_counts_what_waits_within_its_queries(request, who, region):
    user = request.getfixturevalue(who)
    left_behind(region)
    ContactPointFactory(region=region)
    client = as_user(user)
    client.get("/")

    with CaptureQueriesContext(connection) as queries:
        response = client.get("/")

    link = soup(response).select_one("main a[href='/manage/']")
    assert link.get_text(strip=True) == "2 things to keep true"
    assert sum("django_session" not in query["sql"] for query in queries) <= LIST
    assert Engagement.objects.exists()


def test_home_of_everybody_else_says_nothing_of_it():
    assert "to keep true" not in text_of(as_user(ConsultantFactory()).get("/"))
    assert MenuProposal.objects.count() == 0
