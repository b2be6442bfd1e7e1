"""A portal that would not be safe to run does not start (S27)."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from ldp_portal.settings.environment import BASE_DIR, database_url, refuse_unsafe, role_to_grant

KEY = "Vq3-long-and-random-0123456789-abcdefghijklmnopqrstuvwxyz"
GOOD = {
    "DATABASE_URL": "postgres://portal@db.internal/portal",
    "PORTAL_SECRET_KEY": KEY,
    "PORTAL_ADDRESS": "https://portal.example",
    "PORTAL_HOSTS": "portal.example",
}
SERVICE = {
    "PORTAL_OIDC_ISSUER": "https://sign-in.example",
    "PORTAL_OIDC_CLIENT_ID": "portal",
    "PORTAL_OIDC_CLIENT_SECRET": "hunter4",
    "PORTAL_OIDC_NAME": "NHSmail",
}
STATIC = f"sqlite:///{BASE_DIR / 'static' / 'portal.sqlite3'}"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        pytest.param({"PORTAL_SECRET_KEY": ""}, "Set PORTAL_SECRET_KEY", id="no key"),
        pytest.param({"PORTAL_SECRET_KEY": KEY[:49]}, "PORTAL_SECRET_KEY can be guessed", id="short key"),
        pytest.param({"PORTAL_SECRET_KEY": "abcd" * 20}, "PORTAL_SECRET_KEY can be guessed", id="key of four characters"),
        pytest.param({"PORTAL_SECRET_KEY": f"django-insecure-{KEY}"}, "PORTAL_SECRET_KEY can be guessed", id="default key"),
        pytest.param({"PORTAL_SECRET_KEY_FALLBACKS": f"{KEY},short"}, "FALLBACKS can be guessed", id="short key of before"),
        pytest.param({"PORTAL_DEBUG": "1"}, "Unset it", id="debug on another machine's database"),
        pytest.param({"PORTAL_HOSTS": " , "}, "Set PORTAL_HOSTS", id="no host"),
        pytest.param({"PORTAL_HOSTS": "*"}, "Name each host", id="any host"),
        pytest.param({"PORTAL_HOSTS": "portal.example, *"}, "Name each host", id="any host beside a good one"),
        pytest.param({"PORTAL_HOSTS": ".example"}, "Name each host", id="any host of a domain"),
        pytest.param({"PORTAL_DEMONSTRATION": "yes"}, "Unset PORTAL_DEMONSTRATION", id="demonstration"),
        pytest.param({"PORTAL_ADDRESS": "http://portal.example"}, "https://", id="plain address"),
        pytest.param({"PORTAL_ADDRESS": ""}, "https://", id="no address"),
        pytest.param({"PORTAL_METRICS_TOKEN": "figures"}, "PORTAL_METRICS_TOKEN", id="short token"),
        pytest.param({"PORTAL_OIDC_NAME": "NHSmail"}, "Set PORTAL_OIDC_ISSUER, .*_SECRET too", id="a part of a service"),
        pytest.param(SERVICE | {"PORTAL_OIDC_CLIENT_SECRET": ""}, "Set PORTAL_OIDC_CLIENT_SECRET too", id="no secret of it"),
        pytest.param(SERVICE | {"PORTAL_OIDC_ISSUER": "http://sign-in.example"}, "PORTAL_OIDC_ISSUER", id="plain service"),
        pytest.param(SERVICE | {"PORTAL_OIDC_ISSUER": f"https://{'x' * 200}"}, "longer than 200", id="endless service"),
        pytest.param({"PORTAL_PROXIES": "-1"}, "PORTAL_PROXIES", id="less than no proxy"),
        pytest.param({"PORTAL_OWNER_DATABASE_URL": "postgres://o@other/portal"}, "PORTAL_OWNER", id="the owner of another"),
        pytest.param(
            {"PORTAL_OWNER_DATABASE_URL": GOOD["DATABASE_URL"], "DATABASE_URL": ""}, "PORTAL_OWNER", id="an owner alone"
        ),
        pytest.param(
            {"PORTAL_DEBUG": "1", "DATABASE_URL": "postgres:///x?host=db.internal"}, "Unset it", id="debug on a host by name"
        ),
        pytest.param({"DATABASE_URL": STATIC}, "files for browsers", id="database among static files"),
        pytest.param(
            {"DATABASE_URL": "sqlite:////srv/portal/media/deep/db", "PORTAL_VAR_DIR": "/srv/portal"},
            "files for browsers",
            id="database among uploads",
        ),
        pytest.param(
            {"DATABASE_URL": "sqlite:////srv/portal/x/../static/db", "PORTAL_VAR_DIR": "/srv/portal"},
            "files for browsers",
            id="database among static files by a detour",
        ),
    ],
)
def test_production_refuses_to_start_with(changes, reason):
    with pytest.raises(ImproperlyConfigured, match=reason):
        refuse_unsafe(GOOD | changes)


def test_every_reason_is_said_at_once():
    with pytest.raises(ImproperlyConfigured, match=r"PORTAL_SECRET_KEY.*PORTAL_HOSTS.*PORTAL_ADDRESS"):
        refuse_unsafe({"DATABASE_URL": GOOD["DATABASE_URL"], "PORTAL_HOSTS": "*"})


@pytest.mark.parametrize(
    "environment",
    [
        pytest.param({}, id="an embedded portal"),
        pytest.param({"PORTAL_DEBUG": "1", "PORTAL_DEMONSTRATION": "1"}, id="a demonstration"),
        pytest.param({"PORTAL_DEBUG": "1", "DATABASE_URL": "postgres://me@127.0.0.1:5433/try"}, id="a developer's database"),
        pytest.param({"PORTAL_DEBUG": "1", "DATABASE_URL": "postgres:///try"}, id="a developer's socket"),
        pytest.param(GOOD, id="production"),
        pytest.param(GOOD | SERVICE, id="production with a sign-in service"),
        pytest.param(GOOD | {"PORTAL_OWNER_DATABASE_URL": "postgres://o:p@db.internal/portal"}, id="production with an owner"),
        pytest.param(GOOD | dict.fromkeys(SERVICE, ""), id="production with an empty line for each setting of one"),
        pytest.param(GOOD | {"PORTAL_SECRET_KEY_FALLBACKS": KEY[::-1]}, id="production with its key of before"),
        pytest.param(GOOD | {"PORTAL_ADDRESS": "http://portal", "PORTAL_PLAIN_HTTP": "1"}, id="a closed network"),
        pytest.param(GOOD | {"DATABASE_URL": "sqlite:////srv/data/portal.sqlite3"}, id="one machine's own file"),
    ],
)
def test_portal_starts_as(environment):
    assert refuse_unsafe(environment) is None


def test_an_embedded_portal_too_refuses_half_of_a_sign_in_service():
    with pytest.raises(ImproperlyConfigured, match="half of it lets nobody sign in"):
        refuse_unsafe({"PORTAL_OIDC_ISSUER": SERVICE["PORTAL_OIDC_ISSUER"]})


def test_refusal_does_not_repeat_what_is_secret():
    with pytest.raises(ImproperlyConfigured) as refused:
        refuse_unsafe(
            GOOD | {"PORTAL_SECRET_KEY": "hunter2", "PORTAL_METRICS_TOKEN": "hunter3", "PORTAL_OIDC_CLIENT_SECRET": "hunter4"}
        )

    assert "hunter" not in str(refused.value)


@pytest.mark.parametrize(
    ("command", "account"),
    [("migrate", "owner"), ("restore", "owner"), ("grant_portal", "owner"), ("runserver", "portal_web"), ("", "portal_web")],
)
def test_only_what_needs_the_owner_of_the_tables_is_done_as_the_owner(command, account):
    both = {"DATABASE_URL": "postgres://portal_web@db/portal", "PORTAL_OWNER_DATABASE_URL": "postgres://owner@db/portal"}
    one = {"DATABASE_URL": both["DATABASE_URL"], "PORTAL_OWNER_DATABASE_URL": ""}

    assert database_url(command, both) == f"postgres://{account}@db/portal"
    assert database_url(command, one) == one["DATABASE_URL"]
    assert (role_to_grant(both), role_to_grant(one), role_to_grant({})) == ("portal_web", "", "")
    assert role_to_grant(both | {"DATABASE_URL": "postgres://portal%5Fweb@db/portal"}) == "portal_web"
