"""The compose file is whole and safe, and says no setting that the portal does not read."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from core.pdf.frames import MIB, Limits

ROOT = Path(__file__).resolve().parent.parent
# What others read than the portal's settings: the image of the database, and the library that counts.
READ_BY_OTHERS = {"POSTGRES_PASSWORD", "POSTGRES_USER", "POSTGRES_DB", "PROMETHEUS_MULTIPROC_DIR"}
SECRET = re.compile(r"PASSWORD|SECRET|KEY|TOKEN|_URL")


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def compose():
    return YAML(typ="safe").load(read("docker-compose.yml"))


SERVICES = compose()["services"]


def settings_read():
    """Return the names that the settings read from the environment."""
    settings = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "ldp_portal" / "settings").glob("*.py"))
    return set(re.findall(r'(?:environ(?:ment)?\.get|environ(?:ment)?\[|getenv|flag|said)\(?\[?"([A-Z0-9_]+)"', settings))


def test_compose_file_keeps_to_its_schema():
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]

    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stdout


def test_the_portal_and_all_it_stands_on_are_services():
    assert set(SERVICES) == {"migrate", "web", "worker", "beat", "database", "redis"}


@pytest.mark.parametrize("name", SERVICES)
def test_service_may_do_little_and_use_little(name):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & set(service)
    assert {"mem_limit", "cpus", "pids_limit"} <= set(service)
    assert service["healthcheck"].get("test") or (name == "migrate" and service["restart"] == "no")
    assert service.get("user", "portal") != "root"


@pytest.mark.parametrize("name", SERVICES)
def test_service_says_no_secret(name):
    said = {key: str(value) for key, value in SERVICES[name].get("environment", {}).items()}

    assert [
        key for key, value in said.items() if SECRET.search(key) and value and not re.fullmatch(rf"\$\{{{key}:\?[^}}]+\}}", value)
    ] == []


def test_only_this_machine_reaches_the_web_and_nobody_the_rest():
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "web": ["127.0.0.1:8000:8000"]
    }


def test_every_volume_is_named():
    mounted = {mount.partition(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])}

    assert mounted == set(compose()["volumes"])


def test_example_of_the_settings_is_what_the_portal_reads():
    lines = read(".env.example").splitlines()
    named = {line.partition("=")[0] for line in lines if line and not line.startswith("#")}
    in_compose = {name for service in SERVICES.values() for name in service.get("environment", {})}

    assert named - READ_BY_OTHERS == settings_read()
    assert in_compose <= READ_BY_OTHERS | settings_read()


def test_every_setting_of_the_example_has_its_comment_and_no_secret_a_value():
    lines = [line for line in read(".env.example").splitlines() if line]
    settings = [(lines[place - 1], line) for place, line in enumerate(lines) if not line.startswith("#")]
    valued = [line for _, line in settings if line.partition("=")[2] and SECRET.search(line.partition("=")[0])]

    assert [line for before, line in settings if not before.startswith("# ")] == []
    # Where the queue is says nothing: it is reached from the portal's own network alone.
    assert valued == ["REDIS_URL=redis://redis:6379/0"]


def test_portal_starts_with_the_example_once_what_must_be_set_is_set():
    settings = dict(line.split("=", 1) for line in read(".env.example").splitlines() if line and not line.startswith("#"))
    settings |= {
        "DATABASE_URL": "postgres://portal:secret@127.0.0.1:1/portal",
        "PORTAL_SECRET_KEY": "Vq3-long-and-random-0123456789-abcdefghijklmnopqrstuvwxyz",
        "PORTAL_ADDRESS": "https://portal.example",
        "PORTAL_HOSTS": "portal.example",
    }
    ask = "from django.conf import settings; print(settings.MEDIA_ROOT, settings.STATIC_ROOT, settings.ALLOWED_HOSTS)"

    started = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "--command", ask],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **settings},
        capture_output=True,
        text=True,
        check=False,
    )

    assert started.stdout.split() == [str(ROOT / "var" / "media"), str(ROOT / "var" / "static"), "['portal.example']"], started


def test_a_worker_has_room_for_what_its_children_may_take():
    command = SERVICES["worker"]["command"]
    children = int(command[command.index("--concurrency") + 1])
    megabytes = int(SERVICES["worker"]["mem_limit"].removesuffix("m"))

    # Each child that prints stands beside a process of Celery, and all beside the worker itself.
    assert megabytes * MIB >= children * Limits().memory_bytes + (children + 1) * 200 * MIB


def test_image_is_built_in_stages_and_runs_as_nobody():
    lines = read("Dockerfile").splitlines()
    stages = [line for line in lines if line.startswith("FROM ")]

    assert len(stages) == 3
    assert all(re.search(r":\d[\d.]*-(?:[a-z]+-)?slim(?:-[a-z]+)?(?: AS [a-z]+)?$", line) for line in stages)
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001"]
    assert "--require-hashes" in read("Dockerfile")


def test_image_starts_what_the_compose_file_starts():
    (command,) = re.findall(r"^CMD (\[.*\])$", read("Dockerfile"), re.MULTILINE)

    assert YAML(typ="safe").load(command) == SERVICES["web"]["command"]


@pytest.mark.parametrize("name", [".env*", ".git", "var", ".venv", "node_modules"])
def test_image_takes_nothing_secret_or_local_along(name):
    assert name in read(".dockerignore").splitlines()


def test_filled_in_settings_are_kept_out_of_the_repository():
    assert ".env" in read(".gitignore").splitlines()
