#!/usr/bin/env python3
"""Measures a worker against its peers: one machine, one private broker, interleaved rounds.

usage: bench.py, with these in the environment:
  ROUNDS=5         how often each is measured
  REQUESTS=20000   requests a round; slow peers get a fraction of them
  PEERS="c go celery pika"   which peers; empty: none
  STORES="sqlite postgres"   which stores; sqlite is always measured
  LATENCY=5        seconds at each load for latencies, in each round; 0: none
  PROGRAM=FILE     the worker's binary, if not the release build
  BEFORE=FILE      another binary of the worker to compare with, round by round
  JSON=FILE        the figures as JSON, too

A request comes in from a quorum queue; a payment event and a status go out through two exchanges to
two quorum queues, persistent and confirmed; then the request is acknowledged. The time is from the
first moment of consuming to the last message in both queues. Only ratios taken in one run count.

The whole cycle is measured beside it: a payment service that costs next to nothing settles every
payment, and the time is until the last request is completed.

Latencies are taken in an open loop, from when a request was scheduled to when its payment event has
been consumed, at shares of the worker's own maximum: a stall counts for all that had to wait behind it.
That maximum is of requests that lie in the queue already. Here they are published meanwhile, and their
payment events consumed, on the same machine, so that less is left for the worker: what it keeps up with
then is measured, too, by publishing faster than that, and latencies are taken at half of it as well.
Each round is an HdrHistogram. The C relay, if it is a peer, takes the same rates: what it needs is the
broker's share.
"""

import json
import os
import signal
import statistics
import subprocess
import sys

from contenders import (
    PEERS, Before, LeftOut, PostgresWorker, WholeCycle, Worker, python_with, source)
from place import Site
from running import Running

LOADS = (20, 50, 80)  # per cent of the worker's own maximum
HALF_SUSTAINED = "halfSustained"  # half of what it keeps up with while its requests are published
SHARES = ("p50", "p99", "p99.9")
OURS = ("worker", "cycle", "postgres")  # no peers to compare with
NAMED = ("worker", "c", "go", "celery")  # always in the JSON, whether they could be measured or not


def start(contender, site, count):
    environment = getattr(contender, "environment", {})
    log = site.path(type(contender).__name__ + ".log")
    return Running(contender.command(count), environment, log)


def measure(contender, site, requests):
    """One round of one contender: (requests a second, CPU µs a request, resident MiB)."""
    count = max(int(requests * contender.share), 100)
    site.empty()
    contender.feed(count)
    running = start(contender, site, count)
    try:
        ended_at = float(contender.await_end(count)[0])
        cpu = running.cpu_seconds() - running.began_with
        resident = running.resident_mib()
    finally:
        running.stop()
    return count / (ended_at - running.began_at), cpu / count * 1e6, resident


def open_loop(contender, site, rate, count):
    """The microseconds from each request's scheduled time to its payment event."""
    site.empty()
    contender.feed(0)
    running = start(contender, site, count)
    try:
        answers = site.load("pace", site.prefix, site.events, count, f"{rate:.1f}")
    finally:
        running.stop()
    latencies = answers[::2]
    if "-1" in latencies:
        raise SystemExit(f"{latencies.count('-1')} requests had no payment event")
    return latencies


