"""What admins keep true, and who opens each of their pages: for the tests that walk every page."""

from dataclasses import dataclass, field

from django.utils import timezone
from factory import Sequence

from accounts.actions import change_person, hand_over_work
from accounts.models import User
from accounts.policies import open_work_of
from core import upkeep
from core.models import OutboxEntry
from directory.actions import change_contact_point, change_footprint, change_organisation
from directory.models import Footprint, Region
from engagements.actions import change_criterion
from engagements.models import Criterion
from framework import actions as framework_actions
from framework.models import Behaviour, LeadershipRole
from interventions.actions import change_extra, change_intervention, change_provider, save_offer
from interventions.enums import Availability
from interventions.models import Intervention, RegionalOffer
from tests.directory.merging import merge
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory
from tests.factories.directory import (
    ContactPointFactory,
    FootprintFactory,
    OrganisationFactory,
    OrganisationMergeFactory,
    a_footprint,
    a_region,
)
from tests.factories.engagements import (
    ClientLeadFactory,
    EngagementFactory,
    ParticipantGroupFactory,
    PlannedInterventionFactory,
)
from tests.factories.evaluation import LearningFactory, MeasureFactory
from tests.factories.framework import (
    BehaviourFactory,
    ForwardViewStepFactory,
    LeadershipRoleFactory,
    ResourceFactory,
    a_domain,
)
from tests.factories.interventions import InterventionFactory, MenuProposalFactory, ProviderFactory, RegionalOfferFactory


@dataclass
class Ground:
    """One region with this many of everything that its admin keeps, and the admins. `keywords` name what is there, by address."""

    rows: int
    region: Region
    regional_admin: User
    national_admin: User
    keywords: dict[str, dict[str, object]] = field(default_factory=dict)


# Each makes its rows on the ground and says with which keywords its addresses are opened: `ground.keywords["app:view"] = {...}`.
MAKERS = []

# Pages that national admins alone may open.
NATIONAL = set()


def much_learned(ground):
    """Propose as much that was learned in the region."""
    engagement = EngagementFactory(lead_region=ground.region)
    planned = PlannedInterventionFactory(engagement=engagement, from_menu=True)
    rows = LearningFactory.create_batch(ground.rows, engagement=engagement, planned_intervention=planned, proposed=True)
    for view in ("accept", "decline"):
        ground.keywords[f"evaluation:learning_{view}"] = {"pk": rows[0].pk}


MAKERS.append(much_learned)


def many_providers(ground):
    """Make the region's providers, each delivering and used as much as there are rows, and one shared with every region."""
    interventions = list(Intervention.objects.on_the_menu()[: ground.rows])
    consultant = ConsultantFactory(region=ground.region)
    own, *_ = ProviderFactory.create_batch(ground.rows, regions=[ground.region], interventions=interventions)
    unused = ProviderFactory(regions=[ground.region])
    shared = ProviderFactory(regions=Region.objects.all()[: ground.rows + 1], interventions=interventions)
    for provider in (own, shared):
        for intervention in interventions:
            offer, _ = RegionalOffer.objects.get_or_create(
                region=ground.region, intervention=intervention, defaults={"availability": Availability.OFFERED}
            )
            offer.providers.add(provider)
        for _ in range(ground.rows):
            engagement = EngagementFactory(lead_region=ground.region, lead_consultant=consultant)
            PlannedInterventionFactory(engagement=engagement, provider=provider)
    for number in range(ground.rows):
        change_provider(provider=own, values={"notes": f"Text {number}"}, by=ground.regional_admin)
    for view in ("detail", "edit", "retire", "history"):
        ground.keywords[f"interventions:provider_{view}"] = {"pk": own.pk}
    ground.keywords["interventions:provider_version"] = {"pk": own.pk, "number": 1}
    ground.keywords["interventions:provider_leave"] = {"pk": shared.pk}
    ground.keywords["interventions:provider_remove"] = {"pk": unused.pk}


