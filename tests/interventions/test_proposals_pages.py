"""Pages of what regions propose for the national menu: A never sees what B proposes."""

import pytest
from django.urls import reverse

from interventions import actions
from interventions.enums import ProposalOutcome
from interventions.models import Intervention, MenuProposal
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import a_region
from tests.factories.framework import LeadershipRoleFactory, a_domain
from tests.factories.interventions import InterventionFactory, MenuProposalFactory
from tests.helpers import as_user, filled, post, soup, submit, text_of

pytestmark = pytest.mark.django_db

OURS, THEIRS = "east-midlands", "north-west"
HOSTILE = "<script>alert(1)</script> \u200fevil"


def url(view, *args):
    return reverse(f"interventions:{view}", args=args)


@pytest.fixture
def intervention():
    return InterventionFactory(name="Coaching", summary="As it was")


@pytest.fixture
def admin():
    return RegionalAdminFactory(region=a_region(OURS), full_name="Ann Archer")


@pytest.fixture
def national():
    return NationalAdminFactory(full_name="Nat Noble")


@pytest.fixture
def proposal(intervention, admin):
    return MenuProposalFactory(
        intervention=intervention, region=admin.region, by=admin, values={"summary": "More plainly"}, reason="Nobody reads it"
    )


@pytest.fixture
def canary():
    changed = InterventionFactory(name="Shadowing")
    return MenuProposalFactory(
        region=a_region(THEIRS), intervention=changed, values={"name": "Canary name"}, reason="Canary reason", answer="Canary"
    )


def test_proposal_create_starts_from_what_the_menu_says_and_keeps_what_differs(admin, intervention):
    client, address = as_user(admin), url("proposal_create", intervention.slug)

    shown = filled(client, address)
    done = submit(client, address, {"summary": HOSTILE, "reason": HOSTILE})

    found = MenuProposal.objects.get()
    assert address == f"/manage/menu/{intervention.slug}/propose/"
    assert (shown["name"], shown["summary"]) == ("Coaching", "As it was")
    assert done["Location"] == found.get_absolute_url()
    assert (found.values, found.reason, found.by) == ({"summary": HOSTILE}, HOSTILE, admin)
    assert Intervention.objects.get(pk=intervention.pk).summary == "As it was"
    page = client.get(found.get_absolute_url())
    assert not soup(page).select("main script")
    assert HOSTILE in soup(page).select("main")[0].get_text()


def test_proposal_create_in_which_nothing_differs_is_refused_and_keeps_the_reason(admin, intervention):
    page = submit(as_user(admin), url("proposal_create", intervention.slug), {"reason": "Kept words"})

    assert "Nothing differs from what the menu says today" in text_of(page)
    assert "Kept words" in text_of(page)
    assert not MenuProposal.objects.exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reason": ""}, "Enter why it should change"),
        ({"name": ""}, "Enter the name"),
        ({"summary": "x" * 301}, "must be 300 characters or fewer"),
        ({"roles": ["9" * 30]}, "Something you ticked is not there any more"),
        ({"reason": "a\x00b"}, "hidden character"),
    ],
)
def test_proposal_create_says_what_is_wrong(admin, intervention, changes, message):
    typed = {"suits": "Kept words", "reason": "Why"} | changes

    page = submit(as_user(admin), url("proposal_create", intervention.slug), typed)

    assert message in text_of(page)
    assert soup(page).select_one("[name=suits]").get_text().strip() == "Kept words"
    assert not MenuProposal.objects.exists()


def test_proposal_create_of_a_new_intervention(admin):
    client = as_user(admin)
    typed = {"name": "Walking", "main_domain": a_domain().pk, "roles": [LeadershipRoleFactory().pk], "reason": "Why"}

    done = submit(client, "/manage/proposals/new/", typed | {"region": a_region(THEIRS).pk, "outcome": "accepted"})

    found = MenuProposal.objects.get()
    assert done["Location"] == found.get_absolute_url()
    assert (found.title, found.is_new, found.region, found.outcome) == ("Walking", True, admin.region, "")
    assert "New intervention: Walking" in text_of(client.get(found.get_absolute_url()))


