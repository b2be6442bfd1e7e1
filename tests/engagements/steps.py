"""The steps of an engagement as tests take them: submitting, refused or done, and what the trail says last."""

from core.models import AuditEvent
from core.refusals import ActionRefused
from engagements import actions
from engagements.enums import EngagementStatus

S = EngagementStatus


def submit(engagement, message=""):
    return actions.submit_engagement(engagement=engagement, values={"message": message}, by=engagement.lead_consultant)


def last_event(engagement):
    return AuditEvent.objects.for_trail(engagement.trail).first()


def fail_to_record(*args, **kwargs):
    raise RuntimeError("The trail cannot be written")


def refused_or_done(work):
    try:
        work()
    except ActionRefused:
        return False
    return True
