"""What the rules of signing say, written a second time and as plainly as can be: no database, no code of the portal's rules.

Each question about a step answers whether the step shall be carried out; each `did_` writes down what it has led to.
"""

from dataclasses import dataclass, field

REGIONAL = ("consultant", "regional_admin")
# From which statuses each move is legal, and where it leads.
MOVES = {
    "recall": (("in_review",), "co_design"),
    "revise": (("agreed", "in_delivery"), "co_design"),
    "start_delivery": (("agreed",), "in_delivery"),
    "start_evaluation": (("in_delivery",), "in_evaluation"),
    "close": (("in_evaluation",), "closed"),
    "withdraw": (("co_design", "in_review", "agreed", "in_delivery", "in_evaluation"), "withdrawn"),
    "reinstate": (("withdrawn",), "co_design"),
}
NEED_A_REASON = ("revise", "withdraw")


@dataclass
class Person:
    """Somebody with an account; the region is the one they belong to while their role belongs to one."""

    name: str
    role: str
    home: int
    is_active: bool = True

    @property
    def region(self):
        return self.home if self.role in REGIONAL else None

    @property
    def is_at_work(self):
        return self.is_active and self.role in REGIONAL

    @property
    def is_client(self):
        return self.is_active and self.role == "stp_lead"


@dataclass
class Lead:
    """A client lead of one plan, by the key of the row."""

    pk: int
    person: str
    is_signatory: bool
    position: int
    deputy_for: int | None = None
    is_on_plan: bool = True


@dataclass
class Version:
    """What was submitted, and what was decided on it: for which lead, by whom, how."""

    pk: int
    number: int
    text: str
    content_hash: str
    outcome: str = "waiting"
    decisions: dict = field(default_factory=dict)
    commented_by: set = field(default_factory=set)
    # The bytes of the signed brief, once it is made.
    file: bytes | None = None


@dataclass
class Comment:
    """What was said about a version, and whether it is settled."""

    pk: int
    number: int
    is_resolved: bool = False


