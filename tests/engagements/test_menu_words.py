"""What a plan keeps of the menu, whatever becomes of the menu later (P38)."""

import pytest
from django.urls import reverse

from core.models import AuditEvent
from core.refusals import ActionRefused
from engagements import actions, documents, policies
from engagements.enums import EngagementStatus
from engagements.models import PlannedIntervention
from interventions.actions import change_intervention, reinstate_intervention, retire_intervention, split_intervention
from tests.engagements.pages import url_of
from tests.engagements.situations import agree_all, engagement_at, ready_engagement, reread
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory
from tests.factories.directory import a_region
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory
from tests.factories.framework import a_role
from tests.factories.interventions import InterventionFactory, an_intervention
from tests.helpers import as_user, post, soup, text_of

pytestmark = pytest.mark.django_db

WORDS = {"name": "Coaching, said anew", "summary": "Said more plainly", "description": "Another text", "roles": []}
PARTS = [{"name": "Coaching alone", "summary": "A coach"}, {"name": "Mentoring alone", "summary": "A mentor"}]


@pytest.fixture
def national():
    return NationalAdminFactory()


@pytest.fixture
def coaching():
    return an_intervention("coaching-and-mentoring")


@pytest.fixture
def engagement():
    return EngagementFactory()


@pytest.fixture
def client(engagement):
    return as_user(engagement.lead_consultant)


@pytest.fixture
def planned(engagement, coaching):
    return PlannedInterventionFactory(engagement=engagement, intervention=coaching, title="Our coaches")


def edit(coaching, national):
    change_intervention(intervention=coaching, values=WORDS, by=national)


def retire(coaching, national):
    retire_intervention(
        intervention=coaching,
        values={"reason": "Out of use", "successors": [an_intervention("action-learning-sets")]},
        by=national,
    )


def split(coaching, national):
    return split_intervention(intervention=coaching, values={"reason": "Two things in one", "parts": PARTS}, by=national)


def edit_then_split(coaching, national):
    edit(coaching, national)
    split(coaching, national)


STEPS = [
    pytest.param(edit, id="edited"),
    pytest.param(retire, id="retired"),
    pytest.param(split, id="split"),
    pytest.param(edit_then_split, id="edited and split"),
]


def planned_from(engagement, intervention):
    """Let the one planned intervention of an engagement have come from the menu."""
    PlannedIntervention.objects.filter(engagement=engagement).update(
        intervention=intervention,
        menu_name=intervention.name,
        menu_summary=intervention.summary,
        menu_version=intervention.version,
    )


def agreed_plan(intervention):
    """Return a plan that all have signed, with an intervention from the menu in it."""
    engagement = ready_engagement()
    planned_from(engagement, intervention)
    actions.submit_engagement(engagement=engagement, values={"message": ""}, by=engagement.lead_consultant)
    agree_all(engagement)
    return reread(engagement)


