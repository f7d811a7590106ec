"""Where everybody is measured: one private broker, one folder, one workload."""

import os
import shutil
import subprocess
import sys

from contenders import HERE, ROOT, binary, compile_c


class Site:
    """The broker and the folder that everybody is measured on."""

    prefix = "bench"
    sizes = (0, 0)

    def __init__(self, requests, folder="bench"):
        self.to_stop = []
        self.requests = requests
        self.folder = os.path.join(ROOT, ".local", folder)
        os.makedirs(self.folder, exist_ok=True)
        compile_c(os.path.join(HERE, "load.c"), "load")
        workload = [sys.executable, os.path.join(HERE, "workload.py"), str(requests), self.folder]
        subprocess.run(workload, check=True, timeout=600)
        self.events, self.inventory = self.path("events.jsonl"), self.path("inventory.jsonl")
        # Last: whoever has a site stops it, and nobody has one that could not be made. A new one each
        # time: an older worker may have declared other queues.
        self.node = [os.path.join(ROOT, "ops", "broker", "node.sh"), "--dir", self.path("broker")]
        subprocess.run([*self.node, "stop"], check=False, capture_output=True, timeout=120)
        shutil.rmtree(self.path("broker"), ignore_errors=True)
        started = subprocess.run(
            [*self.node, "start"], check=True, stdout=subprocess.PIPE, text=True, timeout=300)
        self.url = started.stdout.strip()

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def load(self, task, *arguments):
        command = [binary("load"), task, self.url, *map(str, arguments)]
        answer = subprocess.run(command, stdout=subprocess.PIPE, text=True, timeout=900)
        if answer.returncode:
            raise SystemExit(f"load {task} failed; the logs are in {self.folder}")
        return answer.stdout.split()

    def queue(self, name):
        return f"{self.prefix}.{name}"

    def outgoing(self):
        return self.queue("payments"), self.queue("statuses")

    def empty(self):
        self.load("empty", self.queue("requests"), *self.outgoing())

    def stop(self):
        for contender in self.to_stop:
            contender.stop()
        subprocess.run([*self.node, "stop"], check=False, timeout=120)
