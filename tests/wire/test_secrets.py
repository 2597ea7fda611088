"""Nobody shows a secret: canaries in every sensitive place, through whatever prints errors and objects."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import io
import json
import logging
import pickle
import pprint
import re
import tempfile
import traceback
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import loguru
import pytest
import rich.console
import rich.pretty
import rich.traceback
import sentry_sdk
import sentry_sdk.transport
import sentry_sdk.utils
import structlog

from ropo_jobs_client import ApiCode, AttemptEvent, BearerToken, RopoJobsClient, models

# Not in variables of a test: those are shown, and are the test's own.
CODE = "canary-code-7a1f"
TOKEN = "canary-token-7a1f"
PASSWORD = "canary-password-7a1f"
SSN = "canary-ssn-7a1f"
PERSON = "canary-person-7a1f"
ANSWER = "canary-answer-7a1f"
CANARY = re.compile(r"canary-\w+-7a1f")

HEAD = "HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\nX-Request-Id: r-1\r\n\r\n"


def response(status: int, body: Any, *, length: int | None = None, media_type: str = "application/json") -> bytes:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = HEAD.format(status, len(content) if length is None else length).replace("application/json", media_type)
    return head.encode() + content


# What answers: bytes, or None for nothing at all; "unread" does not even read.
Answer = bytes | None | str


@dataclass(repr=False)
class Server:
    """Answers each path as it was told, and the rest with a token."""

    answers: dict[str, Answer]
    port: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list[asyncio.StreamWriter])

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while line := await reader.readline():
                path = line.split()[1].decode().removeprefix("/rest").partition("?")[0]
                answer = self.answers.get(path, response(200, {"token": TOKEN}))
                if answer == "unread":
                    await asyncio.sleep(30)
                length = 0
                while (header := await reader.readline()) not in {b"\r\n", b""}:
                    if header.lower().startswith(b"content-length:"):
                        length = int(header.split(b":")[1])
                await reader.readexactly(length)
                if answer is None:
                    await asyncio.sleep(30)
                assert isinstance(answer, bytes)
                writer.write(answer)
                await writer.drain()
                if b"Content-Length: 999" in answer:
                    writer.close()
                    return


@contextlib.asynccontextmanager
async def serving(answers: dict[str, Answer]) -> AsyncGenerator[Server]:
    found = Server(answers)
    server = await asyncio.start_server(found.handle, "127.0.0.1", 0)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        for writer in found.writers:
            writer.transport.abort()


def bill(**more: Any) -> models.JobItem:
    return models.JobItem(jobtype=0, customertype=2, address=PERSON, city="x", person=PERSON, govid=SSN, **more)


def bills(count: int) -> list[models.JobItem]:
    return [bill(billnum=str(i), freetext=PERSON * 200) for i in range(count)]


@dataclass(repr=False)
class Case:
    """What happens: the answers of the server, the options of the client, and what is called."""

    call: Callable[[RopoJobsClient], Awaitable[object]]
    answers: dict[str, Answer] = field(default_factory=dict[str, Answer])
    options: dict[str, Any] = field(default_factory=dict[str, Any])
    credentials: Callable[[], Any] = lambda: ApiCode("1000011", CODE)
    # No server listens.
    is_down: bool = False
    cancel: bool = False


async def no_token() -> str:
    return f"{TOKEN} {TOKEN}"


async def broken_token() -> str:
    raise RuntimeError("no token today")


def add(ropo: RopoJobsClient) -> Awaitable[object]:
    return ropo.add_bills([bill()])


def find(ropo: RopoJobsClient) -> Awaitable[object]:
    return ropo.find_jobs_by_end_customer(ssn=SSN)


def get(ropo: RopoJobsClient) -> Awaitable[object]:
    return ropo.get_job(jobid=1)


def read_pdf(ropo: RopoJobsClient) -> Awaitable[object]:
    return ropo.pdf(jobid=1).read()


async def save_pdf(ropo: RopoJobsClient) -> None:
    with tempfile.TemporaryDirectory() as folder:
        await ropo.pdf(jobid=1).save(Path(folder, "1.pdf"))


async def stream_pdf(ropo: RopoJobsClient) -> None:
    async with ropo.pdf(jobid=1) as pdf:
        while await anext(pdf, b""):
            pass


def pdf(content: bytes, length: int | None = None) -> dict[str, Answer]:
    return {"/jobs/pdf": response(200, content, length=length, media_type="application/pdf")}


FAST_END = {"timeout": 0.3, "deadline": 0.6, "retries": 0}
REFUSED = {"error": {"code": 5}, "errorText": f"{PERSON} and {SSN} are refused"}
PDF = f"%PDF-1.7 {ANSWER}".encode()

CASES: dict[str, Case] = {
    "success": Case(get, {"/jobs": response(200, {"jobid": 1, "person": ANSWER})}),
    "refused credentials": Case(get, {"/token": response(400, {"error": f"no {CODE}"})}),
    "a token that cannot be sent": Case(get, {"/token": response(200, {"token": f"{TOKEN} {TOKEN}"})}),
    "a token function that gives none": Case(get, credentials=lambda: no_token),
    "a token function that fails": Case(get, credentials=lambda: broken_token),
    "a token that is refused": Case(
        get, {"/jobs": response(401, {"error": f"{TOKEN} is no good"})}, credentials=lambda: BearerToken(TOKEN)
    ),
    "no connection for a token": Case(get, is_down=True, options=FAST_END),
    "no connection": Case(find, is_down=True, options=FAST_END, credentials=lambda: BearerToken(TOKEN)),
    "a proxy that is not there": Case(get, options={**FAST_END, "proxy": "down"}),
    "refused": Case(add, {"/jobs": response(422, REFUSED)}),
    "refused customer": Case(find, {"/jobs/findbyendcustomer": response(422, {"error": f"no {SSN}"})}),
    "server error": Case(add, {"/jobs": response(500, REFUSED)}),
    "no answer": Case(add, {"/jobs": None}, FAST_END),
    "no answer to a token": Case(get, {"/token": None}, FAST_END),
    "a large body nobody reads": Case(lambda ropo: ropo.add_bills(bills(3_000)), {"/jobs": "unread"}, FAST_END),
    "half an answer": Case(find, {"/jobs/findbyendcustomer": response(200, {"a": ANSWER}, length=999)}, FAST_END),
    "cancelled": Case(add, {"/jobs": None}, cancel=True),
    "cancelled in a large body": Case(lambda ropo: ropo.add_bills(bills(3_000)), {"/jobs": "unread"}, cancel=True),
    "the wrong type": Case(get, {"/jobs": response(200, {"jobid": [ANSWER], "person": ANSWER})}),
    "the wrong type in a list": Case(
        lambda ropo: ropo.get_status_updates(billnum="1"),
        {"/jobs/statusupdates": response(200, [{"jobid": 1, "x": ANSWER}, {"status": ANSWER, "y": ANSWER}])},
    ),
    "no object": Case(get, {"/jobs": response(200, [ANSWER])}),
    "no JSON": Case(get, {"/jobs": response(200, f"<html>{ANSWER}".encode())}),
    "not the PDF": Case(read_pdf, pdf(f"<html>{ANSWER}".encode())),
    "not the PDF, streamed": Case(stream_pdf, pdf(f"<html>{ANSWER}".encode())),
    "much that is not the PDF, streamed": Case(stream_pdf, pdf(f"<html>{ANSWER}".encode() * 500)),
    "an error for a PDF": Case(read_pdf, {"/jobs/pdf": response(200, {"error": "x", "at": ANSWER})}),
    "half a PDF, read": Case(read_pdf, pdf(PDF, 999), FAST_END),
    "half a PDF, saved": Case(save_pdf, pdf(PDF, 999), FAST_END),
    "half a PDF, streamed": Case(stream_pdf, pdf(PDF, 999), FAST_END),
    "a wrong value": Case(lambda ropo: ropo.add_bills([bill(contactperson=f"{PERSON}\ud800")])),
    "a wrong type": Case(lambda ropo: ropo.add_bills([bill(email=[PERSON])])),
    "a wrong amount": Case(
        lambda ropo: ropo.add_payment(
            models.JobAddPayment(amount=Decimal(0), paydate="2026-11-22", jobid=1, additional_properties={"x": PERSON})
        )
    ),
    "a customer without a name": Case(lambda ropo: ropo.find_jobs_by_end_customer(ssn=SSN * 200)),
}


# What shows: the error with its frames, and the objects


def shown_by_rich(error: BaseException, objects: list[Any]) -> str:
    console = rich.console.Console(file=io.StringIO(), width=200)
    trace = rich.traceback.Traceback.from_exception(
        type(error), error, error.__traceback__, show_locals=True, locals_max_length=100, locals_max_string=2000
    )
    console.print(trace)
    for one in objects:
        console.print(rich.pretty.Pretty(one, max_string=2000))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def shown_by_structlog(renderer: Any, *processors: Any) -> Callable[[BaseException, list[Any]], str]:
    def show(error: BaseException, objects: list[Any]) -> str:
        out = io.StringIO()
        logger = structlog.wrap_logger(structlog.PrintLogger(out), processors=[*processors, renderer])
        logger.error("x", exc_info=error, objects=[repr(one) for one in objects], error=repr(error))
        return out.getvalue()

    return show


def shown_by_logging(error: BaseException, objects: list[Any]) -> str:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    record = logging.LogRecord("x", 40, __file__, 1, "%s %r %s", (error, error, objects), None)
    record.exc_info = (type(error), error, error.__traceback__)
    handler.emit(record)
    return out.getvalue()


def shown_by_loguru(error: BaseException, objects: list[Any]) -> str:
    out = io.StringIO()
    logger = loguru.logger
    logger.remove()
    number = logger.add(out, diagnose=True, backtrace=True)
    logger.opt(exception=error).error("{} {!r} {}", error, error, objects)
    logger.remove(number)
    return out.getvalue()


class Envelopes(sentry_sdk.transport.Transport):
    """Keeps what would be sent to Sentry."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []

    def capture_envelope(self, envelope: Any) -> None:
        self.sent.append(envelope.serialize())


