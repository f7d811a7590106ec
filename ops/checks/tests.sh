#!/usr/bin/env bash
# Runs the tests that are built and, where some fail, tells once more at the end what they found.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
log=$(mktemp)
trap 'rm -f "$log"' EXIT
swift test --skip-build --disable-xctest "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
if [ "$status" -ne 0 ]; then
  printf '\nWhat failed:\n'
  grep -a -A4 'recorded an issue' "$log" |
    awk '/recorded an issue/ {shown = 1; print; next} /^↳|^  / {if (shown) print; next} {shown = 0}' |
    cut -c1-1000 | tail -60
fi
exit "$status"
