"""The back office: national admins look everything up, nobody changes anything, nobody else learns that it is there."""

from urllib.parse import unquote

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from core import accesses, chain, records
from core.models import AuditEvent, FormDraft, OneTimeKey
from interventions.models import Intervention
from tests.factories.accounts import (
    ConsultantFactory,
    InvitationFactory,
    NationalAdminFactory,
    RegionalAdminFactory,
    StpLeadFactory,
)
from tests.factories.core import FormDraftFactory, OutboxEntryFactory
from tests.factories.directory import ContactPointFactory, OrganisationMergeFactory, SiteFactory
from tests.factories.engagements import (
    BriefFileFactory,
    CommentFactory,
    EarlyStartFactory,
    MessageFactory,
    StatusChangeFactory,
    VersionReadingFactory,
)
from tests.factories.framework import ResourceFactory
from tests.factories.interventions import InterventionFactory, MenuProposalFactory, ProviderFactory, RegionalOfferFactory
from tests.helpers import as_user, soup, text_of
from tests.test_query_budget import an_engagement_with

# What the back office shows is written by Django, whose pages read variables that are not always there.
pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
# A list takes its own rows, the session, the person, the count and what its filters offer; never one query for each row.
MAX_QUERIES = 12


def names(model):
    """Return the names of a model's pages."""
    return f"admin:{model._meta.app_label}_{model._meta.model_name}_"


def url_of(model, page, *args):
    return reverse(names(model) + page, args=args)


@pytest.fixture
def everything():
    """Put two rows of everything into the portal."""
    engagement = an_engagement_with(2)
    OutboxEntryFactory.create_batch(2)
    national = NationalAdminFactory(full_name="Nora National", password="correct horse battery staple")
    records.change(Intervention.objects.first(), {"summary": "Said anew"}, by=national, trail="menu")
    makers = [InvitationFactory, ContactPointFactory, OrganisationMergeFactory, SiteFactory, BriefFileFactory, CommentFactory]
    makers += [EarlyStartFactory, MessageFactory, StatusChangeFactory, VersionReadingFactory, ResourceFactory]
    makers += [MenuProposalFactory, ProviderFactory, RegionalOfferFactory, OutboxEntryFactory]
    for make in makers:
        make()
        make()
    chain.link()
    return engagement


def the_pages():
    """Return every address of the back office that there is something to see on."""
    yield reverse("admin:index")
    for label in sorted({model._meta.app_label for model in MODELS}):
        yield reverse("admin:app_list", args=[label])
    for model in MODELS:
        yield url_of(model, "changelist")
        yield url_of(model, "change", model._base_manager.order_by("pk").first().pk)


def test_every_model_of_the_portal_is_looked_up_or_kept_secret():
    ours = {model for model in apps.get_models() if model.__module__.split(".")[0] in {"core", "framework", "directory"}}
    ours |= {model for model in apps.get_models() if model.__module__.split(".")[0] in {"accounts", "interventions"}}
    ours |= {model for model in apps.get_models() if model.__module__.split(".")[0] in {"engagements", "evaluation"}}

    hidden = {model.__name__ for model in ours - set(MODELS)}
    assert hidden == {
        "Counter",
        "DemonstrationMail",
        # Anonymous, also to those who run the portal.
        "FeedbackAnswer",
        "FeedbackLink",
        "FormDraft",
        "OneTimeKey",
        "PortalSession",
        "UpkeepRecord",
    }
    assert {model.__module__.split(".")[0] for model in MODELS} & {"django", "allauth"} == set()


def test_a_national_admin_reads_every_page_and_finds_nothing_to_press(everything):
    client = as_user(NationalAdminFactory())

    for url in the_pages():
        response = client.get(url)
        assert response.status_code == 200, url
        page = soup(response)
        buttons = page.select("form[method=post] button, form[method=post] [type=submit], .addlink, .deletelink, .changelink")
        assert [button for button in buttons if button.get_text(strip=True) or button.get("value")] == [], url
        assert page.select("form[method=post] textarea, form[method=post] select, form[method=post] [type=text]") == [], url
        assert not [tag for tag in page.select("[style], [onclick], script:not([src])") if tag.get("type") is None], url


def rows_but_refusals():
    """Return every row but what the audit trail tells of refusals."""
    rows = {model: list(model._base_manager.order_by("pk").values()) for model in MODELS}
    rows[AuditEvent] = [row for row in rows[AuditEvent] if not row["trail"].startswith(accesses.REFUSALS)]
    return rows


