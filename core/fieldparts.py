"""What the NHS form pack prints for one field: Python decides, the templates in `nhsuk/fields/` only write it down."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.forms.utils import flatatt
from django.utils.safestring import SafeString

from core.widgets import NHSDateWidget

# The classes of a control and its attributes.
Written = tuple[list[str], dict[str, Any]]
# Attributes that steer the pack and are not printed on the control.
STEERING = (
    "data-width",
    "data-prefix",
    "data-suffix",
    "data-maxlength",
    "data-inline",
    "data-small",
)
# Attributes the design system advises against: `maxlength` cuts pasted text short without a word, `required` and number
# limits bring the browser's own messages, and a placeholder vanishes when typing starts.
DROPPED = (
    "maxlength",
    "minlength",
    "min",
    "max",
    "step",
    "required",
    "placeholder",
    "class",
    "id",
    "rows",
    "cols",
)
# A field that has a limit of its own says so only when three quarters of it are used.
COUNT_THRESHOLD = 75


@dataclass(frozen=True)
class Choice:
    """One option of a select, radio or checkbox list."""

    id: str
    value: str
    label: str
    is_selected: bool
    hint: str
    attributes: SafeString

    @property
    def hint_id(self) -> str:
        """Name the element that holds the hint of this option."""
        return f"{self.id}-item-hint"


@dataclass(frozen=True)
class ChoiceGroup:
    """Options under one sub-heading, or under none."""

    id: str
    label: str
    choices: list[Choice]
    is_folded: bool = False

    @property
    def is_open(self) -> bool:
        """Tell whether a folded group stands open: something in it is chosen."""
        return any(choice.is_selected for choice in self.choices)


@dataclass(frozen=True)
class DatePart:
    """One of the three boxes of a date."""

    id: str
    name: str
    label: str
    value: str
    width: int
    is_faulty: bool


@dataclass(frozen=True)
class FieldParts:
    """A bound field taken apart for the templates."""

    kind: str
    id: str
    name: str
    label: str
    label_size: str
    hint: str
    errors: list[str]
    value: Any
    described_by: str
    attributes: SafeString
    prefix: str = ""
    suffix: str = ""
    limit: str = ""
    threshold: str = ""
    modifiers: str = ""
    groups: list[ChoiceGroup] = field(default_factory=list)
    date_parts: list[DatePart] = field(default_factory=list)
    conflict: Any = None


def kind_of(bound: forms.BoundField) -> str:
    """Name the NHS component that shows this field."""
    widget = bound.field.widget
    if widget.is_hidden:
        return "hidden"
    # A subclass must stand before its parent: a list of checkboxes is a RadioSelect, which is a Select, to Django.
    kinds: list[tuple[type[forms.Widget], str]] = [
        (NHSDateWidget, "date"),
        (forms.CheckboxInput, "checkbox"),
        (forms.CheckboxSelectMultiple, "checkboxes"),
        (forms.RadioSelect, "radios"),
        (forms.Select, "select"),
        (forms.Textarea, "textarea"),
        (forms.PasswordInput, "password"),
    ]
    return next((kind for base, kind in kinds if isinstance(widget, base)), "input")


def parts_of(bound: forms.BoundField) -> FieldParts:
    """Take a bound field apart for the template of its kind."""
    widget = bound.field.widget
    kind = kind_of(bound)
    id_ = bound.id_for_label if kind == "hidden" else (widget.attrs.get("id") or bound.auto_id)
    attrs = {key: value for key, value in widget.attrs.items() if key not in (*STEERING, *DROPPED)}
    limit, threshold = _limit_of(bound) if kind == "textarea" else ("", "")
    errors = messages_of(bound)
    # A help text of blanks, as an overridden template leaves it, is none.
    hint = str(bound.help_text) if str(bound.help_text).strip() else ""
    described = [
        widget.attrs.get("aria-describedby", ""),
        f"{id_}-info" if limit else "",
    ]
    if kind != "checkbox":
        described.append(f"{id_}-hint" if hint else "")
    described.append(f"{id_}-error" if errors else "")
    if kind == "checkbox":
        described.append(f"{id_}-item-hint" if hint else "")
    described_by = " ".join(filter(None, described))
    groups = _groups_of(bound, id_) if kind in ("select", "radios", "checkboxes") else []
    conflicts = getattr(bound.form, "conflicts", None) or {}
    return FieldParts(
        kind=kind,
        id=id_,
        name=bound.html_name,
        label=str(bound.label),
        label_size=getattr(bound.field, "label_size", "s"),
        hint=hint,
        errors=errors,
        value=_value_of(bound, kind),
        described_by=described_by,
        attributes=_attributes_of(bound, kind, id_, attrs, described_by, errors, limit),
        prefix=widget.attrs.get("data-prefix", ""),
        suffix=widget.attrs.get("data-suffix", ""),
        limit=limit,
        threshold=threshold,
        modifiers=_modifiers_of(widget, kind),
        groups=groups,
        date_parts=_date_parts_of(bound, id_) if kind == "date" else [],
        conflict=conflicts.get(bound.name),
    )


def messages_of(bound: forms.BoundField) -> list[str]:
    """Return a field's messages; Django's own for an empty field says nothing in a summary, so it names the field instead."""
    unnamed = forms.Field.default_error_messages["required"]
    label = str(bound.label)
    return [f"Enter {label[:1].lower()}{label[1:]}" if message == unnamed else str(message) for message in bound.errors]


def control_id(bound: forms.BoundField) -> str:
    """Return the id of the control that an error summary leads to."""
    parts = parts_of(bound)
    faulty = [part.id for part in parts.date_parts if part.is_faulty]
    return faulty[0] if faulty else parts.id


def problems_of(form: Any) -> list[tuple[str, str]]:
    """List a form's errors as (message, id of the control or nothing), in the order of the fields."""
    problems = [(message, "") for message in form.non_field_errors()]
    for bound in form:
        target = "" if bound.is_hidden else control_id(bound)
        problems += [(message, target) for message in messages_of(bound)]
    # An error may be filed under a name that is no field of the form, as a model's constraint does.
    known = {bound.name for bound in form} | {NON_FIELD_ERRORS}
    return problems + [(message, "") for name, found in form.errors.items() if name not in known for message in found]


