"""Whether bytes are a whole PDF: judged by its ends, without reading what lies between them."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path
from typing import BinaryIO, Final, NoReturn

from ._files import open_at_once
from .errors import NotAPdf, PdfTooLarge, PdfTruncated

# Bytes at the beginning, in which `%PDF-` and the dictionary of a linearized file have to be.
_HEAD: Final = 1024
# Bytes at the end, in which `%%EOF` has to be where nothing else shows that all is here.
_TAIL: Final = 1024
# Bytes at the end that are looked at, not counting what only pads.
_WINDOW: Final = 64 * 1024

_EOF: Final = b"%%EOF"
_PADDING: Final = b"\0\t\n\f\r "

# What is written for viewers that show the first page early: a dictionary with the length of the whole file.
_LINEARIZED: Final = re.compile(rb"<<(?:(?!<<|>>).)*/Linearized(?:(?!>>).)*", re.DOTALL)
_LENGTH: Final = re.compile(rb"/L[\0\t\n\f\r ]*(\d+)")
# What a part of a PDF holds that is not its last.
_MORE: Final = re.compile(rb"\d\s+\d+\s+obj|xref|trailer|endobj|endstream")


class PdfCheck:
    """Looks at a PDF as it comes. Only its ends are kept."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self.size: int = 0
        self._head = b""
        self._has_header = False
        # The last chunks, so that the first of them alone fills the window; and what padding came since.
        self._recent = [b"", b""]
        self._padding = 0

    def feed(self, chunk: bytes) -> bytes:
        """Return what may be handed out: nothing before the header was seen.

        Raises:
            NotAPdf, PdfTooLarge: the response is no PDF, or exceeds `max_bytes`; the rest need not be read.
        """
        self.size += len(chunk)
        if self.size > self._max_bytes:
            raise PdfTooLarge(f"the PDF is larger than max_bytes ({self._max_bytes})")
        if chunk[-1:] in _PADDING and not chunk.strip(_PADDING):
            self._padding += len(chunk)
        else:
            if self._padding:
                # Something follows it, so that it is no padding. Which blanks it was makes no difference.
                chunk_at_end, self._padding = b" " * min(self._padding, _WINDOW) + chunk, 0
            else:
                chunk_at_end = chunk
            # Large chunks are kept as they are, and small ones are joined: neither copies much.
            if len(self._recent[1]) < _WINDOW:
                self._recent[1] += chunk_at_end
            else:
                self._recent = [self._recent[1], chunk_at_end]
        if self._has_header and len(self._head) >= _HEAD:
            return chunk
        before, self._head = self._head, self._head + chunk
        if not self._has_header and b"%PDF-" not in self._head[:_HEAD]:
            if len(self._head) >= _HEAD:
                self._refuse()
            return b""
        out = chunk if self._has_header else before + chunk
        self._has_header, self._head = True, self._head[:_HEAD]
        return out

    def finish(self, *, is_whole: bool = False) -> None:
        """Look at the whole when the body has ended.

        Args:
            is_whole: whether something else shows that all of it came. Then anything may follow the end mark but
                another part of a PDF.

        Raises:
            NotAPdf, PdfTruncated: the response is no PDF, or is incomplete.
        """
        if not self._has_header:
            self._refuse()
        if missing := _what_is_missing(
            self._head, b"".join(self._recent), self.size, 0 if is_whole else self._padding, is_whole=is_whole
        ):
            raise PdfTruncated(missing)

    def _refuse(self) -> NoReturn:
        text = "the response is not a PDF" if self.size else "the response is empty, not a PDF"
        raise NotAPdf(text, raw=self._head)


def _what_is_missing(head: bytes, tail: bytes, size: int, padding: int, *, is_whole: bool) -> str | None:
    """Return why a PDF is not whole, or None where it is."""
    at = tail.rfind(_EOF)
    if at < 0 or (not is_whole and len(tail) - at + padding > _TAIL):
        return "the PDF has no end mark (%%EOF): it is not whole"
    if _MORE.search(tail, at):
        return "another part of the PDF begins behind its last end mark (%%EOF): it is not whole"
    # How long a linearized file says that it is. With later changes, it may be longer.
    dictionary = _LINEARIZED.search(head[:_HEAD])
    announced = _LENGTH.search(dictionary[0]) if dictionary else None
    if announced and len(announced[1]) < 20 and size < int(announced[1]):
        return f"the PDF says that it has {int(announced[1])} bytes, and {size} came: it is not whole"
    return None


def is_whole_pdf(path: Path) -> bool:
    """Return whether a file is there and, by its looks, a whole PDF. Blocks, but not on a pipe or a device."""
    try:
        with open(path, "rb", opener=open_at_once) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return False
            head = file.read(_HEAD)
            size = file.seek(0, os.SEEK_END)
            tail = _read_before(file, size)
            end = size
            while end > _WINDOW and len(stripped := tail.rstrip(_PADDING)) < len(tail):
                end -= len(tail) - len(stripped)
                tail = _read_before(file, end)
    except OSError:
        return False
    return b"%PDF-" in head and not _what_is_missing(head, tail, size, 0, is_whole=True)


def _read_before(file: BinaryIO, end: int) -> bytes:
    file.seek(max(0, end - _WINDOW))
    return file.read(min(end, _WINDOW))
