import json
import shutil
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import IntegrityError

from core import fixtures, reference
from core.models import ReferenceRow
from directory.enums import Sector
from directory.models import Footprint, Organisation
from engagements.models import Engagement
from framework.models import Behaviour, ForwardViewStep, LeadershipRole
from interventions.models import Intervention
from tests.factories.directory import OrganisationFactory, a_footprint
from tests.factories.engagements import (
    EngagementFactory,
    ParticipantGroupFactory,
    PlaceFactory,
    PlannedInterventionFactory,
    PriorityFactory,
)
from tests.factories.framework import a_domain, a_role, a_step
from tests.factories.interventions import an_intervention

pytestmark = pytest.mark.django_db
MENU_ITEM = "leadership-development-programmes"


@pytest.fixture
def folder(tmp_path, settings):
    """A copy of the fixtures that a test may change."""
    return shutil.copytree(settings.FIXTURES_DIR, tmp_path / "fixtures")


def edit(folder, name, change):
    """Change the rows of one fixture file in place."""
    path = folder / f"{name}.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    change(rows)
    path.write_text(json.dumps(rows), encoding="utf-8")


def done(reports):
    """Return what was added, changed and kept, of the models where anything was."""
    counts = {report.model: (report.added, report.changed, report.kept) for report in reports}
    return {model: numbers for model, numbers in counts.items() if any(numbers)}


def everything(*labels):
    """Return every row and every link of the tables of some apps."""
    models = [model for label in labels for model in apps.get_app_config(label).get_models(include_auto_created=True)]
    return {model._meta.label: list(model._base_manager.order_by("pk").values_list()) for model in models}


def menu_item(rows):
    return next(row for row in rows if row["slug"] == MENU_ITEM)


def test_loading_again_changes_nothing(folder):
    before = everything("framework", "directory", "interventions", "evaluation", "engagements")

    assert done(reference.load(folder)) == {}
    assert everything("framework", "directory", "interventions", "evaluation", "engagements") == before


def test_an_empty_database_is_filled_whole(folder):
    for model in ("evaluation.MeasureSuggestion", "engagements.Criterion"):
        apps.get_model(model).objects.all().delete()
        ReferenceRow.objects.filter(model=model).delete()

    reports = {report.model: report for report in reference.load(folder)}

    assert reports["engagements.Criterion"].added == 5
    assert reports["evaluation.MeasureSuggestion"].added == apps.get_model("evaluation.MeasureSuggestion").objects.count()


def test_what_changed_in_a_fixture_is_changed(folder):
    edit(folder, "interventions/intervention", lambda rows: menu_item(rows).update(summary="Shorter.", roles=[a_role().text]))

    reports = reference.load(folder)

    assert done(reports) == {"interventions.Intervention": (0, 1, 0)}
    item = an_intervention()
    assert item.summary == "Shorter."
    assert list(item.roles.all()) == [a_role()]


def test_what_was_edited_in_the_portal_is_kept(folder):
    item = an_intervention()
    Intervention.objects.filter(pk=item.pk).update(summary="Our region's words")
    item.roles.set([a_role(row=2)])

    edit(folder, "interventions/intervention", lambda rows: menu_item(rows).update(summary="New words", suits="Everybody"))
    reports = reference.load(folder)
    again = reference.load(folder)

    item.refresh_from_db()
    assert (item.summary, item.suits) == ("Our region's words", "Everybody")
    assert list(item.roles.all()) == [a_role(row=2)]
    assert done(reports) == {"interventions.Intervention": (0, 1, 1)}
    assert done(again) == {}


def test_a_field_put_back_to_the_fixtures_words_follows_the_fixture_again(folder):
    item = an_intervention()
    words = item.summary
    Intervention.objects.filter(pk=item.pk).update(summary="Our region's words")
    reference.load(folder)
    Intervention.objects.filter(pk=item.pk).update(summary=words)

    edit(folder, "interventions/intervention", lambda rows: menu_item(rows).update(summary="New words"))
    reference.load(folder)

    item.refresh_from_db()
    assert item.summary == "New words"


def test_rows_that_people_added_are_kept(folder):
    hospice = OrganisationFactory(name="Louth Hospice", sector=Sector.VOLUNTARY_AND_COMMUNITY, footprints=[a_footprint()])

    reference.load(folder)

    hospice.refresh_from_db()
    assert hospice.name == "Louth Hospice"
    assert list(hospice.footprints.all()) == [a_footprint()]


def test_an_organisation_that_people_added_first_is_kept_when_a_fixture_brings_it(folder):
    """Its name is taken: the load says so and goes on, and the person's row stands."""
    hospice = OrganisationFactory(name="Louth Hospice", sector=Sector.VOLUNTARY_AND_COMMUNITY)
    new = {"ods_code": "8XY01", "name": "LOUTH HOSPICE", "sector": "nhs", "footprints": [13]}
    edit(folder, "directory/organisation", lambda rows: rows.append(new))

    reports = reference.load(folder)

    assert done(reports) == {"directory.Organisation": (0, 0, 1)}
    hospice.refresh_from_db()
    assert (hospice.name, hospice.sector) == ("Louth Hospice", Sector.VOLUNTARY_AND_COMMUNITY)


def test_a_row_that_left_the_fixture_stays(folder):
    edit(folder, "framework/resource", lambda rows: rows.pop())
    before = everything("framework")

    reference.load(folder)

    assert everything("framework") == before


def test_a_row_that_was_removed_in_the_portal_stays_gone(folder):
    a_step().delete()

    reports = reference.load(folder)

    assert done(reports) == {"framework.ForwardViewStep": (0, 0, 1)}
    assert str(ReferenceRow.objects.get(key="care-and-quality-gap")) == "framework.ForwardViewStep care-and-quality-gap"
    assert not ForwardViewStep.objects.filter(code="care-and-quality-gap").exists()


