"""A server for the fuzzer: each answer says whose it is, and comes in one of many ways, most of them wrong.

It counts what came in whole, and what it refused, which is what the fuzzer judges by.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import random
import socket
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Final, cast
from urllib.parse import parse_qs, urlsplit

from rawserver import Peer, Request, chunked, pdf, response

# In every answer that nobody asked for.
STALE: Final = 999_999_999


def nonce_of(request: Request) -> int:
    """Whose request it is."""
    url = urlsplit(request.target)
    query = parse_qs(url.query)
    for name in ("jobid", "billnum", "batchid"):
        if name in query:
            return int(query[name][0])
    if "dataidentifier" in request.headers:
        return int(request.headers["dataidentifier"])
    return int(json.loads(request.body)["jobid"])


def pdf_of(nonce: int) -> bytes:
    """The PDF of a call, which no other call has."""
    whole = pdf(3_000 + nonce % 5 * 200_000)
    return whole[:9] + b"%%%d\n" % nonce + whole[9:]


class Answers:
    """What a request asks for, written in any way."""

    def __init__(self, request: Request, nonce: int) -> None:
        self.peer = request.peer
        self.nonce = nonce
        self.is_pdf = request.operation == "GET /jobs/pdf"
        if self.is_pdf:
            self.body, self.kind = pdf_of(nonce), "application/pdf"
            return
        self.kind = "application/json"
        found: Any = {"jobid": nonce, "accepted": 1}
        self.body = json.dumps([found] if request.operation == "GET /jobs/statusupdates" else found).encode()

    def whole(self, **headers: Any) -> bytes:
        return response(self.body, content_type=self.kind, **headers)

    def in_chunks(self, **options: Any) -> bytes:
        middle = len(self.body) // 2
        return chunked(self.body[:middle], self.body[middle:], content_type=self.kind, **options)

    def error(self, status: int, **headers: Any) -> bytes:
        body = json.dumps({"error": f"refused {self.nonce}"}).encode()
        return response(body, status=status, content_type="application/json", **headers)


def _stale(status: int, **headers: Any) -> bytes:
    body = json.dumps({"jobid": STALE, "error": f"refused {STALE}", "accepted": 1}).encode()
    return response(body, status=status, content_type="application/json", **headers)


Way = Callable[[Answers], Awaitable[None]]
WAYS: Final[dict[str, tuple[int, Way]]] = {}
# The ways that say no before anything is done.
REFUSALS: Final = {"429 with Retry-After", "429", "401"}


def _way(name: str, weight: int = 2) -> Callable[[Way], Way]:
    def keep(way: Way) -> Way:
        WAYS[name] = weight, way
        return way

    return keep


def _sends(
    name: str, make: Callable[[Answers], bytes], end: Callable[[Peer], None] | None = None, weight: int = 2
) -> None:
    async def way(answers: Answers) -> None:
        answers.peer.send(make(answers))
        if end is not None:
            await answers.peer.sent()
            end(answers.peer)

    _way(name, weight)(way)


_sends("right", Answers.whole, weight=25)
_sends("in chunks", Answers.in_chunks, weight=8)
_sends("100 first", lambda a: b"HTTP/1.1 100 -\r\n\r\n" + a.whole())
_sends("says close", lambda a: a.whole(Connection="close"), Peer.close)
_sends("closes unsaid", Answers.whole, Peer.close, weight=4)
_sends("ends with the connection", lambda a: response(a.body, content_type=a.kind, length=None), Peer.close)
_sends("gzip", lambda a: response(gzip.compress(a.body), content_type=a.kind, Content_Encoding="gzip"))
_sends("gzip, cut", lambda a: response(gzip.compress(a.body)[:-6], content_type=a.kind, Content_Encoding="gzip"))
_sends("too short", lambda a: response(a.body, content_type=a.kind, length=len(a.body) + 9), Peer.close)
_sends("unfinished chunks", lambda a: a.in_chunks(whole=False), Peer.close)
_sends("broken chunks", lambda a: a.in_chunks(whole=False) + b"zz\r\n", Peer.close)
_sends("no HTTP", lambda _: b"\0\0\0\0\r\n\r\n", Peer.close)
_sends("two lengths", lambda a: a.whole().replace(b"\r\n", b"\r\nContent-Length: 1\r\n", 1), Peer.close)
_sends("HTML", lambda _: response(b"<html>busy</html>", content_type="text/html"))
_sends("nothing, closed", lambda _: b"", Peer.close)
_sends("nothing, reset", lambda _: b"", Peer.reset)
_sends("half, reset", lambda a: a.whole()[: len(a.whole()) // 2], Peer.reset)
_sends("429 with Retry-After", lambda a: a.error(429, Retry_After="0"))
_sends("429", lambda a: a.error(429))
_sends("401", lambda a: a.error(401))
_sends("422", lambda a: a.error(422))
_sends("404", lambda a: a.error(404))
_sends("500", lambda a: a.error(500))
_sends("503", lambda a: a.error(503))
_sends("303", lambda a: a.error(303, Location="/rest/jobs?jobid=999999999"))
_sends("right and garbage", lambda a: a.whole() + b"\xff\0")
_sends("right and half a response", lambda a: a.whole() + _stale(200)[:30])
_sends("chunks and a stale response", lambda a: a.in_chunks() + _stale(200))


@_way("dripped")
async def _dripped(answers: Answers) -> None:
    data = answers.whole()
    for at in range(0, min(len(data), 200), 7):
        answers.peer.send(data[at : at + 7])
        await asyncio.sleep(0)
    answers.peer.send(data[203 if len(data) > 200 else len(data) :])


@_way("late")
async def _late(answers: Answers) -> None:
    await asyncio.sleep(0.02)
    answers.peer.send(answers.whole())


@_way("silent", 1)
async def _silent(answers: Answers) -> None:
    await answers.peer.gone()


@_way("silent after the head", 1)
async def _silent_in_the_middle(answers: Answers) -> None:
    answers.peer.send(answers.whole()[:-5])
    await answers.peer.gone()


def _unasked(name: str, rest: Callable[[], bytes]) -> None:
    async def way(answers: Answers) -> None:
        # Two writes, so two records of TLS, and with a cork on the socket one segment.
        connection: socket.socket = cast("Any", answers.peer)._writer.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        answers.peer.send(answers.whole())
        answers.peer.send(rest())
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)

    _way(name)(way)


_unasked("right and a stale 200", lambda: _stale(200))
_unasked("right and a stale 422", lambda: _stale(422))
_unasked("right and a stale 429", lambda: _stale(429, Retry_After="0"))
_unasked("right and a stale 401", lambda: _stale(401))
_unasked("right and an empty line", lambda: b"\r\n")


class FuzzServer:
    """What is asked of a `RawServer`: answers in a way that the seed and the request choose.

    Attributes:
        received: how often the request of a call came in whole.
        refused: how often it was answered with what means that nothing was done.
        ways: how often each way was taken.
    """

    def __init__(self, seed: str) -> None:
        self.received: Counter[int] = Counter()
        self.refused: Counter[int] = Counter()
        self.ways: Counter[str] = Counter()
        self._seed = seed
        self._lock = threading.Lock()
        self._names = list(WAYS)
        self._weights = [weight for weight, _ in WAYS.values()]

    async def __call__(self, peer: Peer) -> None:
        while (request := await peer.receive()) is not None:
            nonce = nonce_of(request)
            with self._lock:
                self.received[nonce] += 1
                chance = random.Random(f"{self._seed} {nonce} {self.received[nonce]}")
                name = chance.choices(self._names, self._weights)[0]
                self.ways[name] += 1
                self.refused[nonce] += name in REFUSALS
            await WAYS[name][1](Answers(request, nonce))
