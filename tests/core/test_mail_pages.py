"""Mail of a demonstration: kept and shown in place of being sent."""

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import DemonstrationMail
from tests.factories.accounts import ConsultantFactory, StpLeadFactory
from tests.factories.core import DemonstrationMailFactory
from tests.helpers import as_user, soup, text_of
from tests.query_budget import LIST

pytestmark = pytest.mark.django_db

LIST_URL = "/demo/mail/"


@pytest.fixture
def demonstration(settings):
    """Run as a demonstration, whose mail is kept."""
    settings.DEMONSTRATION = True
    settings.EMAIL_BACKEND = "core.mail.DemonstrationBackend"


def test_a_demonstration_keeps_its_mail_in_place_of_sending_it(demonstration):
    email = mail.EmailMultiAlternatives("Please decide", "As text", to=["a@demo.example", "b@demo.example"])
    email.attach_alternative("<p>As HTML</p>", "text/html")

    assert email.send() == 1

    kept = DemonstrationMail.objects.get()
    assert (kept.to, kept.subject) == ("a@demo.example, b@demo.example", "Please decide")
    assert (kept.text, kept.html) == ("As text", "<p>As HTML</p>")


def test_a_demonstration_keeps_mail_of_any_length(demonstration):
    mail.send_mail("s" * 900, "text", None, [f"{number}@demo.example" for number in range(200)])

    kept = DemonstrationMail.objects.get()
    assert (len(kept.subject), len(kept.to), kept.html) == (500, 1_000, "")


def test_mail_list_shows_the_newest_first(client, demonstration):
    for number in range(3):
        DemonstrationMailFactory(subject=f"Message <{number}>")

    response = client.get(reverse("core:mail_list"))

    assert response.wsgi_request.path == LIST_URL
    links = soup(response).select("main li a")
    assert [link.get_text() for link in links] == ["Message <2>", "Message <1>", "Message <0>"]
    assert "grace.obi@demo.example" in text_of(response)


def test_mail_list_is_empty_at_first_and_paged_later(client, demonstration):
    assert "Nothing has been sent yet." in text_of(client.get(LIST_URL))
    DemonstrationMailFactory.create_batch(21)

    assert len(soup(client.get(LIST_URL)).select("main li a[href^='/demo/']")) == 20
    assert len(soup(client.get(LIST_URL, {"page": 2})).select("main li a[href^='/demo/']")) == 1


def test_mail_list_keeps_to_its_number_of_queries(demonstration):
    client = as_user(ConsultantFactory())
    counts = []
    for more in (1, 19):
        DemonstrationMailFactory.create_batch(more)
        with CaptureQueriesContext(connection) as queries:
            client.get(LIST_URL)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= LIST


def test_mail_detail_shows_the_text_with_links_that_work(client, demonstration):
    shown = DemonstrationMailFactory(text="Read <this>:\nhttp://127.0.0.1:8000/accounts/invitation/ab12.c-d_e/\n\nBye")

    response = client.get(reverse("core:mail_detail", args=[shown.pk]))

    link = soup(response).select_one("main .app-user-text a")
    assert link["href"] == "http://127.0.0.1:8000/accounts/invitation/ab12.c-d_e/"
    assert "Read <this>:" in text_of(response)


def test_there_is_no_mail_elsewhere(client):
    kept = DemonstrationMailFactory()

    assert client.get(LIST_URL).status_code == 404
    assert client.get(f"{LIST_URL}{kept.pk}/").status_code == 404


def test_mail_detail_that_is_not_there_is_not_found(client, demonstration):
    assert client.get(f"{LIST_URL}987654/").status_code == 404


@pytest.mark.parametrize("name", ["account_login", "account_confirm_login_code"])
def test_the_sign_in_pages_of_a_demonstration_say_where_its_mail_is(client, demonstration, name):
    client.post(reverse("account_request_login_code"), {"email": StpLeadFactory().email})
    if name == "account_login":
        client.cookies.clear()

    response = client.get(reverse(name))

    assert soup(response).select_one(f"main a[href='{LIST_URL}']")


def test_the_sign_in_page_speaks_of_no_such_mail_elsewhere(client):
    assert LIST_URL not in client.get(reverse("account_login")).content.decode()


def test_a_demonstration_shows_the_code_to_sign_in_with(client, demonstration):
    person = StpLeadFactory()

    client.post(reverse("account_request_login_code"), {"email": person.email})

    kept = DemonstrationMail.objects.get()
    assert kept.to == person.email
    assert "Your code to sign in" in kept.subject
