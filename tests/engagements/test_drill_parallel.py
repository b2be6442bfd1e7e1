"""The drills of many posts at one moment, with few of them; `make drills` sends a hundred (D8)."""

import pytest

from tests.drills import parallel

FEW = parallel.Size(signatories=3, posts=20, threads=10)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("drill", parallel.DRILLS, ids=lambda drill: drill.__name__)
def test_d8_posts_at_the_same_moment_leave_one_winner(drill):
    outcome = drill(FEW)

    assert outcome.wrong == [], outcome.answers
    assert outcome.done + outcome.refused == outcome.posts
    assert outcome.done > 0
