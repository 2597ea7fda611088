"""The one way out: every call goes through here, for its token, retries, deadline, errors, decoding and log line.

It knows operations only by what the document says of them, never a single one.
"""

from __future__ import annotations

import contextlib
import copy
import logging
import math
import random
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar, cast, overload
from urllib.parse import quote, urlencode

import anyio
import anyio.lowlevel

from .._codec.frames import CutFrames
from .._codec.headers import parse_http_date, parse_retry_after, request_id
from .._codec.json import decode_json
from .._codec.model import JsonBody
from .._codec.secret import Secret, SecretBytes
from .._generated.names import ERROR_FORM, TOKEN_REFUSED
from .._generated.types import ApiRequest, decode_none
from .._loops import call_hook
from ..errors import (
    ApiError,
    DecodeError,
    ResponseError,
    RopoError,
    TimedOut,
    api_error,
)
from .base import HttpRequest, Response
from .context import RECORDED, RequestContext
from .failures import TRANSPORT_ERRORS, Failure, find_failure, refused_by_proxy
from .pool import Connections
from .retry import AttemptEvent, GiveUp, Outcome, RetryAfter, decide_retry

if TYPE_CHECKING:
    from .._config import Options
    from ..auth import TokenSource
    from .choice import Choice

logger: Final = logging.getLogger("ropo_jobs_client")
# Who configured no logging gets no line: not on stderr either.
logger.addHandler(logging.NullHandler())

T = TypeVar("T")
R = TypeVar("R")

# Reads the body of a response, and closes it.
Consume = Callable[["RequestContext", "Response"], Awaitable[R]]

MAX_ERROR_BYTES: Final = 64 * 1024
# Seconds. The status of an error is known; its text is not worth the rest of the deadline.
_ERROR_BODY_TIME: Final = 2.0
_CONNECT_TIME: Final = 5.0

_NOT_JSON: Final = object()


@dataclass(frozen=True, slots=True, repr=False)
class RawResponse:
    """A response as it came."""

    status: int
    content: bytes
    date: str | None


