"""Fields drawn by our form pack beside the markup of the official NHS macros."""

import re

import jinja2
from bs4 import BeautifulSoup, NavigableString
from crispy_forms.templatetags.crispy_forms_filters import as_crispy_field
from django import forms

HOSTILE = "<b>bold</b> & \"quoted\" 'text'"
CHOICES = [("a", "First"), ("b", "Second"), ("c", "Third")]
ORACLE = jinja2.Environment(
    loader=jinja2.PackageLoader("nhsuk_frontend_jinja"), autoescape=True, undefined=jinja2.ChainableUndefined
)


def official(component, macro, /, **params):
    """Write a component with the official macro."""
    module = ORACLE.get_template(f"nhsuk/components/{component}/macro.jinja").module
    return tree(str(getattr(module, macro)(params)))


def tree(html):
    """Return markup as nested tuples in which only the order of classes and white space is free."""

    def take(node):
        if isinstance(node, NavigableString):
            return re.sub(r"\s+", " ", node).strip()
        attrs = {key: sorted(value) if isinstance(value, list) else value for key, value in node.attrs.items()}
        return (node.name, attrs, [part for part in map(take, node.children) if part != ""])

    return [part for part in map(take, BeautifulSoup(html, "html.parser").children) if part != ""]


def form_with(field, data=None, initial=None):
    """Return a form of one field, `answer`, posted with `data` or shown with `initial`."""
    form_class = type("OneFieldForm", (forms.Form,), {"answer": field})
    return form_class(data, initial=initial)


def drawn(form):
    """Write the form's one field with our pack."""
    return tree(as_crispy_field(form["answer"]))


def words(label="Question", hint="Some help", size="s"):
    """Return the label and hint as the macros of single controls take them."""
    return {"label": {"text": label, "size": size}, "hint": {"text": hint}}


def legend(label="Question", hint="Some help", size="s"):
    """Return the legend and hint as the macros of groups take them."""
    return {"fieldset": {"legend": {"text": label, "size": size}}, "hint": {"text": hint}}


def wrong(message="Enter question"):
    """Return an error as the macros take it."""
    return {"errorMessage": {"text": message}}


def asked(field_class=forms.CharField, **kwargs):
    """Return a field with the test's usual label and hint."""
    return field_class(**{"label": "Question", "help_text": "Some help", **kwargs})


def date_items(day, month, year, faulty=()):
    """Return the three boxes of a date as the official macro takes them."""
    values = {"day": day, "month": month, "year": year}
    return [
        {
            "id": f"id_answer_{name}",
            "name": f"answer_{name}",
            "label": {"text": name.capitalize()},
            "width": 4 if name == "year" else 2,
            "value": value or None,
            **({"error": name in faulty} if faulty else {}),
        }
        for name, value in values.items()
    ]
