"""What happens around every request so that the portal can be seen at work: probes are let in, each request is numbered, timed and told in one line."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING

from django.conf import settings

from core import figures, logs

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase

    Answer = Callable[[HttpRequest], HttpResponseBase]

PROBED = "/health/"
# Whoever answers here is promised that nobody learns who they are or when they did (docs/decisions/feedback.md).
ANONYMOUS = "/feedback/"


class RequestLogMiddleware:
    """Number each request, and write one line of what came of it. The number goes along to the worker that does its work."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Take over the number that a proxy of ours gave, if it is one, and time the rest."""
        said = request.headers.get("X-Request-ID", "") if settings.ALLAUTH_TRUSTED_PROXY_COUNT > 0 else ""
        number = logs.id_of(said)
        began = time.perf_counter()
        with logs.within_request(number):
            response = self.get_response(request)
            if request.path_info.startswith(ANONYMOUS) and response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
                # A line, or a figure, for each answer would count them and say when each came.
                return response
            seconds = time.perf_counter() - began
            logs.write_request(request, response, seconds)
            match = request.resolver_match
            figures.note_page(match.view_name if match else "", response.status_code, seconds)
        response["X-Request-ID"] = number
        return response


class AnonymousMiddleware:
    """Forget who somebody is where nobody may be recognised: no session is read, none is kept awake, and no cookie is set."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Take the cookies away before anybody reads them."""
        if request.path_info.startswith(ANONYMOUS):
            request.META.pop("HTTP_COOKIE", None)
        return self.get_response(request)


class ProbeMiddleware:
    """Answer a probe by whatever host name it asks, and without looking at whoever sends it: it works while the database is away."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Take a probe for one of this machine's own; it says nothing but whether the portal is well."""
        if request.path_info.startswith(PROBED):
            request.META["HTTP_HOST"] = settings.ALLOWED_HOSTS[0]
            request.META.pop("HTTP_X_FORWARDED_HOST", None)
            request.META.pop("HTTP_COOKIE", None)
        return self.get_response(request)
