"""Who is answered how at every address: walks the whole resolver as everybody, and reads the table that says what is right (S1).

`access_matrix.txt` is the table: a line for each address and method, a column for each person. It is written by hand, so that every change of
who may do what is a change that somebody reads.
"""

import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from django.contrib import admin
from django.db import connection, transaction
from django.urls import get_resolver, reverse
from django.utils import timezone

from core import accesses, keys
from core.headers import PERMISSIONS
from core.models import OutboxEntry
from directory.models import Region
from engagements.enums import EngagementStatus
from engagements.models import Engagement
from tests.engagements.situations import engagement_at
from tests.factories.accounts import ConsultantFactory, RegionalAdminFactory
from tests.factories.directory import LINCOLNSHIRE, a_footprint
from tests.factories.engagements import ClientLeadFactory, CommentFactory, EngagementFactory, PlaceFactory
from tests.helpers import READING, WRITTEN_BY_SESSIONS, ReadOnlyGetClient, trail_of_reading
from tests.managed import a_ground_with
from tests.test_canaries import keys_for
from tests.test_query_budget import OWN_NAMESPACES, an_engagement_with

TABLE = Path(__file__).with_name("access_matrix.txt")
METHODS = ("GET", "POST")
# Everybody there is, by what they have to do with the engagement and the region that the addresses name.
PEOPLE = {
    "visitor": "nobody has signed in",
    "lead": "the consultant who leads the engagement",
    "team": "a consultant of another region who is on its team",
    "colleague": "another consultant of its region",
    "afar": "a consultant of another region",
    "admin": "the admin of its region",
    "admin-far": "the admin of another region",
    "national": "a national admin",
    "client": "a client lead of the engagement, which was shared with them",
    "early": "a client lead of the engagement, which was not shared yet",
    "client-far": "a client lead of another engagement",
    "left": "somebody whose account was closed while they were signed in",
}
# What can be told only of a plan that is in review: these addresses are asked for such a plan as well.
IN_REVIEW = (
    "version_",
    "comment_",
    "review_",
    "engagement_recall",
    "engagement_submit",
    "engagement_edit",
    "message_send",
    "brief_",
)
# The pages that the back office has for each kind of record, and the kind that stands for all where nobody sees any.
BACK_OFFICE = re.compile(r"^admin:[a-z]+_[a-z]+_(changelist|add|history|delete|change)\b.*$")
ONE_KIND = "admin:engagements_engagement_"
# Keys that name nothing.
NOTHING = {
    "reference": "ZZZ-9999",
    "region": "no-such-region",
    "slug": "no-such-thing",
    "pk": 99_999_999,
    "line_pk": 99_999_999,
    "number": 99_999,
    "version": 99_999,
    "object_id": "99999999",
    "content_type_id": 99_999,
}
# What a key names may be known to be there: anybody reads the regions, their areas and the national menu without signing in.
PUBLIC_KEYS = {
    "engagements:pack": {"region", "number"},
    "evaluation:report": {"number", "slug"},
    "interventions:intervention": {"region", "slug"},
    "interventions:proposal": {"region", "slug"},
}
# What the audit trail keeps of reading: files that are taken along, and looks at the record of another person.
TAKEN = re.compile(
    r"^(engagements:(brief|version|pack_area|pack_person)_(download|word)|evaluation:report(_area|_region)?_download)\b"
)
# A form that is sent back with its faults shows the account as well.
KEPT = re.compile(r"^accounts:person_(edit|leave)$")
LOOKED_AT = re.compile(r"^(accounts:person_(edit|history|leave|left)|admin:[a-z]+_[a-z]+_change)$")
CHANGING = re.compile(
    r"\bvalue=\"[A-Za-z0-9]{64}\"|nonce=\"[^\"]*\"|value=\"[0-9a-f-]{36}\"|data-session-(idle|limit)=\"[0-9]+\""
)


@dataclass
class Answer:
    """How one request was answered."""

    word: str
    status: int
    headers: dict
    kind: str
    queries: int
    written: set = field(default_factory=set)
    body: str = ""
    told: list = field(default_factory=list)


