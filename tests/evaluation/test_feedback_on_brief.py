"""The code on a signed brief: it leads to the questions about its intervention while they are open, and a signed brief never changes for it."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.templatetags.accounts import qr_code
from engagements import documents
from engagements.enums import FINGERPRINT_START, EngagementStatus
from engagements.models import PlannedIntervention
from evaluation import actions, policies
from evaluation.enums import FeedbackKind
from evaluation.models import FeedbackForm
from tests.engagements.brief_samples import squeezed, text_of_pdf, text_of_word
from tests.engagements.situations import engagement_at, waiting_version
from tests.factories.engagements import PlannedInterventionFactory
from tests.factories.evaluation import FeedbackFormFactory
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    return engagement_at(EngagementStatus.IN_DELIVERY)


def opened(planned, **values):
    """Return a form that takes answers now."""
    form = FeedbackFormFactory(planned_intervention=planned, **values)
    return actions.open_feedback_form(form=form, by=planned.engagement.lead_consultant)


def code_of(engagement, number=1):
    """Return the path that stands on the brief that was signed last."""
    version = waiting_version(engagement)
    address = documents.stamp_version(version, version.decisions.all()).feedback_url(number)
    return address[address.index("/feedback/") :]


def follow(path):
    """Return where a phone comes out that follows a code, or nothing where there is nothing to answer."""
    response = Client().get(path)
    assert response.status_code in (302, 404)
    return response["Location"] if response.status_code == 302 else None


def room_of(form):
    return f"/feedback/{policies.feedback_token(form.links.get(revoked_at=None))}/"


def test_the_code_on_the_brief_leads_to_the_open_questions(engagement):
    form = opened(engagement.planned_interventions.get())
    path = code_of(engagement)
    brief = as_user(engagement.lead_consultant).get(f"/engagements/{engagement.reference}/brief/")

    assert (
        soup(brief).select_one("#feedback svg title").get_text()
        == "QR code: feedback on " + engagement.planned_interventions.get().title
    )
    assert soup(brief).select_one("#feedback p a")["href"].endswith(path)
    assert follow(path) == room_of(form)
    assert "Your feedback" in text_of(Client().get(follow(path)))


def drawn(address):
    """Return the drawing of the code of an address."""
    return qr_code(address, "")["path"]


def test_every_code_is_that_of_the_address_beside_it(engagement):
    form, client = opened(engagement.planned_interventions.get()), as_user(engagement.lead_consultant)
    base = f"/engagements/{engagement.reference}"
    cards = opened(engagement.planned_interventions.get(), kind=FeedbackKind.CODES, code_count=5)

    brief = soup(client.get(f"{base}/brief/")).select_one("#feedback")
    page = soup(client.get(f"{base}/feedback/{form.pk}/")).select_one(".app-share")
    printed = soup(client.get(f"{base}/feedback/{cards.pk}/cards/")).select(".app-card-printed")

    for part, address in [
        (brief, brief.select_one("p a").get_text()),
        (page, page.select_one(".app-address").get_text()),
        *((card, card.select_one(".app-card-printed__address").get_text()) for card in printed),
    ]:
        assert part.select_one("svg path")["d"] == drawn(address)
    assert len(printed) == 5


def test_the_page_of_a_form_says_whether_the_brief_leads_to_it(engagement):
    client, planned = as_user(engagement.lead_consultant), engagement.planned_interventions.get()
    older, newer = opened(planned), opened(planned)

    def says(form):
        page = text_of(client.get(f"/engagements/{engagement.reference}/feedback/{form.pk}/"))
        return "The QR code on the signed brief leads here too." in page

    assert (says(older), says(newer)) == (False, True)
    actions.close_feedback_form(form=newer, by=engagement.lead_consultant)
    assert says(older)
    engagement.versions.update(has_feedback_code=False)
    assert not says(older)


def test_a_brief_that_was_signed_without_a_code_stays_without_one(engagement):
    opened(engagement.planned_interventions.get())
    path = code_of(engagement)
    engagement.versions.update(has_feedback_code=False)
    version = waiting_version(engagement)

    stamp = documents.stamp_version(version, version.decisions.order_by("at", "pk"))
    brief = documents.from_json(version.document)
    texts = [
        text_of_pdf(documents.render_signed(version)),
        text_of_word(documents.render_word(brief, stamp)),
        squeezed(text_of(as_user(engagement.lead_consultant).get(f"/engagements/{engagement.reference}/brief/"))),
    ]

    assert all("Feedbackfromparticipants" not in text for text in texts)
    assert follow(path) is None


def test_the_printed_the_word_and_the_page_of_a_signed_brief_say_the_same_address(engagement):
    version = waiting_version(engagement)
    stamp = documents.stamp_version(version, version.decisions.order_by("at", "pk"))
    brief = documents.from_json(version.document)

    for text in (text_of_pdf(documents.render_signed(version)), text_of_word(documents.render_word(brief, stamp))):
        assert squeezed(stamp.feedback_url(1)) in text
    assert version.content_hash[:FINGERPRINT_START] in stamp.feedback_url(1)


@pytest.mark.parametrize("status", [EngagementStatus.CO_DESIGN, EngagementStatus.IN_REVIEW])
def test_a_draft_has_no_code(status):
    engagement = engagement_at(status)
    page = as_user(engagement.lead_consultant).get(f"/engagements/{engagement.reference}/brief/")

    assert not soup(page).select("#feedback")


def test_asking_for_feedback_changes_no_byte_of_a_signed_brief(engagement):
    version = waiting_version(engagement)
    before = documents.render_signed(version)

    opened(engagement.planned_interventions.get())

    assert documents.render_signed(version) == before


def test_the_code_leads_nowhere_before_opening_after_closing_and_where_there_are_cards(engagement):
    planned = engagement.planned_interventions.get()
    path = code_of(engagement)
    FeedbackFormFactory(planned_intervention=planned)
    opened(planned, kind=FeedbackKind.CODES, code_count=5)
    assert follow(path) is None

    form = opened(planned)
    assert follow(path) == room_of(form)

    actions.close_feedback_form(form=form, by=engagement.lead_consultant)
    assert follow(path) is None


def test_the_form_opened_last_and_its_newest_link_count(engagement):
    planned = engagement.planned_interventions.get()
    opened(planned)
    form = opened(planned)

    actions.renew_feedback_link(form=form, by=engagement.lead_consultant)

    assert follow(code_of(engagement)) == room_of(form)


def test_a_code_of_a_plan_that_changed_since_finds_its_intervention_by_title(engagement):
    planned = engagement.planned_interventions.get()
    path, form = code_of(engagement), opened(planned)
    other = PlannedInterventionFactory(engagement=engagement, title="Put before it")
    PlannedIntervention.objects.filter(pk=planned.pk).update(position=2)
    PlannedIntervention.objects.filter(pk=other.pk).update(position=1)
    opened(other)

    assert follow(path) == room_of(form)

    # The form was opened under the title that the brief has.
    PlannedIntervention.objects.filter(pk=planned.pk).update(title="Renamed")
    assert follow(path) == room_of(form)

    FeedbackForm.objects.filter(pk=form.pk).update(title="Renamed")
    assert follow(path) is None


def test_of_two_with_one_title_the_number_counts(engagement):
    planned = engagement.planned_interventions.get()
    version = waiting_version(engagement)
    twin = PlannedInterventionFactory(engagement=engagement, title=planned.title, position=planned.position + 1)
    type(version).objects.filter(pk=version.pk).update(document=version.document | {"planned": version.document["planned"] * 2})
    first, second = opened(planned), opened(twin)

    assert (follow(code_of(engagement)), follow(code_of(engagement, 2))) == (room_of(first), room_of(second))


def test_after_the_work_has_ended_the_code_leads_nowhere(engagement):
    opened(engagement.planned_interventions.get())
    path = code_of(engagement)

    type(engagement).objects.filter(pk=engagement.pk).update(status=EngagementStatus.CLOSED)

    assert follow(path) is None


def test_only_the_code_of_an_agreed_version_leads_anywhere():
    engagement = engagement_at(EngagementStatus.IN_REVIEW)
    opened(engagement.planned_interventions.get())

    assert follow(code_of(engagement)) is None


@pytest.mark.parametrize(
    "tail",
    ["0", "2", "99999999999999999999", "nothing", "1/more"],
)
def test_what_is_no_code_gets_the_same_calm_page(engagement, tail):
    opened(engagement.planned_interventions.get())
    path = code_of(engagement)
    calm = Client().get("/feedback/a-link-that-leads-nowhere/")

    response = Client().get(f"{path.rpartition('-')[0]}-{tail}/")

    assert response.status_code == 404
    if tail.isdigit():
        assert text_of(response) == text_of(calm)


@pytest.mark.parametrize("start", ["", "0" * 20, "g" * 20, "%", "F" * 20, "0" * 64, "' OR 1=1--", "\u0660" * 20])
def test_no_other_beginning_finds_a_brief(engagement, start):
    opened(engagement.planned_interventions.get())

    assert policies.link_on_brief(start, 1, timezone.localdate()) is None


def test_a_part_of_the_fingerprint_finds_nothing(engagement):
    opened(engagement.planned_interventions.get())
    fingerprint = waiting_version(engagement).content_hash

    for length in (1, FINGERPRINT_START - 1, FINGERPRINT_START + 1, 64):
        assert policies.link_on_brief(fingerprint[:length], 1, timezone.localdate()) is None
    assert policies.link_on_brief(fingerprint[:FINGERPRINT_START], 1, timezone.localdate()) is not None


def test_where_one_of_two_with_a_title_is_gone_the_codes_lead_nowhere(engagement):
    planned = engagement.planned_interventions.get()
    version = waiting_version(engagement)
    type(version).objects.filter(pk=version.pk).update(document=version.document | {"planned": version.document["planned"] * 2})
    opened(planned)

    assert (follow(code_of(engagement)), follow(code_of(engagement, 2))) == (None, None)


def test_a_version_of_another_shape_leads_nowhere(engagement):
    opened(engagement.planned_interventions.get())
    engagement.versions.update(document={"format": 0})

    assert follow(code_of(engagement)) is None
