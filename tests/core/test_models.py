"""Rows of the core as they are said in words."""

import pytest

from tests.factories.core import DemonstrationMailFactory

pytestmark = pytest.mark.django_db


def test_mail_of_a_demonstration_says_its_subject():
    assert str(DemonstrationMailFactory(subject="Please decide")) == "Please decide"
