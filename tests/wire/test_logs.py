"""No logger tells anything of an answer: no status line, header, trailer or address, whatever is wrong with it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any, Final

import httpcore
import pytest
import transports
from rawserver import Peer, RawServer, answers, connect, payment, response, then, until

from ropo_jobs_client import RopoJobsClient
from ropo_jobs_client.errors import RopoError

pytestmark = pytest.mark.fast

CANARY: Final = "teppo-4711"
_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_CHUNKED: Final = _HEAD + b"Transfer-Encoding: chunked\r\n\r\n"

ANSWERS: Final = {
    "good": response(b'{"jobid": 1}', content_type="application/json", Set_Cookie=f"PHPSESSID={CANARY}"),
    "status": f"HTTP/1.1 {CANARY}\r\n\r\n".encode(),
    "reason": f"HTTP/1.1 200 {CANARY}\r\nContent-Length: 12\r\n\r\n".encode() + b'{"jobid": 1}',
    "version": f"HTTP/{CANARY} 200 OK\r\n\r\n".encode(),
    "no HTTP": CANARY.encode() * 20 + b"\r\n\r\n",
    "header": _HEAD + f"{CANARY}\r\n\r\n".encode(),
    "header name": _HEAD + f"{CANARY} : 1\r\nContent-Length: 2\r\n\r\n{{}}".encode(),
    "header value": _HEAD + f"X-Name: {CANARY}\0\r\n\r\n".encode(),
    "length": _HEAD + f"Content-Length: {CANARY}\r\n\r\n".encode(),
    "two lengths": _HEAD + b"Content-Length: 4711081501\r\nContent-Length: 4711081502\r\n\r\n",
    "coding": _HEAD + f"Transfer-Encoding: {CANARY}\r\n\r\n".encode(),
    "chunk size": _CHUNKED + f"{CANARY}\r\n".encode(),
    "chunk end": _CHUNKED + f"2\r\n{{}}{CANARY}\r\n".encode(),
    "trailer": _CHUNKED + f"2\r\n{{}}\r\n0\r\n{CANARY}\r\n\r\n".encode(),
    "good trailer": _CHUNKED + f"2\r\n{{}}\r\n0\r\nX-Name: {CANARY}\r\n\r\n".encode(),
    "cut": _HEAD + f"X-Name: {CANARY}\r\nContent-Length: 100\r\n\r\n".encode(),
    "redirect": response(b"", status=302, Location=f"https://{CANARY}.example/"),
    "early": f"HTTP/1.1 103 {CANARY}\r\nLink: <{CANARY}>\r\n\r\n".encode() + response(b'{"jobid": 1}'),
    "upgrade": f"HTTP/1.1 101 {CANARY}\r\nUpgrade: {CANARY}\r\n\r\n".encode(),
}


async def _get(client: RopoJobsClient) -> None:
    await client.get_job(jobid=1)


async def _pay(client: RopoJobsClient) -> None:
    await client.add_payment(payment())


async def _pdf(client: RopoJobsClient) -> None:
    async with client.pdf(jobid=1) as pdf:
        async for _ in pdf:
            pass


@pytest.fixture
def everything(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "h11", "anyio", "asyncio", "ropo_jobs_client"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ANSWERS)
async def test_what_is_logged_holds_nothing_of_an_answer(
    kind: str, everything: pytest.LogCaptureFixture, anyio_backend: Any
) -> None:
    if anyio_backend == "asyncio":
        asyncio.get_running_loop().set_debug(True)
        # Each callback is slow then, and is told of.
        asyncio.get_running_loop().slow_callback_duration = 0.0
    for call in (_get, _pay, _pdf):
        with RawServer(answers(then(ANSWERS[kind], Peer.close))) as server:
            async with connect(server, retries=0, timeout=2) as client:
                with contextlib.suppress(RopoError):
                    await call(client)
            await until(lambda: server.open == 0)
    texts = [f"{record.getMessage()} {record.args!r} {record.exc_text}" for record in everything.records]
    assert not [text for text in texts if CANARY in text or "47110815" in text]
    assert any(record.name.startswith("httpcore") for record in everything.records) is (transports.chosen is None)


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"], indirect=True)
async def test_what_others_do_through_httpcore_is_logged_as_ever(everything: pytest.LogCaptureFixture) -> None:
    with RawServer(answers(ANSWERS["good"])) as server:
        async with connect(server) as client, httpcore.AsyncConnectionPool() as pool:
            await client.get_job(jobid=1)
            await pool.request("GET", server.base_url)
    (record,) = [one for one in everything.records if one.getMessage().startswith("receive_response_headers.complete")]
    assert CANARY in record.getMessage()
