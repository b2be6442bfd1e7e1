"""Where browsers tell that a page tried what its policy forbids: one line in the log for each, without a word of the page."""

from __future__ import annotations

import json
import logging
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpResponse
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.keys import repeatable

if TYPE_CHECKING:
    from django.http import HttpRequest

MAX_REPORT_BYTES = 8 * 1024
MAX_REPORTS_A_MINUTE = 60
DIRECTIVE = re.compile(r"[a-z-]{1,40}")
SOURCE_WORD = re.compile(r"inline|eval|wasm-eval|data|blob|self|trusted-types-[a-z]{1,10}")

log = logging.getLogger(__name__)


# A browser sends a report by itself: it carries no token, and says nothing that is believed.
@csrf_exempt
@login_not_required
@require_POST
@repeatable
def csp_report(request: HttpRequest) -> HttpResponse:
    """Note one report in the log. Answers 204 whatever it says, and 413 where it is longer than any browser's."""
    if _length(request) > MAX_REPORT_BYTES:
        return HttpResponse(status=413)
    report = _report(request.read(MAX_REPORT_BYTES + 1))
    if report and _is_within_limit():
        directive, blocked, view = _directive(report), _blocked(report), _view(report)
        log.warning("The policy of a page was broken: %s blocked %s on %s", directive, blocked, view)
    return HttpResponse(status=204)


def _length(request: HttpRequest) -> int:
    said = request.META.get("CONTENT_LENGTH") or "0"
    return int(said) if said.isdecimal() and len(said) < 10 else MAX_REPORT_BYTES + 1


def _is_within_limit() -> bool:
    """Count the reports of this minute. Whoever floods the portal with them fills no log."""
    cache.add("csp-reports", 0, timeout=60)
    try:
        return cache.incr("csp-reports") <= MAX_REPORTS_A_MINUTE
    except ValueError:
        # The minute was over between the two.
        return True


def _report(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    report = said.get("csp-report") if isinstance(said, dict) else None
    return report if isinstance(report, dict) else {}


def _directive(report: dict[str, Any]) -> str:
    said = str(report.get("effective-directive") or report.get("violated-directive") or "").partition(" ")[0]
    return said if DIRECTIVE.fullmatch(said) else "something"


def _blocked(report: dict[str, Any]) -> str:
    """Return the kind of source, or the scheme of an address: the address itself may hold what somebody typed."""
    said = str(report.get("blocked-uri", ""))
    if SOURCE_WORD.fullmatch(said):
        return said
    try:
        scheme = urlsplit(said).scheme
    except ValueError:
        scheme = ""
    return f"an address ({scheme})" if scheme in {"http", "https", "ws", "wss", "data", "blob"} else "something"


def _view(report: dict[str, Any]) -> str:
    """Return the name of the page, which names nobody."""
    try:
        return resolve(urlsplit(str(report.get("document-uri", ""))).path).view_name
    except (Resolver404, ValueError):
        return "an unknown page"
