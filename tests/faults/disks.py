"""Disks that can be full and have room again while a server writes on them."""

import resource
import subprocess
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path

from tests.processes import Server

SIZE = 24 * 1024 * 1024
SHORT = 64 * 1024


class Disk(ABC):
    folder: Path

    @abstractmethod
    def fill(self, server: Server) -> None: ...

    @abstractmethod
    def make_room(self, server: Server) -> None: ...

    @abstractmethod
    def remove(self) -> None: ...


class SmallDisk(Disk):
    """A file system of its own in memory. Mounting takes root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        options = ["-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
        done = subprocess.run(["mount", *options], capture_output=True, text=True, check=False)
        if done.returncode:
            raise PermissionError(f"a small file system cannot be mounted here: {done.stderr.strip()}")

    def fill(self, server: Server) -> None:
        with (self.folder / "filler").open("wb", buffering=0) as filler:
            for size in (65536, 4096, 1):
                try:
                    while True:
                        filler.write(b"x" * size)
                except OSError:
                    continue

    def make_room(self, server: Server) -> None:
        (self.folder / "filler").unlink()

    def remove(self) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], check=True)


class ShortFiles(Disk):
    """No file may be written beyond a short length, the log neither: as with a quota. Anybody may set that."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()

    def fill(self, server: Server) -> None:
        self._limit(server, SHORT)

    def make_room(self, server: Server) -> None:
        self._limit(server, resource.RLIM_INFINITY)

    def remove(self) -> None:
        """Its folder goes with the test's."""

    def _limit(self, server: Server, size: int) -> None:
        assert server.process is not None
        _soft, hard = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, hard))


def kinds() -> list[type[Disk]]:
    """Files that may not grow, everywhere; and a file system of its own where this machine lets one be mounted."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            SmallDisk(Path(folder) / "disk").remove()
        except (PermissionError, FileNotFoundError):  # not root, or no program to mount with
            return [ShortFiles]
    return [ShortFiles, SmallDisk]
