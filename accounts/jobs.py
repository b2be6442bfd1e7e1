"""What accounts do by the clock: once a month, admins are asked to check how their LDP can be reached."""

from __future__ import annotations

import logging
import traceback
from contextlib import closing
from typing import TYPE_CHECKING

from celery import shared_task
from django.core.mail import get_connection
from django.utils import timezone

from accounts import notifications
from accounts.enums import DIGEST_HOUR, Role
from accounts.models import User
from directory.actions import begin_nudge, give_nudge_back
from directory.policies import people_to_nudge, regions_due_for_nudge

if TYPE_CHECKING:
    from datetime import datetime

    from django.core.mail.backends.base import BaseEmailBackend

    from directory.models import Region

logger = logging.getLogger(__name__)


@shared_task
def send_contact_nudges(now: datetime | None = None) -> None:
    """Ask the admins of each region to check its contact points where that has not been done for long, once a month.

    Where the mail server cannot be reached, nothing has been taken up yet and the next run begins again. Anything else that goes wrong is
    about one person: it is tried again tomorrow for them, and the others get theirs.
    """
    moment = now or timezone.now()
    if timezone.localtime(moment).hour < DIGEST_HOUR:
        return
    waiting = [
        (region, admins) for region in regions_due_for_nudge(timezone.localdate(moment)) if (admins := _to_ask(region, moment))
    ]
    if not waiting:
        return
    connection = get_connection()
    try:
        connection.open()
    except OSError as error:
        logger.warning("The mail server cannot be reached (%s): asking to check contacts waits.", type(error).__name__)
        return
    with closing(connection):
        for region, admins in waiting:
            for person in begin_nudge(region=region, people=admins, now=moment):
                _send_nudge(person, region, moment, connection)


def _to_ask(region: Region, now: datetime) -> list[User]:
    """Return the admins of a region who are to be asked now."""
    admins = User.objects.active().filter(region=region, role=Role.REGIONAL_ADMIN).order_by("pk")
    return people_to_nudge(region, admins, now)


def _send_nudge(person: User, region: Region, now: datetime, connection: BaseEmailBackend) -> None:
    """Send one admin the email, or keep that it has not gone. An error may hold an address, so the log says only its kind and place."""
    try:
        email = notifications.build_contact_nudge(person, region, timezone.localdate(now))
        email.connection = connection
        email.send()
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one email, the others go
        where = traceback.extract_tb(error.__traceback__)[-1]
        said = (person.pk, type(error).__name__, where.filename, where.lineno)
        logger.warning("Person %s has not been asked to check contacts: %s at %s:%s", *said)
        give_nudge_back(region=region, person=person, nudged_on=region.nudged_on)
