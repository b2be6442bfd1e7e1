"""Merging duplicates and undoing it: nothing lost, nothing signed changed, everything said (P37)."""

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from core import audit
from core.models import AuditEvent, RecordVersion
from core.refusals import ActionRefused
from directory import actions, policies
from directory.enums import Sector
from directory.models import Footprint, Organisation, OrganisationMerge
from engagements.enums import EngagementStatus
from tests.directory.merging import again, merge, state
from tests.factories.accounts import NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import OrganisationFactory, a_region
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, ParticipantGroupFactory

pytestmark = pytest.mark.django_db
FROZEN = [status for status in EngagementStatus if status != EngagementStatus.CO_DESIGN]


@pytest.fixture
def by():
    return RegionalAdminFactory()


@pytest.fixture
def two():
    """Return an organisation and its duplicate, which differ in everything."""
    kept = OrganisationFactory(
        name="Wolds Hospice",
        ods_code="WLD",
        sector=Sector.NHS,
        other_names="Wolds Home",
        footprints=Footprint.objects.filter(number__in=[13, 14]),
    )
    dropped = OrganisationFactory(
        name="Wolds Hopsice",
        ods_code="DUP",
        sector=Sector.PRIVATE,
        other_names="The Home | wolds home",
        footprints=Footprint.objects.filter(number__in=[1, 13]),
    )
    return kept, dropped


def everywhere(organisation):
    """Name an organisation in every way, and return the records."""
    engagement = EngagementFactory()
    return [
        ParticipantGroupFactory(engagement=engagement, organisation=organisation),
        ClientLeadFactory(engagement=engagement, organisation=organisation),
        StpLeadFactory(organisation=organisation),
    ]


def names_of(records):
    return [type(record).objects.get(pk=record.pk).organisation_id for record in records]


def undo(merged, by):
    return actions.undo_organisation_merge(merge=merged, by=by)


# The registry.


def test_every_model_that_names_an_organisation_is_covered():
    own = {"directory.Organisation", "directory.OrganisationMerge"}
    keys = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if field.related_model is Organisation and model._meta.label not in own
    }

    assert set(policies.mentioning_fields()) == keys


def test_a_finder_is_registered_once():
    before = policies.mentioning_fields()
    find = lambda sought, user: []  # noqa: E731 - a finder of nothing

    try:
        policies.register_mentions(find, of=["accounts.User.region"])
        policies.register_mentions(find, of=["accounts.User.region"])

        assert policies.mentioning_fields() == [*before, ("accounts.User", "region")]
    finally:
        policies.mentions._finders[:] = [found for found in policies.mentions._finders if found[0] is not find]


def test_mention_counts_count_every_record_with_one_query(django_assert_num_queries, two):
    everywhere(two[0])
    ParticipantGroupFactory(organisation=two[0])

    with django_assert_num_queries(1):
        counts = policies.mention_counts(two)

    assert (counts[two[0].pk], counts[two[1].pk]) == (4, 0)
    with django_assert_num_queries(0):
        assert not policies.mention_counts([])


def test_mentions_are_told_only_to_whoever_may_see_them(two):
    kept, _ = two
    own, other = EngagementFactory(), EngagementFactory(lead_region=a_region("london"))
    for engagement in (own, other):
        ParticipantGroupFactory(engagement=engagement, organisation=kept, name=f"Nurses of {engagement.lead_region}")
        ClientLeadFactory(engagement=engagement, organisation=kept)
    StpLeadFactory(organisation=kept)

    regional = {group.kind: group for group in policies.grouped(policies.mentions_of(kept, RegionalAdminFactory()))}
    national = {group.kind: group for group in policies.grouped(policies.mentions_of(kept, NationalAdminFactory()))}

    assert [mention.words for mention in regional["Groups of participants"].told] == [
        f"Nurses of East Midlands in {own.reference} {own.title}"
    ]
    assert {kind: (len(group.told), group.untold) for kind, group in regional.items()} == {
        "Groups of participants": (1, 1),
        "Client leads": (1, 1),
        "People": (0, 1),
    }
    assert {kind: (len(group.told), group.count) for kind, group in national.items()} == {
        "Groups of participants": (2, 2),
        "Client leads": (2, 2),
        "People": (1, 1),
    }


def test_open_plans_count_each_plan_once_and_none_that_is_over(two):
    engagement = EngagementFactory()
    for made in (
        engagement,
        EngagementFactory(status=EngagementStatus.AGREED),
        EngagementFactory(status=EngagementStatus.CLOSED),
    ):
        ParticipantGroupFactory(engagement=made, organisation=two[0])
        ClientLeadFactory(engagement=made, organisation=two[0])

    assert policies.open_plans(policies.mentions_of(two[0], NationalAdminFactory())) == 2


