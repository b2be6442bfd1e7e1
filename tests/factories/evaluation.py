"""Measures of success."""

from datetime import date

import factory
from factory.django import DjangoModelFactory

from evaluation.enums import MeasureKind, MeasureLevel
from evaluation.models import Measure, MeasureSuggestion
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
