"""Pages of what is measured and learned."""

from evaluation.views.measures import measure_create, measure_edit, measure_list, measure_remove
from evaluation.views.results import (
    contribution_edit,
    measure_drop,
    measure_restore,
    measure_retarget,
    result_collect,
    result_create,
    result_edit,
    result_list,
    result_miss,
    result_remove,
    results_plan,
)

__all__ = [
    "contribution_edit",
    "measure_create",
    "measure_drop",
    "measure_edit",
    "measure_list",
    "measure_remove",
    "measure_restore",
    "measure_retarget",
    "result_collect",
    "result_create",
    "result_edit",
    "result_list",
    "result_miss",
    "result_remove",
    "results_plan",
]
