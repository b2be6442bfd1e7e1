"""People who sign in, and the links by which they are invited."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.enums import DEMONSTRATION_DOMAIN, REGIONAL_ROLES, Role
from directory.models import Organisation, Region

if TYPE_CHECKING:
    from datetime import datetime


class UserQuerySet(models.QuerySet["User"]):
    """Finds people."""

    def active(self) -> UserQuerySet:
        """Narrow to people who may sign in."""
        return self.filter(is_active=True)

    def with_email(self, email: str) -> UserQuerySet:
        """Narrow to the person of one address, whatever the case."""
        return self.filter(email__iexact=email.strip())

    def demonstration(self) -> UserQuerySet:
        """Narrow to the made-up people of a demonstration."""
        return self.active().filter(email__iendswith=f"@{DEMONSTRATION_DOMAIN}")

    def national_admins(self) -> UserQuerySet:
        """Narrow to the national admins who may sign in."""
        return self.active().filter(role=Role.NATIONAL_ADMIN)

    def found_by(self, words: str) -> UserQuerySet:
        """Search names and addresses: every word has to stand somewhere."""
        found = self
        for word in words.split():
            found = found.filter(models.Q(full_name__icontains=word) | models.Q(email__icontains=word))
        return found

    def consultants_of(self, region: Region) -> UserQuerySet:
        """Narrow to the people of one region who can work on engagements, by name."""
        return self.active().filter(region=region, role__in=REGIONAL_ROLES).order_by("full_name", "pk")


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]  # django's own way to join the two
    """Makes people."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Save a person with a hashed password, or with none: they then sign in by a code sent to their address."""
        user: User = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Save a national admin: the first account of a new installation."""
        return self.create_user(email, password, **{**fields, "role": Role.NATIONAL_ADMIN})

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the person of one address, whatever its case."""
        user: User = self.get(email__iexact=username)
        return user


class User(AbstractBaseUser):
    """A person who signs in by email."""

    email = models.EmailField("email address", max_length=254, unique=True)
    full_name = models.CharField("full name", max_length=150)
    job_title = models.CharField("job title", max_length=150, blank=True)
    role = models.CharField(max_length=20, choices=Role.choices)
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    organisation = models.ForeignKey(Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    is_active = models.BooleanField("account open", default=True, editable=False)
    wants_digest = models.BooleanField("a daily summary by email", default=True)
    digested_until = models.DateTimeField(null=True, blank=True, editable=False)
    joined_at = models.DateTimeField(default=timezone.now)
    # Part of what every session of the person is known by: a new one ends them all.
    session_mark = models.CharField(max_length=32, blank=True, default="", db_default="", editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("email"),
                name="user_one_for_each_email",
                violation_error_message="Somebody with this email address has an account already.",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values),
                name="user_role_known",
                violation_error_message="Choose a role from the list.",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=[role.value for role in REGIONAL_ROLES], region__isnull=False)
                | models.Q(role__in=[Role.NATIONAL_ADMIN.value, Role.STP_LEAD.value], region__isnull=True),
                name="user_region_fits_role",
                violation_error_message="A consultant or regional admin belongs to a region; others to none.",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def is_national_admin(self) -> bool:
        """Tell whether the person keeps the framework and sees the country."""
        return self.role == Role.NATIONAL_ADMIN

    @property
    def is_admin(self) -> bool:
        """Tell whether the person keeps things true for others: those of one region, or of all."""
        return self.role in (Role.REGIONAL_ADMIN, Role.NATIONAL_ADMIN)

    @property
    def needs_second_factor(self) -> bool:
        """Tell whether a password or a code is not enough: for admins, and for consultants where the portal is set so (S12).

        The made-up people of a demonstration have neither; a demonstration does not start on a production database.
        """
        if settings.DEMONSTRATION and self.email.endswith(f"@{DEMONSTRATION_DOMAIN}"):
            return False
        return self.is_admin or (self.role == Role.CONSULTANT and settings.SECOND_FACTOR_FOR_CONSULTANTS)

    @property
    def is_stp_lead(self) -> bool:
        """Tell whether the person is a client."""
        return self.role == Role.STP_LEAD

    @property
    def is_regional(self) -> bool:
        """Tell whether the person works for an LDP region."""
        return self.role in REGIONAL_ROLES

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what a session of the person is known by: the password and the mark that they have now."""
        known_by = f"{self.password}{self.session_mark}"
        salt = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
        return salted_hmac(salt, known_by, secret=secret, algorithm="sha256").hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Finds invitations."""

    def open(self, now: datetime) -> InvitationQuerySet:
        """Narrow to those that still lead somewhere."""
        return self.filter(revoked_at=None, expires_at__gt=now)

    def for_trail(self, trail: str) -> InvitationQuerySet:
        """Narrow to those that lead to one thing, such as an engagement."""
        return self.filter(trail=trail)


class Invitation(models.Model):
    """A link sent to one person, which leads to one page once they have signed in (P09).

    The link holds the signed key of this row and nothing else. Following it changes nothing and signs nobody in, so a mail scanner
    uses nothing up; it ends at its expiry or when it is revoked.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations")
    target = models.CharField(max_length=300)
    trail = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    # What became of the email that carries the link, where an admin asked for it: engagements keep account of their own messages.
    sent_at = models.DateTimeField(null=True, blank=True, editable=False)
    failed_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["trail"], name="invitation_trail")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="invitation_expires_after_it_was_made"
            )
        ]

    def __str__(self) -> str:
        return f"for {self.person}"
