"""The drills that kill what makes a brief, with few kills; `make drills` kills fifty children and twenty workers (D1, D2)."""

import pytest

from tests.drills import killing, services

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not services.HAS_REDIS, reason="There is no Redis on this machine."),
]
# A machine that runs a whole suite beside it is slower than one that runs a drill: nothing may be lost, and it may take longer.
SECONDS = 45


def test_d1_brief_whose_child_is_killed_is_made_once():
    outcome = killing.killed_children(3, SECONDS)

    assert outcome.wrong == [], outcome
    assert outcome.kills == 3


def test_d2_brief_whose_worker_is_killed_is_made_once_by_another():
    outcome = killing.killed_workers(1, SECONDS)

    assert outcome.wrong == [], outcome
    assert outcome.kills == 1