def signed(engagement):
    """Return everything that was signed, and what its pages say."""
    version = engagement.versions.get()
    client = as_user(engagement.lead_consultant)
    page = soup(client.get(url_of(engagement, "version_detail", version.number))).select_one("main").get_text(" ", strip=True)
    brief = soup(client.get(url_of(engagement, "brief_detail"))).select_one("main").get_text(" ", strip=True)
    answer = client.get(url_of(engagement, "version_download", version.number))
    pdf = answer.getvalue()
    answer.close()
    with version.brief_file.file.open() as file:
        stored = file.read()
    return {
        "document": version.document,
        "hash": version.content_hash,
        "stored": stored,
        "sha256": version.brief_file.sha256,
        "page": page,
        "brief": brief,
        "pdf": pdf,
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", STEPS)
def test_p38_an_agreed_plan_reads_exactly_as_signed_whatever_becomes_of_the_menu(coaching, national, step):
    engagement = agreed_plan(coaching)
    before = signed(engagement)
    assert before["stored"].startswith(b"%PDF")
    assert "Coaching and Mentoring" in before["page"]

    step(coaching, national)

    assert signed(reread(engagement)) == before


@pytest.mark.parametrize("step", STEPS)
def test_p38_the_draft_of_an_open_plan_keeps_its_words(client, engagement, planned, coaching, national, step):
    before = documents.to_json(documents.load_brief(reread(engagement)))

    step(coaching, national)

    after = documents.to_json(documents.load_brief(reread(engagement)))
    assert after == before
    page = text_of(client.get(url_of(engagement, "plan_detail")))
    assert "From the menu: Coaching and Mentoring" in page
    assert "From the menu: Coaching and Mentoring." in text_of(client.get(url_of(engagement, "brief_detail")))


@pytest.mark.parametrize("step", STEPS)
def test_p38_a_plan_submitted_later_says_what_it_was_made_from(national, coaching, step):
    engagement = ready_engagement()
    planned_from(engagement, coaching)
    step(coaching, national)

    actions.submit_engagement(engagement=engagement, values={"message": ""}, by=engagement.lead_consultant)

    (planned,) = engagement.versions.get().document["planned"]
    assert (planned["menu_name"], planned["menu_summary"]) == ("Coaching and Mentoring", coaching.summary)


def test_an_intervention_planned_after_a_change_starts_from_the_words_of_today(client, engagement, coaching, national):
    edit(coaching, national)

    post(client, f"{url_of(engagement, 'planned_intervention_create')}?from={coaching.slug}", {"title": "Ours"})

    planned = engagement.planned_interventions.get()
    assert (planned.menu_name, planned.menu_summary, planned.menu_version) == (WORDS["name"], WORDS["summary"], 2)


def test_plan_says_that_the_menu_has_changed_and_takes_over_its_words_on_request(client, engagement, planned, coaching, national):
    before = text_of(client.get(url_of(engagement, "plan_detail")))
    edit(coaching, national)
    page = client.get(url_of(engagement, "plan_detail"))

    assert "The menu has changed this since" not in before
    assert "The menu has changed this since" in text_of(page)
    assert "Said more plainly" in text_of(page)
    answer = post(client, url_of(engagement, "menu_words_refresh", planned.pk), follow=True)

    assert "From the menu: Coaching, said anew" in text_of(answer)
    assert "The menu has changed this since" not in text_of(answer)
    planned.refresh_from_db()
    assert (planned.menu_name, planned.menu_version, planned.title) == ("Coaching, said anew", 2, "Our coaches")
    event = AuditEvent.objects.for_trail(engagement.trail).first()
    assert event.verb == "took over the words of the menu for"
    assert [change["field"] for change in event.changes] == ["menu_name", "menu_summary", "menu_version"]
    assert "took over the words of the menu for" in text_of(client.get(url_of(engagement, "history_list")))


def test_menu_words_refresh_twice_writes_once(client, engagement, planned, coaching, national):
    edit(coaching, national)

    for _ in range(2):
        post(client, url_of(engagement, "menu_words_refresh", planned.pk))

    assert AuditEvent.objects.for_trail(engagement.trail).count() == 1


def test_plan_offers_no_new_words_to_those_who_may_not_change_it(engagement, planned, coaching, national):
    edit(coaching, national)
    reader = as_user(ConsultantFactory(region=engagement.lead_region))

    assert "The menu has changed this since" not in text_of(reader.get(url_of(engagement, "plan_detail")))
    assert post(reader, url_of(engagement, "menu_words_refresh", planned.pk)).status_code == 403


def test_menu_words_refresh_knows_only_plans_that_the_person_may_see(planned):
    stranger = as_user(ConsultantFactory(region=a_region("london")))

    assert post(stranger, url_of(planned.engagement, "menu_words_refresh", planned.pk)).status_code == 404
    elsewhere = EngagementFactory()
    client = as_user(elsewhere.lead_consultant)
    assert post(client, url_of(elsewhere, "menu_words_refresh", planned.pk)).status_code == 404


def test_menu_words_refresh_is_refused_once_the_plan_is_frozen(national, coaching):
    engagement = engagement_at(EngagementStatus.IN_REVIEW)
    planned = engagement.planned_interventions.get()
    PlannedIntervention.objects.filter(pk=planned.pk).update(intervention=coaching, menu_name="Old", menu_version=1)
    edit(coaching, national)

    answer = post(as_user(engagement.lead_consultant), url_of(engagement, "menu_words_refresh", planned.pk), follow=True)

    assert "The plan is in review. Recall it before you change anything." in text_of(answer)
    assert "Take over today’s words" not in text_of(answer)
    planned.refresh_from_db()
    assert planned.menu_name == "Old"


def test_menu_words_refresh_is_refused_for_what_is_retired(planned, coaching, national):
    edit(coaching, national)
    retire(coaching, national)

    with pytest.raises(ActionRefused, match="is not on the menu any more"):
        actions.refresh_menu_words(planned=planned, by=planned.engagement.lead_consultant)


def test_menu_words_refresh_is_refused_for_a_bespoke_intervention(engagement):
    bespoke = PlannedInterventionFactory(engagement=engagement)

    with pytest.raises(ActionRefused, match="This intervention is bespoke"):
        actions.refresh_menu_words(planned=bespoke, by=engagement.lead_consultant)
    assert not policies.is_menu_newer(bespoke)


def test_plan_says_that_an_intervention_is_retired_and_links_to_what_took_its_place(
    client, engagement, planned, coaching, national
):
    parts = split(coaching, national)

    page = client.get(url_of(engagement, "plan_detail"))

    assert "Coaching alone and Mentoring alone take its place. This plan keeps it." in text_of(page)
    links = {link["href"] for link in soup(page).select(".app-entry a")}
    assert {part.get_absolute_url() for part in parts} <= links
    reinstate_intervention(intervention=coaching, by=national)
    assert "take its place" not in text_of(client.get(url_of(engagement, "plan_detail")))


def test_plan_names_what_can_be_chosen_where_what_took_its_place_is_retired_too(client, engagement, planned, coaching, national):
    alone, _ = split(coaching, national)
    retire(alone, national)

    words = text_of(client.get(url_of(engagement, "plan_detail")))

    assert "Mentoring alone and Action Learning Sets take its place" in words
    assert "Coaching alone" not in words


def test_choosing_a_retired_intervention_is_refused_and_says_what_took_its_place(client, engagement, coaching, national):
    split(coaching, national)

    answer = client.get(f"{url_of(engagement, 'planned_intervention_create')}?from={coaching.slug}", follow=True)

    words = text_of(answer)
    assert "“Coaching and Mentoring” has not been on the menu since" in words
    assert "You can choose “Coaching alone” and “Mentoring alone” instead, or plan a bespoke one." in words
    assert answer.request["QUERY_STRING"] == ""


def test_add_entry_refuses_what_was_retired_while_the_form_was_sent(engagement, coaching, national):
    entry = PlannedIntervention(engagement=engagement, intervention=coaching)
    retire(coaching, national)

    with pytest.raises(ActionRefused, match="has not been on the menu since"):
        actions.add_entry(entry=entry, values={"title": "Ours"}, by=engagement.lead_consultant)

    assert not engagement.planned_interventions.exists()


def test_advice_follows_the_menu_at_once(client, engagement, coaching, national):
    first, second = split(coaching, national)

    advised = [row.intervention for row in client.get(url_of(engagement, "advice_list")).context["advice"]]

    assert {first, second} <= set(advised)
    assert coaching not in advised
    assert len(advised) == 22


def test_advice_and_choice_hold_the_extras_of_the_lead_region_alone(client, engagement):
    mine = InterventionFactory(name="Fenland walks", region=engagement.lead_region, roles=[a_role()])
    other = InterventionFactory(name="City walks", region=a_region("london"))

    advised = [row.intervention for row in client.get(url_of(engagement, "advice_list")).context["advice"]]
    post(client, f"{url_of(engagement, 'planned_intervention_create')}?from={mine.slug}", {"title": "Walks"})

    assert mine in advised
    assert other not in advised
    planned = engagement.planned_interventions.get()
    assert (planned.intervention, planned.menu_name) == (mine, "Fenland walks")


@pytest.mark.parametrize("kind", ["retired", "of a region"])
def test_what_a_plan_uses_is_listed_and_written_out_whether_on_the_menu_or_not(kind):
    item = InterventionFactory(name="Chalk and talk", retired=kind == "retired", region=a_region() if kind != "retired" else None)
    engagement = EngagementFactory(title="Chalk in class")
    PlannedInterventionFactory(engagement=engagement, intervention=item, title="Our chalk")
    client = as_user(engagement.lead_consultant)

    assert "Chalk in class" in text_of(client.get(reverse("engagements:engagement_list")))
    for view in ("plan_detail", "criteria_detail", "brief_detail"):
        assert "Our chalk" in text_of(client.get(url_of(engagement, view)))
    assert "Our chalk" in text_of(client.get(reverse("evaluation:measure_list", args=[engagement.reference])))