def _limit_of(bound: forms.BoundField) -> tuple[str, str]:
    """Return how many characters the field takes and from what share on to count them aloud."""
    told = bound.field.widget.attrs.get("data-maxlength")
    if told:
        return str(told), ""
    own = getattr(bound.field, "max_length", None)
    return (str(own), str(COUNT_THRESHOLD)) if own else ("", "")


def _value_of(bound: forms.BoundField, kind: str) -> Any:
    value = bound.value()
    widget = bound.field.widget
    if kind == "password" and not getattr(widget, "render_value", False):
        return ""
    if kind in ("input", "textarea", "password"):
        shown = widget.format_value(value)
        return "" if shown is None else shown
    return value


def _attributes_of(
    bound: forms.BoundField,
    kind: str,
    id_: str,
    attrs: dict[str, Any],
    described_by: str,
    errors: list[str],
    limit: str,
) -> SafeString:
    """Write the attributes of a control that is one element; lists and dates write theirs for each part."""
    if kind not in _WRITERS:
        return SafeString("")
    classes, printed = _WRITERS[kind](bound, attrs)
    own_class = str(bound.field.widget.attrs.get("class", ""))
    if kind != "checkbox":
        classes = [classes[0], f"{classes[0]}--error" if errors else "", *classes[1:], own_class]
    if kind == "textarea" and limit:
        classes.append("nhsuk-js-character-count")
    shared = {
        "id": id_,
        "name": bound.html_name,
        "disabled": bound.field.disabled or attrs.pop("disabled", False),
    }
    attrs.pop("aria-describedby", None)
    if printed.get("value") == "":
        del printed["value"]
    printed = {"class": " ".join(filter(None, classes)), **shared, **printed, **attrs}
    if described_by:
        printed["aria-describedby"] = described_by
    return flatatt(printed)


def _input(bound: forms.BoundField, attrs: dict[str, Any]) -> Written:
    return ["nhsuk-input", _width_of(bound)], {
        "type": _type_of(bound),
        "value": _value_of(bound, "input"),
        **_numeric_mode_of(bound),
    }


def _password(bound: forms.BoundField, attrs: dict[str, Any]) -> Written:
    # The three attributes at the end are part of the NHS password input.
    return ["nhsuk-input", "nhsuk-password-input__input nhsuk-js-password-input-input"], {
        "type": "password",
        "value": _value_of(bound, "password"),
        "spellcheck": "false",
        "autocomplete": "current-password",
        "autocapitalize": "none",
    }


