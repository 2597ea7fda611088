"""Which transport a client has: checked when the client is made, opened at its first call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, cast

from .certificates import check_certificates
from .proxies import HTTP_KINDS, KINDS, check_proxy, environment_proxy

if TYPE_CHECKING:
    import ssl

    import httpx

    from .base import Transport


@dataclass(frozen=True, slots=True)
class Choice:
    """The transport of a client.

    Attributes:
        open: opens it.
        is_ours: whether it is one of this library, whose errors tell the system's reasons and nothing of a response.
        has_plain_proxy: whether requests go to a proxy as they are, so that a 407 may be the proxy's.
        decode_json: what parses JSON in place of the standard library, or None.
    """

    open: Callable[[], Transport]
    is_ours: bool
    has_plain_proxy: bool
    decode_json: Callable[[bytes], object] | None = None


def choose_transport(
    base_url: str,
    transport: httpx.AsyncBaseTransport | Literal["fast"] | None,
    proxy: str | httpx.Proxy | None,
    ssl_context: ssl.SSLContext | None,
) -> Choice:
    """Return the transport of a client.

    Args:
        base_url: the URL of the service, checked already.
        transport: as `RopoJobsClient` takes it.
        proxy: as `RopoJobsClient` takes it. Without one, the environment variables say whether there is one.
        ssl_context: as `RopoJobsClient` takes it. Without one, the environment variables may say what is trusted.

    Raises:
        TypeError: an argument has the wrong type.
        InvalidArgument: an argument has a wrong value, or a variable of the environment; it names it.
        ImportError: `transport="fast"` without the extra `fast`.
    """
    # Late imports: those who make a client need not wait for what calls take.
    if transport is not None and transport != "fast":
        from .httpx import GivenTransport, check_transport

        check_transport(transport, proxy=proxy, ssl_context=ssl_context)
        return Choice(lambda: GivenTransport(transport), is_ours=False, has_plain_proxy=False)
    if ssl_context is not None:
        import ssl

        if not isinstance(cast("object", ssl_context), ssl.SSLContext):
            raise TypeError(f"ssl_context must be an ssl.SSLContext, not {type(ssl_context).__name__}")
    kinds = KINDS if transport is None else HTTP_KINDS
    used = environment_proxy(base_url, kinds) if proxy is None else check_proxy(proxy, "proxy", kinds)
    plain = base_url.startswith("http:")
    if (not plain and ssl_context is None) or (used is not None and used.url.scheme == "https"):
        check_certificates()
    if transport is None:

        def open_default() -> Transport:
            from .httpx import DefaultTransport

            return DefaultTransport(ssl_context=ssl_context, proxy=used, plain=plain)

        return Choice(open_default, is_ours=True, has_plain_proxy=plain and used is not None)
    from .._parts import import_part

    fast, fast_json = (
        import_part(f"_http.{name}", what='transport="fast"', part="fast") for name in ("fast", "fast_json")
    )
    open_fast = partial(fast.FastTransport, ssl_context=ssl_context, proxy=used, plain=plain)
    return Choice(open_fast, True, plain and used is not None, fast_json.decode_json_fast)
