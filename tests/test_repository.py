"""Nothing secret is kept with the code, now or in its history, and no address is there for trying things out (S27)."""

import subprocess

import pytest
from django.test import Client
from django.urls import reverse

from tests.access_matrix import all_patterns
from tests.factories.core import DemonstrationMailFactory
from tests.helpers import soup
from tests.house_rules import ROOT

# Keys and tokens as those who hand them out write them: of certificates, clouds, code hosts, chats and signed sessions.
SECRETS = "|".join(
    [
        "-----BEGIN [A-Z ]*PRIVATE KEY",
        "AKIA[0-9A-Z]{16}",
        "gh[pousr]_[A-Za-z0-9]{36}",
        "glpat-[A-Za-z0-9_-]{20}",
        "xox[abprs]-[0-9A-Za-z-]{10}",
        "eyJ[A-Za-z0-9_-]{20,}[.]eyJ[A-Za-z0-9_-]{20,}[.]",
        "AIza[0-9A-Za-z_-]{35}",
        "sk_live_[0-9A-Za-z]{24}",
    ]
)
# What is there for demonstrations alone: no portal in production has them.
FOR_DEMONSTRATIONS = {"core:mail_list", "core:mail_detail", "accounts:demonstration_sign_in"}


def git(folder, *words):
    """Return what Git says."""
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def secrets_in(folder):
    """Return every change of a history that added or took away a line with a secret in it, and every file that holds one."""
    changes = git(folder, "log", "--all", f"-G{SECRETS}", "--format=%h %s").splitlines()
    pattern = ["grep", "-lIE", "-e", SECRETS, "HEAD"]
    held = subprocess.run(["git", *pattern], cwd=folder, capture_output=True, text=True, check=False, timeout=60)
    return changes + held.stdout.splitlines()


def test_s27_no_secret_stands_in_the_code_or_in_its_history():
    assert secrets_in(ROOT) == []


def test_a_secret_that_was_taken_out_again_is_found(tmp_path):
    git(tmp_path, "init", "--quiet")
    for number, words in enumerate([f"key = AKIA{'A' * 16}", "key = None"]):
        (tmp_path / "settings.txt").write_text(words)
        git(tmp_path, "add", "settings.txt")
        git(tmp_path, "-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "--quiet", "-m", f"Change {number}")

    assert [said.partition(" ")[2] for said in secrets_in(tmp_path)] == ["Change 1", "Change 0"]


@pytest.mark.django_db
def test_s27_no_address_is_there_for_trying_things_out():
    names = {name for name, _, _ in all_patterns()}
    tried = {
        name for name in names if any(word in name.lower() for word in ("debug", "test", "demo", "mail_", "silk", "__", "jsi18n"))
    }
    mail = DemonstrationMailFactory()

    assert tried - {"admin:jsi18n"} == FOR_DEMONSTRATIONS
    assert Client().get(reverse("core:mail_list")).status_code == 404
    assert Client().get(reverse("core:mail_detail", args=[mail.pk])).status_code == 404
    assert Client().post(reverse("accounts:demonstration_sign_in")).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path",
    [
        *("/.env", "/.git/config", "/manage.py", "/var/secret-key", "/var/portal.sqlite3", "/requirements.txt", "/media/"),
        *("/static/../manage.py", "/static/%2e%2e/manage.py", "/static/..%2f.env", "/static//etc/passwd", "/__debug__/"),
    ],
)
def test_s27_no_file_of_the_portal_is_served(path):
    response = Client().get(path)

    assert response.status_code == 404
    # Nor does the page tell how addresses are made.
    assert soup(response).h1.get_text() == "Page not found"
    assert "urlpatterns" not in response.content.decode()
