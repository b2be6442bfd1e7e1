"""Whatever is typed stays text: on every page, in every mail, behind every link (S8). `tests/hostile_words.py` has the words."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client, signals
from django.urls import reverse
from django.utils import timezone

from accounts import tasks as account_tasks
from accounts.enums import SecurityChange
from accounts.models import User
from core import audit
from directory.enums import ContactKind
from directory.models import Region
from engagements import tasks
from engagements.enums import MessageKind
from engagements.models import Engagement
from framework.forms import ResourceForm
from framework.models import Resource
from interventions import tasks as menu_tasks
from interventions.models import MenuProposal
from tests import hostile_words as words
from tests.access_matrix import Somebody, a_world, address_of, read_table, row_of
from tests.engagements.messages import about
from tests.factories.accounts import InvitationFactory
from tests.factories.core import DemonstrationMailFactory, FormDraftFactory
from tests.factories.directory import ContactPointFactory
from tests.factories.engagements import EarlyStartFactory, MessageFactory, PlaceFactory, StatusChangeFactory
from tests.helpers import as_user, production_log, soup
from tests.house_rules import ROOT

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

# How many of the planted columns each reader's pages show at least, in each part.
FEWEST_COLUMNS = {"lead": 40, "admin": 15, "client": 4, "national": 18, "back office": 26, "visitor": 0}
# Who opens the pages: each address is opened by the first of them to whom it shows a page.
READERS = ("lead", "admin", "client", "national", "visitor")
# Each reader's pages are opened in so many parts, to keep each test short.
PARTS = {"lead": 4, "admin": 2, "client": 1, "national": 2, "back office": 4, "visitor": 1}


def in_parts():
    """Return each reader with the number of each part of what they open."""
    return [pytest.param(who, part, id=f"{who} {part + 1}") for who, parts in PARTS.items() for part in range(parts)]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """Make the world once for all the tests of this module, plant the words, and leave nothing behind."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = a_world()
        engagement = made.engagement
        EarlyStartFactory(engagement=engagement)
        StatusChangeFactory(engagement=engagement, reason="Because")
        PlaceFactory(engagement=engagement, note="Two towns")
        FormDraftFactory(user=made.people["lead"], subject=f"{engagement.get_absolute_url()}edit/")
        words.plant()
        for person in filter(None, made.people.values()):
            person.refresh_from_db()
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def planted(world):
    """Return the world as it was planted, and put back whatever a test does to it."""
    with transaction.atomic():
        yield world
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _quick(monkeypatch):
    """Draw and write no documents: tests of their own look at those."""
    monkeypatch.setattr("core.pdf.render_pdf", lambda *args, **kwargs: b"%PDF")
    monkeypatch.setattr("engagements.documents.render_word", lambda *args, **kwargs: b"PK")


# The words themselves: each is seen where it is printed as it came.

IN_TEXT = "<p>{}</p>"
IN_VALUES = ('<input value="{}">', "<input value='{}'>")


def test_s8_every_word_of_markup_is_seen_where_it_becomes_markup():
    assert [payload for payload in words.SCRIPTS if not words.born_in(IN_TEXT.format(payload))] == []
    assert [
        payload for payload in words.OUT_OF_A_VALUE if not any(words.born_in(place.format(payload)) for place in IN_VALUES)
    ] == []
    assert [payload for payload in words.ADDRESSES if not words.born_in(f"<a href='{payload}'>x</a>")] == []
    assert all(words.born_in(place.format(words.OUT_OF_ANYTHING)) for place in (IN_TEXT, *IN_VALUES, "<title>{}</title>"))
    assert words.born_in("1337zzx2026")
    assert len(words.CORPUS) >= 70


def test_s8_text_that_was_escaped_is_not_taken_for_markup():
    page = soup(Client().get("/"))
    page.body.append(words.EVERYTHING)
    page.body.append(page.new_tag("input", value=words.EVERYTHING))

    assert words.born_in(str(page)) == []


# Pages.


def pages_of(world, who):
    """Return the addresses that a reader opens."""
    table = read_table()
    found = []
    for label in world.addresses:
        row = table.get((row_of(label), "GET"), {})
        reader = next((reader for reader in READERS if row.get(reader) == "page"), None)
        if label.startswith("admin:") and reader:
            reader = "back office"
        if reader == who:
            found.append(label)
    return found


