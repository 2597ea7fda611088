"""The records of TLS, counted as they pass: a part of one waits inside of the TLS library, where nobody can look."""

from __future__ import annotations


class RecordCounter:
    """Counts the records that come, to tell whether a part of one is waiting inside of the TLS library.

    Nothing else tells: the library takes the part in, and has nothing to read until the rest has come.
    """

    def __init__(self) -> None:
        self._head = b""
        self._left = 0

    def feed(self, data: bytes | memoryview) -> None:
        """Take in what came from the socket."""
        at, end = 0, len(data)
        while at < end:
            if self._left:
                step = min(self._left, end - at)
                self._left -= step
                at += step
                continue
            missing = 5 - len(self._head)
            self._head += data[at : at + missing]
            at = min(at + missing, end)
            if len(self._head) == 5:
                self._left, self._head = int.from_bytes(self._head[3:]), b""

    @property
    def is_at_boundary(self) -> bool:
        """Whether all records that began have come whole."""
        return not self._left and not self._head
