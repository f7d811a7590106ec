"""A small disk that can run full."""
import os
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
