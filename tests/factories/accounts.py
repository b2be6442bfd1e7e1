"""People who sign in."""

from datetime import timedelta

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.enums import INVITATION_DAYS, Role
from accounts.models import Invitation, User
from tests.factories.directory import a_region

PASSWORD = "correct horse battery staple"


class UserFactory(DjangoModelFactory):
    """A person without a password; `password=PASSWORD` gives one."""

    class Meta:
        model = User
        abstract = True

    class Params:
        left = factory.Trait(is_active=False)

    email = factory.Sequence(lambda n: f"person{n}@example.org")
    full_name = factory.Sequence(lambda n: f"Person {n}")

    @classmethod
    def _create(cls, model_class, *args, **fields):
        return model_class.objects.create_user(*args, **fields)


class ConsultantFactory(UserFactory):
    class Meta:
        model = User

    role = Role.CONSULTANT
    region = factory.LazyFunction(a_region)


class RegionalAdminFactory(UserFactory):
    class Meta:
        model = User

    role = Role.REGIONAL_ADMIN
    region = factory.LazyFunction(a_region)


class NationalAdminFactory(UserFactory):
    class Meta:
        model = User

    role = Role.NATIONAL_ADMIN


class StpLeadFactory(UserFactory):
    class Meta:
        model = User

    role = Role.STP_LEAD


class InvitationFactory(DjangoModelFactory):
    """A link that leads an STP lead to the page of their choice."""

    class Meta:
        model = Invitation

    class Params:
        expired = factory.Trait(
            created_at=factory.LazyFunction(lambda: timezone.now() - timedelta(days=INVITATION_DAYS, minutes=1)),
            expires_at=factory.LazyFunction(lambda: timezone.now() - timedelta(minutes=1)),
        )
        revoked = factory.Trait(revoked_at=factory.LazyFunction(timezone.now))

    person = factory.SubFactory(StpLeadFactory)
    target = "/accounts/preferences/"
    trail = "engagement:1"
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=INVITATION_DAYS))
