"""Evidence in numbers: the interval of few results, and advice that more of what is wanted never ranks lower."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interventions.enums import Availability
from interventions.models import Intervention
from interventions.policies import MIN_RESULTS, Evidence, Need, Weight, evidence_of, rank_interventions, weights_of, wilson


# Worked out with another program (R: binom::binom.wilson).
@pytest.mark.parametrize(
    ("met", "results", "interval"),
    [
        (0, 0, (0, 100)),
        (0, 5, (0, 43)),
        (5, 5, (57, 100)),
        (4, 6, (30, 90)),
        (8, 10, (49, 94)),
        (50, 100, (40, 60)),
    ],
)
def test_wilson_interval(met, results, interval):
    assert wilson(met, results) == interval


@given(met=st.integers(0, 60), more=st.integers(0, 60))
def test_interval_holds_the_share_and_narrows_with_more_of_the_same(met, more):
    results = met + more
    low, high = wilson(met, results)

    assert 0 <= low <= high <= 100
    if results:
        assert low <= round(100 * met / results) <= high
        wider = wilson(met, results)
        narrower = wilson(met * 10, results * 10)
        assert narrower[1] - narrower[0] <= wider[1] - wider[0]


def test_few_results_count_nothing():
    assert Weight(4, MIN_RESULTS - 1).counts == 0
    assert not Weight(4, MIN_RESULTS - 1).is_enough
    assert Weight(5, MIN_RESULTS).counts == 57
    assert Weight(0, MIN_RESULTS).counts == 0
    assert Weight().percent == 0


class Row:
    """Stands in for a role or behaviour of the framework."""

    def __init__(self, lineage):
        self.pk = self.lineage = lineage


class Rows:
    def __init__(self, lineages):
        self.rows = [Row(lineage) for lineage in lineages]

    def all(self):
        return self.rows


def an_item(pk, behaviours):
    item = Intervention(pk=pk, name=f"Item {pk}")
    item._prefetched_objects_cache = {"roles": Rows([]).all(), "behaviours": Rows(behaviours).all()}
    return item


LINEAGES = st.sets(st.integers(1, 6))
WEIGHTS = st.builds(lambda met, missed: Weight(met, met + missed), st.integers(0, 12), st.integers(0, 12))


@given(
    menu=st.lists(LINEAGES, min_size=2, max_size=6),
    wanted=LINEAGES.filter(bool),
    weights=st.lists(WEIGHTS, min_size=6, max_size=6),
    offers=st.lists(st.sampled_from(list(Availability)), min_size=6, max_size=6),
    extra=st.integers(1, 6),
    grown=st.integers(0, 5),
)
def test_more_of_what_is_wanted_never_ranks_lower(menu, wanted, weights, offers, extra, grown):
    grown %= len(menu)
    needs = [Need("All of it", frozenset(), frozenset(wanted))]
    known = dict(enumerate(weights, start=1))
    available = dict(enumerate(offers, start=1))

    def place(lists):
        items = [an_item(pk, behaviours) for pk, behaviours in enumerate(lists, start=1)]
        ranked = rank_interventions(items, needs, available, known)
        return {row.intervention.pk: row for row in ranked}

    before = place(menu)
    after = place([behaviours | {extra} if number == grown else behaviours for number, behaviours in enumerate(menu)])

    assert after[grown + 1].rank <= before[grown + 1].rank
    # Whatever the evidence: whoever covers more stands before.
    ranked = sorted(after.values(), key=lambda row: row.rank)
    assert [row.covered for row in ranked] == sorted((row.covered for row in ranked), reverse=True)


@given(weights=st.lists(WEIGHTS, min_size=2, max_size=6))
def test_advice_can_be_worked_out_again_from_what_it_shows(weights):
    items = [an_item(pk, {1}) for pk in range(1, len(weights) + 1)]
    needs = [Need("All of it", frozenset(), frozenset({1}))]

    ranked = rank_interventions(items, needs, {}, dict(enumerate(weights, start=1)))

    shown = [(-row.covered, -len(row.needs), -row.evidence.counts, row.intervention.pk) for row in ranked]
    assert shown == sorted(shown)


@pytest.mark.django_db
def test_without_anybody_who_knows_there_is_no_evidence(monkeypatch):
    monkeypatch.setattr("interventions.policies.evidence._weight_finders", [])
    monkeypatch.setattr("interventions.policies.evidence._evidence_finders", [])
    item = Intervention(pk=1)

    assert weights_of([item]) == {1: Weight()}
    assert evidence_of(item, None) == Evidence()
