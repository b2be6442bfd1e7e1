"""`python -m tests.bench`: the figures the project promises, each a ratio within this run, and a table of them beside their goals.

With words of `PARTS` only those; with `memory` beside `worker` the memory after 500 documents, which takes some minutes more.
"""

import logging
import os
import shutil
import sys
import tempfile
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path

# What takes longest comes last. The memory of 500 documents is what is promised; what a document leaves behind shows in 200 as well.
PARTS = ("telling", "queries", "brief", "load", "worker")
DOCUMENTS, ALL_DOCUMENTS = 200, 500


def main(wanted):
    """Run the parts that are wanted in a database that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        database = Path(folder) / "bench.sqlite3"
        os.environ["DATABASE_URL"] = f"sqlite:///{database}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "ldp_portal.settings_test"
        _prepare(folder)
        bare = _bare(database)
        for name in PARTS:
            if name in wanted or not set(PARTS) & set(wanted):
                _put_back(bare, database)
                _run(name, ALL_DOCUMENTS if "memory" in wanted else DOCUMENTS)
        import_module("tests.bench.side_by_side").say_table()


def _bare(database):
    """Keep the database as it is before any part: with the reference data, and nothing else."""
    from django.db import connection  # noqa: PLC0415 - needs the settings

    bare = database.with_suffix(".bare")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(bare)])
    return bare


def _put_back(bare, database):
    """Let a part begin with that database."""
    from django.db import connections  # noqa: PLC0415 - needs the settings

    connections.close_all()
    for left in database.parent.glob(f"{database.name}*"):
        left.unlink()
    shutil.copy(bare, database)


def _run(name, documents):
    """Run one part; those with a worker of their own give it its work by its bell."""
    from django.test.utils import override_settings  # noqa: PLC0415 - needs the settings

    part = import_module(f"tests.bench.{name}")
    with override_settings(CELERY_TASK_ALWAYS_EAGER=False) if name in ("worker", "load") else nullcontext():
        part.run(*([documents] if name == "worker" else []))


def _prepare(folder):
    import django  # noqa: PLC0415 - the settings are chosen above

    django.setup()
    from django.conf import settings  # noqa: PLC0415 - as above
    from django.core.management import call_command  # noqa: PLC0415 - as above

    from core import reference  # noqa: PLC0415 - as above

    logging.disable(logging.WARNING)
    settings.MEDIA_ROOT = str(Path(folder) / "media")
    call_command("migrate", verbosity=0)
    reference.load(settings.FIXTURES_DIR)


if __name__ == "__main__":
    main(sys.argv[1:])
