"""The private broker node under all this."""
import os
import signal
import subprocess
import threading
import time


class Broker:
    def __init__(self, script, folder):
        self.command = [script, "--dir", folder]
        self.pid_file = os.path.join(folder, "node.pid")
        self.lock = threading.Lock()

    def _run(self, what):
        done = subprocess.run(self.command + [what], stdin=subprocess.DEVNULL, timeout=180,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"the broker did not {what}: {done.stdout.strip()}")
        return done.stdout.strip()

    def start(self):
        with self.lock:
            self.url = self._run("start")
        self.port = int(self.url.rsplit(":", 1)[1])

    def stop(self):
        with self.lock:
            self._run("stop")

    def kill(self):
        with self.lock:
            with open(self.pid_file, encoding="ascii") as file:
                pid = int(file.read())
            os.kill(pid, signal.SIGKILL)
            while is_running(pid):
                time.sleep(0.05)  # it holds its port until it is gone


def is_running(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
