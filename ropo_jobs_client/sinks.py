"""Where PDFs are kept that are in no directory: object stores, and whatever else has these two methods."""

from __future__ import annotations

import asyncio
import atexit
import sys
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any, Final, cast

import anyio

from . import _validate
from ._codec.frames import CutFrames
from ._sink import PdfSink

__all__ = ["ObjectStoreSink", "PdfSink"]

# Bytes. Up to here, a PDF is sent in one request; beyond, in parts of this size, the smallest that S3 allows.
_PART: Final = 5 * 1024**2
# Bytes. What is handed over at once.
_CHUNK_SIZE: Final = 256 * 1024
# Parts that are on their way at once.
_PARTS: Final = 2
# Seconds. How long the store may take to delete the parts of what will not be whole.
_PATIENCE: Final = 10.0
# Seconds. How long a program waits at its end for threads that are not its own.
_LEAVE: Final = 1.0


class ObjectStoreSink:
    """PDFs in S3, Google Cloud Storage, Azure, a directory or memory: in a store of obstore (extra `objects`).

        store = obstore.store.S3Store("bills", region="eu-north-1")
        await ropo.save_pdfs(billnums, ObjectStoreSink(store, "2026-11"))

    A PDF of up to 5 MiB is sent in one request when it is verified. A larger one goes in parts that become an object
    only when it is verified; otherwise, and when the call is cancelled, they are deleted. Only a process that is killed
    leaves some: a lifecycle rule of the store deletes those. Errors of the store are raised as they are.

    Args:
        store: a store of obstore.
        prefix: what the names begin with, without a slash at its end.
    """

    def __init__(self, store: Any, prefix: str = "") -> None:
        if not callable(getattr(store, "put_async", None)) or not callable(getattr(store, "head_async", None)):
            raise TypeError(f"store must be a store of obstore, not {type(store).__name__}")
        if not isinstance(cast("object", prefix), str):
            raise TypeError(f"prefix must be a str, not {type(prefix).__name__}")
        self._store = store
        # Once, however many there are.
        atexit.unregister(_leave)
        atexit.register(_leave)
        self._prefix = prefix.strip("/")

    async def has(self, name: str) -> bool:
        """Return whether there is an object of this name: there is none that is not whole."""
        _need_asyncio()
        try:
            await self._store.head_async(self._key(name))
        except FileNotFoundError:
            return False
        return True

    async def put(self, name: str, chunks: AsyncIterator[bytes], size: int | None, content_type: str | None) -> None:
        """Put a PDF there: whole, or not at all.

        Raises:
            obstore.exceptions.BaseError: the store refuses it, or cannot be reached.
        """
        del size
        _need_asyncio()
        options: dict[str, Any] = {}
        # A directory keeps no media types, and would refuse one.
        if type(self._store).__name__ != "LocalStore":
            options["attributes"] = {"Content-Type": content_type or "application/pdf"}
        key = self._key(name)
        # This frame too: it holds what came of the PDF.
        with CutFrames():
            first: list[bytes] = []
            length = 0
            async for chunk in chunks:
                first.append(chunk)
                length += len(chunk)
                if length > _PART:
                    await _put_in_parts(self._store, key, first, chunks, options)
                    return
            # The end has come: it is verified.
            await self._store.put_async(key, b"".join(first), use_multipart=False, **options)

    def _key(self, name: str) -> str:
        name = _validate.file_name(name, "name")
        return f"{self._prefix}/{name}" if self._prefix else name


class _GivenUpError(Exception):
    """What is being put will not be whole."""


async def _put_in_parts(
    store: Any, key: str, batch: list[bytes], chunks: AsyncIterator[bytes], options: dict[str, Any]
) -> None:
    # obstore deletes the parts where what it reads from raises, but not where it is cancelled. So it runs in a task of
    # its own, which is never cancelled, and is told to give up by what it reads from.
    handed: asyncio.Queue[list[bytes] | None] = asyncio.Queue(1)

    async def hand_over() -> AsyncGenerator[bytes]:
        while (piece := await handed.get()) is not None:
            if not piece:
                raise _GivenUpError
            yield piece.pop() if len(piece) == 1 else b"".join(piece)

    async def send() -> None:
        parts = {"use_multipart": True, "chunk_size": _PART, "max_concurrency": _PARTS}
        await store.put_async(key, hand_over(), **parts, **options)

    sending = asyncio.create_task(send())
    try:
        for chunk in batch:
            await _hand([chunk], handed, sending)
        batch.clear()
        size = 0
        async for chunk in chunks:
            batch.append(chunk)
            size += len(chunk)
            if size >= _CHUNK_SIZE:
                await _hand(batch, handed, sending)
                batch, size = [], 0
        if batch:
            await _hand(batch, handed, sending)
        await _hand(None, handed, sending)
        await asyncio.shield(sending)
    except BaseException:
        await _give_up(handed, sending)
        raise


async def _hand(piece: list[bytes] | None, handed: asyncio.Queue[Any], sending: asyncio.Future[Any]) -> None:
    """Hand a piece over, or raise what the store has failed with meanwhile."""
    putting = asyncio.ensure_future(handed.put(piece))
    try:
        await asyncio.wait({putting, sending}, return_when=asyncio.FIRST_COMPLETED)
        if sending.done():
            sending.result()
    finally:
        putting.cancel()


async def _give_up(handed: asyncio.Queue[Any], sending: asyncio.Task[None]) -> None:
    """Have what was sent so far deleted, whoever cancels this meanwhile."""
    while not handed.empty():
        handed.get_nowait()
    handed.put_nowait([])
    undoing = asyncio.create_task(asyncio.wait({sending}, timeout=_PATIENCE))
    cancelled = False
    with anyio.CancelScope(shield=True):
        while not undoing.done():
            try:
                await asyncio.shield(undoing)
            except asyncio.CancelledError:
                cancelled = True
    if sending.done() and not sending.cancelled():
        # Looked at, so that asyncio does not complain of it.
        sending.exception()
    if cancelled:
        raise asyncio.CancelledError


def _need_asyncio() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise RuntimeError("an ObjectStoreSink needs asyncio: obstore knows no other event loop") from None


def _leave() -> None:
    """Let the threads of obstore leave the interpreter before it ends.

    When a call is done, one of them tells the event loop, which may go on, and end, before that thread is out again. An
    interpreter that ends meanwhile is aborted, up to Python 3.13.
    """
    end = time.monotonic() + _LEAVE
    while time.monotonic() < end:
        # A thread that waits for its turn has it meanwhile. Of one that is about to come in nothing is seen.
        time.sleep(0.01)
        ours = {thread.ident for thread in threading.enumerate()}
        if sys._current_frames().keys() <= ours:  # pyright: ignore[reportPrivateUsage] # it is documented
            return