def test_proposal_create_refuses_a_name_that_is_taken(admin, intervention):
    page = submit(as_user(admin), url("proposal_create"), {"name": "coaching", "main_domain": a_domain().pk, "reason": "Why"})

    assert "There is an intervention with this name already" in text_of(page)


@pytest.mark.parametrize("what", [{"region": True}, {"retired": True}], ids=["extra", "retired"])
def test_proposal_create_is_for_the_national_menu(admin, what):
    what = {"region": admin.region} if "region" in what else what

    assert as_user(admin).get(url("proposal_create", InterventionFactory(**what).slug)).status_code == 404


def test_proposal_create_posted_twice_proposes_once(admin, intervention):
    client, address = as_user(admin), url("proposal_create", intervention.slug)
    data = filled(client, address) | {"summary": "New", "reason": "Why"}

    answers = [client.post(address, data)["Location"] for _ in range(2)]

    assert answers[0] == answers[1]
    assert MenuProposal.objects.count() == 1


@pytest.mark.parametrize(
    ("make", "statuses"),
    [
        (lambda: ConsultantFactory(region=a_region(OURS)), [403, 403, 403, 403, 403, 403]),
        (StpLeadFactory, [403, 403, 403, 403, 403, 403]),
        (lambda: RegionalAdminFactory(region=a_region(OURS)), [200, 200, 200, 403, 403, 302]),
        (lambda: RegionalAdminFactory(region=a_region(THEIRS)), [200, 200, 404, 404, 404, 404]),
        (NationalAdminFactory, [200, 403, 200, 200, 200, 403]),
    ],
    ids=["consultant", "STP lead", "regional admin", "admin of another region", "national admin"],
)
def test_who_opens_which_page(make, statuses, proposal):
    client = as_user(make())
    views = ["proposal_detail", "proposal_accept", "proposal_decline"]

    found = [client.get(url("proposal_list")).status_code, client.get(url("proposal_create")).status_code]
    found += [client.get(url(view, proposal.pk)).status_code for view in views]
    found.append(post(client, url("proposal_withdraw", proposal.pk)).status_code)

    assert found == statuses
    assert client.get(url("proposal_withdraw", proposal.pk)).status_code == 405


def test_a_region_sees_nothing_of_what_another_proposes(admin, proposal, canary):
    client = as_user(admin)

    page = text_of(client.get(url("proposal_list")))

    assert "Coaching" in page
    assert "Canary" not in page
    assert "Shadowing" not in page
    for view in ("proposal_detail", "proposal_accept", "proposal_decline"):
        assert client.get(url(view, canary.pk)).status_code == 404
        assert post(client, url(view, canary.pk)).status_code in (404, 405)
    assert post(client, url("proposal_withdraw", canary.pk)).status_code == 404
    assert MenuProposal.objects.get(pk=canary.pk).is_open


def test_proposal_list_of_a_national_admin_holds_every_regions_the_open_ones_first(national, proposal, canary):
    actions.decline_proposal(proposal=canary, values={"answer": "Said already"}, by=national)

    page = text_of(as_user(national).get(url("proposal_list")))

    assert page.index("Coaching") < page.index("Answered") < page.index("Shadowing") < page.index("Said already")
    assert "East Midlands" in page
    assert "North West" in page


def test_proposal_list_without_any(admin, national):
    assert "No proposal waits for an answer" in text_of(as_user(national).get(url("proposal_list")))
    assert "Propose a new intervention" in text_of(as_user(admin).get(url("proposal_list")))


def test_proposal_detail_shows_both_texts_and_that_the_menu_moved_on(admin, national, proposal, intervention):
    actions.change_intervention(intervention=intervention, values={"summary": "Changed since"}, by=national)

    page = text_of(as_user(admin).get(proposal.get_absolute_url()))

    assert "Changed since Changed since it was proposed It said then: As it was More plainly" in page


def test_proposal_detail_of_a_retired_intervention_can_only_be_declined(national, proposal, intervention):
    values = {"reason": "Nobody asks for it", "successors": []}
    actions.retire_intervention(intervention=intervention, values=values, by=national)
    client = as_user(national)

    shown, accept = client.get(proposal.get_absolute_url()), client.get(url("proposal_accept", proposal.pk))

    assert "the proposal can only be declined or taken back" in text_of(shown)
    assert not soup(shown).select(f"main a[href='{url('proposal_accept', proposal.pk)}']")
    assert "It was retired on" in text_of(accept)
    assert not soup(accept).select("main form[method=post]")


