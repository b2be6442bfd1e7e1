#!/usr/bin/env bash
# Run a command beside a PostgreSQL and a Redis of its own, on free ports, and leave nothing of them behind:
# scripts/with-services.sh make test
set -euo pipefail
cd "$(dirname "$0")/.."

if ! command -v redis-server >/dev/null || ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
    scripts/setup.sh services
fi
programs=$(dirname "$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1)")
folder=$(mktemp -d)
# PostgreSQL refuses to run as root, so there its own account runs it.
owner=()
if [ "$(id -u)" -eq 0 ]; then
    owner=(runuser -u postgres --)
    chmod 711 "$folder"
    install -d -o postgres -g postgres "$folder/postgres"
fi
redis_port=""
remove() {
    [ -z "$redis_port" ] || redis-cli -p "$redis_port" shutdown nosave 2>/dev/null || true
    # PostgreSQL's account may not enter this folder.
    cd "$folder"
    "${owner[@]}" "$programs/pg_ctl" --pgdata postgres --mode immediate --silent stop || true
    cd / && rm -rf "$folder"
}
trap remove EXIT
trap 'exit 130' INT TERM

read -r postgres_port redis_port < <(python3 - <<'PYTHON'
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
print(*(s.getsockname()[1] for s in sockets))
PYTHON
)
(
    cd "$folder"
    "${owner[@]}" "$programs/initdb" --pgdata postgres --auth trust --encoding UTF8 --locale C.UTF-8 --no-sync >/dev/null
    # What is thrown away afterwards need not survive a power cut.
    "${owner[@]}" "$programs/pg_ctl" --pgdata postgres --silent --wait --log postgres/log start --options \
        "-c listen_addresses=127.0.0.1 -c port=$postgres_port -c unix_socket_directories=$folder/postgres -c fsync=off -c full_page_writes=off"
    # The suite runs as an ordinary account that may make its test databases, not as the superuser.
    "${owner[@]}" "$programs/psql" --quiet --host "$folder/postgres" --port "$postgres_port" postgres \
        --command "create role portal login createdb" --command "create role portal_web login" --command "create database portal owner portal"
)
redis-server --port "$redis_port" --bind 127.0.0.1 --save '' --appendonly no --dir "$folder" --daemonize yes >/dev/null
timeout 20 bash -c "until redis-cli -p $redis_port ping >/dev/null 2>&1; do sleep 0.1; done"

export DATABASE_URL="postgres://portal@127.0.0.1:$postgres_port/portal" REDIS_URL="redis://127.0.0.1:$redis_port/0"
"$@"
