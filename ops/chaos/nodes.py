"""Private servers, broker and database, each started and stopped by its own script."""
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.parse

from paths import ROOT

PID_FILES = {"broker": "node.pid", "database": "data/postmaster.pid"}


class Node:
    def __init__(self, kind, folder):
        self.kind = kind
        self.command = [os.path.join(ROOT, "ops", kind, "node.sh"), "--dir", folder]
        self.pid_file = os.path.join(folder, PID_FILES[kind])
        self.lock = threading.Lock()

    def _run(self, what):
        done = subprocess.run(self.command + [what], stdin=subprocess.DEVNULL, timeout=180,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"the {self.kind} did not {what}: {done.stdout.strip()}")
        return done.stdout.strip()

    def start(self):
        with self.lock:
            self.url = self._run("start")
        self.port = urllib.parse.urlsplit(self.url).port

    def stop(self):
        with self.lock:
            self._run("stop")

    def kill(self, number=signal.SIGKILL):
        with self.lock:
            with open(self.pid_file, encoding="ascii") as file:
                os.kill(int(file.readline()), number)
            while answers(self.port):
                time.sleep(0.05)  # its last thread has not ended yet


def answers(port):
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
        return True
    except OSError:
        return False