def test_a_new_row_is_added_with_its_relations(folder):
    new = {"ods_code": "9ZZ99", "name": "Brayford Trust", "sector": "nhs", "footprints": [13, 14]}
    edit(folder, "directory/organisation", lambda rows: rows.append(new))

    reports = reference.load(folder)

    assert done(reports) == {"directory.Organisation": (1, 0, 0)}
    added = Organisation.objects.get(name="Brayford Trust")
    assert [area.number for area in added.footprints.order_by("number")] == [13, 14]


def test_a_role_reworded_in_the_portal_is_still_found_by_the_fixture_that_names_it(folder):
    role = LeadershipRole.objects.filter(interventions__slug=MENU_ITEM).order_by("pk").first()
    LeadershipRole.objects.filter(pk=role.pk).update(text="In our own words")

    reports = reference.load(folder)

    assert done(reports) == {}
    assert role in an_intervention().roles.all()


def test_a_behaviour_reworded_in_the_fixtures_is_followed_by_those_that_name_it(folder):
    behaviour = Behaviour.objects.filter(interventions__slug=MENU_ITEM).order_by("pk").first()
    old, new = behaviour.text, "A better wording"

    def reword(rows):
        for row in rows:
            if row.get("text") == old:
                row["text"] = new
            if "behaviours" in row:
                row["behaviours"] = [new if text == old else text for text in row["behaviours"]]

    edit(folder, "framework/behaviour", reword)
    edit(folder, "interventions/intervention", reword)

    reports = reference.load(folder)

    behaviour.refresh_from_db()
    assert behaviour.text == new
    assert behaviour in an_intervention().behaviours.all()
    assert done(reports) == {"framework.Behaviour": (0, 1, 0)}


def test_an_edited_relation_is_kept_when_its_rows_are_reworded(folder):
    item = an_intervention()
    item.roles.set([a_role(row=2)])
    old = a_role().text

    def reword(rows):
        for row in rows:
            if row.get("text") == old:
                row["text"] = "A better wording"
            if "roles" in row:
                row["roles"] = ["A better wording" if text == old else text for text in row["roles"]]

    edit(folder, "framework/leadership_role", reword)
    edit(folder, "interventions/intervention", reword)

    reference.load(folder)

    assert list(item.roles.all()) == [a_role(row=2)]
    assert a_role().text == "A better wording"


def test_nothing_of_an_engagement_is_touched(folder):
    engagement = EngagementFactory()
    ParticipantGroupFactory(engagement=engagement, of_an_organisation=True)
    PlaceFactory(engagement=engagement, whole_area=True)
    priority = PriorityFactory(engagement=engagement, roles=[a_role()])
    PlannedInterventionFactory(engagement=engagement, from_menu=True, serves=[priority], roles=[a_role()])
    edit(folder, "interventions/intervention", lambda rows: [row.update(summary="New", roles=[]) for row in rows])
    edit(folder, "framework/leadership_role", lambda rows: [row.update(text=f"Role {n}") for n, row in enumerate(rows)])
    edit(folder, "directory/footprint", lambda rows: [row.update(name=f"Area {row['number']}") for row in rows])
    before = everything("engagements", "accounts")

    reports = done(reference.load(folder))

    assert reports["directory.Footprint"] == (0, 44, 0)
    assert everything("engagements", "accounts") == before
    assert Engagement.objects.get().places.get().footprint == Footprint.objects.get(number=13)


def test_a_fixture_that_cannot_be_read_leaves_everything_as_it_was(folder):
    edit(folder, "framework/domain", lambda rows: rows[0].update(name="Changed"))
    edit(folder, "interventions/intervention", lambda rows: rows[0].update(main_domain="no-such-domain"))

    with pytest.raises(KeyError, match="no-such-domain"):
        reference.load(folder)

    assert a_domain().name == "Individual Effectiveness"


def test_the_command_says_what_was_done(folder):
    edit(folder, "framework/domain", lambda rows: rows[0].update(name="Changed"))
    said = StringIO()

    call_command("load_reference", folder=folder, stdout=said)

    assert "framework.Domain: 0 added, 1 changed, 0 kept as edited in the portal" in said.getvalue()


def test_every_registered_fixture_has_its_file_and_every_file_of_an_app_is_registered(settings):
    labels = {fixture.model.partition(".")[0] for fixture in fixtures.registered()}
    files = {path for label in labels for path in (settings.FIXTURES_DIR / label).rglob("*.json")}

    registered = {fixture.path for fixture in fixtures.registered()}

    assert registered == {path.relative_to(settings.FIXTURES_DIR).as_posix() for path in files}


def test_a_fixture_that_is_wrong_by_itself_stops_the_load(folder):
    edit(folder, "directory/region", lambda rows: rows.append({"slug": "new", "code": "NEW", "name": None}))

    with pytest.raises(IntegrityError):
        reference.load(folder)


def test_a_relation_to_a_row_that_left_the_fixtures_is_followed(folder):
    gone = a_role(row=1).text

    def drop(rows):
        rows[:] = [row for row in rows if row.get("text") != gone]
        for row in rows:
            if "roles" in row:
                row["roles"] = [text for text in row["roles"] if text != gone]

    using = set(Intervention.objects.filter(roles=a_role(row=1)))
    edit(folder, "framework/leadership_role", drop)
    edit(folder, "interventions/intervention", drop)

    reports = reference.load(folder)

    assert using
    assert done(reports) == {"interventions.Intervention": (0, len(using), 0)}


def test_a_fixture_registered_twice_is_loaded_once():
    known = fixtures.registered()

    fixtures.register_fixtures(*known)

    assert fixtures.registered() == known
