"""Steps of the people around a plan: who is on it, who they become, and what they write in it."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from accounts.models import User
from core.records import snapshot
from engagements import actions, permissions, tasks
from engagements.models import ClientLead
from tests.drills.model import Lead
from tests.drills.stepping import Machine, anything, people, plans, somebody
from tests.drills.world import ROLES


class PeopleSteps(Machine):
    """Names and removes people, changes who they are, and lets them write."""

    # Who is on the plan.

    @rule(key=plans, who=somebody, person=people, is_signatory=st.booleans(), for_whom=anything, from_other=st.booleans())
    def name_lead(self, key, who, person, is_signatory, for_whom, from_other):
        plan = self.plans[key]
        source = self.plans["two"] if from_other and for_whom == 0 else plan
        deputy_for = self.lead_row(source, for_whom) if for_whom is not None else None
        values = {
            "email": f"{person}@example.org",
            "full_name": person.title(),
            "job_title": "",
            "is_signatory": is_signatory,
            "deputy_for": self.row(deputy_for) if deputy_for else None,
        }
        if self.write(
            "name a client lead",
            plan,
            self.editor(plan, who),
            plan.allows_naming(person, is_signatory, deputy_for),
            lambda by: actions.name_client_lead(engagement=self.world.engagements[key], values=values, by=by),
        ):
            pk = ClientLead.objects.get(engagement=plan.pk, user__email=values["email"]).pk
            stands_for = deputy_for.pk if deputy_for else None
            plan.leads[pk] = Lead(pk, person, is_signatory, plan.next_position(), stands_for)

    @rule(key=plans, who=somebody, which=anything, is_signatory=st.booleans(), for_whom=anything)
    def change_lead(self, key, who, which, is_signatory, for_whom):
        plan = self.plans[key]
        lead = self.lead_row(plan, which)
        deputy_for = self.lead_row(plan, for_whom) if for_whom is not None else None
        if lead is None:
            return
        is_legal = plan.allows_change_of_lead(lead, is_signatory, deputy_for)
        part = (lead.is_signatory, lead.deputy_for)
        is_silent = is_legal and part == (is_signatory, deputy_for.pk if deputy_for else None)
        row = self.row(lead)
        values = {"is_signatory": is_signatory, "deputy_for": self.row(deputy_for) if deputy_for else None}
        if self.write(
            "change a client lead",
            plan,
            self.editor(plan, who),
            is_legal,
            lambda by: actions.change_client_lead(lead=row, values=values, by=by),
            is_silent=is_silent,
        ):
            plan.did_change_lead(lead, is_signatory, deputy_for)

    @rule(key=plans, who=somebody, which=anything)
    def remove_lead(self, key, who, which):
        plan = self.plans[key]
        lead = self.lead_row(plan, which)
        if lead is None:
            return
        row = self.row(lead)
        if self.write(
            "remove a client lead",
            plan,
            self.editor(plan, who),
            plan.allows_removal(lead),
            lambda by: actions.remove_client_lead(lead=row, by=by),
        ):
            plan.did_remove(lead)

    @rule(key=plans, who=somebody, which=anything, is_up=st.booleans())
    def move_lead(self, key, who, which, is_up):
        plan = self.plans[key]
        lead = self.lead_row(plan, which)
        if lead is None:
            return
        who = self.editor(plan, who)
        row = self.row(lead)
        is_legal = plan.status == "co_design" and lead.is_on_plan and lead.is_signatory
        is_moved = is_legal and plan.may_edit(who) and plan.did_move_lead(lead, is_up)
        self.write(
            "move a client lead",
            plan,
            who,
            is_legal,
            lambda by: actions.move_client_lead(lead=row, is_up=is_up, by=by),
            is_silent=not is_moved,
        )

    @rule(key=plans, who=somebody, is_in_order=st.booleans())
    def change_order(self, key, who, is_in_order):
        plan = self.plans[key]
        values = {"signing_order": "in_order" if is_in_order else "parallel"}
        is_legal = plan.status == "co_design"
        if self.write(
            "change the order",
            plan,
            self.editor(plan, who),
            is_legal,
            lambda by: actions.change_engagement(engagement=self.world.engagements[key], values=values, by=by),
            is_silent=is_in_order == plan.is_in_order,
        ):
            plan.is_in_order = is_in_order

    @rule(key=plans, who=somebody, members=st.sets(people, max_size=2))
    def change_team(self, key, who, members):
        plan = self.plans[key]
        values = {"team": [self.user(name) for name in sorted(members)]}
        if self.write(
            "change the team",
            plan,
            self.editor(plan, who),
            plan.allows_team(members),
            lambda by: actions.change_engagement(engagement=self.world.engagements[key], values=values, by=by),
            is_silent=members == plan.team,
        ):
            plan.team = set(members)

    @rule(key=plans, who=somebody, to=people)
    def reassign(self, key, who, to):
        plan = self.plans[key]
        who = who or plan.lead
        values = {"lead_consultant": self.user(to)}
        is_same = to == plan.lead and to not in plan.team
        is_legal = plan.allows_lead_consultant(to)
        is_done = self.from_page(
            "reassign",
            plan,
            who,
            plan.may_reassign(who),
            "done" if is_legal else "refused",
            lambda by: actions.reassign_engagement(engagement=self.world.engagements[key], values=values, by=by),
            may=permissions.can_reassign_engagement,
            is_silent=is_legal and is_same,
        )
        if is_done:
            plan.lead = to
            plan.team.discard(to)
            if not is_same:
                plan.writers.add(who)

    # People change, and so does what they write.

    @rule(
        person=people,
        role=st.one_of(st.none(), st.sampled_from(sorted(set(ROLES.values())))),
        is_active=st.sampled_from([1, 1, 1, 0]),
    )
    def change_person(self, person, role, is_active):
        who = self.people[person]
        who.role, who.is_active = role or ROLES[person], bool(is_active)
        User.objects.filter(pk=self.world.users[person].pk).update(role=who.role, is_active=who.is_active, region_id=who.region)
        self.tally.note("change of role", "done")

    @rule(key=plans, name=st.sampled_from(["lead", "colleague", "bystander"]), has_written=st.booleans())
    def change_sides(self, key, name, has_written):
        """Let somebody who has worked for the LDP become a client, be named to sign, and be asked to."""
        plan = self.plans[key]
        if has_written:
            self.edit(key, name, "To be at home" if plan.statement == "To be safe" else "To be safe", is_stale=False)
        self.change_person("admin", None, 1)
        self.change_person(name, "stp_lead", 1)
        if plan.lead == name:
            self.change_person("bystander" if name != "bystander" else "lead", None, 1)
            self.reassign(key, "admin", "bystander" if name != "bystander" else "lead")
        self.change_team(key, None, plan.team - {name})
        self.name_lead(key, None, name, True, None, from_other=False)
        self.submit(key, None, None)

    @rule(
        key=plans,
        who=somebody,
        text=st.sampled_from(["To be at home", "To be safe", "To be known"]),
        is_stale=st.booleans(),
    )
    def edit(self, key, who, text, is_stale):
        plan = self.plans[key]
        purpose = self.world.purposes[key]
        first = purpose.statement
        seen = snapshot(purpose if is_stale else type(purpose).objects.get(pk=purpose.pk), ["statement"])
        is_same = text in (plan.statement, first if is_stale else plan.statement)
        is_clash = not is_same and is_stale and plan.statement != first
        expected = "refused" if plan.status != "co_design" else "conflict" if is_clash else "done"
        who = self.editor(plan, who)
        if (
            self.from_page(
                "edit",
                plan,
                who,
                plan.may_edit(who),
                expected,
                lambda by: actions.change_entry(entry=purpose, values={"statement": text}, by=by, seen=seen),
                is_silent=is_same,
            )
            and not is_same
        ):
            plan.statement = text
            plan.writers.add(who)

    @rule(key=plans, which=st.integers(0, 7))
    def print_again(self, key, which):
        """Let the worker be asked a second time for a brief that is signed."""
        signed = [version for version in self.plans[key].versions if version.outcome == "agreed"]
        if signed:
            pk = signed[which % len(signed)].pk
            self.attempt("print again", "done", lambda: tasks.render_signed_brief(pk), is_silent=True)
