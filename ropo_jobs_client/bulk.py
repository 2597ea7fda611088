"""The PDFs of many bills: some at once, each whole or not at all, and what is there already is not fetched again."""

from __future__ import annotations

import copy
import errno
import hashlib
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final, Protocol

import anyio

from . import _validate
from ._codec.headers import safe_filename
from ._files import AtomicFile, SavedPdf, remove_stale_parts
from ._loops import call_hook, run_in_worker
from ._pdf_check import is_whole_pdf
from ._sink import PdfSink
from .errors import AuthenticationFailed, InvalidArgument, RopoError, ServerError, TransportError
from .pdf import DEFAULT_MODE, PdfDownload, put_in, save_as

# Where tokens are fetched.
_LOGIN: Final = "POST /token"

# Failures in a row that say that the service is down, until the rest is left.
_DOWN: Final = 10
# How many files one hop to a worker looks for.
_AT_ONCE: Final = 32


@dataclass(frozen=True, slots=True)
class FailedPdf:
    """A bill whose PDF could not be saved.

    Attributes:
        ref: its billnum (str) or jobid (int).
        error: why. An `InvalidArgument` where something else is in the place of its file, such as a directory.
    """

    ref: str | int
    error: RopoError | InvalidArgument


@dataclass(frozen=True, slots=True)
class PdfProgress:
    """What became of one bill, and how far all of them are.

    Attributes:
        ref: its billnum (str) or jobid (int).
        name: of its PDF, in the directory or sink.
        pdf: what was saved, or None where it was there already or could not be saved.
        error: why it could not be saved, or None.
        saved: how many were saved so far.
        skipped: how many were there already.
        failed: how many could not be saved.
        total: how many there are in all.
        size: bytes that were saved so far.
    """

    ref: str | int
    name: str
    pdf: SavedPdf | None
    error: RopoError | InvalidArgument | None
    saved: int
    skipped: int
    failed: int
    total: int
    size: int


@dataclass(frozen=True, slots=True)
class SavedPdfs:
    """What became of many bills.

    Attributes:
        saved: how many were saved.
        skipped: how many were there already.
        failed: those that could not be saved.
        size: bytes that were saved.
    """

    saved: int
    skipped: int
    failed: tuple[FailedPdf, ...]
    size: int

    @staticmethod
    def name(ref: str | int) -> str:
        """Return the name of a bill's PDF in the directory or sink.

        Args:
            ref: its billnum (str) or jobid (int).
        """
        return pdf_filename(ref)


def pdf_filename(ref: str | int) -> str:
    """Return the name of a bill's file. No two bills share one, on file systems that ignore case or accents either."""
    if isinstance(ref, int):
        return f"job-{ref}.pdf"
    plain = f"{ref}.pdf"
    is_its_own = plain.isascii() and plain == plain.lower() and "~" not in plain and not plain.startswith("job-")
    if is_its_own and safe_filename(plain) == plain:
        return plain
    # Plain names hold no tilde, so none of them equals one with a digest. The digest tells apart the billnums of which
    # the safe names are the same.
    digest = hashlib.sha256(ref.encode()).hexdigest()[:32]
    return f"{(safe_filename(ref) or 'bill')[:40]}~{digest}.pdf"


class _Place(Protocol):
    """Where the PDFs go."""

    async def find(self, names: list[str]) -> list[bool]:
        """Return of each whether it is known to be there already, whole."""
        ...

    async def keep(self, download: PdfDownload, name: str) -> SavedPdf | None:
        """Keep a PDF, or return None where it turns out to be there already."""
        ...


class _Directory:
    def __init__(self, path: Path, mode: int) -> None:
        self._shown = path
        # That of now, wherever the process goes meanwhile.
        self._path = path.absolute()
        self._mode = mode

    def prepare(self) -> None:
        if not self._path.is_dir():
            raise InvalidArgument("to", "must be a directory that exists, or a PdfSink")
        remove_stale_parts(self._path)

    async def find(self, names: list[str]) -> list[bool]:
        return await run_in_worker(lambda: [is_whole_pdf(self._path / name) for name in names])

    async def keep(self, download: PdfDownload, name: str) -> SavedPdf:
        try:
            with AtomicFile(self._path / name, self._mode) as part:
                saved = await save_as(download, part)
        except InvalidArgument:
            if await run_in_worker(self._path.is_dir):
                raise
            # All the others would be fetched for nothing.
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self._shown)) from None
        return replace(saved, path=self._shown / name)