def measure_latency(contender, site, python, rate):
    """An HdrHistogram of one open loop."""
    count = max(int(min(site.requests, rate * seconds_of_latency())), 100)
    latencies = open_loop(contender, site, rate, count)
    # The first tenth finds a worker that has just been started.
    told = subprocess.run(
        [python, source("latencies.py")], input="\n".join(latencies[count // 10:]), check=True,
        stdout=subprocess.PIPE, text=True, timeout=60)
    return json.loads(told.stdout)


def measure_sustained(contender, site, rate):
    """The payment events a second while requests are published faster than they can be taken."""
    latencies = open_loop(contender, site, rate, site.requests)
    ends = (number / rate + int(latency) / 1e6 for number, latency in enumerate(latencies))
    return site.requests / max(ends)


def seconds_of_latency():
    return float(os.environ.get("LATENCY", 5))


def latencies_at_loads(results, contenders, site, rounds):
    """For each load and each contender that is to be seen: the rate, and a histogram a round."""
    python = python_with("hdrhistogram", module="hdrh")
    maximum = statistics.median(figure[0] for figure in results["worker"])
    seen = [name for name in ("worker", "before", "postgres", "c") if name in contenders]
    rates = {load: maximum * load / 100 for load in LOADS}
    rates[HALF_SUSTAINED] = statistics.median(
        measure_sustained(contenders["worker"], site, 2 * maximum) for _ in range(rounds)) / 2
    latencies = {(load, name): (rates[load], []) for load in rates for name in seen}
    for number in range(rounds):
        for load in rates:
            for name in seen[number % len(seen):] + seen[:number % len(seen)]:
                told = measure_latency(contenders[name], site, python, rates[load])
                latencies[load, name][1].append(told)
                print(f"  round {number + 1} {name:8} at {title_of(load)}:"
                      f" p50 {told['p50']:.1f} ms, p99 {told['p99']:.1f} ms", flush=True)
    return latencies


def title_of(load):
    return "half sustained" if load == HALF_SUSTAINED else f"{load} %"


def prepare(site, names):
    worker = Worker(site)
    worker.prepare()
    worker.import_inventory(site.inventory)
    site.load("bind", site.prefix)
    # Warms the broker up, and tells how long the events are.
    measure(worker, site, 500)
    site.sizes = tuple(int(size) for size in site.load("sizes", *site.outgoing()))
    contenders, left_out = {"worker": worker, "cycle": WholeCycle(site)}, {}
    contenders["cycle"].prepare()
    if os.environ.get("BEFORE"):
        contenders["before"] = Before(site)
        contenders["before"].prepare()
        contenders["before"].import_inventory(site.inventory)
    if "postgres" in os.environ.get("STORES", "sqlite postgres").split():
        try:
            postgres = PostgresWorker(site)
            postgres.prepare()
            site.to_stop.append(postgres)
            postgres.import_inventory(site.inventory)
            contenders["postgres"] = postgres
        except LeftOut as reason:
            left_out[PostgresWorker.title] = str(reason)
    for name in names:
        try:
            peer = PEERS[name](site)
            peer.prepare()
            contenders[name] = peer
        except LeftOut as reason:
            left_out[PEERS[name].title] = str(reason)
    return contenders, left_out


def spread(values, digits=0):
    low, high = min(values), max(values)
    return f"{statistics.median(values):,.{digits}f} ({low:,.{digits}f}–{high:,.{digits}f})"


def report(results, contenders, left_out, latencies):
    print(f"\n{'':38} {'requests/s':>26} {'worker ÷ it':>18} {'CPU µs/request':>16} {'MiB':>5}")
    for name, rounds in results.items():
        rates, cpus, residents = zip(*rounds)
        ratio = "" if name in OURS else spread(ratios(results, name), 2)
        print(
            f"{contenders[name].title:38} {spread(rates):>26} {ratio:>18}"
            f" {statistics.median(cpus):16.1f} {max(residents):5.0f}")
    for title, reason in left_out.items():
        print(f"{title:38} left out: {reason}")
    if "postgres" in results:
        print(f"PostgreSQL store ÷ SQLite store: {spread(postgres_over_sqlite(results), 2)}")
    if latencies:
        print(f"\n{'ms from request to payment event':38} {'at':>23}"
              + "".join(f" {share:>24}" for share in SHARES))
    for (load, name), (rate, rounds) in latencies.items():
        shares = "".join(f" {spread([told[share] for told in rounds], 1):>24}" for share in SHARES)
        print(f"{contenders[name].title:38} {f'{title_of(load)}, {rate:,.0f}/s':>23}{shares}")


def ratios(results, name):
    return [ours[0] / theirs[0] for ours, theirs in zip(results["worker"], results[name])]


def postgres_over_sqlite(results):
    return [1 / ratio for ratio in ratios(results, "postgres")]


def figures(results, latencies):
    """What is measured; null for peers that were left out."""
    medians = {
        name: round(statistics.median(figure[0] for figure in rounds))
        for name, rounds in results.items()
    }
    document = {
        "requestsPerSecond": dict.fromkeys(NAMED) | {
            name: value for name, value in medians.items() if name != "cycle"
        },
        "ratios": dict.fromkeys(name for name in NAMED if name != "worker") | {
            name: round(statistics.median(ratios(results, name)), 3)
            for name in results if name not in OURS
        },
        "wholeCycle": {
            "requestsPerSecond": medians["cycle"],
            "cpuMicrosPerRequest": round(statistics.median(r[1] for r in results["cycle"]), 1),
        },
        "cpuMicrosPerRequest": round(statistics.median(r[1] for r in results["worker"]), 1),
        "p99MillisAtHalfLoad": None,
        "sustainedRequestsPerSecond": None,
        "p99MillisAtHalfSustained": None,
        "residentMiB": round(max(r[2] for r in results["worker"]), 1),
    }
    if "postgres" in results:
        ratio = statistics.median(postgres_over_sqlite(results))
        document["ratios"]["postgresOverSqlite"] = round(ratio, 3)
    if latencies:
        document["p99MillisAtHalfLoad"] = median_of(latencies[50, "worker"][1], "p99")
        half, histograms = latencies[HALF_SUSTAINED, "worker"]
        document["sustainedRequestsPerSecond"] = round(2 * half)
        document["p99MillisAtHalfSustained"] = median_of(histograms, "p99")
        document["latencyMillis"] = {
            name: {
                str(load): {share: median_of(rounds, share) for share in SHARES}
                | {"histograms": [told["histogram"] for told in rounds]}
                for (load, of), (_, rounds) in latencies.items() if of == name
            }
            for name in dict.fromkeys(name for _, name in latencies)
        }
    return document


def median_of(rounds, share):
    return round(statistics.median(told[share] for told in rounds), 2)


def main():
    rounds = int(os.environ.get("ROUNDS", 5))
    requests = int(os.environ.get("REQUESTS", 20000))
    names = os.environ.get("PEERS", "c go celery pika").split()
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        raise SystemExit(f"unknown peer {unknown[0]}; there are: {' '.join(PEERS)}")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that nothing is left running
    site = Site(requests)
    try:
        contenders, left_out = prepare(site, names)
        print(f"{rounds} rounds of {requests:,} requests; a payment event has {site.sizes[0]} bytes, "
              f"a status {site.sizes[1]}", flush=True)
        results = {name: [] for name in contenders}
        order = list(contenders)
        for number in range(rounds):
            for name in order[number % len(order):] + order[:number % len(order)]:
                figure = measure(contenders[name], site, requests)
                results[name].append(figure)
                print(f"  round {number + 1} {name:7} {figure[0]:9,.0f}/s {figure[1]:7.1f} µs", flush=True)
        latencies = {}
        if seconds_of_latency() > 0:
            try:
                latencies = latencies_at_loads(results, contenders, site, rounds)
            except LeftOut as reason:
                left_out["latencies"] = str(reason)
        report(results, contenders, left_out, latencies)
        if os.environ.get("JSON"):
            with open(os.environ["JSON"], "w", encoding="utf-8") as file:
                json.dump(figures(results, latencies), file, indent=2)
                file.write("\n")
    finally:
        site.stop()


if __name__ == "__main__":
    main()
