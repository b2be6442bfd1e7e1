"""The drills that kill what makes a brief, with few kills; `make drills` kills fifty children and twenty workers (D1, D2)."""

import pytest

from tests.drills import killing, services

pytestmark = pytest.mark.django_db(transaction=True)

# A machine that runs a whole suite beside it is slower than one that runs a drill: nothing may be lost, and it may take longer.
SECONDS = 45
# Without a Redis there is no worker to kill; the same in one process stands in tests/core/test_pdf.py.
CHILDREN, WORKERS = ([3], [1]) if services.HAS_REDIS else ([], [])


@pytest.mark.parametrize("kills", CHILDREN)
def test_d1_brief_whose_child_is_killed_is_made_once(kills):
    outcome = killing.killed_children(kills, SECONDS)

    assert outcome.wrong == [], outcome
    assert outcome.kills == kills


@pytest.mark.parametrize("kills", WORKERS)
def test_d2_brief_whose_worker_is_killed_is_made_once_by_another(kills):
    outcome = killing.killed_workers(kills, SECONDS)

    assert outcome.wrong == [], outcome
    assert outcome.kills == kills
