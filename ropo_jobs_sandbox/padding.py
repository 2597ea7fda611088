"""A PDF of any size in constant memory: the same document with comments between its objects and its table of
objects."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 256 * 1024
_LINE = 128
_FILL = (b"%" + b"." * (_LINE - 2) + b"\n") * (CHUNK // _LINE)
_TAIL = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")


@dataclass(frozen=True, slots=True)
class PaddedPdf:
    """A PDF in parts: ``head`` up to the table of objects, ``fill`` bytes of comment, ``tail`` from the table on."""

    head: bytes
    fill: int
    tail: bytes

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self.head) + self.fill + len(self.tail)

    def chunks(self) -> Iterator[bytes]:
        """Its bytes, in order."""
        yield self.head
        left = self.fill
        while left >= CHUNK:
            yield _FILL
            left -= CHUNK
        if left:
            yield _FILL[: left - 1] + b"\n"
        yield self.tail


def comment(size: int) -> bytes:
    """So many bytes of comment."""
    return (_FILL * (size // len(_FILL) + 1))[: size - 1] + b"\n"


def smallest(pdf: bytes) -> int:
    """The smallest size to which a PDF can be padded."""
    return len(pdf) + 20


def padded(pdf: bytes, size: int) -> PaddedPdf:
    """A PDF made exactly ``size`` bytes large: valid, since only what stands before the table moves nothing.

    The objects keep their places; only the place of the table, named at the end, changes.
    """
    match = _TAIL.search(pdf)
    if match is None:
        raise SandboxError("the PDF does not end with the place of its table of objects")
    if size < smallest(pdf):
        raise ValueError(f"size: {size} is too small, the PDF itself takes {smallest(pdf)} bytes")
    place = int(match[1])
    head, table = pdf[:place], pdf[place : match.start()]
    rest = size - len(head) - len(table)
    # The number of digits depends on the fill, and the fill on the number of digits: leading zeros settle it.
    width = len(str(size))
    fill = rest - len(_end(0, width))
    return PaddedPdf(head, fill, table + _end(place + fill, width))


def _end(place: int, width: int) -> bytes:
    return b"startxref\n%0*d\n%%%%EOF\n" % (width, place)
