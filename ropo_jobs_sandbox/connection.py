"""A TCP connection of the server, for what HTTP does not provide for: raw bytes, an early end, a reset."""

from __future__ import annotations

import os
import socket
import struct
from typing import TYPE_CHECKING, Any

from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import MutableMapping

_STATE = "ropo_jobs_sandbox.connection"
# on, for no seconds; the two numbers are short on Windows
_LINGER = struct.pack("hh" if os.name == "nt" else "ii", 1, 0)


class Protocol(H11Protocol):
    """uvicorn's, which also tells each request over which connection it came."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state: dict[str, Any] = {**self.app_state, _STATE: self}

    async def write(self, data: bytes) -> None:
        """Sends bytes as they are, as fast as the client takes them; what follows a lost connection is dropped."""
        if not self.transport.is_closing():
            self.transport.write(data)
            await self.flow.drain()

    def close(self) -> None:
        """Closes the connection as soon as everything is sent."""
        self.transport.close()

    async def reset(self) -> None:
        """Breaks the connection off with RST. What was written is handed over to the system before."""
        self.transport.set_write_buffer_limits(0)
        await self.flow.drain()
        sock = self.transport.get_extra_info("socket")
        if sock is not None and not self.transport.is_closing():
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
        self.transport.abort()


def connection_of(scope: MutableMapping[str, Any]) -> Protocol:
    """The connection over which a request came."""
    connection = scope["state"][_STATE]
    assert isinstance(connection, Protocol)
    return connection
