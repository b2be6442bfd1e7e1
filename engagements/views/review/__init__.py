"""Pages of the review: what is asked, what changed, the plan with its comments, and what others need to show the same."""

from engagements.views.review.comments import comment_answer, comment_create, comment_reopen, comment_resolve, version_read
from engagements.views.review.compare import version_compare
from engagements.views.review.detail import review_detail
from engagements.views.review.reading import (
    Thread,
    brief_of,
    changes_wanted,
    decide_url,
    latest_version,
    read_people,
    read_submitted,
    read_threads,
    threads_on,
)

__all__ = [
    "Thread",
    "brief_of",
    "changes_wanted",
    "comment_answer",
    "comment_create",
    "comment_reopen",
    "comment_resolve",
    "decide_url",
    "latest_version",
    "read_people",
    "read_submitted",
    "read_threads",
    "review_detail",
    "threads_on",
    "version_compare",
    "version_read",
]
