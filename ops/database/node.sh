#!/usr/bin/env bash
# A private PostgreSQL server: own folder, own port on 127.0.0.1, no system service; found again while it
# runs. Needs the package postgresql. Started by root it runs as the user postgres, which has to be able to
# reach the folder.
#
#   node.sh start [--port N]      starts it, or finds it; prints its URL
#   node.sh stop                  stops it by process id
#   node.sh status                exit code 0 if it runs
#   node.sh url                   its postgresql:// URL
#   node.sh psql ARGUMENTS...     psql on it
#
# --dir DIR (before or after the command, default .local/database in this checkout) is its folder. What is in
# the database survives stop and start; deleting the folder of a stopped one begins anew.
set -euo pipefail

dir="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/.local/database"
port="" command=""

die() { echo "node.sh: $*" >&2; exit 1; }

while [ $# -gt 0 ]; do
  case "$1" in
    --dir) dir=${2:?--dir needs a folder}; shift 2 ;;
    --port) port=${2:?--port needs a number}; shift 2 ;;
    *) command=$1; shift; [ "$command" = psql ] && break ;;
  esac
done

# The newest version that is installed; Debian keeps each in a folder of its own.
bin=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1)

name_files() { settings=$dir/node.env data=$dir/data pid_file=$dir/data/postmaster.pid; }

# The server refuses to run as root.
as_server() {
  if [ "$(id -u)" -eq 0 ]; then
    setpriv --reuid=postgres --regid=postgres --clear-groups env HOME="$dir" "$@"
  else
    "$@"
  fi
}

# Whether the process of the folder's pid file lives and is its server.
lives() {
  local pid
  pid=$(head -n 1 "$pid_file" 2>/dev/null) && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || return 1
  [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$data" ]
}

answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

free_port() {
  local candidate
  while :; do
    candidate=$((20000 + RANDOM % 12000))
    answers "$candidate" || { echo "$candidate"; return; }
  done
}

load_settings() {
  [ -f "$settings" ] || die "there is no server in $dir: start one first"
  # shellcheck source=/dev/null
  . "$settings"
}

url() { echo "postgresql://resize:$RESIZE_DATABASE_PASSWORD@127.0.0.1:$RESIZE_DATABASE_PORT/resize"; }

make_database() {
  mkdir -p "$data"
  [ "$(id -u)" -ne 0 ] || chown -R postgres:postgres "$dir"
  cat >"$settings" <<EOF
RESIZE_DATABASE_PORT=${port:-$(free_port)}
RESIZE_DATABASE_PASSWORD=$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')
EOF
  chmod 600 "$settings"
  load_settings
  (umask 077 && as_server tee "$dir/password" <<<"$RESIZE_DATABASE_PASSWORD" >/dev/null)
  as_server "$bin/initdb" --pgdata "$data" --username resize --pwfile "$dir/password" \
    --auth scram-sha-256 --encoding UTF8 --locale C.UTF-8 >"$dir/initdb.log" 2>&1 9>&- ||
    die "initdb failed, see $dir/initdb.log"
  rm -f "$dir/password"
  as_server tee -a "$data/postgresql.conf" >/dev/null <<EOF
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
logging_collector = off
max_connections = 200
max_wal_size = 1GB
EOF
}

start() {
  [ -x "$bin/postgres" ] || die "PostgreSQL is missing: apt-get install postgresql"
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  name_files
  exec 9>"$dir/lock"
  flock 9 # one start or stop at a time
  [ -f "$data/PG_VERSION" ] || make_database
  load_settings
  if [ -n "$port" ] && [ "$port" != "$RESIZE_DATABASE_PORT" ] && ! lives; then
    sed -i "s/^RESIZE_DATABASE_PORT=.*/RESIZE_DATABASE_PORT=$port/" "$settings"
    load_settings
  fi
  if ! lives; then
    if answers "$RESIZE_DATABASE_PORT"; then die "port $RESIZE_DATABASE_PORT is taken by somebody else"; fi
    as_server setsid "$bin/postgres" -D "$data" -p "$RESIZE_DATABASE_PORT" \
      </dev/null >>"$dir/server.log" 2>&1 9>&- &
  fi
  for _ in $(seq 600); do
    if psql_quietly "SELECT 1" >/dev/null; then
      psql_quietly "SELECT 1 FROM pg_database WHERE datname = 'resize'" | grep -q 1 ||
        psql_quietly "CREATE DATABASE resize" >/dev/null
      url
      return
    fi
    sleep 0.1
  done
  die "PostgreSQL does not answer after a minute, see $dir/server.log"
}

psql_quietly() {
  PGPASSWORD=$RESIZE_DATABASE_PASSWORD psql --host 127.0.0.1 --port "$RESIZE_DATABASE_PORT" --username resize \
    --no-psqlrc --tuples-only --quiet --dbname postgres --command "$1" 2>/dev/null
}

# Ends the server: connections are cut, what is committed is written; after 20 seconds for good.
stop() {
  if lives; then
    local pid
    pid=$(head -n 1 "$pid_file")
    kill -CONT "$pid" 2>/dev/null || true
    kill -INT "$pid"
    for _ in $(seq 200); do kill -0 "$pid" 2>/dev/null || return 0; sleep 0.1; done
    kill -QUIT "$pid" 2>/dev/null || true
  fi
}

case "$command" in
  start) start ;;
  stop)
    [ -d "$dir" ] || exit 0
    dir=$(cd "$dir" && pwd)
    name_files
    exec 9>"$dir/lock"
    flock 9
    stop
    ;;
  status)
    name_files
    if lives && load_settings && answers "$RESIZE_DATABASE_PORT"; then
      echo "running on port $RESIZE_DATABASE_PORT"
    else
      echo "not running"
      exit 1
    fi
    ;;
  url) name_files; load_settings; url ;;
  psql) name_files; load_settings; exec psql --no-psqlrc "$(url)" "$@" ;;
  *) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