@dataclass
class World:
    """Everybody, and the addresses with the keys of what they are asked for."""

    people: dict
    engagement: Engagement
    addresses: dict
    # How each person was answered, so that no test asks again what another has asked.
    walks: dict = field(default_factory=dict)


# The addresses.


def all_patterns(resolver=None, space="", before=()):
    """Yield the name, the arguments and the view of every address that the portal answers, whoever wrote it."""
    for entry in (resolver or get_resolver()).url_patterns:
        arguments = [*before, *dict.fromkeys([*entry.pattern.converters, *entry.pattern.regex.groupindex])]
        if hasattr(entry, "url_patterns"):
            yield from all_patterns(entry, entry.namespace or space, arguments)
        else:
            yield f"{space}:{entry.name}".lstrip(":"), tuple(arguments), entry.callback


def label_of(name, arguments, known):
    """Return the word of the table for an address; one that goes by two forms says which."""
    twice = sum(other == name for other, _ in known) > 1
    return f"{name}({','.join(arguments)})" if twice and arguments else name


def _keys(name, arguments, engagement, ground):
    space, _, view = name.partition(":")
    if view in ("pack_area_download", "report_area_detail", "report_area_download"):
        return {"number": LINCOLNSHIRE}
    if view.startswith("report_region"):
        return {"slug": engagement.lead_region.slug}
    if space == "admin":
        return _keys_of_back_office(view, arguments)
    if name == "effect_retry":
        return {"pk": OutboxEntry.objects.failed().first().pk}
    if space in OWN_NAMESPACES or name in ("home", "manage"):
        return keys_for(name, list(arguments), engagement, ground)
    return {argument: {"uidb36": "1", "key": "set-password"}.get(argument, "1") for argument in arguments}


def _keys_of_back_office(view, arguments):
    model = kind_of(view)
    row = model._base_manager.order_by("pk").first() if model else None
    pool = {"object_id": str(row.pk) if row else "1", "app_label": "accounts", "content_type_id": 1, "url": "no/such/page"}
    return {argument: pool[argument] for argument in arguments}


def all_addresses(engagement, ground, *, of_reviews=False):
    """Return for every address its word in the table, its name and its keys; with `of_reviews` only for those of a review."""
    known = list(dict.fromkeys((name, arguments) for name, arguments, _ in all_patterns()))
    wanted = [one for one in known if (not of_reviews or is_of_a_review(*one)) and not names_no_record(*one)]
    return {label_of(*one, known): (one[0], _keys(*one, engagement, ground)) for one in wanted}


def names_no_record(name, arguments):
    """Tell whether an address of the back office names a record of a kind of which there is none."""
    model = kind_of(name.partition(":")[2]) if name.startswith("admin:") and "object_id" in arguments else None
    return model is not None and not model._base_manager.exists()


def kind_of(view):
    """Return the kind of record that a page of the back office is about."""
    kinds = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in admin.site._registry}
    return kinds.get(view.rpartition("_")[0])


def is_of_a_review(name, arguments):
    """Tell whether an address belongs to a plan in review."""
    space, _, view = name.partition(":")
    return space == "engagements" and "reference" in arguments and view.startswith(IN_REVIEW)


def row_of(label):
    """Return the row of the table that an address stands in: the back office has one for each kind of page, whatever the record."""
    return BACK_OFFICE.sub(r"admin:*_\1", label)


def address_of(name, keywords):
    """Return the address itself; two of Django's admin have no name."""
    if name == "admin:None":
        return f"/admin/{keywords['url']}/" if "url" in keywords else f"/admin/accounts/user/{keywords['object_id']}/"
    return reverse(name, kwargs=keywords)


# The people.


