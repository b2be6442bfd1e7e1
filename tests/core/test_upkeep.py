"""What administrators do for the portal is written down."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import upkeep
from core.models import UpkeepKind

pytestmark = pytest.mark.django_db


def test_last_of_a_kind_is_the_latest_and_not_the_one_written_last():
    now = timezone.now()
    upkeep.note("backup", "the night before", at=now)
    upkeep.note("backup", "copied from the old machine", at=now - timedelta(days=3))

    found = upkeep.last(UpkeepKind.BACKUP)

    assert (found.note, found.at) == ("the night before", now)


def test_nothing_is_last_where_nothing_was_done():
    upkeep.note("backup")

    assert upkeep.last("restore") is None


def test_note_is_cut_to_what_a_page_shows():
    assert len(upkeep.note("restore", "word " * 100).note) == upkeep.MAX_NOTE_LENGTH


def test_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="holiday"):
        upkeep.note("holiday")
