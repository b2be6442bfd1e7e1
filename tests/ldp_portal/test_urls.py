"""Public and private addresses."""

import pytest

pytestmark = pytest.mark.django_db

PUBLIC = [
    "/",
    "/framework/",
    "/framework/individual-effectiveness/",
    "/menu/",
    "/menu/coaching-and-mentoring/",
    "/contacts/",
    "/contacts/east-midlands/",
    "/accounts/login/",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_public_page_is_open_to_anybody(client, address):
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("address", ["/framework/x/", "/menu/x/", "/contacts/x/", "/nothing/here/"])
def test_page_that_does_not_exist_is_not_found(client, address):
    response = client.get(address)

    assert response.status_code == 404
    assert "Page not found" in response.content.decode()


@pytest.mark.parametrize("address", PUBLIC[:-1])
def test_public_page_carries_no_inline_style_or_handler(client, address):
    page = client.get(address).content.decode()

    assert " style=" not in page
    assert " onclick=" not in page
