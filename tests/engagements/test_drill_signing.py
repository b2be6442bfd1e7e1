"""The short run of the drill of signing; `make drills` takes ten thousand steps (S4, D8)."""

import pytest

from tests.drills import signing, world

STEPS = 300


@pytest.mark.django_db
def test_s4_d8_any_step_by_anybody_in_any_order_leaves_the_plan_as_the_rules_say():
    tally, stands, number = signing.Tally(), world.build(), 1

    while tally["steps"] < STEPS:
        signing.run(stands, tally, examples=3, number=number)
        number += 1

    assert tally["done"] > 0
    assert tally["decide: refused"] > 0
