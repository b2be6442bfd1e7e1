"""`python -m tests.drills`: the drills the project promises (S4, S19, D1 to D15), in a database that is thrown away; fails where one finds a fault.

With the name of a part only that part; with a number the very steps of the run that named it.
"""

import os
import statistics
import sys
import tempfile
import time
import traceback
import warnings

STEPS = 10_000
QUESTIONS = 10_000
EXAMPLES_EACH = 20
MAX_SECONDS = 900
RESTORED_EVENTS, RESTORED_FILES, BROKEN_ARCHIVES = 5_000, 20, 20
PARTS = {"signing", "asking", "parallel", "dying", "writers", "away", "killing", "bell", "clock", "restoring"}
COLUMNS = "{:<58} {:>8} {:>8} {:>8} {:>6} {:>8}"


def main(words):
    """Run the parts that are wanted; return whether all of them held."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "ldp_portal.settings_test"
    import django  # noqa: PLC0415 - the settings are chosen above

    django.setup()
    numbers = [int(word) for word in words if word.isdigit()]
    wanted = {word for word in words if not word.isdigit()} or PARTS
    with tempfile.TemporaryDirectory(prefix="portal-drills-") as folder, _database(folder):
        say(COLUMNS.format("drill", "done", "carried", "refused", "lost", "seconds"))
        say(COLUMNS.format("", "", "out", "", "or illegal", ""))
        held = [_signing(numbers[0] if numbers else int(time.time()))] if "signing" in wanted else []
        held += _asking() if "asking" in wanted else []
        held += _parallel() if "parallel" in wanted else []
        held += _dying() if "dying" in wanted else []
        held += _writers() if "writers" in wanted else []
        held += _away() if "away" in wanted else []
        held += _killing() if "killing" in wanted else []
        held += _bell() if "bell" in wanted else []
        held += _clock() if "clock" in wanted else []
        held += _restoring() if "restoring" in wanted else []
    return all(held)


def say(line):
    """Print one line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class _database:  # noqa: N801 - read as a word: with _database(folder)
    """Make a database for tests with the reference data, and remove it."""

    def __init__(self, folder):
        self.folder = folder

    def __enter__(self):
        from django.conf import settings  # noqa: PLC0415 - needs the settings
        from django.test.utils import setup_databases, setup_test_environment  # noqa: PLC0415 - as above

        from core import reference  # noqa: PLC0415 - as above

        setup_test_environment()
        settings.MEDIA_ROOT = self.folder
        self.old = setup_databases(verbosity=0, interactive=False)
        reference.load(settings.FIXTURES_DIR)

    def __exit__(self, *_):
        from django.db import connections  # noqa: PLC0415 - needs the settings
        from django.test.utils import teardown_databases, teardown_test_environment  # noqa: PLC0415 - as above

        connections.close_all()
        teardown_databases(self.old, verbosity=0)
        teardown_test_environment()


def _signing(number):
    """Take ten thousand steps, each set of examples under a number of its own."""
    from django.db import transaction  # noqa: PLC0415 - needs the settings

    from tests.drills import signing, world  # noqa: PLC0415 - as above

    tally, began, fault = signing.Tally(), time.monotonic(), ""
    first = number
    with transaction.atomic():
        stands = world.build()
        while tally["steps"] < STEPS and not fault:
            if time.monotonic() - began > MAX_SECONDS:
                fault = f"stopped after {MAX_SECONDS} seconds"
                break
            try:
                signing.run(stands, tally, examples=EXAMPLES_EACH, number=number)
            except Exception:  # noqa: BLE001 - told below, with the steps that led there
                fault = f"{traceback.format_exc()}\nTo see it again: python -m tests.drills signing {number}"
            number += 1
        transaction.set_rollback(True)
    name = f"steps of signing by anybody in any order (from {first})"
    answers = (tally["done"], tally["refused"] + tally["conflict"])
    _row(name, tally["steps"], *answers, int(bool(fault)), began)
    if fault:
        say(fault)
    return not fault


def _asking():
    """Ask odd questions of every page that takes one (S19)."""
    from django.db import transaction  # noqa: PLC0415 - needs the settings

    from tests.drills import asking  # noqa: PLC0415 - as above

    began = time.monotonic()
    with transaction.atomic():
        outcome = asking.run(QUESTIONS)
        transaction.set_rollback(True)
    _row("S19 odd questions to every page that takes one", outcome.asked, outcome.asked, "", len(outcome.wrong), began)
    return [_told(outcome.wrong)]


def _parallel():
    """Send a hundred posts at once, drill by drill."""
    from django.db import connection  # noqa: PLC0415 - needs the settings

    from tests.drills import parallel  # noqa: PLC0415 - as above

    # A PostgreSQL as it is installed takes a hundred connections, and others hold some of them.
    size = parallel.Size(signatories=10, posts=100, threads=100 if connection.vendor == "sqlite" else 50)
    held = []
    for drill in parallel.DRILLS:
        began = time.monotonic()
        outcome = drill(size, is_printed=True) if drill is parallel.agreements else drill(size)
        lost = outcome.posts - outcome.done - outcome.refused
        _row(outcome.name, outcome.posts, outcome.done, outcome.refused, lost + len(outcome.wrong), began)
        for sentence in outcome.wrong:
            say(f"  does not hold: {sentence}; {dict(outcome.answers)}")
        held.append(not outcome.wrong and not lost)
    return held


