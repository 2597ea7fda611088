"""Where a response ends: what the fast transport reads is held against h11, which the default transport reads with."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass

import h11
import pytest
from framings import ALL, LAXER_THAN_H11, STRICTER_THAN_H11
from hypothesis import given, settings
from hypothesis import strategies as st

from ropo_jobs_client._http.fast_framing import MAX_HEAD, BrokenResponseError, ResponseParser


@dataclass(frozen=True)
class Read:
    """What was made of some bytes: the head, the body so far, and how it stands once they are all in."""

    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    is_complete: bool = False
    is_reusable: bool = False
    is_broken: bool = False
    # With the end of the connection after them.
    is_whole: bool = False


def _ours(pieces: Iterable[bytes]) -> Read:
    parser = ResponseParser()
    is_broken = False
    body = b""
    try:
        for piece in pieces:
            parser.feed(piece)
            body += parser.take()
    except BrokenResponseError:
        is_broken = True
        body += parser.take()
    complete, reusable = parser.is_complete, parser.is_reusable
    is_whole = complete
    if not is_broken:
        try:
            parser.feed_eof()
            is_whole = True
        except BrokenResponseError:
            pass
    assert parser.unread == 0
    headers = tuple(sorted(parser.headers.items()))
    return Read(parser.status, headers, body, complete, complete and reusable, is_broken, is_whole)


class _H11:
    def __init__(self) -> None:
        self.connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        self.connection.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
        self.connection.send(h11.EndOfMessage())
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.is_complete = False
        self.is_broken = False

    def feed(self, data: bytes) -> None:
        if self.is_broken or (self.is_complete and not data):
            return
        try:
            self.connection.receive_data(data)
            while not self.is_complete:
                event = self.connection.next_event()
                if event in (h11.NEED_DATA, h11.PAUSED) or isinstance(event, h11.ConnectionClosed):
                    return
                if isinstance(event, h11.Response):
                    self.status = event.status_code
                    for name, value in event.headers:
                        self._add(name.decode(), value)
                elif isinstance(event, h11.Data):
                    self.body += bytes(event.data)
                elif isinstance(event, h11.EndOfMessage):
                    self.is_complete = True
        except h11.RemoteProtocolError:
            self.is_broken = not self.is_complete

    def _add(self, name: str, value: bytes) -> None:
        try:
            text = value.decode()
        except UnicodeDecodeError:
            text = value.decode("latin-1")
        self.headers[name] = f"{self.headers[name]}, {text}" if name in self.headers else text

    @property
    def is_reusable(self) -> bool:
        return (
            self.is_complete
            and self.connection.our_state is h11.DONE
            and self.connection.their_state is h11.DONE
            and self.connection.trailing_data == (b"", False)
        )


def _theirs(pieces: Iterable[bytes]) -> Read:
    reader = _H11()
    for piece in pieces:
        reader.feed(piece)
    complete, reusable, broken = reader.is_complete, reader.is_reusable, reader.is_broken
    reader.feed(b"")
    headers = tuple(sorted(reader.headers.items()))
    return Read(reader.status, headers, reader.body, complete, reusable, broken, reader.is_complete)


def _outcome(read: Read) -> object:
    """What matters to a caller: of a broken one, only that it is."""
    if not read.is_whole:
        return None
    # What h11 makes of several headers with the same length is one.
    headers = {name: value for name, value in read.headers if name not in {"content-length", "transfer-encoding"}}
    return read.status, headers, read.body, read.is_reusable


def _drip(data: bytes, size: int) -> list[bytes]:
    return [data[at : at + size] for at in range(0, len(data), size)]


SMALL = {name: data for name, data in ALL.items() if len(data) < 5_000}


@pytest.mark.parametrize("name", ALL)
def test_each_is_read_as_h11_reads_it(name: str) -> None:
    data = ALL[name]
    # So much as the network gives at once; h11 only sees what is too long when it has to wait for more.
    pieces = _drip(data, 64 * 1024)
    assert _outcome(_ours(pieces)) == _outcome(_theirs(pieces))


@pytest.mark.product
@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("size", [1, 2, 3, 5, 7])
def test_dripped_it_is_read_the_same(name: str, size: int) -> None:
    pieces = _drip(SMALL[name], size)
    assert _outcome(_ours(pieces)) == _outcome(_theirs(pieces)) == _outcome(_ours([SMALL[name]]))


@pytest.mark.parametrize("name", SMALL)
def test_cut_anywhere_it_is_read_the_same(name: str) -> None:
    data = SMALL[name]
    cuts = range(len(data)) if len(data) < 1_000 else random.Random(name).sample(range(len(data)), 300)
    for cut in cuts:
        assert _outcome(_ours([data[:cut]])) == _outcome(_theirs([data[:cut]])), data[:cut]


@pytest.mark.parametrize("name", STRICTER_THAN_H11)
def test_where_it_is_stricter(name: str) -> None:
    assert _ours([STRICTER_THAN_H11[name]]).is_broken
    assert _theirs([STRICTER_THAN_H11[name]]).is_complete


@pytest.mark.parametrize("name", LAXER_THAN_H11)
def test_where_it_is_laxer(name: str) -> None:
    read = _ours([LAXER_THAN_H11[name]])
    assert (read.is_complete, read.body) == (True, b'{"jobid": 1}')
    assert _theirs([LAXER_THAN_H11[name]]).is_broken


_TOKENS = [
    b"\r\n", b"\n", b"\r", b" ", b"\t", b"\0", b":", b",", b";", b"0", b"c", b"HTTP/1.1 200 OK\r\n", b"\r\n\r\n",
    b"chunked", b"Content-Length: 12\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Connection: close\r\n", b"\xff", b"1", b"x",
]  # fmt: skip


@st.composite
def _mutated(draw: st.DrawFn) -> bytes:
    data = draw(st.sampled_from(sorted(SMALL.values())))[:600]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        end = min(len(data), at + draw(st.integers(0, 4)))
        data = data[:at] + draw(st.sampled_from(_TOKENS)) + data[end:]
    return data


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7, 1_000])
@pytest.mark.parametrize("more", [b"", b"\r\n", b"\n", b"\r", b"\r\n" * 20, b"x"])
@pytest.mark.parametrize("end", [b"0\r\n\r\n", b"0;a=b\r\nX: y\r\n\r\n", b"3\r\n\n\n\n\r\n0\r\n\r\n"])
def test_what_follows_the_last_chunk_was_not_asked_for(end: bytes, more: bytes, size: int) -> None:
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n" + end + more
    parser = ResponseParser()
    for start in range(0, len(data), size):
        parser.feed(data[start : start + size])
    assert (parser.is_complete, parser.is_reusable) == (True, not more)


# Some of them httptools reads by themselves, and takes with what follows them.
_NAMES = [b"content-length", b"transfer-encoding", b"connection", b"proxy-connection", b"upgrade", b"date", b"x-y"]


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize("value", [b"12", b"chunked", b""])
@pytest.mark.parametrize("tail", [b"", b"z", b" z", b"z ", b"  "])
def test_a_name_of_any_bytes_is_read_as_h11_reads_it(name: bytes, tail: bytes, value: bytes) -> None:
    for byte in (bytes([number]) for number in range(256)):
        for line in (name + byte + tail, byte + name + tail, name[:3] + byte + name[3:] + tail):
            data = b"HTTP/1.1 200 OK\r\nA: b\r\n" + line + b":" + value + b"\r\nContent-Length: 0\r\n\r\n"
            assert _outcome(_ours([data])) == _outcome(_theirs([data])), data


@settings(max_examples=1_000, deadline=None)
@given(_mutated(), st.integers(1, 50))
def test_changed_anyhow_it_is_never_read_as_something_else(data: bytes, size: int) -> None:
    ours, theirs = _ours(_drip(data, size)), _theirs(_drip(data, size))
    if _outcome(ours) == _outcome(theirs):
        return
    is_in_chunks = dict(theirs.headers or ours.headers).get("transfer-encoding", "").lower() == "chunked"
    assert is_in_chunks, (ours, theirs)
    # Within chunks, one may refuse what the other takes; both took the same until there.
    assert _outcome(ours) is None or _outcome(theirs) is None, (ours, theirs)
    assert ours.body.startswith(theirs.body) or theirs.body.startswith(ours.body)
