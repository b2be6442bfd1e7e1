"""Which plans name a provider, for those who keep the directory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

from engagements.enums import EngagementStatus
from engagements.models import Engagement, PlannedIntervention
from interventions.policies import ProviderUse

if TYPE_CHECKING:
    from accounts.models import User
    from interventions.models import Provider

_OVER = (EngagementStatus.CLOSED, EngagementStatus.WITHDRAWN)


def plans_with_provider(provider: Provider, user: User) -> list[ProviderUse]:
    """Return what open engagements plan with a provider, as far as a person may see them."""
    visible = Engagement.objects.visible_to(user).exclude(status__in=_OVER)
    planned = PlannedIntervention.objects.filter(provider=provider, engagement__in=visible).select_related("engagement")
    return [
        ProviderUse(
            label=f"{one.title}, in {one.engagement.reference} {one.engagement.title}",
            url=reverse("engagements:plan_detail", args=[one.engagement.reference]),
            note=one.engagement.get_status_display(),
        )
        for one in planned.order_by("engagement__reference", "position", "pk")
    ]
