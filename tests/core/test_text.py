from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from core.text import ALLOWED_CONTROLS, clock_time, counted, date_and_time, inline, joined, refuse_unprintable, refuse_unreachable


@given(st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")))
def test_whatever_people_type_may_stand(text):
    assert refuse_unprintable(text) is None


@pytest.mark.parametrize("character", sorted(ALLOWED_CONTROLS), ids=ascii)
def test_line_breaks_and_tabs_may_stand(character):
    assert refuse_unprintable(f"a{character}b") is None


@given(
    before=st.text(alphabet="abc "),
    character=st.characters(categories=["Cc", "Cs"], exclude_characters="\n\r\t") | st.sampled_from("\ufffe\uffff"),
    after=st.text(),
)
def test_what_cannot_be_printed_is_refused_and_its_place_is_told(before, character, after):
    with pytest.raises(ValidationError) as caught:
        refuse_unprintable(before + character + after)

    told = before[-20:].strip()
    assert (f"after “{told}”" if told else "at the start") in caught.value.message


@pytest.mark.parametrize(
    ("hour", "said"), [(0, "12:05am"), (9, "9:05am"), (12, "12:05pm"), (14, "2:05pm")], ids=["midnight", "morning", "noon", "day"]
)
def test_times_are_written_as_the_nhs_writes_them(hour, said):
    winter = datetime(2017, 1, 3, hour, 5, tzinfo=UTC)

    assert clock_time(winter) == said
    assert date_and_time(winter) == f"3 January 2017, {said}"
    assert clock_time(winter.replace(tzinfo=None)) == said


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ""),
        (["Boston"], "Boston"),
        (["Boston", "Ely"], "Boston and Ely"),
        (["Boston", "Ely", "Diss"], "Boston, Ely and Diss"),
    ],
    ids=["none", "one", "two", "three"],
)
def test_names_are_joined_as_in_a_sentence(names, said):
    assert joined(names) == said


def test_a_number_stands_with_its_noun():
    assert [counted(count, "group") for count in (0, 1, 2)] == ["0 groups", "1 group", "2 groups"]
    assert [counted(count, "priority", "priorities") for count in (1, 2)] == ["1 priority", "2 priorities"]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_name_within_a_sentence_is_one_line_that_turns_nothing_around(text):
    written = inline(text)

    assert len(written.splitlines()) <= 1
    assert not set(written.strip("\u2068\u2069")) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert written.count("\u2068") == written.count("\u2069")


@pytest.mark.parametrize("email", ["a@example.org", "a@müller.de", "a@localhost", "a@[::1]", "a"], ids=ascii)
def test_an_address_that_an_email_can_be_sent_to_may_stand(email):
    assert refuse_unreachable(email) is None


@pytest.mark.parametrize("email", [f"a@{'ü' * 60}.de", "a@\u200b.de", "a@b\u05d0.de", "a@x..de"], ids=ascii)
def test_an_address_that_no_email_can_be_sent_to_is_refused(email):
    with pytest.raises(ValidationError, match="No email can be sent"):
        refuse_unreachable(email)
