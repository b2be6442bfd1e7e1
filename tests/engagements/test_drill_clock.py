"""The drill of the clock on the days round its turns; `make drills` runs two years (D15)."""

import pytest

from tests.drills import clock

pytestmark = pytest.mark.django_db


def test_d15_what_is_due_round_the_turns_of_the_clock_comes_once_on_its_day():
    outcome = clock.run(clock.ROUND_TURNS[:9])

    assert outcome.wrong == []
