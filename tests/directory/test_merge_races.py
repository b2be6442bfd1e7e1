"""Merging while others merge, add and submit: one after the other, and nothing names a duplicate that was merged (P37)."""

import pytest
from django.db import transaction

from accounts.actions import change_person
from core.refusals import ActionRefused
from directory import actions, policies
from directory.models import Organisation, OrganisationMerge
from engagements.actions import add_entry, change_entry, name_client_lead
from engagements.enums import EngagementStatus
from engagements.models import ClientLead, Engagement, ParticipantGroup
from tests.directory.merging import again, merge
from tests.factories.accounts import NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.factories.directory import OrganisationFactory
from tests.factories.engagements import EngagementFactory, ParticipantGroupFactory

pytestmark = pytest.mark.django_db(transaction=True)


def tried(step):
    """Carry a step out, and return what it came to: the refusal, or nothing."""
    try:
        step()
    except ActionRefused as refusal:
        return str(refusal)
    return ""


@pytest.fixture
def two():
    return OrganisationFactory(name="Wolds Hospice"), OrganisationFactory(name="Wolds Hopsice")


def test_two_admins_who_merge_the_same_two_at_once_merge_once(two, in_parallel):
    kept, dropped = two
    admins = RegionalAdminFactory.create_batch(2)
    ParticipantGroupFactory(organisation=dropped)
    shown = policies.merge_preview(kept, dropped, admins[0]).fingerprint

    def work(number):
        return tried(
            lambda: actions.merge_organisation(organisation=kept, dropped=dropped, values={"preview": shown}, by=admins[number])
        )

    answers = sorted(in_parallel(work, 2))

    assert answers[0] == ""
    assert "Wolds Hopsice was merged into Wolds Hospice" in answers[1]
    assert OrganisationMerge.objects.count() == 1


def test_two_admins_who_merge_two_into_each_other_merge_once(two, in_parallel):
    admins = RegionalAdminFactory.create_batch(2)
    pairs = [two, two[::-1]]
    shown = [policies.merge_preview(*pair, admins[0]).fingerprint for pair in pairs]

    def work(number):
        kept, dropped = pairs[number]
        return tried(
            lambda: actions.merge_organisation(
                organisation=kept, dropped=dropped, values={"preview": shown[number]}, by=admins[number]
            )
        )

    answers = in_parallel(work, 2)

    assert sorted(bool(answer) for answer in answers) == [False, True]
    merged = OrganisationMerge.objects.get()
    assert (again(merged.kept).is_active, again(merged.dropped).merged_into) == (True, merged.kept)


def test_a_merge_that_is_undone_by_two_at_once_is_undone_once(two, in_parallel):
    admins = RegionalAdminFactory.create_batch(2)
    merged = merge(*two, admins[0])

    answers = in_parallel(lambda number: tried(lambda: actions.undo_organisation_merge(merge=merged, by=admins[number])), 2)

    assert sorted(answers) == ["", "This merge has been undone already."]
    assert again(two[1]).is_active


def test_groups_added_to_the_duplicate_while_it_is_merged_name_the_one_that_is_kept(two, in_parallel):
    kept, dropped = two
    by, engagements = RegionalAdminFactory(), EngagementFactory.create_batch(3)

    def work(number):
        if number == 0:
            return tried(lambda: merge(kept, dropped, by))
        engagement = engagements[number - 1]
        entry = ParticipantGroup(engagement=engagement)
        return tried(
            lambda: add_entry(
                entry=entry, values={"name": f"Group {number}", "organisation": dropped}, by=engagement.lead_consultant
            )
        )

    answers = in_parallel(work, 4)

    named = set(ParticipantGroup.objects.values_list("organisation", flat=True))
    assert ParticipantGroup.objects.count() == 3
    if answers[0]:
        # A group came in between the look and the merge: nothing was merged.
        assert "Something has changed since" in answers[0]
        assert named == {dropped.pk}
    else:
        assert named == {kept.pk}


def test_a_group_added_after_the_merge_by_a_page_opened_before_it_names_the_one_that_is_kept(two):
    kept, dropped = two
    stale, engagement = Organisation.objects.get(pk=dropped.pk), EngagementFactory()
    group = ParticipantGroupFactory(engagement=engagement)
    merge(kept, dropped, RegionalAdminFactory())
    by = engagement.lead_consultant

    added = add_entry(entry=ParticipantGroup(engagement=engagement), values={"name": "Nurses", "organisation": stale}, by=by)
    changed = change_entry(entry=group, values={"organisation": stale}, by=by)
    lead = name_client_lead(
        engagement=engagement,
        values={
            "email": "lena@example.org", "full_name": "Lena Lead", "job_title": "", "organisation": stale, "is_signatory": True,
        },
        by=by,
    )  # fmt: skip

    person = change_person(person=StpLeadFactory(), values={"organisation": stale}, by=NationalAdminFactory())

    assert person.organisation == kept
    assert {added.organisation, changed.organisation, lead.organisation, lead.user.organisation} == {kept}
    assert ClientLead.objects.get().organisation == kept


def test_a_plan_that_is_submitted_while_its_organisation_is_merged_is_moved_before_or_not_at_all(two, in_parallel):
    kept, dropped = two
    by, engagement = RegionalAdminFactory(), EngagementFactory()
    group = ParticipantGroupFactory(engagement=engagement, organisation=dropped)

    def freeze():
        with transaction.atomic():
            locked = Engagement.objects.select_for_update(of=("self",)).get(pk=engagement.pk)
            locked.status = EngagementStatus.IN_REVIEW
            locked.save(update_fields=["status"])
            return ParticipantGroup.objects.get(pk=group.pk).organisation_id

    frozen, refused = in_parallel(lambda number: freeze() if number == 0 else tried(lambda: merge(kept, dropped, by)), 2)

    group.refresh_from_db()
    assert group.organisation_id == frozen
    assert again(dropped).is_active == bool(refused)
