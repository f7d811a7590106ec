# `make` alone lists what can be asked for.

SHELL := /bin/bash
.DEFAULT_GOAL := help
# What a shell has set for an installation of its own is none of the settings of those that are set up here.
unexport $(filter RESIZE_WORKER_%,$(.VARIABLES))
.PHONY: help demo run build release standalone test simulate fuzz bench bench-million bench-quotes competing chaos lint format clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Install what is missing, run the example requests over two workers, check every outcome
	@ops/demo/demo.sh

run: ## The same set-up to try things on; stays until Ctrl-C and says what to type next
	@ops/demo/run.sh

build: ## Build the debug binary
	@ops/setup/install.sh build
	swift build

release: ## Build the release binary, .build/release/resize-worker
	@ops/setup/install.sh build
	swift build -c release --product resize-worker

standalone: ## The same with Swift's libraries in it, for machines that have no Swift
	@ops/setup/install.sh build standalone
	swift build -c release --product resize-worker --static-swift-stdlib

test: ## Run all tests, those on a real broker included
	@ops/setup/install.sh build test
	swift build --build-tests
	@ops/checks/tests.sh

simulate: ## Run SEEDS (10000) seeded runs from SEED (1) on; SEEDS=1 SEED=n replays one and prints its trace
	@ops/setup/install.sh build
	swift build -c release --product simulate
	@SEEDS=$${SEEDS:-10000} .build/release/simulate

fuzz: ## Feed all that reads bytes from outside for MINUTES (4), by coverage; SUBJECTS="events dates", INPUTS=n each
	@ops/setup/install.sh build
	@ops/fuzz/fuzz.sh

bench: release bench-quotes ## Measure quotes, and the worker against its peers (ROUNDS=5 REQUESTS=20000 PEERS="c go celery pika" JSON=FILE)
	@ops/setup/install.sh bench || echo "going on with the peers that are there" >&2
	@ops/benchmarks/bench.py

bench-million: release ## A run of REQUESTS=1000000 through WORKERS=3 (STORE=sqlite or postgres, JSON=FILE): speed and memory by tenths, then a ledger
	@ops/setup/install.sh test
	@ops/benchmarks/steady.py

bench-quotes: ## Measure quotes a second on one core (QUOTES=1000000)
	swift build -c release --product billing-bench
	@.build/release/billing-bench $(QUOTES)

competing: release ## Three workers compete for REQUESTS=10000 (STORE=sqlite or postgres), one is killed, one drained; prints a ledger
	@ops/setup/install.sh test
	@ops/checks/competing-workers.sh $(REQUESTS)

chaos: ## MINUTES=5 of faults (SEED=1, STORE=sqlite or postgres) under REQUESTS=50000, then a ledger to the cent (PROGRAM=FILE)
	@ops/setup/install.sh test
	$(if $(PROGRAM),,@$(MAKE) --no-print-directory release)
	@cd ops/checks && python3 -m unittest -q test_reconciliation
	@ops/chaos/chaos.py

lint: ## Check formatting, scripts, links, file lengths and who imports whom
	@ops/setup/install.sh lint
	@ops/lint/lint.sh

format: ## Format the Swift sources in place
	swift format --in-place --parallel --recursive Package.swift Sources Tests

clean: ## Stop the private broker and delete everything built or stored here
	@ops/setup/clean.sh