class Pipeline:
    """Sends what the endpoint modules build, and returns the results or raises an error of this library."""

    def __init__(
        self,
        connections: Connections,
        base_url: str,
        options: Options,
        *,
        user_agent: str,
        transport: Choice,
    ) -> None:
        self.connections = connections
        self.base_url = base_url
        self.options = options
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "gzip, deflate"}
        self._transport = transport
        # Set right after construction: fetching a token is itself a call through a pipeline.
        self.tokens: TokenSource

    def with_options(self, options: Options) -> Pipeline:
        """Return a pipeline that shares connections and token, and has other options."""
        made = copy.copy(self)
        made.options = options
        return made

    async def fetch(self, request: ApiRequest[Any], *, retries: int | None = None) -> RawResponse:
        """Send a request and return its response as it came, read whole.

        Args:
            request: what to send.
            retries: how often it may be sent again, in place of the client's number.

        Raises:
            RopoError: as described in `errors`.
        """
        return await self.send(request, self._receive_raw, retries=retries)

    @asynccontextmanager
    async def stream(self, request: ApiRequest[Any]) -> AsyncGenerator[tuple[RequestContext, Response]]:
        """Send a request and yield its response while the body is still to come. The deadline ends with the headers."""
        context, response = await self.send(request, _hand_over, streamed=True)
        try:
            yield context, response
        except Exception as error:
            self._end_stream(context, f" {type(error).__name__}")
            raise
        except BaseException:
            self._report_abandoned(context)
            raise
        else:
            self._end_stream(context, "")
        finally:
            await response.aclose()

    @overload
    async def send(self, request: ApiRequest[T]) -> T: ...

    @overload
    async def send(
        self,
        request: ApiRequest[Any],
        consume: Consume[R],
        *,
        retries: int | None = None,
        streamed: bool = False,
    ) -> R: ...

    async def send(
        self,
        request: ApiRequest[Any],
        consume: Consume[Any] | None = None,
        *,
        retries: int | None = None,
        streamed: bool = False,
    ) -> Any:
        """Send a request, and have its response consumed as a part of each attempt.

        Args:
            request: what to send.
            consume: reads the body and closes the response, and makes the result. Called anew for each attempt whose
                status is a success. Without it, the result is what the request decodes.
            retries: how often it may be sent again, in place of the client's number.
            streamed: whether the deadline of an attempt ends with the headers.

        Raises:
            RopoError: as described in `errors`, or what `consume` raises.
        """
        operation, options, now = request.operation, self.options, time.monotonic()
        context = RequestContext(
            request,
            "safe" if request.params.keys() & operation.retry_safe_with else operation.retry,
            options.retries if retries is None else retries,
            now,
            now + options.deadline,
            streamed,
        )
        try:
            with anyio.move_on_after(options.deadline) as scope:
                if request.body is not None:
                    context.body = await _encode(request.body)
                result = await self._retry_loop(context, consume or self._receive_result, scope)
                if not context.in_flight:
                    self._log(context, logging.INFO, "")
                return result
        except RopoError as error:
            self._log(context, logging.WARNING, f" {type(error).__name__}")
            raise
        except Exception as error:
            if context.in_flight and context.retry != "unsafe" and context.streamed and context.status is not None:
                # A disk or a sink failed, not the service.
                self._notify(context, Outcome.LEFT_EARLY, None)
            # Whatever it is (an event loop that was closed, a broken transport): it must not hide that money moved.
            if not (context.in_flight and context.retry == "unsafe" and context.possibly_sent):
                raise
            self._notify(context, Outcome.NO_ANSWER, None)
            self._log(context, logging.WARNING, " OutcomeUnknown")
            raise context.outcome_unknown() from error
        except BaseException:
            # Cancelled, interrupted, or destroyed together with its event loop.
            self._report_abandoned(context)
            raise
        late = self._deadline_exceeded(context)
        self._log(context, logging.WARNING, f" {type(late).__name__}")
        raise late

    async def _retry_loop(
        self,
        context: RequestContext,
        consume: Consume[R],
        scope: anyio.CancelScope,
    ) -> R:
        while True:
            failure = await self._send_once(context, consume, scope)
            if not isinstance(failure, Failure):
                return failure
            decision = decide_retry(
                context.retry,
                failure.outcome,
                status=context.status,
                retry_after=failure.retry_after,
                token_changed=failure.token_changed,
                retries_used=context.retries_used,
                retries=context.retries,
                time_left=context.expires_at - time.monotonic(),
                jitter=random.random,
            )
            self._notify(context, failure.outcome, decision.delay if isinstance(decision, RetryAfter) else None)
            if isinstance(decision, GiveUp):
                _give_up(context, decision, failure.error)
            context.possibly_sent = False
            if not failure.token_changed:
                context.retries_used += 1
            await anyio.sleep(decision.delay)

    async def _send_once(
        self,
        context: RequestContext,
        consume: Consume[R],
        scope: anyio.CancelScope,
    ) -> R | Failure:
        token: Secret | None = None
        if context.request.operation.authenticated:
            token, context.token = context.token or await self.tokens.get(), None
            context.secrets.add(token)
        context.attempt += 1
        context.attempt_started = time.monotonic()
        context.possibly_sent, context.in_flight = False, True
        context.status, context.response_headers, context.body_outcome = None, {}, None
        try:
            with CutFrames():
                on_sent = context.on_sent if context.retry == "unsafe" else None
                response = await self.connections.send(self._build_request(context, token), on_sent)
            context.status, context.response_headers = response.status, response.headers
            if 200 <= response.status < 300:
                if context.streamed:
                    # The deadline ends with the headers; whoever reads the body looks at its progress.
                    scope.deadline = math.inf
                result = await consume(context, response)
                if consume is not _hand_over:
                    self._notify(context, Outcome.SUCCESS, None)
                return result
        except (*TRANSPORT_ERRORS, ResponseError, TimedOut) as error:
            if isinstance(error, OSError) and context.streamed and context.status is not None:
                # Of the disk: those of the network come as errors of this library.
                raise
            failure = find_failure(context, error, self.options.timeout, is_ours=self._transport.is_ours)
        else:
            return await self._refused(context, response, token)
        if scope.deadline == math.inf:
            context.expires_at = time.monotonic() + self.options.deadline
            scope.deadline = anyio.current_time() + self.options.deadline
        return failure

    async def _refused(self, context: RequestContext, response: Response, token: Secret | None) -> Failure:
        try:
            with CutFrames():
                refused = await self._read_error(context, response)
        finally:
            await response.aclose()
        if context.status == 407 and self._transport.has_plain_proxy:
            return refused_by_proxy(context)
        if context.status not in TOKEN_REFUSED or token is None or context.renewed:
            return Failure(Outcome.ERROR_STATUS, refused, refused.retry_after)
        context.renewed = True
        context.possibly_sent = False
        # Whatever the token's source raises here is the call's error: it was refused, so nothing was done.
        try:
            context.token = await self.tokens.renew(token)
        except BaseException:
            self._notify(context, Outcome.ERROR_STATUS, None)
            raise
        return Failure(Outcome.ERROR_STATUS, refused, refused.retry_after, context.token is not None)

    def _build_request(self, context: RequestContext, token: Secret | None) -> HttpRequest:
        request = context.request
        headers = {**self._headers, "Accept": request.operation.accept, **request.headers}
        if context.streamed:
            # A proxy that compresses or changes the body would make its length worthless.
            headers["Accept-Encoding"] = "identity"
        if token is not None:
            headers["Authorization"] = Secret(f"Bearer {token}")
        if context.body is not None:
            headers["Content-Type"] = "application/json"
        url = self.base_url + (request.path or request.operation.path)
        if request.params:
            url += "?" + urlencode(request.params, quote_via=quote)
        seconds, left = self.options.timeout, context.expires_at - time.monotonic()
        # Ahead of the deadline, so that who waits for a connection in vain is told that.
        turn = min(seconds, max(0.0, left - min(0.2 * left, 0.5)))
        timeouts = {"connect": min(seconds, _CONNECT_TIME), "pool": turn, "read": seconds, "write": seconds}
        return HttpRequest(request.operation.method, url, headers, context.body, timeouts)

    async def _receive_result(self, context: RequestContext, response: Response) -> Any:
        with CutFrames():
            content = await self._read_body(response)
            return _decode(context.request, content, self._transport.decode_json or decode_json)

    async def _receive_raw(self, _: RequestContext, response: Response) -> RawResponse:
        with CutFrames():
            return RawResponse(response.status, await self._read_body(response), response.headers.get("date"))

    async def _read_body(self, response: Response) -> bytes:
        limit = self.options.max_response_bytes
        parts: list[bytes] = []
        size = 0
        try:
            while chunk := await response.receive():
                size += len(chunk)
                if size > limit:
                    raise ResponseError(f"the body is larger than max_response_bytes ({limit})")
                parts.append(chunk)
        finally:
            await response.aclose()
        return b"".join(parts)

    async def _read_error(self, context: RequestContext, response: Response) -> ApiError:
        body = b""
        left = context.expires_at - time.monotonic()
        with anyio.move_on_after(min(_ERROR_BODY_TIME, left / 2)):
            try:
                while chunk := await response.receive():
                    body += chunk
                    if len(body) > MAX_ERROR_BYTES:
                        break
            except TRANSPORT_ERRORS:
                pass  # The status says enough; what came of the text is used.
        headers = response.headers
        return api_error(
            response.status,
            headers.get("content-type", ""),
            body[:MAX_ERROR_BYTES],
            **context.facts(),
            about_a_job=context.request.operation.authenticated,
            retry_after=parse_retry_after(headers.get("retry-after"), datetime.now(UTC)),
            request_id=request_id(headers),
            secrets=context.sensitive_values(),
        )

    def _deadline_exceeded(self, context: RequestContext) -> RopoError:
        in_doubt = context.retry == "unsafe" and context.possibly_sent
        if context.in_flight:
            never_left = context.retry == "unsafe" and not in_doubt
            self._notify(context, Outcome.NOT_SENT if never_left else Outcome.NO_ANSWER, None)
        late = TimedOut(f"the deadline of {self.options.deadline:g} s passed", **context.facts())
        if not in_doubt:
            return late
        unknown = context.outcome_unknown()
        unknown.__cause__ = late
        return unknown

    def _report_abandoned(self, context: RequestContext) -> None:
        """Report a call that ends without an error of ours, with a WARNING where it may have been carried out."""
        if context.retry == "unsafe" and context.possibly_sent:
            logger.warning(
                "%s was cancelled when it may have been carried out already: attempt %d, DataIdentifier %s, sent at %s",
                context.operation,
                context.attempt,
                context.data_identifier,
                context.sent_at,
            )
            self._notify(context, Outcome.CANCELLED_AFTER_SEND, None)
        elif context.in_flight and context.retry == "unsafe":
            self._notify(context, Outcome.NOT_SENT, None)
        elif context.in_flight and context.streamed and context.status is not None:
            self._notify(context, Outcome.LEFT_EARLY, None)

    def _end_stream(self, context: RequestContext, end: str) -> None:
        outcome = context.body_outcome or Outcome.LEFT_EARLY
        self._notify(context, outcome, None)
        left_early = " left early" if outcome is Outcome.LEFT_EARLY and not end else ""
        broken = outcome in {Outcome.NO_ANSWER, Outcome.UNREADABLE}
        self._log(context, logging.WARNING if broken else logging.INFO, end or left_early)

    def _notify(self, context: RequestContext, outcome: Outcome, delay: float | None) -> None:
        context.in_flight = False
        hook, recorded = self.options.on_attempt, RECORDED.get()
        if hook is None and not recorded:
            return
        headers = context.response_headers
        event = AttemptEvent(
            operation=context.operation,
            attempt=context.attempt,
            outcome=outcome,
            status=context.status,
            duration=time.monotonic() - context.attempt_started,
            delay=delay,
            data_identifier=context.data_identifier,
            request_id=request_id(headers),
            date=parse_http_date(headers.get("date")),
        )
        for events in recorded:
            events.append(event)
        if hook is not None:
            call_hook(hook, event, "on_attempt")

    def _log(self, context: RequestContext, level: int, end: str) -> None:
        if logger.isEnabledFor(level):
            seconds = time.monotonic() - context.started
            status = "no response" if context.status is None else context.status
            text = "%s: %s%s in %.3f s, attempt %d%s"
            logger.log(level, text, context.operation, status, end, seconds, context.attempt, context.subject())


