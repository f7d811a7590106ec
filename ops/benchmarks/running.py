"""A process under measurement, with the processes it starts."""

import os
import signal
import subprocess
import threading
import time


class Running:
    """Begins to count when the process says that it is consuming."""

    def __init__(self, command, environment, log):
        self.log = open(log, "wb")
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=os.path.dirname(log),
            env=dict(os.environ, **environment), start_new_session=True,
        )
        self.is_consuming = threading.Event()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()
        if not self.is_consuming.wait(60):
            self.stop()
            raise SystemExit(f"{command[0]} does not consume; see {log}")

    def _read(self):
        for line in self.process.stdout:
            self.log.write(line)
            self.log.flush()
            if b"consuming" in line and not self.is_consuming.is_set():
                self.began_at, self.began_with = time.monotonic(), self.cpu_seconds()
                self.is_consuming.set()

    def family(self):
        """The process and its children; none of ours has grandchildren."""
        pid = self.process.pid
        try:
            with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
                return [pid] + [int(child) for child in file.read().split()]
        except FileNotFoundError:
            return [pid]

    def cpu_seconds(self):
        # The clock of another process's CPU time (clock_getcpuclockid), in nanoseconds.
        return sum(time.clock_gettime((~pid << 3) | 2) for pid in self.family())

    def resident_mib(self):
        total = 0
        for pid in self.family():
            with open(f"/proc/{pid}/status", encoding="ascii") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("VmRSS"))
        return total / 1024

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        self.reader.join(5)
        self.log.close()