MAKERS.append(many_providers)


def many_on_the_menu(ground):
    """Put as many more on the national menu, retired and not, each changed and planned as often; the last took the place of all."""
    roles, behaviours = LeadershipRole.objects.all()[: ground.rows], Behaviour.objects.all()[: ground.rows]
    made = InterventionFactory.create_batch(ground.rows, roles=roles, behaviours=behaviours)
    retired = InterventionFactory.create_batch(ground.rows, retired=True, retired_reason="Out of use")
    engagement = EngagementFactory(lead_region=ground.region)
    for row in (*made, *retired):
        PlannedInterventionFactory(engagement=engagement, intervention=row)
        RegionalOfferFactory(region=ground.region, intervention=row)
    for row in retired:
        row.successors.set(made)
    last = made[-1]
    for number in range(ground.rows):
        change_intervention(intervention=last, values={"summary": f"Text {number}"}, by=ground.national_admin)
    ground.keywords |= {
        f"interventions:intervention_{view}": {"slug": last.slug} for view in ("edit", "retire", "split", "history")
    }
    ground.keywords["interventions:intervention_version"] = {"slug": last.slug, "number": 1}


MAKERS.append(many_on_the_menu)
NATIONAL |= {f"interventions:intervention_{view}" for view in ("create", "edit", "retire", "split", "version")}


def many_in_the_framework(ground):
    """Add as many of everything to the framework, retired and not; one of each has gone by as many words."""
    by, why = ground.national_admin, {"reason": "Clearer"}
    made = {
        "role": LeadershipRoleFactory.create_batch(ground.rows + 1),
        "behaviour": BehaviourFactory.create_batch(ground.rows + 1),
        "step": ForwardViewStepFactory.create_batch(ground.rows + 1),
    }
    for name, (row, *others) in made.items():
        for other in others:
            framework_actions.retire_row(row=other, values=why, by=by)
        word = "name" if name == "step" else "text"
        for number in range(ground.rows):
            framework_actions.change_row(row=row, values={word: f"Words {row.pk} {number}"} | why, by=by)
        ground.keywords |= {f"framework:{name}_{view}": {"pk": row.pk} for view in ("edit", "retire", "history")}
        ground.keywords[f"framework:{name}_restore"] = {"pk": row.pk, "number": 1}
    resource, *_ = ResourceFactory.create_batch(ground.rows)
    ResourceFactory.create_batch(ground.rows, retired_at=timezone.now())
    domain, criterion = a_domain(), Criterion.objects.get(slug="affordable")
    for number in range(ground.rows):
        framework_actions.change_domain(domain=domain, values={"aim": f"Aim {number}"} | why, by=by)
        framework_actions.change_resource(resource=resource, values={"name": f"Name {resource.pk} {number}"}, by=by)
        change_criterion(criterion=criterion, values={"guidance": f"Guidance {number}"}, by=by)
    for name in ("framework:domain", "framework:resource", "engagements:criterion"):
        slug = {"domain": domain, "resource": resource, "criterion": criterion}[name.partition(":")[2]].slug
        ground.keywords |= {f"{name}_{view}": {"slug": slug} for view in ("edit", "retire", "history")}
        ground.keywords[f"{name}_version"] = {"slug": slug, "number": 1}
    ground.keywords |= {f"framework:{name}_create": {"slug": domain.slug} for name in ("role", "behaviour")}


MAKERS.append(many_in_the_framework)
NATIONAL |= {
    "framework:framework_list",
    "framework:step_create",
    "framework:resource_create",
    "framework:role_create",
    "framework:behaviour_create",
    *(f"framework:{name}_{view}" for name in ("role", "behaviour", "step") for view in ("edit", "retire", "history")),
    *(f"framework:{name}_{view}" for name in ("domain", "resource") for view in ("edit", "history", "version")),
    "framework:resource_retire",
    "engagements:criterion_list",
    *(f"engagements:criterion_{view}" for view in ("edit", "history", "version")),
}


