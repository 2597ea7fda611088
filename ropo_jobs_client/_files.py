"""Files that are saved in one step or not at all: written beside the target, then put in its place."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import stat
import threading
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Final, Self

from ._codec.invalid import InvalidArgument

# Chunks. With more of them in a batch, a write for each costs more than to join them.
_FEW: Final = 64

_NAME: Final = re.compile(r"\.[0-9a-f]{32}\.part")


@dataclass(frozen=True, slots=True)
class SavedPdf:
    """A PDF that was saved whole.

    Attributes:
        path: where it is, as it was named; None where it is in no file.
        size: bytes.
        sha256: of its content, in hexadecimal digits.
    """

    path: Path | None
    size: int
    sha256: str


class AtomicFile:
    """A file beside the target that becomes the target in one step, or vanishes. Its methods block: for a worker.

    Args:
        target: what it becomes. A relative path is that of now, wherever the process goes meanwhile.
        mode: its permissions, exactly. One that is replaced keeps its own.
    """

    def __init__(self, target: Path, mode: int) -> None:
        self._shown = target
        self._target = target.absolute()
        self._path = self._target
        self._mode = mode
        self._hash = hashlib.sha256()
        self.size: int = 0
        self._file: FileIO | None = None
        # A cancelled task does not wait for its worker, so whoever throws the file away has to.
        self._lock = threading.RLock()
        self._discarded = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        if kind is not None:
            self.discard()

    def open(self) -> None:
        """Create it, before anything is sent: a path that can't be written must not cost a job."""
        with self._lock:
            if self._file is not None or self._discarded:
                return
            if self._target.is_dir():
                raise InvalidArgument("path", "must name a file, and is a directory")
            # A symbolic link is replaced, whatever it leads to.
            if self._target.exists() and not self._target.is_file() and not self._target.is_symlink():
                raise InvalidArgument("path", "must name a file, and is a device, a pipe or a socket")
            if not self._target.parent.is_dir():
                raise InvalidArgument("path", "must lie in a directory that exists")
            while self._file is None:
                self._path = self._target.with_name(f".{secrets.token_hex(16)}.part")
                file = FileIO(self._path, "xb", opener=_open_for_owner)
                # A remove_stale_parts may come before the lock. It takes no time, and then the name is gone.
                _lock(file, wait=True)
                if os.fstat(file.fileno()).st_nlink:
                    self._file = file
                else:
                    file.close()

    def write(self, batch: list[bytes]) -> None:
        with self._lock:
            self.open()
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

    def finish(self, batch: list[bytes]) -> SavedPdf:
        """Write the last of it, and put it in the place of the target. Of a small file, this is all there is to do."""
        with self._lock:
            self.write(batch)
            if self._file is not None:
                self._commit(self._file)
        return SavedPdf(self._shown, self.size, self._hash.hexdigest())

    def _commit(self, file: FileIO) -> None:
        if self._discarded:
            return
        # Not before: until it is whole, nobody else may read it.
        self._path.chmod(_mode_of_file(self._target, self._mode))
        _sync(file.fileno())
        if os.name == "nt":
            # There, no open file can be put in another's place.
            file.close()
        # Before it is unlocked: a remove_stale_parts in between would take it for a leftover.
        self._path.replace(self._target)
        _sync_directory(self._target.parent)
        file.close()

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
            # Of that name there may be anything: a pipe, for one, which would wait for a writer.
            if _NAME.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError), FileIO(entry.path, "rb", opener=open_at_once) as file:
                    if _lock(file, wait=False):
                        Path(entry.path).unlink()


def open_at_once(path: str, flags: int) -> int:
    """Open a file to read it, or anything else without waiting for who is at its other end."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def _open_for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _mode_of_file(path: Path, otherwise: int) -> int:
    """Return the permissions of a file that is there, or others where there is none."""
    with contextlib.suppress(FileNotFoundError):
        found = path.lstat().st_mode
        if stat.S_ISREG(found):
            return stat.S_IMODE(found) & 0o777
    return otherwise


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
