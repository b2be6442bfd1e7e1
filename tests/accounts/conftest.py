"""The sign-in service of an organisation, for the tests that go through it."""

import pytest

from tests.accounts.sign_in_service import a_sign_in_service, offer


@pytest.fixture(scope="module")
def _running():
    with a_sign_in_service() as service:
        yield service


@pytest.fixture
def service(_running, settings):
    """Return the sign-in service that the portal knows of, as it is when nothing is wrong."""
    return offer(_running, settings)
