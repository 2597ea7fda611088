"""Streamed PDFs: verified while they flow, saved in one step or not at all."""

from __future__ import annotations

import functools
import hashlib
import math
import os
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import Final, NoReturn, TypeVar, cast

import anyio
import httpx

from . import _validate
from ._codec.frames import CutFrames
from ._codec.headers import disposition_filename, safe_filename
from ._config import Options
from ._files import AtomicFile, SavedPdf
from ._generated.names import FILE_NAME_HEADER
from ._generated.types import ApiRequest
from ._http.base import Response
from ._http.context import RequestContext, record_attempts
from ._http.pipeline import Pipeline
from ._http.retry import Outcome
from ._loops import run_in_worker
from ._pdf_check import PdfCheck
from ._sink import PdfSink
from .errors import NotAPdf, PdfTooLarge, PdfTruncated, ResponseError, RopoError, TimedOut

T = TypeVar("T")

# Permissions. Invoices are personal data.
DEFAULT_MODE: Final = 0o600

_BATCH: Final = 1024 * 1024
# What a chunk takes in memory beside its bytes, so that a body that comes in crumbs fills a batch too.
_CHUNK_OVERHEAD: Final = 64

# Bytes of a body that must come in each deadline, or the rest of it: what only drips would never end.
_PROGRESS: Final = 64 * 1024

# Seconds. How long the rest of a response is waited for that cannot be used.
_REST_TIME: Final = 5.0

_TAKEN: Final = "the job was taken all the same and must not be sent again"


