"""What people see when a page breaks: what they sent, a database that is away for a moment and a fault of ours are told apart."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import Error, InterfaceError, OperationalError
from django.shortcuts import render
from django.views.defaults import bad_request, server_error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpRequest, HttpResponse, HttpResponseBase

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
# A database that is started again answers within a few seconds.
RETRY_AFTER_SECONDS = 5


@login_not_required
def request_refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that more was sent than a page takes in, or that it could not be read."""
    if isinstance(exception, TOO_MUCH):
        # Whatever shows the person would read the request, and be refused as well.
        return render(None, "413.html", status=413)
    return bad_request(request, exception)


@login_not_required
def page_broken(request: HttpRequest) -> HttpResponseBase:
    """Say that the records cannot be reached, without asking them anything, or that the fault is ours."""
    if is_database_away(sys.exc_info()[1]):
        return database_away(request)
    return server_error(request)


def database_away(request: HttpRequest) -> HttpResponse:
    """Say calmly that the records cannot be reached, and when to ask again."""
    # A request would bring the person in, who is in the database.
    response = render(None, "503.html", status=503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response["Cache-Control"] = "no-store"
    return response


def is_database_away(fault: BaseException | None) -> bool:
    """Tell whether a page broke because the database did not answer, or could not be asked for long; and not for what it answered."""
    return isinstance(fault, Error) and any(isinstance(error, OperationalError | InterfaceError) for error in _chain(fault))


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    """Walk from an error to what it came of: a transaction that cannot be ended hides why."""
    while fault is not None:
        yield fault
        fault = fault.__cause__ or fault.__context__
