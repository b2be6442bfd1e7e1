"""The drills of a doorbell that goes away, forgets or rings twice, with few briefs; `make drills` makes two hundred and one hundred (D3, D5)."""

import pytest

from tests.drills import bell, services

pytestmark = pytest.mark.django_db(transaction=True)

# A machine that runs a whole suite beside it is slower than one that runs a drill: nothing may be lost, and it may take longer.
SECONDS = 60
# Without a Redis there is no bell.
PEOPLE, PLANS = ([8], [4]) if services.HAS_REDIS else ([], [])


@pytest.mark.parametrize("people", PEOPLE)
def test_d3_people_sign_off_while_redis_is_away_and_every_brief_is_made_once_it_is_back(people):
    outcome = bell.stopped(people, SECONDS)

    assert outcome.wrong == [], outcome


@pytest.mark.parametrize("plans", PLANS)
@pytest.mark.parametrize("drill", [bell.forgotten, bell.doubled], ids=lambda drill: drill.__name__)
def test_d5_each_brief_is_made_once_whatever_becomes_of_the_messages(drill, plans):
    outcome = drill(plans)

    assert outcome.wrong == [], outcome
