#!/usr/bin/env bash
# The example requests over two workers on a private broker; ends 0 only if every outcome is the expected one.
set -euo pipefail

# shellcheck source=ops/demo/stack.sh
. "$(dirname "${BASH_SOURCE[0]}")/stack.sh"

stack_up demo

say ""
status=0
"$program" submit --file ops/demo/requests.jsonl --wait 9>&- || status=$?
for name in worker-1 worker-2 sandbox; do
  is_running "$name" || give_up "$name has stopped before its time." "$folder/$name.log"
done
case $status in
  0) ;;
  1) give_up "Not every outcome is the expected one; the logs are in .local/demo." ;;
  *) give_up "The requests could not be submitted; the logs are in .local/demo." "$folder/worker-1.log" ;;
esac

cat <<'NEXT'

Every outcome is the expected one. What to try next:
  make run                        the same set-up, to try your own requests on
  make test                       all tests
  less ops/demo/requests.jsonl    what was asked, and what had to come of it

The course of one request, and its price explained:
  export RESIZE_WORKER_CONFIG=.local/demo/resize-worker.yaml
  .build/release/resize-worker status 002-upgrade
NEXT
