#!/usr/bin/env bash
# Broker, two workers and the sandbox, to try things on; stays until Ctrl-C. Begins afresh each time.
set -euo pipefail

# shellcheck source=ops/demo/stack.sh
. "$(dirname "${BASH_SOURCE[0]}")/stack.sh"

stack_up run
trap 'exit 0' INT # the usual end

cat <<NEXT

Running: two workers, the sandbox as payment service and control plane, and 19
example instances. Logs are in .local/run. In another terminal, in this folder:

  export RESIZE_WORKER_CONFIG=$config
  PATH=\$PWD/.build/release:\$PATH
  resize-worker watch                        # every status as it is published
  resize-worker submit --tenant tenant-acme --instance ins-spare \\
    --spec S5.LARGE8 --wait
  resize-worker submit --file ops/demo/requests.jsonl --wait
  resize-worker quote --instance ins-careful --all  # what each change would cost
  resize-worker status 002-upgrade           # its course, and its price explained
  resize-worker inventory list
  resize-worker doctor
  resize-worker --help

Ctrl-C stops everything that was started here.
NEXT

declare -A told=()
while sleep 1; do
  working=0
  for name in worker-1 worker-2; do
    if is_running "$name"; then
      working=$((working + 1))
    elif [ ! -v "told[$name]" ]; then
      told[$name]=yes
      say "$name has stopped; its log is .local/run/$name.log. What it held goes to the other one."
    fi
  done
  [ "$working" -gt 0 ] || give_up "Both workers have stopped." "$folder/worker-1.log"
  is_running sandbox || give_up "sandbox has stopped." "$folder/sandbox.log"
done
