"""The outbox: each effect is written down once, taken up by one, tried again with pauses, and given up in the open."""

import json
import logging
from datetime import timedelta

import pytest
from celery import current_app
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from kombu.exceptions import OperationalError

from core import jobs, outbox
from core.handover import PortalTask
from core.models import OutboxEntry, OutboxStatus
from tests.factories.core import OutboxEntryFactory

pytestmark = pytest.mark.django_db
S = OutboxStatus


class SomethingWrongError(Exception):
    """What a task of these tests fails with."""

    is_expected = True


class Errand(PortalTask):
    """A task that does as a test tells it, and keeps what was asked of it."""

    name = "tests.core.errand"
    most_tries = 3

    def __init__(self):
        self.ran, self.given_up, self.during = [], [], lambda: None

    def run(self, *arguments):
        self.ran.append(arguments)
        self.during()

    def give_up(self, *arguments):
        self.given_up.append(arguments)


@pytest.fixture
def errand():
    """Return a task that the workers know for the length of a test."""
    task = current_app.register_task(Errand())
    yield task
    current_app.tasks.unregister(Errand.name)


@pytest.fixture
def clock(monkeypatch):
    """Return a clock that a test sets."""
    hands = {"now": timezone.now()}
    monkeypatch.setattr(timezone, "now", lambda: hands["now"])
    return hands


def fail():
    raise SomethingWrongError("Grace Obi, grace.obi@example.org")


def the_entry():
    return OutboxEntry.objects.get()


def test_what_is_asked_twice_is_one_entry_and_runs_once(errand):
    errand.delay_on_commit(7, "a")
    errand.delay_on_commit(7, "a")
    errand.delay_on_commit(8, "a")

    assert outbox.work_off() == 2
    assert errand.ran == [(7, "a"), (8, "a")]
    assert set(OutboxEntry.objects.values_list("status", "tries")) == {(S.DONE, 1)}


def test_a_task_takes_its_arguments_by_position(errand):
    with pytest.raises(TypeError, match="by position"):
        errand.delay_on_commit(key=7)


def test_nothing_is_left_of_what_a_transaction_undid(errand):
    with transaction.atomic():
        errand.delay_on_commit(7)
        transaction.set_rollback(True)

    assert not OutboxEntry.objects.exists()


def test_what_is_asked_again_after_it_was_done_runs_once_more(errand):
    for _ in range(2):
        errand.delay_on_commit(7)
        outbox.work_off()

    assert errand.ran == [(7,), (7,)]
    assert (the_entry().status, the_entry().tries) == (S.DONE, 1)


def test_what_is_asked_again_while_it_runs_runs_again_afterwards(errand):
    def ask_again():
        errand.during = lambda: None
        errand.delay_on_commit(7)

    errand.during = ask_again
    errand.delay_on_commit(7)

    assert outbox.work_off(timezone.now() + timedelta(seconds=5)) == 2
    assert the_entry().status == S.DONE


def test_what_is_asked_again_during_a_try_that_fails_begins_anew(errand):
    def ask_again_and_fail():
        errand.delay_on_commit(7)
        fail()

    errand.delay_on_commit(7)
    OutboxEntry.objects.update(tries=2)
    errand.during = ask_again_and_fail
    outbox.work_off()

    assert (the_entry().status, the_entry().tries) == (S.WAITING, 0)
    assert errand.given_up == []


def test_what_waits_for_its_next_try_is_tried_at_once_when_it_is_asked_for_again(errand):
    errand.during = fail
    errand.delay_on_commit(7)
    outbox.work_off()
    assert outbox.work_off() == 0

    errand.delay_on_commit(7)

    assert outbox.work_off() == 1


def test_tries_come_with_growing_pauses_until_it_is_given_up_and_told(errand, clock):
    errand.during = fail
    errand.delay_on_commit(7)
    waited = []
    for _ in range(3):
        outbox.work_off()
        waited.append(the_entry().due_at - clock["now"])
        assert outbox.work_off(clock["now"] + waited[-1] - timedelta(seconds=1)) == 0
        clock["now"] += waited[-1]

    assert waited[:2] == [timedelta(seconds=2), timedelta(seconds=4)]
    assert (the_entry().status, the_entry().tries, len(errand.ran)) == (S.FAILED, 3, 3)
    assert errand.given_up == [(7,)]
    assert list(OutboxEntry.objects.failed()) == [the_entry()]


