"""A process dies at every step between a signature and all that it causes (D4), and what stands is legal and heals by itself."""

from collections import Counter
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from unittest import mock

from django.core import mail
from django.core.files.storage import Storage
from django.core.mail import EmailMessage
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.utils import timezone

from core import outbox
from core.models import AuditEvent, OutboxEntry, OutboxStatus
from engagements import documents
from engagements.enums import DecisionOutcome, EngagementStatus, MessageStatus
from engagements.models import BriefFile, Decision, Message
from tests.drills.parallel import Review, Size, faults
from tests.engagements.situations import agree_all, reread, waiting_version

# What is a step, by name: each commit, what is rung or run once it is made, and each effect with the mark that it leaves.
STEPS = {
    "commit": (BaseDatabaseWrapper, "_commit"),
    "on commit": (BaseDatabaseWrapper, "run_and_clear_commit_hooks"),
    "publish": (outbox, "ring"),
    "render": (documents, "render_signed"),
    "store": (Storage, "save"),
    "send": (EmailMessage, "send"),
    "mark": (outbox, "_finish"),
}


class Death(BaseException):
    """A process has ended here."""


@dataclass
class Outcome:
    """At how many points a process died, what each was, and what is wrong."""

    name: str
    points: list = field(default_factory=list)
    wrong: list = field(default_factory=list)


class _Walk:
    """One way from the signature to its effects: counts the steps, and dies before or after a certain one."""

    def __init__(self, dies_at=None, *, is_after=False):
        self.dies_at, self.is_after, self.taken, self.wrong = dies_at, is_after, [], []

    @property
    def died_over(self):
        """Name the step over which the process died. Between an email and its mark nobody can know whether it has gone."""
        return self.taken[self.dies_at] if self.dies_at is not None and self.dies_at < len(self.taken) else ""

    @contextmanager
    def watched(self):
        """Stand beside every step."""
        with ExitStack() as stack:
            for name, (place, attribute) in STEPS.items():
                stack.enter_context(mock.patch.object(place, attribute, self._beside(name, getattr(place, attribute))))
            yield

    def _beside(self, name, real):
        def step(*arguments, **named):
            number = len(self.taken)
            if name == "on commit" and not arguments[0].run_on_commit:
                return real(*arguments, **named)
            self.taken.append(name)
            if number == self.dies_at and not self.is_after:
                # A database undoes what a process leaves behind that dies before it has committed.
                if name == "commit":
                    arguments[0]._rollback()
                raise Death
            answer = real(*arguments, **named)
            if number == self.dies_at:
                raise Death
            return answer

        return step


def died_at_every_step(every=1):
    """D4: submit and sign a plan again and again, the process dying before and after each step in turn; `every` leaves some out."""
    outcome = Outcome("D4 deaths between a signature and what it causes")
    with mock.patch.object(documents, "render_signed", return_value=b"%PDF-1.7 printed"):
        whole = _sign(_Walk())
        outcome.wrong += whole.wrong
        outcome.wrong += [f"no step called {name} was seen" for name in STEPS if name not in whole.taken]
        for number in range(0, len(whole.taken), every):
            for is_after in (False, True):
                walk = _sign(_Walk(number, is_after=is_after))
                point = f"{'after' if is_after else 'before'} step {number}, {whole.taken[number]}"
                outcome.points.append(point)
                outcome.wrong += [f"{sentence} ({point})" for sentence in walk.wrong]
    return outcome


def _sign(walk):
    """Submit and sign one plan, dying where the walk says; let others find what is left, and look at what has come of it."""
    review = Review(Size(signatories=1, posts=1, threads=1))
    OutboxEntry.objects.all().delete()
    mail.outbox = []
    with walk.watched():
        try:
            review.submit()
            agree_all(review.engagement)
        except Death:
            # What was to be done after commit died with the process.
            connection.run_on_commit = []
    _heal()
    # Whoever was told nothing presses again.
    if reread(review.engagement).status == EngagementStatus.CO_DESIGN:
        review.submit()
    if reread(review.engagement).status == EngagementStatus.IN_REVIEW:
        agree_all(review.engagement)
    _heal()
    walk.wrong = _found(review, may_be_double=walk.died_over == "send" and walk.is_after)
    return walk


def _heal():
    """Let another process do what is due, once the hold of the one that died has lapsed."""
    outbox.work_off(timezone.now() + outbox.HELD_IN_PROCESS + timedelta(seconds=1))


def _found(review, *, may_be_double):
    """Return what must never be, wherever the process died."""
    engagement = reread(review.engagement)
    version = waiting_version(engagement)
    made = BriefFile.objects.filter(version=version)
    told = AuditEvent.objects.filter(subject_type="engagements.brieffile", subject_id__in=made.values("pk"))
    messages = Message.objects.filter(engagement=engagement).values_list("status", flat=True)
    is_once = {
        "one brief is there": made.count() == 1,
        "the history tells of it once": told.count() == 1,
        "everything that was asked for is done": set(OutboxEntry.objects.values_list("status", flat=True)) == {OutboxStatus.DONE},
        "the message has gone": list(messages) == [MessageStatus.SENT],
        "one email has gone": len(mail.outbox) == 1 or (may_be_double and len(mail.outbox) == 2),
    }
    decided = Decision.objects.filter(version=version).count()
    wrong = faults(review, Counter({(str(DecisionOutcome.AGREED), "done"): decided}))
    return wrong + [what for what, is_so in is_once.items() if not is_so]
