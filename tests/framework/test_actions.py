"""Writes to the framework: new words make a new row, and whatever chose the old one keeps it (P38)."""

import pytest

from core import records
from core.models import AuditEvent, RecordVersion
from core.records import EditConflict
from core.refusals import ActionRefused
from framework import actions, policies
from framework.actions.rows import LAST_PRINTED_ROW
from framework.enums import StepKind
from framework.models import Behaviour, ForwardViewStep, LeadershipRole, Resource
from tests.factories.accounts import NationalAdminFactory
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory, PriorityFactory
from tests.factories.framework import (
    BehaviourFactory,
    DomainFactory,
    ForwardViewStepFactory,
    LeadershipRoleFactory,
    ResourceFactory,
    a_behaviour,
    a_domain,
    a_role,
    a_step,
)
from tests.factories.interventions import InterventionFactory

pytestmark = pytest.mark.django_db
WHY = "Clearer for new leaders"


@pytest.fixture
def admin():
    return NationalAdminFactory()


def reworded(row, by, **values):
    words = {"name": values.pop("name", "Other words")} if isinstance(row, ForwardViewStep) else {"text": "Other words"}
    return actions.change_row(row=row, values=words | values | {"reason": WHY}, by=by)


@pytest.mark.parametrize("find", [a_role, a_behaviour, a_step])
def test_p38_change_row_makes_a_new_row_in_the_same_place_and_retires_the_old_one(find, admin):
    old = find()

    new = reworded(old, admin)

    before, old = str(old), type(old).objects.get(pk=old.pk)
    assert (new.replaces, new.first, new.lineage, new.retired_at) == (old, old, old.pk, None)
    assert (str(old), old.retired_at is not None) == (before, True)
    assert str(new) == "Other words"
    kept = {f.attname for f in old._meta.concrete_fields if f.editable} - {"id", "text", "name"}
    assert {name: getattr(new, name) for name in kept} == {name: getattr(old, name) for name in kept}


def test_p38_change_row_of_a_reworded_row_keeps_the_lineage(admin):
    first = a_role()
    second = reworded(first, admin)

    third = reworded(first, admin, text="Third words")

    assert (third.replaces, third.lineage) == (second, first.pk)
    assert list(LeadershipRole.objects.in_lineage(first.pk)) == [third, second, first]
    assert [row.pk for row in LeadershipRole.objects.in_lineage(first.pk).current()] == [third.pk]


def test_change_row_says_so_in_the_trail_with_the_reason(admin):
    old = a_role()
    text = old.text

    new = reworded(old, admin)

    event = AuditEvent.objects.get(subject_type="framework.leadershiprole", subject_id=new.pk)
    assert (event.verb, event.actor, event.trail) == ("changed", admin, "framework")
    assert [(c["label"], c["old"], c["new"]) for c in event.changes] == [("text", text, "Other words"), ("Reason", "", WHY)]


def test_change_row_to_the_same_words_writes_nothing(admin):
    role = a_role()

    same = actions.change_row(row=role, values={"text": role.text, "reason": WHY}, by=admin)

    assert same == role
    assert not AuditEvent.objects.exists()
    assert LeadershipRole.objects.get(pk=role.pk).retired_at is None


def test_p38_priorities_and_plans_that_chose_the_old_row_keep_it(admin):
    role, behaviour, step = a_role(), a_behaviour(), a_step()
    engagement = EngagementFactory()
    priority = PriorityFactory(engagement=engagement, roles=[role], behaviours=[behaviour])
    planned = PlannedInterventionFactory(engagement=engagement, roles=[role], behaviours=[behaviour], forward_view_steps=[step])

    for row in (role, behaviour, step):
        reworded(row, admin)

    assert list(priority.roles.all()) == [role] == list(planned.roles.all())
    assert list(priority.behaviours.all()) == [behaviour] == list(planned.behaviours.all())
    assert list(planned.forward_view_steps.all()) == [step]
    assert planned.roles.get().text != "Other words"


def test_p38_interventions_develop_the_new_row_in_one_version_more(admin):
    role, other, behaviour = a_role(), a_role(row=2), a_behaviour()
    item = InterventionFactory(roles=[role, other], behaviours=[behaviour])
    untouched = InterventionFactory(roles=[other])

    new_role = reworded(role, admin)
    new_behaviour = reworded(behaviour, admin)

    item.refresh_from_db()
    untouched.refresh_from_db()
    assert set(item.roles.all()) == {new_role, other}
    assert set(item.behaviours.all()) == {new_behaviour}
    assert [v.number for v in RecordVersion.objects.of(item)] == [3, 2, 1]
    assert RecordVersion.objects.of(item).get(number=1).values["roles"]["value"] == sorted([role.pk, other.pk])
    assert untouched.version == 1


