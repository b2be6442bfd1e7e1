"""The order of priorities: moved by buttons, by those who may."""

import pytest
from django.urls import reverse

from engagements.enums import EngagementStatus
from engagements.models import Engagement
from tests.engagements.facets import outsiders, strangers
from tests.factories.engagements import EngagementFactory, PriorityFactory
from tests.helpers import as_user, post, soup, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def engagement():
    return EngagementFactory(title="Leading together")


@pytest.fixture
def client(engagement):
    return as_user(engagement.lead_consultant)


@pytest.mark.parametrize(("direction", "order"), [("up", ["B", "A"]), ("down", ["A", "B"])])
def test_p49_priority_moves_by_a_button(engagement, client, direction, order):
    rows = [PriorityFactory(engagement=engagement, statement=name) for name in ("A", "B")]
    url = reverse("engagements:priority_move", args=[engagement.reference, rows[1].pk, direction])

    answer = post(client, url, follow=True)

    assert list(engagement.priorities.order_by("position").values_list("statement", flat=True)) == order
    assert answer.redirect_chain == [(reverse("engagements:priorities_detail", args=[engagement.reference]), 302)]


def test_priority_offers_only_moves_that_lead_somewhere(engagement, client):
    for name in ("A", "B", "C"):
        PriorityFactory(engagement=engagement, statement=name)

    page = soup(client.get(reverse("engagements:priorities_detail", args=[engagement.reference])))

    labels = [" ".join(button.get_text().split()) for button in page.select("main button")]
    assert [label.split()[1] for label in labels if label.startswith("Move")] == ["down", "up", "down", "up"]


def test_priority_move_is_closed_to_who_may_not_change_and_takes_no_reading(engagement, client):
    priority = PriorityFactory(engagement=engagement)
    url = reverse("engagements:priority_move", args=[engagement.reference, priority.pk, "up"])

    assert client.get(url).status_code == 405
    for person in outsiders(engagement):
        assert post(as_user(person), url).status_code == 403
    for person in strangers():
        assert post(as_user(person), url).status_code == 404


def test_priority_move_outside_co_design_says_why(engagement, client):
    rows = PriorityFactory.create_batch(2, engagement=engagement)
    Engagement.objects.update(status=EngagementStatus.IN_REVIEW)

    answer = post(client, reverse("engagements:priority_move", args=[engagement.reference, rows[0].pk, "down"]), follow=True)

    assert "The plan is in review" in text_of(answer)
    assert list(engagement.priorities.order_by("position")) == rows
