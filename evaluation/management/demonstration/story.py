"""One engagement as it went: scoped in the order of its conversation, then moved from status to status."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.timezone import localdate

from accounts.enums import Role
from engagements import actions, policies
from engagements.enums import Facet, SigningOrder
from engagements.models import Comment, FundingLine, ParticipantGroup, Place, PlannedIntervention, Priority, Purpose
from evaluation.actions import (
    accept_learning,
    add_feedback_form,
    add_learning,
    add_measure,
    add_session,
    change_measure,
    close_feedback_form,
    collect_result,
    drop_measure,
    give_feedback,
    miss_result,
    open_feedback_form,
    retarget_measure,
    write_contribution,
)
from evaluation.enums import FeedbackKind, Sharing
from evaluation.models import FeedbackForm, Learning, Measure, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from accounts.models import User
    from engagements.models import ClientLead, Engagement, PlanVersion
    from evaluation.management.demonstration.clock import Clock
    from evaluation.management.demonstration.known import Known

ENTRIES = {
    "people": ParticipantGroup,
    "place": Place,
    "purpose": Purpose,
    "priorities": Priority,
    "plan": PlannedIntervention,
}
SECTIONS = (*ENTRIES, "measures", "leads")
# How long an admin takes to accept what was learned.
DAYS_TO_ACCEPT = 7
# Fields that name rows of another section by their number.
NUMBERED = {"audience": "people", "serves": "priorities", "planned_intervention": "plan"}
# What stands in a planned intervention's row and is written by actions of its own.
BESIDE_THE_PLAN = ("funding", "reasons")
MOVES: dict[str, Callable[..., Any]] = {
    "submit": actions.submit_engagement,
    "recall": actions.recall_engagement,
    "revise": actions.revise_engagement,
    "start_early": actions.start_before_sign_off,
    "start_delivery": actions.start_delivery,
    "start_evaluation": actions.start_evaluation,
    "close": actions.close_engagement,
    "withdraw": actions.withdraw_engagement,
}


class Story:
    """One file told from the first conversation to where the engagement stands today."""

    def __init__(self, data: Mapping[str, Any], known: Known, clock: Clock) -> None:
        self.data = data
        self.known = known
        self.clock = clock
        self.lead: User = known.people[data["lead"]]
        self.engagement: Engagement
        self.rows: dict[str, list[Any]] = {section: [] for section in SECTIONS}
        # What a row belongs to and the conversation had not come to yet when the row was written.
        self.to_join: list[tuple[str, Any, dict[str, Any]]] = []
        # What was said about a version, in order; moves name it by its number.
        self.comments: list[Comment] = []
        # The feedback form that was opened last.
        self.asked: FeedbackForm

    @transaction.atomic
    def tell(self) -> None:
        """Write the whole engagement, or nothing of it."""
        self.clock.start(self.data["days_ago"])
        logged = {name: self.data[name] for name in ("title", "client", "client_kind") if name in self.data}
        self.engagement = actions.create_engagement(values=logged, by=self.lead)
        if self.data.get("team"):
            self._do(actions.change_engagement, engagement=self.engagement, values=self._values({"team": self.data["team"]}))
        self._scope()
        if self.data.get("signing_order"):
            values = {"signing_order": SigningOrder(self.data["signing_order"])}
            self._do(actions.change_engagement, engagement=self.engagement, values=values)
        for move in self._moves():
            self.clock.wait_until(move["days_ago"])
            self._take(move)

    def _moves(self) -> list[Mapping[str, Any]]:
        """Return every step after the scoping in its time: the moves, the sessions, the feedback, what was learned and what became of it."""
        moves: list[Mapping[str, Any]] = [*self.data.get("moves", ())]
        moves += [{"do": "hold", **row} for row in self.data.get("sessions", ())]
        closed = next((move["days_ago"] for move in moves if move["do"] == "close"), None)
        for row in self.data.get("feedback", ()):
            moves.append({"do": "ask", "days_ago": row["opened_days_ago"], **row})
            if "closed_days_ago" in row:
                moves.append({"do": "end_asking", "days_ago": row["closed_days_ago"]})
        if closed is not None:
            moves += [{"do": "learn", "days_ago": closed + 1, **row} for row in self.data.get("learning", ())]
            moves.append({"do": "accept", "days_ago": max(1, closed - DAYS_TO_ACCEPT)})
        return sorted(moves, key=lambda move: -move["days_ago"])

    def _do(self, action: Callable[..., Any], *, by: str = "", **arguments: Any) -> Any:
        """Carry out one action a few minutes after the last, by the lead consultant unless somebody is named."""
        self.clock.tick()
        return action(**arguments, by=self.known.people[by] if by else self.lead)

    def _values(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return a row of the file as an action takes it, its numbers replaced by the rows they stand for."""
        values = self.known.values(row, self.clock)
        for name in NUMBERED.keys() & values.keys():
            rows = self.rows[NUMBERED[name]]
            chosen = values[name]
            values[name] = [rows[number - 1] for number in chosen] if isinstance(chosen, list) else rows[chosen - 1]
        return values

    def _scope(self) -> None:
        """Write what the conversation brought, section by section, spread over the time that it took."""
        start = self.data["days_ago"]
        moves = self.data.get("moves") or [{"days_ago": 1}]
        end = self.data.get("ready_days_ago", moves[0]["days_ago"])
        order = self.data["order"]
        for place, section in enumerate(order):
            self.clock.wait_until(start - (start - end) * place / len(order))
            by = self.data.get("hands", {}).get(section, "")
            for row in self.data.get(section, ()):
                self.rows[section].append(self._write(section, row, by))
            self._say_how_clear(section, by)
        self._join()

    def _write(self, section: str, row: Mapping[str, Any], by: str) -> Any:
        """Write one row of a section; a planned intervention brings its funding along."""
        if section == "leads":
            return self._name_lead(row, by)
        later = {name: row[name] for name, other in NUMBERED.items() if name in row and not self.rows[other]}
        values = self._values({name: value for name, value in row.items() if name not in (*BESIDE_THE_PLAN, *later)})
        if section == "measures":
            entry = self._do(add_measure, engagement=self.engagement, values=values, by=by)
        else:
            entry = self._do(actions.add_entry, entry=self._entry(section, values), values=values, by=by)
        if later:
            self.to_join.append((section, entry, later))
        for line in row.get("funding", ()):
            self._do(actions.add_entry, entry=FundingLine(planned_intervention=entry), values=line, by=by)
        return entry

    def _entry(self, section: str, values: dict[str, Any]) -> Any:
        """Return a new entry of a section; as on the page, a planned intervention comes from the menu before anything is said of it."""
        start = {"intervention": values.pop("intervention")} if "intervention" in values else {}
        return ENTRIES[section](engagement=self.engagement, **start)

    def _name_lead(self, row: Mapping[str, Any], by: str) -> Any:
        """Name a client lead, who has an account already."""
        person = self.known.people[row["person"]]
        values = {name: getattr(person, name) for name in ("email", "full_name", "job_title", "organisation")}
        whose = row.get("deputy_for")
        values["deputy_for"] = self._lead_of(whose) if whose else None
        values["is_signatory"] = row.get("is_signatory", not whose)
        return self._do(actions.name_client_lead, engagement=self.engagement, values=values, by=by)

    def _say_how_clear(self, section: str, by: str) -> None:
        """Say of a facet how clear it has become, and what the client says about it."""
        if section in Facet.values:
            said = {f"{section}_{name}": self.data.get(name, {}).get(section) for name in ("clarity", "words")}
            values = {name: value for name, value in said.items() if value}
            self._do(actions.change_engagement, engagement=self.engagement, values=values, by=by)

    def _join(self) -> None:
        """Tie together what was written before its counterpart, then write the reasons beside the criteria."""
        for section, entry, later in self.to_join:
            if section == "measures":
                self._do(change_measure, measure=entry, values=self._values(later))
            else:
                self._do(actions.change_entry, entry=entry, values=self._values(later))
        for planned, row in zip(self.rows["plan"], self.data.get("plan", ()), strict=True):
            for criterion, values in row.get("reasons", {}).items():
                about = {"planned": planned, "criterion": self.known.criteria[criterion]}
                self._do(actions.write_criterion_reason, **about, values=values)

    def _lead_of(self, person: str) -> ClientLead:
        """Return the row by which a person is named on the engagement."""
        lead: ClientLead = self.engagement.client_leads.select_related("engagement", "user").get(user=self.known.people[person])
        return lead

    @property
    def _version(self) -> PlanVersion:
        """Return the version that was submitted last."""
        return self.engagement.versions.select_related("engagement").order_by("-number")[0]

    def _take(self, move: Mapping[str, Any]) -> None:
        """Take one step: in the review, to an entry, or to another status."""
        by, step = move.get("by", ""), move["do"]
        if step in STEPS:
            STEPS[step](self, move, by)
        else:
            values = {name: move[name] for name in ("message", "reason", "due_in_days") if name in move}
            self._do(MOVES[step], engagement=self.engagement, values=self._values(values), by=by)

    def _add(self, move: Mapping[str, Any], by: str) -> None:
        """Add an entry, or a sum of money to a planned intervention."""
        section, values = move["section"], self._values(move["values"])
        if section == "funding":
            line = FundingLine(planned_intervention=self.rows["plan"][move["number"] - 1])
            self._do(actions.add_entry, entry=line, values=values, by=by)
        else:
            entry = self._entry(section, values)
            self.rows[section].append(self._do(actions.add_entry, entry=entry, values=values, by=by))

    def _change(self, move: Mapping[str, Any], by: str) -> None:
        """Change an entry, or a measure."""
        entry = self.rows[move["section"]][move["number"] - 1]
        values = self._values(move["values"])
        if move["section"] == "measures":
            self._do(change_measure, measure=entry, values=values, by=by)
        else:
            self._do(actions.change_entry, entry=entry, values=values, by=by)

    def _name(self, move: Mapping[str, Any], by: str) -> None:
        """Name a client lead after the scoping: in review, a deputy."""
        self._name_lead(move, by)

    def _read(self, move: Mapping[str, Any], by: str) -> None:
        """Let somebody look at the version that was submitted last."""
        self._do(actions.note_reading, version=self._version, by=by)

    def _remind(self, move: Mapping[str, Any], by: str) -> None:
        """Let the reminders go that are due on this day."""
        self.clock.tick()
        for reminder in policies.due_reminders(self.clock.moment):
            if reminder.version.engagement_id == self.engagement.pk:
                actions.queue_reminder(reminder=reminder)

    def _comment(self, move: Mapping[str, Any], by: str) -> None:
        """Say something about one part of the version."""
        values = {"section": move["section"], "text": move["text"]}
        self.comments.append(self._do(actions.write_comment, version=self._version, values=values, by=by))

    def _answer(self, move: Mapping[str, Any], by: str) -> None:
        """Answer what was said."""
        comment = self.comments[move["comment"] - 1]
        self._do(actions.answer_comment, comment=comment, values={"text": move["text"]}, by=by)

    def _resolve(self, move: Mapping[str, Any], by: str) -> None:
        """Say that what was said is settled."""
        self._do(actions.resolve_comment, comment=self.comments[move["comment"] - 1], by=by)

    def _decide(self, move: Mapping[str, Any], by: str) -> None:
        """Read and decide on the version that waits, for oneself or as a deputy; a wish for changes is a comment as well."""
        self._read(move, by)
        lead = self._lead_of(by)
        read = self._version
        said = {name: move.get(name, "") for name in ("comment", "section")}
        values = {"outcome": move["outcome"], "content_hash": read.content_hash, **said}
        self._do(actions.decide_version, lead=lead.deputy_for or lead, values=values, by=by)
        self.comments += read.comments.filter(author=lead.user).exclude(pk__in=[row.pk for row in self.comments])

    def _measure(self, move: Mapping[str, Any]) -> Measure:
        """Return the measure that a step names by its number, as it stands now."""
        return Measure.objects.select_related("engagement").get(pk=self.rows["measures"][move["measure"] - 1].pk)

    def _result(self, move: Mapping[str, Any]) -> Result:
        """Return the first collection of a measure, of the kind that a step names, that still waits."""
        waiting = Result.objects.open().filter(measure=self._measure(move), moment=move["moment"])
        return waiting.select_related("measure__engagement").in_order()[0]

    def _collect(self, move: Mapping[str, Any], by: str) -> None:
        """Write down on this day what one collection of a measure showed."""
        said = {name: move[name] for name in ("value", "reached", "narrative", "source", "note") if name in move}
        values = {"collected_on": localdate(self.clock.moment), **said}
        self._do(collect_result, result=self._result(move), values=values, by=by)

    def _miss(self, move: Mapping[str, Any], by: str) -> None:
        """Say why one collection of a measure did not take place."""
        self._do(miss_result, result=self._result(move), values={"missed_reason": move["reason"]}, by=by)

    def _retarget(self, move: Mapping[str, Any], by: str) -> None:
        """Set another target."""
        values = self._values({name: move[name] for name in ("target", "due_in_days", "reason")})
        self._do(retarget_measure, measure=self._measure(move), values=values, by=by)

    def _drop(self, move: Mapping[str, Any], by: str) -> None:
        """Drop a measure."""
        self._do(drop_measure, measure=self._measure(move), values={"reason": move["reason"]}, by=by)

    def _contribute(self, move: Mapping[str, Any], by: str) -> None:
        """Say what else may have caused what a measure shows."""
        self._do(write_contribution, measure=self._measure(move), values={"contribution": move["text"]}, by=by)

    def _hold(self, move: Mapping[str, Any], by: str) -> None:
        """Write down on the evening of a session that it took place."""
        planned = self.rows["plan"][move["planned"] - 1]
        values = {"held_on": localdate(self.clock.moment), "attended": move["attended"], "note": move.get("note", "")}
        self._do(add_session, planned=planned, values=values, by=by)

    def _ask(self, move: Mapping[str, Any], by: str) -> None:
        """Ask those who took part in one planned intervention, and let them answer."""
        planned = self.rows["plan"][move["planned"] - 1]
        closes_on = self.clock.day(move["closes_in_days"] if "closes_in_days" in move else -move["closed_days_ago"])
        values = {"bank_questions": move["questions"], "closes_on": closes_on, "kind": FeedbackKind.ROOM}
        asked = self._do(add_feedback_form, planned=planned, values=values, by=by)
        self.asked = self._do(open_feedback_form, form=asked, by=by)
        link = self.asked.links.get()
        for answer in move["answers"]:
            said = {key: value for key, value in answer.items() if key not in ("before", "now") and value}
            give_feedback(link=link, values={"before": answer["before"], "now": answer["now"], "said": said})

    def _end_asking(self, move: Mapping[str, Any], by: str) -> None:
        """Close what was asked last."""
        self._do(close_feedback_form, form=self.asked, by=by)

    def _learn(self, move: Mapping[str, Any], by: str) -> None:
        """Write what was learned from one planned intervention."""
        said = {name: move.get(name, "") for name in ("worked", "for_whom", "context", "to_watch")}
        values = {"planned_intervention": self.rows["plan"][move["planned"] - 1], "sharing": Sharing(move["shared"]), **said}
        self._do(add_learning, engagement=self.engagement, values=values, by=by)

    def _accept(self, move: Mapping[str, Any], by: str) -> None:
        """Let the region's admin take into the evidence what all LDPs may read; what is for the region alone waits."""
        region = self.engagement.lead_region_id
        admin = next(row for row in self.known.people.values() if row.role == Role.REGIONAL_ADMIN and row.region_id == region)
        waiting = Learning.objects.filter(engagement=self.engagement, sharing__in=[Sharing.LDPS, Sharing.PUBLIC]).waiting()
        for learning in waiting.select_related("engagement"):
            self.clock.tick()
            accept_learning(learning=learning, values={"evidence": learning.worked}, by=admin)


# The steps that are more than a move to another status.
STEPS = {
    "add": Story._add,
    "change": Story._change,
    "name": Story._name,
    "read": Story._read,
    "remind": Story._remind,
    "comment": Story._comment,
    "answer": Story._answer,
    "resolve": Story._resolve,
    "decide": Story._decide,
    "collect": Story._collect,
    "miss": Story._miss,
    "retarget": Story._retarget,
    "drop": Story._drop,
    "contribute": Story._contribute,
    "hold": Story._hold,
    "ask": Story._ask,
    "end_asking": Story._end_asking,
    "learn": Story._learn,
    "accept": Story._accept,
}
