"""One installation under chaos: broker, proxy, disk, workers, sandbox and witness, in a folder of their own."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

import books
import mix
import witness
from databases import database
from nodes import Node
from paths import ROOT
from proxy import Proxy
from workers import Worker

PREFIX = "chaos"

SETTINGS = {
    "BROKER_PREFIX": PREFIX, "BROKER_HEARTBEAT": "2s", "APPLY_MODE": "command",
    "PAYMENTS_ATTEMPTS": "10", "PAYMENTS_BACKOFF_CEILING": "10s", "REFUNDS_BACKOFF_CEILING": "5s",
    "CATALOG_PATH": os.path.join(ROOT, "ops/demo/catalog.yaml"),
}
SANDBOX = "--failed 20 --declined 2 --unanswered 5 --duplicated 5 --apply-failed 2 --delay 500".split()


class Installation:
    def __init__(self, program, store, requests, seed, is_short):
        self.program = program
        self.folder = tempfile.mkdtemp(prefix="chaos-")
        self.processes = []
        self.workers = []
        self.proxy = None
        self.seed = seed
        # Short enough that what was lost is asked for again within the run, longer than a backlog takes.
        self.patience = "5s" if is_short else "45s"
        self.journal = self.file("journal.jsonl")
        self.notes = self.file("statuses.jsonl")
        self.broker = Node("broker", self.file("broker"))
        self.database = database(store, self.folder, requests)

    def file(self, name):
        return os.path.join(self.folder, name)

    def start(self, requests):
        self.broker.start()
        self.proxy = Proxy(self.broker.port, self.seed)
        url = f"amqp://guest:guest@127.0.0.1:{self.proxy.port}"
        os.environ.update({"RESIZE_WORKER_" + name: value for name, value in SETTINGS.items()},
                          RESIZE_WORKER_BROKER_URL=url, RESIZE_WORKER_APPLY_TIMEOUT=self.patience,
                          RESIZE_WORKER_PAYMENTS_TIMEOUT=self.patience,
                          RESIZE_WORKER_STORE_URL=self.database.url)
        self.run("topology", "apply")
        mix.write_inventory(requests, self.file("inventory.jsonl"))
        self.run("inventory", "import", "--template", self.file("inventory.jsonl"))
        witness.bind(self.broker.url, PREFIX)
        self.launch("witness", sys.executable, witness.__file__, self.broker.url, self.notes)
        self.launch("sandbox", self.program, "sandbox", "--seed", str(self.seed),
                    "--journal", self.journal, *SANDBOX)
        for name in ("w1", "w2", "w3"):
            worker = Worker(name, [self.program, "run", "--worker-name", name], self.file(name + ".log"))
            self.workers.append(worker)
            worker.start()

    def ask(self, *arguments):
        return subprocess.run([self.program, *arguments], stdin=subprocess.DEVNULL, timeout=300,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *arguments):
        done = self.ask(*arguments)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
        return done.stdout

    def launch(self, name, *command):
        with open(self.file(name + ".log"), "ab") as log:
            self.processes.append(subprocess.Popen(
                command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL))

    def said(self, text):
        """How many lines of the workers' logs have a text in them."""
        count = 0
        for worker in self.workers:
            with open(worker.log, encoding="utf-8", errors="replace") as lines:
                count += sum(text in line for line in lines)
        return count

    def stop_workers(self, requests):
        """Also leaves behind what the ledger is made of."""
        statuses = {worker.name: worker.stop() for worker in self.workers}
        dead_letters = self.run("dead-letters", "list", "--json").splitlines()
        verification = self.ask("ledger", "verify")
        run = {
            "requests": requests,
            "workers": list(statuses),
            "verification": (verification.stdout or verification.stderr).strip(),
            "isVerified": verification.returncode == 0,
            "deadLetters": [str(json.loads(line).get("reason")) for line in dead_letters],
            "endedByThemselves": [f"{worker.name}: exit code {status}"
                                  for worker in self.workers for status in worker.unplanned],
            "notStoppedInOrder": [f"{name}: exit code {status}"
                                  for name, status in statuses.items() if status != 0],
        }
        with open(self.file("run.json"), "w", encoding="utf-8") as file:
            json.dump(run, file)
        with contextlib.closing(self.database.books()) as store:
            books.copy(store, self.file("books.sqlite"))

    def close(self, keeps_files):
        """Ends all that was started; the database is saved from its disk where files are kept."""
        if self.proxy:
            self.proxy.flow()
        for worker in self.workers:
            worker.stop()
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        self.broker.stop()
        self.database.close(keeps_files)
        if not keeps_files:
            shutil.rmtree(self.folder, ignore_errors=True)
