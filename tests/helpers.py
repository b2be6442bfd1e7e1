"""What tests say often: who is asking, what the page's form holds, posting it as a browser would."""

import io
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from bs4 import BeautifulSoup
from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.urls import resolve

from core import accesses, keys, logs

# What reading a page may write: the session's own rows.
WRITTEN_BY_SESSIONS = "django_session"
READING = ("SELECT", "WITH", "SAVEPOINT", "RELEASE", "ROLLBACK", "EXPLAIN", "PRAGMA", "BEGIN", "SET")
# What reading leaves in the audit trail (S23).
TRAILS_OF_READING = (accesses.REFUSALS, accesses.DOWNLOADS, accesses.LOOKS)
# Set anew for each test, so that tests share no cache even where they share a Redis.
cache_space = {"name": "none"}

# Each signed-in page reads its session from the database: one that is ended is ended at once.
THE_SESSION = 1


def cache_key(key, prefix, version):
    """Keep the cache of each test apart."""
    return f"{cache_space['name']}:{prefix}:{version}:{key}"


class ReadOnlyGetClient(Client):
    """A client whose GET requests may only SELECT: reading never writes, but for what the audit trail keeps of reading itself."""

    def get(self, path, *args, **kwargs):
        with only_reading():
            return super().get(path, *args, **kwargs)


@contextmanager
def production_log():
    """Return what is written into the log meanwhile, as production writes it: a stream with a line of JSON for each."""
    stream = io.StringIO()
    chosen = settings.LOGGING["formatters"]["lines"]
    handler = logging.StreamHandler(stream)
    handler.addFilter(logs.AboutRequest())
    handler.setFormatter(logs.Lines(chosen["fmt"], style=chosen["style"], rename_fields=chosen["rename_fields"]))
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield stream
    finally:
        root.removeHandler(handler)


@contextmanager
def only_reading():
    """Fail on any statement that changes a row, sessions and the trail of reading excepted."""

    def refuse_writing(execute, sql, params, many, context):
        is_reading = sql.lstrip(" (").upper().startswith(READING)
        assert is_reading or WRITTEN_BY_SESSIONS in sql or trail_of_reading(sql, params), (
            f"Reading a page wrote to the database: {sql[:300]}"
        )
        return execute(sql, params, many, context)

    with connection.execute_wrapper(refuse_writing):
        yield


def trail_of_reading(sql, params):
    """Return in which trail of reading a statement adds an event, or nothing where it does anything else."""
    if not sql.startswith('INSERT INTO "core_auditevent"'):
        return ""
    columns = sql[sql.index("(") + 1 : sql.index(")")].split(", ")
    trail = params[columns.index('"trail"')]
    return trail if trail.startswith(TRAILS_OF_READING) else ""


def in_parallel(work, times):
    """Call a function in several threads at the same moment, each with its number, and return the answers."""
    start = threading.Barrier(times, timeout=30)

    def one(number):
        try:
            start.wait()
            return work(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def as_user(user):
    """Return a client that a person has signed in with."""
    client = ReadOnlyGetClient()
    client.force_login(user)
    return client


def post(client, url, data=None, *, draft_owner=None, **kwargs):
    """Post a form with a fresh one-time key; with `draft_owner` also as a form that keeps a draft."""
    fields = {"action_key": keys.new_key()}
    if draft_owner is not None:
        fields |= draft_fields(draft_owner, url)
    fields |= {name: "" if value is None else value for name, value in (data or {}).items()}
    return client.post(url, fields, **kwargs)


def draft_fields(owner, url):
    """Return the hidden fields by which a page says whose draft its form is."""
    return {
        "draft_form": resolve(url.partition("?")[0]).view_name,
        "draft_subject": url,
        "draft_owner": str(owner.pk),
    }


def filled(client, url, form=0):
    """Return what a browser would post from a page's form as it is shown: a name and its value or values."""
    page = soup(client.get(url))
    forms = page.select("main form[method=post]")
    assert forms, f"There is no form on {url}"
    return controls(forms[form])


def submit(client, url, changes=None, *, form=0, follow=False):
    """Open a page, fill in its form and send it, as a browser would."""
    data = filled(client, url, form) | {name: "" if value is None else value for name, value in (changes or {}).items()}
    data.pop("csrfmiddlewaretoken", None)
    return client.post(url, data, follow=follow)


def soup(response):
    """Return a page as a tree."""
    return BeautifulSoup(response.content.decode(), "lxml")


def text_of(response):
    """Return the words of a page, in order, with single spaces."""
    return " ".join(soup(response).get_text(" ").split())


def controls(form):
    """Return the successful controls of a form, as HTML defines them."""
    found = {}
    for control in form.select("input[name], textarea[name], select[name]"):
        name = control["name"]
        if control.name == "select":
            for option in control.select("option[selected]"):
                found.setdefault(name, []).append(option.get("value", option.get_text()))
            if name not in found and not control.has_attr("multiple") and control.select("option"):
                found[name] = [control.select("option")[0].get("value", "")]
        elif control.name == "textarea":
            # A browser drops the one line break that follows the tag.
            found.setdefault(name, []).append(control.get_text().removeprefix("\n"))
        elif control.get("type") not in ("checkbox", "radio") or control.has_attr("checked"):
            found.setdefault(name, []).append(control.get("value", "on" if control.get("type") == "checkbox" else ""))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def date_boxes(name, day):
    """Return the three boxes of a date as they are posted."""
    return {f"{name}_day": str(day.day), f"{name}_month": str(day.month), f"{name}_year": str(day.year)}
