"""Steps of a plan through its review: moves, decisions and comments, by anybody."""

from datetime import timedelta

from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from engagements import actions, documents, permissions
from engagements.models import BriefFile, Comment, PlanVersion
from tests.drills.model import MOVES, Version
from tests.drills.model import Comment as SaidComment
from tests.drills.stepping import Machine, anything, content_of, people, plans, somebody

SECTIONS = ("people", "purpose", "measures")
REASON = "The board asked for it."
MOVE_ACTIONS = {name: getattr(actions, name if name.startswith("start") else f"{name}_engagement") for name in MOVES}
reasons = st.sampled_from([REASON, REASON, REASON, " "])
sections = st.sampled_from([*SECTIONS, *SECTIONS, "planned-99", ""])


class ReviewSteps(Machine):
    """Moves a plan, decides on it and speaks of it."""

    # Moves.

    @rule(key=plans, who=somebody, days=st.sampled_from([None, None, 0, 30, -1, 400]))
    def submit(self, key, who, days):
        plan = self.plans[key]
        who = self.editor(plan, who)
        due_on = None if days is None else timezone.localdate() + timedelta(days=days)
        values = {"message": "Please read it.", "due_on": due_on}
        if self.write(
            "submit",
            plan,
            who,
            plan.allows_submission(days not in (-1, 400)),
            lambda by: actions.submit_engagement(engagement=self.world.engagements[key], values=values, by=by),
        ):
            frozen = self.versions(plan).last()
            plan.did_submit(Version(*frozen[:4]), who)
            document = PlanVersion.objects.get(pk=frozen[0]).document
            assert documents.content_hash(documents.from_json(document)) == frozen[3]

    @rule(key=plans, name=st.sampled_from(sorted(MOVES)), who=somebody, reason=reasons)
    def move(self, key, name, who, reason):
        plan = self.plans[key]
        who = self.editor(plan, who)
        values = {"reason": reason}
        if self.write(
            name,
            plan,
            who,
            plan.allows_move(name, reason),
            lambda by: MOVE_ACTIONS[name](engagement=self.world.engagements[key], values=values, by=by),
        ):
            if plan.is_waiting:
                plan.did_settle("recalled")
            plan.did_move(MOVES[name][1], who)

    @rule(key=plans, is_the_first=st.booleans(), wants_changes=st.sampled_from([False, False, False, True]))
    def move_on(self, key, is_the_first, wants_changes):
        """Take the plan one step further, as it goes when nobody does anything odd."""
        plan = self.plans[key]
        ways = {
            "agreed": ("revise", "start_delivery"),
            "in_delivery": ("revise", "start_evaluation"),
            "in_evaluation": ("withdraw", "close"),
            "withdrawn": ("reinstate", "reinstate"),
        }
        if plan.status == "co_design":
            self.submit(key, None, None)
        elif plan.status == "in_review":
            self.decide(
                key, None, None, "changes_wanted" if wants_changes else "agreed", "this", "Say more.", "people", is_stale=False
            )
        elif plan.status in ways:
            self.move(key, ways[plan.status][0 if is_the_first else 1], None, REASON)

    @rule(key=plans, who=somebody, reason=reasons)
    def start_early(self, key, who, reason):
        plan = self.plans[key]
        if self.write(
            "start early",
            plan,
            self.editor(plan, who),
            plan.allows_early_start(reason),
            lambda by: actions.start_before_sign_off(engagement=self.world.engagements[key], values={"reason": reason}, by=by),
        ):
            plan.has_started_early = True

    # Decisions: straight to the action.

    @rule(
        key=plans,
        which=anything,
        who=somebody,
        outcome=st.sampled_from(["agreed", "agreed", "agreed", "changes_wanted"]),
        shown=st.sampled_from(["this", "this", "this", "before", "other", "none"]),
        comment=st.sampled_from(["Name the ambulance service.", " "]),
        section=sections,
        is_stale=st.booleans(),
    )
    def decide(self, key, which, who, outcome, shown, comment, section, is_stale):
        plan = self.plans[key]
        lead = self._next_to_decide(plan) if which is None else self.lead_row(plan, which)
        if lead is None:
            return
        who = who or self._decider(plan, lead)
        content_hash = self._hash(key, shown)
        is_legal = plan.allows_decision(lead, who, content_hash)
        if outcome == "changes_wanted":
            is_legal = is_legal and plan.allows_wish(who, comment, section, section in SECTIONS)
        # A request that was long under way knows its person and the signatory as they once were.
        by = self.world.users[who] if is_stale else self.user(who)
        row = self.row(lead)
        values = {"outcome": outcome, "comment": comment, "section": section, "content_hash": content_hash}
        if self.attempt(
            "decide",
            "done" if is_legal else "refused",
            lambda: actions.decide_version(lead=row, values=values, by=by),
        ):
            version = plan.last
            assert who not in plan.writers, f"{who} has written in the plan and decided on it"
            assert row.user_id == by.pk or lead.pk == plan.row_of(who).deputy_for
            if outcome == "changes_wanted" and comment.strip() and section:
                self._note_comment(plan, version, who)
            plan.did_decide(lead, who, outcome)
            if version.outcome == "agreed":
                agreed = {signed for signed, (_, said) in version.decisions.items() if said == "agreed"}
                assert agreed >= {row.pk for row in plan.current() if row.is_signatory}
                version.file = content_of(BriefFile.objects.get(version=version.pk))

    @rule(key=plans, fault=st.sampled_from(["turn", "again", "insider", "hash", "person"]), is_stale=st.booleans(), who=people)
    def decide_but_for_one_fault(self, key, fault, is_stale, who):
        """Take a decision that is right in all but one thing; where there is nothing to be wrong about, bring it nearer."""
        plan = self.plans[key]
        rows = sorted(plan.leads.values(), key=lambda lead: lead.pk)
        undecided = plan.undecided() if plan.is_waiting else []
        wrong = {
            "turn": undecided[-1:],
            "again": [lead for lead in rows if undecided and lead.pk in plan.last.decisions],
            "insider": [lead for lead in undecided if lead.person in plan.insiders()],
            "hash": undecided[:1],
            "person": undecided[:1],
        }[fault]
        if not wrong:
            self.move_on(key, is_the_first=True, wants_changes=False)
            return
        by = {"insider": wrong[0].person, "person": who}.get(fault)
        shown = "before" if fault == "hash" else "this"
        self.decide(key, rows.index(wrong[0]), by, "agreed", shown, "", "", is_stale)

    def _next_to_decide(self, plan):
        """Return for whom a decision is due, or the first signatory where none is."""
        waiting = plan.undecided() if plan.is_waiting else []
        return waiting[0] if waiting else self.lead_row(plan, None)

    def _decider(self, plan, lead):
        """Return who can decide for a signatory: themselves, or else their deputy."""
        names = [lead.person, *(row.person for row in plan.current() if row.deputy_for == lead.pk)]
        able = [name for name in names if self.people[name].is_client and name not in plan.insiders()]
        return (able or names)[0]

    def _hash(self, key, shown):
        """Return the content hash that a page sends: of this version, of the one before, of another plan, of nothing."""
        versions = {
            "this": self.plans[key].versions[-1:],
            "before": self.plans[key].versions[-2:-1],
            "other": self.plans["two" if key == "one" else "one"].versions[-1:],
            "none": [],
        }[shown]
        return versions[0].content_hash if versions else "0" * 64

    # Comments.

    @rule(
        key=plans, who=somebody, back=st.sampled_from([0, 0, 0, 1]), section=sections, text=st.sampled_from(["Why?", "Why?", " "])
    )
    def comment(self, key, who, back, section, text):
        plan = self.plans[key]
        if len(plan.versions) <= back:
            return
        version = plan.versions[-1 - back]
        who = who or next((lead.person for lead in plan.current() if self.people[lead.person].is_client), "ann")
        row = PlanVersion.objects.get(pk=version.pk)
        is_legal = plan.allows_comment(version.number, text, section in SECTIONS)
        if self.from_page(
            "comment",
            plan,
            who,
            plan.may_comment(who),
            "done" if is_legal else "refused",
            lambda by: actions.write_comment(version=row, values={"section": section, "text": text}, by=by),
            may=permissions.can_comment_engagement,
        ):
            self._note_comment(plan, version, who)

    def _note_comment(self, plan, version, who):
        version.commented_by.add(who)
        pk = Comment.objects.filter(version=version.pk, answer_to=None).latest("pk").pk
        plan.comments[pk] = SaidComment(pk, version.number)

    @rule(
        key=plans,
        who=somebody,
        which=st.integers(0, 7),
        what=st.sampled_from(["answer", "resolve", "reopen"]),
        text=st.sampled_from(["We shall.", "We shall.", " "]),
    )
    def treat_comment(self, key, who, which, what, text):
        plan = self.plans[key]
        if not plan.comments:
            return
        said = list(plan.comments.values())[which % len(plan.comments)]
        comment = Comment.objects.select_related("version__engagement").get(pk=said.pk)
        who = self.editor(plan, who)
        if what == "resolve":
            if self.write(
                "resolve",
                plan,
                who,
                plan.allows_answers(),
                lambda by: actions.resolve_comment(comment=comment, by=by),
                is_silent=said.is_resolved,
            ):
                said.is_resolved = True
            return
        work = {
            "answer": lambda by: actions.answer_comment(comment=comment, values={"text": text}, by=by),
            "reopen": lambda by: actions.reopen_comment(comment=comment, by=by),
        }[what]
        is_legal = plan.allows_answers() and (what == "reopen" or bool(text.strip()))
        is_silent = what == "reopen" and not said.is_resolved
        is_done = self.from_page(
            what,
            plan,
            who,
            plan.may_answer(who),
            "done" if is_legal else "refused",
            work,
            may=permissions.can_answer_engagement,
            is_silent=is_silent,
        )
        if is_done and what == "reopen":
            said.is_resolved = False

    @rule(key=plans, who=somebody)
    def read(self, key, who):
        plan = self.plans[key]
        if plan.last:
            version = PlanVersion.objects.get(pk=plan.last.pk)
            user = self.user(who or "ann")
            self.attempt("read", "done", lambda: actions.note_reading(version=version, by=user), is_silent=True)
