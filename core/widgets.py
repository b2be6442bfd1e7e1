"""Fields and widgets that Django lacks: a date in three boxes, a sum of money, a percentage."""

import calendar
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

# English whatever the machine's locale: `calendar` would follow the locale.
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
SHORTEST_MONTH_NAME = 3

# Before the NHS began and after anybody plans: a slip of the finger, with which no date can be worked out.
FIRST_YEAR, LAST_YEAR = 1948, 2100


class NHSDateWidget(forms.MultiWidget):
    """Day, month and year in three boxes; what was typed in each is kept as it was."""

    PARTS = ("day", "month", "year")

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(dict.fromkeys(self.PARTS, forms.TextInput), attrs)

    def decompress(self, value: Any) -> list[Any]:
        """Split a date into its boxes."""
        return [value.day, value.month, value.year] if isinstance(value, date) else [None, None, None]

    def faulty_parts(self, code: str | None) -> set[str]:
        """Return the boxes that an error code puts in doubt: those it names, else all three."""
        return set((code or "").split("_")) & set(self.PARTS) or set(self.PARTS)


class NHSDateField(forms.DateField):
    """A date typed as day, month and year, with the messages the NHS service manual asks for.

    `what` is how the messages speak of the date ("the start date"); without it they use the label.
    """

    widget = NHSDateWidget

    def __init__(self, *, what: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.what = what
        self.has_own_required_message = "required" in (kwargs.get("error_messages") or {})

    def clean(self, value: Any) -> date | None:
        """Check the date, asking for it by name when it is missing."""
        if not self.has_own_required_message:
            self.error_messages["required"] = f"Enter {self._name()}"
        return super().clean(value)

    def to_python(self, value: Any) -> date | None:
        """Turn the three boxes into a date, or say which of them to repair."""
        if isinstance(value, list | tuple):
            return read_date([str(part or "").strip() for part in value], self._name())
        return super().to_python(value)

    def _name(self) -> str:
        label = str(self.label or "date")
        return self.what or f"the {label[:1].lower()}{label[1:]}"


def read_date(parts: list[str], what: str) -> date | None:
    """Read a date from day, month (a number or a name) and year as typed; nothing when all three are empty."""
    if not any(parts):
        return None
    sentence = what[:1].upper() + what[1:]
    missing = [name for name, part in zip(NHSDateWidget.PARTS, parts, strict=True) if not part]
    if missing:
        listed = " and ".join(f"a {name}" for name in missing)
        raise ValidationError(f"{sentence} must include {listed}", code="_".join(missing))
    day, month, year = _number(parts[0]), _month(parts[1]), _number(parts[2])
    if year is not None and len(parts[2]) != len("2026"):
        raise ValidationError(f"{sentence} must have a year with 4 numbers, like 2026", code="year")
    if month is not None and not 1 <= month <= len(MONTHS):
        raise ValidationError(f"{sentence} must have a month between 1 and 12", code="month")
    if not day or not month or not year:
        faulty = [name for name, number in zip(NHSDateWidget.PARTS, (day, month, year), strict=True) if not number]
        raise ValidationError(f"{sentence} must be a real date", code="_".join(faulty))
    if day > calendar.monthrange(year, month)[1]:
        raise ValidationError(f"{sentence} must be a real date", code="day")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValidationError(f"{sentence} must have a year from {FIRST_YEAR} to {LAST_YEAR}", code="year")
    return date(year, month, day)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _month(text: str) -> int | None:
    """Read a month from its number, its name or the first letters of its name."""
    name = text.lower().rstrip(".")
    if len(name) >= SHORTEST_MONTH_NAME:
        for number, full in enumerate(MONTHS, start=1):
            if full.startswith(name) or (name == "sept" and full == "september"):
                return number
    return _number(text)


class MoneyInput(forms.NumberInput):
    """A sum in pounds; a typed pound sign, commas and spaces do no harm."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-prefix": "£", "data-width": "10", **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Read the sum without the marks people write around it."""
        value = super().value_from_datadict(data, files, name)
        return value.replace("£", "").replace(",", "").replace(" ", "") if isinstance(value, str) else value


class PercentInput(forms.NumberInput):
    """A share in per cent; a typed per cent sign does no harm."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"data-suffix": "%", "data-width": "3", **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Read the share without its sign."""
        value = super().value_from_datadict(data, files, name)
        return value.replace("%", "").strip() if isinstance(value, str) else value
