#!/usr/bin/env bash
# Write the lock files. --universal keeps them true for every Python the portal runs on, not only for this machine's.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/python -m pip install --quiet --disable-pip-version-check uv
compile() { .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --upgrade "$@"; }
compile pyproject.toml --output-file requirements.txt
# The same versions of what both need, so that one environment can hold either.
compile pyproject.toml --extra dev --constraint requirements.txt --output-file requirements-dev.txt
compile requirements-node.in --output-file requirements-node.txt
