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


def say_figure(figure, goal):
    """Print one figure with what it should be."""
    say(f"   ours {figure.ours * 1000:9.2f} ms   compared with {figure.theirs * 1000:9.2f} ms   (medians of {ROUNDS} rounds)")
    say(f"{figure.name}: {figure.wall:.4f} by the clock, {figure.processor:.4f} by the processor; {goal}")
    say()


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