def test_a_step_with_other_words_leaves_the_menu_alone(admin):
    reworded(a_step(), admin)

    assert not AuditEvent.objects.exclude(subject_type="framework.forwardviewstep").exists()


def test_p03_change_row_shows_the_second_person_what_the_first_one_wrote(admin):
    role, other = a_role(), NationalAdminFactory(full_name="Other Admin")
    seen = records.snapshot(role, ["text"])
    reworded(role, other)

    with pytest.raises(EditConflict) as caught:
        actions.change_row(row=role, values={"text": "My words", "reason": WHY}, by=admin, seen=seen)

    conflict = caught.value.conflicts["text"]
    assert (conflict.theirs, conflict.who) == ("Other words", "Other Admin")
    mine = actions.change_row(
        row=role, values={"text": "My words", "reason": WHY}, by=admin, seen=seen | caught.value.seen, overwrite={"text"}
    )
    assert (mine.text, mine.replaces.text, mine.lineage) == ("My words", "Other words", role.pk)


def test_p03_change_row_merges_what_two_people_changed_of_a_step(admin):
    step = a_step()
    seen = records.snapshot(step, ["name", "description", "kind"])
    actions.change_row(row=step, values={"description": "Theirs"}, by=NationalAdminFactory(), seen=seen)

    values = {"name": "Mine", "description": step.description, "kind": step.kind}
    merged = actions.change_row(row=step, values=values, by=admin, seen=seen)

    assert (merged.name, merged.description) == ("Mine", "Theirs")


def test_change_row_refuses_a_row_that_was_retired_meanwhile(admin):
    role = a_role()
    actions.retire_row(row=role, values={"reason": WHY}, by=NationalAdminFactory())

    with pytest.raises(ActionRefused, match="This leadership role was retired"):
        reworded(role, admin)


@pytest.mark.parametrize(
    ("make", "change"),
    [
        (lambda: (a_role(), a_role(row=2)), lambda row, other: {"text": other.text.upper()}),
        (lambda: (a_behaviour(), a_behaviour(row=2)), lambda row, other: {"text": other.text}),
        (lambda: (a_step(), a_step("cancer")), lambda row, other: {"name": other.name}),
    ],
    ids=["role", "behaviour", "step"],
)
def test_change_row_refuses_words_that_another_row_has(make, change, admin):
    row, other = make()

    with pytest.raises(ActionRefused, match="with these words already"):
        actions.change_row(row=row, values=change(row, other) | {"reason": WHY}, by=admin)

    assert type(row).objects.get(pk=row.pk).retired_at is None


def test_change_row_takes_words_that_another_domain_or_a_retired_row_has(admin):
    elsewhere = a_role(domain="innovation-and-improvement")
    retired = a_role(row=2)
    actions.retire_row(row=retired, values={"reason": WHY}, by=admin)

    one = actions.change_row(row=a_role(), values={"text": elsewhere.text}, by=admin)
    two = actions.change_row(row=one, values={"text": retired.text}, by=admin)

    assert (one.text, two.text) == (elsewhere.text, retired.text)


def test_change_row_puts_a_step_of_another_kind_last_of_its_new_kind(admin):
    step = a_step()
    last = ForwardViewStep.objects.filter(kind=StepKind.SERVICE).order_by("-position").first()

    new = actions.change_row(row=step, values={"kind": StepKind.SERVICE, "reason": WHY}, by=admin)

    assert (new.kind, new.position, new.code) == (StepKind.SERVICE, last.position + 1, step.code)
    assert ForwardViewStep.objects.get(pk=step.pk).kind == StepKind.GAP


def test_nothing_is_left_behind_when_the_menu_cannot_follow(admin, monkeypatch):
    role = a_role()

    def fail(**_):
        raise RuntimeError

    monkeypatch.setattr(policies, "_followers", [fail])
    with pytest.raises(RuntimeError):
        reworded(role, admin)

    assert list(LeadershipRole.objects.in_lineage(role.pk).current()) == [role]
    assert not AuditEvent.objects.exists()


def test_a_follower_that_joins_twice_is_called_once(monkeypatch):
    monkeypatch.setattr(policies, "_followers", [])

    def follow(**_):
        """Do nothing."""

    policies.register_follower(follow)
    policies.register_follower(follow)

    assert policies.followers() == [follow]


