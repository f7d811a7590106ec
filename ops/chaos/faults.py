"""Carries out what the schedule says, and counts it."""
import collections
import threading
import time

from schedule import SHARED, SINGLE


class Faults:
    def __init__(self, broker, proxy, workers, database, tell):
        self.broker, self.proxy, self.workers = broker, proxy, workers
        self.database, self.tell = database, tell
        self.kinds = (*SHARED, *database.faults, *SINGLE)
        self.counts = collections.Counter()
        self.failure = None
        self.over = threading.Event()
        self.lanes = []

    def begin(self, *lanes):
        self.lanes = [threading.Thread(target=self._run, args=[lane], daemon=True) for lane in lanes]
        for lane in self.lanes:
            lane.start()

    def had_each(self):
        return self.counts.keys() >= set(self.kinds)

    def end(self):
        """No fault begins any more; those under way come to their end."""
        self.over.set()
        for lane in self.lanes:
            lane.join()
        for worker in self.workers:
            worker.thaw()

    def _run(self, lane):
        try:
            for fault in lane:
                if self.over.wait(fault.pause):
                    return
                self._carry_out(fault)
                self.counts[fault.kind] += 1
        except Exception as error:  # told by the driver, which looks for it
            self.failure = error

    def _carry_out(self, fault):
        worker = self.workers[int(fault.pick * len(self.workers))]
        whom = worker.name if fault.kind.startswith("worker") else ""
        lasting = f"{fault.seconds:g} s" if fault.seconds else ""
        self.tell(" ".join(filter(None, [fault.kind, whom, lasting])))
        match fault.kind:
            case "broker restarts" | "broker stopped":
                self.broker.stop()
                time.sleep(fault.seconds)
                self.broker.start()
            case "broker killed":
                self.broker.kill()
                self.broker.start()
            case "connections stall":
                self.proxy.stall()
                time.sleep(fault.seconds)
                self.proxy.flow()
            case "worker killed":
                worker.kill(fault.seconds)
            case "worker frozen":
                worker.freeze()
                threading.Timer(fault.seconds, worker.thaw).start()
            case "worker drained":
                worker.drain()
            case "connection cut":
                self.proxy.cut(fault.pick)
            case "connections cut":
                self.proxy.cut_all()
            case kind if kind in self.database.faults:
                self.database.suffer(kind, fault.seconds)
            case kind:
                raise ValueError(f"the schedule has an unknown fault: {kind}")
