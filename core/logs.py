"""What the portal writes into its log: one line for each request, and nothing that tells who a person is.

Every line carries the number of the request that it belongs to, in the web process and in the worker that does its work.
"""

from __future__ import annotations

import logging
import re
import traceback
import uuid
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from pythonjsonlogger.json import JsonFormatter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from django.http import HttpRequest, HttpResponseBase

MAX_ID_LENGTH = 36
SANE_ID = re.compile(rf"[A-Za-z0-9-]{{8,{MAX_ID_LENGTH}}}")
ADDRESS = re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;:]+")
# What names a thing and not a person, and opens nothing, beside whole numbers: other parts of an address may be a link's secret.
NAMED = ("reference",)

request_logger = logging.getLogger("portal.requests")
_request_id: ContextVar[str] = ContextVar("request_id", default="")


def request_id() -> str:
    """Return the number of the request that is being dealt with, if any."""
    return _request_id.get()


def id_of(said: str) -> str:
    """Return the number that a request brought along, or a new one where that is none."""
    return said if SANE_ID.fullmatch(said) else uuid.uuid4().hex


@contextmanager
def within_request(number: str) -> Iterator[None]:
    """Put the number of a request on every line that is written meanwhile."""
    token = _request_id.set(number)
    try:
        yield
    finally:
        _request_id.reset(token)


def write_request(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """Write the one line of a request: which page, what came of it, how long it took; people by their key, addresses without what was filled in."""
    match = request.resolver_match
    # The person is known already where the page needed one; the log asks for nobody.
    person = getattr(request, "_cached_user", None)
    told: dict[str, Any] = {
        "method": request.method if request.method in KNOWN_METHODS else "other",
        "route": f"/{match.route}" if match else "(no such address)",
        "view": match.view_name if match else "",
        "status": response.status_code,
        "milliseconds": round(seconds * 1000, 1),
        "user": getattr(person, "pk", None),
    }
    kwargs = match.kwargs if match else {}
    told |= {name: str(value) for name, value in kwargs.items() if name in NAMED or isinstance(value, int)}
    if getattr(request, "is_refused", False):
        told["refused"] = True
    is_probe = request.path.startswith("/health/")
    request_logger.log(
        logging.DEBUG if is_probe else logging.INFO, "%s %s %s", told["method"], told["route"], told["status"], extra=told
    )


KNOWN_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}


class AboutRequest(logging.Filter):
    """Puts the number of the request on a line, and takes out what tells who a person is."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line pass, changed."""
        if not getattr(record, "request_id", ""):
            record.request_id = request_id()
        request = record.__dict__.pop("request", None)
        if request is not None and record.name.startswith("django."):
            # Django writes the address as it was asked for, with whatever stands in it.
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route}" if match else "(no such address)"
            record.msg, record.args = f"{getattr(record, 'status_code', '')} {route}".strip(), ()
        else:
            record.msg, record.args = without_addresses(record.getMessage()), ()
        return True


def without_addresses(text: str) -> str:
    """Return a text with every email address taken out."""
    return ADDRESS.sub("(address)", text)


def told_of(kind: type[BaseException] | None, error: BaseException | None, place: TracebackType | None) -> str:
    """Tell what kind an error was and where it came from. What it says may name a person, and stays out."""
    lines = traceback.format_tb(place)
    lines.append(kind.__name__ if kind else "")
    cause = error and (error.__cause__ or (None if error.__suppress_context__ else error.__context__))
    if cause:
        lines.insert(0, f"{told_of(type(cause), cause, cause.__traceback__)}\n... which led to:\n")
    return "".join(lines)


class Lines(JsonFormatter):
    """Writes each line as one object of JSON, an error without what it says."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name that logging asks for
        """Tell of an error by its kind and place."""
        return told_of(*ei)


class PlainLines(logging.Formatter):
    """Writes each line as a person reads it, for development."""

    def format(self, record: logging.LogRecord) -> str:
        """Put the number of the request first, where there is one."""
        number = getattr(record, "request_id", "")
        return f"[{number[:8]}] {super().format(record)}" if number else super().format(record)