def a_world():
    """Make a region with everything in it, an engagement that is being written, one that is in review, and everybody."""
    engagement = Engagement.objects.get(pk=an_engagement_with(1).pk)
    ground = a_ground_with(1)
    region = engagement.lead_region
    other = Region.objects.exclude(pk=region.pk).order_by("pk").last()
    afar, helper = ConsultantFactory.create_batch(2, region=other)
    engagement.team.set([helper])
    Engagement.objects.filter(pk=engagement.pk).update(shared_at=timezone.now())
    client = engagement.client_leads.first().user
    elsewhere = EngagementFactory(lead_region=other, lead_consultant=afar, shared=True)
    people = {
        "visitor": None,
        "lead": engagement.lead_consultant,
        "team": helper,
        "colleague": ConsultantFactory(region=region),
        "afar": afar,
        "admin": ground.regional_admin,
        "admin-far": RegionalAdminFactory(region=other),
        "national": ground.national_admin,
        "client": client,
        "early": client,
        "client-far": ClientLeadFactory(engagement=elsewhere).user,
        "left": ConsultantFactory(region=region),
    }
    delivered = EngagementFactory(
        status=EngagementStatus.IN_DELIVERY, lead_region=region, lead_consultant=engagement.lead_consultant, shared=True
    )
    delivered.team.set([helper])
    PlaceFactory(engagement=delivered, whole_area=True, footprint=a_footprint(LINCOLNSHIRE))
    ClientLeadFactory(engagement=delivered, user=client)
    addresses = all_addresses(engagement, ground)
    reviewed = engagement_at(EngagementStatus.IN_REVIEW, lead_region=region, lead_consultant=engagement.lead_consultant)
    reviewed.team.set([helper])
    ClientLeadFactory(engagement=reviewed, user=client)
    CommentFactory(version=reviewed.versions.get(), author=client)
    of_reviewed = all_addresses(Engagement.objects.get(pk=reviewed.pk), ground, of_reviews=True)
    addresses |= {f"{label}[in-review]": one for label, one in of_reviewed.items()}
    return World(people, engagement, addresses)


