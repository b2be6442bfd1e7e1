"""Measures of success."""

from datetime import date, timedelta

import factory
from factory.django import DjangoModelFactory

from evaluation.enums import MeasureKind, MeasureLevel, Moment, Reached
from evaluation.models import EarlierTarget, Measure, MeasureSuggestion, Result
from tests.factories.accounts import ConsultantFactory
from tests.factories.engagements import EngagementFactory
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
