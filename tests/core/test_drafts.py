import pytest
from django.http import QueryDict
from django.test import Client

from core import drafts
from core.models import FormDraft, PortalSession
from engagements.models import Purpose
from tests.factories.accounts import PASSWORD, ConsultantFactory
from tests.factories.core import FormDraftFactory
from tests.factories.engagements import EngagementFactory, PurposeFactory
from tests.factories.framework import a_step
from tests.helpers import as_user, controls, draft_fields, filled, post, soup, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.core.stand_in")]

# Everything that is easily lost on the way: quotes, markup, spaces within, line breaks, right-to-left, combining marks, emoji.
HARD_TO_KEEP = "“Fewer” <b>falls</b> & 'more'  care\nשלום  e\u0301 👩🏽‍⚕️\n\n" + "ward by ward, " * 250 + "end"


@pytest.fixture
def ann():
    return ConsultantFactory(full_name="Ann Archer", password=PASSWORD)


@pytest.fixture
def bob():
    return ConsultantFactory(full_name="Bob Baker", password=PASSWORD)


@pytest.fixture
def purpose():
    return PurposeFactory(statement="Fewer falls")


@pytest.fixture
def url(purpose):
    return f"/purposes/{purpose.pk}/edit/"


def save_draft(client, owner, url, **typed):
    return client.post("/drafts/", {**draft_fields(owner, url), **typed})


def shown_form(client, url):
    return controls(soup(client.get(url)).select_one("main form.app-form"))


def end_session(client):
    """Let the session run out on the server while the browser still has its cookie."""
    client.session.flush()
    assert not PortalSession.objects.exists()


def sign_in(client, user, address):
    return client.post(address, {"login": user.email, "password": PASSWORD})


# Saving while typing.


def test_p01_what_is_typed_is_saved_and_comes_back(ann, url):
    client = as_user(ann)

    response = save_draft(client, ann, url, statement=HARD_TO_KEEP, strategy_title="")

    assert response.status_code == 204
    assert shown_form(client, url)["statement"] == HARD_TO_KEEP


def test_p01_a_draft_says_that_its_words_are_not_saved_yet(ann, url):
    client = as_user(ann)

    save_draft(client, ann, url, statement="Half a sen")

    assert "have not saved it yet" in text_of(client.get(url))
    assert Purpose.objects.get().statement == "Fewer falls"


def test_p01_a_later_draft_of_the_same_page_replaces_the_earlier(ann, url):
    client = as_user(ann)

    save_draft(client, ann, url, statement="One")
    save_draft(client, ann, url, statement="One two")

    assert FormDraft.objects.get().data["statement"] == ["One two"]


def test_p01_a_draft_is_not_judged_before_it_is_sent(ann, url):
    client = as_user(ann)

    save_draft(client, ann, url, statement="")

    page = soup(client.get(url))
    assert not page.select(".nhsuk-error-summary, .nhsuk-error-message")
    assert page.select_one("textarea[name=statement]").get_text(strip=True) == ""


def test_p01_several_choices_come_back(ann, url):
    client = as_user(ann)
    steps = [str(a_step().pk), str(a_step("funding-and-efficiency-gap").pk)]

    save_draft(client, ann, url, forward_view_steps=steps)

    assert sorted(shown_form(client, url)["forward_view_steps"]) == sorted(steps)


def test_p01_a_draft_is_shown_to_nobody_else(ann, bob, url):
    save_draft(as_user(ann), ann, url, statement="Ann's own words")

    assert "Ann's own words" not in text_of(as_user(bob).get(url))


@pytest.mark.parametrize("who", ["nobody", "bob"])
def test_p01_words_of_one_person_are_not_saved_for_another(ann, bob, url, who):
    client = as_user(bob) if who == "bob" else Client()

    response = save_draft(client, ann, url, statement="Ann's own words")

    assert response.status_code == 401
    assert not FormDraft.objects.exists()


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param("https://example.org/", id="another site"),
        pytest.param("//example.org/", id="another site without a scheme"),
        pytest.param("/no-such-page/", id="no page"),
        pytest.param("purposes/1/edit/", id="no whole address"),
        pytest.param("", id="nothing"),
        pytest.param("javascript:alert(1)", id="a script"),
        pytest.param("/?x=\x00", id="a null character"),
        pytest.param("/?x=" + "y" * 300, id="too long"),
    ],
)
def test_p01_a_draft_of_no_page_of_ours_is_refused(ann, subject):
    fields = {"draft_owner": str(ann.pk), "draft_form": "x", "draft_subject": subject, "statement": "words"}

    response = as_user(ann).post("/drafts/", fields)

    assert response.status_code == 413
    assert not FormDraft.objects.exists()


