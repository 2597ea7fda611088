"""What came of a body that will not come again."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Final

import anyio
import httpx

from ._http.base import Response

# Seconds. How long the rest of a response is waited for that cannot be used.
_PATIENCE: Final = 5.0


class KeptResponse:
    """A response that keeps what was read of it.

    Args:
        response: the response.
        limit: how many bytes of its body are kept at most.
    """

    def __init__(self, response: Response, limit: int) -> None:
        self._response = response
        self._limit = limit
        self._parts: list[bytes] = []
        self._size = 0
        self._chunks: AsyncIterator[bytes] | None = None

    @property
    def status(self) -> int:
        return self._response.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._response.headers

    @property
    def received(self) -> int:
        return self._response.received

    @property
    def is_closed(self) -> bool:
        return self._response.is_closed

    def chunks(self) -> AsyncIterator[bytes]:
        self._chunks = self._response.chunks()
        return self

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        assert self._chunks is not None
        chunk = await anext(self._chunks)
        if self._size < self._limit:
            kept = chunk[: self._limit - self._size]
            self._parts.append(kept)
            self._size += len(kept)
        return chunk

    async def aclose(self) -> None:
        await self._response.aclose()

    async def read_rest(self) -> bytes:
        """Read on for a while, and return all that came, up to the limit."""
        with anyio.move_on_after(_PATIENCE):
            try:
                while self._size < self._limit:
                    await anext(self)
            except (StopAsyncIteration, httpx.RequestError, httpx.DecodingError, OSError):
                pass  # It is broken, and what came is what there is.
        return b"".join(self._parts)
