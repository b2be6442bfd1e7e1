#!/usr/bin/env bash
# Prepare this machine and this folder, by named steps: scripts/setup.sh system packages assets data
# A step whose inputs are as they were when it last succeeded is passed over, so a second call takes a moment.
set -euo pipefail
cd "$(dirname "$0")/.."
var=${PORTAL_VAR_DIR:-var}
mkdir -p "$var/stamps"
# Two calls at once (a portal in one window, the tests in another) wait for each other.
exec 9>"$var/stamps/lock"
flock 9
export PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '\033[1m== %s\033[0m\n' "$*"; }
stop() { printf '%s\n' "$@" >&2; exit 1; }

# digest FILE OR FOLDER...: one word that changes whenever any of them does.
digest() { find "$@" -type f -not -name '*.pyc' -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -c1-64; }

# fresh STEP OUTPUT DIGEST: succeeds when the step was done for these inputs and its output is still there.
fresh() { [ -e "$2" ] && [ "$(cat "$var/stamps/$1" 2>/dev/null)" = "$3" ]; }
stamp() { printf '%s\n' "$2" >"$var/stamps/$1"; }

# The system's own comes first: it is built for speed, which those of version managers often are not.
find_python() {
    for name in /usr/bin/python3 python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo "$name"; return; fi
    done
    stop "The portal needs Python 3.11 or later, and found none on this machine."
}

installed() { dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null | grep -qx installed; }
known() { apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'; }

# The words that make a command an administrator's: nothing for root, sudo where it works or where somebody can answer its prompt.
administrator() {
    if [ "$(id -u)" -eq 0 ]; then echo env
    elif sudo -n true 2>/dev/null || { [ -t 0 ] && command -v sudo >/dev/null; }; then echo sudo
    else return 1; fi
}

# install_system ENTRY...: install what is missing, or print the command that would and stop.
install_system() {
    command -v dpkg-query >/dev/null || { say "This is neither Debian nor Ubuntu: please install these yourself: $*"; return; }
    local entry name missing=() names=() as=""
    for entry in "$@"; do
        for name in ${entry//|/ }; do if installed "$name"; then continue 2; fi; done
        missing+=("$entry")
    done
    if [ ${#missing[@]} -eq 0 ]; then return; fi
    if as=$(administrator); then $as apt-get -qq -o DPkg::Lock::Timeout=300 update; fi
    for entry in "${missing[@]}"; do
        for name in ${entry//|/ } ${entry%%|*}; do if known "$name"; then break; fi; done
        names+=("$name")
    done
    [ -n "$as" ] || stop "Some system packages are missing, and this account may not install them. Run this as root, then try again:" \
        "" "    apt-get update && apt-get install --no-install-recommends ${names[*]}" ""
    say "Installing system packages: ${names[*]}"
    $as env DEBIAN_FRONTEND=noninteractive apt-get install -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
        --yes --no-install-recommends "${names[@]}" >"$var/apt.log" 2>&1 || { cat "$var/apt.log" >&2; stop "apt-get could not install them."; }
}

# step_system [ENTRY]: what the portal needs of the machine, and one thing more.
step_system() {
    local python entries
    mapfile -t entries < <(grep -v -e '^#' -e '^$' scripts/system-packages.txt)
    python=$(find_python)
    # Debian keeps the part of Python that makes virtual environments in a package of its own.
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        entries+=("$("$python" -c 'import sys; print("python{}.{}-venv".format(*sys.version_info))')")
    fi
    install_system "${entries[@]}" "$@"
}

# The journeys drive a real browser.
step_browser() { if command -v chromium-headless-shell chromium >/dev/null; then step_system; else step_system "chromium-headless-shell|chromium|chromium-browser"; fi; }

# The servers that scripts/with-services.sh starts for the suite.
step_services() { install_system postgresql redis-server; }

# install_python STEP LOCK OUTPUT: the packages of one lock file, each checked against its hash.
install_python() {
    local inputs
    # Its programs carry the folder's name: after a move, or a new Python, the environment is made again.
    .venv/bin/pip --version >/dev/null 2>&1 || { say "Making the virtual environment"; "$(find_python)" -m venv --clear .venv; }
    inputs=$(digest "$2" .venv/pyvenv.cfg)
    if fresh "$1" "$3" "$inputs"; then return; fi
    say "Installing Python packages of $2"
    .venv/bin/python -m pip install --quiet --no-compile --require-hashes --requirement "$2"
    stamp "$1" "$inputs"
}

step_packages() { install_python packages requirements.txt .venv/bin/django-admin; }
step_dev-packages() { install_python dev-packages requirements-dev.txt .venv/bin/pytest; }

# The design system asks for Node 20.9 or later; where there is none, PyPI's serves from inside the virtual environment.
find_node() {
    if command -v npm >/dev/null && node -e 'let [a, b] = process.versions.node.split("."); process.exit(a * 100 + +b < 2009)' 2>/dev/null; then return; fi
    install_python node requirements-node.txt .venv/bin/npm
    export PATH="$PWD/.venv/bin:$PATH"
}

step_assets() {
    local inputs
    inputs=$(digest package.json package-lock.json .npmrc)
    if ! fresh node-packages node_modules/nhsuk-frontend/package.json "$inputs"; then
        find_node
        say "Installing the design system"
        npm ci --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error
        stamp node-packages "$inputs"
    fi
    inputs=$(digest package-lock.json scripts/build-assets.mjs static)
    if fresh assets "$var/assets/portal.css" "$inputs"; then return; fi
    find_node
    say "Compiling styles and scripts"
    npm run --silent build
    stamp assets "$inputs"
}

step_data() {
    local inputs
    export PORTAL_DEBUG=1 PORTAL_DEMONSTRATION=1
    inputs=$(digest fixtures */migrations */management ldp_portal)
    # A database elsewhere may have been emptied since, so only our own file is trusted to be as we left it.
    if [ -z "${DATABASE_URL:-}" ] && fresh data "$var/portal.sqlite3" "$inputs"; then return; fi
    say "Preparing the database, the reference data and the demonstration"
    .venv/bin/python manage.py migrate --verbosity 0
    .venv/bin/python manage.py load_reference
    .venv/bin/python manage.py load_demonstration
    stamp data "$inputs"
}

for step in "$@"; do "step_$step"; done
