"""Many people write at one moment, and the database is kept from writing for a while (D13, D6): nobody is refused and nothing is lost."""

import threading
import time
from dataclasses import dataclass, field

from django.db import connection, transaction

from core.models import AuditEvent, Counter
from engagements import actions
from engagements.models import Engagement
from tests.factories.accounts import ConsultantFactory
from tests.helpers import in_parallel


@dataclass
class Outcome:
    """How many writes there were, and what is wrong."""

    name: str
    writes: int
    wrong: list = field(default_factory=list)


def counted(writers, times):
    """D13: log engagements of one region from several threads: each reads the last number, adds one and writes it."""
    return _written(f"D13 {writers} writers, each counting on {times} times", writers, times)


def locked(writers, times, seconds):
    """D6: keep the file from being written for some seconds, as a copy or a check does, while people write."""
    is_held = threading.Event()

    def hold():
        try:
            with transaction.atomic():
                # Any write takes the lock of the whole file.
                Counter.objects.update_or_create(name="drill", defaults={"value": 1})
                is_held.set()
                time.sleep(seconds)
        finally:
            is_held.set()
            connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    is_held.wait()
    outcome = _written(f"D6 {writers} writers, the file locked for {seconds} s", writers, times)
    holder.join()
    return outcome


def _written(name, writers, times):
    people = [ConsultantFactory() for _ in range(writers)]
    region = people[0].region
    type(people[0]).objects.filter(pk__in=[person.pk for person in people]).update(region=region)
    before = _numbers(region)

    def work(number):
        faults = []
        for count in range(times):
            values = {"title": f"{name} {number} {count}", "client": "", "client_kind": ""}
            try:
                actions.create_engagement(values=values, by=people[number])
            except Exception as error:  # noqa: BLE001 - whatever refuses a write is what the drill looks for
                faults.append(repr(error))
        return faults

    outcome = Outcome(name, writers * times, [fault for faults in in_parallel(work, writers) for fault in faults])
    made = list(Engagement.objects.filter(title__startswith=name))
    first = max(before, default=0) + 1
    told = AuditEvent.objects.filter(subject_type="engagements.engagement", subject_id__in=[row.pk for row in made]).count()
    held = {
        "every engagement is there": len(made) == outcome.writes,
        "their numbers follow on each other": sorted(_numbers(region) - before) == list(range(first, first + outcome.writes)),
        "each has one word in the trail": told == outcome.writes,
    }
    outcome.wrong += [what for what, is_so in held.items() if not is_so]
    return outcome


def _numbers(region):
    references = Engagement.objects.filter(reference__startswith=f"{region.code}-").values_list("reference", flat=True)
    return {int(reference.rpartition("-")[2]) for reference in references}
