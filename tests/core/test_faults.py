"""A page that breaks says calmly why: the database is away for a moment, or the fault is ours."""

import pytest
from bs4 import BeautifulSoup
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, connection
from django.db.transaction import TransactionManagementError
from django.test import Client

from core import faults
from core.faults import is_database_away
from tests.factories.accounts import ConsultantFactory


def broken(error):
    def refuse(execute, sql, params, many, context):
        raise error

    return connection.execute_wrapper(refuse)


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")], ids=["gone", "closed"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_d6_database_that_is_away_is_said_calmly_and_with_when_to_ask_again(error, method):
    client = Client(raise_request_exception=False)
    client.force_login(ConsultantFactory())

    with broken(error):
        response = getattr(client, method)("/engagements/")

    assert response.status_code == 503
    assert response["Retry-After"] == str(faults.RETRY_AFTER_SECONDS)
    assert response["Cache-Control"] == "no-store"
    shown = BeautifulSoup(response.content.decode(), "html.parser")
    assert shown.h1.get_text() == "The portal cannot reach its records"
    assert shown.find("html")["lang"] == "en-GB"


@pytest.mark.django_db
def test_fault_of_ours_is_not_blamed_on_the_database():
    client = Client(raise_request_exception=False)
    client.force_login(ConsultantFactory())

    with broken(RuntimeError("a fault")):
        response = client.get("/engagements/")

    assert response.status_code == 500
    assert "The fault is ours" in response.content.decode()


def test_error_that_hides_why_is_seen_through():
    hidden = TransactionManagementError("broken transaction")
    hidden.__context__ = OperationalError("gone")

    assert is_database_away(hidden)


@pytest.mark.parametrize("error", [None, RuntimeError(), IntegrityError(), DatabaseError()])
def test_other_errors_are_no_database_that_is_away(error):
    assert not is_database_away(error)
