"""Do what is done by the clock, for a portal without workers."""

from __future__ import annotations

import logging
import os
import time
from typing import TYPE_CHECKING, Any

from celery.schedules import crontab
from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils import timezone
from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from datetime import date

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Run the jobs of the beat schedule in this process: once, or again and again."""

    help = "Send what has not gone yet, remind signatories, send daily summaries, ask admins to check contacts. Celery's beat does the same where there are workers."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the pause between two rounds."""
        parser.add_argument("--every", type=int, metavar="SECONDS", help="go on, with so many seconds between two rounds")

    def handle(self, *args: Any, every: int | None, **options: Any) -> None:
        """Run one round, or rounds until whoever started this has gone."""
        parent = os.getppid()
        self.done_on: dict[Any, date] = {}
        self._run_all()
        while every and self._is_wanted_after(every, parent):
            self._run_all()

    def _run_all(self) -> None:
        """Run each job, those of the night once a day; one that fails says so in the log and does not keep the others from running."""
        today = timezone.localdate()
        for entry in settings.CELERY_BEAT_SCHEDULE.values():
            if isinstance(entry["schedule"], crontab) and self.done_on.get(entry["task"]) == today:
                continue
            try:
                import_string(str(entry["task"]))()
                self.done_on[entry["task"]] = today
            except Exception:
                logger.exception("The job %s failed.", entry["task"])
        close_old_connections()

    def _is_wanted_after(self, seconds: int, parent: int) -> bool:
        """Wait, and tell whether the process that started this is still there: nobody else would stop it."""
        for _ in range(seconds):
            time.sleep(1)
            if os.getppid() != parent:
                return False
        return True
