"""The status page tells national admins how the portal is at work, and lets them have tried again what was given up."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core import outbox, upkeep
from core.models import AuditEvent, OutboxEntry, OutboxStatus
from core.refusals import ActionRefused
from engagements.enums import EngagementStatus, MessageStatus
from engagements.models import BriefFile, Message, PlanVersion
from tests.engagements.situations import engagement_at
from tests.factories.accounts import ConsultantFactory, NationalAdminFactory, RegionalAdminFactory, StpLeadFactory
from tests.helpers import as_user, post, text_of

pytestmark = pytest.mark.django_db

STATUS = "/manage/status/"


@pytest.fixture
def national():
    return NationalAdminFactory()


def given_up(task="engagements.tasks.render_signed_brief", arguments=(0,)):
    now = timezone.now()
    fields = {"task": task, "arguments": list(arguments), "asked_at": now, "due_at": now, "ended_at": now}
    return OutboxEntry.objects.create(key=f"{task} {arguments}", status="failed", tries=8, fault="OSError", **fields)


def words_for(person):
    return text_of(as_user(person).get(STATUS))


def test_quiet_portal_says_so(national):
    words = words_for(national)

    assert "No plan was agreed." in words
    assert "Nothing waits." in words
    assert "None failed." in words
    assert "Back-up Never Overdue" in words
    assert "Verified restore Never Overdue" in words
    assert "Nothing was given up." in words
    assert "Version of the portal 0.1.0" in words


@pytest.mark.parametrize("make", [ConsultantFactory, RegionalAdminFactory, StpLeadFactory])
def test_status_and_effect_retry_are_for_national_admins_alone(make):
    client, entry = as_user(make()), given_up()

    assert client.get(STATUS).status_code == 403
    assert post(client, reverse("effect_retry", args=[entry.pk])).status_code == 403
    assert OutboxEntry.objects.get(pk=entry.pk).status == OutboxStatus.FAILED


def test_status_asks_a_stranger_to_sign_in(client):
    assert client.get(STATUS).headers["Location"].startswith(reverse("account_login"))


@pytest.mark.django_db(transaction=True)
def test_share_of_briefs_that_were_ready_in_time(national):
    now = timezone.now()
    for made_after in (3, 10, 11, None):
        version = engagement_at(EngagementStatus.AGREED).versions.get()
        agreed = now - timedelta(days=1)
        PlanVersion.objects.filter(pk=version.pk).update(settled_at=agreed)
        if made_after is None:
            BriefFile.objects.filter(version=version).delete()
        else:
            BriefFile.objects.filter(version=version).update(created_at=agreed + timedelta(seconds=made_after))
    old = engagement_at(EngagementStatus.AGREED).versions.get()
    PlanVersion.objects.filter(pk=old.pk).update(settled_at=now - timedelta(days=31))

    words = words_for(national)

    assert "2 of 4 (50%) were ready within 10 seconds of sign-off." in words
    assert "Missing 1 not made yet." in words


@pytest.mark.parametrize(("minutes", "is_late"), [(0.1, False), (1, True)])
def test_oldest_effect_is_late_after_a_while(national, minutes, is_late):
    since = timezone.now() - timedelta(minutes=minutes)
    OutboxEntry.objects.create(key="k", task="core.tasks.none", asked_at=since, due_at=since)

    words = words_for(national)

    assert f"1, the oldest since {timezone.localtime(since):%-d %B %Y, %H:%M}." in words
    assert ("Late Nothing is processing it, or there is more to do than the workers can manage." in words) is is_late


def test_emails_that_could_not_be_sent_are_counted(national):
    engagement = engagement_at(EngagementStatus.IN_REVIEW)
    Message.objects.filter(engagement=engagement).update(status=MessageStatus.FAILED, sent_at=None)

    assert "1 could not be sent." in words_for(national)


def test_upkeep_shows_its_day_and_note_and_is_overdue_after_a_while(national):
    now = timezone.now()
    upkeep.note("backup", "portal-2026-11-20.tar.gz", at=now - timedelta(days=3))
    upkeep.note("restore", "0 differences", at=now - timedelta(days=6))

    words = words_for(national)

    assert f"{timezone.localtime(now - timedelta(days=3)):%-d %B %Y, %H:%M} Overdue portal-2026-11-20.tar.gz" in words
    assert f"{timezone.localtime(now - timedelta(days=6)):%-d %B %Y, %H:%M} 0 differences" in words


def test_effect_that_was_given_up_is_told_by_what_it_does(national):
    given_up(arguments=(12345,))

    words = words_for(national)

    assert "OSError tried 8 times" in words
    assert "Try again" in words
    assert "engagements.tasks" not in words
    assert "12345" not in words


def test_effect_whose_task_is_no_more_is_still_shown(national):
    given_up(task="engagements.tasks.of_an_older_release")

    assert "engagements.tasks.of_an_older_release" in words_for(national)


def test_only_the_latest_that_were_given_up_are_shown(national):
    for number in range(21):
        given_up(arguments=(number,))

    words = words_for(national)

    assert words.count("OSError") == 20
    assert "The latest are shown." in words


@pytest.mark.django_db(transaction=True)
def test_effect_retry_has_it_tried_again_and_says_so(national, monkeypatch):
    entry, rung = given_up(), []
    monkeypatch.setattr(outbox, "ring", rung.append)

    response = post(as_user(national), reverse("effect_retry", args=[entry.pk]), follow=True)

    again = OutboxEntry.objects.get(pk=entry.pk)
    assert (again.status, again.tries, again.fault) == (OutboxStatus.WAITING, 0, "")
    assert rung == [entry.pk]
    assert "It is being tried again." in text_of(response)
    event = AuditEvent.objects.get(trail="outbox")
    assert (event.actor, event.verb, event.subject_id) == (national, "tried again", entry.pk)


def test_effect_retry_is_refused_where_it_waits_already(national):
    entry = given_up()
    OutboxEntry.objects.filter(pk=entry.pk).update(status=OutboxStatus.WAITING)

    response = post(as_user(national), reverse("effect_retry", args=[entry.pk]), follow=True)

    assert "Somebody has had this tried again already." in text_of(response)
    assert not AuditEvent.objects.filter(trail="outbox").exists()


def test_effect_that_is_not_there_is_not_found(national):
    assert post(as_user(national), reverse("effect_retry", args=[99])).status_code == 404


def test_retry_leaves_nothing_behind_when_its_audit_row_cannot_be_written(national, monkeypatch):
    entry = given_up()

    def fail(*args, **kwargs):
        raise ActionRefused([])

    monkeypatch.setattr("core.audit.record", fail)

    with pytest.raises(ActionRefused):
        upkeep.try_effect_again(entry=entry, by=national)

    assert OutboxEntry.objects.get(pk=entry.pk).status == OutboxStatus.FAILED


def test_status_is_among_the_pages_of_national_admins(national):
    assert f'href="{STATUS}"' in as_user(national).get("/manage/").content.decode()
    assert f'href="{STATUS}"' not in as_user(RegionalAdminFactory()).get("/manage/").content.decode()
