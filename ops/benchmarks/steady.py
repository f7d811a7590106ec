#!/usr/bin/env python3
"""A long run: whether three workers are at its end as fast and as small as at its beginning.

usage: steady.py, with these in the environment:
  REQUESTS=1000000  how many requests, an instance each
  WORKERS=3         how many workers compete for them
  UNDERWAY=6000     how many requests are under way at a time, a twentieth of them at most
  STORE=sqlite      or postgres
  PROGRAM=FILE      the worker's binary, if not the release build
  JSON=FILE         the figures as JSON, too

A payment service that costs next to nothing settles every payment, and every request is seen until
it is completed. For each tenth of the run: requests a second, the workers' CPU a request, resident
memory of each worker, the size of the database. At the end requests, ledger and the payment service's
journal are compared one by one, and `ledger verify` reads the ledger. The exit code is 1 where
something does not add up; whether the rates suffice is for people to say.
"""

import collections
import json
import os
import shutil
import signal
import subprocess
import sys
import time

from contenders import HERE, ROOT, PostgresWorker, Worker, binary, compile_c
from place import Site
from running import Running

sys.path.insert(0, os.path.join(ROOT, "ops", "checks"))
import books  # noqa: E402
import reconciliation  # noqa: E402

Tenth = collections.namedtuple("Tenth", "requests seconds cpu resident database log")


class Embedded(Worker):
    """Workers on one SQLite file."""

    store = "store"

    def import_inventory(self, inventory):
        shutil.rmtree(self.site.path(self.store), ignore_errors=True)
        os.makedirs(self.site.path(self.store))
        self.run("topology", "apply")
        self.run("inventory", "import", "--template", inventory)

    @property
    def file(self):
        return self.site.path(self.store, "worker.sqlite")

    def mebibytes(self):
        """Of the database, and of its log."""
        return [size(self.file), size(self.file + "-wal")]

    def books(self):
        return books.SQLiteBooks(self.file)


class Server(PostgresWorker):
    """Workers on a private PostgreSQL server."""

    def import_inventory(self, inventory):
        self.sql("DROP SCHEMA IF EXISTS bench CASCADE")
        self.run("topology", "apply")
        self.run("inventory", "import", "--template", inventory)

    def mebibytes(self):
        data = self.site.path("database", "data")
        return [folder_size(os.path.join(data, "base")), folder_size(os.path.join(data, "pg_wal"))]

    def books(self):
        return books.PostgresBooks(self.url, "bench")


def size(file):
    return os.path.getsize(file) / 2**20 if os.path.exists(file) else 0


def folder_size(folder):
    total = 0
    for path, _, files in os.walk(folder):
        total += sum(size(os.path.join(path, file)) for file in files)
    return total


class Load:
    """The requests: tells at each hundredth of them when it was completed."""

    def __init__(self, site, count, underway):
        compile_c(os.path.join(HERE, "steady.c"), "steady")
        self.process = subprocess.Popen(
            [binary("steady"), site.url, site.prefix, site.events, str(count), str(underway)],
            stdout=subprocess.PIPE, text=True)

    def hundredths(self):
        """How many are completed, and when, as it happens."""
        for line in self.process.stdout:
            completed, moment = line.split()
            yield int(completed), float(moment)
        if self.process.wait():
            raise SystemExit("the load broke off")

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def run(site, contender, count, workers, underway):
    """Measures each tenth; yields it when it is over."""
    compile_c(os.path.join(HERE, "settle.c"), "settle")
    settling = [binary("settle"), site.url, site.prefix, str(count), site.path("journal.jsonl")]
    running, load = [], None
    try:
        service = Running(settling, {}, site.path("settle.log"))
        running.append(service)
        for number in range(1, workers + 1):
            running.append(Running(
                [*contender.command(count), "--worker-name", f"w{number}"],
                contender.environment, site.path(f"w{number}.log")))
        load = Load(site, count, underway)
        before = None
        for completed, moment in load.hundredths():
            cpu = sum(worker.cpu_seconds() for worker in running[1:])
            if before is None:
                before = completed, moment, cpu
            elif completed - before[0] >= count / 10 or completed == count:
                yield Tenth(
                    completed - before[0], moment - before[1], cpu - before[2],
                    [worker.resident_mib() for worker in running[1:]], *contender.mebibytes())
                before = completed, moment, cpu
        await_sent(contender.books())
        for worker in running[1:]:
            worker.stop()
            if worker.process.returncode:
                raise SystemExit(f"a worker ended with {worker.process.returncode}, see {site.folder}")
    finally:
        for process in running:
            process.stop()
        if load:
            load.stop()


def await_sent(store):
    deadline = time.monotonic() + 60
    while store.outbox() and time.monotonic() < deadline:
        time.sleep(0.1)


