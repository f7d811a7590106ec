#!/usr/bin/env bash
# Tries every alert, and reads the configuration. Installs nothing: without promtool it says so and is content.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if ! command -v promtool >/dev/null; then
  echo "skipped: promtool (package prometheus) is not installed"
  exit 0
fi
promtool check config prometheus.yaml >/dev/null
promtool test rules alerts.test.yaml >/dev/null
