"""The parts of a plan, and adding, changing and removing them as their lead consultant would."""

import pytest

from engagements import actions
from engagements.actions.entries import engagement_of
from engagements.models import Engagement
from tests.factories.engagements import (
    FundingLineFactory,
    ParticipantGroupFactory,
    PlaceFactory,
    PlannedInterventionFactory,
    PriorityFactory,
    PurposeFactory,
)

FACTORIES = [
    pytest.param(ParticipantGroupFactory, "name", id="group"),
    pytest.param(PlaceFactory, "name", id="place"),
    pytest.param(PurposeFactory, "statement", id="purpose"),
    pytest.param(PriorityFactory, "statement", id="priority"),
    pytest.param(PlannedInterventionFactory, "title", id="planned intervention"),
    pytest.param(FundingLineFactory, "source", id="funding line"),
]


def add(entry, by=None, **values):
    return actions.add_entry(entry=entry, values=values, by=by or engagement_of(entry).lead_consultant)


def change(entry, seen=None, overwrite=(), **values):
    by = engagement_of(entry).lead_consultant
    return actions.change_entry(entry=entry, values=values, by=by, seen=seen, overwrite=overwrite)


def remove(entry):
    actions.remove_entry(entry=entry, by=engagement_of(entry).lead_consultant)


def as_it_stands(engagement):
    return Engagement.objects.get(pk=engagement.pk)


def let_the_audit_fail(monkeypatch):
    """Let the audit write fail, as a full disk would."""

    def fail(*args, **kwargs):
        raise OSError("no space left")

    monkeypatch.setattr("core.audit.AuditEvent.objects.create", fail)
