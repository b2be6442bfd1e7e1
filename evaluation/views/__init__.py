"""Pages of what is measured and learned."""

from evaluation.views.feedback import (
    feedback_cards,
    feedback_form_close,
    feedback_form_create,
    feedback_form_detail,
    feedback_form_edit,
    feedback_form_extend,
    feedback_form_list,
    feedback_form_open,
    feedback_form_remove,
    feedback_link_renew,
)
from evaluation.views.measures import measure_create, measure_edit, measure_list, measure_remove
from evaluation.views.participants import feedback_give, feedback_thanks
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
    "feedback_cards",
    "feedback_form_close",
    "feedback_form_create",
    "feedback_form_detail",
    "feedback_form_edit",
    "feedback_form_extend",
    "feedback_form_list",
    "feedback_form_open",
    "feedback_form_remove",
    "feedback_give",
    "feedback_link_renew",
    "feedback_thanks",
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