class PdfStream:
    """A PDF while it comes: iterate over it to get its bytes.

    Iteration raises `NotAPdf`, `PdfTruncated`, `PdfTooLarge` or `TimedOut` when that shows, which can be at its very
    end: what was handed out is a whole PDF only when the iteration has ended by itself.

    Attributes:
        size: bytes, as Content-Length says, or None.
        content_type: the media type, or None where none was sent.
    """

    def __init__(
        self,
        context: RequestContext,
        response: Response,
        max_bytes: int,
        options: Options,
        kept: _ReceivedBody | None = None,
    ) -> None:
        headers = response.headers
        self._context = context
        self._response = response
        self._check = PdfCheck(max_bytes)
        self._kept = kept
        self._options = options
        # Seconds that were spent waiting for what is due. How long the reader takes is its own business.
        self._waited = 0.0
        self._due_size = _PROGRESS
        self._ended = False
        # What it ended with: to read on must not look like the end.
        self._error: RopoError | None = None
        self.content_type: str | None = headers.get("content-type")
        # Beside chunks, a length does not count.
        length = "" if "transfer-encoding" in headers else headers.get("content-length", "")
        self._length = int(length) if length.isascii() and length.isdigit() else None
        # Of a body that was compressed all the same, the length says nothing about the PDF.
        self.size: int | None = None if headers.get("content-encoding", "identity") != "identity" else self._length
        if response.status == 206:
            # No part was asked for, and what comes looks like a whole only by chance.
            self._fail(NotAPdf("the response is a part of a PDF (206 Partial Content), which nobody asked for"))
        if _is_text(self.content_type):
            self._fail(NotAPdf("the response is JSON or text by its content type, not a PDF"))
        if self.size is not None and self.size > max_bytes:
            self._fail(PdfTooLarge(f"the PDF of {self.size} bytes is larger than max_bytes ({max_bytes})"))

    @functools.cached_property
    def filename(self) -> str | None:
        """The name that the service gives the file, without any path and safe to use, or None."""
        name = self._response.headers.get(FILE_NAME_HEADER)
        return disposition_filename(name) if FILE_NAME_HEADER == "content-disposition" else safe_filename(name or "")

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        if self._error is not None:
            raise self._error
        while not self._ended:
            if self._response.is_closed:
                raise RuntimeError("a PDF must be read inside its `async with` block")
            try:
                with CutFrames():
                    out = await self._next_piece()
            except anyio.get_cancelled_exc_class():
                self._error = self._annotate(PdfTruncated("reading the PDF was cancelled before it was whole"))
                raise
            except (ResponseError, TimedOut) as error:
                failure = error
            except httpx.ReadTimeout:
                failure = self._late()
            except httpx.DecodingError:
                failure = NotAPdf("the body cannot be decompressed")
            except (httpx.RequestError, OSError) as error:
                failure = PdfTruncated(f"the connection broke before the whole PDF was here ({type(error).__name__})")
            else:
                if out is None:
                    break
                if out:
                    return out
                continue
            # Raised only here: the text of the transport's error, which would be its context, may quote the response.
            self._fail(failure)
        if not self._ended:
            self._ended = True
            self._finish()
        raise StopAsyncIteration

    async def _next_piece(self) -> bytes | None:
        """Return the next piece that can be handed out, nothing where there is none yet, or None at the end.

        Its frame holds what came, and is cut from what is raised.
        """
        begun = time.monotonic()
        self._response.due = begun + self._options.deadline - self._waited
        try:
            chunk = await self._response.receive()
        finally:
            self._waited += time.monotonic() - begun
        if not chunk:
            return None
        if self._kept is not None:
            self._kept.add(chunk)
        out = self._check.feed(chunk)
        if self._check.size >= self._due_size:
            self._waited, self._due_size = 0.0, self._check.size + _PROGRESS
        elif self._waited > self._options.deadline:
            raise self._late()
        return out

    async def read(self, max_bytes: int | None = None) -> bytes:
        """Read the rest of it into memory.

        Args:
            max_bytes: how much at most; the client's `max_response_bytes` where it is not given.

        Raises:
            NotAPdf, PdfTruncated, PdfTooLarge: the response is not a PDF, is incomplete, or exceeds the limit.
            TimedOut: it stopped coming.
        """
        limit = self._options.max_response_bytes if max_bytes is None else max_bytes
        name = "max_response_bytes" if max_bytes is None else "max_bytes"
        with CutFrames():
            out = bytearray()
            async for chunk in self:
                if len(out) + len(chunk) > limit:
                    self._fail(PdfTooLarge(f"the PDF is larger than {name} ({limit})"))
                out += chunk
            return bytes(out)

    def _finish(self) -> None:
        # A response that was whole from the start, as a mock's, counts none of the bytes that it holds.
        came = self._response.received
        counted = came > 0 or self._check.size == 0
        if self._length is not None and counted and came != self._length:
            self._fail(PdfTruncated(f"{came} bytes of the PDF came, and {self._length} were announced"))
        try:
            with CutFrames():
                self._check.finish(is_whole=self._length is not None and (counted or self._length == self._check.size))
        except ResponseError as error:
            self._fail(error)
        self._context.body_outcome = Outcome.SUCCESS

    def _late(self) -> ResponseError | TimedOut:
        text = "the PDF stopped coming before it was whole"
        if self._waited >= self._options.deadline:
            text = f"less than {_PROGRESS // 1024} KiB of the PDF came in {self._options.deadline:g} s"
        return PdfTruncated(text) if self._context.retry == "unsafe" else TimedOut(text, **self._context.facts())

    def _fail(self, error: ResponseError | TimedOut) -> NoReturn:
        self._error = error if isinstance(error, TimedOut) else self._annotate(error)
        is_broken = isinstance(error, PdfTruncated | TimedOut)
        self._context.body_outcome = Outcome.NO_ANSWER if is_broken else Outcome.UNREADABLE
        raise self._error

    def _annotate(self, error: ResponseError) -> ResponseError:
        """Add to an error of which call it is, and whether a repeat would print the job twice."""
        error.__dict__.update(self._context.facts(), status=self._context.status)
        if self._context.retry == "unsafe":
            error.args = (f"{error.args[0]}; {_TAKEN}",)
        return error


def _is_text(content_type: str | None) -> bool:
    """Return whether it names JSON or text, and nothing else: some servers send two of these headers.

    What names neither is taken: many libraries send something such as `application/force-download` for a download.
    """
    for part in (content_type or "").split(","):
        kind = part.partition(";")[0].strip().lower()
        if not kind.startswith("text/") and not kind.endswith(("/json", "+json")):
            return False
    return True


class _ReceivedBody:
    """What came of a body that will not come again.

    Args:
        limit: how many bytes are kept at most.
    """

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._parts: list[bytes] = []

    def add(self, chunk: bytes) -> None:
        if self._left:
            self._parts.append(chunk[: self._left])
            self._left -= len(self._parts[-1])

    async def read_rest(self, response: Response) -> bytes:
        """Read on for a while, and return all that came, up to the limit."""
        # It has a time of its own, also where the PDF was too slow.
        response.due = math.inf
        with anyio.move_on_after(_REST_TIME):
            try:
                while self._left and (chunk := await response.receive()):
                    self.add(chunk)
            except (httpx.RequestError, httpx.DecodingError, OSError):
                pass  # It is broken, and what came is what there is.
        return b"".join(self._parts)