# Merging.


def test_p37_merge_unites_names_and_areas_and_keeps_what_was_chosen(two, by):
    kept, dropped = two

    merge(kept, dropped, by, name="kept", ods_code="kept", sector="dropped")

    assert state(kept) == (
        "Wolds Hospice", "WLD", Sector.PRIVATE, "Wolds Home | Wolds Hopsice | The Home", [1, 13, 14], True, None,
    )  # fmt: skip
    assert state(dropped) == (
        "Wolds Hopsice", "DUP", Sector.PRIVATE, "The Home | wolds home", [1, 13], False, kept.pk,
    )  # fmt: skip
    assert Organisation.objects.named("the home").get() == kept


def test_p37_merge_can_take_every_value_of_the_duplicate(two, by):
    kept, dropped = two

    merge(kept, dropped, by, name="dropped", ods_code="dropped", sector="dropped")

    assert state(kept)[:4] == ("Wolds Hopsice", "DUP", Sector.PRIVATE, "Wolds Home | Wolds Hospice | The Home")
    # A code belongs to one organisation only, and a name stays where it stands in a plan that was signed.
    assert state(dropped)[:2] == ("Wolds Hopsice", "")


def test_p37_an_empty_code_gives_way_to_the_duplicates(by):
    kept, dropped = OrganisationFactory(), OrganisationFactory(ods_code="DUP")

    merge(kept, dropped, by, ods_code="kept")

    assert (again(kept).ods_code, again(dropped).ods_code) == ("DUP", "")


def test_p37_merge_moves_everything_that_names_the_duplicate(two, by):
    kept, dropped = two
    records = everywhere(dropped)

    merged = merge(kept, dropped, by)

    assert names_of(records) == [kept.pk] * 3
    assert sorted(merged.moved) == sorted([record._meta.label, "organisation", record.pk] for record in records)
    trails = {records[0].engagement.trail, "accounts"}
    moved = AuditEvent.objects.filter(verb="changed", trail__in=trails)
    assert moved.count() == 3
    assert {event.actor for event in moved} == {by}
    assert {(said["old"], said["new"]) for event in moved for said in event.changes} == {("Wolds Hopsice", "Wolds Hospice")}


@pytest.mark.parametrize("status", FROZEN, ids=str)
def test_p37_what_stands_in_a_plan_that_is_not_changed_any_more_stays(two, by, status):
    kept, dropped = two
    engagement = EngagementFactory(status=status)
    records = [
        ParticipantGroupFactory(engagement=engagement, organisation=dropped),
        ClientLeadFactory(engagement=engagement, organisation=dropped),
    ]

    preview = policies.merge_preview(kept, dropped, by)
    merge(kept, dropped, by, name="dropped")

    assert (preview.moving, [group.count for group in preview.staying]) == ([], [1, 1])
    assert all(mention.stays for mention in preview.mentions)
    assert names_of(records) == [dropped.pk] * 2
    assert again(dropped).name == "Wolds Hopsice"


def test_p37_merge_says_so_on_both_and_keeps_their_versions(two, by):
    kept, dropped = two

    merged = merge(kept, dropped, by)

    events = AuditEvent.objects.filter(subject_type="directory.organisation").order_by("pk")
    assert [(event.verb, event.subject_id, event.actor, event.trail) for event in events] == [
        ("merged as a duplicate", dropped.pk, by, "directory"),
        ("merged a duplicate into", kept.pk, by, "directory"),
    ]
    assert (merged.kept, merged.dropped, merged.by, merged.undone_at) == (kept, dropped, by, None)
    numbers = {name: merged.before[name] for name in ("kept", "dropped", "after")}
    assert numbers == {"kept": 1, "dropped": 1, "after": 2}
    assert RecordVersion.objects.of(kept).get(number=1).values["name"]["text"] == "Wolds Hospice"


def test_merge_says_so_even_where_no_value_of_the_one_kept_changes(by):
    kept, dropped = OrganisationFactory(name="One", other_names="Two"), OrganisationFactory(name="Two")

    merged = merge(kept, dropped, by)

    assert merged.before["kept"] == merged.before["after"] == 1
    assert AuditEvent.objects.filter(subject_id=kept.pk, verb="merged a duplicate into").exists()
    assert undo(merged, by).undone_at is not None


def test_p37_merge_with_itself_is_refused(two, by):
    with pytest.raises(ActionRefused, match="cannot be merged with itself"):
        merge(two[0], two[0], by)


