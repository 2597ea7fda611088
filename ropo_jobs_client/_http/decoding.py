"""Compressed bodies: gzip and deflate, unpacked in pieces. Nothing else is asked for, and nothing else is unpacked."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Final

import httpx

# Bytes. What comes out of a decoder at once, at most, however much it was packed.
_CHUNK_SIZE: Final = 256 * 1024

_GZIP: Final = 16 + zlib.MAX_WBITS


class Decoder:
    """Unpacks a body.

    Args:
        is_gzip: whether it is gzip, of which any number of members may follow each other; else deflate, with the header
            of zlib or, as some servers send it, without.
    """

    def __init__(self, *, is_gzip: bool) -> None:
        self._is_gzip = is_gzip
        self._inflater = zlib.decompressobj(_GZIP) if is_gzip else None
        self._began = False
        self._first = b""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Iterate over what comes out when more goes in: pieces of bounded size.

        Raises:
            httpx.DecodingError: it is damaged.
        """
        try:
            yield from self._inflate(data)
        except zlib.error:
            failure = httpx.DecodingError("the compressed body is damaged")
        else:
            return
        raise failure

    def finish(self) -> None:
        """Look at the whole when all went in.

        Raises:
            httpx.RemoteProtocolError: it was cut. It is judged as a connection that broke.
        """
        is_over = self._inflater is not None and self._inflater.eof
        if (self._began or self._first) and not is_over:
            raise httpx.RemoteProtocolError("the compressed body is not whole")

    def _inflate(self, data: bytes) -> Iterator[bytes]:
        if self._inflater is None:
            self._first += data
            if len(self._first) < 2:
                return
            data, self._first = self._first, b""
            self._inflater = zlib.decompressobj(zlib.MAX_WBITS if _has_zlib_header(data) else -zlib.MAX_WBITS)
        inflater = self._inflater
        while data:
            if inflater.eof:
                if not self._is_gzip:
                    raise zlib.error
                # Some pad the last member with zeros.
                data = data.lstrip(b"\0")
                if not data:
                    return
                self._inflater = inflater = zlib.decompressobj(_GZIP)
            self._began = True
            out = inflater.decompress(data, _CHUNK_SIZE)
            while out:
                yield out
                # All of it may have gone in, and more than a piece be to come out.
                out = b"" if inflater.eof else inflater.decompress(inflater.unconsumed_tail, _CHUNK_SIZE)
            data = inflater.unused_data if inflater.eof else inflater.unconsumed_tail


def _has_zlib_header(data: bytes) -> bool:
    return data[0] & 0x0F == 8 and int.from_bytes(data[:2]) % 31 == 0


def decoder_for(headers: Mapping[str, str]) -> Decoder | None:
    """Return what unpacks a body with these headers, or None where it is to be taken as it came.

    Packed twice, a few kilobytes can hold gigabytes. Nobody asks for that: it stays packed, and unreadable.
    """
    codings = [coding.strip().lower() for coding in headers.get("content-encoding", "").split(",")]
    match [coding for coding in codings if coding not in {"", "identity"}]:
        case ["gzip" | "x-gzip"]:
            return Decoder(is_gzip=True)
        case ["deflate"]:
            return Decoder(is_gzip=False)
        case _:
            return None
