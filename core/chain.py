"""The chain of the audit trail: every event is a link that holds the hash of the one before, so that no row can change, go or come unseen.

Events are written without a lock and chained a moment later, by a job and before each back-up: writers never wait for one another. Until then
an event is held by its seal alone. Whoever keeps the head of the chain elsewhere can tell that its end was not cut off either.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Count, Max

from core import seals, upkeep
from core.models import AuditEvent, AuditLink, Counter, UpkeepKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

logger = logging.getLogger(__name__)

LOCK = "audit chain"
AT_ONCE = 2_000
# How far back the job looks for an event whose transaction took its time; a back-up and `verify` look at all.
LOOKS_BACK = 100_000
CHECKED_EVERY = timedelta(hours=20)
MOST_FAULTS = 1_000
COLUMNS = ("pk", "seal", *seals.SEALED)


@dataclass
class Verified:
    """What a look at the whole chain has found."""

    links: int = 0
    waiting: int = 0
    of_unknown_keys: int = 0
    head: str = ""
    faults: list[str] = field(default_factory=list)

    def blame(self, sentence: str) -> None:
        """Keep what is wrong; a trail that was rewritten whole need not be told row by row."""
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(sentence)


@dataclass(frozen=True)
class State:
    """How the chain stands, for the status page."""

    links: int
    waiting: int
    head: str
    checked_at: datetime | None
    finding: str


def link(*, everything: bool = False) -> int:
    """Add every event that is not chained yet to the end of the chain; return how many there were."""
    added, after = 0, None if everything else _looked_back()
    while taken := _link_some(after):
        added, after = added + len(taken), taken[-1].event_id
    return added


def verify(*, head: str = "", using: str = DEFAULT_DB_ALIAS) -> Verified:
    """Look at every link and every event; `head` is one that was printed before and kept elsewhere."""
    found = Verified()
    previous, last_known = "", 0
    for links in _in_parts(AuditLink.objects.using(using).order_by("number").values_list("number", "event_id", "hash")):
        events = _events(AuditEvent.objects.using(using).filter(pk__in=[event for _, event, _ in links]))
        for number, pk, kept in links:
            if number != found.links + 1:
                found.blame(f"The chain leads from link {found.links} to link {number}: what was between is gone.")
            found.links = number
            event = events.get(pk)
            text = seals.text_of(event) if event else ""
            if event is None:
                found.blame(f"Event {pk} is gone.")
            elif kept != _hash(number, previous, event, text):
                found.blame(f"Event {pk} is not what was chained.")
            else:
                last_known = _check_seal(found, event, text, last_known)
            previous = kept
    found.head = _name(found.links, previous)
    _look_at_the_waiting(found, using, has_known=bool(last_known))
    for same in AuditEvent.objects.using(using).exclude(seal="").values("seal").annotate(n=Count("pk")).filter(n__gt=1):
        found.blame(f"{same['n']} events bear the same seal: one was copied.")
    if head and not _is_in_chain(head, using):
        found.blame("The head that was kept is not in the chain: its end was cut off, or it was written anew.")
    return found


def check(now: datetime) -> Verified | None:
    """Verify the chain once a day, and note what was found for the status page."""
    last = upkeep.last(UpkeepKind.AUDIT)
    if last is not None and last.at > now - CHECKED_EVERY:
        return None
    found = verify()
    upkeep.note(UpkeepKind.AUDIT, said_of(found), at=now)
    if found.faults:
        logger.error("The audit trail does not hold: %s faults.", len(found.faults))
    else:
        logger.info("The audit trail is whole; it ends at %s.", found.head)
    return found


def said_of(found: Verified) -> str:
    """Say in one line how the chain was found."""
    if found.faults:
        return f"{len(found.faults):,} faults; the first: {found.faults[0]}"
    return f"{found.links:,} events, whole; the chain ends at {found.head or 'nothing yet'}"


def state() -> State:
    """Return how the chain stands, without looking at every event."""
    last, checked = _last(), upkeep.last(UpkeepKind.AUDIT)
    return State(
        links=last.number if last else 0,
        waiting=_waiting(_looked_back()).count(),
        head=_name(last.number, last.hash) if last else "",
        checked_at=checked.at if checked else None,
        finding=checked.note if checked else "",
    )


def _link_some(after: int | None) -> list[AuditLink]:
    """Chain the first events that wait behind a certain one; whoever else does so waits for the end of this."""
    with transaction.atomic():
        Counter.objects.get_or_create(name=LOCK)
        Counter.objects.select_for_update().get(name=LOCK)
        last = _last()
        number, previous = (last.number, last.hash) if last else (0, "")
        links = []
        for event in _waiting(after).order_by("pk").values(*COLUMNS)[:AT_ONCE]:
            number += 1
            previous = _hash(number, previous, event, seals.text_of(event))
            links.append(AuditLink(number=number, event_id=event["pk"], hash=previous))
        return AuditLink.objects.bulk_create(links)


def _waiting(after: int | None, using: str = DEFAULT_DB_ALIAS) -> QuerySet[AuditEvent]:
    """Return the events that are not chained yet, of all or of those behind a certain one."""
    events = AuditEvent.objects.using(using).filter(link=None)
    return events if after is None else events.filter(pk__gt=after)


def _looked_back() -> int:
    """Return the event behind which anything may still be waiting."""
    return (AuditLink.objects.aggregate(latest=Max("event_id"))["latest"] or 0) - LOOKS_BACK


def _look_at_the_waiting(found: Verified, using: str, *, has_known: bool) -> None:
    """Hold the events that are not chained yet to their seals."""
    last_known = int(has_known)
    for event in _waiting(None, using).order_by("pk").values(*COLUMNS).iterator(AT_ONCE):
        found.waiting += 1
        last_known = _check_seal(found, event, seals.text_of(event), last_known)


def _check_seal(found: Verified, event: dict[str, Any], text: str, last_known: int) -> int:
    """Hold an event to its seal, and return the last event whose key is known.

    Keys that are not known any more are those of the beginning: after an event of a known key, none may follow.
    """
    is_true = seals.is_true(text, event["seal"])
    if is_true is None and not last_known:
        found.of_unknown_keys += 1
        return 0
    if not is_true:
        found.blame(f"Event {event['pk']} was not written by the portal, or was changed.")
        return last_known
    return int(event["pk"])


def _events(events: QuerySet[AuditEvent]) -> dict[int, dict[str, Any]]:
    return {event["pk"]: event for event in events.values(*COLUMNS)}


def _in_parts(links: Any) -> Iterator[list[tuple[int, int, str]]]:
    """Read so many links at once."""
    part = []
    for row in links.iterator(AT_ONCE):
        part.append(row)
        if len(part) == AT_ONCE:
            yield part
            part = []
    if part:
        yield part


def _is_in_chain(head: str, using: str) -> bool:
    """Tell whether an end of the chain that was kept is still a part of it."""
    number, _, kept = head.partition(":")
    return number.isdigit() and AuditLink.objects.using(using).filter(number=int(number), hash=kept).exists()


def _last() -> AuditLink | None:
    return AuditLink.objects.order_by("-number").first()


def _name(number: int, kept: str) -> str:
    """Write a link as a person can keep it: its number and its hash."""
    return f"{number}:{kept}" if number else ""


def _hash(number: int, previous: str, event: dict[str, Any], text: str) -> str:
    """Return the hash of a link: its number, the hash before it, and every column of its event, which `text` holds."""
    linked = "\n".join([str(number), previous, str(event["pk"]), event["seal"], text])
    return hashlib.sha256(linked.encode()).hexdigest()
