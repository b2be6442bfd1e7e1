"""The brief, as a page to read and as a PDF or Word file to take along."""

from __future__ import annotations

import hashlib
import logging
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from core.downloads import attached, say_when
from core.pages import post_action
from core.pdf import PdfError, place_for
from engagements import actions, documents, permissions, policies
from engagements.views.editions import read_edition, reads_working_draft, versions_of
from engagements.views.loading import load_editable, load_engagement

if TYPE_CHECKING:
    from core.requests import PortalRequest
    from engagements.models import Engagement, PlanVersion

NOTHING_YET = "Nothing has been submitted to you yet. The lead consultant will tell you when."
CANNOT_READ = "This version cannot be read any more by this release of the portal. Please tell the lead consultant."
CANNOT_OPEN = "The signed brief cannot be opened at the moment. It is safe: please try again later."

logger = logging.getLogger(__name__)


class FileKind(NamedTuple):
    """A kind of file that a brief is made into."""

    content_type: str
    ending: str


PDF = FileKind("application/pdf", "pdf")
WORD = FileKind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx")


@require_safe
def brief_detail(request: PortalRequest, reference: str) -> HttpResponse:
    """Show the brief as a page: the accessible original of the PDF."""
    engagement = load_engagement(request, reference)
    is_there, version = _own_edition(request, engagement)
    if not is_there:
        return _say(request, engagement, NOTHING_YET)
    return _page(request, engagement, version, "engagements/brief_detail.html")


@require_safe
def brief_download(request: PortalRequest, reference: str) -> HttpResponse:
    """Send the brief as a PDF: a signed one as it was stored, any other made now; whole or not at all."""
    engagement = load_engagement(request, reference)
    is_there, version = _own_edition(request, engagement)
    if not is_there:
        return _say(request, engagement, NOTHING_YET, status=404)
    return _file(request, engagement, version, page_url=reverse("engagements:brief_detail", args=[reference]))


@require_safe
def brief_word(request: PortalRequest, reference: str) -> HttpResponse:
    """Send the brief as a Word file, made now."""
    engagement = load_engagement(request, reference)
    is_there, version = _own_edition(request, engagement)
    if not is_there:
        return _say(request, engagement, NOTHING_YET, status=404)
    return _word_file(request, engagement, version)


@require_safe
def version_detail(request: PortalRequest, reference: str, number: int) -> HttpResponse:
    """Show one submitted version as a page, whatever has become of the plan since."""
    engagement = load_engagement(request, reference)
    version = _load_version(engagement, number)
    return _page(request, engagement, version, "engagements/version_detail.html")


@require_safe
def version_download(request: PortalRequest, reference: str, number: int) -> HttpResponse:
    """Send one submitted version as a PDF: a signed one as it was stored, any other made now; whole or not at all."""
    engagement = load_engagement(request, reference)
    version = _load_version(engagement, number)
    return _file(request, engagement, version, page_url=reverse("engagements:version_detail", args=[reference, number]))


@require_safe
def version_word(request: PortalRequest, reference: str, number: int) -> HttpResponse:
    """Send one submitted version as a Word file, made now."""
    engagement = load_engagement(request, reference)
    return _word_file(request, engagement, _load_version(engagement, number))


@require_POST
def version_render(request: PortalRequest, reference: str, number: int) -> HttpResponse:
    """Ask again for a signed brief that could not be made."""
    version = _load_version(load_editable(request, reference), number)
    return post_action(
        request,
        act=partial(actions.make_brief_again, version=version, by=request.user),
        done=reverse("engagements:review_detail", args=[reference]),
    )


