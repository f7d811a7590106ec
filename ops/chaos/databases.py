"""The database of a run, SQLite or PostgreSQL, and what it may suffer."""
import contextlib
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time

import nodes
from books import PostgresBooks, SQLiteBooks
from disk import SmallDisk
from paths import ROOT


class SQLiteDatabase:
    """A file on a disk of its own."""

    TRACES = {"database locked": "locked by another process", "disk full": "No space is left"}

    def __init__(self, folder, requests):
        self.disk = SmallDisk(os.path.join(folder, "disk"), 128 + requests * 24 // 1024)
        self.file = os.path.join(self.disk.folder, "store.sqlite")
        self.url = "sqlite:" + self.file
        self.faults = ["database locked"]
        if self.disk.is_mounted:
            self.faults.append("disk full")
        else:
            print("'disk full' is left out: no file system can be mounted here", file=sys.stderr)

    def books(self):
        return SQLiteBooks(self.file)

    def suffer(self, kind, seconds):
        with contextlib.closing(sqlite3.connect(self.file, timeout=60, isolation_level=None)) as own:
            if kind == "database locked":
                own.execute("BEGIN IMMEDIATE")  # somebody's shell, or a backup
                time.sleep(seconds)
                own.execute("ROLLBACK")
                return
            # The log goes into the database, so that the next commit needs space.
            own.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self.disk.fill()
        time.sleep(seconds)
        self.disk.free()

    def close(self, keeps_files):
        if keeps_files and self.disk.is_mounted:
            shutil.copytree(self.disk.folder, self.disk.folder + ".kept")
        self.disk.unmount()


class PostgresDatabase:
    """A private server."""

    TRACES = {"database lost": "the store failed"}

    def __init__(self, folder, _):
        self.faults = ["database locked", "database restarts", "database killed"]
        self.node = nodes.Node("database", os.path.join(folder, "database"))
        if os.geteuid() == 0:
            os.chmod(folder, 0o755)  # the server runs as another user
        self.node.start()
        self.url = self.node.url

    def books(self):
        return PostgresBooks(self.url, "chaos")

    def suffer(self, kind, seconds):
        match kind:
            case "database locked":
                lock = f"BEGIN; LOCK TABLE chaos.resizes IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep({seconds})"
                subprocess.run(["psql", "-qXAt", self.url, "-c", lock], check=False,
                               stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            case "database restarts":
                self.node.stop()
                self.node.start()
            case "database killed":
                self.node.kill(signal.SIGQUIT)  # all its processes at once, without a checkpoint
                self.node.start()

    def close(self, keeps_files):  # they are on the disk anyway
        self.node.stop()


def database(kind, folder, requests):
    kinds = {"sqlite": SQLiteDatabase, "postgres": PostgresDatabase}
    if kind not in kinds:
        raise SystemExit(f"STORE is {kind}; there are: {' '.join(kinds)}")
    if kind == "postgres" and not os.path.exists(os.path.join(ROOT, "ops/database/node.sh")):
        raise SystemExit("there is no store on PostgreSQL here")
    return kinds[kind](folder, requests)
