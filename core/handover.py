"""How work is handed to the workers."""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from celery.contrib.django.task import DjangoTask
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


class PortalTask(DjangoTask):
    """A task whose queue may be down when somebody's work is saved: what they did stands, and a job finds later what is left to do."""

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:
        """Hand the task over after commit."""
        transaction.on_commit(partial(self._hand_over, *args, **kwargs))

    def _hand_over(self, *args: Any, **kwargs: Any) -> None:
        """Hand the task over, and say in the log where nobody takes it."""
        try:
            self.delay(*args, **kwargs)
        except OperationalError as error:
            logger.warning("The queue is down (%s): %s was not handed over.", type(error).__name__, self.name)
