"""The demonstration: made-up people, and engagements told as stories in real places.

The files below `fixtures/demonstration/` hold the words; everything is written by the actions that the pages call. What has been
loaded before is read from the audit trail, which nobody can change: a person, provider or engagement that somebody has
renamed, changed or removed since is not loaded a second time.

In the files a field is called as in its model, and a row is named by the words people use for it: an organisation by its name, an
STP area by its number, a person by the first part of their address. `starts_in_days: 40` is the working day 40 days from
today; `RC4` is the role in the fourth row of Relationships and Connectivity, `II1.2` the second behaviour in the first row of
Innovation and Improvement.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from evaluation.management.demonstration.background import load_background
from evaluation.management.demonstration.clock import Clock
from evaluation.management.demonstration.known import Known
from evaluation.management.demonstration.post import Post
from evaluation.management.demonstration.story import Story
from evaluation.management.demonstration.upkeep import load_upkeep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def load(folder: Path) -> Iterator[str]:
    """Load what has not been loaded before and say what was added; the oldest engagements come first."""
    known = Known()
    with Clock() as clock, Post():
        yield from load_background(folder, known, clock)
        stories = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "engagements").glob("*.json"))]
        fresh = [story for story in stories if not known.was_added("engagements.engagement", story["title"])]
        for story in sorted(fresh, key=lambda story: -story["days_ago"]):
            Story(story, known, clock).tell()
        yield f"engagements: {len(fresh)} added"
        yield from load_upkeep(folder, known, clock)