@pytest.mark.parametrize("find", [a_role, a_behaviour, a_step])
def test_p38_retire_row_offers_it_no_longer_and_takes_it_from_nobody(find, admin):
    row = find()
    name = {LeadershipRole: "roles", Behaviour: "behaviours", ForwardViewStep: "forward_view_steps"}[type(row)]
    planned = PlannedInterventionFactory(**{name: [row]})

    actions.retire_row(row=row, values={"reason": WHY}, by=admin)

    assert not type(row).objects.current().filter(pk=row.pk).exists()
    assert list(getattr(planned, name).all()) == [row]
    event = AuditEvent.objects.get()
    assert (event.verb, event.changes[0]["new"]) == ("retired", WHY)


def test_retire_row_twice_is_refused_and_written_once(admin):
    role = a_role()
    actions.retire_row(row=role, values={"reason": WHY}, by=admin)

    with pytest.raises(ActionRefused, match="has retired this leadership role already"):
        actions.retire_row(row=role, values={"reason": WHY}, by=admin)

    assert AuditEvent.objects.count() == 1


def test_p38_restore_row_uses_an_earlier_wording_in_a_new_row(admin):
    first = a_role()
    item = InterventionFactory(roles=[first])
    second = reworded(first, admin)

    third = actions.restore_row(row=first, by=admin)

    assert (third.text, third.replaces, third.lineage) == (first.text, second, first.pk)
    assert third.pk not in (first.pk, second.pk)
    assert list(item.roles.all()) == [third]
    event = AuditEvent.objects.get(subject_type="framework.leadershiprole", subject_id=third.pk)
    assert event.changes[-1]["new"] == "Went back to an earlier wording"


def test_restore_row_of_the_words_in_use_is_refused(admin):
    with pytest.raises(ActionRefused, match="These words are in use already"):
        actions.restore_row(row=a_role(), by=admin)


def test_p38_restore_row_of_a_retired_row_brings_the_same_row_back(admin):
    role = a_role()
    item = InterventionFactory(roles=[role])
    actions.retire_row(row=role, values={"reason": WHY}, by=admin)

    back = actions.restore_row(row=role, by=admin)

    assert (back.pk, back.retired_at) == (role.pk, None)
    assert list(item.roles.all()) == [role]
    assert AuditEvent.objects.filter(verb="brought back", subject_id=role.pk).exists()


def test_restore_row_of_an_earlier_wording_brings_a_retired_lineage_back(admin):
    first = a_role()
    second = reworded(first, admin)
    actions.retire_row(row=first, values={"reason": WHY}, by=admin)

    third = actions.restore_row(row=first, by=admin)

    assert (third.text, third.replaces, third.retired_at) == (first.text, second, None)


def test_restore_row_refuses_words_that_another_row_has_by_now(admin):
    role = a_role()
    text = role.text
    actions.retire_row(row=role, values={"reason": WHY}, by=admin)
    actions.add_role(domain=a_domain(), values={"text": text, "reason": WHY}, by=admin)

    with pytest.raises(ActionRefused, match="with these words already"):
        actions.restore_row(row=role, by=admin)


@pytest.mark.parametrize(("add", "model"), [(actions.add_role, LeadershipRole), (actions.add_behaviour, Behaviour)])
def test_add_role_and_add_behaviour_stand_last_in_their_domain(add, model, admin):
    last = model.objects.filter(domain=a_domain()).order_by("-row").first()
    actions.retire_row(row=last, values={"reason": WHY}, by=admin)

    added = add(domain=a_domain(), values={"text": "One more", "reason": WHY}, by=admin)

    assert (added.domain, added.lineage, added.replaces) == (a_domain(), added.pk, None)
    assert list(model.objects.filter(domain=a_domain()).in_order())[-1] == added
    assert added.row > LAST_PRINTED_ROW
    assert add(domain=a_domain(), values={"text": "Two more", "reason": WHY}, by=admin).row == added.row + 1
    assert AuditEvent.objects.filter(verb="added").first().changes[0]["new"] == WHY


def test_add_role_to_a_domain_without_any(admin):
    assert actions.add_role(domain=DomainFactory(), values={"text": "First", "reason": WHY}, by=admin).row > LAST_PRINTED_ROW
    assert actions.add_behaviour(domain=DomainFactory(), values={"text": "First", "reason": WHY}, by=admin).row > LAST_PRINTED_ROW


def test_add_role_refuses_words_that_are_there(admin):
    with pytest.raises(ActionRefused, match="with these words already"):
        actions.add_role(domain=a_domain(), values={"text": a_role().text, "reason": WHY}, by=admin)


def test_add_step_gets_a_code_of_its_own_and_the_last_place_of_its_kind(admin):
    ForwardViewStepFactory(code="a-new-step", retired=True)
    last = ForwardViewStep.objects.filter(kind=StepKind.ENABLER).order_by("-position").first()
    values = {"name": "A new step!", "description": "", "kind": StepKind.ENABLER, "reason": WHY}

    step = actions.add_step(values=values, by=admin)

    assert (step.code, step.position) == ("a-new-step-2", last.position + 1)


