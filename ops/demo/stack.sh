# shellcheck shell=bash
# What `make demo` and `make run` have in common: build, broker, database, inventory, two workers and
# the sandbox. To be sourced; `stack_up NAME` keeps everything of its own in .local/NAME.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
program=$root/.build/release/resize-worker
declare -A children=() # by process id

say() { printf '%s\n' "$*"; }

# Ends the script with the reason, and the last lines of the log that tells more.
give_up() {
  local reason=$1 log=${2:-}
  printf '\n%s\n' "$reason" >&2
  if [ -n "$log" ] && [ -s "$log" ]; then
    printf -- '--- the end of %s\n' "${log#"$root"/}" >&2
    tail -n 20 "$log" >&2
  fi
  exit 1
}

# step "what" LOG COMMAND...: runs it quietly, shows what is done and how long it takes.
step() {
  local what=$1 log=$2 began=$SECONDS child progress=""
  shift 2
  "$@" >"$log" 2>&1 </dev/null 9>&- &
  child=$!
  children[$child]=$what
  if [ -t 1 ]; then
    while kill -0 "$child" 2>/dev/null; do
      # SwiftPM counts as [123/456].
      progress=$(tail -c 400 "$log" | grep -aoE '^\[[0-9]+/[0-9]+\]' | tail -n 1) || true
      printf '\r\033[K  %s … %d s %s' "$what" $((SECONDS - began)) "$progress"
      sleep 0.2
    done
    printf '\r\033[K'
  fi
  if wait "$child"; then
    unset "children[$child]"
    printf '  %s … %d s\n' "$what" $((SECONDS - began))
  else
    printf '  %s … failed\n' "$what"
    give_up "'$what' failed." "$log"
  fi
}

# launch NAME COMMAND...: a process in the background, with its log in the stack's folder.
launch() {
  local name=$1
  shift
  "$@" >"$folder/$name.log" 2>&1 </dev/null 9>&- &
  children[$!]=$name
  printf '%s\n' "$!" >"$folder/$name.pid"
}

is_running() { kill -0 "$(<"$folder/$1.pid")" 2>/dev/null; }

# await "what" SECONDS LOG COMMAND...: until the command succeeds.
await() {
  local what=$1 deadline=$((SECONDS + $2)) log=$3
  shift 3
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || give_up "$what did not happen in time." "$log"
    sleep 0.1
  done
}

stop_children() {
  local child
  for child in "${!children[@]}"; do
    kill -TERM "$child" 2>/dev/null || true
  done
  for child in "${!children[@]}"; do
    for _ in $(seq 100); do
      kill -0 "$child" 2>/dev/null || continue 2
      sleep 0.1
    done
    kill -KILL "$child" 2>/dev/null || true
  done
  children=()
}

stack_down() {
  local status=$?
  trap '' INT TERM HUP
  trap - EXIT
  stop_children
  if [ -e "$broker_mark" ] && ! other_stack_runs; then
    timeout 60 "$root/ops/broker/node.sh" stop 9>&- || say "The private broker is left running; 'make clean' stops it."
    rm -f "$broker_mark"
  fi
  exit "$status"
}

# Processes that an earlier run left behind because it was killed: ours by the configuration they run with.
stop_leftovers() {
  local file pid
  for file in "$folder"/*.pid; do
    [ -e "$file" ] || continue
    pid=$(<"$file")
    if grep -qxzF "RESIZE_WORKER_CONFIG=$config" "/proc/$pid/environ" 2>/dev/null; then
      children[$pid]=leftover
    fi
    rm -f "$file"
  done
  stop_children
}

# The last of demo and run stops the broker, if one of them has started it.
broker_mark=$root/.local/stop-broker-at-end

other_stack_runs() {
  local lock
  for lock in "$root"/.local/{demo,run}/lock; do
    if [ "$lock" != "$folder/lock" ] && [ -e "$lock" ]; then
      flock --nonblock "$lock" true || return 0
    fi
  done
  return 1
}

start_broker() {
  "$root/ops/broker/node.sh" status >/dev/null 2>&1 || touch "$broker_mark"
  step "starting a private RabbitMQ node" "$folder/broker.log" "$root/ops/broker/node.sh" start
}

# What an earlier run that was cut short left in its queues would reach this run's database.
drop_old_messages() {
  local queue messages
  while read -r queue messages; do
    if [[ $queue == "$prefix".* ]] && [ "$messages" != 0 ]; then
      "$root/ops/broker/node.sh" ctl purge_queue "$queue" >/dev/null 9>&-
    fi
  done < <("$root/ops/broker/node.sh" ctl list_queues --no-table-headers name messages 9>&-)
}

write_configuration() {
  cat >"$config" <<YAML
broker:
  url: $("$root/ops/broker/node.sh" url)
  prefix: $prefix
store:
  url: "sqlite:$folder/resize-worker.sqlite"
catalog:
  path: "$root/ops/demo/catalog.yaml"
apply:
  mode: command
payments:
  timeout: 4s # short, so that the payment service's silence does not take long to show
YAML
  chmod 600 "$config"
}

# stack_up NAME: everything up to two consuming workers and the sandbox, with NAME as prefix of all queues.
stack_up() {
  prefix=$1
  folder=$root/.local/$1
  config=$folder/resize-worker.yaml
  cd "$root" || exit 1
  ops/setup/install.sh build
  mkdir -p "$folder"
  exec 9>"$folder/lock"
  flock --nonblock 9 || give_up "'make $1' is running already in this checkout; only one at a time."
  trap stack_down EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  export RESIZE_WORKER_CONFIG=$config
  stop_leftovers

  say "Setting up in .local/$1:"
  step "building (release)" "$folder/build.log" swift build -c release --product resize-worker
  start_broker
  drop_old_messages
  rm -f "$folder"/resize-worker.sqlite* "$folder"/*.jsonl
  write_configuration
  step "declaring queues and exchanges" "$folder/topology.log" "$program" topology apply
  step "importing the example instances" "$folder/import.log" \
    "$program" inventory import --template ops/demo/inventory.json

  say "  starting two workers and the sandbox"
  launch worker-1 env RESIZE_WORKER_WORKER_NAME=worker-1 "$program" run
  launch worker-2 env RESIZE_WORKER_WORKER_NAME=worker-2 "$program" run
  launch sandbox "$program" sandbox --journal "$folder/movements.jsonl"
  local worker
  for worker in worker-1 worker-2; do
    await "That $worker consumes" 30 "$folder/$worker.log" is_consuming "$worker"
  done
}

is_consuming() {
  is_running "$1" || give_up "$1 has stopped." "$folder/$1.log"
  grep -q 'consuming' "$folder/$1.log"
}
