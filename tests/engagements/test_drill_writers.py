"""The drills of many writers, with few writes; `make drills` writes eight hundred times (D13, D6)."""

import pytest

from tests.drills import writers

pytestmark = pytest.mark.django_db(transaction=True)


def test_d13_writers_at_one_moment_count_on_without_a_gap():
    outcome = writers.counted(8, 5)

    assert outcome.wrong == []


def test_d6_writers_wait_for_a_database_that_is_locked():
    outcome = writers.locked(4, 3, seconds=1)

    assert outcome.wrong == []
