"""What it means that an attempt failed: whether anything was sent, and which error that is."""

from __future__ import annotations

import math
import ssl
from dataclasses import dataclass
from typing import Final

import httpx

from .._codec.redaction import mask
from ..errors import ConnectionFailed, ConnectionLost, PdfTruncated, ResponseError, RopoError, TimedOut
from .context import RequestContext
from .retry import Outcome

# What a transport raises. Under asyncio, TLS errors come as they are.
TRANSPORT_ERRORS: Final = (httpx.RequestError, OSError)

# What it raises when a request provably never left.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


@dataclass(slots=True, frozen=True)
class Failure:
    """How an attempt failed, and the error that the call ends with if it is not repeated."""

    outcome: Outcome
    error: RopoError
    retry_after: float | None = None
    token_changed: bool = False


def find_failure(context: RequestContext, error: Exception, timeout: float, *, is_ours: bool) -> Failure:
    """Return what an error of a transport means, or one of this library that the body of a response ended with.

    Args:
        context: the call.
        error: one of `TRANSPORT_ERRORS`, of which only the kind is told: its text may quote the response. Or a
            `ResponseError` or `TimedOut`.
        timeout: seconds for each step.
        is_ours: whether the transport is one of this library, whose texts quote nothing.
    """
    facts = context.facts()
    if isinstance(error, ResponseError):
        error.__dict__.update(facts, status=context.status)
        return Failure(Outcome.NO_ANSWER if isinstance(error, PdfTruncated) else Outcome.UNREADABLE, error)
    if isinstance(error, TimedOut):
        error.__dict__.update(facts)
        return Failure(Outcome.NO_ANSWER, error)
    if isinstance(error, httpx.DecodingError) and context.status is not None:
        damaged = ResponseError("the body cannot be decompressed", **facts, status=context.status)
        return Failure(Outcome.UNREADABLE, damaged)
    kind = type(error).__name__
    # However a tunnel through a proxy failed: nothing of the request has left.
    never_left = context.retry == "unsafe" and not context.possibly_sent
    if never_left or isinstance(error, _NOT_SENT):
        context.possibly_sent = False
        # Before anything is sent, the text is the operating system's or the TLS library's. What quotes is left out.
        text = (not isinstance(error, httpx.ProtocolError) and mask(_reason(error), context.secrets)) or kind
        if isinstance(error, httpx.ProxyError) and text[:3].isdigit():
            if text.startswith("407"):
                return refused_by_proxy(context)
            # Its own words after the status may be anything.
            text = f"the proxy answered {text[:3]}"
        return Failure(Outcome.NOT_SENT, ConnectionFailed(f"no connection, nothing was sent: {text}", **facts))
    if isinstance(error, httpx.TimeoutException):
        text = f"no whole response: nothing came or went for {timeout:g} s ({kind})"
        return Failure(Outcome.NO_ANSWER, TimedOut(text, **facts))
    if is_ours and isinstance(error, httpx.ReadError | httpx.WriteError):
        # The system's or the TLS library's own words, such as the name of an alert.
        kind = mask(str(error), context.secrets) or kind
    text = f"the connection broke before the whole response was here ({kind})"
    return Failure(Outcome.NO_ANSWER, ConnectionLost(text, **facts))


def refused_by_proxy(context: RequestContext) -> Failure:
    """Return a failure that is never repeated: to be refused again and again can lock an account out."""
    context.possibly_sent = False
    # The proxy's own words are left out: they may name the user.
    text = "no connection, nothing was sent: the proxy refused its user name and password (407)"
    return Failure(Outcome.NOT_SENT, ConnectionFailed(text, **context.facts()), retry_after=math.inf)


def _reason(error: BaseException) -> str:
    """Return the text of an error, or of the TLS error behind it: under trio, that stands further back.

    Of no other one: the last in the chain may be what the caller was handling, and hold anything.
    """
    behind: BaseException | None = error
    while behind is not None and not isinstance(behind, ssl.SSLError):
        behind = behind.__cause__ or behind.__context__
    return str(error) or str(behind or "")
