"""The brief as a value: composed without the database, kept as JSON, known by its hash, stamped beside its content."""

import dataclasses
import json
from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from types import UnionType
from typing import get_args, get_origin, get_type_hints

import pytest
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from hypothesis import given
from hypothesis import settings as trials
from hypothesis import strategies as st

from accounts.models import User
from directory.enums import ContactKind
from directory.models import Organisation
from engagements import actions, documents
from engagements.documents import brief as parts
from engagements.enums import CriterionSlug, DecisionOutcome, EngagementStatus, Finding, FundingCertainty, VersionOutcome
from engagements.models import ClientLead, Criterion, Engagement
from tests.engagements.brief_samples import full_engagement, reread, signed_version
from tests.engagements.situations import decide, engagement_at, ready_engagement, waiting_version
from tests.factories.directory import OrganisationFactory
from tests.factories.engagements import (
    ClientLeadFactory,
    CriterionCheckFactory,
    EarlyStartFactory,
    EngagementFactory,
    FundingLineFactory,
    PlannedInterventionFactory,
    a_criterion,
)


def values_of(kind):
    """Return a strategy for any value of a type that a brief's field declares."""
    if dataclasses.is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{field.name: values_of(hints[field.name]) for field in fields(kind)})
    if get_origin(kind) is tuple:
        return st.lists(values_of(get_args(kind)[0]), max_size=2).map(tuple)
    if isinstance(kind, UnionType):
        return st.one_of(*(values_of(argument) for argument in get_args(kind)))
    if kind is type(None):
        return st.none()
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    return {str: st.text(max_size=8), int: st.integers(), bool: st.booleans()}[kind]


BRIEFS = values_of(parts.Brief)


@trials(max_examples=40)
@given(BRIEFS)
def test_brief_comes_back_from_json_as_it_went(brief):
    document = json.loads(json.dumps(documents.to_json(brief)))

    again = documents.from_json(document)

    assert again == brief
    assert documents.content_hash(again) == documents.content_hash(brief)


@trials(max_examples=20)
@given(BRIEFS, BRIEFS)
def test_two_briefs_share_a_hash_only_where_they_are_the_same(one, other):
    assert (documents.content_hash(one) == documents.content_hash(other)) == (one == other)


@pytest.fixture
def document(db):
    return documents.to_json(documents.load_brief(full_engagement()))


def test_stored_document_holds_plain_values_only(document):
    def check(value):
        assert type(value) in (dict, list, str, int, bool, type(None)), value
        for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            check(part)

    check(document)


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda d: [], "is not an object"),
        (lambda d: {**d, "format": 2}, "format 2"),
        (lambda d: {k: v for k, v in d.items() if k != "format"}, "format None"),
        (lambda d: {k: v for k, v in d.items() if k != "title"}, "document lacks title"),
        (lambda d: {**d, "price": 1}, "unknown parts: price"),
        (lambda d: {**d, "title": 1}, "document.title is not a str"),
        (lambda d: {**d, "planned": {}}, "document.planned is not a list"),
        (lambda d: {**d, "planned": [[]]}, r"document.planned\[0\] is not an object"),
        (lambda d: {**d, "region": None}, "document.region is not an object"),
        (lambda d: {**d, "people": {**d["people"], "clarity": "muddy"}}, "document.people.clarity has a value that is not known"),
        (lambda d: {**d, "people": {**d["people"], "clarity": []}}, "not known"),
        (lambda d: {**d, "groups": [{**d["groups"][0], "headcount": "12"}]}, r"groups\[0\].headcount is not a int"),
        (lambda d: {**d, "groups": [{**d["groups"][0], "headcount": True}]}, r"groups\[0\].headcount is not a int"),
    ],
)
def test_spoilt_document_is_refused_with_the_place(document, spoil, sentence):
    with pytest.raises(documents.UnreadableBrief, match=sentence):
        documents.from_json(spoil(document))


def test_least_engagement_gives_a_brief(db):
    engagement = EngagementFactory()

    brief = documents.load_brief(engagement)

    assert brief.title == engagement.title
    assert (brief.planned, brief.total_cost, brief.total_shortfall, brief.signatories) == ((), "", "", ())


def test_brief_is_composed_without_reading_the_database(db, django_assert_num_queries):
    engagement = full_engagement()
    engagement.load_plan()
    criteria = list(Criterion.objects.order_by("position", "pk"))
    contacts = list(engagement.lead_region.contact_points.order_by("position", "pk"))

    with django_assert_num_queries(0):
        brief = documents.compose_brief(engagement, criteria=criteria, contacts=contacts)

    assert brief == documents.load_brief(Engagement.objects.with_people().get(pk=engagement.pk))


