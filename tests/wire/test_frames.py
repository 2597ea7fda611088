"""No variable of our frames holds a secret or a PDF where a call or a client fails: reports of errors show them."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rich.console
import rich.traceback
from rawserver import BILL, Peer, answers, payment, response, running, then

import ropo_jobs_client
from ropo_jobs_client import BearerToken, Environment, PdfDownload, RopoJobsClient
from ropo_jobs_client.errors import PdfTruncated, RopoError
from ropo_jobs_client.sinks import ObjectStoreSink

SECRET = "canary-7a1f"
OURS = str(Path(ropo_jobs_client.__file__).parent)


def behind(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and all that it came from, hidden or not."""
    if error is not None:
        yield error
        yield from behind(error.__cause__)
        yield from behind(error.__context__)


def frames(error: BaseException) -> Iterator[dict[str, Any]]:
    """Yield the variables of each frame of ours in an exception and what it came from."""
    for one in behind(error):
        traceback = one.__traceback__
        while traceback is not None:
            if traceback.tb_frame.f_code.co_filename.startswith(OURS):
                yield traceback.tb_frame.f_locals
            traceback = traceback.tb_next


def assert_nothing_shown(error: BaseException) -> None:
    shown = [(name, repr(value)) for variables in frames(error) for name, value in variables.items()]
    assert [name for name, text in shown if SECRET in text] == []
    for one in behind(error):
        assert SECRET not in str(one) + repr(one)


def from_env(**variables: str) -> Callable[[], object]:
    return lambda: RopoJobsClient.from_env({"ROPO_ENVIRONMENT": "FINLAND_TEST", **variables})


FAILING: dict[str, Callable[[], object]] = {
    "a wrong environment": from_env(ROPO_CID="1", ROPO_APICODE=SECRET, ROPO_ENVIRONMENT="MARS"),
    "a wrong token": from_env(ROPO_TOKEN=f"{SECRET} ä"),
    "two credentials": from_env(ROPO_TOKEN=SECRET, ROPO_APICODE=SECRET),
    "a wrong base_url": lambda: RopoJobsClient.from_env(
        {"ROPO_TOKEN": SECRET, "ROPO_BASE_URL": f"https://u:{SECRET}@h/"}
    ),
    "a wrong option beside the variables": lambda: RopoJobsClient.from_env(
        {"ROPO_TOKEN": SECRET, "ROPO_ENVIRONMENT": "SWEDEN"}, retries=-1
    ),
    "a wrong option beside a proxy": lambda: RopoJobsClient.from_env(
        {"ROPO_TOKEN": "t", "ROPO_ENVIRONMENT": "SWEDEN"}, retries=-1, proxy=f"http://u:{SECRET}@h:1"
    ),
    "a password with a slash in base_url": lambda: RopoJobsClient(
        BearerToken("t"), base_url=f"https://u:{SECRET}/x@h/rest"
    ),
    "a password in base_url": lambda: RopoJobsClient(BearerToken("t"), base_url=f"https://u:{SECRET}@h/rest"),
    "a wrong proxy": lambda: RopoJobsClient(
        BearerToken("t"), environment=Environment.SWEDEN, proxy=f"http://u:{SECRET}@h:999999"
    ),
}


@pytest.mark.parametrize("name", FAILING)
def test_a_client_that_cannot_be_made(name: str) -> None:
    with pytest.raises(ValueError, match=" must ") as caught:
        FAILING[name]()
    assert_nothing_shown(caught.value)


@pytest.mark.parametrize("text", [f"http://u:{SECRET}@h:999999", f"nonsense://u:{SECRET}@h:1"])
@pytest.mark.parametrize("environ", ["the process", "a mapping"])
def test_a_proxy_of_the_environment(monkeypatch: pytest.MonkeyPatch, text: str, environ: str) -> None:
    monkeypatch.setenv("HTTPS_PROXY", text)
    monkeypatch.setenv("ROPO_TOKEN", SECRET)
    monkeypatch.setenv("ROPO_ENVIRONMENT", "SWEDEN")
    with pytest.raises(ValueError, match=r"^HTTPS_PROXY must ") as caught:
        RopoJobsClient.from_env(None if environ == "the process" else dict(os.environ))
    assert_nothing_shown(caught.value)