def test_p37_merge_of_one_that_was_merged_is_refused(two, by):
    kept, dropped = two
    merge(kept, dropped, by)

    for one, other in ((OrganisationFactory(), dropped), (dropped, OrganisationFactory())):
        with pytest.raises(ActionRefused, match="Wolds Hopsice was merged into Wolds Hospice"):
            merge(one, other, by)


def test_p37_merge_of_two_closed_ones_is_refused(by):
    kept, dropped = OrganisationFactory.create_batch(2, retired=True)

    with pytest.raises(ActionRefused, match="are both closed"):
        merge(kept, dropped, by)


def test_merge_into_a_closed_one_is_refused_with_the_way_out(two, by):
    kept, dropped = two
    actions.close_organisation(organisation=kept, by=by)

    with pytest.raises(ActionRefused, match="Keep Wolds Hopsice instead, or reopen Wolds Hospice first"):
        merge(kept, dropped, by)


def test_merge_with_more_names_than_there_is_room_for_is_refused(by):
    kept, dropped = OrganisationFactory(other_names="k" * 300), OrganisationFactory(other_names="d" * 300)

    with pytest.raises(ActionRefused, match="longer than 500 characters together"):
        merge(kept, dropped, by)

    assert again(dropped).is_active


@pytest.mark.parametrize(
    "happening",
    [
        lambda kept, dropped, by: actions.change_organisation(organisation=kept, values={"sector": Sector.CITIZENS}, by=by),
        lambda kept, dropped, by: actions.change_organisation(organisation=dropped, values={"footprints": []}, by=by),
        lambda kept, dropped, by: ParticipantGroupFactory(organisation=dropped),
        lambda kept, dropped, by: actions.close_organisation(organisation=dropped, by=by),
    ],
    ids=["the one kept", "the duplicate", "a group", "closed"],
)
def test_merge_is_refused_where_something_changed_since_the_preview(two, by, happening):
    kept, dropped = two
    preview = policies.merge_preview(again(kept), again(dropped), by)
    happening(kept, dropped, by)

    with pytest.raises(ActionRefused, match="Something has changed since you looked at this"):
        actions.merge_organisation(organisation=kept, dropped=dropped, values={"preview": preview.fingerprint}, by=by)

    assert again(dropped).merged_into is None


def test_merge_and_undo_leave_nothing_behind_when_the_audit_write_fails(monkeypatch, two, by):
    kept, dropped = two
    records = everywhere(dropped)
    written = []

    def fail_late(*args, **kwargs):
        written.append(args)
        if len(written) > 3:
            raise RuntimeError("the trail is full")
        return real(*args, **kwargs)

    real = audit.record
    before = (state(kept), state(dropped))
    with monkeypatch.context() as patch:
        patch.setattr(audit, "record", fail_late)
        with pytest.raises(RuntimeError, match="the trail is full"):
            merge(kept, dropped, by)

    assert ((state(kept), state(dropped)), names_of(records)) == (before, [dropped.pk] * 3)
    assert not OrganisationMerge.objects.exists()

    merged = merge(kept, dropped, by)
    after = (state(kept), state(dropped))
    written.clear()
    with monkeypatch.context() as patch:
        patch.setattr(audit, "record", fail_late)
        with pytest.raises(RuntimeError, match="the trail is full"):
            undo(merged, by)

    assert ((state(kept), state(dropped)), names_of(records)) == (after, [kept.pk] * 3)


# Undoing.


@pytest.mark.parametrize("choice", ["kept", "dropped"])
def test_p37_undo_restores_both_and_all_that_named_them(two, by, choice):
    kept, dropped = two
    records = [*everywhere(dropped), *everywhere(kept)]
    before = (state(kept), state(dropped), names_of(records))
    merged = merge(kept, dropped, by, name=choice, ods_code=choice, sector=choice)

    undo(merged, by)

    assert (state(kept), state(dropped), names_of(records)) == before
    merged.refresh_from_db()
    assert merged.undone_at is not None
    verbs = AuditEvent.objects.filter(subject_type="directory.organisation").order_by("pk").values_list("verb", "subject_id")
    assert list(verbs)[2:] == [("undid a merge into", kept.pk), ("undid the merge of", dropped.pk)]


WORDS = st.text("abc dé", min_size=1, max_size=6).map(lambda text: " ".join(text.split())).filter(bool)
SIDE = st.sampled_from(["kept", "dropped"])


@settings(max_examples=12)
@given(data=st.data())
def test_p37_merging_and_undoing_any_two_changes_nothing(data):
    with transaction.atomic():
        _merge_and_undo_any_two(data)
        # The next example finds the database as this one did.
        transaction.set_rollback(True)


