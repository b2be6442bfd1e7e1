"""Two years of the clock (D15): every job of the schedule by turns of two clocks, one five minutes ahead, and all that is due comes once, on its day."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from unittest import mock

from django.core import mail
from django.core.management import call_command
from django.utils import timezone

from accounts import actions
from accounts.enums import INVITATION_DAYS
from accounts.models import Invitation, User
from core import audit
from directory.models import ContactPoint
from directory.policies import month_after
from engagements.enums import EngagementStatus, VersionOutcome
from engagements.models import PlanVersion
from ldp_portal.management.commands import run_jobs
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory
from tests.factories.directory import ContactPointFactory, RegionFactory
from tests.factories.engagements import ClientLeadFactory, EngagementFactory, ParticipantGroupFactory, PlanVersionFactory

DAY = timedelta(days=1)
SKEW = timedelta(minutes=5)
FIRST, LAST = date(2016, 1, 1), date(2017, 12, 31)
# A leap day, both changes of the clocks of each year, the turn of a year.
TURNS = [date(2016, 2, 29), date(2016, 3, 27), date(2016, 10, 30), date(2016, 12, 31), date(2017, 3, 26), date(2017, 10, 29)]
ROUND_TURNS = [turn + DAY * shift for turn in TURNS for shift in (-1, 0, 1)]
EVERY_DAY = [FIRST + DAY * number for number in range((LAST - FIRST).days + 1)]
# Minutes after midnight at which the jobs run: round midnight, the hours that the clocks leave out or repeat, and the morning's mail.
ROUND_THE_TURNS = [0, 2, 62, 90, 118, 122, 180, 412, 415, 417, 419, 420, 422, 435, 720, 1435, 1438]
# When something happens on top: round midnight and the morning, when each process takes it for another day or hour.
EVENTFUL = {0, 118, 416, 417, 418, 419, 420, 421, 1438}
OTHERWISE = [1, 416, 418, 421, 1080]
SETTLED_AFTER_DAYS = 10


@dataclass
class Outcome:
    """How often both processes ran all jobs, how many emails went, and what is wrong."""

    rounds: int = 0
    emails: int = 0
    wrong: list = field(default_factory=list)


class _Kind(type):
    """What is a moment elsewhere is one here."""

    def __instancecheck__(cls, value):
        return isinstance(value, datetime)


class _Hands(datetime, metaclass=_Kind):
    """What the portal reads the time from: every part of it asks Django, which asks this."""

    moment = datetime(2016, 1, 1, tzinfo=UTC)

    @classmethod
    def now(cls, tz=None):
        return cls.moment.astimezone(tz)


class _World:
    """Who is to be written to, and on which days."""

    def __init__(self, days, hands):
        self.days, self.wanted = days, Counter()
        ContactPoint.objects.all().delete()
        User.objects.update(wants_digest=False)
        hands.moment = _midnight(days[0]) - 20 * DAY
        self._nudged()
        self._reminded()
        User.objects.update(wants_digest=False)
        self.reader, self.colleague = ConsultantFactory(wants_digest=True), NationalAdminFactory(wants_digest=False)
        self.engagement = EngagementFactory(lead_consultant=self.reader)
        self.group = ParticipantGroupFactory(engagement=self.engagement)
        self.wanted.update((self.reader.email, day) for day in days)
        self.told, self.ends = [], {}

    def _nudged(self):
        """Two admins of a region whose contacts nobody checks: an email a month."""
        region = ContactPointFactory(region=RegionFactory()).region
        admins = [RegionalAdminFactory(region=region, wants_digest=False) for _ in range(2)]
        last = None
        for day in self.days:
            if last is None or month_after(last) <= day:
                self.wanted.update((admin.email, day) for admin in admins)
                last = day

    def _reminded(self):
        """Signatories and deputies of plans that are due round each turn: one email before, and one each after it."""
        for due_on in [turn + DAY * shift for turn in TURNS for shift in (-2, -1, 0, 1, 2, 3, 4)]:
            asked_at = _midnight(due_on - 6 * DAY)
            version = PlanVersionFactory(
                engagement=EngagementFactory(status=EngagementStatus.IN_REVIEW), due_on=due_on, submitted_at=asked_at
            )
            lead = ClientLeadFactory(engagement=version.engagement, position=1)
            deputy = ClientLeadFactory(engagement=version.engagement, is_signatory=False, deputy_for=lead)
            before = [day for day in self.days if due_on - 3 * DAY <= day <= due_on][:1]
            after = [day for day in self.days if due_on < day <= due_on + SETTLED_AFTER_DAYS * DAY][:1]
            self.wanted.update((lead.user.email, day) for day in before + after)
            self.wanted.update((deputy.user.email, day) for day in after)

    def happen(self, day):
        """Let something happen on the reader's engagement that a summary is to tell once."""
        if day + DAY in self.days:
            self.told.append(f"thing {len(self.told):05}")
            audit.record("added", self.group, by=self.colleague, trail=self.engagement.trail, label=self.told[-1])

    def invite(self, day):
        """Invite a colleague whose link ends after its days, and settle what has been late for long."""
        guest = ConsultantFactory(wants_digest=False, last_login=None)
        link = actions.send_invitation(person=guest, by=self.colleague)
        self.ends[link.pk] = timezone.now() + timedelta(days=INVITATION_DAYS)
        self.wanted[guest.email, day] += 1
        late = PlanVersion.objects.filter(outcome=VersionOutcome.WAITING, due_on__lt=day - SETTLED_AFTER_DAYS * DAY)
        late.update(outcome=VersionOutcome.RECALLED, settled_at=timezone.now())

    def links_are_right(self):
        """Tell whether those links lead somewhere whose time has not come, and no others."""
        now = timezone.now()
        found = set(Invitation.objects.open(now).filter(pk__in=self.ends).values_list("pk", flat=True))
        return found == {pk for pk, end in self.ends.items() if now < end}


