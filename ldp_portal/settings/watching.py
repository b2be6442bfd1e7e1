"""How the portal is seen at work: what it writes into its log, and who may read its figures."""

import tomllib
from typing import Any

from ldp_portal.settings.environment import BASE_DIR, DEBUG, said

# What the status page says runs here.
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]

# Prometheus reads /metrics with this bearer token; without one there is no such page.
METRICS_TOKEN = said("PORTAL_METRICS_TOKEN")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"about_request": {"()": "core.logs.AboutRequest"}},
    "formatters": {
        "lines": {
            "()": "core.logs.Lines",
            "fmt": "{asctime}{levelname}{name}{message}{request_id}",
            "style": "{",
            "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
        },
        "plain": {"()": "core.logs.PlainLines", "format": "%(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "filters": ["about_request"],
            "formatter": "plain" if DEBUG else "lines",
        },
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stdout"], "level": "INFO"},
    "loggers": {
        # What Django would write beside; the line of the request says what became of a page, and errors go the same way as all else.
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.server": {"handlers": ["stdout"] if DEBUG else ["nowhere"], "level": "INFO", "propagate": False},
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        "health_check": {"handlers": [], "level": "WARNING", "propagate": True},
        "fontTools": {"handlers": [], "level": "WARNING", "propagate": True},
        "weasyprint": {"handlers": [], "level": "ERROR", "propagate": True},
        "botocore": {"handlers": [], "level": "WARNING", "propagate": True},
    },
}
# A worker writes its log as the web processes do.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
