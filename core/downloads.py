"""Files that people take along: sent whole, kept by nobody on the way, and told in the audit trail (S23)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.http import content_disposition_header

from core import accesses

if TYPE_CHECKING:
    from django.db.models import Model

    from core.pdf import PdfError
    from core.requests import PortalRequest


def attached(
    request: PortalRequest, content: bytes, *, content_type: str, name: str, about: Model, holds: str = ""
) -> HttpResponse:
    """Send a file under its name, and note who took it; `about` is what it tells of, `holds` what else is in it."""
    accesses.note_download(request, about, name, holds=holds)
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(
        content, content_type=content_type, headers={"Content-Disposition": disposition, "Cache-Control": "no-store"}
    )


def say_when(response: HttpResponse, fault: PdfError) -> HttpResponse:
    """Say in how many seconds it is worth asking for a document again, where it is."""
    if fault.retry_after is not None:
        response["Retry-After"] = str(fault.retry_after)
    return response
