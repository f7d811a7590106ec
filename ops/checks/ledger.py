#!/usr/bin/env python3
"""What became of the requests of competing-workers.sh, read from database and journal.

usage: ledger.py --ended COUNT FOLDER       exits 0 once so many requests have ended
       ledger.py --settled COUNT FOLDER     the same, and nothing is left to be sent
       ledger.py --report REQUESTS SECONDS DRAIN_MILLISECONDS DRAIN_STATUS DEAD_LETTERS FOLDER
"""
import collections
import json
import sqlite3
import sys

ENDS = "('completed', 'failed', 'rejected', 'canceled', 'quoted')"
WORKERS = ["w1", "w2", "w3"]


class Ledger:
    def __init__(self, folder):
        self.database = sqlite3.connect(f"file:{folder}/store.sqlite?mode=ro", uri=True, timeout=30)
        self.journal = folder + "/journal.jsonl"

    def rows(self, sql):
        return self.database.execute(sql).fetchall()

    def count(self, sql):
        return self.rows("SELECT count(*) FROM " + sql)[0][0]

    def ended(self):
        return self.count(f"resizes WHERE state IN {ENDS}")

    def outbox(self):
        return self.count("outbox")

    def moved(self):
        """How often money has moved at the payment service, by idempotency key."""
        with open(self.journal, encoding="utf-8") as lines:
            return collections.Counter(json.loads(line)["idempotencyKey"] for line in lines)


def report(ledger, requests, seconds, drain_milliseconds, drain_status, dead_letters):
    faults = []

    def line(name, value, is_right=True):
        print(f"  {name:<22}{value}{'' if is_right else '   <-- wrong'}")
        if not is_right:
            faults.append(name)

    ended = ledger.ended()
    line("submitted", requests)
    line("ended", f"{ended} after {seconds} s", ended == requests)
    for state, count in ledger.rows("SELECT state, count(*) FROM resizes GROUP BY state ORDER BY 2 DESC"):
        line(f"  {state}", count)
    ends = f"timeline WHERE event IN {ENDS} GROUP BY resize HAVING count(*) > 1"
    twice = ledger.count(f"(SELECT 1 FROM {ends})")
    line("ended twice", twice, twice == 0)
    fates = {"w1": "", "w2": " (killed meanwhile)", "w3": " (drained meanwhile)"}
    for worker in WORKERS:
        handled = ledger.count(f"timeline WHERE event IN {ENDS} AND worker LIKE '{worker}#%'")
        line(f"ended by {worker}", f"{handled}{fates[worker]}", handled > 0)

    moved = ledger.moved()
    posted = {key for (key,) in ledger.rows("SELECT DISTINCT movement_id FROM ledger")}
    kinds = collections.Counter(key.split("_")[0] for key in moved)
    line("movements by key", f"{len(moved)} ({kinds['pay']} charges, {kinds['ref']} refunds)",
         set(moved) == posted)
    moved_twice = sum(1 for times in moved.values() if times > 1)
    line("moved twice", moved_twice, moved_twice == 0)
    imbalance = ledger.rows("SELECT coalesce(sum(minor_units), 0) FROM ledger")[0][0]
    line("ledger's balance", imbalance, imbalance == 0)
    line("outbox left", ledger.outbox(), ledger.outbox() == 0)
    line("dead letters", dead_letters, dead_letters == 0)
    line("drain", f"{drain_milliseconds / 1000:.1f} s, exit code {drain_status}",
         drain_status == 0 and drain_milliseconds < 5000)
    print("all is right" if not faults else "WRONG: " + ", ".join(faults))
    return 1 if faults else 0


def main():
    what, *numbers, folder = sys.argv[1:]
    ledger = Ledger(folder)
    numbers = [int(number) for number in numbers]
    if what == "--report":
        return report(ledger, *numbers)
    is_reached = ledger.ended() >= numbers[0]
    if what == "--settled":
        is_reached = is_reached and ledger.outbox() == 0
    return 0 if is_reached else 1


sys.exit(main())
