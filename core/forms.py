"""The form that every page of the portal uses: what was seen, what clashed, what was refused."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.datastructures import MultiValueDict

from core import records
from core.text import on_one_line, refuse_turning, refuse_unprintable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from core.records import Conflict, EditConflict
    from core.refusals import Blocker


# Kinds of input in which people type one line of words.
_LINES = {"text", "search", "email", "tel", "url"}
_QUESTION_WORDS = {"how", "what", "when", "where", "which", "who", "whom", "why"}


class PortalForm(forms.Form):
    """A form that remembers what its writer saw and shows what a colleague changed meanwhile (P03)."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    # The order and grouping of fields; a form states it where the order of declaration is not enough.
    layout: Any = None
    # Fields under another name than the column they fill, such as an organisation found by its name.
    columns: ClassVar[dict[str, str]] = {}

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(_with_plain_line_breaks(data), *args, **kwargs)
        self.conflicts: dict[str, Conflict] = {}
        self.refusals: list[Blocker] = []
        instance = getattr(self, "instance", None)
        if instance is not None and instance.pk and not self.is_bound:
            names = [self.columns.get(name, name) for name in self.fields]
            names = [name for name in names if name != "seen" and _is_field(instance, name)]
            self.initial["seen"] = json.dumps(records.snapshot(instance, names))
        for name, field in self.fields.items():
            _use_plain_messages(name, field)

    @property
    def helper(self) -> FormHelper:
        """Return crispy's helper: the page writes the form tag, the form its fields."""
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        # A layout names what people see; what they saw before must be posted all the same.
        helper.render_hidden_fields = True
        if self.layout is not None:
            helper.layout = self.layout
        return helper

    @property
    def is_merged(self) -> bool:
        """Tell whether saving lays the words beside what stands there: wherever a record is changed."""
        return bool(getattr(getattr(self, "instance", None), "pk", None))

    @property
    def values(self) -> dict[str, Any]:
        """Return what was typed, cleaned, without the fields where a colleague's text was chosen."""
        left_out = {"seen", *(name for name in self.fields if self.columns.get(name, name) in self._chosen("theirs"))}
        return {name: value for name, value in self.cleaned_data.items() if name not in left_out}

    @property
    def merge(self) -> dict[str, Any]:
        """Return what `records.change` needs to know: what was seen, and where mine shall stand."""
        try:
            seen = json.loads(self.cleaned_data.get("seen") or "{}")
        except (ValueError, RecursionError):
            seen = {}
        pairs = seen.items() if isinstance(seen, dict) else ()
        return {"seen": {name: mark for name, mark in pairs if isinstance(mark, str)}, "overwrite": self._chosen("mine")}

    def refuse(self, blockers: Iterable[Blocker]) -> None:
        """Show why the step was refused, above the fields."""
        self.refusals = list(blockers)
        for blocker in self.refusals:
            self.add_error(None, blocker.sentence)

    def show_conflicts(self, conflict: EditConflict) -> None:
        """Show both texts of each clashing field, and remember which text of the colleague's was shown."""
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a bound form holds a MultiValueDict
        data[self.add_prefix("seen")] = json.dumps(self.merge["seen"] | conflict.seen)
        fields = {column: name for name, column in self.columns.items()}
        self.conflicts = {fields.get(name, name): found for name, found in conflict.conflicts.items()}
        for name, found in self.conflicts.items():
            data.pop(f"overwrite-{name}", None)
            self.add_error(
                name, f"{found.who} changed “{self.fields[name].label}” while you were writing. Choose which text to keep."
            )
        self.data = data

    def _chosen(self, choice: str) -> set[str]:
        """Return the columns for which one side of a clash was chosen."""
        return {self.columns.get(name, name) for name in self.fields if self.data.get(f"overwrite-{name}") == choice}


class PortalModelForm(PortalForm, forms.ModelForm):
    """A portal form whose fields, limits and constraint messages come from a model. It is never saved; actions write."""


def _with_plain_line_breaks(data: Any) -> Any:
    """Return what was posted with each line break as one character, as the page counts it; browsers send two."""
    if not isinstance(data, MultiValueDict):
        return data
    return MultiValueDict({name: [value.replace("\r\n", "\n") for value in values] for name, values in data.lists()})


def _is_field(instance: Any, name: str) -> bool:
    """Tell whether a form field is a column or relation of the record."""
    return any(name == f.name for f in (*instance._meta.concrete_fields, *instance._meta.many_to_many))


def _use_plain_messages(name: str, field: forms.Field) -> None:
    """Say what to do, in the words of the field's label."""
    label = str(field.label or name.replace("_", " "))
    lower = label[:1].lower() + label[1:] if label[1:2].islower() else label
    messages = field.error_messages
    if isinstance(field, forms.CharField):
        field.validators = [v for v in field.validators if not isinstance(v, ProhibitNullCharactersValidator)]
        field.validators.append(refuse_unprintable)
        if getattr(field.widget, "input_type", "") in _LINES:
            _keep_to_one_line(field, label)
        if field.max_length:
            limits: list[Any] = field.validators
            for validator in limits:
                if getattr(validator, "code", "") == "max_length":
                    # The message is filled in with the percent sign.
                    quoted = label.replace("%", "%%")
                    validator.message = (
                        f"“{quoted}” must be {field.max_length:,} characters or fewer. You have typed %(show_value)s."
                    )
    if messages.get("required") == forms.Field.default_error_messages["required"]:
        verb = "Choose" if isinstance(field, forms.ChoiceField | forms.ModelChoiceField) else "Enter"
        messages["required"] = f"Answer: {label}" if label.endswith("?") else f"{verb} {_with_article(lower)}"


def _keep_to_one_line(field: forms.CharField, label: str) -> None:
    """Let a field of one line hold one: what was pasted with line breaks is joined, and what cannot be seen is not taken for words."""
    read = field.to_python
    field.to_python = lambda value: read(on_one_line(value) if isinstance(value, str) else value)  # type: ignore[method-assign]  # of this form's own field
    field.validators.append(partial(refuse_turning, label=label))


def _with_article(words: str) -> str:
    """Return what a label asks for as it stands in a sentence: "the title", but "what this is for"."""
    return words if words.split(" ", maxsplit=1)[0] in _QUESTION_WORDS else f"the {words}"
