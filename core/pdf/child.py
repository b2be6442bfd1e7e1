"""`python -m core.pdf.child`: print one document after another for the process that started this one, within limits.

It has no settings, no secrets and no database. It ends when the other side closes its pipe. What goes wrong with one document is told by its
kind alone: a message might quote the document.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from core.pdf.frames import LENGTH_BYTES, Answer, framed, length_in, read_exactly, write_all

if TYPE_CHECKING:
    from core.pdf.rendering import Printer

# Gives way to whoever waits for a page.
NICENESS = 5


class TooLong(BaseException):
    """Raised when the time for a document is up; no exception to those who catch everything."""


def main(memory_bytes: int, soft_seconds: float, hard_seconds: float, folders: list[Path]) -> None:
    """Set the limits, make ready, and answer until nobody asks any more."""
    answers = _keep_for_answers()
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(NICENESS)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGALRM, _stop)
    # Loaded only now, so that its memory counts.
    from core.pdf.rendering import Printer  # noqa: PLC0415

    printer = Printer(folders)
    printer.warm_up()
    while len(head := read_exactly(0, LENGTH_BYTES)) == LENGTH_BYTES:
        order = read_exactly(0, length_in(head))
        _end_by_itself_after(hard_seconds)
        answer, content = _printed(printer, order, soft_seconds)
        write_all(answers, framed(answer.value + content))
        if answer in (Answer.TOO_LARGE, Answer.TOO_LONG):
            # What was stopped half way may have left anything behind.
            return


def _keep_for_answers() -> int:
    """Return where answers go, and let whatever else writes to the standard output write to the errors."""
    answers = os.dup(1)
    os.dup2(2, 1)
    return answers


def _end_by_itself_after(seconds: float) -> None:
    """End after so much work on this document even where nobody is left who would end it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime + seconds) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def _printed(printer: Printer, order: bytes, soft_seconds: float) -> tuple[Answer, bytes]:
    """Print one document, or tell what kept it from being printed."""
    try:
        signal.setitimer(signal.ITIMER_REAL, soft_seconds)
        try:
            asked = json.loads(order)
            return Answer.PDF, printer.render(asked["html"], asked["stylesheets"])
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    except TooLong:
        return Answer.TOO_LONG, b""
    except MemoryError:
        return Answer.TOO_LARGE, b""
    # The renderer raises one error that is no Exception to Python, when it may fetch nothing.
    except BaseException as error:  # noqa: BLE001
        where = traceback.extract_tb(error.__traceback__)[-1]
        return Answer.FAULT, f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}".encode()


def _stop(*_: object) -> NoReturn:
    """Stop printing."""
    raise TooLong


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), float(sys.argv[3]), [Path(folder) for folder in sys.argv[4:]])
