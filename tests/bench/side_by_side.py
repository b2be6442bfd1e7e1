"""Two ways of doing the same thing, taken in turns in one process: the figure is the median of the ratios of the rounds."""

import gc
import os
import statistics
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from core import pdf

WARM_UPS = 2
ROUNDS = 15
COLUMNS = "{:<66} {:>14} {:>9}  {}"

# What the parts that ran have found, and what was left out.
_lines = []


@dataclass(frozen=True)
class Figure:
    """What the rounds came to: ours to theirs by the clock on the wall and by the processor, and the seconds of each."""

    name: str
    wall: float
    processor: float
    ours: float
    theirs: float


def measure(name, ours, theirs, rounds=ROUNDS):
    """Run A, B, A, B; rubbish left by one side is cleared before the other starts, so that neither pays for it."""
    for _ in range(WARM_UPS):
        ours()
        theirs()
    pairs = [(_timed(ours), _timed(theirs)) for _ in range(rounds)]
    return Figure(
        name,
        wall=statistics.median(a[0] / b[0] for a, b in pairs),
        processor=statistics.median(a[1] / b[1] for a, b in pairs),
        ours=statistics.median(a[0] for a, _ in pairs),
        theirs=statistics.median(b[0] for _, b in pairs),
    )


def say(line=""):
    """Print one line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say_figure(figure, goal, *, most=None, digits=2):
    """Print one figure with what it should be, and keep it for the table."""
    note(figure.name, figure.wall, most=most, digits=digits)
    say(f"   ours {figure.ours * 1000:9.2f} ms   compared with {figure.theirs * 1000:9.2f} ms   (medians of {ROUNDS} rounds)")
    say(f"{figure.name}: {figure.wall:.4f} by the clock, {figure.processor:.4f} by the processor; {goal}")
    say()


def note(name, found, *, most=None, least=None, digits=2):
    """Keep one figure beside its goal for the table at the end."""
    goal = f"{least} to {most}" if least is not None else f"{most} or less" if most is not None else "none"
    is_held = (least is None or found >= least) and (most is None or found <= most)
    _lines.append(COLUMNS.format(name, goal, f"{found:.{digits}f}", "" if is_held else "not reached"))


def leave_out(name, why):
    """Keep that a figure was not measured, and why."""
    say(f"{name}: left out, {why}")
    _lines.append(COLUMNS.format(name, "", "", f"left out: {why}"))


def say_table():
    """Print every figure beside its goal."""
    say()
    say(COLUMNS.format("figure (ratios within this run)", "goal", "found", ""))
    for line in _lines:
        say(line)


def _timed(work):
    gc.collect()
    wall, processor = time.perf_counter(), _processor()
    work()
    return time.perf_counter() - wall, _processor() - processor


def _processor():
    """Return the seconds that this process and the child that prints for it have worked; the child's in hundredths."""
    child = pdf.press.child
    if child is None:
        return time.process_time()
    figures = Path(f"/proc/{child.process.pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(figures[11]) + int(figures[12])) / os.sysconf("SC_CLK_TCK")