class _Sink:
    def __init__(self, sink: PdfSink) -> None:
        self._sink = sink

    async def find(self, names: list[str]) -> list[bool]:
        # One request for each, so that they are asked for side by side, by those who would fetch them.
        return [False for _ in names]

    async def keep(self, download: PdfDownload, name: str) -> SavedPdf | None:
        if await self._sink.has(name):
            return None
        return await put_in(download, self._sink, name)


@dataclass(slots=True)
class _Work:
    """What is left to do, and what was done. For as many tasks as share it."""

    place: _Place
    left: Iterator[str | int]
    total: int
    source: Callable[[str | int], PdfDownload]
    hook: Callable[[PdfProgress], object] | None
    saved: int = 0
    skipped: int = 0
    size: int = 0
    down: int = 0
    found: deque[tuple[str | int, str, bool]] = field(default_factory=deque[tuple[str | int, str, bool]])
    lock: anyio.Lock = field(default_factory=anyio.Lock)
    failed: list[FailedPdf] = field(default_factory=list[FailedPdf])
    stopped_by: Exception | None = None

    async def run(self, scope: anyio.CancelScope) -> None:
        try:
            while await self._look_ahead():
                ref, name, is_there = self.found.popleft()
                await self._save(ref, name, is_there=is_there)
        except Exception as error:  # noqa: BLE001 # it is raised when the others have stopped
            self.stopped_by = self.stopped_by or error
            scope.cancel()

    async def _look_ahead(self) -> bool:
        """Return whether any is left. Of the next ones, it is then known whether they are there: in one hop."""
        if not self.found:
            async with self.lock:
                if not self.found:
                    refs = list(islice(self.left, _AT_ONCE))
                    names = [pdf_filename(ref) for ref in refs]
                    self.found.extend(zip(refs, names, await self.place.find(names), strict=True))
        return bool(self.found)

    async def _save(self, ref: str | int, name: str, *, is_there: bool) -> None:
        pdf: SavedPdf | None = None
        error: RopoError | InvalidArgument | None = None
        if not is_there:
            download = self.source(ref)
            try:
                pdf = await self.place.keep(download, name)
            except (RopoError, InvalidArgument) as failed:
                # Copied: the traceback of the original holds on to whatever was under way.
                error = copy.copy(failed)
                self._count_failure(error)
                self.failed.append(FailedPdf(ref, error))
        if pdf is not None:
            self.saved += 1
            self.size += pdf.size
            self.down = 0
        elif error is None:
            self.skipped += 1
        self._tell(ref, name, pdf, error)

    def _count_failure(self, error: RopoError | InvalidArgument) -> None:
        """Raise what concerns all the others too: what became of the token, or of the service."""
        if isinstance(error, AuthenticationFailed) or (isinstance(error, RopoError) and error.operation == _LOGIN):
            raise error
        if isinstance(error, InvalidArgument) and error.argument == "credentials":
            raise error
        self.down = self.down + 1 if isinstance(error, TransportError | ServerError) else 0
        if self.down == _DOWN:
            text = f"{_DOWN} PDFs in a row failed so: the service seems to be down, and the rest is left"
            error.args = (f"{error.args[0]}; {text}",)
            raise error

    def _tell(self, ref: str | int, name: str, pdf: SavedPdf | None, error: RopoError | InvalidArgument | None) -> None:
        if self.hook is None:
            return
        counts = (self.saved, self.skipped, len(self.failed), self.total, self.size)
        call_hook(self.hook, PdfProgress(ref, name, pdf, error, *counts), "on_progress")


async def save_all(
    refs: Sequence[str | int],
    to: str | os.PathLike[str] | PdfSink,
    source: Callable[[str | int], PdfDownload],
    *,
    concurrency: int,
    mode: int,
    on_progress: Callable[[PdfProgress], object] | None,
) -> SavedPdfs:
    """Save the PDFs of these bills, each named once."""
    place: _Place
    if isinstance(to, PdfSink):
        if mode != DEFAULT_MODE:
            raise InvalidArgument("mode", "goes with a directory: in a sink, who may read a PDF is the sink's business")
        place = _Sink(to)
    else:
        place = directory = _Directory(_validate.path(to, "to"), mode)
        await run_in_worker(directory.prepare)
    tasks = min(concurrency, len(refs))
    work = _Work(place, iter(refs), len(refs), source, on_progress)
    async with anyio.create_task_group() as group:
        for _ in range(tasks):
            group.start_soon(work.run, group.cancel_scope)
    if work.stopped_by is not None:
        raise work.stopped_by
    if work.saved + work.skipped + len(work.failed) != len(refs):
        # A sink that raises a cancellation of its own ends the task that called it, and nobody else is told.
        raise RuntimeError("not all PDFs were looked at: the sink cancelled a task that is not its own")
    return SavedPdfs(work.saved, work.skipped, tuple(work.failed), work.size)
