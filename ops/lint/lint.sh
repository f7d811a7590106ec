#!/usr/bin/env bash
# Every check that needs no build; runs all of them, then fails if one did.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit

longest_file_lines=350
failures=0

check() {
  local name=$1 output
  shift
  if output=$("$@" 2>&1); then
    printf '  %-16s ok%s\n' "$name" "${output:+  ($output)}"
  else
    printf '  %-16s FAILED\n%s\n' "$name" "$output"
    failures=$((failures + 1))
  fi
}

swift_format() {
  swift format lint --strict --parallel --recursive Package.swift Sources Tests
}

scripts() {
  git ls-files -z | while IFS= read -r -d '' file; do
    if [ -f "$file" ] && head -c 64 "$file" | head -n 1 | grep -aqE '^#!.*\b(ba)?sh\b'; then
      printf '%s\0' "$file"
    fi
  done | xargs -0 shellcheck --external-sources
}

nothing_built_is_tracked() {
  local tracked
  tracked=$(git ls-files -- 'Package.resolved' '.build' '.local' '*.profraw' '*__pycache__*' '*erl_crash.dump' '*.log' '*.sqlite*')
  [ -z "$tracked" ] || { printf 'tracked, but made by tools:\n%s\n' "$tracked"; return 1; }
}

file_lengths() {
  git ls-files -z -- '*.swift' '*.sh' | xargs -0 -r wc -l |
    awk -v limit="$longest_file_lines" '
      $2 != "total" && $1 > limit { printf "%s has %d lines; %d are the limit\n", $2, $1, limit; bad = 1 }
      END { exit bad }'
}

check "swift format" swift_format
check "shellcheck" scripts
check "imports" ops/lint/imports.sh
check "links" ops/lint/links.sh
check "file lengths" file_lengths
check "tracked files" nothing_built_is_tracked
check "docker-compose" ops/container/check.sh
check "alerts" ops/prometheus/check.sh

[ "$failures" -eq 0 ] || { echo "$failures of the checks failed" >&2; exit 1; }
