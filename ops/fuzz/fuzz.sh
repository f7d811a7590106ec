#!/usr/bin/env bash
# Feeds everything that reads bytes from outside with inputs that libFuzzer makes by what they cover.
#
# usage: MINUTES=4 [INPUTS=n] [SUBJECTS="events json …"] fuzz.sh
# MINUTES are shared out among the subjects; INPUTS ends each subject after so many. What is learnt
# stays in .local/fuzz/corpus; an input that breaks a rule, in .local/fuzz/found.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

read -ra subjects <<<"${SUBJECTS:-events json catalogues scenarios amounts dates headers records pages}"
[[ ${MINUTES:-4} =~ ^[0-9]+$ ]] ||
  { echo "fuzz.sh: MINUTES is $MINUTES, and should be a whole number" >&2; exit 2; }
seconds=$((${MINUTES:-4} * 60 / ${#subjects[@]}))
folder=.local/fuzz
program=.build/fuzzer/release/fuzz
# A crash ends with libFuzzer's own report.
export SWIFT_BACKTRACE=enable=no

nice swift build -c release --product fuzz --scratch-path .build/fuzzer \
  --sanitize=fuzzer -Xswiftc -DLIBFUZZER
mkdir -p "$folder/found" "$folder/logs"
total=0
failed=0
for subject in "${subjects[@]}"; do
  mkdir -p "$folder/corpus/$subject" "$folder/seeds/$subject"
  log="$folder/logs/$subject.log"
  export FUZZ_SUBJECT=$subject FUZZ_SEEDS=$folder/seeds/$subject
  # Once for seeds and dictionary, which have to be there before the arguments name them.
  "$program" -runs=0 >"$log" 2>&1
  outcome="no rule broken"
  "$program" "$folder/corpus/$subject" "$folder/seeds/$subject" \
    -dict="$folder/seeds/$subject.dict" -max_total_time="$seconds" -runs="${INPUTS:--1}" \
    -max_len=16384 -timeout=10 -rss_limit_mb=4096 -print_final_stats=1 -verbosity=1 \
    -artifact_prefix="$folder/found/$subject-" >"$log" 2>&1 || {
    failed=1
    found=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    outcome="$(grep -m 1 -E '^FINDING|Fatal error|ERROR: libFuzzer' "$log" || true)"
    outcome+="; replay: FUZZ_SUBJECT=$subject swift run fuzz ${found:-(see $log)}"
  }
  inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
  covered=$(sed -n 's/.* cov: \([0-9]*\) .*/\1/p' "$log" | tail -n 1)
  total=$((total + ${inputs:-0}))
  printf '%-11s %12s inputs  %6s places covered  %s\n' \
    "$subject" "${inputs:-?}" "${covered:-?}" "$outcome"
done
printf '%-11s %12d inputs\n' total "$total"
exit $failed
