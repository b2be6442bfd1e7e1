"""Choices of the framework."""

from django.db.models import TextChoices


class StepKind(TextChoices):
    """What a Forward View step is: a gap to close, a service to change, or something that enables both."""

    GAP = "gap", "Gap to close"
    SERVICE = "service", "Service to change"
    ENABLER = "enabler", "Enabler"