def many_people(ground):
    """Make as many colleagues, and two with as much open work: one who stays, and one whose work was handed over."""
    ConsultantFactory.create_batch(ground.rows, region=ground.region)
    leaver, left, follower = ConsultantFactory.create_batch(3, region=ground.region)
    for person in (leaver, left):
        for _ in range(ground.rows):
            engagement = EngagementFactory(lead_region=ground.region, lead_consultant=person)
            MeasureFactory(engagement=engagement, owner=person.full_name)
            joined = EngagementFactory(lead_region=ground.region)
            joined.team.set([person])
    for number in range(ground.rows):
        change_person(person=leaver, values={"job_title": f"Job {number}"}, by=ground.regional_admin)
    works = {work.key for work in open_work_of(left, ground.regional_admin)}
    hand_over_work(person=left, values={"successor": follower, "shown": works, "close": True}, by=ground.regional_admin)
    ground.keywords |= {f"accounts:person_{view}": {"pk": leaver.pk} for view in ("edit", "history", "leave")}
    ground.keywords["accounts:person_left"] = {"pk": left.pk}


MAKERS.append(many_people)


def many_organisations(ground):
    """Make as many organisations, and one that is named, was changed and took in duplicates as often."""
    made = OrganisationFactory.create_batch(ground.rows, name=Sequence(lambda n: f"Hospice of the Wolds {n}"), footprints=[13])
    kept, dropped = OrganisationFactory.create_batch(2, footprints=Footprint.objects.all()[: ground.rows])
    for organisation in (kept, dropped):
        _name_often(organisation, ground)
    for number in range(ground.rows):
        change_organisation(organisation=kept, values={"ods_code": f"C{kept.pk}N{number}"}, by=ground.regional_admin)
    merged = merge(kept, dropped, ground.regional_admin)
    for duplicate in made[1:]:
        OrganisationMergeFactory(kept=made[0], dropped=duplicate, by=ground.regional_admin, undone_at=timezone.now())
    ground.keywords |= {
        f"directory:organisation_{view}": {"pk": kept.pk} for view in ("detail", "edit", "close", "history", "merge")
    }
    ground.keywords["directory:organisation_version"] = {"pk": kept.pk, "number": 1}
    ground.keywords["directory:organisation_merge_undo"] = {"pk": merged.pk}


def _name_often(organisation, ground):
    """Name an organisation wherever one can be named."""
    for _ in range(ground.rows):
        engagement = EngagementFactory(lead_region=ground.region)
        ParticipantGroupFactory(engagement=engagement, organisation=organisation)
        ClientLeadFactory(engagement=engagement, organisation=organisation, user__organisation=organisation)


MAKERS.append(many_organisations)


def many_offers(ground):
    """Make what the region offers, and as many extras, open and retired, each with as many versions."""
    extras = InterventionFactory.create_batch(ground.rows, region=ground.region)
    InterventionFactory.create_batch(ground.rows, region=ground.region, retired=True)
    providers = ProviderFactory.create_batch(ground.rows, regions=[ground.region], interventions=extras[:1])
    for extra in extras:
        for number in range(ground.rows if extra is extras[0] else 1):
            values = {"notes": f"Text {number}", "providers": providers, "is_checked": True}
            save_offer(region=ground.region, intervention=extra, values=values, by=ground.regional_admin)
            change_extra(extra=extra, values={"summary": f"Text {number}"}, by=ground.regional_admin)
    region, slug = ground.region.slug, extras[0].slug
    for view in ("region_offer_list", "extra_create"):
        ground.keywords[f"interventions:{view}"] = {"region": region}
    for view in ("offer_edit", "offer_history", "extra_edit", "extra_retire", "extra_history"):
        ground.keywords[f"interventions:{view}"] = {"region": region, "slug": slug}
    for view in ("offer_version", "extra_version"):
        ground.keywords[f"interventions:{view}"] = {"region": region, "slug": slug, "number": 1}


