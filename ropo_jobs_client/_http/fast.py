"""The fast transport: connections of asyncio's own in place of httpx and httpcore. Only where it was asked for."""

from __future__ import annotations

import ssl
import weakref
from base64 import b64encode
from collections.abc import AsyncGenerator
from dataclasses import replace

import httpx

from .._loops import PerLoop
from .base import Connection, HttpRequest
from .certificates import shared_ssl_context
from .fast_connection import FastConnection, write_head


class _Proxy:
    """A proxy, taken apart once."""

    def __init__(self, proxy: httpx.Proxy) -> None:
        self.is_tls = proxy.url.scheme == "https"
        self.host = proxy.url.host
        self.port = proxy.url.port or (443 if self.is_tls else 80)
        self.headers = dict(proxy.headers)
        if proxy.raw_auth is not None:
            self.headers["Proxy-Authorization"] = f"Basic {b64encode(b':'.join(proxy.raw_auth)).decode()}"
        self.ssl_context = _ssl_context(proxy.ssl_context, plain=not self.is_tls)


def _ssl_context(given: ssl.SSLContext | None, *, plain: bool) -> ssl.SSLContext:
    # Where every connection is plain, certificates are not loaded.
    context = given or (ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else shared_ssl_context())
    # As httpcore does: whatever else a context offers, this speaks nothing else.
    context.set_alpn_protocols(["http/1.1"])
    return context


class _Here:
    """The connections of an event loop."""

    def __init__(self) -> None:
        self.connections: weakref.WeakSet[FastConnection] = weakref.WeakSet()
        self.end: AsyncGenerator[None] | None = None

    async def until_the_end(self) -> AsyncGenerator[None]:
        """Wait, without a task: before an event loop ends (`asyncio.run`), it closes the generators begun in it."""
        try:
            yield
        finally:
            for connection in list(self.connections):
                connection.abort()


class FastTransport:
    """Makes connections that are asyncio's own.

    Args:
        ssl_context: for certificates of one's own, or None.
        proxy: an http or https proxy, or None.
        plain: whether every request is plain http.
    """

    def __init__(
        self, *, ssl_context: ssl.SSLContext | None = None, proxy: httpx.Proxy | None = None, plain: bool = False
    ) -> None:
        self.ssl_context = _ssl_context(ssl_context, plain=plain)
        self.proxy = None if proxy is None else _Proxy(proxy)
        self._loops = PerLoop(_Here)

    def make_connection(self) -> Connection:
        return FastConnection(self)

    async def watch(self, connection: FastConnection) -> None:
        """Have the event loop close a connection before it closes itself."""
        here = self._loops.here()
        here.connections.add(connection)
        if here.end is None:
            here.end = here.until_the_end()
            await anext(here.end)

    def head(self, request: HttpRequest) -> bytes:
        """Write the head of a request, as the service or the proxy wants it."""
        scheme, _, where = request.url.partition("://")
        host, slash, path = where.partition("/")
        if self.proxy is None or scheme == "https":
            return write_head(request, slash + path, host)
        forwarded = replace(request, headers=self.proxy.headers | request.headers)
        return write_head(forwarded, request.url, host)

    async def aclose(self) -> None:
        here = self._loops.here()
        end, here.end = here.end, None
        if end is not None:
            await end.aclose()
