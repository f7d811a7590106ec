"""Who is measured: how each is built, and what its processes are started with."""

import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
BINARIES = os.path.join(ROOT, ".local", "bench", "bin")
VENV = os.path.join(ROOT, ".local", "bench", "venv")
GO_SOURCES = "/usr/share/gocode"
BATCH = 256


class LeftOut(Exception):
    """Why a peer cannot be measured here."""


def build(command, missing, **environment):
    try:
        subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=600,
            env=dict(os.environ, **environment),
        )
    except FileNotFoundError:
        raise LeftOut(missing) from None
    except subprocess.CalledProcessError as error:
        last = (error.stderr or error.stdout).strip().splitlines()[-1:]
        raise LeftOut(f"{missing}: {' '.join(last)}") from None


def source(*path):
    return os.path.join(HERE, *path)


def binary(name):
    os.makedirs(BINARIES, exist_ok=True)
    return os.path.join(BINARIES, name)


def compile_c(path, name):
    compiler = "cc" if shutil.which("cc") else "clang"  # the Swift toolchain brings a clang
    command = [compiler, "-O2", "-std=gnu11", path, "-lrabbitmq", "-o", binary(name)]
    build(command, "needs a C compiler and librabbitmq-dev")


def python_with(package, module=None):
    """A virtual environment that has a package of the index; `module`: its name, if it has another."""
    python = os.path.join(VENV, "bin", "python")
    missing = f"needs python3-venv and {package}"
    if not os.path.exists(python):
        build([sys.executable, "-m", "venv", VENV], missing)
    if subprocess.run([python, "-c", f"import {module or package}"], capture_output=True).returncode:
        build([python, "-m", "pip", "install", "--quiet", package], missing)
    return python


class Relay:
    """A peer; `share` says how many of the requests a round gives it, so that slow ones end."""

    share = 1.0

    def __init__(self, site):
        self.site = site

    def feed(self, count):
        self.site.load("feed", self.site.prefix + ".requests", self.site.events, count)

    @property
    def sizes(self):
        return [str(size) for size in self.site.sizes]

    def await_end(self, count):
        """When the last message of all requests was in its queue."""
        return self.site.load("wait", count, 30 + count / 100, *self.site.outgoing())


class CRelay(Relay):
    title = "C relay, librabbitmq, no logic"

    def prepare(self):
        compile_c(source("peers", "relay.c"), "relay-c")

    def command(self, count):
        return [binary("relay-c"), self.site.url, self.site.prefix, str(count), str(BATCH), *self.sizes]


class GoRelay(Relay):
    title = "Go relay, amqp091-go, no store"

    def prepare(self):
        if not os.path.isdir(GO_SOURCES + "/src/github.com/rabbitmq/amqp091-go"):
            raise LeftOut("needs golang-go and golang-github-rabbitmq-amqp091-go-dev")
        build(
            ["go", "build", "-o", binary("relay-go"), source("peers", "relay.go")],
            "needs golang-go", GO111MODULE="off", GOPATH=GO_SOURCES,
        )

    def command(self, count):
        return [binary("relay-go"), self.site.url, self.site.prefix, str(BATCH), *self.sizes]


class CeleryRelay(Relay):
    title = "Celery, two processes, no store"
    share = 0.15

    def prepare(self):
        self.python = python_with("celery")

    @property
    def environment(self):
        return {
            "BENCH_URL": self.site.url, "BENCH_PREFIX": self.site.prefix,
            "BENCH_PAYMENT_BYTES": self.sizes[0], "BENCH_STATUS_BYTES": self.sizes[1],
            "PYTHONPATH": source("peers"),
        }

    def feed(self, count):
        subprocess.run(
            [self.python, source("peers", "relay_celery.py"), "feed", str(count)],
            check=True, timeout=600, env=dict(os.environ, **self.environment),
        )

    def command(self, count):
        return [
            self.python, "-m", "celery", "-A", "relay_celery", "worker", "--concurrency", "2",
            "--without-gossip", "--without-mingle", "--without-heartbeat", "-O", "fair",
            "--loglevel", "ERROR",
        ]


class PikaRelay(Relay):
    title = "pika relay, no store"
    share = 0.3

    def prepare(self):
        self.python = python_with("pika")

    def command(self, count):
        return [
            self.python, source("peers", "relay_pika.py"), self.site.url, self.site.prefix,
            str(BATCH), *self.sizes,
        ]


