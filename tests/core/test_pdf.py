"""A PDF is made whole or not at all, the same each time, in a child process with limits."""

import io
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from django.core.cache import cache
from pypdf import PdfReader

from core import pdf
from core.pdf import client, frames, places

STYLESHEET = "styles/brief.css"
PAGE = '<!DOCTYPE html><html lang="en-GB"><head><title>A page</title>{}</head><body>{}</body></html>'


def test_document_holds_its_text_and_says_what_it_is():
    made = pdf.render_pdf(PAGE.format("", "<h1>Plain words</h1>"), stylesheet=STYLESHEET)

    reader = PdfReader(io.BytesIO(made))
    assert "Plain words" in reader.pages[0].extract_text()
    assert reader.metadata.title == "A page"


def test_same_document_gives_the_same_bytes_after_another_one():
    one, other = PAGE.format("", "<p>One</p>"), PAGE.format("", "<p>Καλημέρα 你好</p>")

    first = pdf.render_pdf(one, stylesheet=STYLESHEET)
    pdf.render_pdf(other, stylesheet=STYLESHEET)

    assert pdf.render_pdf(one, stylesheet=STYLESHEET) == first


def test_missing_stylesheet_becomes_a_sentence():
    with pytest.raises(pdf.PdfError, match="could not be made"):
        pdf.render_pdf(PAGE.format("", ""), stylesheet="styles/none.css")


@pytest.mark.parametrize(
    "body", ["<p>One<br>two", "<p>a&nbsp;b</p>", "<p>\x0bOne two</p>"], ids=["unclosed", "entity", "control"]
)
def test_html_that_is_no_xml_is_read_as_well(body):
    made = pdf.render_pdf(PAGE.format("", body), stylesheet=STYLESHEET)

    assert PdfReader(io.BytesIO(made)).pages[0].extract_text()


@pytest.fixture
def press_with():
    """Return a function that makes a press with limits of its own; each is stopped afterwards."""
    made = []

    def make(**limits):
        made.append(client.Press(frames.Limits(**limits)))
        return made[-1]

    yield make
    for press in made:
        press.stop()


@pytest.fixture
def press(press_with):
    return press_with()


def printed(press, body="<p>Words</p>"):
    return press.render(PAGE.format("", body), [STYLESHEET])


def environment_of(process):
    return dict(word.partition("=")[::2] for word in Path(f"/proc/{process.pid}/environ").read_text().split("\0") if word)


def test_one_child_prints_one_document_after_another(press):
    printed(press)
    first = press.child.process.pid

    printed(press)

    assert press.child.process.pid == first


def test_child_is_replaced_after_so_many_documents(press, monkeypatch):
    monkeypatch.setattr(client, "DOCUMENTS_EACH_CHILD", 1)
    press.start()
    first = press.child.process.pid

    made = printed(press)

    assert press.child.process.pid != first
    assert printed(press) == made


def test_child_that_died_while_idle_is_replaced_unseen(press):
    made = printed(press)
    press.child.process.kill()
    press.child.process.wait()

    assert printed(press) == made


def test_child_knows_no_secret(press, monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET_KEY", "canary")
    monkeypatch.setenv("DATABASE_URL", "postgres://canary@127.0.0.1/portal")

    printed(press)

    known = environment_of(press.child.process)
    assert "canary" not in str(known)
    assert set(known) <= {*client.PASSED_ON, "MALLOC_ARENA_MAX", "LC_CTYPE"}


def test_document_whose_child_is_killed_says_so_and_the_next_is_made(press):
    killed = []

    def kill():
        while press.child is None or press.child.documents == 0:
            time.sleep(0.01)
        killed.append(press.child.process.pid)
        os.kill(press.child.process.pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()

    with pytest.raises(pdf.ChildDied, match="try again in a moment"):
        printed(press, "<p>Words</p>" * 5000)

    killer.join()
    assert printed(press)
    assert press.child.process.pid not in killed


def test_document_that_takes_too_long_is_stopped_by_the_child_itself(press_with):
    press = press_with(soft_seconds=0.2)

    with pytest.raises(pdf.TookTooLong, match="took too long"):
        printed(press, "<p>Words</p>" * 20000)

    assert printed(press)


def test_document_whose_child_does_not_answer_is_stopped(press_with):
    press = press_with(hard_seconds=1.5)
    press.start()
    os.kill(press.child.process.pid, signal.SIGSTOP)

    with pytest.raises(pdf.TookTooLong):
        printed(press)

    assert press.child is None


def test_document_that_takes_too_much_memory_is_stopped(press_with):
    press = press_with(memory_bytes=110 * frames.MIB)

    with pytest.raises(pdf.TooLarge, match="too large"):
        printed(press, "<p>Words</p>" * 20000)

    assert printed(press)


def test_document_that_is_too_long_is_not_even_begun(press_with):
    press = press_with(html_bytes=1000)

    with pytest.raises(pdf.TooLarge):
        printed(press, "x" * 1000)

    assert press.child is None


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        (-signal.SIGXCPU, pdf.TookTooLong),
        (-signal.SIGABRT, pdf.TooLarge),
        (-signal.SIGSEGV, pdf.TooLarge),
        (-signal.SIGKILL, pdf.ChildDied),
        (1, pdf.ChildDied),
    ],
)
def test_what_a_child_died_of_is_told(press, status, fault):
    press.start()
    press.child.process.kill()
    press.child.process.wait()
    press.child.process.returncode = status

    with pytest.raises(fault):
        press.child.ask(b"{}")


def test_child_that_cannot_be_started_is_said_calmly(press, monkeypatch):
    monkeypatch.setattr(client.sys, "executable", "/nowhere/python")

    with pytest.raises(pdf.ChildDied):
        printed(press)


def test_forked_process_leaves_the_child_to_the_other(press):
    printed(press)
    press_here = press.child

    pid = os.fork()
    if pid == 0:
        press.forget()
        os._exit(0 if press.child is None else 1)
    _, status = os.waitpid(pid, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert press.child is press_here
    assert printed(press)


def test_child_ends_when_nobody_is_left_to_ask(press):
    printed(press)
    process = press.child.process

    press.child.close()

    assert process.wait(timeout=10) == 0
    press.child = None


def test_one_person_has_one_document_made_at_a_time():
    with pdf.place_for(1), pytest.raises(pdf.Busy, match="for you"), pdf.place_for(1):
        pytest.fail("Two documents were made for one person.")

    with pdf.place_for(1):
        assert cache.get("pdf-place-1")


def test_few_documents_are_made_at_once():
    with pdf.place_for(1), pdf.place_for(2), pytest.raises(pdf.Busy, match="busy"), pdf.place_for(3):
        pytest.fail("A process makes too many documents at once.")

    with pdf.place_for(3):
        assert cache.get("pdf-place-3")


def test_nobody_is_refused_a_document_because_the_cache_is_away(monkeypatch):
    def away(*args, **kwargs):
        raise ConnectionError

    monkeypatch.setattr(places.cache, "add", away)
    monkeypatch.setattr(places.cache, "delete", away)
    entered = []

    with pdf.place_for(1):
        entered.append(1)

    assert entered
