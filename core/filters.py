"""Filters that live in the address: what is known is used, what is not is dropped and said (P23)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator

from core.text import refuse_unprintable

if TYPE_CHECKING:
    from django.http import QueryDict

MAX_SEARCH_LENGTH = 100
# Each word is looked for in every place of a record: a search of many would keep the database busy for seconds (S22).
MAX_SEARCH_WORDS = 20
MAX_QUOTED = 60


class SearchField(forms.CharField):
    """Words to search for."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=MAX_SEARCH_LENGTH, **kwargs)
        self.validators = [v for v in self.validators if not isinstance(v, ProhibitNullCharactersValidator)]
        self.validators.append(refuse_unprintable)

    def clean(self, value: Any) -> str:
        """Return each word once, in their order; refuse too many."""
        words = list({word.casefold(): word for word in reversed(str(super().clean(value)).split())}.values())[::-1]
        if len(words) > MAX_SEARCH_WORDS:
            raise ValidationError(f"Search for at most {MAX_SEARCH_WORDS} words.", code="too_many_words")
        return " ".join(words)


class FilterForm(forms.Form):
    """The search and filters of one list, read from its address with `read`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "use_required_attribute": False, **kwargs})
        self.dropped: list[str] = []

    @classmethod
    def read(cls, query: QueryDict, **kwargs: Any) -> Self:
        """Return the form of what an address asks for; `dropped` says in sentences what had to be left out."""
        asked = cls(query, **kwargs)
        kept = query.copy()
        for name in asked.errors:
            kept.pop(name, None)
        form = cls(kept, **kwargs)
        form.dropped = [asked.say_dropped(name) for name in asked.errors]
        form.full_clean()
        return form

    def say_dropped(self, name: str) -> str:
        """Say which filter was left out, and why."""
        field = self.fields[name]
        if isinstance(field, forms.CharField):
            return f"The search was left out. {self.errors[name][0]}"
        typed = self.data.get(name, "")
        typed = typed if len(typed) <= MAX_QUOTED else f"{typed[:MAX_QUOTED]}…"
        return f"The filter “{field.label}” was left out: “{typed}” is not one of its choices."

    @property
    def chosen(self) -> dict[str, Any]:
        """Return the filters that are set."""
        return {name: value for name, value in self.cleaned_data.items() if value}
