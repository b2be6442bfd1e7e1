"""A client reads what was submitted last and never the working draft, at every address and in every message (P18, P33)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.db.models import CharField, TextField
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.models import User
from core import audit
from engagements import actions, notifications, policies
from engagements.enums import CriterionSlug, EngagementStatus, SigningOrder
from engagements.models import Engagement
from tests.engagements.brief_samples import text_of_pdf, text_of_word
from tests.engagements.situations import agree_all, decide, ready_engagement, reread, waiting_version
from tests.factories.accounts import ConsultantFactory
from tests.factories.directory import FootprintFactory, OrganisationFactory, RegionFactory, SiteFactory, a_footprint
from tests.factories.engagements import ClientLeadFactory, CriterionCheckFactory, FundingLineFactory, PlaceFactory, a_criterion
from tests.helpers import as_user, soup, text_of
from tests.query_budget import BUDGET, MANAGED, WITHOUT_A_PAGE
from tests.test_query_budget import arguments_for, own_addresses

pytestmark = pytest.mark.django_db

# In everything that is written into the plan after it went back; the directory knows the area and its region, whatever a plan says.
CANARY = "Zzcanary"
AREA, REGION = "Zzshire", "Zzregion"
PARTS = ("groups", "places", "purposes", "priorities", "planned_interventions", "measures")
# They lead to one thing by its key, and take a post only or belong to a demonstration.
POSTED = ("_move", "_resolve", "_reopen", "_send", "_read", "_save", "_discard", "_accept", "_sign_in", "mail_detail")


def sent_back(engagement):
    decide(engagement.client_leads.order_by("position").first(), "changes_wanted", "Name the ambulance service.")


def recalled(engagement):
    actions.recall_engagement(engagement=engagement, by=engagement.lead_consultant)


def reopened(engagement):
    agree_all(engagement)
    values = {"reason": "The money has changed."}
    actions.revise_engagement(engagement=reread(engagement), values=values, by=engagement.lead_consultant)


def submitted_plan(title="Frailty at home"):
    """Return a plan in review whose lines can all be opened, with a team, two signatories and what somebody said of it."""
    engagement = ready_engagement(signatories=2, title=title, client="Boston partners")
    engagement.team.add(ConsultantFactory(full_name="Tom Team", job_title="Analyst"))
    planned = engagement.planned_interventions.get()
    FundingLineFactory(planned_intervention=planned)
    CriterionCheckFactory(planned_intervention=planned, criterion=a_criterion(CriterionSlug.AFFORDABLE))
    by = engagement.lead_consultant
    actions.submit_engagement(engagement=reread(engagement), values={"message": ""}, by=by)
    reader = engagement.client_leads.order_by("position").first().user
    said = {"section": "people", "text": "Who pays?"}
    actions.write_comment(version=waiting_version(engagement), values=said, by=reader)
    return reread(engagement), reader


def canaries(model):
    """Return a canary word for each field of a model that holds words as somebody typed them."""
    fields = [field for field in model._meta.fields if isinstance(field, CharField | TextField) and not field.choices]
    return {field.name: f"{CANARY} {field.name}"[: field.max_length] for field in fields if field.editable}


def _write(rows):
    """Write a canary into each field that holds words and has some: what lies empty may have to."""
    for row in rows.all():
        for name, word in canaries(rows.model).items():
            if getattr(row, name):
                setattr(row, name, word)
        row.save()


def rewrite(engagement):
    """Write into every part of a plan what nobody has submitted."""
    by, fresh = engagement.lead_consultant, canaries(Engagement)
    del fresh["reference"]
    Engagement.objects.filter(pk=engagement.pk).update(**fresh, client_kind="vanguard", signing_order=SigningOrder.IN_ORDER)
    planned = engagement.planned_interventions.get()
    for rows in (*(getattr(engagement, part) for part in PARTS), planned.funding_lines, planned.criterion_checks):
        _write(rows)
        audit.record("changed", rows.first(), by=by, trail=engagement.trail)
    region = RegionFactory(name=REGION)
    area = FootprintFactory(name=AREA, number=999, lead_region=region)
    PlaceFactory(engagement=engagement, name=f"{CANARY} place", footprint=area)
    PlaceFactory(engagement=engagement, name="", site=SiteFactory(name=f"{CANARY} site", footprints=[area]))
    engagement.team.set([ConsultantFactory(full_name=f"{CANARY} Member", job_title=f"{CANARY} job")])
    described = {"organisation": OrganisationFactory(name=f"{CANARY} trust"), "job_title": f"{CANARY} job"}
    named = {"full_name": f"{CANARY} Lead", "email": "new@example.nhs.uk", "is_signatory": True}
    new = actions.name_client_lead(engagement=engagement, values=described | named, by=by)
    actions.move_client_lead(lead=new, is_up=True, by=by)
    first, second = engagement.client_leads.exclude(pk=new.pk).order_by("position")
    actions.change_client_lead(lead=first, values=described | {"is_signatory": True}, by=by)
    actions.change_client_lead(lead=second, values={"is_signatory": False, "deputy_for": new}, by=by)
    return area


@pytest.fixture(params=[sent_back, recalled, reopened], ids=lambda way: way.__name__)
def situation(request):
    """Return a plan that was rewritten after it went back, its reader on the client's side and the area that is new in it."""
    engagement, reader = submitted_plan()
    request.param(engagement)
    area = rewrite(reread(engagement))
    assert reread(engagement).status == EngagementStatus.CO_DESIGN
    return reread(engagement), User.objects.get(pk=reader.pk), area


