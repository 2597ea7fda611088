"""Where a response begins and ends: httptools reads it, and takes the heads that h11 takes over the default transport.

Nothing here waits or sends: bytes go in, the head and pieces of the body come out.
"""

from __future__ import annotations

import re
from typing import Final

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

# Bytes. What httpcore allows for a head; here also for what may stand between two pieces of a body in chunks.
MAX_HEAD: Final = 100 * 1024

_BLANK_LINE: Final = re.compile(rb"\n\r?\n")
_FOLD: Final = re.compile(rb"\r?\n[ \t]+")
_LENGTH: Final = re.compile(rb"(?im)^content-length:[ \t]*([^\r\n]*)\r?\n")

_START_OF_CHUNKS: Final = b"HTTP/1.1 200 -\r\nTransfer-Encoding: chunked\r\n\r\n"


class BrokenResponseError(Exception):
    """What came is no response. The text holds nothing of it."""


class _Fields(list[tuple[bytes, bytes]]):
    """The headers, as httptools tells them."""

    def on_header(self, name: bytes, value: bytes) -> None:
        self.append((name, value))


class ResponseParser:
    """Takes a response apart as it comes, in whatever pieces.

    Args:
        is_connect: whether it answers a CONNECT: with success, no body follows then.

    Attributes:
        status: its status, or 0 until its head is here. Responses before the response (1xx) are passed over.
        headers: by their names in lower case.
        unread: bytes of the body that wait to be taken.
        is_complete: whether its end is here.
        is_reusable: whether nothing speaks against another request over the same connection.
    """

    def __init__(self, *, is_connect: bool = False) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.unread = 0
        self.is_complete = False
        self.is_reusable = True
        self._is_connect = is_connect
        self._head = bytearray()
        self._pieces: list[bytes] = []
        # How much of the body is to come; None where it comes in chunks, or ends with its connection.
        self._left: int | None = None
        self._chunks: HttpResponseParser | None = None
        # Bytes since the last piece of a body in chunks, and the last of all that came of it.
        self._between = 0
        self._end = b""

    def feed(self, data: bytes) -> None:
        """Take what came.

        Raises:
            BrokenResponseError: it is no response, or is one no longer.
        """
        while not self.status:
            rest = self._read_head(data)
            if not rest:
                return
            data = rest
        if self.is_complete:
            self.is_reusable = False
        elif self._chunks is not None:
            self._read_chunks(self._chunks, data)
        elif self._left is None:
            self._add(data)
        else:
            if len(data) > self._left:
                self.is_reusable = False
                data = data[: self._left]
            self._left -= len(data)
            self.is_complete = not self._left
            self._add(data)

    def feed_eof(self) -> None:
        """Take the end of the connection, which was announced in order.

        Raises:
            BrokenResponseError: it came before that of the response.
        """
        self.is_reusable = False
        if self.is_complete:
            return
        if not self.status or self._chunks is not None or self._left is not None:
            raise BrokenResponseError
        self.is_complete = True

    def take(self) -> bytes:
        """Return what came of the body and was not taken yet, or nothing."""
        pieces = self._pieces
        if not pieces:
            return b""
        self._pieces, self.unread = [], 0
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _add(self, piece: bytes) -> None:
        self._pieces.append(piece)
        self.unread += len(piece)

    def _read_head(self, data: bytes) -> bytes:
        """Read a head as soon as it is whole, and return what follows it."""
        known = len(self._head)
        here: bytes | bytearray = data
        if known:
            self._head += data
            here = self._head
        # As h11 does: what cannot be a response is not waited for.
        if here and here[0] <= 0x20:
            raise BrokenResponseError
        end = _BLANK_LINE.search(here, max(0, known - 2))
        if (len(here) if end is None else end.end()) > MAX_HEAD:
            raise BrokenResponseError
        if end is None:
            if not known:
                self._head += data
            return b""
        head, rest = bytes(here[: end.end()]), bytes(here[end.end() :])
        self._head = bytearray()
        status, fields = _parse_head(head)
        headers = _headers(fields)
        if headers.get("transfer-encoding", "chunked").lower() != "chunked":
            raise BrokenResponseError
        if status >= 200:
            self.headers = headers
            self.status = status
            self._frame(is_old=head[5:8] < b"1.1")
        elif status < 100 or status == 101:
            # Nobody can tell what that says of a payment.
            raise BrokenResponseError
        return rest

    def _frame(self, *, is_old: bool) -> None:
        """Find out how the body ends."""
        headers = self.headers
        if is_old or "close" in [word.strip() for word in headers.get("connection", "").lower().split(",")]:
            self.is_reusable = False
        if self.status in {204, 304} or (self._is_connect and self.status < 300):
            self.is_complete = True
        elif "transfer-encoding" in headers:
            # With a head of its own: httptools does not read any head as h11 does.
            self._chunks = HttpResponseParser(self)
            self._chunks.set_dangerous_leniencies(lenient_spaces_after_chunk_size=True)
            self._chunks.feed_data(_START_OF_CHUNKS)
        elif (length := headers.get("content-length")) is not None:
            self._left = int(length)
            self.is_complete = not self._left

    # What httptools calls for a body in chunks.

    def on_body(self, piece: bytes) -> None:
        # After the end, it is that of a response that nobody asked for.
        if not self.is_complete:
            self._between = 0
            self._add(piece)

    def on_message_complete(self) -> None:
        self.is_complete = True

    def on_message_begin(self) -> None:
        if self.is_complete:
            self.is_reusable = False

    def _read_chunks(self, chunks: HttpResponseParser, data: bytes) -> None:
        self._between += len(data)
        try:
            chunks.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            if not self.is_complete:
                raise BrokenResponseError from None
            self.is_reusable = False
        if self._between > MAX_HEAD + len(data):
            raise BrokenResponseError
        self._end = (self._end + data[-16:])[-16:]
        if self.is_complete:
            # Two lines end there, the last one blank. httptools passes over more of those, and nobody asked for them.
            blank = self._end[len(self._end.rstrip(b"\r\n")) :]
            if blank.count(b"\n") != 2 or not blank.endswith(b"\n"):
                self.is_reusable = False
            # The parser holds this object, which it calls: without this, only the garbage collector would free the two.
            self._chunks = None


