#!/usr/bin/env bash
# Three workers compete for requests on one broker and one database, while the payment service fails, is silent
# and repeats itself. One worker is killed (kill -9) meanwhile, another one told to stop (SIGTERM) under load.
#
#   competing-workers.sh [REQUESTS]      10,000 unless said otherwise; needs the release binary (make competing)
#
# STORE=postgres in the environment has them compete on a private PostgreSQL server instead of an SQLite file.
# Ends with a ledger: 0 if every request has ended once, no money has moved twice, and nothing is left behind.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
requests=${1:-10000}
[[ $requests =~ ^[1-9][0-9]{1,6}$ ]] || { echo "usage: competing-workers.sh [REQUESTS], 10 or more" >&2; exit 2; }
program=${PROGRAM:-$root/.build/release/resize-worker}
[ -x "$program" ] || { echo "$program is missing: make release" >&2; exit 3; }

folder=$(mktemp -d "${TMPDIR:-/tmp}/competing-XXXXXX")
declare -A pid=()
store=${STORE:-sqlite}
case $store in
  sqlite | postgres) ;;
  *) echo "STORE is $store; there are: sqlite postgres" >&2; exit 2 ;;
esac
export RESIZE_WORKER_STORE_URL=sqlite:$folder/store.sqlite
export RESIZE_WORKER_CATALOG_PATH=$root/ops/demo/catalog.yaml
export RESIZE_WORKER_PAYMENTS_TIMEOUT=4s

finish() {
  local status=$?
  trap - EXIT
  for name in "${!pid[@]}"; do kill -KILL "${pid[$name]}" 2>/dev/null || true; done
  "$root/ops/broker/node.sh" --dir "$folder/broker" stop || true
  "$root/ops/database/node.sh" --dir "$folder/database" stop || true
  if [ "$status" -eq 0 ]; then rm -rf "$folder"; else echo "logs, database and journal are in $folder" >&2; fi
  exit "$status"
}
trap finish EXIT
trap 'exit 130' INT TERM

ledger() { /usr/bin/env python3 "$root/ops/checks/ledger.py" "$@" "$folder"; }

# await SECONDS COMMAND...: until it succeeds; gives up when that takes too long.
await() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || { echo "gave up waiting: $*" >&2; exit 1; }
    sleep 0.05
  done
}

launch() {
  local name=$1
  shift
  "$@" >"$folder/$name.log" 2>&1 </dev/null &
  pid[$name]=$!
}

echo "competing for $requests requests, on $store"
if [ "$store" = postgres ]; then
  chmod 755 "$folder" # started by root, the server runs as another user
  RESIZE_WORKER_STORE_URL=$("$root/ops/database/node.sh" --dir "$folder/database" start)
fi
"$root/ops/broker/node.sh" --dir "$folder/broker" start >/dev/null
RESIZE_WORKER_BROKER_URL=$("$root/ops/broker/node.sh" --dir "$folder/broker" url)
export RESIZE_WORKER_BROKER_URL
python3 "$root/ops/benchmarks/workload.py" "$requests" "$folder"
"$program" topology apply >/dev/null
"$program" inventory import --template "$folder/inventory.jsonl" >"$folder/import.log" 2>&1

for name in w1 w2 w3; do launch "$name" "$program" run --worker-name "$name"; done
launch sandbox "$program" sandbox --failed 20 --declined 2 --unanswered 5 --duplicated 5 --delay 200 \
  --journal "$folder/journal.jsonl"
for name in w1 w2 w3; do await 30 grep -q consuming "$folder/$name.log"; done
await 30 grep -q answering "$folder/sandbox.log"

began=$(date +%s%N)
launch submit "$program" submit --file "$folder/requests.jsonl"
await 120 ledger --ended $((requests / 10))
kill -KILL "${pid[w2]}"
wait "${pid[w2]}" 2>/dev/null || true
await 120 ledger --ended $((requests / 3))
term=$(date +%s%N)
kill -TERM "${pid[w3]}"
drain_status=0
wait "${pid[w3]}" || drain_status=$?
drain_milliseconds=$((($(date +%s%N) - term) / 1000000))
wait "${pid[submit]}" || { cat "$folder/submit.log" >&2; exit 1; }
await 300 ledger --settled "$requests"
seconds=$((($(date +%s%N) - began) / 1000000000))
kill -TERM "${pid[w1]}"
wait "${pid[w1]}" || { echo "w1 did not stop in order, see $folder/w1.log" >&2; exit 1; }
kill -TERM "${pid[sandbox]}"
wait "${pid[sandbox]}" || true

dead_letters=$("$program" dead-letters list --json | wc -l)
ledger --report "$seconds" "$drain_milliseconds" "$drain_status" "$dead_letters"