def _merge_and_undo_any_two(data):
    by = RegionalAdminFactory()
    areas = list(Footprint.objects.order_by("number")[:4])
    made = []
    for side in ("kept", "dropped"):
        names = data.draw(st.lists(WORDS, max_size=3, unique_by=str.casefold))
        organisation = OrganisationFactory(
            name=f"{data.draw(WORDS)} {side}",
            other_names=" | ".join(names),
            ods_code=data.draw(st.sampled_from(["", side.upper()])),
            sector=data.draw(st.sampled_from(Sector.values)),
            is_active=side == "kept" or data.draw(st.booleans()),
        )
        organisation.footprints.set(data.draw(st.lists(st.sampled_from(areas), unique=True)))
        made.append(organisation)
    kept, dropped = made
    records = []
    for status in data.draw(st.lists(st.sampled_from(EngagementStatus.values), max_size=3)):
        engagement = EngagementFactory(status=status)
        records.append(ParticipantGroupFactory(engagement=engagement, organisation=data.draw(st.sampled_from(made))))
    before = (state(kept), state(dropped), names_of(records))

    merged = merge(kept, dropped, by, **{name: data.draw(SIDE) for name in policies.CHOSEN_FIELDS})
    undo(merged, by)

    assert (state(kept), state(dropped), names_of(records)) == before


def test_p37_what_was_changed_since_stays_and_is_named(two, by):
    kept, dropped = two
    group, lead, person = everywhere(dropped)
    frozen = ParticipantGroupFactory(organisation=dropped)
    merged = merge(kept, dropped, by, sector="dropped")
    other = OrganisationFactory(name="Another")
    type(group).objects.filter(pk=group.pk).update(organisation=other)
    lead.delete()
    type(frozen.engagement).objects.filter(pk=frozen.engagement.pk).update(status=EngagementStatus.AGREED)
    actions.change_organisation(organisation=kept, values={"sector": Sector.CITIZENS}, by=by)
    merged = OrganisationMerge.objects.select_related("kept", "dropped").get()

    preview = policies.undo_preview(merged, NationalAdminFactory())
    undo(merged, by)

    assert [field.label for field in preview.fields if field.is_changed_since] == ["sector"]
    assert [mention.record for group in preview.moving_groups for mention in group.told] == [person]
    assert [mention.record for group in preview.frozen_groups for mention in group.told] == [frozen]
    assert [mention.record for group in preview.changed_groups for mention in group.told] == [group]
    assert (preview.gone, preview.has_rest) == (1, True)
    assert names_of([group, frozen, person]) == [other.pk, kept.pk, dropped.pk]
    assert (again(kept).sector, again(kept).other_names) == (Sector.CITIZENS, "Wolds Home")


def test_p37_a_merge_is_undone_once(two, by):
    merged = merge(*two, by)
    undo(merged, by)

    with pytest.raises(ActionRefused, match="has been undone already"):
        undo(merged, by)


def test_p37_a_merge_under_another_is_undone_after_it(two, by):
    middle, first = two
    last = OrganisationFactory(name="Fenland Hospice")
    records = everywhere(first)
    before = (state(first), state(middle), state(last))
    one = merge(middle, first, by)
    between = (state(first), state(middle), state(last))
    two_merged = merge(last, middle, by)
    assert names_of(records) == [last.pk] * 3

    with pytest.raises(ActionRefused, match="Wolds Hospice was merged into Fenland Hospice after this"):
        undo(one, by)

    undo(two_merged, by)
    assert ((state(first), state(middle), state(last)), names_of(records)) == (between, [middle.pk] * 3)
    undo(one, by)
    assert ((state(first), state(middle), state(last)), names_of(records)) == (before, [first.pk] * 3)


def test_p37_two_merges_into_one_are_undone_the_last_first(two, by):
    kept, dropped = two
    later = OrganisationFactory(name="Fenland Hospice")
    one, other = merge(kept, dropped, by), merge(kept, later, by)

    with pytest.raises(ActionRefused, match="Fenland Hospice was merged into Wolds Hospice after this"):
        undo(one, by)

    undo(other, by)
    undo(one, by)
    assert state(kept)[3] == "Wolds Home"


def test_undo_is_refused_where_the_name_was_taken_meanwhile(two, by):
    kept, dropped = two
    merged = merge(kept, dropped, by)
    OrganisationFactory(name="WOLDS HOPSICE")

    with pytest.raises(ActionRefused, match="There is an organisation with this name already"):
        undo(merged, by)

    assert again(dropped).merged_into == kept


def test_a_merge_and_its_undo_can_be_done_again_the_other_way_round(two, by):
    kept, dropped = two
    undo(merge(kept, dropped, by), by)

    merged = merge(dropped, kept, by)

    assert again(kept).merged_into == dropped
    assert str(merged) == "Wolds Hospice into Wolds Hopsice"
