"""The post of a story: its letters go at their own moment, into the mailbox that the demonstration shows, and never to anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from unittest import mock

from django.conf import settings

from engagements import tasks
from interventions.tasks import send_proposal_answer

if TYPE_CHECKING:
    from types import TracebackType

KEPT_AND_SHOWN = "core.mail.DemonstrationBackend"


class Post:
    """While it is entered, a message goes where it is written: no worker is rung, and no mail server asked.

    What is told happened long ago. A worker would send its messages today, by the machine's own clock and mail server.
    """

    def __enter__(self) -> Self:
        """Take the place of the worker and of the mail server."""
        self._patches = [
            mock.patch.object(tasks.send_message, "delay_on_commit", tasks.send_message.run),
            mock.patch.object(send_proposal_answer, "delay_on_commit", send_proposal_answer.run),
            mock.patch.object(settings, "EMAIL_BACKEND", KEPT_AND_SHOWN),
        ]
        for patch in self._patches:
            patch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exception: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Give both back."""
        for patch in reversed(self._patches):
            patch.stop()
