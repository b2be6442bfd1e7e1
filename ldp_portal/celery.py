"""The Celery application: tasks run in process unless `REDIS_URL` is set."""

import logging
import os
import threading
import time
from typing import Any

from celery import Celery
from celery.app.amqp import AMQP
from celery.signals import worker_process_init
from kombu import Connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ldp_portal.settings")

# How long a worker and its clock wait between two looks for a bell that is away; by themselves they would come to wait half a minute.
LOOK_AGAIN_SECONDS = 1.0


class AttentiveConnection(Connection):
    """A way to the bell that is looked for every second while it is away: what waited meanwhile is begun soon after it is back."""

    def _ensure_connection(
        self,
        errback: Any = None,
        max_retries: int | None = None,
        interval_start: float = LOOK_AGAIN_SECONDS,
        interval_step: float = LOOK_AGAIN_SECONDS,
        interval_max: float = LOOK_AGAIN_SECONDS,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        return super()._ensure_connection(errback, max_retries, interval_start, interval_step, interval_max, *args, **kwargs)


class AttentiveQueue(AMQP):
    """The queue, by such a connection."""

    Connection = AttentiveConnection


app = Celery("ldp_portal", task_cls="core.handover:PortalTask", amqp=AttentiveQueue)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(related_name="jobs")

logger = logging.getLogger(__name__)


@worker_process_init.connect
def keep_hold(**_: Any) -> None:
    """Let each process of a worker say every moment that it is still there, so that what it held when it died is soon taken up by another."""
    from core import outbox  # noqa: PLC0415 - the apps are loaded by now, and not before

    outbox.become_a_worker()
    threading.Thread(target=_say_still_here, name="outbox-hold", daemon=True).start()


@worker_process_init.connect
def make_ready_to_print(**_: Any) -> None:
    """Let each process of a worker start the child that makes its documents, so that the first brief waits for nothing."""
    from core.pdf import press  # noqa: PLC0415 - as above

    press.start()


def _say_still_here() -> None:
    """Say so until the process ends; a database that is away for a while is asked again."""
    from django.db import DatabaseError, connection  # noqa: PLC0415 - as above

    from core import outbox  # noqa: PLC0415 - as above

    while True:
        try:
            outbox.say_still_here()
        except DatabaseError as error:
            logger.warning("The hold on the outbox could not be kept: %s", type(error).__name__)
            connection.close()
        time.sleep(outbox.PAUSE_BETWEEN_WORDS_SECONDS)
