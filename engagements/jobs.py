"""What is done by the clock: messages and signed briefs still to come, reminders, daily summaries. Each may run at any time and as often as it likes."""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta
from typing import TYPE_CHECKING

from celery import shared_task
from django.utils import timezone

from accounts.actions import begin_digest, give_digest_back, put_digest_off
from accounts.policies import people_due_for_digest
from engagements import actions, notifications, policies, tasks
from engagements.enums import MINUTES_TO_RENDER, VersionOutcome
from engagements.models import Message, PlanVersion

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User

logger = logging.getLogger(__name__)


@shared_task
def send_waiting_messages(now: datetime | None = None) -> None:
    """Try what has not gone yet again, the oldest first, with a pause that grows."""
    moment = now or timezone.now()
    for message in Message.objects.waiting():
        if policies.is_to_try(message, moment):
            tasks.send_message.delay_on_commit(message.pk)


@shared_task
def queue_reminders(now: datetime | None = None) -> None:
    """Write the reminders that are due and have not been written."""
    for reminder in policies.due_reminders(now or timezone.now()):
        actions.queue_reminder(reminder=reminder)


@shared_task
def render_missing_briefs(now: datetime | None = None) -> None:
    """Render each signed brief that was not rendered when its plan was agreed: the queue was down, or the renderer failed.

    What was agreed just now is left to the worker that has been asked to do it.
    """
    before = (now or timezone.now()) - timedelta(minutes=MINUTES_TO_RENDER)
    agreed = PlanVersion.objects.filter(outcome=VersionOutcome.AGREED, settled_at__lte=before, brief_file=None)
    for pk in agreed.order_by("settled_at", "pk").values_list("pk", flat=True):
        tasks.render_signed_brief.delay_on_commit(pk)


@shared_task
def send_digests(now: datetime | None = None) -> None:
    """Send each person who wants one their daily summary, once a day, if there is anything to tell.

    Where the mail server cannot be reached, the summary is given back and the others wait: the next run begins with it again.
    Anything else that goes wrong is about one person: theirs waits until tomorrow, and the others get theirs. An error may hold an
    address or what a summary tells, so the log says only what kind it is and where it came from.
    """
    moment = now or timezone.now()
    for person in people_due_for_digest(moment):
        since = begin_digest(person=person, now=moment)
        if since is None:
            continue
        try:
            _send_digest(person, since, moment)
        except notifications.MailServerDown as error:
            logger.warning("The mail server cannot be reached (%s): the daily summaries wait.", error)
            give_digest_back(person=person, since=since)
            return
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one summary, the others go
            where = traceback.extract_tb(error.__traceback__)[-1]
            said = (person.pk, type(error).__name__, where.filename, where.lineno)
            logger.warning("The daily summary of person %s has not gone today: %s at %s:%s", *said)
            put_digest_off(person=person, since=since)


def _send_digest(person: User, since: datetime, until: datetime) -> None:
    """Send one person what happened between two moments; nothing where nothing did."""
    news = policies.digest_for(person, since=since, until=until)
    if news:
        notifications.send(notifications.build_digest(person, news))
