#!/usr/bin/env bash
# A private RabbitMQ node: own name, ports on 127.0.0.1, epmd, cookie and folders. No root, no
# system service; found again while it runs. Needs the package rabbitmq-server (and openssl for --tls).
#
#   node.sh start [--port N] [--definitions FILE] [--tls]   starts it, or finds it; prints its URL
#   node.sh stop                                            stops it by process id
#   node.sh status                                          exit code 0 if it runs
#   node.sh url                                             its amqp:// URL
#   node.sh env                                             its settings, to be sourced by a shell
#   node.sh ctl ARGUMENTS...                                rabbitmqctl on this node
#
# --dir DIR (before or after the command, default .local/broker in this checkout) is its folder.
# With --tls there is a second listener for localhost, with its authority in DIR/tls/ca.pem.
# The queues survive stop and start. Another --port, or --tls for the first time, begins a new node with
# empty queues; so does deleting the folder of a stopped one.
set -euo pipefail

bin=/usr/lib/rabbitmq/bin # the wrapper in /usr/sbin would change user
dir="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/.local/broker"
port="" definitions="" tls="" command=""

die() { echo "node.sh: $*" >&2; exit 1; }

while [ $# -gt 0 ]; do
  case "$1" in
    --dir) dir=${2:?--dir needs a folder}; shift 2 ;;
    --port) port=${2:?--port needs a number}; shift 2 ;;
    --definitions) definitions=$(realpath "${2:?--definitions needs a file}"); shift 2 ;;
    --tls) tls=1; shift ;;
    *) command=$1; shift; [ "$command" = ctl ] && break ;;
  esac
done

settings=$dir/node.env pid_file=$dir/node.pid epmd_file=$dir/epmd.pid

# Whether the process in a pid file lives and is ours: its environment or arguments name our folder.
lives() {
  local pid
  pid=$(cat "$1" 2>/dev/null) && [ -n "$pid" ] && kill -0 "$pid" 2>/dev/null || return 1
  # While a process becomes another program, as this one does some times when it starts, it shows no environment.
  for _ in 1 2 3 4 5; do
    grep -qxzF "RESIZE_BROKER_DIR=$dir" "/proc/$pid/environ" 2>/dev/null && return
    sleep 0.02
  done
  return 1
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
  [ -f "$settings" ] || die "there is no node in $dir: start one first"
  set -a
  # shellcheck source=/dev/null
  . "$settings"
  set +a
}

choose_settings() {
  local name
  name=resize-$(od -An -N6 -tx1 /dev/urandom | tr -d ' \n')
  cat >"$settings" <<EOF
RESIZE_BROKER_DIR='$dir'
RESIZE_BROKER_PORT=${port:-$(free_port)}
RESIZE_BROKER_TLS_PORT=${tls:+$(free_port)}
HOME='$dir/home'
ERL_EPMD_ADDRESS=127.0.0.1
ERL_EPMD_PORT=$(free_port)
RABBITMQ_NODENAME=$name@localhost
RABBITMQ_DIST_PORT=$(free_port)
RABBITMQ_MNESIA_BASE='$dir/data'
RABBITMQ_LOG_BASE='$dir/log'
RABBITMQ_CONFIG_FILE='$dir/rabbitmq.conf'
RABBITMQ_CONF_ENV_FILE='$dir/none'
RABBITMQ_ADVANCED_CONFIG_FILE='$dir/none'
RABBITMQ_ENABLED_PLUGINS_FILE='$dir/plugins'
RABBITMQ_PID_FILE='$pid_file'
RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
RABBITMQ_CTL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
EOF
}

# An authority and a certificate for the name localhost, for tests and trials only.
make_certificates() {
  local tls_dir=$dir/tls
  [ -f "$tls_dir/server.pem" ] && return
  mkdir -p "$tls_dir"
  {
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=private broker authority" \
      -keyout "$tls_dir/ca.key" -out "$tls_dir/ca.pem"
    openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" \
      -keyout "$tls_dir/server.key" -out "$tls_dir/server.csr"
    openssl x509 -req -in "$tls_dir/server.csr" -CA "$tls_dir/ca.pem" -CAkey "$tls_dir/ca.key" \
      -CAcreateserial -days 3650 -extfile <(echo "subjectAltName=DNS:localhost") \
      -out "$tls_dir/server.pem"
  } >"$tls_dir/openssl.log" 2>&1 || die "openssl failed, see $tls_dir/openssl.log"
}

