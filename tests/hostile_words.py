"""Words that somebody types to make a page, a mail or a document do what it should not; where they are planted, and how one sees that they ran (S6–S8).

Every word of markup here carries a mark. Where the mark stands in an answer as text, it is text; where it stands as part of the markup
(the name of an element or attribute, an address that a browser follows, a script), what was typed has become the page.
"""

import re
from html.parser import HTMLParser

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import CharField, EmailField, JSONField, Q, QuerySet, SlugField, TextField, Value
from django.db.models.functions import Cast, Concat

from core.models import AuditEvent, FormDraft, RecordVersion
from engagements import documents
from engagements.models import Engagement, PlanVersion
from interventions.models import MenuProposal
from tests.emptying import append_only_lifted

MARK = "zzx"
IMAGE = "<img src=zzx onerror=zzx()>"
# Breaks out of text, of either kind of quotation marks, of a box, a title and a script at once.
OUT_OF_ANYTHING = f"'\"></textarea></title></script>{IMAGE}"
SCRIPTS = [
    "<script>zzx()</script>",
    "<ScRiPt>zzx()</sCrIpT>",
    "<script/src=//127.0.0.1:9/zzx></script>",
    IMAGE,
    "<img/src/onerror=zzx()>",
    '<IMG """><SCRIPT>zzx()</SCRIPT>">',
    "<img src=zzx onerror=&#122;&#122;&#120;()>",
    "<<img src=zzx onerror=zzx()//<",
    "<svg onload=zzx()>",
    "<svg/onload=zzx()//",
    "<svg><script>zzx()</script></svg>",
    "<svg><animate onbegin=zzx() attributeName=x>",
    '<svg><a xlink:href="javascript:zzx()"><text y=9>x</text></a></svg>',
    '<math href="javascript:zzx()">x</math>',
    "<body onload=zzx()>",
    '<iframe src="javascript:zzx()">',
    '<iframe srcdoc="<script>parent.zzx()</script>">',
    '<object data="javascript:zzx()">',
    '<embed src="javascript:zzx()">',
    '<base href="javascript:zzx()//">',
    '<meta http-equiv=refresh content="0;url=javascript:zzx()">',
    '<link rel=stylesheet href="javascript:zzx()">',
    "<style>@import 'javascript:zzx()';</style>",
    '<p style="background:url(javascript:zzx())">x',
    '<table background="javascript:zzx()">',
    "<details open ontoggle=zzx()>",
    "<video><source onerror=zzx()></video>",
    "<audio src=zzx onerror=zzx()>",
    "<input autofocus onfocus=zzx()>",
    "<select autofocus onfocus=zzx()>",
    "<marquee onstart=zzx()>",
    '<form action="javascript:zzx()"><button>x</button></form>',
    '<button formaction="javascript:zzx()">x</button>',
    '<a href="javascript:zzx()">x</a>',
    '<a href="jav&#x09;ascript:zzx()">x</a>',
    '<a href=" &#14; javascript:zzx()">x</a>',
    f"<template>{IMAGE}</template>",
    "<form id=portal-script name=zzx><input name=dataset>",
    '<div data-hx-get="/zzx" data-hx-trigger=load data-hx-on:load="zzx()">',
    "<x zzx onclick=zzx()>x</x>",
    f'">{IMAGE}',
    f"'>{IMAGE}",
    f"</textarea>{IMAGE}",
    f"</title>{IMAGE}",
    f"</option></select>{IMAGE}",
    f"</style>{IMAGE}",
    "</script><script>zzx()</script>",
    f"--><!-- -->{IMAGE}<!--",
    f"]]>{IMAGE}",
]
# Ends a value in quotation marks, and goes on as attributes.
OUT_OF_A_VALUE = [
    '" onmouseover="zzx()" autofocus onfocus="zzx()" zzx="',
    "' onfocus='zzx()' autofocus zzx='",
]
# Addresses that run when they are followed, for values that become one.
ADDRESSES = [
    "javascript:zzx()",
    "java\tscript:zzx()",
    "\x01javascript:zzx()",
    "JaVaScRiPt:zzx()//https://example.org/",
    "data:text/html,<script>zzx()</script>",
    "vbscript:zzx()",
]
# What only a second reading would turn into markup: by a filter, a script, a template, a spreadsheet, a mail server.
SECOND_READINGS = [
    "<scr<script>ipt>zzx()</scr</script>ipt>",
    '<noscript><p title="</noscript><img src=zzx onerror=zzx()>">',
    "&lt;img src=zzx onerror=zzx()&gt;",
    "&#60;img src=zzx onerror=zzx()&#62;",
    "%3Cimg src=zzx onerror=zzx()%3E",
    "\\u003cimg src=zzx onerror=zzx()\\u003e",
    "\uff1cimg src=zzx onerror=zzx()\uff1e",
    "+ADw-script+AD4-zzx()+ADw-/script+AD4-",
    "\\';zzx();//",
    '\\";zzx();//',
    "${zzx()}",
    "` onfocus=`zzx()`",
    "x onfocus=zzx() autofocus zzx",
    "{{constructor.constructor('zzx()')()}}",
    '{{ 7|add:"1330" }}zzx{% now "Y" %}',
    "{{ settings.SECRET_KEY }}{{ request.user.password }}zzx",
    "{% load nothing_zzx %}{% include 'zzx' %}",
    '{"zzx": "</script><script>zzx()</script>"}',
    '=HYPERLINK("javascript:zzx()","zzx")',
    "x\r\nBcc: zzx@example.org\r\n\r\nzzx",
    "zzx@example.org%0d%0aBcc:zzx@example.org",
]
CORPUS = [*SCRIPTS, *OUT_OF_A_VALUE, *ADDRESSES, *SECOND_READINGS]
EVERYTHING = " ".join([OUT_OF_ANYTHING, *CORPUS])
# As long as the longest of the columns that hold all of it.
MOST = 3_500
# What a template makes of the words above, if one reads them again.
READ_AGAIN = ("1337zzx", "Secret zzx")

