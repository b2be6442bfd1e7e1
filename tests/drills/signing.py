"""Everybody does anything in any order on two engagements (S4, D8): after each step the portal stands where the rules say.

Half of the steps are taken by whoever may take them; the other half by anybody, on anything, at any time. What a page would ask before
it calls an action is asked here as the page does; a decision goes straight to its action, which must refuse by itself.
"""

import hashlib

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from engagements.enums import NEXT_STATUSES, EngagementStatus
from engagements.models import BriefFile, ClientLead, Comment, Decision, Engagement, StatusChange
from tests.drills.people_steps import PeopleSteps
from tests.drills.review_steps import ReviewSteps
from tests.drills.stepping import Tally, content_of

__all__ = ["SigningMachine", "Tally", "run"]

STEPS_EACH = 50


class SigningMachine(ReviewSteps, PeopleSteps):
    """Takes steps on the world and on its model, and holds one to the other."""

    @invariant()
    def all_stands_as_the_rules_say(self):
        self._moves_are_legal()
        self._versions_never_change()
        self._decisions_are_those_that_were_taken()
        self._people_are_on_the_plan_as_named()
        self._comments_stay()
        self._signed_files_never_change()

    def _moves_are_legal(self):
        for plan in self.plans.values():
            status = Engagement.objects.values_list("status", flat=True).get(pk=plan.pk)
            rows = StatusChange.objects.filter(engagement=plan.pk).order_by("pk").values_list("from_status", "to_status", "by")
            reached = EngagementStatus.CO_DESIGN
            for came_from, to, _ in rows:
                assert came_from == reached
                assert to in NEXT_STATUSES[EngagementStatus(came_from)]
                reached = to
            assert status == reached == plan.status
            assert list(rows) == [(came_from, to, self.world.users[by].pk) for came_from, to, by in plan.moves]

    def _versions_never_change(self):
        for plan in self.plans.values():
            stored = list(self.versions(plan))
            assert stored == [(v.pk, v.number, v.text, v.content_hash, v.outcome) for v in plan.versions]
            waiting = [number for _, number, _, _, outcome in stored if outcome == "waiting"]
            assert waiting == ([plan.last.number] if plan.status == "in_review" else [])

    def _decisions_are_those_that_were_taken(self):
        for plan in self.plans.values():
            rows = Decision.objects.filter(version__engagement=plan.pk).order_by("pk")
            stored = list(rows.values_list("version", "client_lead", "decided_by", "outcome"))
            assert stored == [
                (version.pk, lead, self.world.users[by].pk, outcome)
                for version in plan.versions
                for lead, (by, outcome) in version.decisions.items()
            ]

    def _people_are_on_the_plan_as_named(self):
        for plan in self.plans.values():
            rows = ClientLead.objects.filter(engagement=plan.pk).order_by("pk")
            stored = rows.values_list("pk", "is_signatory", "deputy_for", "position", "removed_at")
            assert [(*facts, left_at is None) for *facts, left_at in stored] == [
                (lead.pk, lead.is_signatory, lead.deputy_for, lead.position, lead.is_on_plan)
                for lead in sorted(plan.leads.values(), key=lambda lead: lead.pk)
            ]
            engagement = Engagement.objects.get(pk=plan.pk)
            assert engagement.lead_consultant_id == self.world.users[plan.lead].pk
            team = set(engagement.team.values_list("pk", flat=True))
            assert team == {self.world.users[name].pk for name in plan.team}

    def _comments_stay(self):
        for plan in self.plans.values():
            rows = Comment.objects.filter(version__engagement=plan.pk, answer_to=None).order_by("pk")
            stored = [(pk, at is None) for pk, at in rows.values_list("pk", "resolved_at")]
            assert stored == [(said.pk, not said.is_resolved) for said in plan.comments.values()]

    def _signed_files_never_change(self):
        agreed = {v.pk: v for plan in self.plans.values() for v in plan.versions if v.outcome == "agreed"}
        files = list(BriefFile.objects.filter(version__engagement__in=[plan.pk for plan in self.plans.values()]))
        assert {stored.version_id for stored in files} == set(agreed)
        for stored in files:
            content = content_of(stored)
            assert content == agreed[stored.version_id].file
            assert hashlib.sha256(content).hexdigest() == stored.sha256


def run(world, tally, *, examples, number):
    """Play so many examples, always the same ones for a number.

    What fails is told as it was found: to look for a shorter way there takes minutes.
    """

    @seed(number)
    def machine():
        return SigningMachine(world, tally)

    how = settings(
        max_examples=examples,
        stateful_step_count=STEPS_EACH,
        derandomize=False,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        print_blob=False,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=how)
