"""The drill of a process that dies at every step between a signature and what it causes (D4); `make drills` takes each step as well."""

import pytest

from tests.drills import dying


@pytest.mark.django_db(transaction=True)
def test_d4_what_a_process_leaves_behind_that_dies_at_any_step_heals_by_itself():
    outcome = dying.died_at_every_step(every=2)

    assert outcome.wrong == []
    assert len(outcome.points) > 10