def test_brief_names_what_lies_in_another_facet_and_never_its_row(db):
    brief = documents.load_brief(full_engagement())

    first, second = brief.planned
    assert first.audience == ("Group with organisation, Organisation of the group", "Group without organisation")
    assert first.serves == (1,)
    assert brief.areas == ("Area of the place", "Area by site")
    assert [measure.outcome for measure in first.measures] == ["Outcome with baseline"]
    assert [measure.outcome for measure in second.measures] == ["Outcome without baseline"]
    assert [measure.outcome for measure in brief.other_measures] == ["Outcome tied to nothing"]


def test_brief_adds_up_what_is_not_confirmed(db):
    brief = documents.load_brief(full_engagement())

    first, second = brief.planned
    assert (first.estimated_cost, first.shortfall) == ("12345.67", "10000.07")
    assert (second.is_cost_known, second.shortfall) == (True, "")
    assert (brief.total_cost, brief.total_shortfall) == ("12345.67", "10000.07")


def test_covered_cost_leaves_nothing_to_confirm(db):
    planned = PlannedInterventionFactory(estimated_cost=5000)
    FundingLineFactory(planned_intervention=planned, amount=6000, certainty=FundingCertainty.CONFIRMED)

    brief = documents.load_brief(reread(planned.engagement))

    assert brief.planned[0].shortfall == ""


def test_overrule_stands_beside_what_is_worked_out(db):
    planned = PlannedInterventionFactory()
    check = CriterionCheckFactory(
        planned_intervention=planned,
        criterion=a_criterion(CriterionSlug.FORWARD_VIEW),
        overruled_to=Finding.MET,
        worked_out=Finding.PARTLY,
        at=datetime(2017, 5, 2, 12, tzinfo=UTC),
    )

    brief = documents.load_brief(reread(planned.engagement))

    result = brief.planned[0].results[0]
    assert (result.worked_out, result.finding, result.is_overruled) == (Finding.NOT_YET_KNOWN, Finding.MET, True)
    assert (result.reason, result.reason_on, result.is_out_of_date) == (check.reason, "2017-05-02", True)


@pytest.mark.parametrize(
    ("kind", "value", "url"),
    [
        (ContactKind.EMAIL, "ldp@example.nhs.uk", "mailto:ldp@example.nhs.uk"),
        (ContactKind.EMAIL, "a@b.uk?bcc=c@d.uk", "mailto:a@b.uk%3Fbcc%3Dc@d.uk"),
        (ContactKind.WEBSITE, "www.example.nhs.uk/ldp", "https://www.example.nhs.uk/ldp"),
        (ContactKind.WEBSITE, "https://example.nhs.uk", "https://example.nhs.uk"),
        (ContactKind.WEBSITE, "javascript:alert(1)", "https://javascript%3Aalert%281%29"),
        (ContactKind.TELEPHONE, "01632 960001", ""),
    ],
)
def test_contact_leads_to_mail_or_a_website_only(kind, value, url):
    assert parts.Contact(kind, value, "").url == url


def test_draft_is_stamped_with_its_status_day_and_hash(db, settings):
    settings.PORTAL_ADDRESS = "https://portal.example"
    engagement = EngagementFactory(reference="EM-7777")
    brief = documents.load_brief(engagement)

    stamp = documents.stamp_draft(engagement, brief, on=date(2017, 2, 3))

    assert (stamp.edition, stamp.status, stamp.day) == ("Draft", "Co-design", date(2017, 2, 3))
    assert stamp.content_hash == documents.content_hash(brief)
    assert stamp.address == "https://portal.example/engagements/EM-7777/brief/"
    assert not stamp.is_waiting


@pytest.mark.parametrize(
    ("outcome", "edition", "is_draft"),
    [(VersionOutcome.AGREED, "Version 3", False), (VersionOutcome.CHANGES_WANTED, "Version 3, draft", True)],
)
def test_version_is_a_draft_until_it_is_agreed(db, outcome, edition, is_draft):
    version = signed_version(full_engagement(), outcome=outcome)

    stamp = documents.stamp_version(version, version.decisions.all())

    assert (stamp.edition, stamp.is_draft, stamp.day) == (edition, is_draft, date(2017, 12, 20))
    addresses = {
        False: f"/engagements/check/{version.content_hash}/",
        True: f"/engagements/{version.engagement.reference}/brief/3/",
    }
    assert stamp.address.endswith(addresses[is_draft])


