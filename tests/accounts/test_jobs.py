"""Once a month the admins of a region are asked to check its contact points, while one of them has not been checked for long."""

from datetime import UTC, date, datetime, time, timedelta
from smtplib import SMTPAuthenticationError, SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone

from accounts import jobs, tasks
from accounts.enums import Role
from core import outbox
from core.models import AuditEvent
from directory import actions
from directory.enums import NUDGE_FAILED
from directory.models import ContactPoint, Region
from directory.policies import month_after
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory
from tests.factories.directory import ContactPointFactory, RegionFactory
from tests.helpers import as_user, post, soup, text_of

pytestmark = pytest.mark.django_db

TODAY = date(2027, 3, 8)


@pytest.fixture
def clock(monkeypatch):
    """Return a clock that a test sets; the whole portal goes by it."""
    hands = {"now": at(TODAY)}
    monkeypatch.setattr(timezone, "now", lambda: hands["now"])
    return hands


@pytest.fixture
def region():
    """Return a region with a contact point that nobody has checked, where no other region has any."""
    ContactPoint.objects.all().delete()
    return ContactPointFactory(region=RegionFactory(name="Wolds"), value="0115 496 0123", label="Front desk").region


def send_contact_nudges(now=None):
    """Let the job begin what is due, and the outbox send it."""
    jobs.queue_contact_nudges(now)
    outbox.work_off()


def at(day, hour=9):
    return timezone.make_aware(datetime.combine(day, time(hour)))


def days_of_mail(person):
    """Return on which days somebody was asked."""
    return [email.day for email in mail.outbox if email.to == [person.email]]


def run_each_day(clock, first, last, each_day=lambda day: None):
    """Let the job run on each of these days, several times where a month turns or has come round, and note when each email went."""
    day = first
    while day <= last:
        each_day(day)
        for hour in (3, 9, 12) if day.day in (first.day, 1, 28, 29, 30, 31) else (9,):
            clock["now"] = at(day, hour)
            before = len(mail.outbox)
            send_contact_nudges()
            for email in mail.outbox[before:]:
                email.day = day
        day += timedelta(days=1)


def test_a_month_after_a_day_is_the_same_day_or_the_last_one():
    assert month_after(date(2027, 1, 15)) == date(2027, 2, 15)
    assert month_after(date(2027, 1, 31)) == date(2027, 2, 28)
    assert month_after(date(2028, 1, 31)) == date(2028, 2, 29)
    assert month_after(date(2027, 12, 31)) == date(2028, 1, 31)


@pytest.mark.parametrize("first", [date(2027, 1, 8), date(2027, 1, 31)], ids=["in the month", "on the last day"])
def test_over_two_years_exactly_one_nudge_comes_each_month_while_something_is_unchecked(clock, region, first):
    admins = [RegionalAdminFactory(region=region), RegionalAdminFactory(region=region)]

    run_each_day(clock, first, date(2028, 12, 31))

    for admin in admins:
        months = [(day.year, day.month) for day in days_of_mail(admin)]
        assert months == [(year, month) for year in (2027, 2028) for month in range(1, 13)]
    assert len(mail.outbox) == 48


def test_over_two_years_no_nudge_comes_while_everything_is_checked_within_the_days(clock, region):
    admin = RegionalAdminFactory(region=region)

    def check_now_and_then(day):
        clock["now"] = at(day, 1)
        if (day - TODAY).days % 29 == 0:
            actions.check_contacts(region=region, by=admin)

    run_each_day(clock, TODAY, TODAY + timedelta(days=730), check_now_and_then)

    assert mail.outbox == []


def test_a_nudge_comes_again_thirty_days_after_the_check_that_answered_the_last_one(clock, region):
    admin = RegionalAdminFactory(region=region)

    def check_two_days_on(day):
        if day == TODAY + timedelta(days=2):
            clock["now"] = at(day, 1)
            actions.check_contacts(region=region, by=admin)

    run_each_day(clock, TODAY, TODAY + timedelta(days=40), check_two_days_on)

    # Asked on 8 March, checked on the 10th: thirty days on is 9 April, a month after the last email.
    assert days_of_mail(admin) == [TODAY, date(2027, 4, 9)]


def test_a_nudge_says_what_is_to_check_and_leads_to_one_button(clock, region, settings):
    admin = RegionalAdminFactory(region=region, full_name="Sam Hale")
    ContactPointFactory(region=region, value="0115 496 0199", last_checked_on=TODAY)

    send_contact_nudges()

    (email,) = mail.outbox
    page = email.alternatives[0][0]
    assert email.subject == "Check the contacts of Wolds"
    assert email.to == [admin.email]
    for words in (email.body, page):
        assert "Sam Hale" in words
        assert "Front desk" in words
        assert words.count("to check") == 1
        assert f"/manage/contacts/{region.slug}/" in words
    link = email.body.split("Check the contacts:\n")[1].split("\n")[0]
    client = as_user(admin)
    response = client.get(link.removeprefix(settings.PORTAL_ADDRESS))
    assert "All of these are right" in text_of(response)
    # Reading the page has changed nothing, as the client holds it to.
    assert not ContactPoint.objects.filter(region=region, last_checked_by__isnull=False).exists()
    form = soup(response).find("button", string="All of these are right").find_parent("form")
    post(client, form["action"])
    assert set(region.contact_points.values_list("last_checked_on", "last_checked_by")) == {(TODAY, admin.pk)}


