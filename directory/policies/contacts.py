"""What can be written as a contact point of each kind, and what bars a change of a region's contact points."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import phonenumbers
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator, URLValidator

from core.records import mark_of
from core.refusals import Blocker
from core.text import refuse_unreachable
from directory.enums import ContactKind
from directory.models import ContactPoint, website_address

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

NO_TELEPHONE = "Enter a telephone number, such as 0115 496 0123"
NO_EMAIL = "Enter an email address, such as name@example.nhs.uk"
SPACE_IN_EMAIL = "Enter the email address without spaces, such as name@example.nhs.uk"
NO_WEBSITE = "Enter a web address, such as www.example.nhs.uk"
SPACE_IN_WEBSITE = "Enter the web address without spaces, such as www.example.nhs.uk"
NO_PERSON = "Enter the person’s name, such as Jo Bloggs. Add their number or address as a contact point of its own."
CHANGED_MEANWHILE = "The contact points have been changed since you opened this page. Look at them again."
REMOVED_MEANWHILE = "This contact point has been removed meanwhile."

_COUNTRY = "GB"
_EXTENSION = re.compile(r"[\s,;]*(?:\(?(?:extension|extn|ext|x)\.?|#)[\s:]*(?P<digits>[0-9]{1,7})\)?$", re.IGNORECASE)
_NUMBER = re.compile(r"[+(]*[0-9][-0-9\s().+/]*")
# What a number in the UK begins with after its 0, and how long it is then: numbers that the library does not know yet are taken by these.
_IN_THE_UK = re.compile(r"[1235789][0-9]{9}")


def contact_as_written(kind: str, typed: str) -> str:
    """Return a contact point as it is kept and shown; raise a `ValidationError` that says what to type where it is none of its kind."""
    return _READERS[ContactKind(kind)](" ".join(typed.split()))


def contact_key(kind: str, value: str) -> str:
    """Return what two contact points of one kind have in common where they lead to the same: the number dialled, the page opened."""
    if kind == ContactKind.TELEPHONE:
        number, _, extension = value.partition("ext")
        return f"{re.sub('[^0-9+]', '', number)};{extension.strip()}"
    if kind == ContactKind.WEBSITE:
        return re.sub(r"^https?://(www\.)?", "", website_address(value).casefold()).rstrip("/")
    return " ".join(value.casefold().split())


def doubling_blockers(kind: str, value: str, others: Iterable[ContactPoint]) -> list[Blocker]:
    """Return why a contact point cannot stand in a region: it has the same one already, however that is written."""
    key = contact_key(kind, value)
    found = [other for other in others if other.kind == kind and contact_key(kind, other.value) == key]
    return [Blocker(f"{other.region} has “{other.value}” among its contact points already.") for other in found]


def seen_blockers(points: Iterable[ContactPoint], seen: str | None) -> list[Blocker]:
    """Return why somebody cannot speak for contact points that have been changed since they saw them; without a mark they have."""
    return [] if seen is None or seen == mark_of(points) else [Blocker(CHANGED_MEANWHILE)]


def ordering_blockers(points: Sequence[ContactPoint], order: Sequence[int]) -> list[Blocker]:
    """Return why contact points cannot stand in an order: it names each of them once, and no other."""
    return [] if sorted(order) == sorted(point.pk for point in points) else [Blocker(CHANGED_MEANWHILE)]


def _telephone(typed: str) -> str:
    """Return a telephone number as it is written in the UK, with its extension; one of another country as it is dialled from here."""
    typed = re.sub(r"^tel:\s*", "", re.sub(r"[‐‑‒–—]", "-", typed), flags=re.IGNORECASE)
    extension = _EXTENSION.search(typed)
    written = typed[: extension.start()] if extension else typed
    try:
        number = phonenumbers.parse(written, _COUNTRY) if _NUMBER.fullmatch(written) else None
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not _can_be_dialled(number):
        raise ValidationError(NO_TELEPHONE)
    is_at_home = number.country_code == phonenumbers.country_code_for_region(_COUNTRY)
    style = phonenumbers.PhoneNumberFormat.NATIONAL if is_at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    beyond = f" ext {extension['digits']}" if extension else ""
    return f"{phonenumbers.format_number(number, style)}{beyond}"


def _can_be_dialled(number: phonenumbers.PhoneNumber) -> bool:
    """Tell whether a number is one that exists, or has the length and beginning of one in the UK."""
    national = phonenumbers.national_significant_number(number)
    is_at_home = number.country_code == phonenumbers.country_code_for_region(_COUNTRY)
    return phonenumbers.is_valid_number(number) or (is_at_home and bool(_IN_THE_UK.fullmatch(national)))


def _email(typed: str) -> str:
    """Return an email address to which email can be sent."""
    typed = re.sub(r"^mailto:\s*", "", typed, flags=re.IGNORECASE)
    if " " in typed:
        raise ValidationError(SPACE_IN_EMAIL if "@" in typed else NO_EMAIL)
    EmailValidator(message=NO_EMAIL)(typed)
    refuse_unreachable(typed)
    return typed


def _website(typed: str) -> str:
    """Return a web address as people write it, with or without what stands before its name."""
    if " " in typed:
        raise ValidationError(SPACE_IN_WEBSITE if "." in typed else NO_WEBSITE)
    is_whole = re.match(r"[a-z]+://", typed, re.IGNORECASE)
    host = typed[is_whole.end() if is_whole else 0 :].partition("/")[0]
    if "@" in host or "." not in host or (":" in host and not is_whole):
        raise ValidationError(NO_WEBSITE)
    URLValidator(schemes=["http", "https"], message=NO_WEBSITE)(typed if is_whole else f"https://{typed}")
    return typed


def _person(typed: str) -> str:
    """Return the name of a person: it has letters and is no address."""
    if "@" in typed or not any(letter.isalpha() for letter in typed) or re.search(r"://|^www\.", typed, re.IGNORECASE):
        raise ValidationError(NO_PERSON)
    return typed


_READERS: dict[ContactKind, Callable[[str], str]] = {
    ContactKind.TELEPHONE: _telephone,
    ContactKind.EMAIL: _email,
    ContactKind.WEBSITE: _website,
    ContactKind.PERSON: _person,
}
