#!/usr/bin/env python3
"""What became of the requests of competing-workers.sh, read from database and journal.

usage: ledger.py --ended COUNT FOLDER       exits 0 once so many requests have ended
       ledger.py --settled COUNT FOLDER     the same, and nothing is left to be sent
       ledger.py --report SECONDS DRAIN_MILLISECONDS DRAIN_STATUS DEAD_LETTERS FOLDER
"""
import json
import os
import sys

import books
import reconciliation
from reconciliation import Line

WORKERS = {"w1": "", "w2": " (killed meanwhile)", "w3": " (drained meanwhile)"}


def submitted(folder):
    with open(folder + "/requests.jsonl", encoding="utf-8") as lines:
        return {json.loads(line)["requestId"] for line in lines}


def lines(store, folder, seconds, drain_milliseconds, drain_status, dead_letters):
    yield from reconciliation.ends(submitted(folder), store.states())
    yield Line("seconds", seconds)
    yield Line("ended twice", store.ended_twice(), store.ended_twice() == 0)
    for worker, fate in WORKERS.items():
        ended = store.ended_by(worker)
        yield Line(f"  ended by {worker}", f"{ended:,}{fate}", ended > 0)
    moved = books.movements(folder + "/journal.jsonl")
    yield from reconciliation.money(store.postings(), moved)
    yield Line("outbox left", store.outbox(), store.outbox() == 0)
    yield Line("dead letters", dead_letters, dead_letters == 0)
    yield Line("drain", f"{drain_milliseconds / 1000:.1f} s, exit code {drain_status}",
               drain_status == 0 and drain_milliseconds < 5000)


def main():
    what, *numbers, folder = sys.argv[1:]
    url = os.environ.get("RESIZE_WORKER_STORE_URL", "sqlite:")
    store = (books.SQLiteBooks(folder + "/store.sqlite") if url.startswith("sqlite:")
             else books.PostgresBooks(url, "resize"))
    numbers = [int(number) for number in numbers]
    if what == "--report":
        return reconciliation.report(list(lines(store, folder, *numbers)))
    is_reached = store.ended() >= numbers[0]
    if what == "--settled":
        is_reached = is_reached and store.outbox() == 0
    return 0 if is_reached else 1


sys.exit(main())
