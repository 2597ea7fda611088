"""The one way out: every call goes through here, for its token, repeats, deadline, errors, decoding and log line.

It knows operations only by what the document says of them, never a single one.
"""

from __future__ import annotations

import logging
import random
import ssl
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar
from urllib.parse import quote, urlencode

import anyio
import httpx

from .._codec.headers import parse_retry_after
from .._codec.json import decode_json, encode_json
from .._codec.redaction import mask
from .._generated.types import ApiRequest, decode_none
from ..errors import (
    ApiError,
    ConnectionFailed,
    ConnectionLost,
    DecodeError,
    ResponseError,
    RopoError,
    TimedOut,
    api_error,
)
from .base import HttpRequest, Response
from .context import RequestContext, dicts_in
from .pool import Connections
from .retry import AttemptEvent, GiveUp, Outcome, RetryAfter, decide_retry

if TYPE_CHECKING:
    from .._config import Options
    from ..auth import TokenSource

logger: Final = logging.getLogger("ropo_jobs_client")

T = TypeVar("T")
R = TypeVar("R")

MAX_ERROR_BYTES: Final = 64 * 1024
# Seconds. The status of an error is known; its text is not worth the rest of the deadline.
_ERROR_BODY_TIME: Final = 2.0
_CONNECT_TIME: Final = 5.0

# What a transport raises. Under asyncio, TLS errors come as they are.
_FAILED = (httpx.RequestError, OSError)

# What it raises when a request provably never left.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)

_NOT_JSON: Final = object()

# A response that holds nothing else is an error, whatever its status says.
_ERROR_FORM: Final = frozenset({"error", "errorId", "errorText"})


@dataclass(slots=True, frozen=True)
class _Failure:
    outcome: Outcome
    error: RopoError
    retry_after: float | None = None
    token_changed: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class RawResponse:
    """A response as it came."""

    status: int
    content: bytes
    date: str | None


