"""The drill in which PostgreSQL is cut off under load, with few writes; `make drills` writes a thousand times (D6)."""

import pytest

from tests.drills import away, databases

# A machine that runs a whole suite beside it is slower than one that runs a drill.
SECONDS = 30
# The drill runs a PostgreSQL of its own, where its programs are.
CUTS = [1] if databases.HAS_POSTGRES else []


@pytest.mark.parametrize("cuts", CUTS)
def test_d6_nothing_is_half_written_when_the_database_is_cut_off(cuts):
    outcome = away.stopped(60, cuts, SECONDS)

    assert outcome.wrong == [], outcome
