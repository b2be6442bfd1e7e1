"""Whose turn it is to decide."""

from django.utils import timezone

from engagements import policies
from engagements.enums import SigningOrder
from engagements.models import ClientLead


def lead(pk, *, position=0, **fields):
    return ClientLead(pk=pk, position=position, **fields)


def test_p15_all_signatories_are_asked_at_the_same_time():
    leads = [lead(1), lead(2), lead(3)]

    assert policies.to_decide_now(SigningOrder.PARALLEL, leads, {2}) == [leads[0], leads[2]]


def test_p15_signatories_in_order_are_asked_one_after_the_other():
    last, first, second = leads = [lead(1, position=3), lead(2, position=1), lead(3, position=2)]

    assert policies.to_decide_now(SigningOrder.IN_ORDER, leads, set()) == [first]
    assert policies.to_decide_now(SigningOrder.IN_ORDER, leads, {2}) == [second]
    assert policies.to_decide_now(SigningOrder.IN_ORDER, leads, {2, 3}) == [last]
    assert policies.to_decide_now(SigningOrder.IN_ORDER, leads, {1, 2, 3}) == []


def test_undecided_signatories_stand_in_the_order_in_which_they_sign():
    leads = [lead(1, position=2), lead(2, position=1), lead(3, position=1)]

    assert policies.undecided(leads, ()) == [leads[1], leads[2], leads[0]]


def test_nobody_waits_for_a_reader_a_deputy_or_somebody_who_left():
    signatory = lead(1)
    others = [
        lead(2, is_signatory=False),
        lead(3, is_signatory=False, deputy_for=signatory),
        lead(4, removed_at=timezone.now()),
    ]

    assert policies.undecided([signatory, *others], ()) == [signatory]
