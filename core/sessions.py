"""Sessions: kept on the server, ended after 30 minutes without use and 12 hours at most, known by whose they are (S11)."""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, update_session_auth_hash
from django.contrib.sessions.backends import db
from django.utils import timezone
from django.utils.crypto import constant_time_compare

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.contrib.sessions.backends.base import SessionBase
    from django.http import HttpRequest, HttpResponseBase

    Answer = Callable[[HttpRequest], HttpResponseBase]

IDLE_MINUTES = 30
MAX_HOURS = 12
# How often the moment of last use is written at most: not every page needs a write.
NOTED_EVERY_SECONDS = 60
BEGAN, SEEN, DEVICE = "began_at", "seen_at", "device"
# How a browser names itself and what it runs on, the more telling word first.
_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "Mac",
    "CrOS": "Chromebook",
    "Linux": "Linux",
}


class SessionStore(db.SessionStore):
    """Sessions in the database alone: one that is ended is ended for every process at once."""

    @classmethod
    def get_model_class(cls) -> Any:
        """Return the model with a column for whose session it is."""
        # This module is imported before models can be.
        from core.models import PortalSession  # noqa: PLC0415 - as said above

        return PortalSession

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        """Note on the row whose session it is."""
        row: Any = super().create_model_instance(data)
        row.person_key = data.get(SESSION_KEY, "")
        return row


@dataclass(frozen=True)
class SignedIn:
    """One browser in which somebody is signed in."""

    key: str
    device: str
    began_at: datetime
    seen_at: datetime

    @property
    def mark(self) -> str:
        """Return by what a page names the session, without giving it away."""
        return mark_of(self.key)


def mark_of(key: str) -> str:
    """Return by what a page names the session of a key."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class TimeLeft:
    """How long a session still lasts, in whole seconds, rounded up: without use (`idle`), and however much it is used (`limit`)."""

    idle: int
    limit: int


def time_left(data: Mapping[str, Any] | SessionBase, now: datetime) -> TimeLeft:
    """Return how long the session of somebody signed in still lasts; one that has just begun lasts as long as any."""
    at = now.timestamp()
    idle = data.get(SEEN, at) + IDLE_MINUTES * 60 - at
    limit = data.get(BEGAN, at) + timedelta(hours=MAX_HOURS).total_seconds() - at
    return TimeLeft(math.ceil(idle), math.ceil(limit))


def is_over(data: Mapping[str, Any] | SessionBase, now: datetime) -> bool:
    """Tell whether a session has not been used for too long, or has lasted too long."""
    began, seen = data.get(BEGAN), data.get(SEEN)
    if began is None or seen is None:
        return False
    at = now.timestamp()
    return bool(at - seen >= IDLE_MINUTES * 60 or at - began >= timedelta(hours=MAX_HOURS).total_seconds())


def sessions_of(person: Any, now: datetime) -> list[SignedIn]:
    """Return where a person is signed in now, the latest used first."""
    rows = SessionStore.get_model_class().objects.filter(person_key=str(person.pk), expire_date__gt=now)
    found = []
    for row in rows.order_by("pk"):
        data = row.get_decoded()
        is_current = constant_time_compare(data.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())
        if is_current and BEGAN in data and not is_over(data, now):
            began, seen = (datetime.fromtimestamp(data[name], UTC) for name in (BEGAN, SEEN))
            found.append(SignedIn(row.session_key, data.get(DEVICE, ""), began, seen))
    return sorted(found, key=lambda session: session.seen_at, reverse=True)


def end_sessions_of(person: Any, *, mark: str = "") -> int:
    """End every session of a person, or the one that a page names; return how many there were."""
    rows = SessionStore.get_model_class().objects.filter(person_key=str(person.pk))
    ended = [row for row in rows if not mark or mark_of(row.session_key) == mark]
    for row in ended:
        row.delete()
    return len(ended)


def device_of(request: HttpRequest) -> str:
    """Return in a few words what somebody signs in with, such as “Firefox on Windows”."""
    said = request.headers.get("User-Agent", "")
    browser = next((name for word, name in _BROWSERS.items() if word in said), "A browser")
    system = next((name for word, name in _SYSTEMS.items() if word in said), "")
    return f"{browser} on {system}" if system else browser


def begin(request: HttpRequest) -> None:
    """Begin to count how long the session of somebody who has just signed in lasts."""
    now = timezone.now().timestamp()
    request.session.update({BEGAN: now, SEEN: now, DEVICE: device_of(request)})


def go_on(request: HttpRequest, kept: Any) -> None:
    """Let this session go on under a new key once its person has another mark (`kept` is the person as saved): all their other sessions are over."""
    person: Any = request.user
    person.session_mark = kept.session_mark
    update_session_auth_hash(request, person)


def heartbeat(view: Any) -> Any:
    """Mark a view that pages ask for by themselves: it does not keep a session going."""
    view.is_heartbeat = True
    return view


class SessionTimesMiddleware:
    """End a session that has not been used for too long or has lasted too long; note when the others are used."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look at the session before anybody is known by it; begin to count where somebody has just signed in."""
        session = request.session
        if SESSION_KEY in session and is_over(session, timezone.now()):
            session.flush()
        response = self.get_response(request)
        if SESSION_KEY in request.session and BEGAN not in request.session:
            begin(request)
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Note that the session is used, unless the page asks by itself."""
        session = request.session
        if SESSION_KEY not in session or SEEN not in session or getattr(view, "is_heartbeat", False):
            return
        now = timezone.now().timestamp()
        if now - session[SEEN] >= NOTED_EVERY_SECONDS:
            session[SEEN] = now
