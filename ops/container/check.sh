#!/usr/bin/env bash
# Reads docker-compose.yml as Docker would. Installs nothing: without docker-compose it says so and is content.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if ! command -v docker-compose >/dev/null; then
  echo "skipped: docker-compose is not installed"
  exit 0
fi
services=$(docker-compose -f docker-compose.yml config --services)
for service in rabbitmq postgres worker sandbox inventory prometheus; do
  grep -qx "$service" <<<"$services" || { echo "docker-compose.yml has no service '$service'"; exit 1; }
done
docker-compose -f docker-compose.yml config --quiet
