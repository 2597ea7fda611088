"""Files that are saved in one step or not at all: written beside the target, then put in its place."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import threading
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Final

from ._codec.invalid import InvalidArgument

# Chunks. With more of them in a batch, a write for each costs more than to join them.
_FEW: Final = 64

_NAME: Final = re.compile(r"\.[0-9a-f]{32}\.part")


@dataclass(frozen=True, slots=True)
class SavedPdf:
    """A PDF that was saved whole.

    Attributes:
        path: where it is.
        size: bytes.
        sha256: of its content, in hexadecimal digits.
    """

    path: Path
    size: int
    sha256: str


class AtomicFile:
    """A file beside the target that becomes the target in one step, or vanishes. Its methods block: for a worker."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._path = target
        self._hash = hashlib.sha256()
        self.size: int = 0
        self._file: FileIO | None = None
        # A cancelled task does not wait for its worker, so whoever throws the file away has to.
        self._lock = threading.Lock()
        self._discarded = False

    def open(self) -> None:
        """Create it, before anything is sent: a path that can't be written must not cost a job."""
        if self._target.is_dir():
            raise InvalidArgument("path", "must name a file, and is a directory")
        # A symbolic link is replaced, whatever it leads to.
        if self._target.exists() and not self._target.is_file() and not self._target.is_symlink():
            raise InvalidArgument("path", "must name a file, and is a device, a pipe or a socket")
        if not self._target.parent.is_dir():
            raise InvalidArgument("path", "must lie in a directory that exists")
        with self._lock:
            while self._file is None and not self._discarded:
                self._path = self._target.with_name(f".{secrets.token_hex(16)}.part")
                file = FileIO(self._path, "xb")
                # A remove_stale_parts may come before the lock. It takes no time, and then the name is gone.
                _lock(file, wait=True)
                if os.fstat(file.fileno()).st_nlink:
                    self._file = file
                else:
                    file.close()

    def write(self, batch: list[bytes]) -> None:
        with self._lock:
            if self._discarded or self._file is None:
                return
            for chunk in batch if len(batch) <= _FEW else [b"".join(batch)]:
                rest = memoryview(chunk)
                while rest:
                    rest = rest[self._file.write(rest) :]
                self._hash.update(chunk)
                self.size += len(chunk)

    def restart(self) -> None:
        with self._lock:
            if self._discarded or self._file is None:
                return
            self._file.seek(0)
            self._file.truncate()
            self._hash = hashlib.sha256()
            self.size = 0

    def commit(self) -> SavedPdf:
        with self._lock:
            if self._file is not None:
                _sync(self._file.fileno())
                if os.name == "nt":
                    # There, no open file can be put in another's place.
                    self._file.close()
            if not self._discarded:
                # Before it is unlocked: a remove_stale_parts in between would take it for a leftover.
                self._path.replace(self._target)
                _sync_directory(self._target.parent)
            if self._file is not None:
                self._file.close()
        return SavedPdf(self._target, self.size, self._hash.hexdigest())

    def discard(self) -> None:
        self._discarded = True
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._path.unlink(missing_ok=True)


def remove_stale_parts(directory: Path) -> None:
    """Delete what processes that were killed have left behind: the parts that nobody holds a lock on.

    Where files cannot be locked (Windows, some network file systems), they stay.
    """
    with os.scandir(directory) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name):
                with contextlib.suppress(OSError), FileIO(entry.path, "rb") as file:
                    if _lock(file, wait=False):
                        Path(entry.path).unlink()


def _lock(file: FileIO, *, wait: bool) -> bool:
    """Hold a lock until the file is closed, or its process is dead. False where that cannot be had."""
    try:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


def _sync(descriptor: int) -> None:
    # On macOS, fsync leaves it in the cache of the drive. Other systems, and some file systems there, know only fsync.
    with contextlib.suppress(ImportError, KeyError, OSError):
        import fcntl

        full_sync: int = vars(fcntl)["F_FULLFSYNC"]
        fcntl.fcntl(descriptor, full_sync)
        return
    os.fsync(descriptor)


def _sync_directory(directory: Path) -> None:
    if os.name != "posix":
        return
    # Where that cannot be done, the file is in its place all the same.
    with contextlib.suppress(OSError):
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
