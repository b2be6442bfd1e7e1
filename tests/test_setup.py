"""The set-up says the same words everywhere, and installs only what is locked."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Put together here, so that this file does not hold what it looks for.
ADDRESS = ".".join(["pypi", "org"])
LOCKED = ["pyproject.toml", "package.json", "package-lock.json"]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def words_of_makefile():
    return set(re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.MULTILINE))


def lock_files():
    return sorted(path.name for path in ROOT.glob("requirements*.txt"))


def check_locks(root):
    return subprocess.run(
        [sys.executable, root / "scripts/check_locks.py"], cwd=root, capture_output=True, text=True, check=False
    )


@pytest.fixture
def copied_locks(tmp_path):
    """A folder with the lock files alone, under version control, to be spoilt by a test."""
    for name in [*LOCKED, *lock_files(), "requirements-node.in", "scripts/check_locks.py"]:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    subprocess.run(["git", "init", "--quiet"], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", "."], cwd=tmp_path, check=True)
    return tmp_path


def test_readme_and_makefile_say_the_same_words():
    in_readme = set(re.findall(r"(?:`|^    )make ([a-z-]+)", read("README.md"), re.MULTILINE))

    assert in_readme == words_of_makefile() - {"help"}


def test_readme_lists_every_setting_of_the_environment():
    settings = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "ldp_portal" / "settings").glob("*.py"))
    names = set(re.findall(r'(?:environ(?:ment)?\.get|environ(?:ment)?\[|getenv|flag|said)\(?\[?"([A-Z0-9_]+)"', settings))
    in_readme = set(re.findall(r"`((?:PORTAL_|DATABASE_|REDIS_)[A-Z0-9_]+)`", read("README.md")))

    assert in_readme == names


def test_build_runs_both_suites_and_the_checks():
    lines = [line.split("||")[0].strip() for line in read(".ci/run").splitlines()]

    assert [line.removesuffix(' "$again"') for line in lines if line.startswith("make ")] == [
        "make test",
        "make test-services",
        "make check",
    ]
    assert "unset DATABASE_URL REDIS_URL" in lines


@pytest.mark.parametrize(
    "name", ["scripts/setup.sh", "scripts/check.sh", "scripts/lock.sh", "scripts/with-services.sh", ".ci/run"]
)
def test_script_can_be_run_and_parses(name):
    checked = subprocess.run(["bash", "-n", ROOT / name], capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stderr
    assert (ROOT / name).stat().st_mode & 0o111


def test_every_dependency_has_its_reason_above_it():
    section = read("pyproject.toml").split("[tool.", 1)[0]
    lists = re.findall(r"^(?:dependencies|dev) = \[\n(.*?)^\]", section, re.DOTALL | re.MULTILINE)
    groups = [group for listed in lists for group in re.split(r"(?<=,\n)(?=    #)", listed)]

    assert len(lists) == 2
    assert [group for group in groups if not group.startswith("    # ")] == []


def test_every_system_package_has_its_reason_above_it():
    lines = [line for line in read("scripts/system-packages.txt").splitlines() if line]
    groups = re.split(r"\n(?=#)", "\n".join(lines))

    assert all(group.startswith("# ") for group in groups)


def test_every_package_of_ours_is_under_the_import_contracts():
    linter = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}

    assert set(linter["root_packages"]) == packages
    assert set(linter["contracts"][0]["layers"]) == packages
    assert set(linter["contracts"][1]["containers"]) == packages - {"core", "ldp_portal"}
    assert not any("ignore_imports" in contract for contract in linter["contracts"])


def test_locks_answer_to_what_was_asked_for():
    checked = check_locks(ROOT)

    assert checked.returncode == 0, checked.stdout


@pytest.mark.parametrize(
    ("name", "before", "after", "complaint"),
    [
        pytest.param("pyproject.toml", '"gunicorn>=', '"wheelbarrow>=', "wheelbarrow", id="new dependency"),
        pytest.param("pyproject.toml", '"celery>=5.7,<6"', '"celery>=6"', "celery>=6", id="new range"),
        pytest.param("requirements.txt", "asgiref==", "asgiref==0.", "differently", id="locks that differ"),
        pytest.param("package.json", '"sass": "', '"sass": "0.', "package-lock.json", id="new node package"),
        pytest.param("package-lock.json", '"integrity"', '"trust"', "without a hash", id="node package without a hash"),
        pytest.param("requirements-node.in", "# ", f"# https://{ADDRESS}\n# ", "names a registry", id="address of a registry"),
    ],
)
def test_locks_are_refused_with(copied_locks, name, before, after, complaint):
    text = (copied_locks / name).read_text()
    (copied_locks / name).write_text(text.replace(before, after, 1))

    checked = check_locks(copied_locks)

    assert checked.returncode == 1
    assert complaint in checked.stdout


def test_lock_without_a_hash_is_refused(copied_locks):
    lock = copied_locks / "requirements.txt"
    lock.write_text(re.sub(r"^(amqp==\S+) \\\n(?:    --hash=\S+(?: \\)?\n)+", r"\1\n", lock.read_text(), flags=re.MULTILINE))

    checked = check_locks(copied_locks)

    assert checked.returncode == 1
    assert "amqp" in checked.stdout