write_configuration() {
  echo '[].' >"$dir/plugins" # no management plugin: it costs memory and a port
  cat >"$dir/rabbitmq.conf" <<EOF
listeners.tcp.1 = 127.0.0.1:$RESIZE_BROKER_PORT
disk_free_limit.absolute = 64MB
log.file = node.log
log.console = false
EOF
  [ -n "$RESIZE_BROKER_TLS_PORT" ] || return 0
  make_certificates
  cat >>"$dir/rabbitmq.conf" <<EOF
listeners.ssl.1 = 127.0.0.1:$RESIZE_BROKER_TLS_PORT
ssl_options.cacertfile = $dir/tls/ca.pem
ssl_options.certfile = $dir/tls/server.pem
ssl_options.keyfile = $dir/tls/server.key
ssl_options.versions.1 = tlsv1.2
EOF
}

start_epmd() {
  lives "$epmd_file" && return
  local epmd
  epmd=$(command -v epmd || find /usr/lib/erlang -path '*/erts-*/bin/epmd' | head -1)
  setsid "$epmd" -address 127.0.0.1 -port "$ERL_EPMD_PORT" </dev/null >"$dir/log/epmd.log" 2>&1 9>&- &
  echo $! >"$epmd_file"
  for _ in $(seq 100); do answers "$ERL_EPMD_PORT" && return; sleep 0.1; done
  die "epmd does not answer, see $dir/log/epmd.log"
}

start() {
  [ -x "$bin/rabbitmq-server" ] || die "RabbitMQ is missing: apt-get install rabbitmq-server"
  mkdir -p "$dir"
  dir=$(cd "$dir" && pwd)
  settings=$dir/node.env pid_file=$dir/node.pid epmd_file=$dir/epmd.pid
  exec 9>"$dir/lock"
  flock 9 # one start or stop at a time
  if lives "$pid_file"; then
    load_settings
    wait_until_up
    url
    return
  fi
  mkdir -p "$dir/home" "$dir/data" "$dir/log"
  if [ ! -f "$settings" ] ||
    { [ -n "$port" ] && ! grep -qx "RESIZE_BROKER_PORT=$port" "$settings"; } ||
    { [ -n "$tls" ] && ! grep -q "RESIZE_BROKER_TLS_PORT=." "$settings"; }; then
    choose_settings
  fi
  load_settings
  if answers "$RESIZE_BROKER_PORT"; then die "port $RESIZE_BROKER_PORT is taken by somebody else"; fi
  write_configuration
  start_epmd
  rm -f "$pid_file"
  setsid "$bin/rabbitmq-server" </dev/null >"$dir/log/start.log" 2>&1 9>&- &
  local shell=$!
  for _ in $(seq 600); do
    lives "$pid_file" && break
    kill -0 "$shell" 2>/dev/null || die "RabbitMQ did not start, see $dir/log/start.log"
    sleep 0.1
  done
  wait_until_up
  if [ -n "$definitions" ]; then
    "$bin/rabbitmqctl" -q import_definitions "$definitions" >&2
  fi
  url
}

wait_until_up() {
  for _ in $(seq 1200); do
    lives "$pid_file" || die "RabbitMQ stopped while starting, see $dir/log"
    answers "$RESIZE_BROKER_PORT" &&
      { [ -z "$RESIZE_BROKER_TLS_PORT" ] || answers "$RESIZE_BROKER_TLS_PORT"; } && return
    sleep 0.1
  done
  die "RabbitMQ does not answer after two minutes, see $dir/log"
}

url() { echo "amqp://guest:guest@127.0.0.1:$RESIZE_BROKER_PORT"; }

# Ends the process of a pid file: politely, and after 20 seconds for good.
end_process() {
  if lives "$1"; then
    local pid
    pid=$(cat "$1")
    kill -CONT "$pid" 2>/dev/null || true
    kill -TERM "$pid"
    for _ in $(seq 200); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
    kill -KILL "$pid" 2>/dev/null || true
  fi
  rm -f "$1"
}

case "$command" in
  start) start ;;
  stop)
    [ -d "$dir" ] || exit 0
    dir=$(cd "$dir" && pwd) settings=$dir/node.env pid_file=$dir/node.pid epmd_file=$dir/epmd.pid
    exec 9>"$dir/lock"
    flock 9
    end_process "$pid_file"
    end_process "$epmd_file"
    ;;
  status)
    if lives "$pid_file" && load_settings && answers "$RESIZE_BROKER_PORT"; then
      echo "running: $(url)"
    else
      echo "not running"
      exit 1
    fi
    ;;
  url) load_settings; url ;;
  env) load_settings; sed 's/^/export /' "$settings"; echo "export AMQP_URL='$(url)'" ;;
  ctl) load_settings; exec "$bin/rabbitmqctl" -q "$@" ;;
  *) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
esac
