"""A person at a desk: finds things by role and label, and looks at every page with axe on the way."""

import re
from io import BytesIO

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import expect
from pypdf import PdfReader

AXE_RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],
    # The style sheets are ours, and no rule that is asked for reads them.
    "preload": False,
}

# The page once so many frames have been drawn.
AFTER_FRAMES = """frames => new Promise(done => {
    const next = () => frames-- > 0 ? requestAnimationFrame(next) : done();
    next();
})"""


class Desk:
    """One signed-in person's browser."""

    def __init__(self, page, address):
        self.page = page
        self.address = address
        self.looked_at = set()
        self.troubles = []
        self.person = None
        # Machines are shared, and the first page of a server takes its time.
        page.set_default_timeout(30_000)
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def _note(self, message):
        """Keep what the browser complains of: a broken policy, a missing file, a script that failed."""
        if message.type == "error":
            self.troubles.append(message.text)

    def sign_in(self, person, password):
        """Sign in on the page that everybody signs in on."""
        self.go("/accounts/login/")
        self.page.get_by_label("Email").fill(person.email)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()
        self.look()

    def enter_as(self, person):
        """Come in as somebody who signed in before, unless they are in already."""
        if self.person == person:
            return
        self.person = person
        client = Client()
        client.force_login(person)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.address}])

    def go(self, path, *, status=200):
        """Open an address, which is answered well unless another status is expected."""
        answer = self.page.goto(f"{self.address}{path}")
        assert answer.status == status, f"{path} was answered with {answer.status}"
        # The browser complains of a status that the test has asked for.
        self.troubles = [said for said in self.troubles if status == 200 or f"status of {status}" not in said]
        self.look()

    def resize(self, width, height=800):
        """Look through a window of another size, once the page has found its place in it: the header moves its links a frame or two later."""
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.evaluate(AFTER_FRAMES, 4)

    def fits(self):
        """Expect a page that is no wider than its screen, under one heading."""
        self.page.wait_for_load_state("load")
        is_wider = self.page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not is_wider, f"{self.page.url} is wider than its screen"
        assert self.page.get_by_role("heading", level=1).count() == 1, self.page.url

    def follow(self, name, *, exact=True, within=None):
        """Follow a link, one that looks like a button too, in the main part of the page or in another landmark."""
        self._link(name, exact=exact, within=within).click()
        self.look()

    def _link(self, name, *, exact, within=None):
        """Find a link; one that looks like a button has that role."""
        region = within or self.page.get_by_role("main")
        return region.get_by_role("link", name=name, exact=exact).or_(region.get_by_role("button", name=name, exact=exact)).first

    def turn_to(self, name):
        """Open another page of the engagement."""
        self.follow(name, within=self.page.get_by_role("navigation", name="Pages of"))

    def write(self, label, value):
        """Write into the field of this label."""
        self.page.get_by_label(label, exact=True).fill(value)

    def choose(self, question, answer):
        """Choose one of several under a question."""
        group = self.page.get_by_role("group", name=question)
        group.get_by_role("radio", name=answer).check()

    def pick(self, label, option):
        """Pick from a list."""
        self.page.get_by_label(label, exact=True).select_option(label=option)

    def tick(self, question, *answers):
        """Tick several under a question, unfolding what is folded away."""
        group = self.page.get_by_role("group", name=question).first
        for answer in answers:
            box = group.get_by_role("checkbox", name=answer, include_hidden=True)
            fold = group.locator("details", has=self.page.get_by_label(answer, exact=True))
            if fold.count() and fold.first.get_attribute("open") is None:
                fold.first.locator("summary").click()
            box.check()

    def write_date(self, question, day):
        """Write a date into its three boxes."""
        group = self.page.get_by_role("group", name=question)
        group.get_by_label("Day").fill(str(day.day))
        group.get_by_label("Month").fill(str(day.month))
        group.get_by_label("Year").fill(str(day.year))

    def save(self, button="Save", *, is_refused=False):
        """Send the form, which goes through unless a refusal is expected."""
        self.page.get_by_role("main").get_by_role("button", name=button, exact=True).first.click()
        self.look()
        problems = self.page.locator(".nhsuk-error-summary__list")
        assert problems.count() == 0 or is_refused, problems.first.inner_text()

    def sees(self, text):
        """Expect a text in the main part of the page."""
        expect(self.page.get_by_role("main")).to_contain_text(text)

    def look(self):
        """Hold the page to WCAG 2.2 AA, once for each kind of page and width, and to a browser without complaints.

        A page is the same whatever database its words come from: it is held to WCAG where the suite runs on the embedded one.
        """
        self.page.wait_for_load_state("load")
        kind = re.sub(r"[0-9]+", "n", self.page.url.removeprefix(self.address)), self.page.viewport_size["width"]
        if kind not in self.looked_at and connection.vendor == "sqlite":
            self.looked_at.add(kind)
            found = Axe().run(self.page, options=AXE_RULES)
            assert found.violations_count == 0, f"{self.page.url}\n{found.generate_report()}"
        assert not self.troubles, self.troubles

    def download_text(self, link):
        """Follow a link to a PDF and return its words with single spaces."""
        address = self._link(link, exact=True).get_attribute("href")
        answer = self.page.request.get(f"{self.address}{address}")
        assert answer.headers["content-type"] == "application/pdf"
        return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.body())).pages).split())
