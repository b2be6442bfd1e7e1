"""Write docs/states.md from the table of statuses: `python scripts/states.py`, or with --check only compare."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from engagements.enums import NEXT_STATUSES, EngagementStatus  # noqa: E402 - the apps stand one folder up

PAGE = ROOT / "docs" / "states.md"
INTRODUCTION = """\
# Statuses of an engagement

Written by `scripts/states.py` from `NEXT_STATUSES` in `engagements/enums.py`; change the table there. Whether a person may take a step is
asked of `engagements.permissions`, whether the plan is ready for it of `engagements.policies`. Every step is written to the history.
"""


def page():
    """Return the whole page."""
    moves = [(start, end) for start, ends in NEXT_STATUSES.items() for end in ends]
    names = [f'    state "{status.label}" as {status.value}' for status in EngagementStatus]
    arrows = [f"    {start.value} --> {end.value}" for start, end in moves]
    ends = [f"    {status.value} --> [*]" for status, following in NEXT_STATUSES.items() if not following]
    diagram = ["```mermaid", "stateDiagram-v2", *names, f"    [*] --> {next(iter(NEXT_STATUSES)).value}", *arrows, *ends, "```"]
    rows = [
        f"| {status.label} | {', '.join(end.label for end in following) or 'nothing more'} |"
        for status, following in NEXT_STATUSES.items()
    ]
    table = ["| from | to |", "|---|---|", *rows]
    return "\n".join([INTRODUCTION, *diagram, "", *table, ""])


if __name__ == "__main__":
    if "--check" not in sys.argv:
        PAGE.write_text(page(), encoding="utf-8")
    elif not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page():
        sys.exit("docs/states.md is not what the table of statuses gives. Run: python scripts/states.py")
