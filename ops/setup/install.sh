#!/usr/bin/env bash
# Installs the Debian packages that are missing, and checks the Swift compiler.
#
#   install.sh [build] [standalone] [test] [bench] [lint] [compose] [alerts]      without arguments: build
#
# Says what it installs and why before it does. Does nothing, quickly, where everything is there.
# Never starts a system service: the brokers and databases of the demo and of the tests are private ones.
set -euo pipefail

oldest_swift=6.2

# group | package, or alternatives of which any will do (the first is installed) | why
packages() {
  cat <<'TABLE'
build|librabbitmq-dev|the C client that the worker speaks AMQP with
build|libsqlite3-dev|the embedded store
build|libssl-dev|the hashes of the ledger
build|libpq-dev|the C client of PostgreSQL, the store for more than one machine
build|liblz4-dev|compresses the outbox
build|pkg-config|tells the compiler where those five are
build|libjemalloc-dev|the heap of the worker
build|rabbitmq-server|runs as a private node for demo and tests, never as a system service
build|tzdata|calendar rules are counted in a product's time zone
build|git|fetches the Swift packages
build|ca-certificates|to fetch them over HTTPS
build|libc6-dev|headers that the compiler needs
build|libstdc++-12-dev libstdc++-13-dev libstdc++-14-dev|libraries that the linker needs
standalone|libcurl4-openssl-dev libcurl4-gnutls-dev|what Foundation's networking needs where it is linked into the program
test|postgresql|runs as a private server for the tests, never as a system service
test|openssl|certificates for the TLS tests
test|python3|the tested example client of the README, make chaos
test|python3-jsonschema|checks every message against its JSON Schema
test|python3-pika|AMQP for those two
lint|shellcheck|checks the scripts
bench|golang-go|builds the Go peer of the benchmarks
bench|golang-github-rabbitmq-amqp091-go-dev|its AMQP client
bench|python3-venv|keeps the Python peers' packages apart
compose|docker-compose|checks docker-compose.yml
alerts|prometheus|tries the alerts with promtool, never as a system service
TABLE
}

fail() {
  printf '%s\n' "$@" >&2
  exit 3
}

is_installed() {
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

any_installed() {
  local package
  for package in "$@"; do
    if is_installed "$package"; then return 0; fi
  done
  return 1
}

# Prints "package<TAB>why" for each package of the groups that is not there.
missing_packages() {
  local group alternatives why
  while IFS='|' read -r group alternatives why; do
    [[ " $* " == *" $group "* ]] || continue
    # shellcheck disable=SC2086 # alternatives are words
    any_installed $alternatives || printf '%s\t%s\n' "${alternatives%% *}" "$why"
  done < <(packages)
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    "$@"
  elif [ -t 0 ]; then
    sudo "$@"
  else
    sudo -n "$@"
  fi
}

policy=/usr/sbin/policy-rc.d

# While this stands, what comes with rabbitmq-server, postgresql and prometheus is not started on installation: themselves,
# epmd, and cron where there was none. A policy that the machine has already is left alone.
hold_services_back() {
  local services='*rabbitmq-server*|*epmd*|*postgresql*|*prometheus*'
  [ ! -e "$policy" ] || return 0
  is_installed cron || services+='|*cron*'
  trap 'as_root rm -f "$policy"' EXIT
  as_root tee "$policy" >/dev/null <<POLICY
#!/bin/sh
# Written by resize-worker's ops/setup/install.sh for the length of one installation.
case "\$*" in $services) exit 101 ;; esac
exit 0
POLICY
  as_root chmod 755 "$policy"
}

# Those of the packages given that are a service.
services_of() {
  local package
  for package in "$@"; do
    case $package in rabbitmq-server | postgresql | prometheus) echo "$package" ;; esac
  done
}

# A service installed just now would start at the next boot; one that was there before is not touched.
keep_off() {
  [ -d /run/systemd/system ] || return 0
  local service
  for service in "$@"; do
    as_root systemctl disable --quiet "$service.service"
    echo "The system service $service stays off; 'systemctl enable --now $service' turns it on."
  done
}

apt_get() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o Acquire::Retries=3 "$@"
}

# Quiet unless it fails.
logged() {
  local log
  log=$(mktemp)
  if ! "$@" >"$log" 2>&1 </dev/null; then
    tail -n 25 "$log" >&2
    rm -f "$log"
    return 1
  fi
  rm -f "$log"
}

install_missing() {
  local missing names services
  missing=$(missing_packages "$@")
  [ -n "$missing" ] || return 0
  mapfile -t names < <(cut -f 1 <<<"$missing")

  echo "Installing with apt-get:"
  awk -F '\t' '{ printf "  %-20s %s\n", $1, $2 }' <<<"$missing"
  command -v apt-get >/dev/null ||
    fail "There is no apt-get here: install the above in this system's way." \
      "Packages are found by dpkg, so Debian 12 or a relative of it is needed for 'make'; 'swift build' is not bound to it."
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      fail "That needs root, and there is no sudo. As root: apt-get install ${names[*]}"
    echo "  (as root, by sudo)"
  fi
  mapfile -t services < <(services_of "${names[@]}")
  if [ "${#services[@]}" -gt 0 ]; then hold_services_back; fi
  logged apt_get update || fail "apt-get update failed; see above."
  logged apt_get install --yes --no-install-recommends "${names[@]}" ||
    fail "apt-get could not install ${names[*]}; see above."
  keep_off "${services[@]}"
}

check_swift() {
  local version
  command -v swift >/dev/null ||
    fail "Swift is not on the PATH. Install $oldest_swift or newer: https://www.swift.org/install/linux"
  version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+(\.[0-9]+)*).*/\1/p' | head -n 1)
  [ -n "$version" ] ||
    fail "'swift --version' does not answer with a version; is $(command -v swift) a working toolchain?"
  if [ "$(printf '%s\n' "$oldest_swift" "$version" | sort -V | head -n 1)" != "$oldest_swift" ]; then
    fail "Swift $version is too old: resize-worker needs $oldest_swift or newer, https://www.swift.org/install/linux"
  fi
}

[ $# -gt 0 ] || set -- build
for group in "$@"; do
  grep -q "^$group|" <<<"$(packages)" || fail "unknown group '$group'; there are: build standalone test bench lint compose alerts"
done
install_missing "$@"
check_swift
