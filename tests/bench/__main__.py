"""`python -m tests.bench`: the figures the project promises, each a ratio within this run. With `brief`, `worker` or `queries`, only that part."""

import logging
import os
import sys
import tempfile
from pathlib import Path


def main(wanted):
    """Run the parts that are wanted in a database that is thrown away."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        os.environ["DJANGO_SETTINGS_MODULE"] = "ldp_portal.settings_test"
        _prepare(folder)
        if not wanted or "brief" in wanted:
            _brief()
        if not wanted or "worker" in wanted:
            _worker()
        if not wanted or "queries" in wanted:
            _queries()


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


def _brief():
    from tests.bench import brief  # noqa: PLC0415 - needs the settings

    brief.run()


def _worker():
    from django.test.utils import override_settings  # noqa: PLC0415 - needs the settings

    from tests.bench import worker  # noqa: PLC0415 - as above

    with override_settings(CELERY_TASK_ALWAYS_EAGER=False):
        worker.run()


def _queries():
    from tests.bench import queries  # noqa: PLC0415 - needs the settings

    queries.run()


if __name__ == "__main__":
    main(sys.argv[1:])
