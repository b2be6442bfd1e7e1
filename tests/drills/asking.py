"""Every list and every page that takes a question is asked odd ones (S19): each is answered, and the database answers still."""

from dataclasses import dataclass, field

from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engagements.models import Engagement
from tests.helpers import as_user
from tests.managed import a_ground_with
from tests.query_budget import BUDGET, MANAGED
from tests.test_query_budget import an_engagement_with, arguments_for

PARAMETERS = [
    *("q", "page", "sort", "status", "region", "area", "lead", "role", "kind", "domain", "provider", "sector", "retired", "from"),
    *(
        "for",
        "since",
        "seen",
        "keep",
        "with",
        "version",
        "outcome",
        "on",
        "section",
        "after",
        "fingerprint",
        "intervention",
        "o",
        "p",
    ),
]
ODD = [
    "' OR 1=1 --",
    '"; DROP TABLE engagements_engagement; --',
    "\x00",
    "%00%27",
    "(((((((((",
    "[a-z]{99999999}",
    "\\",
    "-1",
    "0",
    "9" * 40,
    "1e309",
    "NaN",
    "true",
    "__class__",
    "lead_region__name",
    "password__startswith",
    "\U0001f9d1\u200d\u2695\ufe0f",
    "\u202e",
    "a" * 5000,
    "\r\nSet-Cookie: a=b",
    "../../etc/passwd",
    "{{ 7 * 7 }}",
]
SAID = st.one_of(st.sampled_from(ODD), st.text(st.characters(codec="utf-8"), max_size=20), st.integers().map(str))
QUERY = st.dictionaries(st.sampled_from(PARAMETERS), st.lists(SAID, min_size=1, max_size=2), min_size=1, max_size=4)


def lists():
    """Return every list and every page that takes a question, with who opens it."""
    engagement = Engagement.objects.get(pk=an_engagement_with(1).pk)
    ground = a_ground_with(1)
    consultant, national = as_user(engagement.lead_consultant), as_user(ground.national_admin)
    asked = ("_list", "_search", "_history", "_create", "_compare", "_detail", "_decide", "home", "manage", "_merge", "_check")
    found = [(consultant, name, arguments_for(name, engagement)) for name in BUDGET if name.endswith(asked)]
    found += [(national, name, ground.keywords.get(name, {})) for name in MANAGED if name.endswith(asked)]
    return [(client, reverse(name, kwargs=keywords)) for client, name, keywords in found]


@dataclass
class Outcome:
    """How many questions were asked, and which broke something."""

    asked: int = 0
    wrong: list = field(default_factory=list)


def run(questions):
    """Ask so many questions of any page, each made up anew."""
    pages, outcome = lists(), Outcome()

    # Each question is told as it was asked: nothing is made smaller, nothing is kept, and no page is too slow.
    @settings(
        max_examples=questions,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.sampled_from(pages), QUERY)
    def ask(page, query):
        client, url = page
        client.raise_request_exception = False
        with transaction.atomic():
            outcome.asked += 1
            status = client.get(url, query).status_code
            if status >= 500 or not Engagement.objects.exists():
                outcome.wrong.append(f"{url} answers {query!r}: {status}")

    ask()
    return outcome
