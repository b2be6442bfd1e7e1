"""Two people who change one record: what fits together merges, what does not is shown, nothing is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import AuditEvent
from core.records import EditConflict
from engagements.models import Purpose
from tests.core.editing import TEXT_FIELDS, change, last_event, seen_in
from tests.factories.accounts import ConsultantFactory
from tests.factories.engagements import PurposeFactory
from tests.factories.framework import a_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def ann():
    return ConsultantFactory(full_name="Ann Archer")


@pytest.fixture
def bob():
    return ConsultantFactory(full_name="Bob Baker")


@pytest.fixture
def purpose():
    return PurposeFactory(statement="Fewer falls", real_work_issue="Nobody owns it")


def test_p03_different_fields_of_two_people_merge(purpose, ann, bob):
    seen = seen_in(purpose)
    change(purpose, {"statement": "No falls", "real_work_issue": "Nobody owns it"}, ann, seen)

    change(purpose, {"statement": "Fewer falls", "real_work_issue": "Two owners"}, bob, seen)

    purpose.refresh_from_db()
    assert (purpose.statement, purpose.real_work_issue) == ("No falls", "Two owners")


def test_p03_the_same_field_shows_both_texts_and_saves_neither(purpose, ann, bob):
    seen = seen_in(purpose)
    change(purpose, {"statement": "No falls"}, ann, seen)

    with pytest.raises(EditConflict) as caught:
        change(purpose, {"statement": "Half the falls", "real_work_issue": "Two owners"}, bob, seen)

    conflict = caught.value.conflicts["statement"]
    assert list(caught.value.conflicts) == ["statement"]
    assert (conflict.theirs, conflict.who, conflict.label) == ("No falls", "Ann Archer", "what this is for")
    assert conflict.when == last_event().at
    purpose.refresh_from_db()
    assert (purpose.statement, purpose.real_work_issue) == ("No falls", "Nobody owns it")


def test_p03_two_people_who_write_the_same_do_not_clash(purpose, ann, bob):
    seen = seen_in(purpose)
    change(purpose, {"statement": "No falls"}, ann, seen)

    change(purpose, {"statement": "No falls"}, bob, seen)

    assert AuditEvent.objects.count() == 1


def test_p03_choosing_mine_saves_my_text_over_the_one_shown(purpose, ann, bob):
    seen = seen_in(purpose)
    change(purpose, {"statement": "No falls"}, ann, seen)
    with pytest.raises(EditConflict) as caught:
        change(purpose, {"statement": "Half the falls"}, bob, seen)

    change(purpose, {"statement": "Half the falls"}, bob, seen | caught.value.seen, overwrite={"statement"})

    purpose.refresh_from_db()
    assert purpose.statement == "Half the falls"
    assert last_event().changes[0]["old"] == "No falls"


def test_p03_posting_again_without_choosing_clashes_again(purpose, ann, bob):
    seen = seen_in(purpose)
    change(purpose, {"statement": "No falls"}, ann, seen)
    with pytest.raises(EditConflict) as caught:
        change(purpose, {"statement": "Half the falls"}, bob, seen)

    with pytest.raises(EditConflict, match="statement"):
        change(purpose, {"statement": "Half the falls"}, bob, seen | caught.value.seen)


def test_p03_choosing_mine_clashes_with_a_third_text_that_was_not_shown(purpose, ann, bob):
    seen = seen_in(purpose)
    change(purpose, {"statement": "No falls"}, ann, seen)
    with pytest.raises(EditConflict) as caught:
        change(purpose, {"statement": "Half the falls"}, bob, seen)
    change(purpose, {"statement": "No falls at home"}, ann)

    with pytest.raises(EditConflict) as again:
        change(purpose, {"statement": "Half the falls"}, bob, seen | caught.value.seen, overwrite={"statement"})

    assert again.value.conflicts["statement"].theirs == "No falls at home"


def test_p03_choosing_mine_restores_the_text_i_started_from(purpose, ann, bob):
    seen = seen_in(purpose)
    change(purpose, {"statement": "No falls"}, ann, seen)
    with pytest.raises(EditConflict) as caught:
        change(purpose, {"statement": "Half the falls"}, bob, seen)

    change(purpose, {"statement": "Fewer falls"}, bob, seen | caught.value.seen, overwrite={"statement"})

    purpose.refresh_from_db()
    assert purpose.statement == "Fewer falls"


def test_p03_a_clash_in_one_field_keeps_what_a_colleague_wrote_in_another(purpose, ann, bob):
    seen = seen_in(purpose)
    change(purpose, {"statement": "No falls", "real_work_issue": "Ann owns it"}, ann, seen)
    mine = {"statement": "Half the falls", "real_work_issue": "Nobody owns it"}
    with pytest.raises(EditConflict) as caught:
        change(purpose, mine, bob, seen)

    change(purpose, mine, bob, seen | caught.value.seen, overwrite={"statement"})

    purpose.refresh_from_db()
    assert (purpose.statement, purpose.real_work_issue) == ("Half the falls", "Ann owns it")


def test_p03_relations_to_many_clash_like_texts(purpose, ann, bob):
    seen = seen_in(purpose, "forward_view_steps")
    change(purpose, {"forward_view_steps": [a_step()]}, ann, seen)

    with pytest.raises(EditConflict) as caught:
        change(purpose, {"forward_view_steps": [a_step("funding-and-efficiency-gap")]}, bob, seen)

    assert caught.value.conflicts["forward_view_steps"].theirs == "Care and quality gap"


def test_p03_a_clash_over_an_emptied_field_says_that_it_is_empty(purpose, ann, bob):
    seen = seen_in(purpose)
    change(purpose, {"real_work_issue": ""}, ann, seen)

    with pytest.raises(EditConflict) as caught:
        change(purpose, {"real_work_issue": "Two owners"}, bob, seen)

    assert caught.value.conflicts["real_work_issue"].theirs == "(left empty)"


def test_p03_a_clash_without_a_known_writer_names_nobody(purpose, bob):
    seen = seen_in(purpose)
    Purpose.objects.filter(pk=purpose.pk).update(statement="No falls")

    with pytest.raises(EditConflict) as caught:
        change(purpose, {"statement": "Half the falls"}, bob, seen)

    conflict = caught.value.conflicts["statement"]
    assert (conflict.who, conflict.when) == ("Somebody else", None)


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["ann", "bob"]),
        st.sampled_from(["open", "type statement", "type real_work_issue", "send", "choose mine", "choose theirs"]),
    ),
    min_size=4,
    max_size=24,
)


@given(moves=MOVES)
def test_p03_after_any_order_of_two_editors_no_text_is_lost(moves):
    """Each field is mine, theirs or reported: no text that its reader never saw is ever replaced."""
    people = {name: ConsultantFactory(full_name=name) for name in ("ann", "bob")}
    purpose = PurposeFactory(statement="s0", real_work_issue="r0")
    pages = {}
    for number, (name, move) in enumerate(moves):
        if move == "open" or name not in pages:
            stands = {field: getattr(Purpose.objects.get(pk=purpose.pk), field) for field in TEXT_FIELDS}
            pages[name] = {"seen": seen_in(purpose), "read": {f: {t} for f, t in stands.items()}, "typed": stands, "mine": set()}
            continue
        page = pages[name]
        if move.startswith("type"):
            page["typed"][move.removeprefix("type ")] = f"{name} {number}"
            continue
        if move.startswith("choose"):
            for field in [f for f, mark in page["seen"].items() if " " in mark]:
                if move == "choose mine":
                    page["mine"].add(field)
                else:
                    page["typed"].pop(field, None)
        before = {field: getattr(Purpose.objects.get(pk=purpose.pk), field) for field in TEXT_FIELDS}
        try:
            change(purpose, page["typed"], people[name], page["seen"], page["mine"])
        except EditConflict as conflict:
            page["seen"] |= conflict.seen
            page["mine"] -= set(conflict.conflicts)
            for field, found in conflict.conflicts.items():
                assert found.theirs == before[field]
                page["read"][field].add(found.theirs)
            after = {field: getattr(Purpose.objects.get(pk=purpose.pk), field) for field in TEXT_FIELDS}
            assert after == before
        else:
            after = {field: getattr(Purpose.objects.get(pk=purpose.pk), field) for field in TEXT_FIELDS}
            for field in TEXT_FIELDS:
                if after[field] != before[field]:
                    assert before[field] in page["read"][field], "A text was replaced that its reader never saw"
                    assert after[field] == page["typed"][field]
                elif field in page["typed"] and page["typed"][field].startswith(name):
                    assert after[field] == page["typed"][field], "What was typed was neither saved nor reported"
            del pages[name]
