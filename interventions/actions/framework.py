"""What the menu does when the framework is given other words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from core import records
from framework.models import Behaviour, LeadershipRole
from interventions.actions.national import TRAIL
from interventions.models import Intervention

if TYPE_CHECKING:
    from accounts.models import User
    from framework.models import Succeeding

# By which field an intervention names rows of the framework.
_FIELDS: dict[type[Any], str] = {LeadershipRole: "roles", Behaviour: "behaviours"}


@transaction.atomic
def follow_wording(*, old: Succeeding, new: Succeeding, by: User) -> None:
    """Let whatever develops a leadership role or behaviour develop it in its new words, in one version more (P38)."""
    field = _FIELDS.get(type(new))
    if field is None:
        return
    named = Intervention.objects.filter(**{field: old.pk}).values_list("pk", flat=True)
    locked: Any = Intervention.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=list(named)).order_by("pk")
    for intervention in locked:
        kept = [new if row.pk == old.pk else row for row in getattr(intervention, field).all()]
        records.change(intervention, {field: kept}, by=by, trail=TRAIL)