# How an answer is read.

NEVER = {"base", "iframe", "object", "embed", "frame", "marquee", "applet", "math"}
FOLLOWED = {"href", "src", "action", "formaction", "data", "poster", "background", "xlink:href", "srcset", "cite", "ping"}
SCHEMES = re.compile(r"(?:https?:|mailto:|tel:)|[^:]*(?:[/?#]|$)", re.IGNORECASE)
# Where text that was typed may stand among the attributes of an element.
OF_TEXT = re.compile(r"value|label|title|alt|aria-label|content|placeholder|href|action|data-[a-z-]+")
UNSEEN = re.compile(r"[\x00-\x20]")


class Tree(HTMLParser):
    """Reads a page as a browser does, and keeps every part of its markup that was typed by somebody."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.born, self.inside = [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        # Values for a script are no script; what would end them is written as \u003C.
        is_data = said.get("type") == "application/json"
        self.inside = tag if tag == "style" or (tag == "script" and not is_data) else ""
        wrong = tag in NEVER or MARK in tag or (tag == "script" and not is_data and "nonce" not in said and "src" not in said)
        wrong = wrong or (tag == "meta" and said.get("http-equiv", "").lower() == "refresh")
        for name, value in attributes:
            wrong = wrong or name.startswith("on") or ":on" in name or name in ("style", "srcdoc") or MARK in name
            wrong = wrong or (MARK in (value or "") and not OF_TEXT.fullmatch(name))
            wrong = wrong or (name in FOLLOWED and not SCHEMES.match(UNSEEN.sub("", value or "")))
        if wrong:
            self.born.append(self.get_starttag_text())

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.inside = ""

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, text):
        if self.inside and MARK in text:
            self.born.append(f"{self.inside}: {text}")

    def handle_comment(self, text):
        if MARK in text:
            self.born.append(f"comment: {text}")


def born_in(html):
    """Return the parts of a page's markup that came of what somebody typed."""
    return Tree(html).born + [words for words in READ_AGAIN if words in html]


def own_addresses_of(html):
    """Return the addresses of the portal that hold what somebody typed: addresses are written into logs, and kept by browsers."""
    return re.findall(rf"(?:href|action|src)=\"/[^\"]*{MARK}[^\"]*\"", html)


# Where the words are planted.

