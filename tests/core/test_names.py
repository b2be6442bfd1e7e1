"""Names are found as people type them."""

import pytest

from core.names import Likeness, Named, find_names, join_names, plain, same_name, split_names

THINGS = [
    Named(1, "St Barnabas Hospice", "Barnabas Home | St. Barnabas Trust"),
    Named(2, "Lincolnshire County Council", "", "LCC1"),
    Named(3, "NHS Lincolnshire East CCG", "", "03T"),
    Named(4, "NHS Lincolnshire West CCG", "", "04D"),
    Named(5, "Nottingham CityCare Partnership"),
    Named(6, "Café Santé"),
]


def keys(typed):
    return [found.key for found in find_names(typed, THINGS)]


@pytest.mark.parametrize(
    ("typed", "key", "likeness"),
    [
        pytest.param("St Barnabas Hospice", 1, Likeness.EXACT, id="its name"),
        pytest.param("  st   BARNABAS hospice ", 1, Likeness.EXACT, id="its name in another case"),
        pytest.param("barnabas home", 1, Likeness.EXACT, id="an earlier name"),
        pytest.param("04d", 4, Likeness.EXACT, id="its code"),
        pytest.param("St Barn", 1, Likeness.STARTS, id="its beginning"),
        pytest.param("hospice barnabas", 1, Likeness.HOLDS, id="its words in another order"),
        pytest.param("council of the county", 2, Likeness.HOLDS, id="small words do not count"),
        pytest.param("St Barnabus Hospise", 1, Likeness.NEAR, id="errors in two words"),
        pytest.param("Hopsice", 1, Likeness.NEAR, id="two letters exchanged"),
        pytest.param("Barnbas Hom", 1, Likeness.NEAR, id="errors in an earlier name"),
        pytest.param("Lincolnshre County Counsil", 2, Likeness.NEAR, id="a letter missing"),
        pytest.param("City Care", 5, Likeness.HOLDS, id="one word typed as two"),
        pytest.param("cafe sante", 6, Likeness.EXACT, id="without accents"),
    ],
)
def test_a_name_is_found_first(typed, key, likeness):
    first = find_names(typed, THINGS)[0]

    assert (first.key, first.likeness) == (key, likeness)


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "%%%", "_", "Zyzzyva Hospice", "04E", "Barn House", "the", "x" * 50_000, "\ud7ff", "zz " * 5_000],
    ids=[
        "nothing",
        "spaces",
        "signs",
        "one sign",
        "another hospice",
        "another code",
        "half of it",
        "a small word",
        "long",
        "odd",
        "many",
    ],
)
def test_what_is_not_there_is_not_found(typed):
    assert keys(typed) == []


def test_the_closest_comes_first_and_what_is_equally_close_by_name():
    assert keys("NHS Lincolnshire West CCG")[0] == 4
    assert keys("lincolnshire")[:3] == [2, 3, 4]
    assert keys("nhs linconshire")[:2] == [3, 4]


def test_nothing_is_found_among_nothing():
    assert find_names("hospice", []) == []


def test_the_same_name_is_a_present_one_before_an_earlier_one():
    things = [*THINGS, Named(7, "Barnabas Home"), Named(8, "Other", "Shared | CAFÉ SANTÉ"), Named(9, "Another", "shared")]

    assert same_name("ST BARNABAS trust", THINGS) == []
    assert same_name("ST. BARNABAS trust", THINGS) == [1]
    assert same_name("barnabas  home", things) == [7]
    assert same_name("café santé", things) == [6]
    assert same_name("Shared", things) == [8, 9]
    assert same_name(" ", things) == []


def test_names_of_one_column_are_joined_and_split():
    assert split_names("One | Two|  | Three ") == ["One", "Two", "Three"]
    assert split_names("") == []
    assert join_names([" One  Name ", "one name", "", "Two"], without="TWO") == "One Name"
    assert join_names(split_names("One | Two")) == "One | Two"
    assert plain(" Straße  X") == "strasse x"