class Somebody:
    """One person with a browser that goes back to where it was after each request."""

    def __init__(self, person, **options):
        self.client = ReadOnlyGetClient(raise_request_exception=False, **options)
        if person is not None:
            self.client.force_login(person)
        self.cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}

    def ask(self, method, url, data=None):
        """Send one request, put back whatever it did, and return how it was answered."""
        queries, written, trails = [], set(), []

        def note(execute, sql, params, many, context):
            if WRITTEN_BY_SESSIONS not in sql:
                queries.append(sql)
                if trail := trail_of_reading(sql, params):
                    trails.append(trail)
                elif not sql.lstrip(" (").upper().startswith(READING):
                    written.add(sql[:60])
            return execute(sql, params, many, context)

        self.client.cookies.clear()
        for name, value in self.cookies.items():
            self.client.cookies[name] = value
        with transaction.atomic():
            with connection.execute_wrapper(note):
                response = getattr(self.client, method.lower())(url, *([data] if data is not None else []))
            transaction.set_rollback(True)
        body = b"" if response.streaming else response.content
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        told = CHANGING.sub("", body.decode(errors="replace").replace(url, "")) if response.status_code >= 400 else ""
        counted = [sql for sql in queries if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK"))]
        return Answer(word_for(response), response.status_code, dict(response.headers), kind, len(counted), written, told, trails)


def word_for(response):
    """Return the word of the table for an answer."""
    if response.status_code in (301, 302, 303):
        return "sign-in" if response["Location"].startswith(reverse("account_login")) else "sent-on"
    return {200: "page", 204: "done"}.get(response.status_code, str(response.status_code))


@contextmanager
def standing_as(world, who):
    """Let somebody come in, in their circumstances, and put everything back when they go."""
    person = world.people[who]
    with transaction.atomic():
        if who == "early":
            Engagement.objects.update(shared_at=None)
        somebody = Somebody(person)
        if who == "left":
            type(person).objects.filter(pk=person.pk).update(is_active=False)
        yield somebody
        transaction.set_rollback(True)


def walk(world, who):
    """Return how one person is answered at every address by GET and POST."""
    found = {}
    with standing_as(world, who) as somebody:
        for label in labels_for(world, who):
            url = address_of(*world.addresses[label])
            found[label, "GET"] = somebody.ask("GET", url)
            found[label, "POST"] = somebody.ask("POST", url, {"action_key": keys.new_key()})
    return found


def walked(world, who):
    """Return how one person is answered everywhere, asked once."""
    if who not in world.walks:
        world.walks[who] = walk(world, who)
    return world.walks[who]


def labels_for(world, who):
    """Return which addresses somebody is sent to: all; of the back office others than national admins see one kind of record."""
    return [label for label in world.addresses if who == "national" or row_of(label) == label or label.startswith(ONE_KIND)]


def strays(world, who):
    """Ask beside each thing that somebody is refused for one that does not exist; return where the two answers differ."""
    refused = [label for (label, method), answer in walked(world, who).items() if method == "GET" and answer.status in (403, 404)]
    found = []
    with standing_as(world, who) as somebody:
        for label in refused:
            name, keywords = world.addresses[label]
            there = world.walks[who][label, "GET"]
            for key in (keywords.keys() & NOTHING.keys()) - PUBLIC_KEYS.get(name.partition("_")[0], {"region"}):
                other = dict(keywords) | {key: NOTHING[key]}
                nowhere = somebody.ask("GET", address_of(name, other))
                if there.queries != nowhere.queries:
                    # What a process learns of its database by its first question was counted there.
                    there = somebody.ask("GET", address_of(name, keywords))
                if (there.word, there.body, there.queries) != (nowhere.word, nowhere.body, nowhere.queries):
                    found.append((label, key, f"{there.word} in {there.queries}", f"{nowhere.word} in {nowhere.queries}"))
    return found


def trails_of(label, method, answer, person):
    """Return in which trails an answer has to leave its one event, if in any: where somebody was refused, took a file along, or looked at somebody."""
    name = label.partition("[")[0].partition("(")[0]
    if person is None:
        return []
    if answer.status in (403, 404) and name not in open_to_all():
        return [f"{accesses.REFUSALS}{name.replace('None', 'other')}"]
    if method == "POST" and answer.status < 400 and KEPT.match(name):
        return [accesses.LOOKS]
    if method == "GET" and answer.status == 200:
        return [accesses.DOWNLOADS] if TAKEN.match(name) else [accesses.LOOKS] if LOOKED_AT.match(name) else []
    return []


@cache
def open_to_all():
    """Return the names of the addresses that nobody has to sign in for: there nobody is refused."""
    return {name for name, _, view in all_patterns() if not getattr(view, "login_required", True)}


# The table.


def read_table():
    """Return what the table says: for each address and method a word for each person."""
    said = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            label, method, *words = line.split()
            assert (label, method) not in said, f"{label} {method} stands in the table twice"
            said[label, method] = dict(zip(PEOPLE, words, strict=True))
    return said


def line_of(label, method, words):
    """Return one line of the table."""
    return f"{label:<58}{method:<5}" + "".join(f"{words[who]:<11}" for who in PEOPLE).rstrip()


# The headers.

POLICY = {
    "default-src": "'none'",
    "script-src": "'nonce-' 'strict-dynamic'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "report-uri": "/csp-report/",
}
# A page without a script, an error or a file carries no nonce: nothing runs there. The back office lets in our own files.
SCRIPT_SOURCES = {POLICY["script-src"], "'strict-dynamic'", "'self'"}
EXACT = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": PERMISSIONS,
}


def wrong_headers(headers, *, is_private=False, is_back_office=False, is_secret=False):
    """Return what is wrong with the headers of one answer; an address that is a secret itself is told to nobody."""
    exact = EXACT | ({"Referrer-Policy": "no-referrer"} if is_secret else {})
    wrong = [f"{name}: {headers.get(name)}" for name, value in exact.items() if headers.get(name) != value]
    policy = re.sub(r"nonce-[^']*", "nonce-", headers.get("Content-Security-Policy", ""))
    parts = dict(part.strip().partition(" ")[::2] for part in policy.split(";") if part.strip())
    script = parts.get("script-src")
    known = {name: value for name, value in POLICY.items() if not is_secret or name != "report-uri"}
    wrong += [f"policy: {policy}"] if parts | {"script-src": ""} != known | {"script-src": ""} else []
    wrong += [f"script-src: {script}"] if script not in SCRIPT_SOURCES or (script == "'self'" and not is_back_office) else []
    if is_private and "no-store" not in headers.get("Cache-Control", ""):
        wrong.append(f"Cache-Control: {headers.get('Cache-Control')}")
    return wrong