class PdfDownload:
    """A PDF that can be had. Nothing is sent until it is used, in one of four ways.

        async with download as pdf: ...         # a `PdfStream`, in constant memory
        saved = await download.save("1.pdf")    # verified, and whole or not at all
        saved = await download.put(sink, name)  # the same, where a `PdfSink` keeps it
        content = await download.read()         # in memory

    That of a local print is used once: to send it again would print the job twice. A use that failed before anything
    was sent does not count.
    """

    def __init__(self, pipeline: Pipeline, request: ApiRequest[bytes], max_bytes: int) -> None:
        self._pipeline = pipeline
        self._request = request
        self._max_bytes = max_bytes
        self._is_unsafe = request.operation.retry == "unsafe"
        self._was_used = False
        self._open: AbstractAsyncContextManager[PdfStream] | None = None

    async def __aenter__(self) -> PdfStream:
        if self._open is not None:
            raise RuntimeError("this PDF is open already")
        self._open = self._stream()
        try:
            return await self._open.__aenter__()
        except BaseException:
            self._open = None
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        opened, self._open = self._open, None
        if opened is not None:
            await opened.__aexit__(kind, error, traceback)

    async def read(self) -> bytes:
        """Return the PDF, verified. A broken download starts afresh, within `retries`.

        Raises:
            RuntimeError: it may have been sent before, and a second time would print the job twice.
            NotAPdf, PdfTruncated, PdfTooLarge: the response is not a PDF, is incomplete, or exceeds `max_bytes`, or the
                client's `max_response_bytes`: those of more are for `save` and `put`.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        return await self._consume(PdfStream.read)

    async def save(self, path: str | os.PathLike[str], *, mode: int = DEFAULT_MODE) -> SavedPdf:
        """Save the PDF: whole, or not at all. A broken download starts afresh, within `retries`.

        It is written beside `path`, verified, and then put in its place in one step. A failure leaves no new file and
        an old one untouched.

        Args:
            path: where to save it. The directory must exist; a file there is replaced, and keeps its permissions.
            mode: the permissions of a new file, exactly; 0o600 lets only the owner read it.

        Raises:
            InvalidArgument: `path` names no file, or one that cannot be replaced; or `mode` is not from 0 to 0o777.
            OSError: the file cannot be written. Where that shows before anything is sent, nothing is; a note on the
                error says when a job was taken all the same.
            RuntimeError, NotAPdf, PdfTruncated, PdfTooLarge, RopoError: as `read`.
        """
        with AtomicFile(_validate.path(path, "path"), _validate.mode(mode)) as part:
            await run_in_worker(part.open)
            return await save_as(self, part)

    async def put(self, sink: PdfSink, name: str) -> SavedPdf:
        """Keep the PDF in a sink: whole, or not at all. A broken download starts afresh, within `retries`.

        Args:
            sink: such as an `ObjectStoreSink`.
            name: its name there. What is there of this name is replaced.

        Returns:
            What was kept; its path is None.

        Raises:
            InvalidArgument: `name` is blank.
            Exception: whatever the sink raises, as it is; a note on it says when a job was taken all the same.
            RuntimeError, NotAPdf, PdfTruncated, PdfTooLarge, RopoError: as `read`.
        """
        if not isinstance(cast("object", sink), PdfSink):
            raise TypeError(f"sink must be a PdfSink, not {type(sink).__name__}")
        return await put_in(self, sink, _validate.file_name(name, "name"))

    @asynccontextmanager
    async def _send(self) -> AsyncGenerator[tuple[RequestContext, Response]]:
        """Send the request. An unsafe one is used from then on, unless it fails before anything may have been sent."""
        if self._is_unsafe and self._was_used:
            raise RuntimeError(f"a PDF of {self._request.operation} is used once: a second time would print it twice")
        self._was_used = True
        async with AsyncExitStack() as stack:
            with record_attempts() as attempts:
                try:
                    sent = await stack.enter_async_context(self._pipeline.stream(self._request))
                except BaseException:
                    # Those of the token's request are others.
                    own = [one.outcome for one in attempts if one.operation == str(self._request.operation)]
                    self._was_used = any(outcome is not Outcome.NOT_SENT for outcome in own)
                    raise
            yield sent

    def _receive(self, context: RequestContext, response: Response, kept: _ReceivedBody | None = None) -> PdfStream:
        with CutFrames():
            return PdfStream(context, response, self._max_bytes, self._pipeline.options, kept)

    @asynccontextmanager
    async def _stream(self) -> AsyncGenerator[PdfStream]:
        async with self._send() as sent:
            yield self._receive(*sent)

    async def _consume(self, use: Callable[[PdfStream], Awaitable[T]]) -> T:
        """Have the body used, and where the operation may be repeated, as a part of each attempt."""
        if self._is_unsafe:
            return await self._consume_once(use)

        async def attempt(context: RequestContext, response: Response) -> T:
            try:
                return await use(self._receive(context, response))
            finally:
                await response.aclose()

        return await self._pipeline.send(self._request, attempt, streamed=True)

    async def _consume_once(self, use: Callable[[PdfStream], Awaitable[T]]) -> T:
        async with self._send() as (context, response):
            kept = _ReceivedBody(self._pipeline.options.max_response_bytes)
            try:
                return await use(self._receive(context, response, kept))
            except ResponseError as error:
                # The job was taken, and this is all that there will ever be of its PDF.
                with CutFrames():
                    error.raw = await kept.read_rest(response)
                raise

    def _note_taken(self, error: Exception) -> None:
        """Add to an error of a disk or a store that the job was taken, where it was."""
        if self._is_unsafe and self._was_used:
            error.add_note(f"{self._request.operation}: {_TAKEN}")


@functools.cache
def _keep_freed_memory() -> None:
    """Have the memory of what was written serve for what comes next.

    glibc gives large blocks back to the system when they are freed, and takes them anew, page by page, until it has
    seen a block of this size freed. That costs a third of the speed. Elsewhere, this does nothing.
    """
    bytes(4 * _BATCH)


async def save_as(download: PdfDownload, part: AtomicFile) -> SavedPdf:
    """Save a PDF as a file. A small one needs one hop to a worker, for all there is to do."""

    async def copy(pdf: PdfStream) -> list[bytes]:
        if part.size:
            await run_in_worker(part.restart)
        _keep_freed_memory()
        with CutFrames():
            # In batches: a hop to a thread for each chunk costs more than writing it, and writing in the loop would
            # block it. They are not written while the next is read: the system goes on receiving meanwhile.
            batch: list[bytes] = []
            size = 0
            async for chunk in pdf:
                if size >= _BATCH:
                    await run_in_worker(part.write, batch)
                    batch, size = [], 0
                batch.append(chunk)
                size += len(chunk) + _CHUNK_OVERHEAD
            return batch

    try:
        return await run_in_worker(part.finish, await download._consume(copy))  # pyright: ignore[reportPrivateUsage] # of this module
    except OSError as error:
        download._note_taken(error)  # pyright: ignore[reportPrivateUsage] # of this module
        raise


class _SinkFailedError(Exception):
    """A sink raised something: nothing of it says anything about the service."""


async def put_in(download: PdfDownload, sink: PdfSink, name: str) -> SavedPdf:
    """Keep a PDF in a sink."""

    async def put(pdf: PdfStream) -> SavedPdf:
        hashed = _Hashed(pdf)
        try:
            await sink.put(name, hashed, pdf.size, pdf.content_type)
            hashed.raise_error()
            return hashed.saved()
        except Exception as error:
            # Whatever a sink makes of it, what the PDF has ended with is why.
            hashed.raise_error()
            raise _SinkFailedError from error

    try:
        return await download._consume(put)  # pyright: ignore[reportPrivateUsage] # of this module
    except _SinkFailedError as failed:
        raised = failed.__cause__
    assert isinstance(raised, Exception)
    download._note_taken(raised)  # pyright: ignore[reportPrivateUsage] # of this module
    raise raised


class _Hashed:
    """The bytes of a PDF for a sink, and what they were."""

    def __init__(self, pdf: PdfStream) -> None:
        self._pdf = pdf
        self._hash = hashlib.sha256()
        self._size = 0
        self._error: Exception | None = None
        self._ended = False

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        try:
            chunk = await anext(self._pdf)
        except StopAsyncIteration:
            self._ended = True
            raise
        except Exception as error:
            # A cancellation is the sink's own, where it limits its time, or the caller's: neither is kept.
            self._error = error
            raise
        self._hash.update(chunk)
        self._size += len(chunk)
        return chunk

    def raise_error(self) -> None:
        """Raise what the PDF has ended with, unless it is whole."""
        if self._error is not None:
            raise self._error

    def saved(self) -> SavedPdf:
        if not self._ended:
            raise RuntimeError("the sink did not read the PDF to its end: nobody knows whether it is whole")
        return SavedPdf(None, self._size, self._hash.hexdigest())