def shown_by_sentry(error: BaseException, objects: list[Any]) -> str:
    envelopes = Envelopes()
    client = sentry_sdk.Client(
        dsn="http://key@127.0.0.1:9/1", transport=envelopes, default_integrations=False, max_value_length=100_000
    )
    event, hint = sentry_sdk.utils.event_from_exception(error, client_options=client.options)
    event["extra"] = {"objects": objects}
    client.capture_event(event, hint)
    assert len(envelopes.sent) == 1
    return envelopes.sent[0].decode()


def shown_by_traceback(error: BaseException, objects: list[Any]) -> str:
    lines = traceback.TracebackException.from_exception(error, capture_locals=True).format()
    # Also what `raise ... from None` hides: a crash reporter may look at it.
    seen: set[int] = set()
    behind: BaseException | None = error
    more: list[str] = []
    while behind is not None and id(behind) not in seen:
        seen.add(id(behind))
        more += traceback.TracebackException.from_exception(behind, capture_locals=True).format()
        behind = behind.__context__
    return "".join([*lines, *more, *map(repr, objects)])


def shown_by_faulthandler(error: BaseException, objects: list[Any]) -> str:
    with tempfile.TemporaryFile() as file:
        faulthandler.dump_traceback(file)
        file.seek(0)
        return file.read().decode()


