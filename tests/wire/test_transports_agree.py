"""Both transports are sent the same bytes, over sockets, plain and TLS, and must come to the same end.

What a single parser makes of them is in test_framing.py. Here is what a caller sees.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, Literal

import anyio
import pytest
import trustme
from framings import ALL, HEADS, LENGTHS, PDF, PDFS
from rawserver import PATIENCE, Peer, RawServer, connect, payment

from ropo_jobs_client import RopoJobsClient
from ropo_jobs_client.errors import RopoError

Transport = Literal["fast"] | None
Call = Callable[[RopoJobsClient], Awaitable[object]]

# So many at once: the machine has few cores, and nothing here may be decided by a timeout.
AT_ONCE = 16

CASES = {name: data for name, data in ALL.items() if len(data) < 200_000}
NAMES = list(CASES)


async def _get(client: RopoJobsClient) -> object:
    return (await client.get_job(jobid=1)).jobid


async def _pay(client: RopoJobsClient) -> object:
    return (await client.add_payment(payment())).to_dict()


async def _read_pdf(client: RopoJobsClient) -> object:
    async with client.pdf(jobid=1) as found:
        return hashlib.sha256(await found.read()).hexdigest()


def _pieces(data: bytes, way: str) -> list[bytes]:
    if way == "dripped":
        # From 1 to 7 bytes, and again.
        sizes = [1, 2, 3, 4, 5, 6, 7] * (len(data) // 28 + 1)
        pieces: list[bytes] = []
        for size in sizes:
            pieces.append(data[:size])
            data = data[size:]
        return [piece for piece in pieces if piece]
    if way.startswith("cut"):
        _, share, _ = way.split()
        return [data[: len(data) * int(share) // 100]]
    return [data]


class _Script:
    """Answers with what the path of the request says: a case, and how it comes."""

    async def __call__(self, peer: Peer) -> None:
        while (request := await peer.receive()) is not None:
            _, number, way, _ = request.target.split("/", 3)
            way = way.replace("_", " ")
            pieces = _pieces(CASES[NAMES[int(number)]], way)
            for piece in pieces:
                peer.send(piece)
                if len(pieces) > 1:
                    await peer.sent()
                    await asyncio.sleep(0.0005)
            await peer.sent()
            if way.endswith("reset"):
                peer.reset()
            return


async def _outcome(call: Call, client: RopoJobsClient) -> str:
    try:
        async with client:
            return f"gives {await call(client)}"
    except RopoError as error:
        return f"{type(error).__name__} {getattr(error, 'status', '')}"


async def _outcomes(
    server: RawServer, call: Call, way: str, names: list[str], transport: Transport, ssl_context: ssl.SSLContext | None
) -> dict[str, str]:
    found: dict[str, str] = {}
    limiter = anyio.CapacityLimiter(AT_ONCE)

    async def one(name: str) -> None:
        base_url = server.base_url.replace("/rest", f"/{NAMES.index(name)}/{way.replace(' ', '_')}/rest")
        async with limiter:
            client = connect(server, base_url=base_url, transport=transport, ssl_context=ssl_context, retries=0)
            found[name] = await _outcome(call, client)

    with anyio.fail_after(10 * PATIENCE):
        async with anyio.create_task_group() as group:
            for name in names:
                group.start_soon(one, name)
    return found


@pytest.fixture(scope="module")
def authority() -> Any:
    # Any: its own types speak of pyOpenSSL, which is not here.
    return trustme.CA()


_MORE_WAYS = ["cut 20 closed", "cut 95 closed", "cut 60 reset", "cut 95 reset"]
WAYS = ["whole", "dripped", "cut 60 closed", *(_MORE_WAYS if os.environ.get("ROPO_MATRIX") == "full" else [])]


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
@pytest.mark.parametrize("is_tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("call", [_get, _pay, _read_pdf])
async def test_they_come_to_the_same_end(call: Call, way: str, is_tls: bool, authority: Any) -> None:
    mine = theirs = None
    if is_tls:
        mine, theirs = ssl.create_default_context(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.configure_trust(mine)
        authority.issue_cert("127.0.0.1").configure_cert(theirs)
    names = list(PDFS) if call is _read_pdf else [*NAMES] if call is _get else [*HEADS, *LENGTHS]
    names = [name for name in names if name in CASES and (way != "dripped" or len(CASES[name]) < 5_000)]
    with RawServer(_Script(), theirs) as server:
        default = await _outcomes(server, call, way, names, None, mine)
        fast = await _outcomes(server, call, way, names, "fast", mine)
    if way.endswith("reset"):
        # It may overtake what was sent before it, so how they fail is left to chance; but fail they must.
        cut = {"plain", "no length", "chunks", *PDFS}.intersection(names)
        assert not [name for name in cut if default[name].startswith("gives") or fast[name].startswith("gives")]
        return
    assert {name: (default[name], fast[name]) for name in names if default[name] != fast[name]} == {}
    if way in {"whole", "dripped"}:
        expected = f"gives {hashlib.sha256(PDF).hexdigest()}" if call is _read_pdf else "gives"
        assert default["a PDF" if call is _read_pdf else "plain"].startswith(expected)
