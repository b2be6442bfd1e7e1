"""Who people are and what opens their accounts stands in no log, error, address, cache or outbox, and in nobody else's mail (S24).

One person goes through everything that has to do with a secret; all that the portal writes meanwhile is searched for what it should not hold.
"""

import re
from smtplib import SMTPRecipientsRefused

import pytest
from django.core import mail
from django.core.cache import caches
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import policies
from accounts import tasks as account_tasks
from accounts.enums import SecurityChange
from accounts.models import Invitation
from core import outbox
from core.models import FormDraft, OutboxEntry
from tests.accounts.by_service import enter_by_service
from tests.accounts.second_factors import (
    CODE,
    code_now,
    enter_emailed_code,
    enter_password,
    hold_codes,
    is_signed_in,
    recovery_codes_of,
)
from tests.accounts.sign_in_service import a_sign_in_service, offer
from tests.engagements.situations import ready_engagement
from tests.factories.accounts import ConsultantFactory, InvitationFactory, NationalAdminFactory
from tests.factories.directory import ContactPointFactory
from tests.helpers import post, production_log, submit

pytestmark = pytest.mark.django_db

NAME, JOB, EMAIL, MOVED = "Zzcanaryname Obi", "Zzcanaryjob", "zzcanarymail@example.org", "zzcanarymoved@example.org"
PHONE, WORDS = "0115 496 7743", "zzcanarywords of a plan"
PASSWORD, WRONG, NEW = "zzcanary-password-of-old", "zzcanary-password-wrong", "zzcanary-password-of-new"
PERSONAL = [NAME, JOB, EMAIL, MOVED, PHONE, WORDS]
KEY = re.compile(r"/accounts/password/reset/key/([^/\s]+)/")


class Noting(Client):
    """A browser that remembers where it was led."""

    def __init__(self, addresses, **options):
        super().__init__(raise_request_exception=False, **options)
        self.addresses = addresses

    def request(self, **request):
        answer = super().request(**request)
        self.addresses.append(answer.headers.get("Location", ""))
        return answer


class Written:
    """All that the portal writes while one person goes through everything, and the secrets that come up."""

    def __init__(self):
        self.cached, self.addresses, self.broken, self.log = [], [], [], ""
        self.secrets = [PASSWORD, WRONG, NEW]


@pytest.fixture
def written(monkeypatch):
    """Note every key and value that is put into the cache."""
    found, backend = Written(), type(caches["default"])
    for name in ("set", "add"):
        keep = getattr(backend, name)

        def noting(self, key, value, *args, keep=keep, **kwargs):
            found.cached.append(f"{key} {value!r}")
            return keep(self, key, value, *args, **kwargs)

        monkeypatch.setattr(backend, name, noting)
    return found


@pytest.fixture
def service(settings):
    """Return the sign-in service of an organisation that the portal knows of."""
    with a_sign_in_service() as running:
        yield offer(running, settings)


def go_through_everything(written, service, monkeypatch):
    """Let one person sign in by every way, set up a second factor, forget a password, be renamed, work, and meet faults."""
    person = ConsultantFactory(full_name=NAME, job_title=JOB, email=EMAIL, password=PASSWORD)
    ContactPointFactory(region=person.region, kind="telephone", value=PHONE)
    engagement = ready_engagement(title=WORDS, lead_consultant=person, lead_region=person.region)
    client = Noting(written.addresses)
    sign_in_by_every_way(client, person, written, service)
    # What a session is known by has changed with the password, and changes again with the address.
    person.refresh_from_db()
    client.force_login(person)
    work(client, engagement)
    be_kept_by_an_admin(Noting(written.addresses), person, written)
    person.refresh_from_db()
    client.force_login(person)
    meet_faults(client, person, written, monkeypatch)