def test_free_slug_of_a_name_without_letters():
    assert policies.free_slug("???", {"step", "step-2"}, or_else="step") == "step-3"
    assert len(policies.free_slug("long " * 40, {"long"}, or_else="step")) <= policies.MAX_SLUG


def test_change_domain_keeps_a_version_and_its_address(admin):
    domain = a_domain()

    actions.change_domain(domain=domain, values={"name": "Own Effectiveness", "slug": "hacked", "reason": WHY}, by=admin)

    domain.refresh_from_db()
    assert (domain.name, domain.slug, domain.version) == ("Own Effectiveness", "individual-effectiveness", 2)
    assert RecordVersion.objects.of(domain).get(number=1).values["name"]["value"] == "Individual Effectiveness"
    assert AuditEvent.objects.get().changes[-1] == {"field": "reason", "label": "Reason", "old": "", "new": WHY}


def test_change_domain_refuses_the_name_of_another(admin):
    with pytest.raises(ActionRefused, match="There is a domain with this name already"):
        actions.change_domain(domain=a_domain(), values={"name": "innovation and IMPROVEMENT"}, by=admin)


def test_add_resource_stands_last_with_an_address_of_its_own(admin):
    ResourceFactory(slug="toolkit", position=200)

    resource = actions.add_resource(values={"name": "Toolkit", "description": "", "address": ""}, by=admin)

    assert (resource.slug, resource.position) == ("toolkit-2", 201)
    assert RecordVersion.objects.of(resource).get().number == 1


def test_add_resource_when_there_is_none(admin):
    Resource.objects.all().delete()

    assert actions.add_resource(values={"name": "Toolkit", "description": "", "address": ""}, by=admin).position == 1


def test_change_resource_keeps_a_version(admin):
    resource = ResourceFactory(name="Toolkit")

    changed = actions.change_resource(resource=resource, values={"name": "Kit"}, by=admin)

    assert (changed.name, changed.version) == ("Kit", 2)


def test_change_resource_refuses_a_name_that_is_there_and_one_that_is_retired(admin):
    resource = ResourceFactory(name="Toolkit")
    ResourceFactory(name="Kit")

    with pytest.raises(ActionRefused, match="There is a resource with this name already"):
        actions.change_resource(resource=resource, values={"name": "kit"}, by=admin)
    actions.retire_resource(resource=resource, values={"reason": WHY}, by=admin)
    with pytest.raises(ActionRefused, match="This resource was retired"):
        actions.change_resource(resource=resource, values={"name": "Tools"}, by=admin)


def test_retire_resource_and_restore_resource(admin):
    resource = ResourceFactory()

    actions.retire_resource(resource=resource, values={"reason": WHY}, by=admin)
    assert resource not in Resource.objects.current()
    with pytest.raises(ActionRefused, match="already"):
        actions.retire_resource(resource=resource, values={"reason": WHY}, by=admin)

    actions.restore_resource(resource=resource, by=admin)
    assert resource in Resource.objects.current()
    with pytest.raises(ActionRefused, match="already"):
        actions.restore_resource(resource=resource, by=admin)


def test_restore_resource_refuses_a_name_that_another_has_by_now(admin):
    resource = ResourceFactory(name="Toolkit")
    actions.retire_resource(resource=resource, values={}, by=admin)
    ResourceFactory(name="Toolkit")

    with pytest.raises(ActionRefused, match="with this name already"):
        actions.restore_resource(resource=resource, by=admin)

    assert AuditEvent.objects.get().changes == []


@pytest.mark.parametrize("act", ["add", "change", "retire"])
def test_nothing_is_left_behind_when_the_audit_write_fails(act, admin, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError

    monkeypatch.setattr("core.audit.record", fail)
    calls = {
        "add": lambda: actions.add_role(domain=a_domain(), values={"text": "New"}, by=admin),
        "change": lambda: reworded(a_role(), admin),
        "retire": lambda: actions.retire_row(row=a_role(), values={}, by=admin),
    }
    before = list(LeadershipRole.objects.order_by("pk").values_list("pk", "retired_at"))

    with pytest.raises(RuntimeError):
        calls[act]()

    assert list(LeadershipRole.objects.order_by("pk").values_list("pk", "retired_at")) == before


def test_reworded_rows_made_for_tests_are_of_one_lineage(admin):
    role, behaviour = LeadershipRoleFactory(), BehaviourFactory()

    assert reworded(role, admin).lineage == role.pk
    assert reworded(behaviour, admin).position == behaviour.position