@pytest.mark.parametrize(("who", "part"), in_parts())
def test_s8_s24_no_page_is_made_of_what_was_typed_and_no_log_tells_of_it(world, who, part):
    somebody, born, seen = Somebody(world.people.get(who, world.people["national"])), {}, set()
    pages = pages_of(world, who)[part :: PARTS[who]]

    with production_log() as log:
        for label in pages:
            response = somebody.client.get(address_of(*world.addresses[label]))
            if response.headers["Content-Type"].startswith("text/html"):
                page = response.content.decode()
                seen |= words.columns_seen(page)
                if found := words.born_in(page) + words.own_addresses_of(page):
                    born[label] = found[:3]

    assert born == {}
    assert words.MARK not in log.getvalue()
    # Every page but a probe has its line, and none on which somebody answers without a name.
    told = [
        label
        for label in pages
        if not label.startswith(
            ("core:health_", "evaluation:feedback_give", "evaluation:feedback_plan", "evaluation:feedback_thanks")
        )
    ]
    assert log.getvalue().count("portal.requests") >= len(told)
    assert len(pages) > 2
    # What was planted is what the pages show.
    assert len(seen) >= FEWEST_COLUMNS[who]


def test_s8_the_mail_that_a_demonstration_shows_is_text(planted, settings):
    settings.DEMONSTRATION = True
    row = DemonstrationMailFactory(to=words.EVERYTHING[:1000], subject=words.EVERYTHING[:500], text=words.EVERYTHING)
    row.html = words.EVERYTHING
    row.save()

    for url in (reverse("core:mail_list"), reverse("core:mail_detail", args=[row.pk])):
        page = Client().get(url).content.decode()
        assert words.IMAGE not in page
        assert "onerror" in page
        assert words.born_in(page) == []


@pytest.mark.parametrize("payload", words.ADDRESSES, ids=ascii)
def test_s8_no_address_that_was_typed_leads_anywhere_but_to_a_page(planted, payload):
    """An address of a contact or a resource begins with what was typed."""
    region = Region.objects.order_by("pk").first()
    for kind in ContactKind.values:
        ContactPointFactory(region=region, kind=kind, value=payload)
    Resource.objects.update(address=payload, retired_at=None)
    national = planted.people["national"]

    for url in (reverse("directory:region_detail", args=[region.slug]), reverse("directory:region_list"), "/framework/"):
        assert words.born_in(Client().get(url).content.decode()) == [], url
    assert words.born_in(as_user(national).get(reverse("framework:framework_list")).content.decode()) == []


@pytest.mark.parametrize("payload", words.ADDRESSES, ids=ascii)
def test_s8_a_form_takes_no_address_that_runs(planted, payload):
    form = ResourceForm({"name": "Guide", "description": "Words", "address": payload})

    assert "address" in form.errors


# Mail.

HEADERS = {"Content-Type", "MIME-Version", "Subject", "From", "To", "Reply-To", "Date", "Message-ID", "Auto-Submitted"}


def email_templates():
    """Return the templates of every email that the portal writes in HTML."""
    return {path.relative_to(ROOT / "templates").as_posix() for path in (ROOT / "templates").glob("*/email/*.html")}


def send_every_kind(written, reviewed, people):
    """Send every email there is, each about what was planted in a plan that is being written or in one that is in review."""
    for kind in MessageKind:
        if kind != MessageKind.CHANGES_WANTED:
            tasks.send_message(about(reviewed, kind).pk)
    last = written.versions.order_by("number").last()
    tasks.send_message(MessageFactory(version=last, kind=MessageKind.CHANGES_WANTED).pk)
    audit.record("changed", written, by=people["admin"], trail=written.trail)
    now = timezone.now()
    tasks.send_digest(people["lead"].pk, (now - timedelta(days=3)).isoformat(), now.isoformat())
    account_tasks.send_invitation(InvitationFactory(person=people["lead"], target="/", trail="").pk)
    region = people["admin"].region
    account_tasks.send_contact_nudge(region.pk, people["admin"].pk, str(now.date()), None)
    account_tasks.send_security_notice(people["lead"].pk, SecurityChange.PASSWORD, now.isoformat())
    for proposal in MenuProposal.objects.exclude(answered_at=None):
        menu_tasks.send_proposal_answer(proposal.pk)


def test_s8_no_mail_is_made_of_what_was_typed(planted):
    for person in User.objects.all():
        User.objects.filter(pk=person.pk).update(email=f"reader{person.pk}@example.org")
    rendered = set()

    def note(template, **_):
        rendered.add(template.name)

    signals.template_rendered.connect(note)
    try:
        reviewed = Engagement.objects.filter(status="in_review").order_by("pk").last()
        send_every_kind(Engagement.objects.get(pk=planted.engagement.pk), reviewed, planted.people)
    finally:
        signals.template_rendered.disconnect(note)

    assert email_templates() <= rendered
    for email in mail.outbox:
        message = email.message()
        assert set(message.keys()) <= HEADERS
        assert "\n" not in email.subject
        assert len(email.recipients()) == 1
        html = email.alternatives[0].content
        assert words.born_in(html) == []
        # What was typed is text as it is: nothing of it was made fit for a page.
        assert "&lt;script" not in email.body
    assert any(words.columns_seen(email.body) and words.columns_seen(email.alternatives[0].content) for email in mail.outbox)
