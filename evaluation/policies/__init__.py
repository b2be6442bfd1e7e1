"""What the data of measures says and what its state allows."""

from evaluation.policies.due import DueResult, due_for_digest, due_results_of
from evaluation.policies.measures import (
    expected_form,
    measure_blockers,
    missing_parts,
    number_of,
    quoted,
    tying_blockers,
)
from evaluation.policies.owners import is_owner, measures_owned_by, owned_in_words, owner_after
from evaluation.policies.results import (
    Progress,
    collecting_blockers,
    dropped_blockers,
    measure_removing_blockers,
    needs_judgement,
    progress_of,
    reached_by,
    recording_blockers,
    remarks_on,
    result_removing_blockers,
    retargeting_blockers,
    settling_blockers,
    unit_blockers,
    usual_collections,
)

__all__ = [
    "DueResult",
    "Progress",
    "collecting_blockers",
    "dropped_blockers",
    "due_for_digest",
    "due_results_of",
    "expected_form",
    "is_owner",
    "measure_blockers",
    "measure_removing_blockers",
    "measures_owned_by",
    "missing_parts",
    "needs_judgement",
    "number_of",
    "owned_in_words",
    "owner_after",
    "progress_of",
    "quoted",
    "reached_by",
    "recording_blockers",
    "remarks_on",
    "result_removing_blockers",
    "retargeting_blockers",
    "settling_blockers",
    "tying_blockers",
    "unit_blockers",
    "usual_collections",
]
