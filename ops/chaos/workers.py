"""The workers, each started again when it ends, as an init system would."""
import signal
import subprocess
import threading
import time

CANNOT_REACH = 3


class Worker:
    def __init__(self, name, command, log):
        self.name = name
        self.command = command
        self.log = log
        self.unplanned = []
        self.starts = 0
        self.lock = threading.RLock()
        self.process = None
        self.expected = set()
        self.is_frozen = False
        self.seconds_away = 0
        self.is_stopping = False
        self.thread = threading.Thread(target=self._supervise, daemon=True)

    def start(self):
        self.thread.start()

    def _supervise(self):
        while True:
            with self.lock:
                if self.is_stopping:
                    return
                with open(self.log, "ab") as log:
                    began = log.tell()
                    self.process = subprocess.Popen(
                        self.command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
                self.starts += 1
            status = self.process.wait()
            with self.lock:
                # A worker that begins while broker or database are away says so and ends.
                is_early = status in (CANNOT_REACH, -signal.SIGTERM) and not self._has_worked(began)
                if status not in self.expected and not is_early:
                    self.unplanned.append(status)
                self.expected = set()
                away, self.seconds_away = self.seconds_away, 1
            time.sleep(away)

    def _has_worked(self, began):
        """Whether the process whose log begins there has come as far as to take messages."""
        with open(self.log, "rb") as log:
            log.seek(began)
            return b" consuming " in log.read()

    def signal(self, number, expected=(), seconds_away=1):
        with self.lock:
            if self.process and self.process.poll() is None:
                self.expected |= set(expected)
                self.seconds_away = seconds_away
                self.process.send_signal(number)

    def kill(self, seconds_away):
        self.signal(signal.SIGKILL, [-signal.SIGKILL], seconds_away)

    def drain(self):
        self.signal(signal.SIGTERM, [0])

    def freeze(self):
        self.signal(signal.SIGSTOP)

    def thaw(self):
        self.signal(signal.SIGCONT)

    def stop(self):
        """Tells it to stop for good; answers its exit code."""
        with self.lock:
            self.is_stopping = True
            process = self.process
        if process is None or process.poll() is not None:
            return None
        self.signal(signal.SIGTERM, [0])
        try:
            return process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()
