#!/usr/bin/env bash
# Everything `make check` holds, in one run that goes on after a failure and changes nothing.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=()

# check TITLE COMMAND...: run it, and show what it said only when it fails.
check() {
    local title=$1 output
    shift
    if output=$("$@" 2>&1); then echo "ok      $title"; else failed+=("$title"); printf 'FAILED  %s\n%s\n' "$title" "$output"; fi
}

# The settings of a production web process, with a database that leaves no file behind.
production() {
    env -u PORTAL_DEBUG -u PORTAL_DEMONSTRATION -u REDIS_URL DATABASE_URL=sqlite://:memory: \
        PORTAL_SECRET_KEY=for-checking-only-0123456789-abcdefghijklmnopqrstuvwxyz \
        PORTAL_ADDRESS=https://portal.example PORTAL_HOSTS=portal.example "$@"
}

python=.venv/bin/python
check "style" $python -m ruff check .
check "format" $python -m ruff format --check .
check "architecture" .venv/bin/lint-imports
check "types" $python -m mypy
check "templates" .venv/bin/djlint --lint --quiet templates
check "deployment settings" production $python -W error manage.py check --deploy --fail-level WARNING
check "migrations" production $python manage.py makemigrations --check --dry-run
check "migrations beside the release before" production $python scripts/lint_migrations.py
check "locks and addresses" $python scripts/check_locks.py
# Pages of docs/ that are generated from the code are compared with it here, one line each.
check "diagram of the statuses" $python scripts/states.py --check

if [ ${#failed[@]} -gt 0 ]; then
    printf 'Failed: %s\n' "${failed[@]}"
    exit 1
fi
