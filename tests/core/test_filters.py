"""Filters that live in the address (P23)."""

import pytest
from django import forms
from django.http import QueryDict

from core.filters import FilterForm, SearchField


class ColourForm(FilterForm):
    q = SearchField(label="Words")
    colour = forms.ChoiceField(label="Colour", required=False, choices=[("", "Any"), ("red", "Red")])


def test_p23_read_takes_what_it_knows():
    form = ColourForm.read(QueryDict("q=ball&colour=red&page=2"))

    assert form.chosen == {"q": "ball", "colour": "red"}
    assert form.dropped == []


def test_p23_read_drops_an_unknown_choice_and_says_so():
    form = ColourForm.read(QueryDict("q=ball&colour=mauve"))

    assert form.chosen == {"q": "ball"}
    assert form.dropped == ["The filter “Colour” was left out: “mauve” is not one of its choices."]
    assert not form.errors


def test_p23_read_shortens_a_long_unknown_choice():
    form = ColourForm.read(QueryDict(f"colour={'m' * 500}"))

    assert f"“{'m' * 60}…”" in form.dropped[0]
    assert len(form.dropped[0]) < 150


@pytest.mark.parametrize("words", ["x" * 101, "a\x00b", "a\x07b"], ids=["too long", "null", "bell"])
def test_p23_read_drops_words_that_cannot_be_searched(words):
    query = QueryDict(mutable=True)
    query["q"] = words

    form = ColourForm.read(query)

    assert form.chosen == {}
    assert form.dropped[0].startswith("The search was left out. ")