def words_of(response):
    """Return all that a response says: a page with its marks, a file as its text; what a filter offers to everybody is left out."""
    kind = response.headers.get("Content-Type", "")
    if kind.startswith("text/html"):
        page = soup(response)
        for choice in page.select("select"):
            choice.decompose()
        return str(page)
    if kind == "application/pdf":
        return text_of_pdf(response.content)
    return text_of_word(response.content) if "wordprocessing" in kind else response.content.decode()


def addresses(engagement, area, reader):
    """Return every address by its name, as the resolver knows them, and the packs."""
    urls = {"old pack": reverse("engagements:pack_area_download", args=[a_footprint().number])}
    urls["new pack"] = reverse("engagements:pack_area_download", args=[area.number])
    urls["own pack"] = reverse("engagements:pack_person_download", args=[reader.pk])
    for name in set(own_addresses()) | set(BUDGET):
        if name.endswith(POSTED) or (name.startswith("engagements:pack_") and name.endswith("_download")):
            continue
        try:
            urls[name] = reverse(name, kwargs=arguments_for(name, engagement))
        except NoReverseMatch:
            # What admins keep of one thing is not of an engagement; its own tests close it to clients.
            assert name in MANAGED or name in WITHOUT_A_PAGE, name
    return urls


def test_no_address_tells_a_client_what_was_not_submitted(situation):
    engagement, reader, area = situation
    client = as_user(reader)

    told, found = {}, {}
    for name, url in addresses(engagement, area, reader).items():
        response = client.get(url)
        words = words_of(response) + response.headers.get("Location", "")
        secret = {CANARY} if name.startswith(("directory:", "interventions:")) else {CANARY, AREA, REGION, "is asked first"}
        told[name] = {word for word in secret if word in words}
        found[name] = response.status_code

    assert {name: words for name, words in told.items() if words} == {}
    assert (found["old pack"], found["new pack"], found["own pack"]) == (200, 404, 404)
    assert {found[f"engagements:{view}"] for view in ("review_detail", "team_detail", "brief_word", "version_compare")} == {200}


@pytest.mark.parametrize(
    "query",
    [
        {"q": CANARY},
        {"q": "place"},
        {"q": AREA},
        {"q": "Zz"},
        {"area": 999},
        {"client": "vanguard"},
        {"q": "site", "sort": "title"},
    ],
    ids=lambda query: "-".join(map(str, query.values())),
)
def test_p25_no_search_of_a_client_finds_what_was_not_submitted(situation, query):
    _, reader, _ = situation

    response = as_user(reader).get(reverse("engagements:engagement_list"), query)

    assert response.context["count"] == 0
    assert "Frailty" not in text_of(response)


