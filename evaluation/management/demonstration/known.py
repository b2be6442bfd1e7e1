"""What stands in the database, found by the words that the demonstration's files use."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from accounts.enums import DEMONSTRATION_DOMAIN
from accounts.models import User
from core.models import AuditEvent
from directory.models import Footprint, Organisation, Region, Site
from engagements.models import Criterion, Engagement
from framework.models import Behaviour, Domain, ForwardViewStep, LeadershipRole
from interventions.models import Intervention, MenuProposal, Provider, RegionalOffer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from evaluation.management.demonstration.clock import Clock

IN_DAYS = "_in_days"
ADDED_ONCE = (Engagement, Intervention, MenuProposal, Organisation, Provider, RegionalOffer)
REFERENCE = re.compile(r"^[A-Z]+-\d+ ")


class Known:
    """The rows that files name, and what has been added at any time."""

    def __init__(self) -> None:
        self.regions = {row.slug: row for row in Region.objects.all()}
        self.footprints = {row.number: row for row in Footprint.objects.all()}
        self.sites = {row.name: row for row in Site.objects.all()}
        self.interventions = {row.slug: row for row in Intervention.objects.all()}
        self.steps = {row.code: row for row in ForwardViewStep.objects.active()}
        self.criteria = {row.slug: row for row in Criterion.objects.all()}
        roles = LeadershipRole.objects.current().select_related("domain")
        self.roles = {f"{_initials(row.domain.slug)}{row.row}": row for row in roles}
        behaviours = Behaviour.objects.current().select_related("domain")
        self.behaviours = {f"{_initials(row.domain.slug)}{row.row}{_place(row.position)}": row for row in behaviours}
        self._added = _everything_added()
        self.organisations = {row.name: row for row in Organisation.objects.all()} | self._under_first_name(Organisation)
        self.providers = {row.name: row for row in Provider.objects.all()} | self._under_first_name(Provider)
        self.people = {row.email.partition("@")[0]: row for row in User.objects.all() if row.email.endswith(DEMONSTRATION_DOMAIN)}
        self._links: dict[str, Mapping[Any, Any]] = {
            "organisation": self.organisations,
            "footprint": self.footprints,
            "footprints": self.footprints,
            "site": self.sites,
            "region": self.regions,
            "regions": self.regions,
            "main_domain": {row.slug: row for row in Domain.objects.all()},
            "intervention": self.interventions,
            "interventions": self.interventions,
            "provider": self.providers,
            "forward_view_steps": self.steps,
            "roles": self.roles,
            "behaviours": self.behaviours,
            "team": self.people,
        }

    def was_added(self, model: str, name: str) -> bool:
        """Tell whether a row of this first name has ever been added, whatever became of it."""
        return name.casefold() in self._added.get(model, {})

    def values(self, row: Mapping[str, Any], clock: Clock) -> dict[str, Any]:
        """Return one row of a file as an action takes it: words become rows, offsets become days."""
        found: dict[str, Any] = {}
        for name, value in row.items():
            if name.endswith(IN_DAYS):
                found[f"{name.removesuffix(IN_DAYS)}_on"] = clock.day(value)
            elif name in self._links and isinstance(value, list):
                found[name] = [self._links[name][word] for word in value]
            elif name in self._links and value is not None:
                found[name] = self._links[name][value]
            else:
                found[name] = value
        return found

    def _under_first_name(self, model: Any) -> dict[str, Any]:
        """Return the rows that were added in the portal by the name they were given then."""
        rows = {row.pk: row for row in model.objects.all()}
        added = self._added.get(model._meta.label_lower, {})
        return {name: rows[pk] for name, pk in added.values() if pk in rows}


def _everything_added() -> dict[str, dict[str, tuple[str, int]]]:
    """Return what the audit trail says was added: by kind and name, the name as it was written and the primary key."""
    found: dict[str, dict[str, tuple[str, int]]] = {}
    titles = {model._meta.label_lower: f"{model._meta.verbose_name} " for model in ADDED_ONCE}
    events = AuditEvent.objects.filter(verb="added", subject_type__in=titles).order_by("pk")
    for kind, label, pk in events.values_list("subject_type", "subject_label", "subject_id"):
        name = REFERENCE.sub("", label.removeprefix(titles[kind]))
        found.setdefault(kind, {}).setdefault(name.casefold(), (name, pk))
    return found


def _initials(slug: str) -> str:
    """Return the initials of a domain, such as RC."""
    return "".join(word[0].upper() for word in slug.split("-") if word != "and")


def _place(position: int) -> str:
    """Return the second part of a behaviour's code, which the first of its row needs not."""
    return f".{position}" if position > 1 else ""
