"""What may be done with an organisation, and what merging it with another would do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from core import said, versions
from core.models import RecordVersion
from core.names import join_names, split_names
from core.records import fingerprint, snapshot
from core.refusals import Blocker
from directory.models import Organisation, OrganisationMerge
from directory.policies.mentions import Mention, MentionGroup, grouped, mentions_at, mentions_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

KEPT, DROPPED = "kept", "dropped"
# Of these one value stays; of everything else both values do.
CHOSEN_FIELDS = ("name", "ods_code", "sector")
UNITED_FIELDS = ("other_names", "footprints")
CHANGED_MEANWHILE = "Something has changed since you looked at this. Look again: what you see now is what would be done."


def naming_blockers(organisation: Organisation) -> list[Blocker]:
    """Return why nothing new can name an organisation: it has closed."""
    if organisation.is_active:
        return []
    return [Blocker(f"{organisation} is in the directory as closed. Enter the organisation that took its place.")]


def changing_organisation_blockers(organisation: Organisation) -> list[Blocker]:
    """Return why an organisation cannot be changed: a duplicate that was merged stays as it was, so that merging can be undone."""
    return _merged(organisation, "Change that one, or undo the merge.")


def closing_organisation_blockers(organisation: Organisation) -> list[Blocker]:
    """Return why an organisation cannot be marked as closed."""
    closed = [] if organisation.is_active else [Blocker(f"{organisation} is marked as closed already.")]
    return _merged(organisation) or closed


def reopening_organisation_blockers(organisation: Organisation) -> list[Blocker]:
    """Return why an organisation cannot be marked as open."""
    is_open = [Blocker(f"{organisation} is not marked as closed.")] if organisation.is_active else []
    return _merged(organisation, "Undo the merge instead.") or is_open


def merging_blockers(kept: Organisation, dropped: Organisation) -> list[Blocker]:
    """Return why one organisation cannot be merged into another."""
    if kept.pk == dropped.pk:
        return [Blocker("An organisation cannot be merged with itself. Choose another one.")]
    merged = [*_merged(kept), *_merged(dropped)]
    if merged or kept.is_active:
        return merged
    if not dropped.is_active:
        return [Blocker(f"{kept} and {dropped} are both closed. Reopen the one that goes on first.", kept.get_absolute_url())]
    return [Blocker(f"{kept} is closed, and what names {dropped} would name it. Keep {dropped} instead, or reopen {kept} first.")]


def undoing_merge_blockers(merge: OrganisationMerge) -> list[Blocker]:
    """Return why a merge cannot be undone: it was, or another one was built upon it."""
    if merge.undone_at is not None:
        return [Blocker("This merge has been undone already.")]
    standing = OrganisationMerge.objects.standing().select_related("kept", "dropped")
    upon = standing.filter(dropped=merge.kept_id) | standing.filter(kept=merge.kept_id, pk__gt=merge.pk)
    return [
        Blocker(
            f"{later.dropped} was merged into {later.kept} after this. Undo that first.",
            reverse("directory:organisation_merge_undo", args=[later.pk]),
        )
        for later in upon.order_by("-pk")
    ]


def _merged(organisation: Organisation, advice: str = "") -> list[Blocker]:
    """Say into which organisation a duplicate was merged."""
    into = organisation.merged_into
    if into is None:
        return []
    return [Blocker(f"{organisation} was merged into {into}. {advice}".strip(), into.get_absolute_url())]


@dataclass(frozen=True)
class MergedField:
    """One field before and after a merge, in words. `is_choice` where two values differ and one has to be chosen."""

    name: str
    label: str
    kept: str
    dropped: str
    result: str
    is_choice: bool

    @property
    def is_united(self) -> bool:
        """Tell whether both values stay."""
        return self.name in UNITED_FIELDS


@dataclass(frozen=True)
class MergePreview:
    """What merging would do to every value and to everything that names the duplicate."""

    kept: Organisation
    dropped: Organisation
    fields: list[MergedField]
    mentions: list[Mention]
    fingerprint: str

    @property
    def moving(self) -> list[MentionGroup]:
        """Return what will name the one that is kept."""
        return grouped(mention for mention in self.mentions if not mention.stays)

    @property
    def staying(self) -> list[MentionGroup]:
        """Return what goes on naming the duplicate."""
        return grouped(mention for mention in self.mentions if mention.stays)


def merge_preview(
    kept: Organisation, dropped: Organisation, user: Any, *, choices: Mapping[str, str] | None = None, is_held: bool = False
) -> MergePreview:
    """Return what merging would do, as one person may see it."""
    mentions = mentions_of(dropped, user, is_held=is_held)
    values = merged_values(kept, dropped, choices or {})
    fields = [
        MergedField(
            name=name,
            label=said.label_of(kept, name),
            kept=_shown(kept, name, getattr(kept, name)),
            dropped=_shown(dropped, name, getattr(dropped, name)),
            result=_shown(kept, name, values[name]),
            is_choice=is_chosen(kept, dropped, name),
        )
        for name in (*CHOSEN_FIELDS, *UNITED_FIELDS)
    ]
    return MergePreview(kept, dropped, fields, mentions, _mark(kept, dropped, mentions))


def _shown(organisation: Organisation, name: str, value: Any) -> str:
    """Say one value in words; of several names or areas each on a line of its own."""
    if name == "footprints":
        return "\n".join(str(area) for area in (value if isinstance(value, list) else value.all()))
    return "\n".join(split_names(value)) if name == "other_names" else said.shown(organisation, name, value)


def is_chosen(kept: Organisation, dropped: Organisation, name: str) -> bool:
    """Tell whether two organisations have different values of which one must be chosen; an empty one is never chosen."""
    values = {getattr(kept, name), getattr(dropped, name)}
    return name in CHOSEN_FIELDS and len(values - {""}) > 1


def merged_values(kept: Organisation, dropped: Organisation, choices: Mapping[str, str]) -> dict[str, Any]:
    """Return the values of the organisation that stays: the chosen ones, and both ones' other names and areas.

    `choices` maps a field to "kept" or "dropped". An empty value gives way to the other.
    """
    values: dict[str, Any] = {}
    for name in CHOSEN_FIELDS:
        own, other = getattr(kept, name), getattr(dropped, name)
        values[name] = (choices.get(name) == DROPPED and other) or own or other
    names = [*kept.other_name_list, kept.name, dropped.name, *dropped.other_name_list]
    values["other_names"] = join_names(names, without=values["name"])
    areas = {area.pk: area for organisation in (kept, dropped) for area in organisation.footprints.all()}
    values["footprints"] = sorted(areas.values(), key=lambda area: area.number)
    return values


def length_blockers(other_names: str) -> list[Blocker]:
    """Return why other names cannot be kept: together they are too long."""
    limit = Organisation._meta.get_field("other_names").max_length or 0
    if len(other_names) <= limit:
        return []
    return [
        Blocker(
            f"The other and earlier names are longer than {limit} characters together. Take out those that nobody uses any more."
        )
    ]


def _mark(kept: Organisation, dropped: Organisation, mentions: Iterable[Mention]) -> str:
    """Return the fingerprint of all that a preview shows."""
    states = [
        [row.pk, row.is_active, row.merged_into_id, snapshot(row, (*CHOSEN_FIELDS, *UNITED_FIELDS))] for row in (kept, dropped)
    ]
    return fingerprint([states, sorted([*mention.address, mention.stays] for mention in mentions)])


@dataclass(frozen=True)
class RestoredField:
    """One field of the organisation that was kept, before and after undoing; `is_changed_since` where it stays as it is."""

    label: str
    now: str
    then: str
    is_changed_since: bool


@dataclass(frozen=True)
class UndoPreview:
    """What undoing a merge would restore, and what stays because it was changed since."""

    merge: OrganisationMerge
    values: dict[str, Any]
    fields: list[RestoredField]
    mentions: list[Mention]
    gone: int

    @property
    def moving(self) -> list[Mention]:
        """Return what will name the duplicate again."""
        return [mention for mention in self.mentions if mention.named == self.merge.kept_id and not mention.stays]

    @property
    def moving_groups(self) -> list[MentionGroup]:
        """Return the same by kind."""
        return grouped(self.moving)

    @property
    def frozen_groups(self) -> list[MentionGroup]:
        """Return what stands in a plan that is not changed any more."""
        return grouped(mention for mention in self.mentions if mention.named == self.merge.kept_id and mention.stays)

    @property
    def has_rest(self) -> bool:
        """Tell whether anything stays as it is now."""
        is_changed = any(field.is_changed_since for field in self.fields)
        return is_changed or self.gone > 0 or len(self.moving) < len(self.mentions)

    @property
    def changed_groups(self) -> list[MentionGroup]:
        """Return what names neither any more."""
        return grouped(mention for mention in self.mentions if mention.named != self.merge.kept_id)


def undo_preview(merge: OrganisationMerge, user: Any, *, is_held: bool = False) -> UndoPreview:
    """Return what undoing a merge would do, as one person may see it. Takes the merge with both organisations."""
    kept = merge.kept
    before, after = _version(kept, merge.before[KEPT]), _version(kept, merge.before["after"])
    earlier = versions.values_of(before, kept)
    values, fields = {}, []
    for name, value in earlier.items():
        if before.values[name]["value"] == after.values[name]["value"]:
            continue
        is_changed_since = said.field_value(kept, name) != after.values[name]["value"]
        if not is_changed_since:
            values[name] = value
        fields.append(
            RestoredField(
                said.label_of(kept, name),
                _shown(kept, name, getattr(kept, name)),
                _shown(kept, name, value),
                is_changed_since,
            )
        )
    addresses = moved_addresses(merge)
    mentions = mentions_at(addresses, user, is_held=is_held) if addresses else []
    return UndoPreview(merge, values, fields, mentions, len(addresses) - len(mentions))


def moved_addresses(merge: OrganisationMerge) -> Collection[tuple[str, str, int]]:
    """Return what a merge has moved."""
    return [(label, field, pk) for label, field, pk in merge.moved]


def duplicate_values(merge: OrganisationMerge) -> dict[str, Any]:
    """Return the values that the duplicate had before a merge, whether it could be chosen included."""
    earlier = versions.values_of(_version(merge.dropped, merge.before[DROPPED]), merge.dropped)
    return {**earlier, "is_active": merge.before["was_open"], "merged_into": None}


def _version(organisation: Organisation, number: int) -> RecordVersion:
    """Return one version of an organisation."""
    return RecordVersion.objects.of(organisation).get(number=number)


def merges_of(organisation: Organisation) -> Sequence[OrganisationMerge]:
    """Return the merges that an organisation has part in, the latest first."""
    merges = OrganisationMerge.objects.of(organisation).select_related("kept", "dropped", "by")
    return list(merges.order_by("-pk"))
