"""What a worker's first brief takes beside its later ones, what a child keeps in memory (F5), and the way through Celery (F2)."""

import gc
import statistics
import time
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from unittest import mock

from django.conf import settings
from django.contrib.staticfiles import finders
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from core.pdf import client, rendering
from engagements import documents, tasks
from engagements.documents.render import STYLESHEET
from engagements.models import BriefFile
from tests.bench import example
from tests.bench.side_by_side import leave_out, note, say
from tests.drills import killing, services

STARTS = 3
# Each process of the worker has made a brief by then.
ROUNDS_TO_WARM = 4
ROUNDS = 7
FEW = 50
ROWS = 1000
ROW = '<tr><th scope="row">Group {}</th><td><bdi>Ward managers and matrons of the coast</bdi>, <bdi>12 people</bdi></td></tr>'


def run(many):
    """Print the figures; the memory after so many documents."""
    engagement = example.six_pages()
    brief = documents.load_brief(engagement)
    stamp = documents.stamp_draft(engagement, brief, on=date(2017, 3, 8))
    html = documents.brief_html(brief, stamp)
    _child(html, many)
    if not services.HAS_REDIS:
        leave_out("F5 and F2 of a worker", "there is no Redis on this machine")
        return
    _worker(example.agreed_version(engagement))


def _child(html, many):
    """F5: the memory of one child after few and after many documents, and a brief of a thousand rows beside an ordinary one."""
    press = client.Press()
    with mock.patch.object(client, "DOCUMENTS_EACH_CHILD", many + 10):
        try:
            seconds = [_timed(lambda: press.render(html, [STYLESHEET])) for _ in range(FEW)]
            few = _resident(press)
            seconds += [_timed(lambda: press.render(html, [STYLESHEET])) for _ in range(many - FEW)]
            last = _resident(press)
            usual = statistics.median(seconds)
            rows = "".join(ROW.format(number) for number in range(ROWS))
            long = html.replace('<tr><th scope="row">', f'{rows}<tr><th scope="row">', 1)
            longer = _timed(lambda: press.render(long, [STYLESHEET]))
        finally:
            press.stop()
    say(f"F5 memory of a child after {many} documents / after {FEW}: {last / few:.3f} ({last // 1024} MB); 1.05 or less")
    note(f"F5 memory of a child after {many} documents / after {FEW}", last / few, most=1.05)
    say(f"F5 a brief of {ROWS} rows / an ordinary one: {longer / usual:.1f}; 12 or less")
    note(f"F5 a brief of {ROWS} rows / an ordinary one", longer / usual, most=12, digits=1)


def _worker(version):
    """F5: a worker's first brief and its later ones; F2: a brief through the outbox and Celery, and the renderer alone."""
    firsts, later = [], []
    for _ in range(STARTS):
        with ExitStack() as stack:
            redis_url = stack.enter_context(services.redis())
            stack.enter_context(services.worker(redis_url))
            stack.enter_context(killing.rung_at(redis_url))
            firsts.append(_through_celery(version))
            for _ in range(ROUNDS_TO_WARM):
                _through_celery(version)
            rounds = [(_through_celery(version), _timed(_bare(version))) for _ in range(ROUNDS)]
            later += rounds
    warm = statistics.median(ours for ours, _ in later)
    first = statistics.median(firsts) / warm
    say(f"F5 the first brief of a worker / a later one: {first:.2f} ({STARTS} starts); 1.3 or less")
    note("F5 the first brief of a worker / a later one", first, most=1.3)
    ratio = statistics.median(ours / bare for ours, bare in later)
    say(f"F2 outbox, Celery, brief and file / bare renderer: {ratio:.3f} ({len(later)} rounds); 1.08 or less")
    note("F2 outbox, Celery, brief and file / bare renderer", ratio, most=1.08, digits=3)


def _through_celery(version):
    """Return how long the brief takes from its cause to its row."""
    BriefFile.objects.filter(version=version).delete()
    began = time.perf_counter()
    tasks.render_signed_brief.delay_on_commit(version.pk)
    services.until(lambda: BriefFile.objects.filter(version=version).exists(), pause=0.004, what="the brief")
    return time.perf_counter() - began


def _bare(version):
    """Return a render of the same document by the renderer alone, with fonts and styles at hand."""
    html = documents.brief_html(documents.from_json(version.document), documents.stamp_version(version, []))
    fonts = FontConfiguration()
    fetcher = rendering.OwnPicturesOnly(map(Path, settings.STATICFILES_DIRS))
    styles = [CSS(filename=finders.find(STYLESHEET), url_fetcher=fetcher, font_config=fonts)]

    def render():
        # Without the collector too, as ours: the figure is what the portal adds, not what it saves.
        gc.disable()
        try:
            return HTML(string=html, url_fetcher=fetcher).write_pdf(
                font_config=fonts, stylesheets=styles, pdf_variant=rendering.VARIANT
            )
        finally:
            gc.enable()

    return render


def _resident(press):
    """Return how many KB of memory a child holds."""
    status = Path(f"/proc/{press.child.process.pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def _timed(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