def test_no_pause_is_longer_than_an_hour():
    pauses = [outbox.pause_after(tries) for tries in (1, 2, 11, 12, 13, 2_000)]

    assert [pause.total_seconds() for pause in pauses] == [2, 4, 2_048, 3_600, 3_600, 3_600]


def test_what_was_given_up_can_be_tried_again_as_often_as_a_new_one(errand):
    errand.during = fail
    errand.delay_on_commit(7)
    outbox.work_off(timezone.now() + timedelta(hours=1))
    errand.during = lambda: None

    outbox.try_again(the_entry())
    outbox.work_off()

    assert (the_entry().status, the_entry().tries, the_entry().fault) == (S.DONE, 1, "")


def test_the_fault_and_the_log_name_the_kind_and_the_place_and_nobody(errand, caplog):
    errand.during = fail
    errand.delay_on_commit(7)
    outbox.work_off()

    assert the_entry().fault == "SomethingWrongError"
    assert "SomethingWrongError at " in caplog.text
    assert "grace.obi" not in caplog.text


def test_a_mistake_of_the_portal_is_no_part_of_life_where_tests_run(errand):
    def stumble():
        raise ZeroDivisionError

    errand.during = stumble
    errand.delay_on_commit(7)

    with pytest.raises(ZeroDivisionError):
        outbox.work_off()
    assert the_entry().status == S.WAITING


def test_what_is_held_is_left_alone_until_its_hold_lapses(errand):
    errand.delay_on_commit(7)
    now = timezone.now()
    assert outbox.take(now) is not None

    assert outbox.take(now + timedelta(seconds=89)) is None
    assert outbox.take(now + timedelta(seconds=91)) is not None


def test_whoever_lost_its_hold_writes_nothing_more(errand):
    errand.delay_on_commit(7)
    now = timezone.now()
    first = outbox.take(now)
    second = outbox.take(now + timedelta(seconds=91))

    outbox.work(first)
    assert the_entry().status == S.WAITING
    outbox.work(second)
    assert the_entry().status == S.DONE


def test_a_worker_holds_on_for_as_long_as_it_says_that_it_is_there(errand, monkeypatch):
    monkeypatch.setattr(outbox._Holder, "name", "")
    monkeypatch.setattr(outbox._Holder, "held_for", outbox.HELD_IN_PROCESS)
    outbox.become_a_worker()
    errand.delay_on_commit(7)
    now = timezone.now()
    outbox.take(now)

    outbox.say_still_here(now + timedelta(seconds=5))

    assert outbox.take(now + timedelta(seconds=10)) is None
    assert outbox.take(now + timedelta(seconds=12)) is not None


def test_an_entry_over_which_process_after_process_dies_is_given_up(errand):
    errand.delay_on_commit(7)
    now = timezone.now()
    for _ in range(errand.most_tries + outbox.MOST_DEATHS):
        assert outbox.take(now) is not None
        now += timedelta(minutes=2)

    assert outbox.take(now) is None
    assert (the_entry().status, the_entry().fault) == (S.FAILED, "its process died each time")
    assert errand.given_up == [(7,)]


def test_what_this_release_knows_no_task_for_is_left_to_one_that_does(errand):
    OutboxEntryFactory(task="of.another.release")
    errand.delay_on_commit(7)

    assert outbox.work_off() == 1
    assert OutboxEntry.objects.waiting().get().task == "of.another.release"


def test_the_oldest_is_done_first(errand):
    for number in (3, 1, 2):
        errand.delay_on_commit(number)
    now = timezone.now()
    for minutes, number in enumerate((1, 2, 3)):
        OutboxEntry.objects.of(errand.name, number).update(due_at=now - timedelta(minutes=10 - minutes))

    outbox.work_off()

    assert errand.ran == [(1,), (2,), (3,)]


