"""Every filled field of every model that a client may read is in the PDF and in the Word file, or is left out for a stated reason (P31)."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format

from engagements import documents, policies
from tests.engagements.brief_samples import full_engagement, signed_version, text_of_pdf, text_of_word
from tests.factories.engagements import DecisionFactory

pytestmark = pytest.mark.django_db

WHERE_IT_STANDS = "says which record this belongs to; the brief shows it there"
SAID_LATER = "said once results come in: a dropped measure stands in no brief"
WORKING = "how the portal works, nothing about the plan"
PRIVATE = "a person's own, never passed on"
ON_ITS_PAGE = "reference matter that stands on a page of the portal"
CODE = "a code by which other lists know it; the brief names it in words"
BACKGROUND = "true of the whole area whatever is planned there; shown on no page"
FOR_CHOOSING = "narrows whom a consultant may choose; the brief names the one that was chosen"
# By which the wordings of one row follow each other; a plan prints the wording it chose.
SUCCESSION = {"replaces": WORKING, "first": WORKING, "retired_at": WORKING}
SHOWN_MODELS = {
    "accounts.User": {
        "email": PRIVATE,
        "password": PRIVATE,
        "session_mark": PRIVATE,
        "last_login": PRIVATE,
        "role": WORKING,
        "region": WORKING,
        "organisation": "a client lead's organisation is the one given on the engagement",
        "is_active": WORKING,
        "joined_at": PRIVATE,
        "wants_digest": PRIVATE,
        "digested_until": PRIVATE,
    },
    "directory.Region": {"slug": WORKING, "code": "the reference begins with it", "nudged_on": WORKING},
    "directory.ContactPoint": {
        "region": WHERE_IT_STANDS,
        "kind": "",
        "position": "the order in which they stand",
        "last_checked_on": WORKING,
        "last_checked_by": WORKING,
        "version": WORKING,
    },
    "directory.Footprint": {
        "version": WORKING,
        "number": ON_ITS_PAGE,
        "other_names": ON_ITS_PAGE,
        "ons_code": CODE,
        "lead_region": ON_ITS_PAGE,
        "lead_region_confidence": WORKING,
        "other_regions": ON_ITS_PAGE,
        "nhs_england_region": BACKGROUND,
        "population": BACKGROUND,
        "tile_column": WORKING,
        "tile_row": WORKING,
    },
    "directory.Site": {"place": ON_ITS_PAGE, "footprints": "among the STP areas of the title block"},
    "directory.Organisation": {
        "ods_code": CODE,
        "sector": "shown with a group; a client lead's organisation is only named",
        "footprints": ON_ITS_PAGE,
        "is_active": WORKING,
        "other_names": "a plan names an organisation as it is called now",
        "merged_into": WORKING,
        "version": WORKING,
    },
    "framework.LeadershipRole": {"domain": ON_ITS_PAGE, "row": WORKING} | SUCCESSION,
    "framework.Behaviour": {"domain": ON_ITS_PAGE, "row": WORKING, "position": WORKING} | SUCCESSION,
    "framework.ForwardViewStep": {
        "code": WORKING,
        "description": "the brief names the step; what it stands for is in the Five Year Forward View",
        "position": WORKING,
    }
    | SUCCESSION,
    "interventions.Intervention": {
        # What the menu said when it was planned is kept with the planned intervention, and printed from there.
        "name": "printed as the plan keeps it",
        "summary": "printed as the plan keeps it",
        "region": WORKING,
        "retired_reason": WORKING,
        "successors": WORKING,
        "version": WORKING,
        "main_domain": ON_ITS_PAGE,
        "other_domains": ON_ITS_PAGE,
        "slug": WORKING,
        "description": ON_ITS_PAGE,
        "suits": ON_ITS_PAGE,
        "typical_length": ON_ITS_PAGE,
        "roles": "the brief says what this plan develops",
        "behaviours": "the brief says what this plan develops",
        "position": WORKING,
        "retired_at": WORKING,
    },
    "interventions.Provider": {
        "regions": FOR_CHOOSING,
        "interventions": "what it can do at all; the brief says what it is to do here",
        "contact": "given by the LDP when it is needed",
        "notes": "notes of the LDP for itself",
        "version": WORKING,
        "is_active": WORKING,
    },
    "engagements.Engagement": {
        "started_from": "the same plan gives the same brief wherever the conversation began",
        "created_at": WORKING,
        "shared_at": WORKING,
        "status": "a version says what became of it; a draft says the status",
    },
    "engagements.ClientLead": {
        "engagement": WHERE_IT_STANDS,
        "is_signatory": "said in words: signs, or does not sign",
        "position": "the order in which they stand",
        "removed_at": "said in words: no longer on the plan",
    },
    "engagements.EarlyStart": {"engagement": WHERE_IT_STANDS},
    "engagements.ParticipantGroup": {"engagement": WHERE_IT_STANDS},
    "engagements.Place": {"engagement": WHERE_IT_STANDS},
    "engagements.Purpose": {"engagement": WHERE_IT_STANDS},
    "engagements.Priority": {"engagement": WHERE_IT_STANDS, "position": "printed as the number of the priority"},
    "engagements.PlannedIntervention": {
        "engagement": WHERE_IT_STANDS,
        "position": "printed as the number of the intervention",
        "is_no_cost": "said in words: no cost",
        "menu_version": WORKING,
    },
    "engagements.FundingLine": {"planned_intervention": WHERE_IT_STANDS},
    "engagements.Criterion": {"slug": WORKING, "position": WORKING, "guidance": ON_ITS_PAGE, "version": WORKING},
    "engagements.CriterionCheck": {
        "planned_intervention": WHERE_IT_STANDS,
        "worked_out": "only what it works out to now is shown, with a remark where it has changed",
    },
    "engagements.PlanVersion": {
        "engagement": WHERE_IT_STANDS,
        "document": "it is the brief",
        "settled_at": "the date of the title block",
        "has_feedback_code": "said by the codes themselves",
    },
    "engagements.Decision": {"version": WHERE_IT_STANDS, "number": WORKING, "outcome": "said in words: agreed, or wants changes"},
    "evaluation.Measure": {
        "engagement": WHERE_IT_STANDS,
        "planned_intervention": WHERE_IT_STANDS,
        **dict.fromkeys(("contribution", "dropped_on", "dropped_reason", "final_status"), SAID_LATER),
    },
}
# Rows of the database that stand for the engagement, where the model has others as well.
ROWS = {
    "accounts.User": lambda plan: [plan.lead_consultant, *plan.team.all(), *(lead.user for lead in plan.client_leads.all())],
    "directory.Region": lambda plan: [plan.lead_region],
    "directory.ContactPoint": lambda plan: plan.lead_region.contact_points.all(),
    "directory.Footprint": lambda plan: [p.footprint for p in plan.places.all() if p.footprint],
    "directory.Site": lambda plan: [p.site for p in plan.places.all() if p.site],
    "directory.Organisation": lambda plan: [g.organisation for g in plan.groups.all() if g.organisation],
    "framework.LeadershipRole": lambda plan: [r for p in plan.priorities.all() for r in p.roles.all()],
    "framework.Behaviour": lambda plan: [r for p in plan.priorities.all() for r in p.behaviours.all()],
    "framework.ForwardViewStep": lambda plan: [s for p in plan.purposes.all() for s in p.forward_view_steps.all()],
    "interventions.Intervention": lambda plan: [p.intervention for p in plan.planned_interventions.all() if p.intervention],
    "interventions.Provider": lambda plan: [p.provider for p in plan.planned_interventions.all() if p.provider],
}


def as_pdf(version):
    return text_of_pdf(documents.render_signed(version))


def as_word(version):
    stamp = documents.stamp_version(version, version.decisions.order_by("at", "pk"))
    return text_of_word(documents.render_word(documents.from_json(version.document), stamp))


@pytest.fixture(params=[as_pdf, as_word])
def printed(request):
    engagement = full_engagement()
    version = signed_version(engagement)
    return engagement.load_plan(), request.param(version).lower()


def fields_of(label):
    model = apps.get_model(label)
    names = [field.name for field in (*model._meta.concrete_fields, *model._meta.many_to_many) if not field.primary_key]
    return [name for name in names if not SHOWN_MODELS[label].get(name)]


def words_for(row, name):
    """Return how the brief writes one field of a row: a list of texts, none where the field is not filled."""
    field = row._meta.get_field(name)
    if field.many_to_many:
        return [str(target) for target in getattr(row, name).all()]
    value = getattr(row, name)
    if value in (None, ""):
        return []
    if field.choices:
        return [str(getattr(row, f"get_{name}_display")())]
    if isinstance(field, models.DateTimeField):
        return [date_format(timezone.localtime(value), "DATE_FORMAT")]
    if isinstance(field, models.DateField):
        return [date_format(value, "DATE_FORMAT")]
    if isinstance(value, Decimal):
        return ["no cost"] if value == 0 else [policies.pounds(value)]
    if field.is_relation:
        return [value.name if hasattr(value, "name") else str(value)]
    return [str(value)]


def test_p31_list_of_exclusions_names_existing_fields_only():
    for label, excluded in SHOWN_MODELS.items():
        names = {field.name for field in apps.get_model(label)._meta.get_fields()}
        assert set(excluded) <= names, label


def test_p31_no_model_of_an_engagement_is_forgotten():
    ours = {model._meta.label for app in ("engagements", "evaluation") for model in apps.get_app_config(app).get_models()}
    not_in_the_brief = {
        "engagements.StatusChange",
        "engagements.BriefFile",
        "engagements.Comment",  # Said about the plan, and no part of it.
        "engagements.Message",  # How the portal tells people.
        "engagements.VersionReading",  # Who has looked at a version: the portal’s own record.
        "evaluation.MeasureSuggestion",
        # What came of the plan has pages of its own.
        *(
            f"evaluation.{name}"
            for name in (
                "Result",
                "EarlierTarget",
                "FeedbackForm",
                "FeedbackLink",
                "FeedbackAnswer",
                "Learning",
                "DeliveredSession",
            )
        ),
    }

    assert ours - not_in_the_brief <= set(SHOWN_MODELS)


def test_p31_every_filled_field_is_printed(printed):
    plan, text = printed
    missing, empty = [], []

    for label in SHOWN_MODELS:
        rows = list(ROWS[label](plan)) if label in ROWS else list(apps.get_model(label).objects.all())
        for name in fields_of(label):
            found = [words for row in rows for words in words_for(row, name)]
            empty += [] if found else [f"{label}.{name}"]
            missing += [f"{label}.{name}: {words}" for words in found if "".join(words.split()).lower() not in text]

    assert not empty, f"The sample leaves these empty, so nothing is known about them: {empty}"
    assert not missing, f"Filled and not printed: {missing}"


def test_p31_excluded_words_that_stand_in_sentences_are_there(printed):
    _, text = printed

    for sentence in (
        "Agreed to this plan",
        "Deputy for Absent Lead",
        "by Deputy Lead, Deputy’s job, Organisation of the deputy, on behalf of Absent Lead",
        "does not sign",
        "One after the other",
        "no cost",
        "first planned",
        "area by site",
    ):
        assert "".join(sentence.split()).lower() in text


def test_draft_says_the_status_and_hides_the_addresses_of_people():
    engagement = full_engagement()
    brief = documents.load_brief(engagement)
    pdf = documents.render_brief(brief, documents.stamp_draft(engagement, brief, on=timezone.localdate()))

    text = text_of_pdf(pdf)

    assert "Co-design" in text
    assert engagement.lead_consultant.email not in text


def test_decision_for_changes_is_said_in_words():
    engagement = full_engagement()
    version = signed_version(engagement, outcome="changes_wanted", decision="changes_wanted")

    text = text_of_pdf(documents.render_signed(version))

    assert "Wantschanges" in text
    assert DecisionFactory._meta.model.objects.first().comment.replace(" ", "") in text
