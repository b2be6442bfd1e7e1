"""The people and the two engagements that the drill of signing plays with."""

from copy import deepcopy
from dataclasses import dataclass

from accounts.models import User
from engagements.models import ClientLead, Engagement, Purpose
from tests.drills.model import Lead, Person, Plan
from tests.engagements.situations import ready_engagement
from tests.factories.accounts import UserFactory
from tests.factories.directory import RegionFactory, a_region
from tests.factories.engagements import ClientLeadFactory

# Who there is, with the role they begin in. The first engagement is led by "lead", the second by "elsewhere" in another region.
ROLES = {
    "lead": "consultant",
    "colleague": "consultant",
    "bystander": "consultant",
    "admin": "regional_admin",
    "national": "national_admin",
    "elsewhere": "consultant",
    "ann": "stp_lead",
    "bob": "stp_lead",
    "cat": "stp_lead",
    "dan": "stp_lead",
    "eve": "stp_lead",
    "fay": "stp_lead",
}
PEOPLE = list(ROLES)
# Who signs, and who is whose deputy, to begin with.
SIGNATORIES = {"one": ["ann", "bob", "cat"], "two": ["eve"]}
DEPUTIES = {"one": {"dan": "bob"}, "two": {}}


@dataclass(frozen=True)
class World:
    """What stands in the database before the first step, and the same as the model has it."""

    users: dict
    engagements: dict
    purposes: dict
    people: dict
    plans: dict

    def beginning(self):
        """Return the people and the plans as they are before the first step, for one example to change."""
        return deepcopy((self.people, self.plans))


def build():
    """Save everybody and everything."""
    here, there = a_region(), RegionFactory()
    homes = {name: there if name == "elsewhere" else here for name in PEOPLE}
    people = {name: Person(name, role, homes[name].pk) for name, role in ROLES.items()}
    users = {
        name: UserFactory._create(
            User, email=f"{name}@example.org", full_name=name.title(), role=ROLES[name], region_id=person.region
        )
        for name, person in people.items()
    }
    engagements, purposes, plans = {}, {}, {}
    for key, lead, region in (("one", "lead", here), ("two", "elsewhere", there)):
        engagement = ready_engagement(signatories=0, lead_consultant=users[lead], lead_region=region)
        purpose = Purpose.objects.get(engagement=engagement)
        plan = Plan(engagement.pk, region.pk, lead, purpose.statement, people)
        engagements[key], purposes[key], plans[key] = engagement, purpose, plan
        for name in SIGNATORIES[key]:
            row = ClientLeadFactory(engagement=engagement, user=users[name], position=plan.next_position())
            plan.leads[row.pk] = Lead(row.pk, name, is_signatory=True, position=row.position)
        for name, signatory in DEPUTIES[key].items():
            stands_for = plan.row_of(signatory).pk
            row = ClientLeadFactory(
                engagement=engagement,
                user=users[name],
                is_signatory=False,
                deputy_for_id=stands_for,
                position=plan.next_position(),
            )
            plan.leads[row.pk] = Lead(row.pk, name, is_signatory=False, position=row.position, deputy_for=stands_for)
    engagements["one"].team.add(users["colleague"])
    plans["one"].team.add("colleague")
    return World(users, engagements, purposes, people, plans)


def rows_of(plan):
    """Return the client leads of a plan as the database has them, with those who have left."""
    return ClientLead.objects.filter(engagement=plan.pk).order_by("pk")


def reread(plan):
    """Return an engagement as it stands in the database."""
    return Engagement.objects.get(pk=plan.pk)
