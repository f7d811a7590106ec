#!/usr/bin/env bash
# Stops this checkout's private broker, then deletes .build and .local.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [ -x ops/broker/node.sh ] && [ -d .local ]; then
  ops/broker/node.sh stop || echo "the private broker could not be stopped; going on" >&2
fi
rm -rf .build .local
echo "removed .build and .local"
