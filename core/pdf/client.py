"""Rendering in a child process: each process that prints has one, warm and within limits, and starts another when it has died.

A document that is too large or takes too long ends the child and nothing else. Of several threads one prints at a time.
"""

from __future__ import annotations

import json
import logging
import os
import select
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, NoReturn

from django.conf import settings

from core.pdf.faults import ChildDied, PdfError, TookTooLong, TooLarge
from core.pdf.frames import LENGTH_BYTES, MIB, Answer, Limits, framed, length_in

if TYPE_CHECKING:
    from collections.abc import Iterable

logger = logging.getLogger(__name__)

# A child is replaced after so many documents: whatever a library may leak is given back.
DOCUMENTS_EACH_CHILD = 200
# All that the child learns of this process's environment: where programs, letters and the machine's own fonts are. No secret is among it.
PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "XDG_CACHE_HOME",
    "FONTCONFIG_PATH",
    "FONTCONFIG_FILE",
)
# How a process ends that got no more memory within a library, or lost its way in a document that is nested too deeply.
OUT_OF_MEMORY_SIGNALS = {signal.SIGABRT, signal.SIGTRAP, signal.SIGSEGV, signal.SIGBUS}


class Child:
    """One child process and the pipes to it."""

    def __init__(self, limits: Limits) -> None:
        """Start it; it makes itself ready while nobody waits."""
        numbers = [limits.memory_bytes, limits.soft_seconds, limits.hard_seconds]
        words = [str(word) for word in [*numbers, *settings.STATICFILES_DIRS]]
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        # S603: our own module, by the interpreter that runs this one, without a shell.
        self.process = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "core.pdf.child", *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            cwd=settings.BASE_DIR,
            # Several arenas would reserve memory that nothing uses, and the limit would count it.
            env={**environment, "MALLOC_ARENA_MAX": "1"},
        )
        self.limits = limits
        self.documents = 0
        os.set_blocking(self.orders, False)
        os.set_blocking(self.answers, False)

    @cached_property
    def orders(self) -> int:
        """Where documents are written."""
        assert self.process.stdin is not None  # noqa: S101 - asked for above
        return self.process.stdin.fileno()

    @cached_property
    def answers(self) -> int:
        """Where PDFs are read."""
        assert self.process.stdout is not None  # noqa: S101 - asked for above
        return self.process.stdout.fileno()

    @property
    def is_alive(self) -> bool:
        """Tell whether it still runs."""
        return self.process.poll() is None

    def ask(self, order: bytes) -> tuple[Answer, bytes]:
        """Send one document and return what is answered; raise where the time is up or the child has gone."""
        self.documents += 1
        end = time.monotonic() + self.limits.hard_seconds
        self._send(framed(order), end)
        answer = self._receive(length_in(self._receive(LENGTH_BYTES, end)), end)
        return Answer(answer[:1]), answer[1:]

    def end(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        self.process.wait()
        self.close()

    def close(self) -> None:
        """Let go of the pipes: a child that is idle ends by itself."""
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def _send(self, content: bytes, end: float) -> None:
        view = memoryview(content)
        while view:
            self._wait(self.orders, select.POLLOUT, end)
            try:
                view = view[os.write(self.orders, view) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                self._tell_death()

    def _receive(self, count: int, end: float) -> bytes:
        parts = []
        while count:
            self._wait(self.answers, select.POLLIN, end)
            with suppress(BlockingIOError):
                part = os.read(self.answers, min(count, MIB))
                if not part:
                    self._tell_death()
                parts.append(part)
                count -= len(part)
        return b"".join(parts)

    def _wait(self, descriptor: int, event: int, end: float) -> None:
        """Wait until a pipe is ready, and no longer than the time that is left."""
        poll = select.poll()
        poll.register(descriptor, event)
        if not poll.poll(max(0.0, end - time.monotonic()) * 1000):
            raise TookTooLong

    def _tell_death(self) -> NoReturn:
        """Say of what the child died."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)
        status = self.process.returncode
        logger.warning("The child that prints documents has ended with %s.", status)
        if status is not None and -status == signal.SIGXCPU:
            raise TookTooLong
        if status is not None and -status in OUT_OF_MEMORY_SIGNALS:
            raise TooLarge
        raise ChildDied


class Press:
    """The one child of this process, whoever asks for it."""

    def __init__(self, limits: Limits | None = None) -> None:
        """Have no child yet: most processes never print."""
        self.limits = limits or Limits()
        self.child: Child | None = None
        self.one_at_a_time = threading.Lock()

    def start(self) -> None:
        """Have a child make itself ready, where there is none."""
        with self.one_at_a_time:
            self._ready()

    def render(self, html: str, stylesheets: Iterable[str]) -> bytes:
        """Return a PDF; raise a `PdfError` where there is none."""
        order = json.dumps({"html": html, "stylesheets": list(stylesheets)}, ensure_ascii=False).encode(errors="replace")
        if len(order) > self.limits.html_bytes:
            raise TooLarge
        with self.one_at_a_time:
            child = self._ready()
            try:
                answer, content = child.ask(order)
            except BaseException:
                # Whatever it was, nobody will read this answer: the next document gets another child.
                self._let_go()
                raise
            if answer in (Answer.TOO_LARGE, Answer.TOO_LONG):
                self._let_go()
            elif child.documents >= DOCUMENTS_EACH_CHILD:
                self._let_go()
                self._ready()
        if answer is Answer.PDF:
            return content
        if answer is Answer.FAULT:
            logger.error("A document could not be printed: %s", content.decode())
        raise {Answer.TOO_LARGE: TooLarge, Answer.TOO_LONG: TookTooLong}.get(answer, PdfError)

    def stop(self) -> None:
        """End the child."""
        with self.one_at_a_time:
            self._let_go()

    def forget(self) -> None:
        """In a process that was just forked: leave the child to the other one."""
        if self.child is not None:
            self.child.close()
            # This process did not start it, and must not wait for it.
            self.child.process.returncode = 0
        self.child, self.one_at_a_time = None, threading.Lock()

    def _ready(self) -> Child:
        if self.child is not None and not self.child.is_alive:
            self._let_go()
        if self.child is None:
            try:
                self.child = Child(self.limits)
            except OSError as error:
                logger.exception("No child that prints documents could be started.")
                raise ChildDied from error
        return self.child

    def _let_go(self) -> None:
        if self.child is not None:
            self.child.end()
            self.child = None


press = Press()
os.register_at_fork(after_in_child=press.forget)