def sign_in_by_every_way(client, person, written, service):
    """Use passwords, right and wrong, an app, recovery codes, a code and a link by email, a sign-in service, and an invitation."""
    enter_password(client, person, WRONG)
    enter_password(client, person, PASSWORD)
    assert is_signed_in(client)
    written.secrets.append(client.cookies["sessionid"].value)
    client.get(reverse("mfa_activate_totp"))
    secret = client.session["mfa.totp.secret"]
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert answer.status_code == 302
    client.post(reverse("mfa_generate_recovery_codes"))
    client.get(reverse("accounts:recovery_code_list"))
    codes = recovery_codes_of(person)
    written.secrets += [secret, *codes]
    client.post(reverse("account_logout"))
    enter_password(client, person, PASSWORD)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    client.post(reverse("mfa_authenticate"), {"code": codes[0]})
    assert is_signed_in(client)
    client.post(reverse("account_logout"))
    enter_emailed_code(client, person)
    written.secrets.append(CODE.search(mail.outbox[-1].body).group(1))
    client.post(reverse("account_logout"))
    enter_by_service(service, client, person)
    client.post(reverse("mfa_authenticate"), {"code": codes[1]})
    assert is_signed_in(client)
    written.secrets += service.given
    client.post(reverse("account_reset_password"), {"email": person.email})
    key = KEY.search(mail.outbox[-1].body).group(1)
    written.secrets.append(key)
    page = client.get(f"/accounts/password/reset/key/{key}/")["Location"]
    submit(client, page, {"password1": NEW, "password2": NEW})
    token = policies.invitation_token(InvitationFactory(person=person))
    written.secrets.append(token)
    client.get(reverse("accounts:invitation_detail", args=[token]))
    client.post(reverse("accounts:invitation_accept"), {"token": token})
    client.get(reverse("accounts:invitation_detail", args=[f"{token}x"]))


def work(client, engagement):
    """Look for words, keep a draft, and send a plan to its signatories."""
    for name in ("engagements:engagement_list", "directory:organisation_list", "accounts:person_list"):
        client.get(reverse(name), {"q": f"{WORDS} {EMAIL}"})
    post(client, reverse("core:draft_save"), {"draft_subject": "/", "draft_owner": "1", "title": WORDS})
    answer = submit(client, reverse("engagements:engagement_submit", args=[engagement.reference]), {"message": WORDS})
    assert answer.status_code == 302
    outbox.work_off()


def be_kept_by_an_admin(client, person, written):
    """Let an admin give a person another address, and invite them to it."""
    client.force_login(NationalAdminFactory())
    client.get(reverse("accounts:person_list"), {"q": NAME})
    answer = submit(client, reverse("accounts:person_edit", args=[person.pk]), {"email": MOVED})
    assert answer.status_code == 302
    post(client, reverse("accounts:person_invite", args=[person.pk]))
    outbox.work_off()
    written.secrets += [policies.invitation_token(invitation) for invitation in Invitation.objects.filter(person=person)]


def meet_faults(client, person, written, monkeypatch):
    """Break a page, with the person in what the database says, and refuse their mail, with their address in what the server says."""
    with monkeypatch.context() as broken:
        broken.setattr(
            "django.template.response.TemplateResponse.render", raising(IntegrityError(f"Key (email)=({MOVED}) {NAME}"))
        )
        answer = client.get("/menu/", {"q": WORDS})
        assert answer.status_code == 500
        written.broken.append(answer.content.decode())
        broken.setattr(EmailBackend, "send_messages", raising(SMTPRecipientsRefused({MOVED: (550, NAME.encode())})))
        with transaction.atomic():
            account_tasks.send_security_notice.delay_on_commit(person.pk, SecurityChange.PASSWORD, timezone.now().isoformat())
        outbox.work_off()
    for kind in ("plain", "secret"):
        client.get(f"/nothing/{kind}/{NEW}/", {"email": MOVED})


def raising(error):
    """Return a function that fails with an error."""

    def fail(*args, **kwargs):
        raise error

    return fail


def test_s24_nothing_personal_and_no_secret_stands_where_it_should_not(written, service, monkeypatch):
    hold_codes(monkeypatch)

    with production_log() as log:
        go_through_everything(written, service, monkeypatch)

    places = {
        "the log": log.getvalue(),
        "what is cached": "\n".join(written.cached),
        "an address": "\n".join(written.addresses),
        "the page of an error": "\n".join(written.broken),
        "the outbox": "\n".join(map(str, OutboxEntry.objects.values_list("key", "task", "arguments", "fault", "holder"))),
    }
    assert all(places.values())
    assert {
        place: told
        for place, text in places.items()
        if (told := [word for word in (*PERSONAL, *written.secrets) if word.lower() in text.lower()])
    } == {}
    assert "IntegrityError" in places["the log"]
    assert "SMTPRecipientsRefused" in places["the outbox"]
    # A secret is told to its owner alone, and no password to anybody.
    theirs = {EMAIL, MOVED}
    assert [
        message.subject
        for message in mail.outbox
        for secret in written.secrets
        if secret in message.body and not theirs & set(message.to)
    ] == []
    assert not any(password in str(message.message()) for message in mail.outbox for password in (PASSWORD, WRONG, NEW))
    assert len({secret for secret in written.secrets for message in mail.outbox if secret in message.body}) >= 3
    # What is kept of forms that were not saved holds no secret.
    kept = FormDraft.objects.values_list("data", flat=True)
    assert not any(secret in str(data) for data in kept for secret in written.secrets)
