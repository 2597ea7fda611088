"""The PDFs of many bills: some at once, each whole or not at all, and what is there already is not fetched again."""

from __future__ import annotations

import copy
import hashlib
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import anyio

from . import _validate
from ._codec.headers import safe_filename
from ._files import SavedPdf, remove_stale_parts
from ._loops import run_in_worker
from ._pdf_check import is_whole_pdf
from .errors import AuthenticationFailed, InvalidArgument, RopoError
from .pdf import PdfDownload

# Where tokens are fetched.
_LOGIN: Final = "POST /token"

logger: Final = logging.getLogger("ropo_jobs_client")


@dataclass(frozen=True, slots=True)
class FailedPdf:
    """A bill whose PDF could not be saved.

    Attributes:
        ref: its billnum (str) or jobid (int).
        error: why.
    """

    ref: str | int
    error: RopoError


@dataclass(frozen=True, slots=True)
class PdfProgress:
    """What became of one bill, and how far all of them are.

    Attributes:
        ref: its billnum (str) or jobid (int).
        path: where its PDF is, or would be.
        pdf: what was saved, or None where it was there already or could not be saved.
        error: why it could not be saved, or None.
        saved: how many were saved so far.
        skipped: how many were there already.
        failed: how many could not be saved.
        total: how many there are in all.
        size: bytes that were saved so far.
    """

    ref: str | int
    path: Path
    pdf: SavedPdf | None
    error: RopoError | None
    saved: int
    skipped: int
    failed: int
    total: int
    size: int


@dataclass(frozen=True, slots=True)
class SavedPdfs:
    """What became of many bills.

    Attributes:
        directory: where their PDFs are.
        saved: how many were saved.
        skipped: how many were there already.
        failed: those that could not be saved.
        size: bytes that were saved.
    """

    directory: Path
    saved: int
    skipped: int
    failed: tuple[FailedPdf, ...]
    size: int

    def path(self, ref: str | int) -> Path:
        """Return the path of a bill's PDF.

        Args:
            ref: its billnum (str) or jobid (int).
        """
        return self.directory / pdf_filename(ref)


def pdf_filename(ref: str | int) -> str:
    """Return the name of a bill's file. No two bills share one, on file systems that ignore case or accents either."""
    if isinstance(ref, int):
        return f"job-{ref}.pdf"
    plain = f"{ref}.pdf"
    is_its_own = plain.isascii() and plain == plain.lower() and "~" not in plain and not plain.startswith("job-")
    if is_its_own and safe_filename(plain) == plain:
        return plain
    # Only here is there a tilde, and only here could two be alike but for the digest.
    digest = hashlib.sha256(ref.encode()).hexdigest()[:32]
    return f"{(safe_filename(ref) or 'bill')[:40]}~{digest}.pdf"


@dataclass(slots=True)
class _Work:
    """What is left to do, and what was done. For as many tasks as share it."""

    directory: Path
    left: Iterator[str | int]
    total: int
    source: Callable[[str | int], PdfDownload]
    hook: Callable[[PdfProgress], object] | None
    saved: int = 0
    skipped: int = 0
    size: int = 0
    failed: list[FailedPdf] = field(default_factory=list[FailedPdf])
    stopped_by: Exception | None = None

    async def run(self, scope: anyio.CancelScope) -> None:
        try:
            for ref in self.left:
                await self._save(ref)
        except Exception as error:  # noqa: BLE001 # it is raised when the others have stopped
            self.stopped_by = self.stopped_by or error
            scope.cancel()

    async def _save(self, ref: str | int) -> None:
        path = self.directory / pdf_filename(ref)
        pdf: SavedPdf | None = None
        error: RopoError | None = None
        if await run_in_worker(is_whole_pdf, path):
            self.skipped += 1
        else:
            try:
                pdf = await self.source(ref).save(path)
                self.saved += 1
                self.size += pdf.size
            except RopoError as failed:
                # What concerns the token concerns all the others.
                if isinstance(failed, AuthenticationFailed) or failed.operation == _LOGIN:
                    raise
                # Copied: the traceback of the original holds on to whatever was under way.
                error = copy.copy(failed)
                self.failed.append(FailedPdf(ref, error))
        self._tell(ref, path, pdf, error)

    def _tell(self, ref: str | int, path: Path, pdf: SavedPdf | None, error: RopoError | None) -> None:
        if self.hook is None:
            return
        counts = (self.saved, self.skipped, len(self.failed), self.total, self.size)
        try:
            self.hook(PdfProgress(ref, path, pdf, error, *counts))
        except Exception as raised:  # noqa: BLE001 # someone else's code, and the PDFs matter more
            logger.warning("the on_progress hook raised %s", type(raised).__name__)


async def save_all(
    refs: Sequence[str | int],
    directory: str | os.PathLike[str],
    source: Callable[[str | int], PdfDownload],
    *,
    concurrency: int,
    on_progress: Callable[[PdfProgress], object] | None,
) -> SavedPdfs:
    """Save the PDFs of these bills, each named once."""
    where = _validate.path(directory, "to")
    await run_in_worker(_prepare, where)
    work = _Work(where, iter(refs), len(refs), source, on_progress)
    async with anyio.create_task_group() as group:
        for _ in range(min(concurrency, len(refs))):
            group.start_soon(work.run, group.cancel_scope)
    if work.stopped_by is not None:
        raise work.stopped_by
    return SavedPdfs(where, work.saved, work.skipped, tuple(work.failed), work.size)


def _prepare(directory: Path) -> None:
    if not directory.is_dir():
        raise InvalidArgument("to", "must be a directory that exists")
    remove_stale_parts(directory)
