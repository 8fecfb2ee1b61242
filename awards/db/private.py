"""Folders and files that only their owner may read, whatever the umask of who starts the service."""

import contextlib
import os
from pathlib import Path

OTHERS = 0o077


def private_folder(path: Path) -> None:
    """Make it, with what is missing above it. One that is there stays as its owner wants it."""
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)


def private_file(path: Path) -> None:
    """Make it, empty; one that is there is closed to others.

    It is never opened: closing it again would give up the locks that SQLite holds on it in this process.
    """
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        close_to_others(path)


def close_to_others(path: Path) -> None:
    with contextlib.suppress(FileNotFoundError, PermissionError):  # gone meanwhile, or not ours
        mode = path.stat().st_mode
        if mode & OTHERS:
            path.chmod(mode & 0o777 & ~OTHERS)
