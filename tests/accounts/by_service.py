"""How a browser goes through the sign-in service of an organisation."""

from urllib.parse import urlsplit

from core.models import AuditEvent
from tests.helpers import soup

START, BACK, DISCONNECT = (
    "/accounts/sign-in-service/",
    "/accounts/sign-in-service/return/",
    "/accounts/sign-in-service/disconnect/",
)
SECURITY = "/accounts/security/"


def led_to(client, **data):
    """Ask to sign in, and return the address of the service that the page leads on to."""
    page = client.post(START, data)
    address = page.headers["Refresh"].removeprefix("0;url=")
    assert soup(page).select_one("main a")["href"] == address
    return address


def come_back(service, client, **data):
    """Ask to sign in, be taken by the service for whom it is told, and return the address that it sends the browser back to."""
    return service.authorize(urlsplit(led_to(client, **data)).query)


def enter_by_service(service, client, person=None, **data):
    """Sign in at the service, as far as that goes."""
    if person is not None:
        service.email = person.email
    return client.get(come_back(service, client, **data))


def events(person):
    """Return what the audit trail tells, in order, of a person and the sign-in service."""
    found = AuditEvent.objects.filter(subject_type="accounts.user", subject_id=person.pk, verb__endswith="sign-in service of")
    return list(found.order_by("pk").values_list("verb", flat=True))