def _parse_head(head: bytes) -> tuple[int, _Fields]:
    # What httptools lets pass, once it is lenient, and h11 does not: another protocol, what may end a line elsewhere,
    # and a first header that continues one.
    if not head.startswith(b"HTTP/") or b"\0" in head or b"\x0b" in head or b"\x0c" in head:
        raise BrokenResponseError
    if head.count(b"\r") != head.count(b"\r\n"):
        raise BrokenResponseError
    if b"\n " in head or b"\n\t" in head:
        first = head.index(b"\n") + 1
        if head[first] in b" \t":
            raise BrokenResponseError
        # RFC 9112, 5.2: a header over several lines.
        head = _FOLD.sub(b" ", head)
    parsed = _parse(head) or _parse(_merge_lengths(head))
    if parsed is None:
        raise BrokenResponseError
    return parsed


def _parse(head: bytes) -> tuple[int, _Fields] | None:
    fields = _Fields()
    parser = HttpResponseParser(fields)
    parser.set_dangerous_leniencies(
        lenient_headers=True,
        lenient_chunked_length=True,
        lenient_transfer_encoding=True,
        lenient_version=True,
        lenient_optional_cr_before_lf=True,
    )
    try:
        parser.feed_data(head)
    except HttpParserError:
        return None
    except HttpParserUpgrade:
        raise BrokenResponseError from None
    return parser.get_status_code(), fields


def _merge_lengths(head: bytes) -> bytes:
    """RFC 9110, 8.6: the same length several times counts once."""
    found = _LENGTH.findall(head)
    lengths = {length.strip(b" \t") for value in found for length in value.split(b",")}
    if len(lengths) != 1:
        raise BrokenResponseError
    first, _, rest = _LENGTH.sub(b"", head).partition(b"\n")
    return b"%b\nContent-Length: %b\r\n%b" % (first, lengths.pop(), rest)


def _headers(fields: _Fields) -> dict[str, str]:
    found: dict[str, str] = {}
    for raw_name, raw_value in fields:
        name = raw_name.decode("latin-1").lower()
        if " " in name:
            # The names that httptools knows, it takes with a blank and more after them.
            raise BrokenResponseError
        try:
            value = raw_value.decode().strip(" \t")
        except UnicodeDecodeError:
            value = raw_value.decode("latin-1").strip(" \t")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found
