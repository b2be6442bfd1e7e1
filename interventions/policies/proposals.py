"""What a region proposes for the national menu: how it differs from what the menu says, and whether it can still be answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format

from core.models import RecordVersion
from core.reading import Relation, Rows, prefetch_in_one_query, read_in_one_query
from core.records import fingerprint
from core.refusals import Blocker
from core.said import comparable, field_value
from framework.models import Behaviour, Domain, LeadershipRole
from interventions.enums import DAYS_TO_TELL, ProposalOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from interventions.models import Intervention, MenuProposal

# What can be proposed of an intervention, in the order in which it is read.
PROPOSED_FIELDS = {
    "name": "Name",
    "summary": "Summary",
    "description": "What it is",
    "main_domain": "Main domain",
    "other_domains": "Other domains",
    "suits": "Whom it suits",
    "typical_length": "Typical length",
    "roles": "Leadership roles",
    "behaviours": "Behaviours",
}
_ROWS_OF = {"main_domain": Domain, "other_domains": Domain, "roles": LeadershipRole, "behaviours": Behaviour}
TO_MANY = ("other_domains", "roles", "behaviours")
_DONE = {
    ProposalOutcome.ACCEPTED: "accepted this proposal",
    ProposalOutcome.ACCEPTED_WITH_CHANGES: "accepted this proposal with changes",
    ProposalOutcome.DECLINED: "declined this proposal",
    ProposalOutcome.WITHDRAWN: "took this proposal back",
}


@dataclass(frozen=True)
class Line:
    """One text, or one row of several, and whether it stands on this side alone."""

    text: str
    is_different: bool = False


@dataclass(frozen=True)
class ProposedField:
    """One field of a proposal: what the menu says, what is proposed, and what it said when that was written, if it has moved on."""

    name: str
    label: str
    today: list[Line]
    proposed: list[Line]
    then: list[Line] | None = None

    @property
    def is_list(self) -> bool:
        """Tell whether the field names several rows."""
        return self.name in TO_MANY


def differing_values(
    intervention: Intervention | None, values: Mapping[str, Any], seen: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """Return what differs from the menu, as a proposal keeps it: text, or rows as their keys.

    With the fingerprints of what the proposer saw, a field that they left alone is no proposal, though the menu moved on meanwhile.
    """
    mine = {name: comparable(value) for name, value in values.items() if name in PROPOSED_FIELDS}
    if intervention is None:
        return {name: value for name, value in mine.items() if value not in ("", [], None)}
    changed = {name: value for name, value in mine.items() if value != field_value(intervention, name)}
    if seen is None:
        return changed
    return {name: value for name, value in changed.items() if seen.get(name, "").partition(" ")[0] != fingerprint(value)}


def proposing_blockers(intervention: Intervention | None, values: Mapping[str, Any]) -> list[Blocker]:
    """Say why this cannot be proposed: it is no longer on the national menu, or nothing differs."""
    if intervention is not None and (intervention.retired_at is not None or intervention.region_id is not None):
        return [Blocker("This intervention is not on the national menu any more.")]
    if not values:
        return [Blocker("Nothing differs from what the menu says today. Change what should be changed, then propose it.")]
    return []


def answering_blockers(proposal: MenuProposal) -> list[Blocker]:
    """Say why a proposal cannot be answered or taken back: who did so, and when."""
    if proposal.is_open:
        return []
    on = f" on {date_format(timezone.localtime(proposal.answered_at), 'DATE_FORMAT')}" if proposal.answered_at else ""
    who = proposal.answered_by or "Somebody"
    return [Blocker(f"{who} {_DONE[ProposalOutcome(proposal.outcome)]}{on}.")]


def is_to_tell(proposal: MenuProposal, now: datetime) -> bool:
    """Tell whether the proposer is still to hear of an answer: not of what they took back, nor after so many days."""
    return (
        not proposal.is_open
        and proposal.outcome != ProposalOutcome.WITHDRAWN
        and proposal.told_at is None
        and proposal.by.is_active
        and proposal.answered_at is not None
        and (now - proposal.answered_at).days < DAYS_TO_TELL
    )


def proposed_values(proposal: MenuProposal) -> dict[str, Any]:
    """Return what is proposed as a form takes it: text, or the keys of rows, those of the framework in their words of today."""
    return _in_words_of_today(proposal.values, _known_rows())


def proposed_fields(proposal: MenuProposal) -> list[ProposedField]:
    """Return each proposed field beside what the menu says: today as long as the proposal is open, else when it was written."""
    rows = _known_rows()
    texts = {name: {row.pk: str(row) for row in rows[model]} for name, model in _ROWS_OF.items()}
    wanted = _in_words_of_today(proposal.values, rows)
    then = _then(proposal)
    today = {} if proposal.is_new or proposal.intervention is None else _now(proposal.intervention)
    found = []
    for name, label in PROPOSED_FIELDS.items():
        if name not in proposal.values:
            continue
        left = _texts(name, today.get(name), texts)
        right = _texts(name, wanted.get(name), texts)
        before = _texts(name, then[name], texts) if name in then else None
        if not proposal.is_open and before is not None:
            left, before = before, None
        found.append(
            ProposedField(
                name=name,
                label=label,
                today=[Line(text, text not in right) for text in left],
                proposed=[Line(text, text not in left) for text in right],
                then=[Line(text) for text in before] if before is not None and before != left else None,
            )
        )
    return found


def _known_rows() -> dict[Any, list[Any]]:
    """Return every domain, leadership role and behaviour that there ever was, with a single query."""
    models = (Domain, LeadershipRole, Behaviour)
    found = read_in_one_query(*(Rows(model._default_manager.all()) for model in models))
    return dict(zip(models, (sorted(rows, key=lambda row: row.pk) for rows in found), strict=True))


def _in_words_of_today(values: Mapping[str, Any], rows: Mapping[Any, Sequence[Any]]) -> dict[str, Any]:
    """Return proposed values with each row of the framework in its words of today; one that is no more is left out."""
    said = dict(values)
    for name, model in _ROWS_OF.items():
        if name not in said:
            continue
        by_key = {row.pk: row for row in rows[model]}
        if model is Domain:
            current = {pk: pk for pk in by_key}
        else:
            of_lineage = {row.lineage: row.pk for row in rows[model] if row.retired_at is None}
            current = {pk: of_lineage[row.lineage] for pk, row in by_key.items() if row.lineage in of_lineage}
        if name in TO_MANY:
            said[name] = sorted({current[pk] for pk in said[name] if pk in current})
        else:
            said[name] = current.get(said[name])
    return said


def _now(intervention: Intervention) -> dict[str, Any]:
    """Return what the menu says of an intervention today, as a proposal keeps it."""
    prefetch_in_one_query([Relation([intervention], name) for name in TO_MANY])
    return {name: field_value(intervention, name) for name in PROPOSED_FIELDS}


def _then(proposal: MenuProposal) -> dict[str, Any]:
    """Return what the menu said of the fields proposed when they were, where a later version of it says anything else."""
    intervention = proposal.intervention
    number = proposal.intervention_version
    if number is None or intervention is None or intervention.version == number:
        return {}
    version = RecordVersion.objects.of(intervention).filter(number=number).first()
    return {name: kept["value"] for name, kept in version.values.items()} if version else {}


def _texts(name: str, value: Any, texts: Mapping[str, Mapping[int, str]]) -> list[str]:
    """Say one value of a proposal as lines: none for nothing."""
    if value in (None, "", []):
        return []
    if name not in _ROWS_OF:
        return [str(value)]
    keys = value if name in TO_MANY else [value]
    return [texts[name][pk] for pk in keys if pk in texts[name]]
