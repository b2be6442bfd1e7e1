"""What printing a brief takes: beside the plain way (F1), beside the bare renderer (F2), and the second time (F4)."""

import gc
import hashlib
import io
from base64 import b64encode
from datetime import date
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.base import ContentFile
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from core import pdf
from core.pdf import rendering
from engagements import documents
from engagements.documents.render import STYLESHEET
from engagements.enums import EngagementStatus, VersionOutcome
from engagements.models import BriefFile, Engagement, PlanVersion
from engagements.views import brief_download
from tests.bench import example
from tests.bench.side_by_side import measure, say, say_figure
from tests.factories.engagements import DecisionFactory


def run():
    """Print the three figures."""
    engagement = example.six_pages()
    brief = documents.load_brief(engagement)
    stamp = documents.stamp_draft(engagement, brief, on=date(2017, 3, 8))
    html = documents.brief_html(brief, stamp)
    made = documents.render_brief(brief, stamp)
    say(
        f"A brief of {len(PdfReader(io.BytesIO(made)).pages)} pages, {len(html):,} characters of HTML, {len(made):,} bytes of PDF"
    )
    say()
    _beside_the_plain_way(html)
    _beside_the_bare_renderer(engagement.reference, html)
    _the_second_time(engagement, brief)


def _beside_the_plain_way(html):
    """F1: our render and `HTML(string=...).write_pdf()` of the same HTML with the same styles inline and default settings."""
    picture = b64encode(Path(finders.find("images/draft.svg")).read_bytes()).decode()
    styles = Path(finders.find(STYLESHEET)).read_text(encoding="utf-8")
    # By default nobody knows our own pictures: the plain way has the same one inline.
    styles = styles.replace("portal:draft.svg", f"data:image/svg+xml;base64,{picture}")
    inline = html.replace("</head>", f"<style>{styles}</style></head>")

    def ours():
        return pdf.render_pdf(html, stylesheet=STYLESHEET)

    def plain():
        return HTML(string=inline).write_pdf()

    assert _texts(ours()) == _texts(plain()), "The two ways must print the same pages."

    say_figure(measure("F1 render / plain render", ours, plain), "0.65 or less", most=0.65)


def _beside_the_bare_renderer(reference, html):
    """F2: load, compose, write, hash and render, beside the renderer alone with fonts, styles and fetcher at hand."""
    fonts = FontConfiguration()
    fetcher = rendering.OwnPicturesOnly(map(Path, settings.STATICFILES_DIRS))
    styles = [CSS(filename=finders.find(STYLESHEET), url_fetcher=fetcher, font_config=fonts)]

    def whole():
        engagement = Engagement.objects.with_people().get(reference=reference)
        brief = documents.load_brief(engagement)
        stamp = documents.stamp_draft(engagement, brief, on=date(2017, 3, 8))
        content = documents.render_brief(brief, stamp)
        return content, hashlib.sha256(content).hexdigest()

    def bare():
        # Without the collector too, as ours: the figure is what the portal adds, not what it saves.
        gc.disable()
        try:
            return HTML(string=html, url_fetcher=fetcher).write_pdf(
                font_config=fonts, stylesheets=styles, pdf_variant=rendering.VARIANT
            )
        finally:
            gc.enable()

    assert whole()[0] == bare(), "Both must give the same bytes."
    say_figure(measure("F2 whole task / bare renderer", whole, bare), "1.08 or less, in process", most=1.08, digits=3)


def _the_second_time(engagement, brief):
    """F4: asking for a signed brief that is stored, beside rendering it first."""
    now = timezone.now()
    version = PlanVersion.objects.create(
        engagement=engagement,
        number=1,
        document=documents.to_json(brief),
        content_hash=documents.content_hash(brief),
        submitted_by=engagement.lead_consultant,
        submitted_by_name=engagement.lead_consultant.full_name,
        outcome=VersionOutcome.AGREED,
        settled_at=now,
    )
    for lead in engagement.client_leads.filter(is_signatory=True):
        DecisionFactory(version=version, client_lead=lead, at=now)
    Engagement.objects.filter(pk=engagement.pk).update(status=EngagementStatus.AGREED, shared_at=now)
    first = documents.render_signed(version)
    sha256 = hashlib.sha256(first).hexdigest()
    BriefFile.objects.create(version=version, file=ContentFile(first, "brief.pdf"), sha256=sha256)
    request = RequestFactory().get(reverse("engagements:brief_download", args=[engagement.reference]))
    request.user = engagement.lead_consultant

    def again():
        return brief_download(request, engagement.reference)

    assert hashlib.sha256(again().content).hexdigest() == sha256, "The signed brief must be the same to the byte."
    goal = f"0.01 or less, the view and its queries included; SHA-256 {sha256[:16]}… the same"
    say_figure(
        measure("F4 asked again / first render", again, lambda: documents.render_signed(version)), goal, most=0.01, digits=4
    )


def _texts(content):
    return [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
