"""The drill in which PostgreSQL is cut off under load, with few writes; `make drills` writes a thousand times (D6)."""

import pytest

from tests.drills import away, databases

# A machine that runs a whole suite beside it is slower than one that runs a drill.
SECONDS = 30


@pytest.mark.skipif(not databases.HAS_POSTGRES, reason="There is no PostgreSQL on this machine.")
def test_d6_nothing_is_half_written_when_the_database_is_cut_off():
    outcome = away.stopped(60, 1, SECONDS)

    assert outcome.wrong == [], outcome