def run(days):
    """Run all jobs on these days, in the two processes by turns; must be within a transaction that is rolled back."""
    outcome, sent, texts = Outcome(), Counter(), []
    fault = mock.patch.object(run_jobs.logger, "exception", side_effect=lambda *words: outcome.wrong.append(f"{words}"))
    # A connection is not let go in the middle of the drill's transaction.
    kept = mock.patch.object(run_jobs, "close_old_connections")
    with mock.patch.object(timezone, "datetime", _Hands), fault, kept:
        hands = _Hands
        world = _World(days, hands)
        mail.outbox = []
        # The summary of the first morning has something to tell.
        hands.moment = _midnight(days[0]) - timedelta(hours=1)
        world.happen(days[0])
        for day in days:
            hands.moment = _midnight(day)
            world.invite(day)
            for minutes in ROUND_THE_TURNS if day in ROUND_TURNS else OTHERWISE:
                for ahead in (timedelta(), SKEW):
                    hands.moment = _midnight(day) + timedelta(minutes=minutes) + ahead
                    call_command("run_jobs")
                    outcome.rounds += 1
                    if not world.links_are_right():
                        outcome.wrong.append(f"a link is open that has ended, or the other way round, at {hands.moment}")
                # What the one that is not ahead writes down stands before what the other has just read.
                hands.moment -= SKEW
                if minutes in EVENTFUL:
                    world.happen(day)
            sent.update((email.to[0], day) for email in mail.outbox)
            texts += [email.body for email in mail.outbox if email.to == [world.reader.email]]
            mail.outbox = []
    outcome.emails = sum(sent.values())
    outcome.wrong += [f"missed: {times} to {who} on {day}" for (who, day), times in (world.wanted - sent).items()]
    outcome.wrong += [f"doubled: {times} to {who} on {day}" for (who, day), times in (sent - world.wanted).items()]
    told = Counter(re.findall(r"thing \d{5}", "\n".join(texts)))
    outcome.wrong += [f"{thing} was told {told[thing]} times" for thing in world.told if told[thing] != 1]
    return outcome


def _midnight(day):
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - made aware here
