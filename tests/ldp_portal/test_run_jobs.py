"""What is done by the clock, without workers: `manage.py run_jobs`."""

import os
import time

import pytest
from django.core.management import call_command
from django.utils.module_loading import import_string

from accounts import jobs as accounts_jobs
from core import jobs as core_jobs
from engagements import jobs
from ldp_portal.celery import app

pytestmark = pytest.mark.django_db
JOBS = ["work_off_outbox", "remove_done_entries", "remove_leftovers", "queue_reminders", "queue_digests", "queue_contact_nudges"]


@pytest.fixture
def rounds(monkeypatch):
    """Return which jobs were run."""
    run = []
    for name in JOBS:
        place = next(place for place in (core_jobs, accounts_jobs, jobs) if hasattr(place, name))
        monkeypatch.setattr(place, name, lambda name=name: run.append(name))
    return run


def test_run_jobs_runs_every_job_once(rounds):
    call_command("run_jobs")

    assert rounds == JOBS


def test_run_jobs_runs_the_real_jobs_without_a_failure(caplog):
    call_command("run_jobs")

    # A job that fails is logged and does not stop the others.
    assert "failed" not in caplog.text


def test_a_job_that_fails_does_not_keep_the_others_from_running(rounds, monkeypatch, caplog):
    def fail():
        raise RuntimeError

    monkeypatch.setattr(core_jobs, "work_off_outbox", fail)

    call_command("run_jobs")

    assert rounds == JOBS[1:]
    assert "The job core.jobs.work_off_outbox failed." in caplog.text


def test_a_job_of_the_night_that_failed_is_tried_again(rounds, monkeypatch):
    tries = []

    def fail():
        tries.append(1)
        raise RuntimeError

    parents = iter([7, 7, 7, 1])
    monkeypatch.setattr(core_jobs, "remove_leftovers", fail)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    monkeypatch.setattr(os, "getppid", lambda: next(parents))

    call_command("run_jobs", every=1)

    assert len(tries) == 3
    assert rounds.count("remove_done_entries") == 1


def test_run_jobs_goes_on_until_whoever_started_it_has_gone(rounds, monkeypatch):
    seconds, parents = [], iter([7] * 5 + [1])
    monkeypatch.setattr(time, "sleep", seconds.append)
    monkeypatch.setattr(os, "getppid", lambda: next(parents))

    often = [job for job in JOBS if not job.startswith("remove_")]

    call_command("run_jobs", every=2)

    assert rounds == [*JOBS, *often, *often]
    assert len(seconds) == 5


def test_the_beat_knows_tasks_that_a_worker_knows(settings):
    app.loader.import_default_modules()

    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert entry["task"] in app.tasks
        assert callable(import_string(entry["task"]))