def test_nothing_that_is_posted_to_the_back_office_changes_a_row(everything):
    client = as_user(NationalAdminFactory())
    before = rows_but_refusals()

    for model in MODELS:
        row = model._base_manager.order_by("pk").first()
        values = {field.name: "1" for field in model._meta.concrete_fields} | {"_save": "Save", "post": "yes"}
        answers = [
            client.post(url_of(model, "add"), values).status_code,
            client.post(url_of(model, "change", row.pk), values).status_code,
            client.post(url_of(model, "delete", row.pk), {"post": "yes"}).status_code,
        ]
        client.post(url_of(model, "changelist"), {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"})
        client.post(url_of(model, "changelist"), values | {"form-TOTAL_FORMS": "1", "form-0-id": row.pk, "_save": "Save"})
        assert answers == [403, 403, 403], model

    assert rows_but_refusals() == before


def test_the_back_office_is_not_there_for_anybody_else(everything):
    others = [as_user(make()) for make in (ConsultantFactory, RegionalAdminFactory, StpLeadFactory)]
    urls = [*the_pages(), "/admin/login/", "/admin/no-such-page/", reverse("admin:autocomplete"), reverse("admin:jsi18n")]

    assert {(client.get(url).status_code, client.post(url).status_code) for client in others for url in urls} == {(404, 404)}


def test_somebody_who_is_no_national_admin_any_more_is_let_in_no_more():
    person = NationalAdminFactory()
    client = as_user(person)
    assert client.get("/admin/").status_code == 200

    User.objects.filter(pk=person.pk).update(is_active=False)

    assert client.get("/admin/", follow=True).redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"


@pytest.mark.parametrize("url", ["/admin/", "/admin/accounts/user/?q=a", "/admin/no-such-page/"])
def test_a_stranger_is_asked_to_sign_in_where_everybody_does_and_comes_to_the_page(client, url):
    NationalAdminFactory(email="nora@example.org", password="correct horse battery staple")
    asked = client.get(url, follow=True)

    address = asked.redirect_chain[-1][0]
    signed_in = client.post(address, {"login": "nora@example.org", "password": "correct horse battery staple"})

    assert unquote(address).startswith("/accounts/login/?next=/admin/")
    assert signed_in.url == url


@pytest.mark.parametrize(
    "wanted",
    [
        "https://example.org/admin/",
        "//example.org/admin/",
        "/admin/../../x",
        "javascript:alert(1)",
        "/accounts/logout/",
        "",
        "\\\\x",
    ],
)
def test_signing_in_to_the_back_office_leads_to_no_other_place(client, wanted):
    stranger = client.get("/admin/login/", {"next": wanted})
    known = as_user(NationalAdminFactory()).get("/admin/login/", {"next": wanted})

    assert stranger.url == "/accounts/login/?next=%2Fadmin%2F"
    assert known.url == "/admin/"


@pytest.mark.parametrize("page", ["logout", "password_change", "password_change/done"])
def test_the_back_office_has_no_second_way_to_change_a_password(page):
    assert as_user(NationalAdminFactory()).get(f"/admin/{page}/").status_code == 404


def test_nothing_that_lets_somebody_sign_in_is_shown(everything):
    national = User.objects.get(full_name="Nora National")
    link, key = InvitationFactory(person=national), OneTimeKey(user=national)
    FormDraftFactory(data={"statement": ["Zzcanary half a sentence"]})
    OneTimeKey.objects.create(user=national, key=key.key or link.key, content="x")
    client = as_user(national)

    shown = "".join(client.get(url).content.decode() for url in the_pages())
    shown += client.get(url_of(User, "change", national.pk)).content.decode()
    shown += client.get(url_of(type(link), "change", link.pk)).content.decode()

    for secret in (national.password, str(link.key), link.key.hex, client.session.session_key, "Zzcanary"):
        assert secret not in shown
    assert FormDraft.objects.exists()


SECRETS = {"password", "session_mark", "key", "file"}


def leading_to(model):
    """Return what leads from a kind of record to each of its secrets or to those of what it belongs to."""
    for start in ("", *(f"{field.name}__" for field in model._meta.get_fields() if field.is_relation and field.related_model)):
        yield from (f"{start}{secret}{end}" for secret in SECRETS for end in ("", "__startswith", "__gt"))


def test_no_secret_is_asked_for_by_the_address():
    assert {name for known in admin.site._registry.values() for name in known.secret} == SECRETS

    for model, known in admin.site._registry.items():
        asked = [*leading_to(model), "by__password__startswith", "user__password"]
        assert [lookup for lookup in asked if known.lookup_allowed(lookup, "a", None)] == [], model


def test_a_list_that_is_asked_for_a_secret_is_refused(everything):
    client = as_user(NationalAdminFactory())

    for model, known in admin.site._registry.items():
        for secret in known.secret:
            assert client.get(url_of(model, "changelist"), {f"{secret}__startswith": "a"}).status_code == 400, model
    assert client.get(url_of(User, "changelist"), {"full_name__startswith": "Nora"}).status_code == 200


def test_a_list_takes_no_query_for_each_row(everything):
    client = as_user(NationalAdminFactory())
    taken = {}

    for model in MODELS:
        for words in ({}, {"q": "1"}):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url_of(model, "changelist"), words).status_code == 200
            taken[model.__name__, *words] = len(queries)

    assert {name: count for name, count in taken.items() if count > MAX_QUERIES} == {}


def test_the_history_of_a_record_is_the_portals_own(everything):
    national = User.objects.get(full_name="Nora National")
    event = AuditEvent.objects.get(verb="changed", subject_type="interventions.intervention")

    response = as_user(national).get(url_of(Intervention, "history", event.subject_id), follow=True)

    assert response.redirect_chain[-1][0].startswith(reverse("admin:core_auditevent_changelist"))
    assert "Nora National" in text_of(response)
    assert f"1 {AuditEvent._meta.verbose_name}" in text_of(response)


def test_retired_rows_are_told_from_those_that_can_be_chosen(everything):
    InterventionFactory(name="Zz gone", retired=True)
    client = as_user(NationalAdminFactory())
    url = url_of(Intervention, "changelist")

    seen = {side: text_of(client.get(url, {"retired": side, "q": "Zz"} if side else {"q": "Zz"})) for side in ("", "yes", "no")}

    assert {side: "Zz gone" in words for side, words in seen.items()} == {"": True, "yes": True, "no": False}


def test_the_policy_of_the_back_office_is_as_strict_as_everywhere():
    client = as_user(NationalAdminFactory())

    policies = [client.get(url).headers["Content-Security-Policy"].split("; ") for url in ("/admin/", "/manage/")]

    office, portal = ({part for part in policy if not part.startswith("script-src")} for policy in policies)
    assert office == portal
    assert "script-src 'self'" in policies[0]