def test_p15_signatories_stand_first_in_their_order_with_what_they_decided(db):
    engagement = full_engagement()
    ClientLeadFactory(engagement=engagement, user__full_name="Late signatory", position=5)
    version = signed_version(engagement, outcome=VersionOutcome.WAITING, settled_at=None)
    stamp = documents.stamp_version(version, version.decisions.all())

    rows = documents.signatures(documents.from_json(version.document), stamp)

    assert [(row.name, row.is_signatory, row.deputy_for, bool(row.decision)) for row in rows] == [
        ("Client Lead", True, "", True),
        ("Absent Lead", True, "", True),
        ("Late signatory", True, "", False),
        ("Second Lead", False, "", False),
        ("Deputy Lead", False, "Absent Lead", False),
    ]
    assert rows[0].decision.is_agreed
    assert (rows[1].decision.name, rows[1].decision.on_behalf_of) == ("Deputy Lead", "Absent Lead")
    assert not any(row.has_left for row in rows)


def test_signatory_who_left_while_the_version_waited_is_said_to_have_left(db):
    engagement = engagement_at(EngagementStatus.IN_REVIEW, signatories=2)
    staying, leaving = engagement.client_leads.with_people()
    actions.remove_client_lead(lead=leaving, by=engagement.lead_consultant)
    waiting = waiting_version(engagement)
    left = documents.left_since(waiting, engagement.client_leads.current())

    before = documents.signatures(
        documents.from_json(waiting.document), documents.stamp_version(waiting, waiting.decisions.all(), left=left)
    )
    decide(staying)
    agreed = waiting_version(engagement)
    after = documents.signatures(documents.from_json(agreed.document), documents.stamp_version(agreed, agreed.decisions.all()))

    assert [(row.name, row.has_left) for row in before] == [(staying.user.full_name, False), (leaving.user.full_name, True)]
    assert [(row.name, row.has_left) for row in after] == [(staying.user.full_name, False), (leaving.user.full_name, True)]
    assert documents.left_since(agreed, engagement.client_leads.current()) == frozenset()


def test_two_signatories_of_one_name_stand_with_a_row_each(db):
    engagement = engagement_at(EngagementStatus.IN_REVIEW, signatories=3)
    leads = list(engagement.client_leads.order_by("pk"))
    User.objects.filter(pk__in=[lead.user_id for lead in leads[:2]]).update(full_name="John Smith")
    actions.recall_engagement(engagement=engagement, by=engagement.lead_consultant)
    actions.submit_engagement(engagement=reread(engagement), values={"message": ""}, by=engagement.lead_consultant)
    decide(ClientLead.objects.get(pk=leads[1].pk))
    version = waiting_version(engagement)

    rows = documents.signatures(documents.from_json(version.document), documents.stamp_version(version, version.decisions.all()))

    assert [(row.name, bool(row.decision)) for row in rows] == [
        ("John Smith", False),
        ("John Smith", True),
        (leads[2].user.full_name, False),
    ]


@pytest.mark.parametrize(("hours", "is_said"), [(-1, True), (1, False)], ids=["before the signatures", "after them"])
def test_p10_early_start_is_said_of_the_versions_that_were_settled_after_it(db, hours, is_said):
    version = signed_version(EngagementFactory())
    start = EarlyStartFactory(engagement=version.engagement, at=version.settled_at + timedelta(hours=hours))

    stamp = documents.stamp_version(version, ())

    assert (stamp.early_start == documents.Start(start.at, start.by_name, start.reason)) is is_said
    assert (stamp.early_start is None) is not is_said


def test_version_keeps_the_names_roles_and_organisations_of_its_day(db):
    engagement = ready_engagement()
    lead = engagement.client_leads.select_related("user").get()
    ClientLead.objects.update(organisation=OrganisationFactory(name="Lincolnshire County Council"))
    User.objects.filter(pk=lead.user_id).update(job_title="Director of Adult Care")
    actions.submit_engagement(engagement=engagement, values={}, by=engagement.lead_consultant)
    decide(ClientLead.objects.get())
    version = waiting_version(engagement)
    agreed = documents.stamp_version(version, version.decisions.all())
    User.objects.update(full_name="Renamed", job_title="Promoted")
    Organisation.objects.update(name=Concat(Value("Merged "), Cast("pk", CharField())))
    again = waiting_version(engagement)

    stamp = documents.stamp_version(again, again.decisions.all())

    assert stamp == agreed
    assert stamp.submitted_by == engagement.lead_consultant.full_name
    (decision,) = stamp.decisions
    said = (decision.name, decision.job_title, decision.organisation)
    assert said == (lead.user.full_name, "Director of Adult Care", "Lincolnshire County Council")


def test_decision_stands_as_it_was_made_when_its_lead_has_no_organisation(db):
    engagement = EngagementFactory()
    lead = ClientLeadFactory(engagement=engagement, organisation=None)
    version = signed_version(engagement, decision=DecisionOutcome.CHANGES_WANTED)

    (row,) = documents.signatures(
        documents.load_brief(reread(engagement)), documents.stamp_version(version, version.decisions.all())
    )

    assert (row.name, row.organisation, row.decision.is_agreed) == (lead.user.full_name, "", False)