@pytest.mark.parametrize(
    ("query", "label"),
    [
        ({"q": "frail"}, "The reference or title starts with it"),
        ({"q": "home boston"}, "All the words, somewhere in the title, the client or the place"),
        ({"q": "Lincolnshire", "sort": "title"}, "All the words, somewhere in the title, the client or the place"),
        ({"area": 13}, ""),
        ({"sort": "title"}, ""),
    ],
    ids=lambda value: "-".join(map(str, value.values())) if isinstance(value, dict) else "",
)
def test_p25_searches_of_a_client_find_what_was_submitted(situation, query, label):
    _, reader, _ = situation

    response = as_user(reader).get(reverse("engagements:engagement_list"), query)

    assert response.context["count"] == 1
    words = text_of(response)
    assert "Frailty at home" in words
    assert "Boston partners Lincolnshire" in words
    assert label in words


def test_p25_a_client_finds_a_plan_by_its_reference(situation):
    engagement, reader, _ = situation

    response = as_user(reader).get(reverse("engagements:engagement_list"), {"q": engagement.reference.lower()})

    assert "The reference itself" in text_of(response)


def test_list_of_a_client_is_ordered_by_the_titles_that_were_submitted():
    engagement, reader = submitted_plan("Zebra")
    other, _ = submitted_plan("Antelope")
    ClientLeadFactory(engagement=other, user=reader)
    recalled(engagement)
    Engagement.objects.filter(pk=engagement.pk).update(title="Aardvark")

    page = soup(as_user(reader).get(reverse("engagements:engagement_list"), {"sort": "title"}))

    assert [link.get_text() for link in page.select(".app-whole-rows__link")] == ["Antelope", "Zebra"]


def test_p18_team_page_shows_a_client_who_was_submitted(situation):
    engagement, reader, _ = situation
    first, second = (lead["name"] for lead in engagement.versions.get().document["client_leads"])

    words = text_of(as_user(reader).get(reverse("engagements:team_detail", args=[engagement.reference])))

    assert "Tom Team Team · Analyst" in words
    assert "Tom Team Analyst Read and change everything" in words
    assert f"{first} and {second} are asked at the same time." in words
    assert words.count("They are a client lead who signs the plan.") == 2
    assert "Whoever was named since version 1 is shown here once the next version is submitted." in words
    assert "Nobody else can open this engagement" not in words


def test_p18_team_page_shows_somebody_named_since_no_part_of_their_own(situation):
    engagement, _, _ = situation
    named = engagement.client_leads.get(user__email="new@example.nhs.uk")

    words = text_of(as_user(named.user).get(reverse("engagements:team_detail", args=[engagement.reference])))

    assert f"{CANARY} Lead Reads the plan" in words
    assert words.count("They are a client lead.") == 1
    assert "asked first" not in words


def test_p34_messages_tell_a_client_nothing_that_was_not_submitted(situation, after_commit):
    engagement, reader, _ = situation
    now = timezone.now()
    mail.outbox.clear()

    after_commit(actions.send_links_again, person=reader)
    news = policies.digest_for(reader, since=now - timedelta(days=1), until=now)
    (link,), digest = mail.outbox, notifications.build_digest(reader, news)

    for email in (link, digest):
        told = " ".join([email.subject, email.body, *(content for content, _ in email.alternatives)])
        assert CANARY not in told
        assert f"{engagement.reference}" in told
        assert "Frailty at home" in told


@pytest.mark.parametrize(
    "view", ["home", *(f"engagements:{name}" for name in ("engagement_list", "pack_list", "team_detail", "review_detail"))]
)
def test_pages_of_a_client_stay_within_their_queries_between_versions(view):
    engagement, reader = submitted_plan()
    recalled(engagement)
    rewrite(reread(engagement))
    client, url = as_user(reader), reverse(view, kwargs=arguments_for(view, engagement))

    with CaptureQueriesContext(connection) as queries:
        client.get(url)

    assert len(queries) <= BUDGET[view]


def test_what_a_client_is_shown_is_never_saved(situation):
    engagement, reader, _ = situation

    policies.show_as_submitted(reader, [engagement])

    assert engagement.title == "Frailty at home"
    assert reread(engagement).title == f"{CANARY} title"
