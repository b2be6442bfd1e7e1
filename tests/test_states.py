"""The table of statuses is whole, and the page that shows it is the one that the table gives."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from engagements.enums import NEXT_STATUSES, EngagementStatus

ROOT = Path(__file__).resolve().parent.parent
STATES_PAGE = ROOT / "docs" / "states.md"
SCRIPT = ROOT / "scripts" / "states.py"
START = EngagementStatus.CO_DESIGN
OPEN_STATUSES = set(EngagementStatus) - {EngagementStatus.CLOSED, EngagementStatus.WITHDRAWN}
MOVES = {(start, end) for start, ends in NEXT_STATUSES.items() for end in ends}


def reachable(start):
    """Return every status that an engagement can come to from one."""
    found, waiting = set(), [start]
    while waiting:
        status = waiting.pop()
        if status not in found:
            found.add(status)
            waiting += NEXT_STATUSES[status]
    return found


def test_every_status_says_where_it_leads():
    assert set(NEXT_STATUSES) == set(EngagementStatus)


def test_every_status_can_be_reached():
    assert reachable(START) == set(EngagementStatus)


@pytest.mark.parametrize("status", sorted(OPEN_STATUSES))
def test_open_work_can_come_to_an_end(status):
    assert EngagementStatus.CLOSED in reachable(status)
    assert EngagementStatus.WITHDRAWN in NEXT_STATUSES[status]


@pytest.mark.parametrize("status", EngagementStatus)
def test_a_status_leads_neither_to_itself_nor_twice_to_another(status):
    assert status not in NEXT_STATUSES[status]
    assert len(set(NEXT_STATUSES[status])) == len(NEXT_STATUSES[status])


def test_what_is_closed_stays_closed():
    assert NEXT_STATUSES[EngagementStatus.CLOSED] == ()
    assert EngagementStatus.CLOSED not in OPEN_STATUSES


def test_what_was_withdrawn_can_be_taken_up_again():
    assert NEXT_STATUSES[EngagementStatus.WITHDRAWN] == (START,)
    assert EngagementStatus.WITHDRAWN not in OPEN_STATUSES


def test_nothing_is_agreed_without_a_review():
    assert {start for start, end in MOVES if end == EngagementStatus.AGREED} == {EngagementStatus.IN_REVIEW}


def test_the_page_of_statuses_is_the_one_that_the_table_gives():
    page = STATES_PAGE.read_text(encoding="utf-8")

    drawn = set(re.findall(r"^    (\w+) --> (\w+)", page, re.MULTILINE))
    assert drawn == MOVES
    assert subprocess.run([sys.executable, SCRIPT, "--check"], check=False).returncode == 0
