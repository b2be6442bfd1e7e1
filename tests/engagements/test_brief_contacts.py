"""How to reach the LDP as the brief says it: on its page, in the Word file and in email; a person is named and not linked."""

from io import BytesIO

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from docx import Document

from directory.enums import ContactKind
from engagements.documents import load_brief
from engagements.documents.brief import Contact
from engagements.models import Engagement
from tests.factories.directory import ContactPointFactory, RegionFactory
from tests.factories.engagements import EngagementFactory
from tests.helpers import as_user, soup

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    """Return an engagement whose LDP can be reached through a person and by telephone."""
    region = RegionFactory(name="Wolds", code="WO")
    ContactPointFactory(region=region, kind=ContactKind.PERSON, value="Jo Bloggs", label="Programme manager", position=1)
    ContactPointFactory(region=region, kind=ContactKind.TELEPHONE, value="0115 496 0123 ext 12", position=2)
    return EngagementFactory(lead_region=region, lead_consultant__region=region)


def test_a_person_leads_nowhere():
    assert Contact(ContactKind.PERSON, "https://jo.example", "").url == ""


def test_the_page_of_the_brief_names_the_person_without_a_link(engagement):
    response = as_user(engagement.lead_consultant).get(reverse("engagements:brief_detail", args=[engagement.reference]))

    contact = soup(response).select_one("#contact")
    assert "Person Jo Bloggs (Programme manager)" in " ".join(contact.get_text(" ").split()).replace("( ", "(").replace(" )", ")")
    assert not contact.find("a", string="Jo Bloggs")


def test_the_word_file_names_the_person(engagement):
    response = as_user(engagement.lead_consultant).get(reverse("engagements:brief_word", args=[engagement.reference]))

    document = Document(BytesIO(b"".join(response.streaming_content) if response.streaming else response.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    said = "\n".join([*cells, *(paragraph.text for paragraph in document.paragraphs)])
    assert "Jo Bloggs (Programme manager)" in said
    assert "0115 496 0123 ext 12" in said


@pytest.mark.parametrize("template", ["engagements/email/base.html", "engagements/email/base.txt"])
def test_an_email_names_the_person_with_what_they_do(engagement, template):
    points = engagement.lead_region.contact_points.in_order()
    context = {"reader": engagement.lead_consultant, "engagement": engagement, "consultant": engagement.lead_consultant}

    words = render_to_string(template, {**context, "contacts": points, "subject": "x"})

    assert "Jo Bloggs (Programme manager), 0115 496 0123 ext 12" in words.replace("<bdi>", "").replace("</bdi>", "")


def test_the_brief_holds_the_contact_points_in_their_order(engagement):
    brief = load_brief(Engagement.objects.with_people().get(pk=engagement.pk))

    assert [(contact.kind, contact.value, contact.label) for contact in brief.region.contacts] == [
        (ContactKind.PERSON, "Jo Bloggs", "Programme manager"),
        (ContactKind.TELEPHONE, "0115 496 0123 ext 12", ""),
    ]
