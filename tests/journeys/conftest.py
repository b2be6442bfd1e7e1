"""Journeys run in a real browser against the whole portal."""

import pytest
from playwright.sync_api import expect

from tests.journeys.desk import Desk

# As long as a page may take to open: the machines that build the portal are shared.
expect.set_options(timeout=30_000)


@pytest.fixture
def desk(page, live_server):
    """Return a person's browser on the running portal."""
    return Desk(page, live_server.url)
