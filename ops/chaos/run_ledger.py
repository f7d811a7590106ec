#!/usr/bin/env python3
"""What became of the requests of a run, from the files that it has left: database, journal, statuses, ends.

usage: ledger.py FOLDER     exit code 0 if all adds up
"""
import json
import os
import sys

import paths  # noqa: F401
import books
import mix
import reconciliation
from reconciliation import Line, none_of


def told(file):
    """All ends that were told, by request, and how many statuses in all."""
    ends, count = {}, 0
    with open(file, encoding="utf-8") as lines:
        for request, status, sequence, direction, amount, currency in map(json.loads, lines):
            count += 1
            # Sequence 0 is an answer and no step: to a wish to cancel that overtook its request, say.
            if status in books.ENDS and sequence > 0:
                amount = books.minor_units(amount) if amount else 0
                ends.setdefault(request, set()).add((status, direction, amount, currency))
    return ends, count


def ledger(folder):
    with open(os.path.join(folder, "run.json"), encoding="utf-8") as file:
        run = json.load(file)
    store = books.SQLiteBooks(os.path.join(folder, "books.sqlite"))
    submitted = {mix.request_of(number)["requestId"] for number in range(run["requests"])}
    states = store.states()
    moved = list(books.movements(os.path.join(folder, "journal.jsonl")))
    ends, statuses = told(os.path.join(folder, "statuses.jsonl"))
    yield from reconciliation.ends(submitted, states)
    yield Line("ended twice", store.ended_twice(), store.ended_twice() == 0)
    for worker in run["workers"]:
        yield Line(f"  ended by {worker}", f"{store.ended_by(worker):,}")
    yield from reconciliation.money(store.postings(), moved)
    yield Line("ledger verify", run["verification"], run["isVerified"])
    yield Line("statuses told", f"{statuses:,}")
    yield from reconciliation.statuses(submitted, states, ends, moved)
    yield Line("outbox left", store.outbox(), store.outbox() == 0)
    yield Line("payments left", store.unsettled(), store.unsettled() == 0)
    yield none_of("dead letters", run["deadLetters"])
    yield none_of("workers ended by themselves", run["endedByThemselves"])
    yield none_of("workers not stopped in order", run["notStoppedInOrder"])


if __name__ == "__main__":
    print("ledger")
    sys.exit(reconciliation.report(list(ledger(sys.argv[1]))))