async def _encode(body: JsonBody) -> SecretBytes:
    """Return the bytes of a body. Between two slices of a long one, the event loop goes on with other tasks."""
    slices: list[SecretBytes] = []
    with CutFrames():
        for part in body.slices():
            if slices:
                await anyio.lowlevel.checkpoint()
            slices.append(SecretBytes(part))
    return SecretBytes(b"".join(slices))


async def _hand_over(context: RequestContext, response: Response) -> tuple[RequestContext, Response]:
    """Leave the body to the caller."""
    return context, response


def _decode(request: ApiRequest[T], content: bytes, parse: Callable[[bytes], object]) -> T:
    if request.decode is decode_none:
        return request.decode(None)
    if not content.strip():
        if not request.operation.may_be_empty:
            raise DecodeError("the body is empty", raw=content)
        return request.decode({})
    parsed: object = _NOT_JSON
    # What is raised by it is not handed on as a context: its repr would hold the whole body.
    with contextlib.suppress(ValueError):
        parsed = parse(content)
    if parsed is _NOT_JSON:
        raise DecodeError("the body is not JSON", raw=content)
    # A body with no other fields than those of an error is one, whatever its status says.
    fields: object = parsed
    if isinstance(fields, dict) and fields and cast("dict[str, object]", fields).keys() <= ERROR_FORM:
        raise ResponseError("the service answered with an error, though its status says success", raw=content)
    try:
        return request.decode(parsed)
    except ResponseError as error:
        # What is wrong is named; what came is the whole, so that nothing of it is lost.
        error.raw = content
        raise


def _give_up(context: RequestContext, why: GiveUp, error: RopoError) -> NoReturn:
    if why is GiveUp.UNKNOWN:
        raise context.outcome_unknown(error) from error
    # The transport's error, whose text may quote the response, is handled by now and is no context of this one.
    raise error
