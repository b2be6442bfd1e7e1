"""Rows of the framework as they are said in words."""

import pytest

from tests.factories.framework import ResourceFactory

pytestmark = pytest.mark.django_db


def test_resource_says_its_name():
    assert str(ResourceFactory(name="Healthcare Leadership Model")) == "Healthcare Leadership Model"