MAKERS.append(many_offers)
NATIONAL.add("interventions:offer_list")


def many_proposals(ground):
    """Make the region's proposals, open and answered, one of them with as much as there are rows, on a menu that moved on since."""
    by = ground.regional_admin
    intervention = InterventionFactory()
    rows = {"roles": LeadershipRole, "behaviours": Behaviour}
    named = {name: [row.pk for row in model.objects.order_by("pk")[: ground.rows]] for name, model in rows.items()}
    values = {"summary": "Said more plainly", "other_domains": [1, 2], **named}
    proposal = MenuProposalFactory(region=ground.region, by=by, intervention=intervention, values=values)
    for _ in range(ground.rows):
        MenuProposalFactory(region=ground.region, by=by)
        MenuProposalFactory(
            region=ground.region, by=by, declined=True, answered_by=ground.national_admin, answered_at=timezone.now()
        )
    change_intervention(
        intervention=intervention,
        values={name: model.objects.order_by("-pk")[: ground.rows] for name, model in rows.items()}
        | {"summary": "Changed since"},
        by=ground.national_admin,
    )
    ground.keywords["interventions:proposal_create"] = {"slug": intervention.slug}
    for view in ("detail", "accept", "decline"):
        ground.keywords[f"interventions:proposal_{view}"] = {"pk": proposal.pk}


MAKERS.append(many_proposals)
NATIONAL |= {"interventions:proposal_accept", "interventions:proposal_decline"}


def many_contacts(ground):
    """Make as many contact points and STP areas, and one of each that was changed as often and is shared by as many regions."""
    checked = {"last_checked_on": timezone.localdate(), "last_checked_by": ground.regional_admin}
    point, *_ = ContactPointFactory.create_batch(ground.rows, region=ground.region, **checked)
    area, regions = a_footprint(), Region.objects.exclude(pk=a_footprint().lead_region_id)[: ground.rows]
    for other in (area, *FootprintFactory.create_batch(ground.rows)):
        other.other_regions.set(regions)
    for number in range(ground.rows):
        change_contact_point(point=point, values={"label": f"Desk {number}"}, by=ground.regional_admin)
        change_footprint(footprint=area, values={"other_names": f"Name {number}"}, by=ground.national_admin)
    where = {"region": ground.region.slug}
    ground.keywords |= {f"directory:{view}": where for view in ("contact_point_list", "contact_point_create", "contacts_history")}
    ground.keywords |= {f"directory:contact_point_{view}": where | {"pk": point.pk} for view in ("edit", "remove", "history")}
    ground.keywords["directory:contact_point_version"] = where | {"pk": point.pk, "number": 1}
    ground.keywords |= {f"directory:footprint_{view}": {"number": area.number} for view in ("edit", "history")}
    ground.keywords["directory:footprint_version"] = {"number": area.number, "version": 1}


MAKERS.append(many_contacts)
NATIONAL |= {f"directory:footprint_{view}" for view in ("list", "edit", "history", "version")}


def many_given_up(ground):
    """Let as many effects be given up, as many wait, and as many back-ups be made."""
    now = timezone.now()
    for number in range(ground.rows):
        fresh = {"task": "engagements.tasks.send_message", "asked_at": now, "due_at": now}
        OutboxEntry.objects.create(key=f"waiting {ground.region.pk} {number}", **fresh)
        OutboxEntry.objects.create(
            key=f"failed {ground.region.pk} {number}", status="failed", ended_at=now, fault="OSError", **fresh
        )
        upkeep.note("backup")


MAKERS.append(many_given_up)
NATIONAL.add("status")


def a_ground_with(rows, region=None):
    """Return a region with this many of everything."""
    region = region or a_region()
    ground = Ground(rows, region, RegionalAdminFactory(region=region), NationalAdminFactory())
    for make in MAKERS:
        make(ground)
    return ground