def test_a_nudge_goes_to_active_admins_of_the_region_and_to_nobody_else(clock, region):
    admin = RegionalAdminFactory(region=region)
    RegionalAdminFactory(region=region, left=True)
    RegionalAdminFactory()
    ConsultantFactory(region=region)
    NationalAdminFactory()

    send_contact_nudges()

    assert [email.to for email in mail.outbox] == [[admin.email]]


def test_a_region_without_an_admin_waits_for_one(clock, region):
    send_contact_nudges()
    assert Region.objects.get(pk=region.pk).nudged_on is None

    RegionalAdminFactory(region=region)
    send_contact_nudges()

    assert len(mail.outbox) == 1
    assert Region.objects.get(pk=region.pk).nudged_on == TODAY


def test_nothing_goes_before_the_morning(clock, region):
    RegionalAdminFactory(region=region)

    send_contact_nudges(at(TODAY, 6))
    assert mail.outbox == []

    send_contact_nudges(at(TODAY, 7))
    assert len(mail.outbox) == 1


def test_two_jobs_at_once_send_one_nudge(clock, region):
    admin = RegionalAdminFactory(region=region)

    first = actions.begin_nudge(region=region, people=[admin], now=clock["now"])
    second = actions.begin_nudge(region=region, people=[admin], now=clock["now"])

    assert (first, second) == ([admin], [])


def test_where_the_mail_server_is_down_everybody_is_asked_once_it_is_back(clock, region, monkeypatch):
    admins = [RegionalAdminFactory(region=region), RegionalAdminFactory(region=region)]

    def down(*args):
        raise SMTPAuthenticationError(535, b"no")

    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", down)
        send_contact_nudges()
    assert mail.outbox == []

    clock["now"] += timedelta(minutes=1)
    send_contact_nudges()

    assert sorted(email.to for email in mail.outbox) == sorted([person.email] for person in admins)


def test_one_refused_address_stops_nobody_else_and_is_tried_again_the_next_day(clock, region, monkeypatch, caplog):
    refused, other = RegionalAdminFactory(region=region), RegionalAdminFactory(region=region)
    send = EmailMessage.send

    def refuse(self, *args, **kwargs):
        if self.to == [refused.email]:
            raise SMTPRecipientsRefused({refused.email: (550, b"unknown")})
        return send(self, *args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", refuse)
        run_each_day(clock, TODAY, TODAY)
        outbox.work_off(clock["now"] + timedelta(hours=10))
    assert [email.to for email in mail.outbox] == [[other.email]]
    # Tried half a day and given up; the log names nobody.
    assert AuditEvent.objects.filter(verb=NUDGE_FAILED, subject_id=refused.pk).count() == 1
    assert refused.email not in caplog.text

    run_each_day(clock, TODAY + timedelta(days=1), TODAY + timedelta(days=27))

    assert days_of_mail(refused) == [TODAY + timedelta(days=1)]
    assert days_of_mail(other) == [TODAY]


def test_a_nudge_that_is_given_up_after_the_next_one_began_takes_nothing_back(clock, region):
    admin = RegionalAdminFactory(region=region)
    send_contact_nudges()

    tasks.send_contact_nudge.give_up(region.pk, admin.pk, "2027-02-08", None)

    assert Region.objects.get(pk=region.pk).nudged_on == TODAY


def test_an_admin_who_left_since_the_nudge_was_begun_gets_none(clock, region):
    admin = RegionalAdminFactory(region=region)
    jobs.queue_contact_nudges()

    type(admin).objects.update(is_active=False)
    outbox.work_off()

    assert mail.outbox == []


def test_the_trail_of_the_contacts_tells_who_was_asked(clock, region):
    admin = RegionalAdminFactory(region=region, full_name="Sam Hale")

    send_contact_nudges()

    page = text_of(as_user(admin).get(reverse("directory:contacts_history", args=[region.slug])))
    assert "The portal asked Sam Hale to check the contact points" in page


def test_an_admin_who_comes_to_a_region_is_asked_about_that_one(clock, region):
    admin = RegionalAdminFactory(region=region)
    send_contact_nudges()
    elsewhere = ContactPointFactory(region=RegionFactory()).region
    admin.region, admin.role = elsewhere, Role.REGIONAL_ADMIN
    admin.save()

    send_contact_nudges(clock["now"].astimezone(UTC))

    assert [email.subject for email in mail.outbox] == ["Check the contacts of Wolds", f"Check the contacts of {elsewhere}"]