def test_without_a_queue_it_is_done_after_commit(errand, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        errand.delay_on_commit(7)
        assert errand.ran == []

    assert errand.ran == [(7,)]


def test_a_task_that_rings_nobody_waits_for_the_clock(errand, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(Errand, "rings", False)

    with django_capture_on_commit_callbacks(execute=True):
        errand.delay_on_commit(7)
    assert errand.ran == []

    jobs.work_off_outbox()
    assert errand.ran == [(7,)]


def test_a_worker_is_rung_with_nothing_but_the_bell(errand, settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    rung = []
    monkeypatch.setattr(type(current_app._get_current_object()), "send_task", lambda *args, **kwargs: rung.append(args[1:]))

    outbox.ring(outbox.queue(errand, 7).pk)

    assert rung == [("core.jobs.work_off_outbox",)]
    assert errand.ran == []


def test_a_queue_that_is_down_breaks_nothing_and_the_entry_waits(errand, settings, monkeypatch, caplog):
    settings.CELERY_TASK_ALWAYS_EAGER = False

    def down(*args, **kwargs):
        raise OperationalError("redis://secret@host is down")

    monkeypatch.setattr(type(current_app._get_current_object()), "send_task", down)
    with caplog.at_level(logging.WARNING, "core.outbox"):
        outbox.ring(outbox.queue(errand, 7).pk)

    assert the_entry().status == S.WAITING
    assert "The queue is down" in caplog.text
    assert "secret" not in caplog.text


def test_a_queue_that_is_down_is_left_alone_for_some_seconds(errand, settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    asked, hands = [], {"now": 1000.0}

    def down(*args, **kwargs):
        asked.append(hands["now"])
        raise OperationalError

    monkeypatch.setattr(type(current_app._get_current_object()), "send_task", down)
    monkeypatch.setattr("core.away.time.monotonic", lambda: hands["now"])

    for hands["now"] in (1000.0, 1000.1, 1004.9, 1005.1, 1006):
        outbox.ring(outbox.queue(errand, 7).pk)

    assert asked == [1000.0, 1005.1]


def test_what_was_done_long_ago_is_removed_and_what_was_given_up_stays():
    now = timezone.now()
    long_ago = now - timedelta(days=jobs.DAYS_KEPT, minutes=1)
    OutboxEntryFactory(status=S.DONE, ended_at=long_ago)
    kept = [
        OutboxEntryFactory(status=S.DONE, ended_at=long_ago + timedelta(minutes=2)),
        OutboxEntryFactory(status=S.FAILED, ended_at=long_ago),
        OutboxEntryFactory(asked_at=long_ago),
    ]

    jobs.remove_done_entries()

    assert list(OutboxEntry.objects.order_by("pk")) == kept


def test_the_key_says_the_task_and_its_arguments(errand):
    entry = outbox.queue(errand, 7, "a")

    assert entry.key == f"{errand.name} {json.dumps([7, 'a'], separators=(',', ':'))}"
    assert OutboxEntry.objects.of(errand.name, 7, "a").get() == entry


STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "take", "work", "work and fail", "die", "wait"]), st.integers(0, 2)),
    min_size=1,
    max_size=25,
)


@hypothesis_settings(max_examples=40)
@given(steps=STEPS)
def test_whatever_happens_in_whatever_order_each_effect_is_done_or_given_up(errand, steps):
    OutboxEntry.objects.all().delete()
    errand.ran.clear()
    now, held, asked = timezone.now() + timedelta(seconds=1), [], set()
    for what, number in steps:
        errand.during = fail if what == "work and fail" else lambda: None
        if what == "ask":
            outbox.queue(errand, number)
            asked.add((number,))
        elif what == "take":
            held += [entry for entry in [outbox.take(now)] if entry is not None]
        elif what in ("work", "work and fail") and held:
            outbox.work(held.pop(number % len(held)))
        elif what == "die" and held:
            held.pop(number % len(held))
        elif what == "wait":
            now += timedelta(seconds=60)
    errand.during = lambda: None

    outbox.work_off(now + timedelta(days=1))

    assert not OutboxEntry.objects.waiting().exists()
    done = {tuple(entry.arguments) for entry in OutboxEntry.objects.filter(status=S.DONE)}
    given_up = {tuple(entry.arguments) for entry in OutboxEntry.objects.failed()}
    assert done | given_up == asked
    assert done <= set(errand.ran)
    assert set(OutboxEntry.objects.failed().values_list("fault", flat=True)) <= {
        "SomethingWrongError",
        "its process died each time",
    }
