"""Every write to what is measured and learned."""

from evaluation.actions.measures import MeasureWork, add_measure, change_measure, hand_over_measure, remove_measure
from evaluation.actions.results import (
    add_result,
    change_result,
    collect_from_delivery,
    collect_result,
    drop_measure,
    miss_result,
    plan_results,
    remove_result,
    restore_measure,
    retarget_measure,
    write_contribution,
)

__all__ = [
    "MeasureWork",
    "add_measure",
    "add_result",
    "change_measure",
    "change_result",
    "collect_from_delivery",
    "collect_result",
    "drop_measure",
    "hand_over_measure",
    "miss_result",
    "plan_results",
    "remove_measure",
    "remove_result",
    "restore_measure",
    "retarget_measure",
    "write_contribution",
]