def test_proposal_withdraw_takes_it_back_once(admin, proposal):
    client = as_user(admin)

    shown = client.get(proposal.get_absolute_url())
    done = post(client, url("proposal_withdraw", proposal.pk), follow=True)
    again = post(client, url("proposal_withdraw", proposal.pk), follow=True)

    assert "Take it back" in text_of(shown)
    assert "Taken back by Ann Archer" in text_of(done)
    assert "Ann Archer took this proposal back on" in text_of(again)
    assert MenuProposal.objects.get(pk=proposal.pk).outcome == ProposalOutcome.WITHDRAWN


def test_proposal_accept_opens_with_what_is_proposed_and_writes_it(national, proposal, intervention):
    client, address = as_user(national), url("proposal_accept", proposal.pk)

    shown = filled(client, address)
    done = submit(client, address, {"answer": "Thank you"}, follow=True)

    assert (shown["name"], shown["summary"]) == ("Coaching", "More plainly")
    assert "Accepted by Nat Noble" in text_of(done)
    assert "Thank you" in text_of(done)
    assert "As it was" in text_of(done)
    assert Intervention.objects.get(pk=intervention.pk).summary == "More plainly"


def test_proposal_accept_edited_first(national, proposal, intervention):
    done = submit(as_user(national), url("proposal_accept", proposal.pk), {"summary": "Edited"}, follow=True)

    assert "Accepted with changes by Nat Noble" in text_of(done)
    assert Intervention.objects.get(pk=intervention.pk).summary == "Edited"


def test_proposal_accept_of_a_new_intervention(national, admin):
    said = {"name": "Walking", "main_domain": a_domain()}
    proposal = actions.add_proposal(intervention=None, values=said | {"reason": "Why"}, by=admin)

    submit(as_user(national), url("proposal_accept", proposal.pk))

    assert Intervention.objects.on_the_menu().get(name="Walking").main_domain == a_domain()
    assert "Accepted" in text_of(as_user(admin).get(url("proposal_list")))


def test_p03_proposal_accept_shows_what_another_admin_changed_meanwhile(national, proposal, intervention):
    client, address = as_user(national), url("proposal_accept", proposal.pk)
    shown = filled(client, address)
    other = NationalAdminFactory(full_name="Bea Bell")
    actions.change_intervention(intervention=intervention, values={"summary": "Hers"}, by=other)

    page = client.post(address, shown)

    assert "Bea Bell changed “Summary” while you were writing" in text_of(page)
    assert MenuProposal.objects.get(pk=proposal.pk).is_open
    assert Intervention.objects.get(pk=intervention.pk).summary == "Hers"


@pytest.mark.parametrize("view", ["proposal_accept", "proposal_decline"])
def test_the_second_national_admin_is_told_who_answered_what(national, proposal, view):
    client = as_user(NationalAdminFactory())
    typed = filled(client, url(view, proposal.pk)) | {"answer": "Kept words"}
    actions.decline_proposal(proposal=proposal, values={"answer": "Said already"}, by=national)

    page = client.post(url(view, proposal.pk), typed)
    opened = client.get(url(view, proposal.pk) + "?later")

    assert "Nat Noble declined this proposal on" in text_of(page)
    assert "Kept words" in text_of(page)
    assert "Nat Noble declined this proposal on" in text_of(opened)
    assert not soup(opened).select("main form[method=post]")
    assert MenuProposal.objects.get(pk=proposal.pk).answer == "Said already"


def test_proposal_decline_needs_a_reason(national, admin, proposal):
    client = as_user(national)

    asked = submit(client, url("proposal_decline", proposal.pk))
    done = submit(client, url("proposal_decline", proposal.pk), {"answer": HOSTILE})

    assert "Enter why it is declined" in text_of(asked)
    assert done["Location"] == proposal.get_absolute_url()
    page = as_user(admin).get(url("proposal_list"))
    assert not soup(page).select("main script")
    assert HOSTILE in soup(page).select("main")[0].get_text()