def test_p01_a_draft_too_large_to_have_been_typed_is_refused(ann, url):
    client = as_user(ann)
    save_draft(client, ann, url, statement="Kept")

    response = save_draft(client, ann, url, statement="x" * (drafts.MAX_DRAFT_CHARACTERS + 1))

    assert response.status_code == 413
    assert FormDraft.objects.get().data["statement"] == ["Kept"]


def test_p01_one_draft_too_many_is_refused_and_known_ones_still_change(ann, url, monkeypatch):
    monkeypatch.setattr(drafts, "MAX_DRAFTS_EACH", 2)
    client = as_user(ann)
    FormDraftFactory(user=ann)
    save_draft(client, ann, url, statement="Second")

    refused = save_draft(client, ann, f"{url}?other=1", statement="Third")
    changed = save_draft(client, ann, url, statement="Second, longer")

    assert (refused.status_code, changed.status_code) == (413, 204)
    assert FormDraft.objects.count() == 2


def test_p01_null_characters_do_no_harm(ann, url):
    fields = {**draft_fields(ann, url), "draft_form": "a\x00b", "state\x00ment": "x", "statement": "be\x00fore"}

    response = as_user(ann).post("/drafts/", fields)

    assert response.status_code == 204
    draft = FormDraft.objects.get()
    assert (draft.form, draft.data["statement"], draft.data["state" + "ment"]) == ("ab", ["before"], ["before"])


def test_p01_passwords_and_tokens_are_never_kept():
    data = QueryDict("password=a&old_password=b&csrfmiddlewaretoken=c&action_key=d&draft_owner=e&statement=f&steps=1&steps=2")

    assert drafts.typed(data) == {"statement": ["f"], "steps": ["1", "2"]}


# The session ends while somebody is writing.


def test_p01_a_post_after_the_session_ended_comes_back_whole_after_signing_in(ann, url, purpose):
    client = as_user(ann)
    typed = filled(client, url) | {"statement": HARD_TO_KEEP, "forward_view_steps": [str(a_step().pk)]}
    end_session(client)

    sent = client.post(url, typed)
    signed_in = sign_in(client, ann, sent.url)

    assert signed_in.url == url
    assert Purpose.objects.get(pk=purpose.pk).statement == "Fewer falls"
    shown = shown_form(client, url)
    kept = {name for name in typed if name not in drafts.NEVER_KEPT}
    assert {name: shown[name] for name in kept} == {name: typed[name] for name in kept} | {"forward_view_steps": str(a_step().pk)}


def test_p01_what_came_back_can_be_saved(ann, url, purpose):
    client = as_user(ann)
    typed = filled(client, url) | {"statement": "No falls"}
    end_session(client)
    sign_in(client, ann, client.post(url, typed).url)

    client.post(url, filled(client, url, form=1))

    purpose.refresh_from_db()
    assert purpose.statement == "No falls"
    assert not FormDraft.objects.exists()


def test_p01_words_typed_by_one_person_never_come_back_to_another(ann, bob, url):
    client = as_user(ann)
    typed = filled(client, url) | {"statement": "Ann's own words"}
    end_session(client)
    address = client.post(url, typed).url

    sign_in(client, bob, address)

    assert "Ann's own words" not in text_of(client.get(url))
    assert not FormDraft.objects.exists()


def test_p01_the_last_posts_are_kept_and_no_more(ann, monkeypatch):
    monkeypatch.setattr(drafts, "MAX_KEPT_POSTS", 2)
    client = as_user(ann)
    urls = [f"/purposes/{PurposeFactory().pk}/edit/" for _ in range(3)]
    forms = [filled(client, url) for url in urls]
    end_session(client)
    address = [client.post(url, typed).url for url, typed in zip(urls, forms, strict=True)][-1]

    sign_in(client, ann, address)

    assert sorted(FormDraft.objects.values_list("subject", flat=True)) == sorted(urls[1:])


def test_p01_posts_that_are_too_large_together_leave_the_latest(ann, monkeypatch):
    client = as_user(ann)
    urls = [f"/purposes/{PurposeFactory().pk}/edit/" for _ in range(2)]
    forms = [filled(client, url) | {"statement": "x" * 600} for url in urls]
    monkeypatch.setattr(drafts, "MAX_DRAFT_CHARACTERS", 1_000)
    end_session(client)

    for url, typed in zip(urls, forms, strict=True):
        client.post(url, typed)

    assert list(client.session[drafts.SESSION_KEY]) == urls[1:]


