"""A small disk for the database that can run full, and a lock on the database that is held too long."""
import os
import sqlite3
import subprocess


class SmallDisk:
    """A file system in memory; `is_mounted` says whether this machine lets us have one."""

    def __init__(self, folder, mebibytes):
        self.folder = folder
        self.balloon = os.path.join(folder, "balloon")
        os.makedirs(folder, exist_ok=True)
        mount = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "resize-chaos", folder],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.is_mounted = mount.returncode == 0

    def fill(self):
        block = bytes(1 << 20)
        with open(self.balloon, "wb", buffering=0) as file:
            while block:
                try:
                    file.write(block)
                except OSError:
                    block = block[:len(block) // 2] if len(block) > 512 else b""

    def free(self):
        if os.path.exists(self.balloon):
            os.remove(self.balloon)

    def unmount(self):
        if self.is_mounted:
            subprocess.run(["umount", "--lazy", self.folder], check=False)
            self.is_mounted = False


def empty_log(file):
    """Moves SQLite's log into the database, so that the next commit needs space."""
    database = sqlite3.connect(file, timeout=10, isolation_level=None)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


class StoreLock:
    """An open transaction of somebody else's: a shell, a backup."""

    def __init__(self, file):
        self.database = sqlite3.connect(file, timeout=60, isolation_level=None)
        self.database.execute("BEGIN IMMEDIATE")

    def release(self):
        self.database.execute("ROLLBACK")
        self.database.close()
