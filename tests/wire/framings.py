"""Responses, right and wrong, as bytes: what a server, a proxy or an attacker may send."""

from __future__ import annotations

import gzip
import zlib
from typing import Final

from rawserver import pdf

JSON: Final = b'{"jobid": 1}'
HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
LENGTH: Final = b"Content-Length: 12\r\n"
CHUNKED: Final = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
IN_CHUNKS: Final = b"5\r\n" + JSON[:5] + b"\r\n7\r\n" + JSON[5:] + b"\r\n0\r\n\r\n"
PDF: Final = pdf(3_000)
PDF_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n"


def _starting(line: bytes) -> bytes:
    return line + HEAD[HEAD.index(b"\n") + 1 :] + LENGTH + b"\r\n" + JSON


def _with(headers: bytes, body: bytes = JSON) -> bytes:
    return HEAD + headers + b"\r\n" + body


def _in_chunks(body: bytes) -> bytes:
    return CHUNKED + body


def _packed(coding: bytes, body: bytes) -> bytes:
    return _with(b"Content-Encoding: %b\r\nContent-Length: %d\r\n" % (coding, len(body)), body)


_RAW = zlib.compressobj(wbits=-zlib.MAX_WBITS)

HEADS: Final[dict[str, bytes]] = {
    "plain": _with(LENGTH),
    "no reason": _starting(b"HTTP/1.1 200\r\n"),
    "empty reason": _starting(b"HTTP/1.1 200 \r\n"),
    "reason with control characters": _starting(b"HTTP/1.1 200 O\x01K\x7f\r\n"),
    "reason with NUL": _starting(b"HTTP/1.1 200 O\0K\r\n"),
    "reason in Latin-1": _starting(b"HTTP/1.1 200 K\xe4yp\xe4\r\n"),
    "HTTP/1.0": _starting(b"HTTP/1.0 200 OK\r\n"),
    "HTTP/1.0, keep-alive": _starting(b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n"),
    "HTTP/1.2": _starting(b"HTTP/1.2 200 OK\r\n"),
    "HTTP/2.0": _starting(b"HTTP/2.0 200 OK\r\n"),
    "HTTP/0.9": _starting(b"HTTP/0.9 200 OK\r\n"),
    "HTTP/1.10": _starting(b"HTTP/1.10 200 OK\r\n"),
    "HTTP/1": _starting(b"HTTP/1 200 OK\r\n"),
    "http/1.1": _starting(b"http/1.1 200 OK\r\n"),
    "another protocol": _starting(b"ICY/1.1 200 OK\r\n"),
    "RTSP": _starting(b"RTSP/1.0 200 OK\r\n"),
    "SSH": b"SSH-2.0-OpenSSH_9.2\r\n",
    "two blanks": _starting(b"HTTP/1.1  200 OK\r\n"),
    "a tab before the status": _starting(b"HTTP/1.1\t200 OK\r\n"),
    "two digits": _starting(b"HTTP/1.1 20 OK\r\n"),
    "four digits": _starting(b"HTTP/1.1 2000 OK\r\n"),
    "no digits": _starting(b"HTTP/1.1 abc OK\r\n"),
    "status 000": _starting(b"HTTP/1.1 000 OK\r\n"),
    "status 099": _starting(b"HTTP/1.1 099 OK\r\n"),
    "status 101": _starting(b"HTTP/1.1 101 OK\r\n"),
    "status 101 with Upgrade": _starting(b"HTTP/1.1 101 OK\r\nUpgrade: x\r\nConnection: upgrade\r\n"),
    "status 200 with Upgrade": _with(b"Upgrade: h2c\r\nConnection: upgrade\r\n" + LENGTH),
    "status 299": _starting(b"HTTP/1.1 299 OK\r\n"),
    "status 422": _starting(b"HTTP/1.1 422 No\r\n"),
    "status 700": _starting(b"HTTP/1.1 700 OK\r\n"),
    "status 999": _starting(b"HTTP/1.1 999 OK\r\n"),
    "an empty line first": b"\r\n" + _with(LENGTH),
    "a line feed first": b"\n" + _with(LENGTH),
    "a blank first": b" " + _with(LENGTH),
    "100 first": b"HTTP/1.1 100 Continue\r\n\r\n" + _with(LENGTH),
    "103 twice first": b"HTTP/1.1 103 -\r\nLink: x\r\n\r\n" * 2 + _with(LENGTH),
    "100 with a length": b"HTTP/1.1 100 -\r\nContent-Length: 5\r\n\r\n" + _with(LENGTH),
    "100 with chunks": b"HTTP/1.1 100 -\r\nTransfer-Encoding: chunked\r\n\r\n" + _with(LENGTH),
    "204": b"HTTP/1.1 204 -\r\n\r\n",
    "204 with a length": b"HTTP/1.1 204 -\r\nContent-Length: 12\r\n\r\n" + JSON,
    "204 with chunks": b"HTTP/1.1 204 -\r\nTransfer-Encoding: chunked\r\n\r\n",
    "304 with a length": b"HTTP/1.1 304 -\r\nContent-Length: 12\r\n\r\n",
    "205": b"HTTP/1.1 205 -\r\nContent-Length: 0\r\n\r\n",
    "lines end with LF": _with(LENGTH).replace(b"\r\n", b"\n"),
    "the last line ends with LF": HEAD + LENGTH + b"\n" + JSON,
    "some lines end with LF": HEAD + b"X: y\n" + LENGTH + b"\r\n" + JSON,
    "lines end with CR": _with(LENGTH).replace(b"\r\n", b"\r"),
    "a bare CR in a value": _with(b"X: a\rb\r\n" + LENGTH),
    "a bare CR before a value": _with(b"X:\r b\r\n" + LENGTH),
    "a bare CR after a value": _with(b"X: b\r\r\n" + LENGTH),
    "a bare CR before a length": _with(b"Content-Length:\r 12\r\n"),
    "two CR": _with(b"X: a\r\r\n" + LENGTH),
    "a folded line": _with(b"X: a\r\n  b\r\n\tc\r\n" + LENGTH),
    "a folded line, LF": _with(b"X: a\n b\n" + LENGTH),
    "a folded length": _with(b"Content-Length:\r\n 12\r\n"),
    "a folded line of blanks": _with(b"X: a\r\n   \r\n" + LENGTH),
    "a fold before all headers": b"HTTP/1.1 200 OK\r\n X: a\r\n" + LENGTH + b"\r\n" + JSON,
    "a fold that hides a length": _with(b"X: a\r\n Content-Length: 5\r\n" + LENGTH),
    "NUL in a value": _with(b"X: a\0b\r\n" + LENGTH),
    "NUL in a name": _with(b"X\0: a\r\n" + LENGTH),
    "control characters in a value": _with(b"X: a\x01\x1b\x7fb\r\n" + LENGTH),
    "a form feed in a value": _with(b"X: a\x0cb\r\n" + LENGTH),
    "a vertical tab in a value": _with(b"X: a\x0bb\r\n" + LENGTH),
    "a tab in a value": _with(b"X: a\tb\r\n" + LENGTH),
    "Latin-1 in a value": _with(b"X: \xe4\xff\r\n" + LENGTH),
    "UTF-8 in a value": _with(b"X: \xc3\xa4\r\n" + LENGTH),
    "an empty value": _with(b"X:\r\n" + LENGTH),
    "values of blanks": _with(b"X:   \r\nY:\t\r\n" + LENGTH),
    "blanks around a value": _with(b"Content-Length: \t 12 \t \r\n"),
    "a blank before the colon": _with(b"X : a\r\n" + LENGTH),
    "a blank in a name": _with(b"X Y: a\r\n" + LENGTH),
    "no colon": _with(b"Xa\r\n" + LENGTH),
    "no name": _with(b": a\r\n" + LENGTH),
    "a bracket in a name": _with(b"X(: a\r\n" + LENGTH),
    "Latin-1 in a name": _with(b"X\xe4: a\r\n" + LENGTH),
    "odd characters of tokens": _with(b"!#$%&'*+-.^_`|~1: a\r\n" + LENGTH),
    "150 headers": _with(b"X: y\r\n" * 150 + LENGTH),
    "5,000 headers": _with(b"X: y\r\n" * 5_000 + LENGTH),
    "a header of 90 KB": _with(b"X: " + b"y" * 90_000 + b"\r\n" + LENGTH),
    "a header of 600 KB": _with(b"X: " + b"y" * 600_000 + b"\r\n" + LENGTH),
    "600 KB without a line end": b"HTTP/1.1 200 " + b"y" * 600_000,
    "Connection: close": _with(b"Connection: close\r\n" + LENGTH),
    "Connection: Close among others": _with(b"Connection: x, Close\r\n" + LENGTH),
    "Connection: closed": _with(b"Connection: closed\r\n" + LENGTH),
    "Connection twice": _with(b"Connection: keep-alive\r\nConnection: close\r\n" + LENGTH),
}

LENGTHS: Final[dict[str, bytes]] = {
    "no length": _with(b""),
    "the same length twice": _with(LENGTH * 2),
    "the same length three times, apart": _with(LENGTH + b"X: y\r\n" + LENGTH + b"Y: y\r\n" + LENGTH),
    "the same length in a list": _with(b"Content-Length: 12, 12\r\n"),
    "the same length in a list and again": _with(b"content-length: 12 ,12\r\nCONTENT-LENGTH: 12\r\n"),
    "two lengths": _with(LENGTH + b"Content-Length: 11\r\n"),
    "two lengths in a list": _with(b"Content-Length: 12, 11\r\n"),
    "two writings of a length": _with(LENGTH + b"Content-Length: 012\r\n"),
    "a length and nothing": _with(LENGTH + b"Content-Length:\r\n"),
    "a list with an empty length": _with(b"Content-Length: 12,\r\n"),
    "an empty length": _with(b"Content-Length:\r\n"),
    "a length with zeros": _with(b"Content-Length: 00012\r\n"),
    "a length with plus": _with(b"Content-Length: +12\r\n"),
    "a length with minus": _with(b"Content-Length: -12\r\n"),
    "a length in hex": _with(b"Content-Length: 0xc\r\n"),
    "a length with a point": _with(b"Content-Length: 12.0\r\n"),
    "a length with an underscore": _with(b"Content-Length: 1_2\r\n"),
    "a length with a blank": _with(b"Content-Length: 1 2\r\n"),
    "a length of Arabic digits": _with(b"Content-Length: \xd9\xa1\xd9\xa2\r\n"),
    "a length that is too small": _with(b"Content-Length: 11\r\n"),
    "a length that is too large": _with(b"Content-Length: 13\r\n"),
    "a huge length": _with(b"Content-Length: 18446744073709551615\r\n"),
    "a length that overflows": _with(b"Content-Length: 99999999999999999999999\r\n"),
    "length 0": _with(b"Content-Length: 0\r\n", b""),
    "length 0 and a body": _with(b"Content-Length: 0\r\n"),
}

CODINGS: Final[dict[str, bytes]] = {
    "chunks": _in_chunks(IN_CHUNKS),
    **{
        f"Transfer-Encoding: {coding!r}": _with(b"Transfer-Encoding:%b\r\n" % coding.encode(), IN_CHUNKS)
        for coding in (
            " Chunked", " chunked\t", "\tchunked ", " chunked, identity", " identity, chunked", " identity", " gzip",
            " xchunked", " chunkedx", " chunked;a=b", " chunked,", ", chunked", " chunked, chunked", "", " ch\tunked",
            "\x0bchunked", " \xa0chunked", ' "chunked"',
        )
    },
    "chunked twice": _with(b"Transfer-Encoding: chunked\r\n" * 2, IN_CHUNKS),
    "gzip, then chunked": _with(b"Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", IN_CHUNKS),
    "chunked in a folded line": _with(b"Transfer-Encoding:\r\n chunked\r\n", IN_CHUNKS),
    "a length, then chunked": _with(LENGTH + b"Transfer-Encoding: chunked\r\n", IN_CHUNKS),
    "chunked, then a length": _with(b"Transfer-Encoding: chunked\r\n" + LENGTH, IN_CHUNKS),
    "chunked and two lengths": _with(LENGTH + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", IN_CHUNKS),
    "chunks in HTTP/1.0": CHUNKED.replace(b"1.1", b"1.0") + IN_CHUNKS,
    "identity and a length": _with(b"Transfer-Encoding: identity\r\n" + LENGTH),
    "Transfer-Encoding with a blank": _with(b"Transfer-Encoding : chunked\r\n", IN_CHUNKS),
}  # fmt: skip

CHUNKS: Final[dict[str, bytes]] = {
    "one chunk": _in_chunks(b"c\r\n" + JSON + b"\r\n0\r\n\r\n"),
    "chunks of a byte": _in_chunks(b"".join(b"1\r\n%c\r\n" % byte for byte in JSON) + b"0\r\n\r\n"),
    "upper case": _in_chunks(b"C\r\n" + JSON + b"\r\n0\r\n\r\n"),
    "zeros": _in_chunks(b"0000c\r\n" + JSON + b"\r\n00\r\n\r\n"),
    "blanks after the size": _in_chunks(b"c  \r\n" + JSON + b"\r\n0 \t\r\n\r\n"),
    "a blank before the size": _in_chunks(b" c\r\n" + JSON + b"\r\n0\r\n\r\n"),
    "0x": _in_chunks(b"0xc\r\n" + JSON + b"\r\n0\r\n\r\n"),
    "plus": _in_chunks(b"+c\r\n" + JSON + b"\r\n0\r\n\r\n"),
    "minus": _in_chunks(b"-c\r\n" + JSON + b"\r\n0\r\n\r\n"),
    "an underscore": _in_chunks(b"0_c\r\n" + JSON + b"\r\n0\r\n\r\n"),
    "no size": _in_chunks(b"\r\n" + JSON + b"\r\n0\r\n\r\n"),
    "a size that is no number": _in_chunks(b"zz\r\n" + JSON + b"\r\n0\r\n\r\n"),
    "a size that is too small": _in_chunks(b"b\r\n" + JSON + b"\r\n0\r\n\r\n"),
    "a size that is too large": _in_chunks(b"d\r\n" + JSON + b"\r\n0\r\n\r\n"),
    "a size that overflows": _in_chunks(b"fffffffffffffffff\r\n" + JSON + b"\r\n0\r\n\r\n"),
    "a size that wraps around": _in_chunks(b"1000000000000000c\r\n" + JSON + b"\r\n0\r\n\r\n"),
    "LF after the size": _in_chunks(b"c\n" + JSON + b"\r\n0\r\n\r\n"),
    "CR after the size": _in_chunks(b"c\r" + JSON + b"\r\n0\r\n\r\n"),
    "LF after a chunk": _in_chunks(b"c\r\n" + JSON + b"\n0\r\n\r\n"),
    "nothing after a chunk": _in_chunks(b"c\r\n" + JSON + b"0\r\n\r\n"),
    "garbage after a chunk": _in_chunks(b"c\r\n" + JSON + b"xx0\r\n\r\n"),
    "extensions": _in_chunks(b'c;a=b;c="d e";f\r\n' + JSON + b"\r\n0;x=y\r\n\r\n"),
    "no end": _in_chunks(b"c\r\n" + JSON + b"\r\n"),
    "half an end": _in_chunks(b"c\r\n" + JSON + b"\r\n0\r\n"),
    "an end with garbage": _in_chunks(b"c\r\n" + JSON + b"\r\n0\r\nxx\r\n"),
    "no chunk": _in_chunks(b"0\r\n\r\n"),
    "trailers": _in_chunks(b"c\r\n" + JSON + b"\r\n0\r\nX: y\r\nDigest: z\r\n\r\n"),
    "a trailer without colon": _in_chunks(b"c\r\n" + JSON + b"\r\n0\r\nX y\r\n\r\n"),
    "a trailer with NUL": _in_chunks(b"c\r\n" + JSON + b"\r\n0\r\nX: a\0b\r\n\r\n"),
    "600 KB of trailers": _in_chunks(b"c\r\n" + JSON + b"\r\n0\r\nX: " + b"y" * 600_000 + b"\r\n\r\n"),
}

BODIES: Final[dict[str, bytes]] = {
    "gzip": _packed(b"gzip", gzip.compress(JSON)),
    "x-gzip": _packed(b"x-gzip", gzip.compress(JSON)),
    "gzip of two members": _packed(b"gzip", gzip.compress(JSON[:5]) + gzip.compress(JSON[5:])),
    "gzip without its trailer": _packed(b"gzip", gzip.compress(JSON)[:-8]),
    "gzip, cut": _packed(b"gzip", gzip.compress(JSON)[:-12]),
    "gzip with a wrong sum": _packed(b"gzip", gzip.compress(JSON)[:-8] + bytes(8)),
    "gzip that is none": _packed(b"gzip", JSON),
    "deflate": _packed(b"deflate", zlib.compress(JSON)),
    "deflate without a header": _packed(b"deflate", _RAW.compress(JSON) + _RAW.flush()),
    "br": _packed(b"br", JSON),
    "gzip twice": _packed(b"gzip, gzip", gzip.compress(gzip.compress(JSON))),
    "identity": _packed(b"identity", JSON),
    "gzip in chunks": _with(
        b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
        b"%x\r\n%b\r\n0\r\n\r\n" % (len(gzip.compress(JSON)), gzip.compress(JSON)),
    ),
}

PDFS: Final[dict[str, bytes]] = {
    "a PDF": PDF_HEAD + b"Content-Length: %d\r\n\r\n" % len(PDF) + PDF,
    "a PDF in chunks": PDF_HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n%b\r\n0\r\n\r\n" % (len(PDF), PDF),
    "a PDF that ends with its connection": PDF_HEAD + b"\r\n" + PDF,
    "a PDF in HTTP/1.0": PDF_HEAD.replace(b"1.1", b"1.0") + b"\r\n" + PDF,
    "a PDF that is too short": PDF_HEAD + b"Content-Length: %d\r\n\r\n" % (len(PDF) + 1) + PDF,
    "a PDF that is too long": PDF_HEAD + b"Content-Length: %d\r\n\r\n" % (len(PDF) - 8) + PDF,
    "a PDF in unfinished chunks": PDF_HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"%x\r\n%b\r\n" % (len(PDF), PDF),
}

EXTRAS: Final[dict[str, bytes]] = {
    f"{name} after {what}": response + rest
    for what, response in (("a response", _with(LENGTH)), ("chunks", _in_chunks(IN_CHUNKS)))
    for name, rest in {
        "another response": _with(LENGTH),
        "half a response": _with(LENGTH)[:20],
        "a byte": b"H",
        "garbage": b"\0\xff",
        "an early response": b"HTTP/1.1 100 -\r\n\r\n",
    }.items()
}

ALL: Final = {**HEADS, **LENGTHS, **CODINGS, **CHUNKS, **BODIES, **PDFS, **EXTRAS}

# Where the fast transport is stricter than the default one, or the default one stricter than RFC 9112. The table in
# docs/speed.md is this.
STRICTER_THAN_H11: Final[dict[str, bytes]] = {
    "an extension without a name": _in_chunks(b"c; \r\n" + JSON + b"\r\n0\r\n\r\n"),
    "control characters in an extension": _in_chunks(b"c;\x01\x80\r\n" + JSON + b"\r\n0\r\n\r\n"),
    "trailers that end with LF": _in_chunks(b"c\r\n" + JSON + b"\r\n0\r\nX: y\n\n"),
    "a folded trailer": _in_chunks(b"c\r\n" + JSON + b"\r\n0\r\nX: y\r\n z\r\n\r\n"),
    "control characters in a trailer": _in_chunks(b"c\r\n" + JSON + b"\r\n0\r\nX: \x01\r\n\r\n"),
    "a length in a trailer": _in_chunks(b"c\r\n" + JSON + b"\r\n0\r\nContent-Length: 7\r\n\r\n"),
}
LAXER_THAN_H11: Final[dict[str, bytes]] = {
    "a blank before an extension": _in_chunks(b"c ;a=b\r\n" + JSON + b"\r\n0\r\n\r\n"),
    "a size of more than 20 digits": _in_chunks(b"0" * 21 + b"c\r\n" + JSON + b"\r\n0\r\n\r\n"),
}
