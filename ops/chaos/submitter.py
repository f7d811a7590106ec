"""Submits the requests at an even pace; what the broker has not confirmed is submitted again."""
import subprocess
import threading
import time

import mix


class Submitter:
    SECONDS_A_PORTION = 2

    def __init__(self, program, requests, seconds, folder):
        self.program = program
        self.requests = requests
        self.seconds = seconds
        self.folder = folder
        self.confirmed = 0
        self.again = 0
        self.cancels = []
        self.failure = None
        self.thread = threading.Thread(target=self._run, daemon=True)

    def start(self):
        self.thread.start()

    @property
    def is_done(self):
        return not self.thread.is_alive()

    def _run(self):
        try:
            self._submit_all()
        except Exception as error:  # told by the driver, which waits for this thread
            self.failure = error

    def _submit_all(self):
        portions = max(int(self.seconds / self.SECONDS_A_PORTION), 1)
        began = time.monotonic()
        for portion in range(portions):
            due = began + portion * self.SECONDS_A_PORTION
            time.sleep(max(due - time.monotonic(), 0))
            first = self.requests * portion // portions
            end = self.requests * (portion + 1) // portions
            # Some are asked for twice, as by a client that has not seen its confirm.
            numbers = list(range(max(first - (end - first) // 50, 0), end))
            self._submit(mix.write_requests(numbers, f"{self.folder}/portion.jsonl"))
            self.confirmed = end
            self._cancel(first, end)

    def _submit(self, file):
        while True:
            with open(f"{self.folder}/submit.log", "ab") as log:
                status = subprocess.run(
                    [self.program, "submit", "--file", file, "--timeout", "5s"],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT).returncode
            if status == 0:
                return
            if status != 3:
                raise RuntimeError(f"submit ended with {status}, see {self.folder}/submit.log")
            self.again += 1
            time.sleep(0.5)

    def _cancel(self, first, end):
        """Cancels the last request of a portion that costs something, while it waits for its payment."""
        charged = [number for number in range(first, end) if mix.is_charged(number)]
        if not charged:
            return
        self.cancels = [cancel for cancel in self.cancels if cancel.poll() is None]
        wanted = mix.request_of(charged[-1])
        with open(f"{self.folder}/cancel.log", "ab") as log:
            self.cancels.append(subprocess.Popen(
                [self.program, "cancel", wanted["requestId"], "--tenant", wanted["tenantId"],
                 "--timeout", "5s"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT))
