#!/usr/bin/python3
"""Three workers under faults of every kind, and a ledger at the end.

usage: chaos.py    settings by environment: MINUTES (5), REQUESTS (10,000 a minute), SEED (1),
                   PROGRAM (the release binary), STORE (sqlite, or postgres), KEEP=1 keeps the files

Runs on Debian's own Python, which has pika. Exit code 0 if all adds up, 1 if not, 3 if it cannot be run.
"""
import os
import signal
import sys
import time

import paths
import reconciliation
import run_ledger
import schedule
from faults import Faults
from installation import Installation
from submitter import Submitter
from waiting import Progress, drained

# What workers say of a fault; shows that it has hurt.
TRACES = {"connection lost": "connection is lost"}


def print_faults(installation, faults, submitter):
    print("faults")
    for kind in faults.kinds:
        print(f"  {kind:<30} {faults.counts[kind]}")
    print(f"  {'frames cut':<30} {installation.proxy.cuts}")
    print(f"  {'portions submitted again':<30} {submitter.again}")
    for name, text in {**TRACES, **installation.database.TRACES}.items():
        print(f"  {'said: ' + name:<30} {installation.said(text):,}")
    print(f"  {'workers started':<30} {sum(worker.starts for worker in installation.workers)}")


def chaos(installation, minutes, requests, seed, is_short):
    began = time.monotonic()
    installation.start(requests)
    submitter = Submitter(installation.program, requests, minutes * 60 * 0.9, installation.folder)
    progress = Progress(installation, submitter)
    faults = Faults(installation.broker, installation.proxy, installation.workers,
                    installation.database, progress.tell)
    submitter.start()
    faults.begin(schedule.shared_faults(seed, is_short, installation.database.faults),
                 schedule.single_faults(seed, is_short))
    progress.follow(lambda: not faults.failure and not submitter.failure and (
        progress.seconds < minutes * 60 or not submitter.is_done or not faults.had_each()),
        minutes * 60 + 600)
    faults.end()
    for failure in (faults.failure, submitter.failure):
        if failure:
            raise failure
    progress.tell("no more faults; waiting until all has drained")
    progress.follow(lambda: not drained(installation, requests), 900)
    installation.stop_workers(requests)
    print(f"after {time.monotonic() - began:.0f} s")
    print_faults(installation, faults, submitter)
    print("ledger")
    return reconciliation.report(list(run_ledger.ledger(installation.folder)))


def main():
    minutes = float(os.environ.get("MINUTES") or 5)
    requests = int(os.environ.get("REQUESTS") or minutes * 10_000)
    seed = int(os.environ.get("SEED") or 1)
    is_short = minutes < 3
    program = os.environ.get("PROGRAM") or os.path.join(paths.ROOT, ".build/release/resize-worker")
    if not os.access(program, os.X_OK):
        print(f"{program} is missing: make release", file=sys.stderr)
        return 3
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.stdout.reconfigure(line_buffering=True)
    print(f"{requests:,} requests in {minutes:g} minutes, SEED={seed}")
    installation = Installation(program, os.environ.get("STORE") or "sqlite", requests, seed, is_short)
    status = 1
    try:
        status = chaos(installation, minutes, requests, seed, is_short)
    finally:
        keeps_files = status != 0 or os.environ.get("KEEP") == "1"
        installation.close(keeps_files)
        if keeps_files:
            print(f"logs, database and journal are in {installation.folder}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
