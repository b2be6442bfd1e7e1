"""How the drill of signing takes a step: the two plans, who takes it, and what comes of it held to what the model expects."""

import itertools
from collections import Counter
from contextlib import ExitStack
from unittest import mock

from django.db import transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.test import TestCase
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from accounts.models import User
from core.models import AuditEvent
from core.records import EditConflict
from core.refusals import ActionRefused
from engagements import documents, permissions, tasks
from engagements.models import ClientLead, Engagement, PlanVersion
from tests.drills.world import PEOPLE

plans = st.sampled_from(["one", "one", "one", "two"])
people = st.sampled_from(PEOPLE)
# None stands for whoever may take the step, and for what they would rightly name.
somebody = st.one_of(st.none(), people)
anything = st.one_of(st.none(), st.integers(0, 7))


class Tally(Counter):
    """What was done: steps, and of them those carried out and those refused, altogether and by kind."""

    def note(self, kind, answer):
        self["steps"] += 1
        self[answer] += 1
        self[f"{kind}: {answer}"] += 1


class Machine(RuleBasedStateMachine):
    """Stands on the world and on its model, and knows how a step is taken."""

    def __init__(self, world, tally):
        super().__init__()
        self.world, self.tally = world, tally
        self.people, self.plans = world.beginning()
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        prints = itertools.count(1)
        # Cheap, and another document each time: a brief that is printed twice would be seen.
        made = lambda version: f"{version.content_hash} printed as number {next(prints)}".encode()  # noqa: E731 - said once
        self.stack.enter_context(mock.patch.object(documents, "render_signed", made))
        self.stack.enter_context(mock.patch.object(tasks.send_message, "run"))

    def teardown(self):
        transaction.set_rollback(True)
        self.stack.close()

    @initialize(in_order=st.sets(st.sampled_from(["one", "two"])))
    def begin(self, in_order):
        for key in sorted(in_order):
            self.plans[key].is_in_order = True
            Engagement.objects.filter(pk=self.plans[key].pk).update(signing_order="in_order")

    # How a step is taken.

    def user(self, name):
        return User.objects.get(pk=self.world.users[name].pk)

    def attempt(self, kind, expected, work, *, is_silent=False):
        """Take a step and compare what comes of it with what the model expects; return whether it was carried out."""
        before = AuditEvent.objects.count()
        try:
            with TestCase.captureOnCommitCallbacks(execute=True):
                work()
            answer = "done"
        except ActionRefused:
            answer = "refused"
        except EditConflict:
            answer = "conflict"
        self.tally.note(kind, answer)
        assert answer == expected, f"{kind}: {answer}, where the rules say {expected}"
        written = AuditEvent.objects.count() - before
        if answer != "done" or is_silent:
            assert written == 0, f"{kind}: {answer}, and wrote {written} events"
        else:
            assert written > 0, f"{kind}: done without a word in the trail"
        return answer == "done"

    def from_page(self, kind, plan, who, is_allowed, expected, work, *, may=permissions.can_edit_engagement, is_silent=False):
        """Take a step from its page, which asks first whether the person sees the engagement and may."""
        user = self.user(who)
        engagement = Engagement.objects.visible_to(user).with_people().filter(pk=plan.pk).first()
        is_let_in = engagement is not None and may(user, engagement)
        assert is_let_in == is_allowed, f"{kind}: {who} is {'' if is_let_in else 'not '}let in"
        if not is_let_in:
            self.tally.note(kind, "refused")
            return False
        return self.attempt(kind, expected, lambda: work(user), is_silent=is_silent)

    def write(self, kind, plan, who, is_legal, work, *, is_silent=False, **how):
        """Take a step that only those who may change the plan can take, and remember who did."""
        expected = "done" if is_legal else "refused"
        is_done = self.from_page(kind, plan, who, plan.may_edit(who), expected, work, is_silent=is_silent and is_legal, **how)
        if is_done and not is_silent:
            plan.writers.add(who)
        return is_done

    def editor(self, plan, who):
        """Return who takes a step: the person drawn, or the first who may."""
        return who or next((name for name in (plan.lead, *PEOPLE) if plan.may_edit(name)), plan.lead)

    def lead_row(self, plan, which):
        """Return the client lead drawn, also one who has left, or the first who signs."""
        rows = sorted(plan.leads.values(), key=lambda lead: lead.pk)
        if which is None:
            return next((lead for lead in plan.current() if lead.is_signatory), None)
        return rows[which % len(rows)]

    def row(self, lead):
        return ClientLead.objects.select_related("engagement", "user").get(pk=lead.pk)

    def versions(self, plan):
        """Return what is stored of the versions of a plan, with the very text of each document."""
        text = Cast("document", TextField())
        rows = PlanVersion.objects.filter(engagement=plan.pk).order_by("number")
        return rows.values_list("pk", "number", text, "content_hash", "outcome")


def content_of(stored):
    """Return the bytes of a stored file."""
    with stored.file.open() as opened:
        return opened.read()