def _writers():
    """Let eight people write at one moment, and keep the database from writing for ten seconds meanwhile (D13, D6)."""
    from django.db import connection  # noqa: PLC0415 - needs the settings

    from tests.drills import writers  # noqa: PLC0415 - as above

    held, drills = [], [(writers.counted, {"times": 100})]
    if connection.vendor == "sqlite":
        drills.append((writers.locked, {"times": 25, "seconds": 10}))
    else:
        say("  left out, there is no file to lock on PostgreSQL: D6 of SQLite")
    for drill, words in drills:
        began = time.monotonic()
        outcome = drill(8, **words)
        _row(outcome.name, outcome.writes, outcome.writes, 0, len(outcome.wrong), began)
        held.append(_told(outcome.wrong))
    return held


def _away():
    """Cut PostgreSQL off five times while a thousand engagements are logged (D6)."""
    from tests.drills import away, databases  # noqa: PLC0415 - needs the settings

    if not databases.HAS_POSTGRES:
        say("  left out, there is no PostgreSQL on this machine: D6")
        return []
    began = time.monotonic()
    outcome = away.stopped(1000, 5)
    _row(outcome.name, outcome.writes, outcome.answers[302], outcome.answers[503], len(outcome.wrong), began)
    say(f"  the first good answer within {max(outcome.seconds):.1f} s of the database")
    return [_told(outcome.wrong)]


def _dying():
    """Let a process die at every step between a signature and what it causes (D4)."""
    from tests.drills import dying  # noqa: PLC0415 - needs the settings

    began = time.monotonic()
    outcome = dying.died_at_every_step()
    _row(outcome.name, len(outcome.points), len(outcome.points), "", len(outcome.wrong), began)
    return [_told(outcome.wrong)]


def _told(wrong):
    """Say what does not hold; return whether all does."""
    for sentence in wrong:
        say(f"  does not hold: {sentence}")
    return not wrong


def _killing():
    """Kill what makes a brief, and have made what cannot be made (D1, D2, D14)."""
    from tests.drills import killing, services  # noqa: PLC0415 - needs the settings

    if not services.HAS_REDIS:
        say("  left out, there is no Redis on this machine: D1, D2, D14")
        return []
    held = []
    for drill, times in ((killing.killed_children, 50), (killing.killed_workers, 20), (killing.poisoned, 10)):
        began = time.monotonic()
        outcome = drill(times)
        _row(outcome.name, times, len(outcome.seconds), "", len(outcome.wrong), began)
        say(f"  back within {max(outcome.seconds):.1f} s, half of them within {statistics.median(outcome.seconds):.1f} s")
        held.append(_told(outcome.wrong))
    return held


def _bell():
    """Stop Redis while two hundred people sign off, empty it, and bring each message twice (D3, D5)."""
    from tests.drills import bell, services  # noqa: PLC0415 - needs the settings

    if not services.HAS_REDIS:
        say("  left out, there is no Redis on this machine: D3, D5")
        return []
    held = []
    for drill, briefs in ((bell.stopped, 200), (bell.forgotten, 100), (bell.doubled, 100)):
        began = time.monotonic()
        outcome = drill(briefs)
        _row(outcome.name, outcome.briefs, outcome.done, "", len(outcome.wrong), began)
        if outcome.answered:
            say(
                f"  answered within {max(outcome.answered):.1f} s, half of them within {statistics.median(outcome.answered):.1f} s"
            )
        say(f"  the first brief after {outcome.first:.1f} s, all after {outcome.seconds:.1f} s: {outcome.rate:.1f} a second")
        held.append(_told(outcome.wrong))
    return held


def _clock():
    """Let two years go by (D15)."""
    from django.db import transaction  # noqa: PLC0415 - needs the settings

    from tests.drills import clock  # noqa: PLC0415 - as above

    began = time.monotonic()
    with transaction.atomic():
        outcome = clock.run(clock.EVERY_DAY)
        transaction.set_rollback(True)
    _row("D15 rounds of all jobs over two years, by two clocks", outcome.rounds, outcome.emails, "", len(outcome.wrong), began)
    return [_told(outcome.wrong)]


def _restoring():
    """Restore a portal of many rows beside itself."""
    from tests.drills import restoring  # noqa: PLC0415 - needs the settings

    began = time.monotonic()
    outcome = restoring.run(events=RESTORED_EVENTS, files=RESTORED_FILES, flips=BROKEN_ARCHIVES)
    wrong = len(outcome.differences) + outcome.let_through
    done = outcome.rows + outcome.files
    _row("rows and files restored, and broken archives refused", done, done, outcome.broken - outcome.let_through, wrong, began)
    ratio = outcome.restore_seconds / outcome.bare_seconds
    say(
        f"  bare restore of the database {outcome.bare_seconds:.1f} s; all of it, checked and compared, {outcome.restore_seconds:.1f} s ({ratio:.2f})"
    )
    for sentence in outcome.differences:
        say(f"  does not hold: {sentence}")
    return [not wrong]


def _row(name, steps, done, refused, wrong, began):
    refused = f"{refused:,}" if refused != "" else ""
    say(COLUMNS.format(name, f"{steps:,}", f"{done:,}", refused, wrong, f"{time.monotonic() - began:.1f}"))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    sys.exit(0 if main(sys.argv[1:]) else 1)
