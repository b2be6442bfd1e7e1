"""Check that the lock files answer to what was asked for, and that no tracked file names a package registry.

Works offline: it compares files with each other and asks nobody.
"""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Hosts of registries, and the options that point an installer at one; written so that this file does not match itself.
ADDRESS = re.compile(
    r"(pypi|pythonhosted|npmjs|nodesource|yarnpkg|debian|ubuntu)\.(org|com)\b"
    r"|--(extra-)?index-url|--find-link[s]|\"resolved\":\s*\"|^\s*registry\s*=",
    re.IGNORECASE | re.MULTILINE,
)


def read_lock(path: Path) -> dict[str, list[str]]:
    """Return the versions each package is pinned to: several where the choice depends on the Python."""
    pins: dict[str, list[str]] = {}
    for name, version in re.findall(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^\s;\\]+)", path.read_text(), re.MULTILINE):
        pins.setdefault(canonicalize_name(name), []).append(version)
    return pins


def check_lock(path: Path, wanted: list[str]) -> list[str]:
    """Say which of the wanted packages the lock file does not pin within their range, and which pins carry no hash."""
    pins = read_lock(path)
    problems = []
    for line in wanted:
        requirement = Requirement(line)
        versions = pins.get(canonicalize_name(requirement.name), [])
        if not versions or not all(requirement.specifier.contains(version) for version in versions):
            problems.append(f"{path.name} does not answer to {line}: run `make lock`")
    entries = [entry for entry in re.split(r"\n(?=\S)", path.read_text()) if entry.strip() and not entry.startswith("#")]
    problems += [f"{path.name} pins {entry.split()[0]} without a hash" for entry in entries if "--hash=sha256:" not in entry]
    return problems


def check_python_locks(root: Path) -> list[str]:
    """Compare pyproject.toml and requirements-node.in with the three lock files."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    run, dev = project["dependencies"], project["optional-dependencies"]["dev"]
    node = [line for line in (root / "requirements-node.in").read_text().splitlines() if line and not line.startswith("#")]
    problems = check_lock(root / "requirements.txt", run)
    problems += check_lock(root / "requirements-dev.txt", run + dev)
    problems += check_lock(root / "requirements-node.txt", node)
    both = read_lock(root / "requirements-dev.txt")
    problems += [
        f"requirements.txt and requirements-dev.txt pin {name} differently: run `make lock`"
        for name, versions in read_lock(root / "requirements.txt").items()
        if both.get(name) != versions
    ]
    return problems


def check_node_lock(root: Path) -> list[str]:
    """Compare package.json with package-lock.json."""
    wanted = json.loads((root / "package.json").read_text()).get("dependencies", {})
    packages = json.loads((root / "package-lock.json").read_text())["packages"]
    problems = []
    if packages[""].get("dependencies", {}) != wanted:
        problems.append("package-lock.json does not answer to package.json: run `npm install --package-lock-only`")
    problems += [
        f"package-lock.json holds {path} without a hash" for path, held in packages.items() if path and "integrity" not in held
    ]
    return problems


def check_addresses(root: Path) -> list[str]:
    """Say where a tracked file names a registry."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, text=True, check=True).stdout
    problems = []
    for name in filter(None, listed.split("\0")):
        path = root / name
        found = ADDRESS.search(path.read_text(errors="replace")) if path.is_file() else None
        if found:
            problems.append(f"{name} names a registry: {found.group().strip()}")
    return problems


def main() -> int:
    """Print every problem and return the exit code."""
    root = Path(__file__).resolve().parent.parent
    problems = check_python_locks(root) + check_node_lock(root) + check_addresses(root)
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
