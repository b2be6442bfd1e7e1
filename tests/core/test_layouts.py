"""The page around every page, the components, and the pages that say what went wrong."""

import datetime
import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import QueryDict
from django.template import engines
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import timezone

from accounts.models import User
from core.templatetags.nhsuk import moment

PAGE = """{% extends "layouts/page.html" %}{% load crispy_forms_tags %}
{% block title %}Our plan{% endblock %}
{% block breadcrumb %}{% include "components/breadcrumb.html" with crumbs=crumbs only %}{% endblock %}
{% block heading %}<h1>Our plan</h1>{% endblock %}
{% block content %}{% if form %}{% crispy form %}{% endif %}{% endblock %}"""
ASSETS = Path("var/assets")


def page(source=PAGE, *, user=None, path="/framework/", **context):
    """Render a page as somebody sees it and return its tree."""
    request = RequestFactory().get(path)
    request.user = user or AnonymousUser()
    request.session = {}
    request.csp_nonce = "nonce-of-this-answer"
    html = engines["django"].from_string(source).render({"crumbs": [("Engagements", "/engagements/")], **context}, request)
    return BeautifulSoup(html, "html.parser")


def part(source, **context):
    """Render a piece of a template and return its tree."""
    return BeautifulSoup(engines["django"].from_string(source).render(context), "html.parser")


@pytest.fixture
def person():
    """Return somebody who has signed in."""
    return User(pk=1, full_name="Jo Adeyemi", email="jo@example.org")


class NameForm(forms.Form):
    name = forms.CharField(error_messages={"required": "Enter a name"})


def test_page_can_be_read_without_seeing_it():
    shown = page()

    assert shown.html["lang"] == "en-GB"
    assert shown.title.text == "Our plan – Systems Leadership Portal"
    assert shown.body.find("a")["href"] == f"#{shown.main['id']}"
    assert shown.select_one("header[role=banner]")
    assert {nav["aria-label"] for nav in shown.find_all("nav")} == {"Account", "Menu", "Breadcrumb"}


def test_page_has_neither_logo_nor_inline_style_nor_handler():
    shown = page()

    assert shown.select_one("header svg, header img, .nhsuk-header__logo") is None
    assert not [tag for tag in shown.find_all() if any(name == "style" or name.startswith("on") for name in tag.attrs)]


def test_page_runs_only_own_scripts_and_those_with_the_nonce():
    shown = page()

    for script in shown.find_all("script"):
        assert script.get("src", "").startswith("/static/") or script["nonce"] == "nonce-of-this-answer"
    assert shown.select_one("meta[name=htmx-config]")["content"] == '{"includeIndicatorStyles":false,"allowEval":false}'


def test_footer_acknowledges_the_source_of_the_data():
    words = " ".join(page().footer.text.split())

    assert "Contains National Statistics data © Crown copyright and database right" in words
    assert "Open Government Licence v3.0" in words
    assert "pilot" in words


def test_header_of_a_visitor_offers_the_public_pages_and_signing_in():
    header = page().header

    assert [link.text.strip() for link in header.select(".nhsuk-header__navigation-link[href]")] == [
        "Framework",
        "Menu",
        "Learning",
        "Contacts",
    ]
    assert header.select_one(".nhsuk-header__account a").text.strip() == "Sign in"
    assert header.form is None


def test_header_of_a_signed_in_person_names_them_and_signs_out_by_post(person):
    header = page(user=person).header

    labels = [link.text.strip() for link in header.select(".nhsuk-header__navigation-link[href]")]
    assert labels == ["Work", "Engagements", "Framework", "Menu", "Learning", "Contacts"]
    assert "Jo Adeyemi" in header.select_one(".nhsuk-header__account").text
    assert header.form["method"] == "post"
    assert header.form.select_one("[name=csrfmiddlewaretoken]")
    assert header.form.button.text == "Sign out"


