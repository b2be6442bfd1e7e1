"""What moved between two briefs, in sentences that a client can read and in operations that lead from one to the other."""

from engagements.documents.differences.changes import Change, Operation, Step, apply_changes
from engagements.documents.differences.walk import differences

__all__ = ["Change", "Operation", "Step", "apply_changes", "differences"]