@dataclass
class Plan:
    """One engagement."""

    pk: int
    region: int
    lead: str
    statement: str
    people: dict
    status: str = "co_design"
    is_in_order: bool = False
    team: set = field(default_factory=set)
    leads: dict = field(default_factory=dict)
    versions: list = field(default_factory=list)
    comments: dict = field(default_factory=dict)
    moves: list = field(default_factory=list)
    # Everybody who has ever changed the plan or moved it, other than by reading and signing.
    writers: set = field(default_factory=set)
    has_started_early: bool = False

    # Facts.

    @property
    def last(self):
        return self.versions[-1] if self.versions else None

    @property
    def is_waiting(self):
        return self.status == "in_review"

    def current(self):
        """Return who is on the plan, in the order in which they sign."""
        rows = [lead for lead in self.leads.values() if lead.is_on_plan]
        return sorted(rows, key=lambda lead: (lead.position, lead.pk))

    def row_of(self, person):
        return next((lead for lead in self.current() if lead.person == person), None)

    def undecided(self):
        return [lead for lead in self.current() if lead.is_signatory and lead.pk not in self.last.decisions]

    def next_position(self):
        return 1 + max((lead.position for lead in self.leads.values()), default=0)

    def insiders(self):
        """Return whom nobody may see among the signatures."""
        return self.writers | self.team | {self.lead}

    # Who may.

    def may_edit(self, person):
        who = self.people[person]
        if not who.is_at_work:
            return False
        return (who.role == "regional_admin" and who.region == self.region) or person in self.team | {self.lead}

    def may_reassign(self, person):
        who = self.people[person]
        is_admin_here = who.role == "regional_admin" and who.region == self.region
        return who.is_at_work and (is_admin_here or person == self.lead)

    def may_comment(self, person):
        return self.people[person].is_client and bool(self.versions) and self.row_of(person) is not None

    def may_answer(self, person):
        return self.may_edit(person) or self.may_comment(person)

    # What shall be carried out.

    def allows_move(self, name, reason):
        if self.status not in MOVES[name][0] or (name in NEED_A_REASON and not reason.strip()):
            return False
        return name != "recall" or not self.last.decisions

    def allows_submission(self, is_due_date_possible):
        signatories = [lead.person for lead in self.current() if lead.is_signatory]
        can_all_sign = all(self.people[person].is_client and person not in self.writers for person in signatories)
        return self.status == "co_design" and is_due_date_possible and bool(signatories) and can_all_sign

    def allows_decision(self, lead, person, content_hash):
        """Tell whether a person may decide for a signatory on what they were shown."""
        who, own = self.people[person], self.row_of(person)
        if not self.is_waiting or not who.is_client or own is None or person in self.insiders():
            return False
        if lead is None or not lead.is_on_plan or not lead.is_signatory or lead.pk not in (own.pk, own.deputy_for):
            return False
        if content_hash != self.last.content_hash or lead.pk in self.last.decisions:
            return False
        return not self.is_in_order or lead is self.undecided()[0]

    def allows_wish(self, person, comment, section, is_section_known):
        """Tell whether a wish for changes says what and where."""
        if comment.strip() and section:
            return is_section_known
        return person in self.last.commented_by

    def allows_comment(self, number, text, is_section_known):
        version = self.versions[number - 1]
        is_under_way = self.status in ("co_design", "in_review")
        is_open = is_under_way and version is self.last and version.outcome in ("waiting", "changes_wanted")
        return is_open and is_section_known and bool(text.strip())

    def allows_answers(self):
        return self.status not in ("closed", "withdrawn")

    def allows_naming(self, person, is_signatory, deputy_for):
        if not self.people[person].is_client or self.row_of(person) is not None:
            return False
        if deputy_for is None:
            return self.status == "co_design"
        return self.status in ("co_design", "in_review") and self.allows_deputy(deputy_for, is_signatory=is_signatory)

    def allows_deputy(self, deputy_for, *, is_signatory, other_than=None):
        """Tell whether somebody can be the deputy of a signatory: one who is on the plan and has no other."""
        has_deputy = any(lead.deputy_for == deputy_for.pk for lead in self.current() if lead is not other_than)
        is_of_plan = deputy_for.pk in self.leads and deputy_for.is_on_plan and deputy_for.is_signatory
        return is_of_plan and not is_signatory and not has_deputy

    def allows_change_of_lead(self, lead, is_signatory, deputy_for):
        if self.status != "co_design" or not lead.is_on_plan:
            return False
        return deputy_for is None or (
            deputy_for is not lead and self.allows_deputy(deputy_for, is_signatory=is_signatory, other_than=lead)
        )

    def allows_removal(self, lead):
        if not lead.is_on_plan:
            return False
        if not self.is_waiting or not lead.is_signatory:
            return True
        return lead.pk not in self.last.decisions and len(self.undecided()) > 1

    def allows_lead_consultant(self, person):
        return self.people[person].is_at_work and self.people[person].region == self.region

    def allows_team(self, people):
        return self.status == "co_design" and all(self.people[name].is_at_work for name in people if name not in self.team)

    def allows_early_start(self, reason):
        was_signed = any(version.outcome == "agreed" for version in self.versions)
        is_before_sign_off = self.status in ("co_design", "in_review") and not was_signed
        return is_before_sign_off and not self.has_started_early and bool(reason.strip())

    # What it has led to.

    def did_move(self, to, by):
        self.moves.append((self.status, to, by))
        self.status = to

    def did_settle(self, outcome):
        self.last.outcome = outcome

    def did_submit(self, version, by):
        for number, lead in enumerate(self.current(), start=1):
            lead.position = number
        self.versions.append(version)
        self.did_move("in_review", by)

    def did_decide(self, lead, person, outcome):
        self.last.decisions[lead.pk] = (person, outcome)
        if outcome == "changes_wanted":
            self.did_settle("changes_wanted")
            self.did_move("co_design", person)
        elif not self.undecided():
            self.did_settle("agreed")
            self.did_move("agreed", person)

    def did_change_lead(self, lead, is_signatory, deputy_for):
        """Give a client lead another part; the deputy of somebody who signs no more only reads. Tell whether anything changed."""
        before = (lead.is_signatory, lead.deputy_for)
        lead.is_signatory, lead.deputy_for = is_signatory, deputy_for.pk if deputy_for else None
        if not is_signatory:
            self._free_deputies(lead)
        return before != (lead.is_signatory, lead.deputy_for)

    def did_remove(self, lead):
        lead.is_on_plan, lead.deputy_for = False, None
        self._free_deputies(lead)

    def _free_deputies(self, lead):
        for other in self.leads.values():
            if other.deputy_for == lead.pk:
                other.deputy_for = None

    def did_move_lead(self, lead, is_up):
        """Swap a signatory with their neighbour in the order of signing; tell whether there was one."""
        rows = sorted(self.current(), key=lambda row: not row.is_signatory)
        place = rows.index(lead)
        other = place - 1 if is_up else place + 1
        if not 0 <= other < sum(row.is_signatory for row in rows):
            return False
        rows[place], rows[other] = rows[other], rows[place]
        for number, row in enumerate(rows, start=1):
            row.position = number
        return True
