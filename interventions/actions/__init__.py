"""Every write to the menu, to what regions offer of it and to who delivers."""

from interventions.actions.extras import add_extra, change_extra, reinstate_extra, retire_extra
from interventions.actions.framework import follow_wording
from interventions.actions.national import (
    add_intervention,
    change_intervention,
    reinstate_intervention,
    retire_intervention,
    split_intervention,
)
from interventions.actions.offers import add_offer, change_offers, check_offer, save_offer
from interventions.actions.proposals import (
    accept_proposal,
    add_proposal,
    decline_proposal,
    withdraw_proposal,
)
from interventions.actions.providers import (
    add_provider,
    change_provider,
    reinstate_provider,
    remove_provider,
    retire_provider,
)

__all__ = [
    "accept_proposal",
    "add_extra",
    "add_intervention",
    "add_offer",
    "add_proposal",
    "add_provider",
    "change_extra",
    "change_intervention",
    "change_offers",
    "change_provider",
    "check_offer",
    "decline_proposal",
    "follow_wording",
    "reinstate_extra",
    "reinstate_intervention",
    "reinstate_provider",
    "remove_provider",
    "retire_extra",
    "retire_intervention",
    "retire_provider",
    "save_offer",
    "split_intervention",
    "withdraw_proposal",
]
