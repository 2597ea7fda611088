"""Compressed bodies: what is unpacked, what is an error, and how much memory it may take."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ropo_jobs_client._http.decoding import Decoder, decoder_for

MEBI = 1024 * 1024


def deflate(data: bytes, *, raw: bool) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS if raw else zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def unpack(decoder: Decoder, packed: bytes, cuts: list[int]) -> bytes:
    out: list[bytes] = []
    start = 0
    for end in [*sorted(cuts), len(packed)]:
        out += decoder.feed(packed[start:end])
        start = end
    decoder.finish()
    return b"".join(out)


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "zlib": lambda data: deflate(data, raw=False),
    "raw": lambda data: deflate(data, raw=True),
}


@given(data=st.binary(max_size=2_000), cuts=st.lists(st.integers(0, 2_000), max_size=8))
@pytest.mark.parametrize("kind", sorted(PACKERS))
def test_whatever_was_packed_comes_out_however_it_comes_in(kind: str, data: bytes, cuts: list[int]) -> None:
    packed = PACKERS[kind](data)
    decoder = Decoder(is_gzip=kind == "gzip")
    assert unpack(decoder, packed, [min(cut, len(packed)) for cut in cuts]) == data


@given(members=st.lists(st.binary(max_size=300), min_size=1, max_size=5), cut=st.integers(0, 500))
def test_all_members_of_gzip_are_one_body(members: list[bytes], cut: int) -> None:
    packed = b"".join(map(gzip.compress, members))
    assert unpack(Decoder(is_gzip=True), packed + b"\0" * 7, [min(cut, len(packed))]) == b"".join(members)
    assert gzip.decompress(packed + b"\0" * 7) == b"".join(members)


@given(data=st.binary(min_size=1, max_size=500))
@pytest.mark.parametrize("kind", sorted(PACKERS))
def test_a_body_that_was_cut_anywhere_is_an_error(kind: str, data: bytes) -> None:
    packed = PACKERS[kind](data)
    for end in range(1, len(packed)):
        with pytest.raises(httpx.RemoteProtocolError):
            unpack(Decoder(is_gzip=kind == "gzip"), packed[:end], [])


@pytest.mark.parametrize("kind", sorted(PACKERS))
@pytest.mark.parametrize("rest", [b"x", b"\x1f", b"HTTP/1.1 200 OK\r\n"])
def test_what_follows_is_an_error(kind: str, rest: bytes) -> None:
    with pytest.raises((httpx.DecodingError, httpx.RemoteProtocolError)):
        unpack(Decoder(is_gzip=kind == "gzip"), PACKERS[kind](b"a body") + rest, [])


@pytest.mark.parametrize("is_gzip", [True, False])
@pytest.mark.parametrize("data", [b"not packed at all", b"\xff" * 50, b'{"jobid": 1}'])
def test_what_is_not_packed_is_an_error(is_gzip: bool, data: bytes) -> None:
    with pytest.raises((httpx.DecodingError, httpx.RemoteProtocolError)):
        unpack(Decoder(is_gzip=is_gzip), data, [])


def test_a_damaged_checksum_is_an_error() -> None:
    packed = bytearray(gzip.compress(b"a body"))
    packed[-6] ^= 1
    with pytest.raises(httpx.DecodingError):
        unpack(Decoder(is_gzip=True), bytes(packed), [])


@pytest.mark.parametrize("is_gzip", [True, False])
def test_no_body_is_no_error(is_gzip: bool) -> None:
    assert unpack(Decoder(is_gzip=is_gzip), b"", []) == b""


@pytest.mark.parametrize("kind", sorted(PACKERS))
def test_a_bomb_is_unpacked_in_pieces(kind: str) -> None:
    packed = PACKERS[kind](bytes(200 * MEBI))
    size = 0
    tracemalloc.start()
    try:
        for piece in Decoder(is_gzip=kind == "gzip").feed(packed):
            size += len(piece)
            if size > MEBI:
                break
        assert size < 2 * MEBI
        assert tracemalloc.get_traced_memory()[1] < 3 * MEBI
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("coding", "is_unpacked"),
    [
        ("gzip", True),
        ("GZip", True),
        ("x-gzip", True),
        ("deflate", True),
        (" gzip ", True),
        ("identity, gzip", True),
        ("", False),
        ("identity", False),
        ("br", False),
        ("zstd", False),
        ("compress", False),
        ("gzip, gzip", False),
        ("deflate, gzip", False),
        ("gz\xefp", False),
    ],
)
def test_which_are_unpacked(coding: str, is_unpacked: bool) -> None:
    assert (decoder_for({"content-encoding": coding}) is not None) is is_unpacked
    assert decoder_for({}) is None


@pytest.mark.parametrize("raw", [True, False])
def test_what_is_unpacked_to_a_little_more_than_a_piece_is_whole(raw: bool) -> None:
    """All of it may have gone in while some is still to come out."""
    for size in range(256 * 1024 - 300, 256 * 1024 + 300):
        packed = deflate(b"a" * size, raw=raw)
        assert unpack(Decoder(is_gzip=False), packed, []) == b"a" * size
