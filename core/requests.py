"""The request that the portal's own pages are given."""

from typing import Any

from django.http import HttpRequest


class PortalRequest(HttpRequest):
    """A request of somebody who has signed in: middleware lets nobody else reach a page that is not public."""

    user: Any
    # Set where what was posted is kept as a draft though the answer leads to another page.
    is_draft_kept: bool