def test_p01_a_post_too_large_to_have_been_typed_is_not_kept_in_the_session(ann, url):
    client = as_user(ann)
    typed = filled(client, url) | {"statement": "x" * (drafts.MAX_DRAFT_CHARACTERS + 1)}
    end_session(client)

    client.post(url, typed)

    assert drafts.SESSION_KEY not in client.session


def test_p01_a_post_that_keeps_no_draft_leaves_no_session(ann, url):
    client = Client()

    response = client.post(url, {"statement": "From nowhere"})

    assert response.url.startswith("/accounts/login/")
    assert not PortalSession.objects.exists()


# Leaving a step.


def test_p02_an_invalid_post_keeps_its_words(ann, url):
    client = as_user(ann)

    post(client, url, {"statement": "", "real_work_issue": "Two owners"}, draft_owner=ann)

    assert shown_form(client, url)["real_work_issue"] == "Two owners"


def test_p02_a_refused_post_keeps_its_words(ann, url):
    client = as_user(ann)

    post(client, url, {"statement": "No falls", "strategy_title": "forbidden"}, draft_owner=ann)

    assert shown_form(client, url)["statement"] == "No falls"


def test_p02_words_survive_a_page_that_breaks(ann):
    client = as_user(ann)
    client.raise_request_exception = False

    response = post(client, "/purposes/break/", {"statement": "No falls"}, draft_owner=ann)

    assert response.status_code == 500
    assert FormDraft.objects.get(subject="/purposes/break/").data["statement"] == ["No falls"]


def test_p02_a_stale_post_that_clashes_keeps_its_words(ann, bob, url):
    client, other = as_user(ann), as_user(bob)
    typed = filled(client, url) | {"statement": "Half the falls"}
    other.post(url, filled(other, url) | {"statement": "No falls"})

    client.post(url, typed)

    assert shown_form(client, url)["statement"] == "Half the falls"


def test_p02_saving_discards_the_draft_of_this_page_only(ann, url):
    client = as_user(ann)
    other = FormDraftFactory(user=ann)
    save_draft(client, ann, url, statement="No falls")

    post(client, url, {"statement": "No falls"}, draft_owner=ann)

    assert list(FormDraft.objects.all()) == [other]


def test_p02_each_new_record_has_a_draft_of_its_own_page(ann):
    engagement = EngagementFactory()
    client = as_user(ann)
    url = f"/engagements/{engagement.reference}/purposes/new/"

    post(client, url, {"statement": "", "real_work_issue": "Two owners"}, draft_owner=ann)

    assert shown_form(client, url)["real_work_issue"] == "Two owners"
    assert FormDraft.objects.get().form == "purpose_create"


def test_p02_a_post_in_the_name_of_another_keeps_nothing(ann, bob, url):
    post(as_user(bob), url, {"statement": ""}, draft_owner=ann)

    assert not FormDraft.objects.exists()


def test_p02_letting_a_draft_go_shows_the_page_as_it_was_saved(ann, url):
    client = as_user(ann)
    save_draft(client, ann, url, statement="Half a sen")

    response = client.post("/drafts/discard/", {"draft_subject": url})

    assert response.url == url
    assert shown_form(client, url)["statement"] == "Fewer falls"


@pytest.mark.parametrize("subject", ["https://example.org/", "//example.org", "/\x00", ""])
def test_p02_letting_go_of_a_draft_leads_to_no_other_site(ann, subject):
    response = as_user(ann).post("/drafts/discard/", {"draft_subject": subject})

    assert response.url == "/"


def test_p02_nobody_lets_go_of_anothers_draft(ann, bob):
    draft = FormDraftFactory(user=ann)

    as_user(bob).post("/drafts/discard/", {"draft_subject": draft.subject})

    assert FormDraft.objects.filter(pk=draft.pk).exists()


def test_drafts_below_an_address_are_found_with_their_writers(ann, bob, django_assert_num_queries):
    FormDraftFactory(user=ann, subject="/engagements/EM-1/purposes/new/")
    FormDraftFactory(user=bob, subject="/engagements/EM-1/places/new/")
    FormDraftFactory(user=bob, subject="/engagements/EM-2/places/new/")

    with django_assert_num_queries(1):
        found = [str(draft) for draft in FormDraft.objects.below("/engagements/EM-1/")]

    assert found == ["core:draft_save by Bob Baker", "core:draft_save by Ann Archer"]
