"""What the sign-in pages show: the organisation's sign-in service, the accounts and the mail of a demonstration, and the square code of an authenticator app."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import qrcode
from django import template
from django.conf import settings

from accounts.enums import DEMONSTRATION_HINTS, Role
from accounts.models import User

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN_OF_EACH_ROLE = 3

register = template.Library()


@dataclass(frozen=True)
class Group:
    """The demonstration accounts of one role, with something to try; all but a few are folded away."""

    role: str
    hint: str
    people: Sequence[User]
    more: Sequence[User]

    @property
    def more_summary(self) -> str:
        """Return the words under which the rest are folded away."""
        return f"More {self.role}s"


@register.simple_tag
def demonstration_groups() -> list[Group]:
    """Return the roles that have demonstration accounts, each with its people; nothing outside a demonstration."""
    if not settings.DEMONSTRATION:
        return []
    people = list(User.objects.demonstration().select_related("region", "organisation").order_by("full_name", "pk"))
    groups = [_group(role, [person for person in people if person.role == role]) for role in Role]
    return [group for group in groups if group.people]


@register.simple_tag
def is_demonstration() -> bool:
    """Tell whether this is a demonstration, whose mail is shown on a page."""
    return bool(settings.DEMONSTRATION)


@register.simple_tag
def sign_in_service() -> str:
    """Return what the sign-in service of the organisation is called; nothing where the portal knows of none."""
    return str(settings.OIDC_NAME)


def _group(role: Role, people: Sequence[User]) -> Group:
    """Return the accounts of one role: the first of each of a few regions, then the rest."""
    first_of_regions = list({person.region_id: person for person in reversed(people)}.values())[::-1]
    shown = [person for person in people if person in first_of_regions][:SHOWN_OF_EACH_ROLE]
    shown += [person for person in people if person not in shown][: SHOWN_OF_EACH_ROLE - len(shown)]
    return Group(str(role.label), DEMONSTRATION_HINTS[role], shown, [person for person in people if person not in shown])


@register.inclusion_tag("components/qr_code.html")
def qr_code(address: str, label: str) -> dict[str, Any]:
    """Draw the square code of an address as markup of the page, so that no page takes pictures made on the fly."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(address)
    rows = code.get_matrix()
    dots = ((x, y) for y, row in enumerate(rows) for x, is_dark in enumerate(row) if is_dark)
    return {"size": len(rows), "path": "".join(f"M{x} {y}h1v1h-1z" for x, y in dots), "label": label}
