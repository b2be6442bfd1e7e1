"""What is true of the changes between any two briefs, and names that their sentences use."""

import re

from engagements import documents
from tests.engagements.brief_values import PLAN

FOR_SETS = "for “Action Learning Sets”"
RING = "the priority “Ring before the patient leaves”"
LEAK = re.compile(r"\b(None|True|False)\b|[_{}\[\]]|  ")
# A full stop at the end, alone or after a quotation that ends as it likes.
ENDS = re.compile(r"([^.]|…”|\.\u2069?”|[.][0-9]+)\.$")


def check_changes(old, new):
    """Hold what is true of the changes between any two briefs, and return them with the keys of the sections."""
    document = documents.to_json(old)
    changes = documents.differences(old, new)

    assert documents.apply_changes(document, changes) == documents.to_json(new)
    assert document == documents.to_json(old)
    assert bool(changes) == (old != new)
    keys = [section.key for section in documents.sections_of(new)]
    assert {change.section for change in changes} <= set(keys)
    for change in changes:
        assert ENDS.search(change.sentence), change.sentence
        assert not LEAK.search(change.sentence), change.sentence
        assert change.sentence.splitlines() == [change.sentence]
        assert change.sentence[0] == change.sentence[0].upper()
        assert change.operations
    return changes, keys


def told(new, old=PLAN):
    """Return the changes between two plans as pairs of section and sentence."""
    changes, _ = check_changes(old, new)
    return [(change.section, change.sentence) for change in changes]
