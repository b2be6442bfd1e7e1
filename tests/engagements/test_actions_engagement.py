import pytest

from core import audit, records
from core.models import AuditEvent, Counter
from core.records import EditConflict
from core.refusals import ActionRefused
from engagements import actions
from engagements.enums import Clarity, EngagementStatus
from engagements.models import Engagement
from tests.engagements.situations import reread
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory
from tests.factories.directory import a_region
from tests.factories.engagements import EngagementFactory

NOT_CO_DESIGN = [status for status in EngagementStatus if status != EngagementStatus.CO_DESIGN]


def break_audit(monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("The trail cannot be written")

    monkeypatch.setattr(audit, "record", fail)


def log(by, title="Leading together"):
    return actions.create_engagement(values={"title": title, "client": "", "client_kind": ""}, by=by)


@pytest.mark.django_db
def test_create_engagement_is_led_by_whoever_logs_it():
    admin = RegionalAdminFactory(region=a_region("london"))

    engagement = log(admin)

    assert (engagement.lead_consultant, engagement.lead_region) == (admin, a_region("london"))
    assert engagement.reference == f"{a_region('london').code}-0001"
    assert engagement.status == EngagementStatus.CO_DESIGN
    event = AuditEvent.objects.for_trail(engagement.trail).get()
    assert (event.verb, event.actor) == ("added", admin)


@pytest.mark.django_db
def test_create_engagement_counts_each_region_by_itself():
    here, there = ConsultantFactory(), ConsultantFactory(region=a_region("london"))

    references = [log(by).reference for by in (here, there, here)]

    codes = [by.region.code for by in (here, there)]
    assert references == [f"{codes[0]}-0001", f"{codes[1]}-0001", f"{codes[0]}-0002"]


@pytest.mark.django_db
def test_create_engagement_refused_without_a_region():
    with pytest.raises(ActionRefused, match="Only people of an LDP region"):
        log(NationalAdminFactory())


@pytest.mark.django_db
def test_create_engagement_gives_its_number_back_when_refused():
    consultant = ConsultantFactory()

    with pytest.raises(ActionRefused):
        log(consultant, title="")

    assert not Counter.objects.exists()
    assert log(consultant).reference.endswith("-0001")


@pytest.mark.django_db
def test_create_engagement_leaves_nothing_behind_when_the_audit_write_fails(monkeypatch):
    consultant = ConsultantFactory()
    break_audit(monkeypatch)

    with pytest.raises(RuntimeError, match="trail"):
        log(consultant)

    assert not Engagement.objects.exists()
    assert not Counter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_create_engagement_twenty_times_at_once_numbers_without_gaps(in_parallel):
    consultant = ConsultantFactory()

    references = in_parallel(lambda _: log(consultant).reference, 20)

    assert sorted(references) == [f"{consultant.region.code}-{number:04d}" for number in range(1, 21)]


CHANGES = {
    "engagement": (actions.change_engagement, {"title": "Another title"}),
    "facet": (actions.change_engagement, {"people_clarity": Clarity.CLEAR}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", CHANGES)
def test_change_says_what_changed(name):
    action, values = CHANGES[name]
    engagement = EngagementFactory()

    action(engagement=engagement, values=values, by=engagement.lead_consultant)

    fresh = reread(engagement)
    assert {field: getattr(fresh, field) for field in values} == values
    event = AuditEvent.objects.for_trail(engagement.trail).get()
    assert [change["field"] for change in event.changes] == list(values)


@pytest.mark.django_db
@pytest.mark.parametrize("status", NOT_CO_DESIGN, ids=str)
@pytest.mark.parametrize("name", CHANGES)
def test_change_refused_outside_co_design(name, status):
    action, values = CHANGES[name]
    engagement = EngagementFactory(status=status)

    with pytest.raises(ActionRefused):
        action(engagement=engagement, values=values, by=engagement.lead_consultant)

    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("name", CHANGES)
def test_change_leaves_nothing_behind_when_the_audit_write_fails(name, monkeypatch):
    action, values = CHANGES[name]
    engagement = EngagementFactory()
    break_audit(monkeypatch)

    with pytest.raises(RuntimeError, match="trail"):
        action(engagement=engagement, values=values, by=engagement.lead_consultant)

    fresh = reread(engagement)
    assert {field: getattr(fresh, field) for field in values} != values


@pytest.mark.django_db
def test_change_engagement_shows_both_titles_where_two_people_changed_it():
    engagement = EngagementFactory(title="First")
    seen = records.snapshot(engagement, ["title"])
    by = engagement.lead_consultant
    actions.change_engagement(engagement=engagement, values={"title": "Theirs"}, by=by)

    with pytest.raises(EditConflict) as clash:
        actions.change_engagement(engagement=engagement, values={"title": "Mine"}, by=by, seen=seen)

    assert clash.value.conflicts["title"].theirs == "Theirs"
    assert reread(engagement).title == "Theirs"


@pytest.mark.django_db
def test_change_engagement_sets_the_team():
    engagement = EngagementFactory()
    bob = ConsultantFactory(full_name="Bob Baker")

    actions.change_engagement(engagement=engagement, values={"team": [bob]}, by=engagement.lead_consultant)

    assert list(engagement.team.all()) == [bob]
    (change,) = AuditEvent.objects.for_trail(engagement.trail).get().changes
    assert (change["old"], change["new"]) == ("", "Bob Baker")


@pytest.mark.django_db
@pytest.mark.parametrize("status", EngagementStatus, ids=str)
def test_reassign_engagement_in_any_status(status):
    engagement = EngagementFactory(status=status)
    bob = ConsultantFactory()

    actions.reassign_engagement(engagement=engagement, values={"lead_consultant": bob}, by=engagement.lead_consultant)

    assert reread(engagement).lead_consultant == bob


@pytest.mark.django_db
def test_reassign_engagement_takes_the_new_lead_off_the_team():
    bob, cara = ConsultantFactory(), ConsultantFactory()
    engagement = EngagementFactory(team=[bob, cara])

    actions.reassign_engagement(engagement=engagement, values={"lead_consultant": bob}, by=engagement.lead_consultant)

    assert list(engagement.team.all()) == [cara]
    fields = {change["field"] for change in AuditEvent.objects.for_trail(engagement.trail).get().changes}
    assert fields == {"lead_consultant", "team"}


@pytest.mark.django_db
def test_reassign_engagement_to_nobody_new_changes_nothing():
    engagement = EngagementFactory()

    actions.reassign_engagement(engagement=engagement, values={}, by=engagement.lead_consultant)

    assert not AuditEvent.objects.exists()


@pytest.mark.django_db
def test_reassign_engagement_leaves_it_when_the_audit_write_fails(monkeypatch):
    engagement = EngagementFactory()
    break_audit(monkeypatch)
    bob = ConsultantFactory()

    with pytest.raises(RuntimeError, match="trail"):
        actions.reassign_engagement(engagement=engagement, values={"lead_consultant": bob}, by=engagement.lead_consultant)

    assert reread(engagement).lead_consultant == engagement.lead_consultant
