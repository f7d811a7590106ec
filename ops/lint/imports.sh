#!/usr/bin/env bash
# Who may import whom. Package.swift cannot say it all: it lets a module import what its dependencies
# depend on. Only imports of the modules on the left and of the guarded ones are looked at.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

# module: the modules of ours that it may import; CHeap is no Swift
declare -A allowed=(
  [Billing]=""
  [CHeap]=""
  [Resizing]="Billing"
  [Contracts]="Billing Resizing"
  [Telemetry]=""
  [AMQP]="CRabbitMQ"
  [Storage]="Billing Resizing Contracts CLZ4 CLibCrypto"
  [StorageSQLite]="Billing Resizing Contracts Storage CSQLiteSettings"
  [StoragePostgres]="Billing Resizing Contracts Storage CLibPQ"
  [Worker]="Billing Resizing Contracts Storage Telemetry"
  [Sandbox]="Billing Resizing Contracts Telemetry AMQP"
  [Dashboard]="Billing Resizing Contracts Telemetry Storage Worker"
  [resize-worker]="Billing Resizing Contracts Telemetry AMQP Storage StorageSQLite StoragePostgres Worker Sandbox Dashboard"
)

# foreign modules that one module alone may import
declare -A only_in=(
  [GRDB]=StorageSQLite
  [GRDBSQLite]=StorageSQLite
  [FlyingFox]=Dashboard
  [FlyingSocks]=Dashboard
)

# Prints "file:line:Module" for each import of a folder, whatever attributes, access level or kind it has.
imports_of() {
  local attribute='@[A-Za-z_]+(\([^)]*\))?[[:space:]]+'
  local access='((public|package|internal|fileprivate|private)[[:space:]]+)?'
  local kind='((struct|class|enum|protocol|typealias|func|let|var)[[:space:]]+)?'
  grep -rnE --include='*.swift' "^[[:space:]]*($attribute)*${access}import[[:space:]]" "$1" |
    sed -E "s/^([^:]+:[0-9]+:)[^/]*import[[:space:]]+$kind([A-Za-z_][A-Za-z0-9_]*).*/\1\4/" || true
}

failures=0
complain() {
  echo "$*"
  failures=$((failures + 1))
}

for folder in Sources/*/; do
  module=$(basename "$folder")
  [ ! -e "$folder/module.modulemap" ] || continue # a C library's module map imports nothing
  if [ ! -v "allowed[$module]" ]; then
    complain "$module has no rule in ops/lint/imports.sh; say there what it may import"
    continue
  fi
  while IFS=: read -r file line imported; do
    if [ -d "Sources/$imported" ] && [[ " ${allowed[$module]} " != *" $imported "* ]]; then
      complain "$file:$line: $module must not import $imported"
    elif [ -v "only_in[$imported]" ] && [ "${only_in[$imported]}" != "$module" ]; then
      complain "$file:$line: only ${only_in[$imported]} may import $imported"
    fi
  done < <(imports_of "$folder")
done
[ "$failures" -eq 0 ]