OURS = {"core", "framework", "directory", "accounts", "interventions", "engagements", "evaluation"}
# Rows that hold nothing that anybody typed.
OF_THE_MACHINE = {
    *("core.auditlink", "core.onetimekey", "core.counter", "core.referencerow", "core.portalsession", "core.upkeeprecord"),
    *("core.outboxentry", "engagements.brieffile", "engagements.message", "accounts.invitation"),
}
# Columns that the portal makes up itself, that name another thing, or that hold one of a few codes.
MADE_UP = {
    *("password", "session_mark", "reference", "content_hash", "verb", "subject_type", "subject_id", "trail", "seal", "form"),
    *("subject", "ons_code", "lead_region_confidence", "code", "section"),
}


def words_for(column, number):
    """Return what is planted into a column: all there is where it holds as much, else a part that changes from column to column.

    Each begins with the number of its column, by which it is known again.
    """
    room = (column.max_length or 10**6) - len("99999 ")
    words = f"{MARK}{number}~ "
    if room >= MOST:
        return words + EVERYTHING
    if room < len(words):
        return f"<{MARK}"
    first = 3 * number % len(CORPUS)
    for payload in (OUT_OF_ANYTHING, IMAGE, *CORPUS[first:], *CORPUS[:first]):
        if len(words) + len(payload) < room:
            words += f"{payload} "
    return words


def columns_seen(text):
    """Return the numbers of the columns of which something stands in a text."""
    return {int(number) for number in re.findall(rf"{MARK}([0-9]+)~", text)}


def columns_to_plant():
    """Yield every column of our models that holds words that a person typed."""
    for model in apps.get_models():
        if model._meta.app_label in OURS and model._meta.label_lower not in OF_THE_MACHINE:
            for column in model._meta.concrete_fields:
                is_of_words = isinstance(column, CharField | TextField) and not isinstance(column, SlugField | JSONField)
                if is_of_words and not column.choices and column.name not in MADE_UP:
                    yield model, column


def plant():
    """Write hostile words into every column of every row that holds words, and into what was kept of them."""
    with append_only_lifted(connection):
        for number, (model, column) in enumerate(columns_to_plant()):
            _plant_column(model, column, words_for(column, number), number)
        _plant_kept()


def _plant_column(model, column, words, number):
    # A name may stand for one row only.
    text = Concat(Cast("pk", CharField()), Value(f" {words}"))
    if isinstance(column, EmailField):
        text = Concat(Value(f'"{MARK}{number}~><img/src=zzx/onerror=zzx()>'), Cast("pk", CharField()), Value('"@example.org'))
    rows = QuerySet(model)
    try:
        with transaction.atomic():
            rows.update(**{column.name: text})
    except IntegrityError:
        # Some columns are filled together or not at all.
        rows.exclude(Q(**{column.name: ""})).update(**{column.name: text})


def _plant_kept():
    """Write hostile words into what is kept in JSON: documents, drafts, versions, proposals and the trail."""
    for plan in PlanVersion.objects.all():
        plan.document = documents.to_json(documents.load_brief(Engagement.objects.with_people().get(pk=plan.engagement_id)))
        plan.save()
    for draft in FormDraft.objects.all():
        draft.data = {name: [EVERYTHING] for name in draft.data} | {"title": [EVERYTHING], "name": [EVERYTHING]}
        draft.save()
    for proposal in MenuProposal.objects.all():
        words = {name: EVERYTHING for name, value in proposal.values.items() if isinstance(value, str)}
        MenuProposal.objects.filter(pk=proposal.pk).update(values=proposal.values | words)
    for version in RecordVersion.objects.all():
        said = {name: value | {"text": EVERYTHING} for name, value in version.values.items()}
        QuerySet(RecordVersion).filter(pk=version.pk).update(values=said)
    change = {"field": "title", "label": EVERYTHING, "old": EVERYTHING, "new": EVERYTHING}
    for event in AuditEvent.objects.all():
        said = [one | {"label": EVERYTHING, "old": EVERYTHING, "new": EVERYTHING} for one in event.changes] or [change]
        QuerySet(AuditEvent).filter(pk=event.pk).update(changes=said)