def shown_by_pytest(error: BaseException, objects: list[Any]) -> str:
    made: Any = pytest.ExceptionInfo
    info = made.from_exception(error)
    return "\n".join(str(info.getrepr(style=style, showlocals=True)) for style in ("long", "short", "native"))


PRINTERS: dict[str, Callable[[BaseException, list[Any]], str]] = {
    "repr": lambda error, objects: repr([error, *objects]),
    "str": lambda error, objects: " ".join(map(str, [error, *objects])),
    "pprint": lambda error, objects: pprint.pformat([error, *objects]),
    "traceback with locals": shown_by_traceback,
    "logging": shown_by_logging,
    "rich": shown_by_rich,
    "structlog console": shown_by_structlog(
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.RichTracebackFormatter(show_locals=True))
    ),
    "structlog JSON": shown_by_structlog(structlog.processors.JSONRenderer(), structlog.processors.dict_tracebacks),
    "loguru": shown_by_loguru,
    "Sentry": shown_by_sentry,
    "pytest -l": shown_by_pytest,
    "faulthandler": shown_by_faulthandler,
}


async def run(case: Case, transport: str, objects: list[Any]) -> BaseException | None:
    """Run the case and return what it raised. What it leaves behind goes to the objects."""
    async with serving(case.answers) as server:
        port = 9 if case.is_down else server.port
        options = dict(case.options)
        if options.get("proxy") == "down":
            options["proxy"] = f"http://user:{PASSWORD}@127.0.0.1:9"
        if transport == "fast":
            options["transport"] = "fast"
        credentials = case.credentials()
        events: list[AttemptEvent] = []
        ropo = RopoJobsClient(
            credentials, base_url=f"http://127.0.0.1:{port}/rest", on_attempt=events.append, **options
        )
        del options
        objects += [ropo, credentials, events, vars(ropo)]
        try:
            if case.cancel:
                task = asyncio.ensure_future(case.call(ropo))
                await asyncio.sleep(0.4)
                task.cancel()
                await task
            else:
                objects.append(await case.call(ropo))
        except BaseException as error:  # noqa: BLE001 # whatever it is
            objects += [vars(ropo), vars(vars(ropo).get("_pipeline") or ropo)]
            return error
        finally:
            await ropo.aclose()
    return None


@pytest.mark.product
@pytest.mark.parametrize("transport", ["default", pytest.param("fast", marks=pytest.mark.fast)])
@pytest.mark.parametrize("name", CASES)
def test_nothing_shows_a_secret(name: str, transport: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    objects: list[Any] = []
    error = asyncio.run(run(CASES[name], transport, objects))
    assert (error is None) == (name == "success")
    if error is None:
        with pytest.raises(ValueError, match="none") as caught:
            raise ValueError("none")
        error = caught.value
    hits: dict[str, set[str]] = {}
    for printer, show in PRINTERS.items():
        if found := set(CANARY.findall(show(error, objects))):
            hits[printer] = found
    if found := set(CANARY.findall(caplog.text)):
        hits["log"] = found
    # What the service said is for the program: `message`, `problem` and `raw` hold it. What we sent is not in it.
    if found := set(CANARY.findall(repr(pickle.dumps(error)))) - {ANSWER, PERSON, SSN, CODE, TOKEN}:
        hits["pickle"] = found
    assert hits == {}
