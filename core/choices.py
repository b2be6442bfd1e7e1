"""Rows to tick: many at once, in groups where there are many, and none of them lost because it is not offered any more."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from core.reading import MAX_ID_DIGITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.db.models import Model


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows to tick, or none."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        super().__init__(queryset, required=False, **kwargs)
        self.error_messages["invalid_choice"] = "Something you ticked is not there any more. Look at the list and choose again."

    def clean(self, value: Any) -> Any:
        """Return the rows ticked, or say that one of them does not exist."""
        if any(len(str(pk)) > MAX_ID_DIGITS for pk in value or ()):
            raise ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


class GroupedMultipleChoiceField(RowsField):
    """Rows to tick under sub-headings, read from the database once for each showing of the form.

    A row that is not offered any more stays with a record that names it: saving something else drops nothing.
    """

    def __init__(self, queryset: Any, *, group: Callable[[Any], str], is_folded: bool = False, **kwargs: Any) -> None:
        super().__init__(queryset, **kwargs)
        self.group = group
        # The form pack folds each group away until something in it is chosen.
        self.is_folded = is_folded

    def load(self, named: Iterable[Model]) -> None:
        """Read the rows and lay them out in their groups; `named` are those that the record has already."""
        active: Any = self.queryset
        rows = active | active.model._default_manager.filter(pk__in=[row.pk for row in named])
        self.queryset = rows
        offered = {_lineage(row) for row in rows if _is_offered(row)}
        self.choices = [
            (name, [(row.pk, _named(row, offered)) for row in found]) for name, found in groupby(rows, key=self.group)
        ]


def _is_offered(row: Any) -> bool:
    """Tell whether a row can be chosen by anybody, and not only kept by what has it already."""
    return getattr(row, "retired_at", None) is None


def _lineage(row: Any) -> int:
    """Return what a row shares with those that it replaced."""
    return int(getattr(row, "lineage", row.pk))


def _named(row: Any, offered: set[int]) -> str:
    """Name a row; one that is not offered any more says so, and whether its newer words stand beside it."""
    if _is_offered(row):
        return str(row)
    return f"{row} (earlier wording)" if _lineage(row) in offered else f"{row} (no longer offered)"


def load_choices(form: forms.BaseModelForm[Any]) -> None:
    """Read the choices of every grouped field of a form."""
    for name, field in form.fields.items():
        if isinstance(field, GroupedMultipleChoiceField):
            field.load(getattr(form.instance, name).all() if form.instance.pk else ())
