"""What becomes of plans when the framework is given other words: they keep theirs, and signed ones never move (P38)."""

from pathlib import Path

import pytest
from django.urls import reverse

from engagements import actions, documents, forms, policies
from engagements.enums import EngagementStatus
from engagements.models import BriefFile, Criterion, PlanVersion
from framework import actions as framework
from tests.engagements.brief_samples import reread
from tests.engagements.situations import engagement_at
from tests.engagements.typed import posted
from tests.factories.accounts import NationalAdminFactory
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory, PriorityFactory, PurposeFactory
from tests.factories.framework import a_behaviour, a_domain, a_role, a_step
from tests.factories.interventions import InterventionFactory
from tests.helpers import as_user, soup, text_of

pytestmark = pytest.mark.django_db
WHY = {"reason": "Clearer for new leaders"}


@pytest.fixture
def admin():
    return NationalAdminFactory()


def reword_everything(by):
    """Give other words to a role, a behaviour, a step, a domain and the guidance on every criterion."""
    framework.change_row(row=a_role(), values={"text": "Other role words"} | WHY, by=by)
    framework.change_row(row=a_behaviour(), values={"text": "Other behaviour words"} | WHY, by=by)
    framework.change_row(row=a_step(), values={"name": "Other step words", "kind": "enabler"} | WHY, by=by)
    framework.change_domain(domain=a_domain(), values={"name": "Other domain words"} | WHY, by=by)
    for criterion in Criterion.objects.all():
        actions.change_criterion(criterion=criterion, values={"guidance": "Other guidance"}, by=by)


def test_p38_a_signed_brief_stays_the_same_to_the_byte(admin, django_capture_on_commit_callbacks, client):
    with django_capture_on_commit_callbacks(execute=True):
        engagement = engagement_at(EngagementStatus.AGREED)
    role, step = a_role().text, a_step().name
    reader = as_user(engagement.lead_consultant)
    version = PlanVersion.objects.get()
    url = {
        name: reverse(f"engagements:{name}", args=[engagement.reference, *args])
        for name, args in (("plan_detail", []), ("brief_detail", []), ("version_detail", [1]), ("version_download", [1]))
    }
    pdf = Path(BriefFile.objects.get().file.path).read_bytes()
    before = {name: text_of(reader.get(url[name])) for name in ("plan_detail", "brief_detail", "version_detail")}

    reword_everything(admin)

    after = PlanVersion.objects.get()
    assert (after.document, after.content_hash) == (version.document, version.content_hash)
    assert documents.content_hash(documents.from_json(after.document)) == version.content_hash
    assert reader.get(url["version_download"]).content == pdf
    assert {name: text_of(reader.get(url[name])) for name in before} == before
    assert role in before["version_detail"]
    assert step in before["version_detail"]
    public = text_of(client.get(a_domain().get_absolute_url()))
    assert "Other domain words" in public
    assert "Other role words" in public
    assert "Other behaviour words" in public


def test_p38_a_plan_in_co_design_keeps_the_words_it_chose(admin):
    engagement = engagement_at(EngagementStatus.CO_DESIGN)
    before = documents.to_json(documents.load_brief(engagement))

    reword_everything(admin)

    assert documents.to_json(documents.load_brief(reread(engagement))) == before


def labels(field):
    return {label: pk for _, rows in field.choices for pk, label in rows}


@pytest.mark.parametrize(
    ("name", "find", "word"),
    [("roles", a_role, "text"), ("behaviours", a_behaviour, "text"), ("forward_view_steps", a_step, "name")],
)
def test_p38_the_form_of_an_entry_shows_its_earlier_wording_beside_the_new_one(admin, name, find, word):
    old = find()
    entry = PlannedInterventionFactory(**{name: [old]})
    new = framework.change_row(row=old, values={word: "Other words"} | WHY, by=admin)

    kept = labels(forms.PlannedInterventionForm(instance=entry).fields[name])
    fresh = labels(forms.PlannedInterventionForm(instance=type(entry)(engagement=entry.engagement)).fields[name])
    form = forms.PlannedInterventionForm(posted(title="x", **{name: [old.pk]}), instance=entry)

    assert kept[f"{old} (earlier wording)"] == old.pk
    assert kept["Other words"] == new.pk
    assert list(kept).index(f"{old} (earlier wording)") + 1 == list(kept).index("Other words")
    assert fresh["Other words"] == new.pk
    assert not [label for label in fresh if str(old) in label]
    assert form.is_valid(), form.errors
    assert list(form.values[name]) == [old]


def test_an_entry_that_has_a_retired_row_says_that_it_is_not_offered_any_more(admin):
    role = a_role()
    entry = PriorityFactory(roles=[role])
    framework.retire_row(row=role, values=WHY, by=admin)

    choices = labels(forms.PriorityForm(instance=entry).fields["roles"])

    assert choices[f"{role} (no longer offered)"] == role.pk


def test_a_retired_row_cannot_be_chosen_anew(admin):
    role = a_role()
    framework.retire_row(row=role, values=WHY, by=admin)
    entry = PriorityFactory()

    form = forms.PriorityForm(posted(statement="x", roles=[role.pk]), instance=entry)

    assert not form.is_valid()
    assert list(form.errors) == ["roles"]


def test_p38_the_advice_is_the_same_after_other_words(admin):
    engagement = EngagementFactory()
    PriorityFactory(engagement=engagement, roles=[a_role()], behaviours=[a_behaviour()])
    InterventionFactory(roles=[a_role()], behaviours=[a_behaviour()], name="Does both")
    reader = as_user(engagement.lead_consultant)
    url = reverse("engagements:advice_list", args=[engagement.reference])

    def ranks():
        return [
            heading.get_text(strip=True) for heading in soup(reader.get(url)).select(".app-advice__item h2, .app-advice__item h3")
        ]

    before = ranks()
    framework.change_row(row=a_role(), values={"text": "Other role words"} | WHY, by=admin)
    framework.change_row(row=a_behaviour(), values={"text": "Other behaviour words"} | WHY, by=admin)

    assert before
    assert ranks() == before
    assert "Other role words" in text_of(reader.get(url))


def test_p38_a_plan_in_new_words_answers_priorities_in_the_old_ones(admin):
    engagement = EngagementFactory()
    old_role, old_step = a_role(), a_step()
    priority = PriorityFactory(engagement=engagement, roles=[old_role])
    PurposeFactory(engagement=engagement, forward_view_steps=[old_step])
    new_role = framework.change_row(row=old_role, values={"text": "Other words"} | WHY, by=admin)
    new_step = framework.change_row(row=old_step, values={"name": "Other words"} | WHY, by=admin)
    PlannedInterventionFactory(engagement=engagement, serves=[priority], roles=[new_role], forward_view_steps=[new_step])

    remarks = [remark.sentence for remark in policies.contradictions(reread(engagement).load_plan())]

    assert not [sentence for sentence in remarks if "develops none" in sentence or "Purpose names" in sentence]