class Engine:
    """Sends what the generated endpoint functions make, and gives their answers or an error of this library."""

    def __init__(
        self,
        connections: Connections,
        base_url: str,
        options: Options,
        user_agent: str,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.connections = connections
        self.base_url = base_url
        self.options = options
        self._headers = {"User-Agent": user_agent, "Accept-Encoding": "gzip, deflate"}
        seconds = options.timeout
        self._timeouts = {"connect": min(seconds, _CONNECT_TIME), "pool": seconds, "read": seconds, "write": seconds}
        self._jitter = jitter
        # Set right after construction: fetching a token is itself a call through an engine.
        self.tokens: TokenSource

    def with_options(self, options: Options) -> Engine:
        """Return an engine that shares connections and token, and has other options."""
        copy = Engine(self.connections, self.base_url, options, self._headers["User-Agent"], self._jitter)
        copy.tokens = self.tokens
        return copy

    async def call(self, request: ApiRequest[T]) -> T:
        """Send a request and decode its response.

        Raises:
            RopoError: as described in `errors`.
        """

        async def receive(_: RequestContext, response: Response) -> T:
            return _decode(request, (await self._read_body(response)).content)

        return await self._call_within_deadline(request, receive)

    async def fetch(self, request: ApiRequest[Any]) -> RawResponse:
        """Send a request and give its response as it came, read whole.

        Raises:
            RopoError: as described in `errors`.
        """

        async def receive(_: RequestContext, response: Response) -> RawResponse:
            return await self._read_body(response)

        return await self._call_within_deadline(request, receive)

    @asynccontextmanager
    async def stream(
        self, request: ApiRequest[None], headers: Mapping[str, str], after: RequestContext | None = None
    ) -> AsyncGenerator[tuple[RequestContext, Response]]:
        """Send a request and give its response while the body is still to come. The deadline ends with the headers.

        Args:
            request: what to send.
            headers: headers beside those of the request.
            after: the call that this one is a repeat of, or None.
        """
        request = replace(request, headers={**headers, **request.headers})

        async def receive(call: RequestContext, response: Response) -> tuple[RequestContext, Response]:
            return call, response

        call, response = await self._call_within_deadline(request, receive, after)
        try:
            yield call, response
        except anyio.get_cancelled_exc_class():
            self._report_cancellation(call)
            raise
        finally:
            await response.aclose()

    async def _call_within_deadline(
        self,
        request: ApiRequest[Any],
        receive: Callable[[RequestContext, Response], Awaitable[R]],
        after: RequestContext | None = None,
    ) -> R:
        operation = request.operation
        is_safe_now = any(name in request.params for name in operation.retry_safe_with)
        call = RequestContext(
            request,
            "safe" if is_safe_now else operation.retry,
            time.monotonic(),
            None if request.body is None else encode_json(request.body),
        )
        if after is not None:
            call.retries_used, call.attempt = after.retries_used + 1, after.attempt
        try:
            with anyio.move_on_after(self.options.deadline):
                result = await self._retry_loop(call, receive)
                self._log(call, logging.INFO, "")
                return result
        except anyio.get_cancelled_exc_class():
            self._report_cancellation(call)
            raise
        except RopoError as error:
            self._log(call, logging.WARNING, f" {type(error).__name__}")
            raise
        except Exception as error:
            # Whatever it is (an event loop that was closed, a broken transport): it must not hide that money moved.
            if not (call.in_flight and call.retry == "unsafe" and call.possibly_sent):
                raise
            self._notify(call, Outcome.NO_ANSWER, None)
            self._log(call, logging.WARNING, " OutcomeUnknown")
            raise call.outcome_unknown() from error
        late = self._deadline_exceeded(call)
        self._log(call, logging.WARNING, f" {type(late).__name__}")
        raise late

    async def _retry_loop(self, call: RequestContext, receive: Callable[[RequestContext, Response], Awaitable[R]]) -> R:
        while True:
            failure = await self._send_once(call, receive)
            if not isinstance(failure, _Failure):
                return failure
            decision = decide_retry(
                call.retry,
                failure.outcome,
                status=call.status,
                retry_after=failure.retry_after,
                token_changed=failure.token_changed,
                retries_used=call.retries_used,
                retries=self.options.retries,
                elapsed=time.monotonic() - call.started,
                deadline=self.options.deadline,
                jitter=self._jitter,
            )
            self._notify(call, failure.outcome, decision.delay if isinstance(decision, RetryAfter) else None)
            if isinstance(decision, GiveUp):
                _give_up(call, decision, failure.error)
            call.possibly_sent = False
            if not failure.token_changed:
                call.retries_used += 1
            await anyio.sleep(decision.delay)

    async def _send_once(
        self, call: RequestContext, receive: Callable[[RequestContext, Response], Awaitable[R]]
    ) -> R | _Failure:
        request = call.request
        used = await self._token(call)
        call.begin_attempt()
        try:
            response = await self.connections.send(
                self._build_request(call, used), call.on_sent if call.retry == "unsafe" else None
            )
        except _FAILED as error:
            return self._map_transport_error(call, error)
        call.status = response.status
        if 200 <= call.status < 300:
            try:
                result = await receive(call, response)
            except httpx.DecodingError:
                damaged = ResponseError("the body cannot be decompressed", **call.context(), status=call.status)
                return _Failure(Outcome.UNREADABLE, damaged)
            except _FAILED as error:
                return self._map_transport_error(call, error)
            except ResponseError as unusable:
                unusable.__dict__.update(call.context(), status=call.status)
                return _Failure(Outcome.UNREADABLE, unusable)
            self._notify(call, Outcome.SUCCESS, None)
            return result
        try:
            refused = await self._read_error(call, response)
        finally:
            await response.aclose()
        changed = False
        if call.status == 401 and request.operation.authenticated and not call.renewed and used is not None:
            call.renewed = True
            call.possibly_sent = False
            # Whatever the token's source raises here is the call's error: it was refused, so nothing was done.
            try:
                call.token = await self.tokens.renew(used)
            except BaseException:
                self._notify(call, Outcome.ERROR_STATUS, None)
                raise
            changed = call.token is not None
        return _Failure(Outcome.ERROR_STATUS, refused, refused.retry_after, changed)

    async def _token(self, call: RequestContext) -> str | None:
        if not call.request.operation.authenticated:
            return None
        token, call.token = call.token or await self.tokens.get(), None
        call.secrets.add(token)
        return token

    def _build_request(self, call: RequestContext, token: str | None) -> HttpRequest:
        request = call.request
        headers = {**self._headers, "Accept": request.operation.accept, **request.headers}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        if call.body is not None:
            headers["Content-Type"] = "application/json"
        url = self.base_url + (request.path or request.operation.path)
        if request.params:
            url += "?" + urlencode(request.params, quote_via=quote)
        return HttpRequest(request.operation.method, url, headers, call.body, self._timeouts)

    async def _read_body(self, response: Response) -> RawResponse:
        limit = self.options.max_response_bytes
        parts: list[bytes] = []
        size = 0
        try:
            async for chunk in response.chunks():
                size += len(chunk)
                if size > limit:
                    raise ResponseError(f"the body is larger than max_response_bytes ({limit})")
                parts.append(chunk)
        finally:
            await response.aclose()
        return RawResponse(response.status, b"".join(parts), response.headers.get("date"))

    async def _read_error(self, call: RequestContext, response: Response) -> ApiError:
        body = b""
        left = self.options.deadline - (time.monotonic() - call.started)
        with anyio.move_on_after(min(_ERROR_BODY_TIME, left / 2)):
            try:
                async for chunk in response.chunks():
                    body += chunk
                    if len(body) > MAX_ERROR_BYTES:
                        break
            except _FAILED:
                pass  # The status says enough; what came of the text is used.
        headers = response.headers
        return api_error(
            response.status,
            headers.get("content-type", ""),
            body[:MAX_ERROR_BYTES],
            **call.context(),
            about_a_job=call.request.operation.authenticated,
            retry_after=parse_retry_after(headers.get("retry-after"), datetime.now(UTC)),
            request_id=_request_id(headers),
            secrets=call.sensitive_values(),
        )

    def _map_transport_error(self, call: RequestContext, error: httpx.RequestError | OSError) -> _Failure:
        """Return what a failure of the transport means. Only its kind is told: its text may quote the response."""
        kind = type(error).__name__
        # However a tunnel through a proxy failed: nothing of the request has left.
        never_left = call.retry == "unsafe" and not call.possibly_sent
        if never_left or isinstance(error, _NOT_SENT):
            call.possibly_sent = False
            # Before anything is sent, the text is the operating system's or the TLS library's.
            text = mask(_reason(error), call.secrets) or kind
            failed = ConnectionFailed(f"no connection, nothing was sent: {text}", **call.context())
            return _Failure(Outcome.NOT_SENT, failed)
        if isinstance(error, httpx.TimeoutException):
            seconds = self.options.timeout
            text = f"no whole response: nothing came or went for {seconds:g} s ({kind})"
            return _Failure(Outcome.NO_ANSWER, TimedOut(text, **call.context()))
        text = f"the connection broke before the whole response was here ({kind})"
        return _Failure(Outcome.NO_ANSWER, ConnectionLost(text, **call.context()))

    def _deadline_exceeded(self, call: RequestContext) -> RopoError:
        in_doubt = call.retry == "unsafe" and call.possibly_sent
        if call.in_flight:
            never_left = call.retry == "unsafe" and not in_doubt
            self._notify(call, Outcome.NOT_SENT if never_left else Outcome.NO_ANSWER, None)
        late = TimedOut(f"the deadline of {self.options.deadline:g} s passed", **call.context())
        if not in_doubt:
            return late
        unknown = call.outcome_unknown()
        unknown.__cause__ = late
        return unknown

    def _report_cancellation(self, call: RequestContext) -> None:
        if call.retry != "unsafe" or not call.possibly_sent:
            return
        logger.warning(
            "%s was cancelled when it may have been carried out already: attempt %d, DataIdentifier %s, sent at %s",
            call.operation,
            call.attempt,
            call.data_identifier,
            call.sent_at,
        )
        self._notify(call, Outcome.CANCELLED_AFTER_SEND, None)

    def _notify(self, call: RequestContext, outcome: Outcome, delay: float | None) -> None:
        call.in_flight = False
        hook = self.options.on_attempt
        if hook is None:
            return
        event = AttemptEvent(
            operation=call.operation,
            attempt=call.attempt,
            outcome=outcome,
            status=call.status,
            duration=time.monotonic() - call.attempt_started,
            delay=delay,
            data_identifier=call.data_identifier,
        )
        try:
            hook(event)
        except Exception as error:  # noqa: BLE001 # someone else's code, and the call matters more
            logger.warning("the on_attempt hook raised %s", type(error).__name__)

    def _log(self, call: RequestContext, level: int, end: str) -> None:
        if logger.isEnabledFor(level):
            seconds = time.monotonic() - call.started
            status = "no response" if call.status is None else call.status
            logger.log(level, "%s: %s%s in %.3f s, attempt %d", call.operation, status, end, seconds, call.attempt)


def _decode(request: ApiRequest[T], content: bytes) -> T:
    if request.decode is decode_none:
        return request.decode(None)
    if not content.strip():
        if not request.operation.may_be_empty:
            raise DecodeError("the body is empty", raw=content)
        return request.decode({})
    parsed = _parse(content)
    if parsed is _NOT_JSON:
        raise DecodeError("the body is not JSON", raw=content)
    if any(item and item.keys() <= _ERROR_FORM for item in dicts_in([parsed])):
        raise ResponseError("the service answered with an error, though its status says success", raw=content)
    try:
        return request.decode(parsed)
    except DecodeError as error:
        # The field is named; what came is the whole, so that nothing of it is lost.
        error.raw = content
        raise


def _parse(content: bytes) -> object:
    # What is raised by it is not handed on as a context: its repr would hold the whole body.
    try:
        return decode_json(content)
    except ValueError:
        return _NOT_JSON


def _give_up(call: RequestContext, why: GiveUp, error: RopoError) -> NoReturn:
    if why is GiveUp.UNKNOWN:
        raise call.outcome_unknown() from error
    # From None: what the transport raised may quote the response.
    raise error from None


def _reason(error: BaseException) -> str:
    """Return the text of an error, or of the TLS error behind it: under trio, that stands further back.

    Of no other one: the last in the chain may be what the caller was handling, and hold anything.
    """
    behind: BaseException | None = error
    while behind is not None and not isinstance(behind, ssl.SSLError):
        behind = behind.__cause__ or behind.__context__
    return str(error) or str(behind or "")


def _request_id(headers: Mapping[str, str]) -> str | None:
    for name in ("x-request-id", "request-id", "x-correlation-id"):
        text = headers.get(name, "")
        if 0 < len(text) <= 128 and text.isascii() and text.isprintable():
            return text
    return None