@pytest.mark.parametrize(
    ("path", "current"),
    [
        pytest.param("/framework/", ["Framework"], id="the-section"),
        pytest.param("/framework/innovation/", ["Framework"], id="inside-the-section"),
        pytest.param("/", ["Work"], id="first-page"),
        pytest.param("/elsewhere/", [], id="elsewhere"),
    ],
)
def test_header_marks_the_section_of_the_page(person, path, current):
    header = page(user=person, path=path).header

    assert [link.text.strip() for link in header.select("[aria-current=page]")] == current


def test_section_that_is_not_installed_is_left_out():
    shown = page(
        '{% extends "layouts/page.html" %}{% block content %}{% navigation_item "Nowhere" "nowhere:list" %}{% endblock %}'
    )

    assert shown.main.text.strip() == ""


def test_p51_error_is_in_the_title_and_summarised_once_above_the_heading():
    shown = page(form=NameForm({}))

    assert shown.title.text == "Error: Our plan – Systems Leadership Portal"
    [summary] = shown.select(".nhsuk-error-summary")
    assert summary.find_next("h1").text == "Our plan"
    assert summary.a["href"] == "#id_name"
    assert shown.select_one("#id_name")["aria-describedby"] == "id_name-error"


def test_p51_form_that_is_not_the_pages_own_summarises_its_errors_itself():
    source = PAGE.replace("{% if form %}{% crispy form %}{% endif %}", "{% crispy comment_form %}")

    shown = page(source, comment_form=NameForm({}), has_errors=True)

    assert shown.title.text.startswith("Error: ")
    assert shown.select_one("form .nhsuk-error-summary a").text == "Enter a name"


def test_form_without_errors_has_no_summary():
    shown = page(form=NameForm())

    assert shown.title.text.startswith("Our plan")
    assert shown.select_one(".nhsuk-error-summary") is None


@pytest.mark.parametrize(
    ("level", "heading"),
    [pytest.param(constants.SUCCESS, "Success", id="success"), pytest.param(constants.INFO, "Important", id="other")],
)
def test_message_is_announced(level, heading):
    shown = page(messages=[Message(level, "The <b>plan</b> was saved.")])

    banner = shown.select_one(".nhsuk-notification-banner")
    assert banner["role"] == "status"
    assert shown.select_one(f"#{banner['aria-labelledby']}").text == heading
    assert banner.p.text == "The <b>plan</b> was saved."


def test_printed_document_has_language_and_title_and_no_addresses():
    source = (
        '{% extends "layouts/print.html" %}{% block title %}EM-0042{% endblock %}{% block content %}<h1>Plan</h1>{% endblock %}'
    )

    shown = page(source)

    assert (shown.html["lang"], shown.title.text, shown.h1.text) == ("en-GB", "EM-0042", "Plan")
    assert not shown.select("[href], [src]")


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404"])
def test_refusal_says_what_happened_and_what_to_do(name):
    shown = page(f'{{% extends "{name}.html" %}}')

    assert shown.h1.text in shown.title.text
    assert len(shown.main.find_all("p")) == 2


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("413.html", "This is too much to send at once"),
        ("500.html", "There is a problem with the portal"),
        ("503.html", "The portal cannot reach its records"),
    ],
)
def test_failure_page_needs_nothing_that_may_have_failed(name, heading):
    shown = BeautifulSoup(render_to_string(name), "html.parser")

    assert shown.h1.text == heading
    assert shown.h1.text in shown.title.text
    assert shown.form is None


def test_breadcrumb_leads_up_and_back():
    shown = part('{% include "components/breadcrumb.html" with crumbs=crumbs only %}', crumbs=[("Work", "/"), ("EM-0042", "/e/")])

    assert [link["href"] for link in shown.select("li a")] == ["/", "/e/"]
    assert shown.select_one(".nhsuk-back-link").text == "Back to EM-0042"