def test_a_client_that_is_being_made_has_a_repr() -> None:
    console = rich.console.Console(record=True, width=200)
    try:
        RopoJobsClient(BearerToken("t"), environment=Environment.SWEDEN, retries=-1)
    except ValueError:
        console.print(rich.traceback.Traceback(show_locals=True))
    assert "<RopoJobsClient>" in console.export_text()


class Store:
    """Stands for a store of obstore: it is asked for nothing here."""

    async def put_async(self, *_: object, **__: object) -> None:
        raise AssertionError

    async def head_async(self, *_: object) -> None:
        raise FileNotFoundError


class Keeps:
    """A sink that reads it all."""

    async def has(self, name: str) -> bool:
        return False

    async def put(self, name: str, chunks: AsyncIterator[bytes], size: int | None, content_type: str | None) -> None:
        async for _ in chunks:
            pass


@pytest.mark.asyncio
@pytest.mark.parametrize("sink", [ObjectStoreSink(Store()), Keeps()], ids=["a store", "one's own"])
async def test_a_pdf_that_a_sink_is_not_given_whole(sink: Any) -> None:
    cut = response(f"%PDF-1.4\n{SECRET}".encode())
    async with running(answers(cut), retries=0) as (_, client):
        with pytest.raises(PdfTruncated) as caught:
            await client.pdf(jobid=1).put(sink, "a.pdf")
    assert_nothing_shown(caught.value)


WAYS: dict[str, Callable[[RopoJobsClient, Path], Awaitable[object]]] = {
    "stream": lambda ropo, _: stream(ropo.pdf(jobid=1)),
    "read": lambda ropo, _: ropo.pdf(jobid=1).read(),
    "save": lambda ropo, directory: ropo.pdf(jobid=1).save(directory / "a.pdf"),
    "put": lambda ropo, _: ropo.pdf(jobid=1).put(Keeps(), "a.pdf"),
    "stream a local print": lambda ropo, _: stream(ropo.local_print([BILL])),
    "read a local print": lambda ropo, _: ropo.local_print([BILL]).read(),
    "save a local print": lambda ropo, directory: ropo.local_print([BILL]).save(directory / "a.pdf"),
    "put a local print": lambda ropo, _: ropo.local_print([BILL]).put(Keeps(), "a.pdf"),
    "get a job": lambda ropo, _: ropo.get_job(jobid=1),
    "pay": lambda ropo, _: ropo.add_payment(payment()),
}
# Each holds what nobody may see where the texts of a transport or the variables of a frame would show it.
SPOILT: dict[str, bytes] = {
    "head": b"HTTP/1.1 200 " + SECRET.encode() + b"\r\n" + SECRET.encode() + b"\r\n\r\n",
    "chunk": response(
        b"5\r\n%PDF-\r\n" + SECRET.encode() + b"\r\n", length=None, Transfer_Encoding="chunked", Set_Cookie=SECRET
    ),
    "gzip": response(b"%PDF-" + SECRET.encode(), Content_Encoding="gzip", Set_Cookie=SECRET),
    "text": response(SECRET.encode(), content_type=f"text/plain; {SECRET}", Set_Cookie=SECRET),
    "part": response(SECRET.encode(), status=206, Set_Cookie=SECRET),
    "cut": response(b"%PDF-" + SECRET.encode(), length=100, Set_Cookie=SECRET),
    "refused": response(SECRET.encode(), status=400, content_type=f"text/{SECRET}", Set_Cookie=SECRET),
}


async def stream(download: PdfDownload) -> None:
    async with download as opened:
        async for _ in opened:
            pass


@pytest.mark.anyio
@pytest.mark.fast
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("reply", SPOILT.values(), ids=SPOILT.keys())
async def test_what_an_error_came_from_quotes_no_response(way: str, reply: bytes, tmp_path: Path) -> None:
    async with running(answers(then(reply, Peer.close)), retries=0) as (_, client):
        with pytest.raises(RopoError) as caught:
            await WAYS[way](client, tmp_path)
    assert_nothing_shown(caught.value)
    assert {isinstance(error, RopoError) for error in behind(caught.value)} == {True}
