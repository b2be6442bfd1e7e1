"""While Redis is away, no page waits for it and every limit still bites; when it is back, all processes share it again."""

import contextlib
import logging
import os
import signal
import socketserver
import threading
import time

import pytest
from celery import Celery
from kombu.exceptions import OperationalError

from core import away
from ldp_portal.celery import AttentiveQueue, app
from tests.drills import services

# What talks to a real Redis needs one to be installed.
WITH_REDIS = [1] if services.HAS_REDIS else []


class _Nonsense(socketserver.StreamRequestHandler):
    """What is no Redis at all."""

    def handle(self):
        with contextlib.suppress(OSError):
            self.wfile.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")


@pytest.fixture
def cache():
    """Return what makes a cache at an address, and forgets afterwards that it was away."""
    yield lambda port: away.SharedCache(f"redis://127.0.0.1:{port}/0", {})
    away.SharedCache.away.until = 0.0
    away.SharedCache("redis://127.0.0.1:1/0", {})._cache._own.clear()


def refused():
    return services.free_port()


@contextlib.contextmanager
def nonsense():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Nonsense) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_cache_that_refuses_is_replaced_by_the_processes_own(cache, caplog):
    shared = cache(refused())

    with caplog.at_level(logging.WARNING, "core.away"):
        assert shared.add("guesses", 0, timeout=60)

    assert not shared.add("guesses", 0, timeout=60)
    assert [shared.incr("guesses") for _ in range(3)] == [1, 2, 3]
    assert shared.get("guesses") == 3
    assert shared.get_many(["guesses", "none"]) == {"guesses": 3}
    shared.delete("guesses")
    assert shared.get("guesses", "gone") == "gone"
    assert "The shared cache is away (ConnectionError)" in caplog.text
    assert len(caplog.records) == 1


def test_what_answers_but_is_no_redis_counts_as_away(cache):
    with nonsense() as port:
        shared = cache(port)
        shared.set("guesses", 1)

        assert shared.get("guesses") == 1
        assert shared.away


@pytest.mark.parametrize("_", WITH_REDIS)
def test_cache_that_hangs_is_waited_for_once_and_shared_again_when_it_is_back(cache, monkeypatch, _):
    monkeypatch.setattr(away, "PATIENCE_SECONDS", 0.1)
    monkeypatch.setattr(away, "LEFT_ALONE_SECONDS", 0.3)
    with services.redis() as address:
        port = address.rpartition(":")[2].partition("/")[0]
        mine, of_another = cache(port), cache(port)
        mine.set("shared", "yes")
        assert of_another.get("shared") == "yes"
        pid = mine._cache._shared.get_client().info("server")["process_id"]

        os.kill(pid, signal.SIGSTOP)
        began = time.monotonic()
        while_away = [mine.get("shared", "no") for _ in range(10)]
        took = time.monotonic() - began
        os.kill(pid, signal.SIGCONT)
        services.until(lambda: not mine.away, what="another look")

        assert while_away == ["no"] * 10
        assert took < 2
        assert mine.get("shared") == "yes"


def test_ringing_where_nobody_listens_takes_no_time():
    bell = Celery(broker=f"redis://127.0.0.1:{refused()}/0", set_as_current=False, amqp=AttentiveQueue)
    names = ("task_publish_retry_policy", "broker_transport_options")
    bell.conf.update({name: app.conf[name] for name in names})

    took = []
    for _ in range(3):
        began = time.monotonic()
        with pytest.raises(OperationalError):
            bell.send_task("core.jobs.work_off_outbox")
        took.append(time.monotonic() - began)

    assert min(took) < 0.1, took


def test_worker_looks_for_its_bell_every_second_and_no_less_often(monkeypatch):
    pauses = []
    monkeypatch.setattr("kombu.utils.functional.sleep", pauses.append)
    bell = Celery(broker=f"redis://127.0.0.1:{refused()}/0", set_as_current=False, amqp=AttentiveQueue)

    with pytest.raises(OperationalError):
        bell.connection_for_read().ensure_connection(lambda error, pause: None, max_retries=20)

    # In the middle of sending, the pauses are said one by one.
    with pytest.raises(OperationalError):
        bell.connection_for_write()._ensure_connection(None, 1, 0, 0, 0)
    assert len([pause for pause in pauses if pause]) == 20
    assert max(pauses) == 1


def test_worker_and_its_clock_never_give_up_looking_for_their_bell(monkeypatch):
    looks = []

    def end_after_many(pause):
        looks.append(pause)
        if len(looks) == 500:
            raise StopAsyncIteration

    monkeypatch.setattr("kombu.utils.functional.sleep", end_after_many)
    bell = Celery(broker=f"redis://127.0.0.1:{refused()}/0", set_as_current=False, amqp=AttentiveQueue)

    with pytest.raises(StopAsyncIteration):
        bell.connection_for_read().ensure_connection(lambda error, pause: None, app.conf.broker_connection_max_retries)
