"""What came of a body that will not come again."""

from __future__ import annotations

from typing import Final

import anyio
import httpx

from ._http.base import Response

# Seconds. How long the rest of a response is waited for that cannot be used.
_PATIENCE: Final = 5.0


class KeptBody:
    """What was read of a body.

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
        with anyio.move_on_after(_PATIENCE):
            try:
                while self._left and (chunk := await response.receive()):
                    self.add(chunk)
            except (httpx.RequestError, httpx.DecodingError, OSError):
                pass  # It is broken, and what came is what there is.
        return b"".join(self._parts)