def printed(tenths, workers):
    names = "".join(f" {f'w{number} MiB':>8}" for number in range(1, workers + 1))
    print(f"{'done':>10} {'requests/s':>11} {'CPU µs/request':>15}{names} {'database MiB':>13} {'log MiB':>8}",
          flush=True)
    done, all_tenths = 0, []
    for tenth in tenths:
        done += tenth.requests
        resident = "".join(f" {mebibytes:8.1f}" for mebibytes in tenth.resident)
        print(f"{done:10,} {rate(tenth):11,.0f} {cost(tenth):15.1f}{resident}"
              f" {tenth.database:13,.0f} {tenth.log:8,.0f}", flush=True)
        all_tenths.append(tenth)
    return all_tenths


def rate(tenth):
    return tenth.requests / tenth.seconds


def cost(tenth):
    """CPU of all workers, in microseconds a request."""
    return tenth.cpu / tenth.requests * 1e6


def figures(tenths):
    first, last = tenths[0], tenths[-1]
    requests, seconds = sum(t.requests for t in tenths), sum(t.seconds for t in tenths)
    return {
        "requests": requests,
        "requestsPerSecond": round(requests / seconds),
        "cpuMicrosPerRequest": round(sum(t.cpu for t in tenths) / requests * 1e6, 1),
        "lastTenthOverFirst": round(rate(last) / rate(first), 3),
        "cpuOfLastTenthOverFirst": round(cost(last) / cost(first), 3),
        "residentMiB": {
            "afterFirstTenth": round(max(first.resident), 1),
            "atTheEnd": round(max(last.resident), 1),
            "atMost": round(max(max(t.resident) for t in tenths), 1),
        },
        "tenths": [
            {"requestsPerSecond": round(rate(t)), "cpuMicrosPerRequest": round(cost(t), 1),
             "residentMiB": [round(mebibytes, 1) for mebibytes in t.resident],
             "databaseMiB": round(t.database), "logMiB": round(t.log)}
            for t in tenths
        ],
    }


def compared(site, contender, count):
    """What became of requests and money, and whether all of it is right."""
    store = contender.books()
    with open(site.path("requests.jsonl"), encoding="utf-8") as lines:
        submitted = {json.loads(line)["requestId"] for line in lines}
    lines = list(reconciliation.ends(submitted, store.states()))
    twice = store.ended_twice()
    lines.append(reconciliation.Line("ended twice", twice, twice == 0))
    for number in range(1, int(os.environ.get("WORKERS", 3)) + 1):
        lines.append(reconciliation.Line(f"  ended by w{number}", f"{store.ended_by(f'w{number}'):,}"))
    lines += reconciliation.money(store.postings(), books.movements(site.path("journal.jsonl")))
    left = store.outbox()
    lines.append(reconciliation.Line("outbox left", left, left == 0))
    lines.append(verified(contender))
    return reconciliation.report(lines)


def verified(contender):
    """What `ledger verify` says, and what it took."""
    began, before = time.monotonic(), os.times()
    answer = subprocess.run(
        [contender.binary, "ledger", "verify"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, timeout=900, env=dict(os.environ, **contender.environment))
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    said = answer.stdout.strip().splitlines()[-1:] or ["nothing"]
    return reconciliation.Line(
        "ledger verify", f"{said[0]} ({time.monotonic() - began:.1f} s, {cpu:.1f} s of CPU)",
        answer.returncode == 0)


def main():
    count = int(os.environ.get("REQUESTS") or 1_000_000)
    workers = int(os.environ.get("WORKERS", 3))
    underway = int(os.environ.get("UNDERWAY") or min(6000, max(count // 20, 1)))
    kinds = {"sqlite": Embedded, "postgres": Server}
    kind = os.environ.get("STORE", "sqlite")
    if kind not in kinds:
        raise SystemExit(f"STORE is {kind}; there are: {' '.join(kinds)}")
    if count < 100:
        raise SystemExit("REQUESTS should be 100 at least")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing is left running
    site = Site(count, "steady")
    try:
        contender = kinds[kind](site)
        contender.prepare()
        if kind == "postgres":
            site.to_stop.append(contender)
        contender.import_inventory(site.inventory)
        site.load("bind", site.prefix)
        site.empty()
        print(f"{count:,} requests, {workers} workers, {underway:,} requests under way, on {kind}",
              flush=True)
        tenths = printed(run(site, contender, count, workers, underway), workers)
        document = figures(tenths)
        print(f"last tenth ÷ first: {document['lastTenthOverFirst']:.2f} in requests a second,"
              f" {document['cpuOfLastTenthOverFirst']:.2f} in CPU a request", flush=True)
        status = compared(site, contender, count)
        if os.environ.get("JSON"):
            with open(os.environ["JSON"], "w", encoding="utf-8") as file:
                json.dump(document, file, indent=2)
                file.write("\n")
    finally:
        site.stop()
    return status


if __name__ == "__main__":
    sys.exit(main())