def test_p06_task_list_has_three_statuses_and_the_row_is_the_link():
    tasks = [
        {"title": "People", "url": "/people/", "hint": "Three groups", "status": "Clear"},
        {"title": "Place", "url": "/place/", "status": "in_progress"},
        {"title": "Purpose", "url": "/purpose/", "status": "anything else"},
        {"title": "Review", "status": "Not started"},
    ]

    shown = part('{% include "components/task_list.html" with tasks=tasks id="facets" only %}', tasks=tasks)

    assert [tag.text for tag in shown.select(".nhsuk-tag")] == ["Clear", "In progress", "Not started", "Not started"]
    assert len(shown.select(".nhsuk-task-list__item--with-link > div > a.nhsuk-task-list__link")) == 3
    described = shown.a["aria-describedby"].split()
    assert [shown.select_one(f"#{name}").text.strip() for name in described] == ["Three groups", "Clear"]


def test_pagination_keeps_the_search_and_leaves_out_far_pages():
    query = QueryDict("q=trust&region=north-west&page=5")
    source = '{% include "components/pagination.html" with page=page query=query only %}'

    shown = part(source, page=Paginator(range(100), 10).page(5), query=query)
    one = part(source, page=Paginator(range(5), 10).page(1), query=query)
    first = part(source, page=Paginator(range(20), 10).page(1), query={})
    last = part(source, page=Paginator(range(20), 10).page(2), query=query)

    assert [item.text.strip() for item in shown.select("li")] == ["1", "⋯", "4", "5", "6", "⋯", "10"]
    assert shown.select_one("[rel=next]")["href"] == "?q=trust&region=north-west&page=6"
    assert shown.select_one("[aria-current=page]").text == "5"
    assert one.nav is None
    assert (first.select_one("[rel=prev]"), first.select_one("[rel=next]")["href"]) == (None, "?page=2")
    assert last.select_one("[rel=next]") is None


@pytest.mark.parametrize(
    ("count", "filters", "sentence"),
    [
        pytest.param(1, [], "1 engagement.", id="one"),
        pytest.param(0, ["in North West"], "0 engagements in North West. Show all engagements", id="one-filter"),
        pytest.param(3, ["a", "b", "c"], "3 engagements a, b and c. Show all engagements", id="three-filters"),
    ],
)
def test_filters_are_said_in_a_sentence(count, filters, sentence):
    source = """{% include "components/filters.html" with count=count noun="engagement" plural="engagements"
                filters=filters clear_url="/engagements/" only %}"""

    shown = part(source.replace("\n", " "), count=count, filters=filters)

    assert " ".join(shown.text.split()) == sentence


def test_blockers_lead_to_where_they_are_put_right():
    blockers = [SimpleNamespace(sentence="Name a signatory", url="/people/"), SimpleNamespace(sentence="Wait", url="")]
    source = '{% include "components/blockers.html" with blockers=blockers only %}'

    shown = part(source, blockers=blockers)
    none = part(source, blockers=[])

    assert [item.text for item in shown.find_all("li")] == ["Name a signatory", "Wait"]
    assert [link["href"] for link in shown.find_all("a")] == ["/people/"]
    assert none.text.strip() == ""


def test_components_with_a_body_wrap_it():
    source = """{% inset %}<p>one</p>{% endinset %}{% warning_callout heading=heading level=3 %}<p>two</p>{% endwarning_callout %}
    {% card heading="Coaching" url="/c/" %}<p>three</p>{% endcard %}{% card heading="Facts" %}<p>four</p>{% endcard %}
    {% details summary="More" is_open=True %}<p>five</p>{% enddetails %}
    {% table caption="Costs" id="costs" %}<tbody><tr><td>six</td></tr></tbody>{% endtable %}"""

    shown = part(source, heading="<Careful>")

    assert shown.select_one(".nhsuk-inset-text > p").text == "one"
    assert shown.h3.text == "Important: <Careful>"
    assert [link["href"] for link in shown.select(".nhsuk-card--clickable a")] == ["/c/"]
    assert shown.select_one("details[open] p").text == "five"
    region = shown.select_one("[role=region]")
    assert shown.select_one(f"#{region['aria-labelledby']}").text == "Costs"


