#!/usr/bin/env bash
# Every file that a document links to is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

broken=0
while IFS= read -r document; do
  while IFS= read -r target; do
    [ -e "$(dirname "$document")/${target%%#*}" ] || { echo "$document: no file $target"; broken=1; }
  done < <(grep -oE '\]\([^) ]+\)' "$document" | sed -e 's/^](//' -e 's/)$//' | grep -vE '^([a-z]+:|#)' || true)
done < <(git ls-files -- '*.md')
exit "$broken"