class Worker(Relay):
    title = "resize-worker, SQLite, full sync"
    store = "store"

    def prepare(self):
        release = os.path.join(ROOT, ".build", "release", "resize-worker")
        self.binary = os.path.abspath(os.environ.get("PROGRAM") or release)
        if not os.path.exists(self.binary):
            raise SystemExit(f"there is no {self.binary}: make release")

    @property
    def environment(self):
        return {
            "RESIZE_WORKER_BROKER_URL": self.site.url,
            "RESIZE_WORKER_BROKER_PREFIX": self.site.prefix,
            "RESIZE_WORKER_STORE_URL": "sqlite:" + self.site.path(self.store, "worker.sqlite"),
            "RESIZE_WORKER_CATALOG_PATH": os.path.join(ROOT, "ops", "demo", "catalog.yaml"),
        }

    def run(self, *arguments):
        subprocess.run(
            [self.binary, *arguments], check=True, timeout=900, stdout=subprocess.DEVNULL,
            env=dict(os.environ, **self.environment),
        )

    def import_inventory(self, inventory):
        """Once; each round begins with a copy of the file and its log."""
        store = self.site.path(self.store)
        shutil.rmtree(store, ignore_errors=True)
        os.makedirs(store)
        self.run("topology", "apply")
        self.run("inventory", "import", "--template", inventory)
        shutil.rmtree(store + "-imported", ignore_errors=True)
        os.rename(store, store + "-imported")

    def feed(self, count):
        store = self.site.path(self.store)
        shutil.rmtree(store, ignore_errors=True)
        shutil.copytree(store + "-imported", store)
        os.sync()  # what was copied shall not be written to the disk on the worker's time
        super().feed(count)

    def command(self, count):
        return [self.binary, "run"]


class WholeCycle(Worker):
    """Every payment succeeds at once: each request is paid, applied and completed."""

    title = "resize-worker, request to completed"
    statuses = 3  # awaitingPayment, applying, completed

    def prepare(self):
        super().prepare()
        compile_c(source("settle.c"), "settle")

    def await_end(self, count):
        settling = subprocess.Popen(
            [binary("settle"), self.site.url, self.site.prefix, str(count)],
            stdout=subprocess.DEVNULL)
        try:
            return self.site.load(
                "wait", self.statuses * count, 30 + count / 100, self.site.outgoing()[1])
        finally:
            settling.terminate()
            settling.wait()


class PostgresWorker(Worker):
    """The same worker on a private PostgreSQL server; the server's CPU is not counted."""

    title = "resize-worker, PostgreSQL, full sync"
    url = ""

    def __init__(self, site):
        super().__init__(site)
        self.node = [os.path.join(ROOT, "ops", "database", "node.sh"), "--dir", site.path("database")]

    def prepare(self):
        super().prepare()
        started = subprocess.run([*self.node, "start"], capture_output=True, text=True, timeout=300)
        if started.returncode:
            raise LeftOut("needs postgresql: " + started.stderr.strip())
        self.url = started.stdout.strip()

    def stop(self):
        subprocess.run([*self.node, "stop"], check=False, timeout=120)

    def sql(self, *commands):
        arguments = [word for command in commands for word in ("--command", command)]
        subprocess.run([*self.node, "psql", "--quiet", *arguments], check=True, timeout=300)

    @property
    def environment(self):
        return super().environment | {"RESIZE_WORKER_STORE_URL": self.url}

    def import_inventory(self, inventory):
        """Once; each round begins with a copy of the database."""
        imported = self.url
        self.sql("DROP DATABASE IF EXISTS measured WITH (FORCE)", "DROP SCHEMA IF EXISTS bench CASCADE")
        self.run("inventory", "import", "--template", inventory)
        self.url = imported.rsplit("/", 1)[0] + "/measured"

    def feed(self, count):
        # Made from another database: nobody may be connected to the one that is copied.
        administration = [*self.node, "psql", "--quiet", "--dbname", self.url.rsplit("/", 1)[0] + "/postgres"]
        for command in ("DROP DATABASE IF EXISTS measured WITH (FORCE)",
                        "CREATE DATABASE measured TEMPLATE resize", "CHECKPOINT"):
            subprocess.run([*administration, "--command", command], check=True, timeout=300)
        os.sync()
        Relay.feed(self, count)


class Before(Worker):
    """The worker as it was: with a database of its own, whose tables may be others."""

    title = "the worker of BEFORE"
    store = "store-before"

    def prepare(self):
        self.binary = os.path.abspath(os.environ["BEFORE"])
        if not os.path.exists(self.binary):
            raise SystemExit(f"there is no {self.binary}")


PEERS = {"c": CRelay, "go": GoRelay, "celery": CeleryRelay, "pika": PikaRelay}
