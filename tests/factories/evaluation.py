"""Measures of success."""

from datetime import date, timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from evaluation import policies
from evaluation.enums import MeasureKind, MeasureLevel, Moment, Reached, Sharing
from evaluation.models import (
    DeliveredSession,
    EarlierTarget,
    FeedbackAnswer,
    FeedbackForm,
    FeedbackLink,
    Learning,
    Measure,
    MeasureSuggestion,
    Result,
)
from evaluation.models.feedback import new_nonce
from tests.factories.accounts import ConsultantFactory, RegionalAdminFactory
from tests.factories.engagements import EngagementFactory, PlannedInterventionFactory
from tests.factories.interventions import InterventionFactory


class MeasureFactory(DjangoModelFactory):
    class Meta:
        model = Measure

    class Params:
        with_baseline = factory.Trait(baseline="42", baseline_on=date(2016, 4, 1), target="60", due_on=date(2017, 4, 1))

    engagement = factory.SubFactory(EngagementFactory)
    outcome = factory.Sequence(lambda n: f"Outcome {n}")


class MeasureSuggestionFactory(DjangoModelFactory):
    class Meta:
        model = MeasureSuggestion

    intervention = factory.SubFactory(InterventionFactory)
    position = factory.Sequence(lambda n: 100 + n)
    outcome = factory.Sequence(lambda n: f"Suggested outcome {n}")
    level = MeasureLevel.TEAM
    kind = MeasureKind.NUMBER


class ResultFactory(DjangoModelFactory):
    class Meta:
        model = Result

    class Params:
        collected = factory.Trait(collected_on=date(2017, 1, 9), value="50")
        story = factory.Trait(collected_on=date(2017, 1, 9), narrative="They ring each other now", reached=Reached.PARTLY)

    measure = factory.SubFactory(MeasureFactory)
    moment = Moment.END
    due_on = factory.Sequence(lambda n: date(2017, 1, 1) + timedelta(days=n))


class EarlierTargetFactory(DjangoModelFactory):
    class Meta:
        model = EarlierTarget

    measure = factory.SubFactory(MeasureFactory)
    target = "70"
    reason = "Two wards closed"
    replaced_by = factory.SubFactory(ConsultantFactory)


class FeedbackFormFactory(DjangoModelFactory):
    """A form that asks three questions and is being prepared."""

    class Meta:
        model = FeedbackForm

    class Params:
        opened = factory.Trait(
            opened_at=factory.LazyFunction(timezone.now),
            questions=factory.LazyAttribute(policies.questions_of),
            behaviours=[{"lineage": 1, "text": "Listens before speaking"}],
        )

    planned_intervention = factory.SubFactory(PlannedInterventionFactory)
    bank_questions = ["useful", "in_touch", "in_the_way"]
    own_question = ""
    closes_on = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=7))


class FeedbackLinkFactory(DjangoModelFactory):
    class Meta:
        model = FeedbackLink

    form = factory.SubFactory(FeedbackFormFactory, opened=True)
    token_hash = factory.LazyAttribute(lambda link: policies.token_hash(policies.feedback_token(FeedbackLink(nonce=link.nonce))))
    nonce = factory.LazyFunction(new_nonce)


class FeedbackAnswerFactory(DjangoModelFactory):
    class Meta:
        model = FeedbackAnswer

    form = factory.SubFactory(FeedbackFormFactory, opened=True)
    before = [2]
    now = [4]
    said = {"useful": 4, "in_touch": "yes", "in_the_way": "Time"}


class LearningFactory(DjangoModelFactory):
    class Meta:
        model = Learning

    class Params:
        proposed = factory.Trait(
            sharing=Sharing.LDPS, proposed_at=factory.LazyFunction(timezone.now), evidence=factory.SelfAttribute("worked")
        )
        accepted = factory.Trait(
            proposed=True, accepted_at=factory.LazyFunction(timezone.now), accepted_by=factory.SubFactory(RegionalAdminFactory)
        )

    engagement = factory.SubFactory(EngagementFactory)
    worked = factory.Sequence(lambda n: f"What worked {n}")


class DeliveredSessionFactory(DjangoModelFactory):
    class Meta:
        model = DeliveredSession

    planned_intervention = factory.SubFactory(PlannedInterventionFactory)
    held_on = date(2017, 1, 9)
