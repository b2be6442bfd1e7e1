"""How the portal asks a service outside: it follows no redirect, and waits and reads no longer than a page can afford."""

from __future__ import annotations

import time
from typing import Any

import requests
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter

# Between two parts of an answer, and for all of it.
PATIENCE_SECONDS = 3
WHOLE_SECONDS = 6
# What a sign-in service tells of itself, its keys or a person is a few kilobytes.
MOST_BYTES = 1_000_000
PART_BYTES = 65_536


class GuardedSession(requests.Session):
    """Asks without being led on: a redirect would carry along what was sent, the client secret included."""

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """Return an answer that has been read whole; raise `requests.RequestException` where it takes too long or is too much."""
        guarded = {"allow_redirects": False, "stream": True, "timeout": PATIENCE_SECONDS}
        response = super().request(*args, **{**kwargs, **guarded})
        try:
            response._content = _read(response)
        finally:
            response.close()
        return response


def _read(response: requests.Response) -> bytes:
    """Return the body of an answer, as it comes."""
    body, ends = bytearray(), time.monotonic() + WHOLE_SECONDS
    while part := response.raw.read1(PART_BYTES, decode_content=True):
        body += part
        if len(body) > MOST_BYTES:
            raise requests.RequestException("The answer is too long.")
        if time.monotonic() > ends:
            raise requests.Timeout("The answer takes too long.")
    return bytes(body)


class ServiceAdapter(DefaultSocialAccountAdapter):
    """Lets the sign-in package ask in the same way."""

    def get_requests_session(self) -> GuardedSession:
        """Return what it asks with."""
        return GuardedSession()