def _textarea(bound: forms.BoundField, attrs: dict[str, Any]) -> Written:
    rows = bound.field.widget.attrs.get("rows", 5)
    # Ten is what Django writes when nobody chose a number; five is the NHS default.
    return ["nhsuk-textarea"], {"rows": 5 if str(rows) == "10" else rows}


def _select(bound: forms.BoundField, attrs: dict[str, Any]) -> Written:
    return ["nhsuk-select"], {"multiple": getattr(bound.field.widget, "allow_multiple_selected", False)}


def _checkbox(bound: forms.BoundField, attrs: dict[str, Any]) -> Written:
    is_checked = bound.field.widget.check_test(bound.value())
    return ["nhsuk-checkboxes__input"], {
        "type": "checkbox",
        "value": attrs.pop("value", "on"),
        "checked": bool(is_checked),
    }


# For each kind of control of one element, its classes, its own first, and the attributes that are its own.
_WRITERS: dict[str, Callable[[forms.BoundField, dict[str, Any]], Written]] = {
    "input": _input,
    "password": _password,
    "textarea": _textarea,
    "select": _select,
    "checkbox": _checkbox,
}


def _type_of(bound: forms.BoundField) -> str:
    """Return the input's type; a number is typed as text, since browsers round and drop what they cannot read."""
    input_type = getattr(bound.field.widget, "input_type", "text")
    return "text" if input_type in ("number", "date") else input_type


def _numeric_mode_of(bound: forms.BoundField) -> dict[str, str]:
    if getattr(bound.field.widget, "input_type", "") != "number":
        return {}
    # FloatField and DecimalField are IntegerFields to Django, so they are asked for first.
    is_fraction = isinstance(bound.field, forms.FloatField | forms.DecimalField)
    return {"inputmode": "decimal" if is_fraction else "numeric"}


def _width_of(bound: forms.BoundField) -> str:
    width = bound.field.widget.attrs.get("data-width")
    return f"nhsuk-input--width-{width}" if width else ""


def _modifiers_of(widget: forms.Widget, kind: str) -> str:
    """Return the classes that make a list of choices small or set in one line."""
    names = [name for name in ("small", "inline") if widget.attrs.get(f"data-{name}")]
    block = "radios" if kind == "radios" else "checkboxes"
    return "".join(f" nhsuk-{block}--{name}" for name in names)


def _groups_of(bound: forms.BoundField, id_: str) -> list[ChoiceGroup]:
    """Return the options, grouped as the field groups them; the first has the bare id, so that links reach it."""
    widget = bound.field.widget
    hints = getattr(bound.field, "option_hints", {})
    groups: list[ChoiceGroup] = []
    position = 0
    for label, options, _ in widget.optgroups(bound.html_name, widget.format_value(bound.value())):
        choices = []
        for option in options:
            position += 1
            value = str(option["value"])
            attrs = {key: value for key, value in option["attrs"].items() if key in ("disabled",)}
            choices.append(
                Choice(
                    id=id_ if position == 1 else f"{id_}-{position}",
                    value=value,
                    label=option["label"],
                    is_selected=bool(option["selected"]),
                    hint=hints.get(value, ""),
                    attributes=flatatt(attrs),
                )
            )
        is_folded = bool(label) and getattr(bound.field, "is_folded", False)
        groups.append(ChoiceGroup(f"{id_}-group-{len(groups) + 1}", label or "", choices, is_folded))
    return groups


def _date_parts_of(bound: forms.BoundField, id_: str) -> list[DatePart]:
    widget = bound.field.widget
    faulty: set[str] = set()
    for error in bound.errors.as_data():
        # A code without names, as a form's own rule has, puts all three boxes in doubt.
        faulty |= widget.faulty_parts(error.code)
    values = bound.value()
    values = values if isinstance(values, list | tuple) else widget.decompress(values)
    return [
        DatePart(
            id=f"{id_}_{name}",
            name=f"{bound.html_name}_{name}",
            label=name.capitalize(),
            value="" if value is None else str(value),
            width=4 if name == "year" else 2,
            is_faulty=name in faulty,
        )
        for name, value in zip(widget.PARTS, values, strict=True)
    ]