def _page(request: PortalRequest, engagement: Engagement, version: PlanVersion | None, template: str) -> HttpResponse:
    """Show one edition of the brief."""
    try:
        brief, stamp = read_edition(engagement, version)
    except documents.UnreadableBrief:
        logger.exception("The brief of %s cannot be read.", engagement.reference)
        return _say(request, engagement, CANNOT_READ, status=503)
    context = {"engagement": engagement, "brief": brief, "stamp": stamp, "is_draft": stamp.is_draft}
    context |= {"signed": version, "brief_state": policies.brief_state(version)}
    context |= {"can_edit": permissions.can_edit_engagement(request.user, engagement)}
    return TemplateResponse(request, template, context)


def _file(request: PortalRequest, engagement: Engagement, version: PlanVersion | None, *, page_url: str) -> HttpResponse:
    """Send one edition of the brief as a PDF; where that fails, say so and lead to the page that holds the same words."""
    try:
        pdf = _stored(version) or _made_now(request, engagement, version)
    except documents.UnreadableBrief:
        logger.exception("The brief of %s cannot be read.", engagement.reference)
        return _say(request, engagement, CANNOT_READ, status=503)
    except PdfError as fault:
        logger.warning("The brief of %s cannot be made: %s", engagement.reference, type(fault).__name__)
        return say_when(_say(request, engagement, str(fault), status=503, page_url=page_url), fault)
    return _attached(request, pdf, PDF, engagement, version)


def _made_now(request: PortalRequest, engagement: Engagement, version: PlanVersion | None) -> bytes:
    """Make the PDF of one edition while its reader waits."""
    edition = read_edition(engagement, version)
    with place_for(request.user.pk):
        return documents.render_brief(*edition)


def _word_file(request: PortalRequest, engagement: Engagement, version: PlanVersion | None) -> HttpResponse:
    """Send one edition of the brief as a Word file."""
    try:
        word = documents.render_word(*read_edition(engagement, version))
    except documents.UnreadableBrief:
        logger.exception("The brief of %s cannot be read.", engagement.reference)
        return _say(request, engagement, CANNOT_READ, status=503)
    return _attached(request, word, WORD, engagement, version)


def _attached(
    request: PortalRequest, content: bytes, kind: FileKind, engagement: Engagement, version: PlanVersion | None
) -> HttpResponse:
    """Send a file under a name that says whose brief it is and which edition; nobody keeps it on the way, and the trail says who took it."""
    name = f"{engagement.reference} brief {documents.edition_of(version).replace(',', '').lower()}.{kind.ending}"
    return attached(request, content, content_type=kind.content_type, name=name, about=version or engagement)


def _own_edition(request: PortalRequest, engagement: Engagement) -> tuple[bool, PlanVersion | None]:
    """Tell whether there is an edition for this person, and return its version; the working draft has none."""
    if reads_working_draft(request.user, engagement):
        return True, None
    version = versions_of(engagement).first()
    return version is not None, version


def _load_version(engagement: Engagement, number: int) -> PlanVersion:
    """Return one version by its number. All were submitted to the client, so whoever sees the engagement may read them."""
    return get_object_or_404(versions_of(engagement), number=number)


def _stored(version: PlanVersion | None) -> bytes | None:
    """Return the signed brief byte for byte as it was stored, or nothing where there is none; a file that was changed is not sent."""
    file = getattr(version, "brief_file", None)
    if file is None:
        return None
    try:
        with file.file.open("rb") as content:
            stored: bytes = content.read()
    except OSError as fault:
        raise PdfError(CANNOT_OPEN) from fault
    if hashlib.sha256(stored).hexdigest() != file.sha256:
        logger.error("The stored brief of version %s is not the one that was signed.", file.version_id)
        raise PdfError(CANNOT_OPEN)
    return stored


def _say(request: PortalRequest, engagement: Engagement, sentence: str, *, status: int = 200, page_url: str = "") -> HttpResponse:
    """Show one calm sentence in place of the brief, with the way to the page where it is only the PDF that failed."""
    context = {"engagement": engagement, "sentence": sentence, "page_url": page_url}
    return TemplateResponse(request, "engagements/brief_unavailable.html", context, status=status)