def test_links_empty_lists_and_tags_say_what_they_are_told():
    source = """{% include "components/action_link.html" with text="Go on" url="/a/" only %}
    {% include "components/button_link.html" with text="Log one" url="/b/" variant="secondary" only %}
    {% include "components/empty_state.html" with text="None yet." url="/c/" action="Log the first" only %}
    {% include "components/tag.html" with text="Met" colour="green" only %}"""

    shown = part(source)

    assert [(link["href"], link.text.strip()) for link in shown.find_all("a")] == [
        ("/a/", "Go on"),
        ("/b/", "Log one"),
        ("/c/", "Log the first"),
    ]
    assert shown.select_one(".nhsuk-tag--green").text == "Met"


def test_moment_is_said_with_its_day_unless_it_is_today():
    now = timezone.now()
    summer = datetime.datetime(2026, 7, 3, 13, 5, tzinfo=datetime.UTC)

    assert moment(now) == f"at {timezone.localtime(now):%-I:%M%p}".lower()
    assert moment(summer) == "on 3 July 2026 at 2:05pm"
    assert moment(datetime.datetime(2026, 1, 3, 9, 0)) == "on 3 January 2026 at 9:00am"  # noqa: DTZ001 - a time without a zone is the point
    assert moment("on Monday") == "on Monday"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "heading"),
    [
        pytest.param("/accounts/login/", "Sign in", id="sign-in"),
        pytest.param("/accounts/login/code/", "Get a code by email", id="code"),
        pytest.param("/accounts/password/reset/", "Choose a new password", id="reset"),
        pytest.param("/accounts/password/reset/done/", "Look at your email", id="reset-sent"),
        pytest.param("/accounts/password/reset/key/1-bad/", "Choose a new password", id="stale-link"),
        pytest.param("/accounts/password/reset/key/done/", "Your password is changed", id="changed"),
        pytest.param("/accounts/inactive/", "Your account is closed", id="closed"),
        pytest.param("/accounts/signup/", "Accounts are made for you", id="sign-up"),
    ],
)
def test_account_page_wears_the_portals_look(client, path, heading):
    response = client.get(path)

    shown = BeautifulSoup(response.content, "html.parser")
    assert shown.h1.text == heading
    assert shown.select_one("header.nhsuk-header")


@pytest.mark.django_db
def test_p51_sign_in_without_words_names_the_fields(client):
    response = client.post("/accounts/login/", {"next": "/framework/"})

    shown = BeautifulSoup(response.content, "html.parser")
    assert shown.title.text.startswith("Error: Sign in")
    assert [link.text for link in shown.select(".nhsuk-error-summary a")] == ["Enter email", "Enter password"]
    assert shown.select_one("main [name=next]")["value"] == "/framework/"


def test_styles_and_scripts_ask_for_nothing_from_elsewhere():
    styles = (ASSETS / "portal.css").read_text()
    script = (ASSETS / "portal.js").read_text()

    addresses = re.findall(r"url\([\"']?([^)\"']+)", styles)
    assert addresses
    assert all((ASSETS / address).is_file() for address in addresses)
    assert "frutiger" not in styles.lower()
    assert not re.findall(r"(?:fetch|import)\(?[\"']https?:", script)


def test_page_uses_no_style_that_the_build_leaves_out():
    left_out = re.compile("|".join(json.loads(Path("static/styles/unused.json").read_text())))
    shown = re.compile(r'class="([^"]*)"')

    offenders = [
        f"{template}: {name}"
        for template in Path("templates").rglob("*.html")
        for names in shown.findall(template.read_text())
        for name in names.split()
        if left_out.match(name)
    ]

    assert offenders == []
