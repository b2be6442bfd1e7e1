"""Rows of the directory as they are said in words."""

import pytest

from tests.factories.directory import ContactPointFactory

pytestmark = pytest.mark.django_db


def test_contact_point_says_its_number_or_address():
    assert str(ContactPointFactory(value="01632 960001")) == "01632 960001"
