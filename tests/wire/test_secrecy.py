"""No personal data and no secret gets into a log line, an error's text, a repr or an event, whatever goes wrong."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import re
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from calls import EXAMPLES, Example
from document import body_schema, operations, properties, resolved
from rawserver import RawServer, answers, connect, connect_to, stay_silent
from replies import answer, cut_off, hang_up, refusing

from ropo_jobs_client import ApiCode, AttemptEvent, BearerToken, RopoJobsClient, models
from ropo_jobs_client.errors import DecodeError, PartlyAccepted, RopoError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Iterator

    from rawserver import Reply, Request

pytestmark = [pytest.mark.anyio, pytest.mark.fast]

APICODE = "canary-apicode-Qx7"
TOKEN = "canary-token.Zk3~9"
CODE = ApiCode("1000011", APICODE)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ropo_jobs_client._http.retry._FIRST_BACKOFF", 0.0)


# Canaries


def planted(schema: dict[str, Any], canaries: list[str], *, inside: bool = False) -> Any:
    """A value that fits a schema, with a canary in each sensitive field and an innocent value in all others."""
    inside = inside or schema.get("x-sensitive", False)
    for alternative in schema.get("oneOf", []):
        if "$ref" in alternative:
            schema = alternative
    schema = resolved(schema)
    found = schema.get("type", "object")
    kind = found if isinstance(found, str) else found[0]
    if kind == "array":
        return [planted(schema["items"], canaries, inside=inside)]
    if kind == "object":
        if inside:
            return {"anything": planted({"type": "string"}, canaries, inside=True)}
        return {name: planted(field, canaries) for name, field in properties(schema)}
    if kind in {"integer", "number"}:
        return 1
    if schema.get("format") == "date":
        return "2026-11-22"
    if not inside:
        return "innocent"
    canaries.append(f"Canary {len(canaries)}-Wq{'x' * (len(canaries) % 3)}, Å/\"'<{len(canaries)}>")
    return canaries[-1]


def body_of(operation: str) -> tuple[dict[str, Any], list[str]]:
    canaries: list[str] = []
    schema = body_schema(operation)
    assert schema is not None
    return planted(schema, canaries), canaries


JOB, JOB_CANARIES = body_of("POST /jobs")
DATA, DATA_CANARIES = body_of("PATCH /jobs")
SSN = "131052-308T"


def calls() -> Iterator[Example]:
    """Every operation, with a canary wherever the document says that there may be something sensitive."""
    job = models.Job.from_dict(JOB)
    data = models.JobDataSet.from_dict(DATA)
    changed: dict[str, Callable[[RopoJobsClient], Awaitable[object]]] = {
        "POST /jobs": lambda ropo: ropo.add_bills(job),
        "POST /jobs/preview": lambda ropo: drained(ropo.preview(job)),
        "POST /jobs/localprint": lambda ropo: drained(ropo.local_print(job)),
        "PATCH /jobs": lambda ropo: ropo.modify_job(data, billnum="innocent"),
        "PATCH /jobs/opensalesinvoices": lambda ropo: ropo.modify_open_invoices(data, custnum="1", ordernumber="2"),
        "POST /jobs/findbyendcustomer": lambda ropo: ropo.find_jobs_by_end_customer(ssn=SSN),
    }
    for example in EXAMPLES:
        call = changed.get(example.operation, example.call)
        yield Example(
            example.operation,
            example.retry,
            call,
            example.status,
            example.body,
            example.content_type,
            may_be_empty=example.may_be_empty,
        )


async def drained(stream: Any) -> None:
    async with stream as pdf:
        await pdf.read()


CALLS = tuple(calls())
CANARIES = (*JOB_CANARIES, *DATA_CANARIES, SSN, APICODE, TOKEN)


def name(example: Example) -> str:
    return example.operation


def test_there_is_a_canary_in_each_sensitive_field() -> None:
    """So that the tests below look for something. What is sensitive in requests, by the document's own marks."""
    assert len(JOB_CANARIES) == len(set(JOB_CANARIES)) > 20
    sensitive = {
        field for field, schema in properties({"$ref": "#/components/schemas/JobItem"}) if schema.get("x-sensitive")
    }
    assert {"person", "company", "govid", "address", "email", "phone", "payee", "refundiban"} <= sensitive
    item = JOB["datastream"]["dataset"][0]
    assert all("Canary" in json.dumps(item[field]) for field in sensitive)
    assert "Canary" in item["propertyrow"][0]["propvalue"]
    assert "Canary" in item["attachment"][0]["attachmentfile"]
    marked = {operation for operation in operations() if body_schema(operation) and body_of(operation)[1]}
    assert marked == {
        "POST /token",
        "POST /jobs",
        "PATCH /jobs",
        "PATCH /jobs/opensalesinvoices",
        "POST /jobs/preview",
        "POST /jobs/localprint",
        "POST /jobs/findbyendcustomer",
    }


# Looking for them


class Records(logging.Handler):
    """Every record of every logger."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def texts(self) -> Iterator[str]:
        for record in self.records:
            yield record.getMessage()
            yield repr(record.msg)
            yield repr(record.args)
            yield str(record.exc_info)

    @property
    def of_the_library(self) -> list[logging.LogRecord]:
        return [record for record in self.records if record.name.startswith("ropo")]


@contextmanager
def everything_logged() -> Generator[Records]:
    records = Records()
    root = logging.getLogger()
    before = root.level
    root.addHandler(records)
    root.setLevel(logging.DEBUG)
    try:
        yield records
    finally:
        root.setLevel(before)
        root.removeHandler(records)


def normal(text: str) -> str:
    """As it is, but for white space and escapes, in which a leak could hide."""
    return re.sub(r"\\+", "", " ".join(text.split())).casefold()


def check(texts: Iterator[str] | list[str]) -> None:
    wanted = {normal(canary): canary for canary in CANARIES}
    for text in texts:
        found = normal(text)
        for canary, original in wanted.items():
            assert canary not in found, f"{original!r} is in {text!r}"


def texts_of(error: BaseException) -> Iterator[str]:
    """All that a program could print of an error."""
    yield "".join(traceback.format_exception(error))
    for again in (error, copy.copy(error), pickle.loads(pickle.dumps(error))):
        yield str(again)
        yield repr(again)
        yield repr(again.args)
    for linked in (error.__cause__, error.__context__):
        if linked is not None:
            yield str(linked)
            yield repr(linked)


async def attempt(
    base_url: str, example: Example, credentials: Any = CODE, **options: Any
) -> tuple[RopoError | None, list[AttemptEvent], Records]:
    """Make a call, look for canaries in all that comes of it, and give it."""
    events: list[AttemptEvent] = []
    error = None
    chosen: dict[str, Any] = {"timeout": 5.0, "retries": 1, **options}
    with everything_logged() as records:
        async with connect_to(base_url, credentials=credentials, on_attempt=events.append, **chosen) as ropo:
            try:
                await example.call(ropo)
            except RopoError as raised:
                error = raised
            check([repr(ropo), str(ropo), repr(credentials), str(credentials)])
    if error is not None:
        check(texts_of(error))
    check([str(event) for event in events] + [repr(event) for event in events])
    check(records.texts())
    return error, events, records


def said(canary: str) -> list[Reply]:
    """What a service may say of a value that it refuses, in all its forms."""
    problem = {"title": "Bad", "status": 422, "detail": f"city: {canary} is not a city"}
    return [
        answer(400, {"error": f'the value "{canary}" is wrong'}),
        answer(422, problem, content_type="application/problem+json"),
        answer(409, {"error": canary.upper()}),
        answer(500, {"error": f"SQL: ...VALUES ('{canary}', 1)"}),
        answer(403, {"error": "\n\t ".join(canary.split(" "))}),
        answer(400, {"error": "x" * (498 - len(canary) // 2) + " " + canary + " y" * 2000}),
        answer(400, {"error": f"{canary}{canary}"}),
        answer(400, {"errorId": 1, "errorText": f"Hello {canary}"}),
        answer(404, canary.replace("<", ""), content_type="text/plain"),
        answer(404, f"<html>{canary}</html>", content_type="text/html"),
    ]


@pytest.mark.parametrize("example", CALLS, ids=name)
async def test_a_success_tells_nothing(example: Example) -> None:
    token = answer(201, {"token": TOKEN})
    with RawServer(
        answers(answer(example.status, example.body, content_type=example.content_type), token=token)
    ) as server:
        error, events, _ = await attempt(server.base_url, example)
        assert error is None
        assert len(events) == 2
        assert server.calls[0].headers.get("authorization") == f"Bearer {TOKEN}"


async def test_what_is_said_of_a_value_is_masked() -> None:
    """Each sensitive value of a bill, quoted in each form of an error."""
    example = next(example for example in CALLS if example.operation == "POST /jobs")
    for canary in [*JOB_CANARIES[::4], JOB_CANARIES[-1]]:
        for reply in said(canary):
            with RawServer(answers(reply)) as server:
                error, _, _ = await attempt(server.base_url, example, BearerToken("t"))
            assert error is not None


@pytest.mark.parametrize("canary", JOB_CANARIES)
async def test_each_sensitive_field_is_masked(canary: str) -> None:
    for example in CALLS:
        if example.operation in {"POST /jobs", "POST /jobs/preview"}:
            with RawServer(answers(answer(400, {"error": f"wrong: {canary}."}))) as server:
                error, _, _ = await attempt(server.base_url, example, BearerToken("t"))
            assert "wrong: ***." in str(error)
            assert error is not None
            # The words as they came are in `problem` alone: what reports errors shows a message that it finds.
            assert error.__dict__["message"] == "wrong: ***."
            assert canary in error.__dict__["problem"]["error"]


@pytest.mark.parametrize("canary", DATA_CANARIES)
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_each_sensitive_field_of_a_change_is_masked(canary: str) -> None:
    for example in CALLS:
        if example.operation.startswith("PATCH /jobs") and example.retry == "idempotent":
            with RawServer(answers(answer(400, {"error": f"wrong: {canary}."}))) as server:
                error, _, _ = await attempt(server.base_url, example, BearerToken("t"))
            assert "wrong: ***." in str(error)


async def test_the_identity_code_asked_for_is_masked() -> None:
    example = next(example for example in CALLS if example.operation == "POST /jobs/findbyendcustomer")
    for reply in said(SSN):
        with RawServer(answers(reply)) as server:
            await attempt(server.base_url, example, BearerToken("t"))


@pytest.mark.parametrize("reply", said(APICODE))
async def test_an_api_code_is_masked(reply: Reply) -> None:
    with RawServer(answers(answer(200), token=reply)) as server:
        error, _, _ = await attempt(server.base_url, CALLS[0])
    assert error is not None
    assert error.operation == "POST /token"


@pytest.mark.parametrize("reply", said(TOKEN))
async def test_a_token_is_masked(reply: Reply) -> None:
    for credentials in (CODE, BearerToken(TOKEN), _ask):
        with RawServer(answers(reply, token=answer(201, {"token": TOKEN}))) as server:
            error, _, _ = await attempt(server.base_url, CALLS[0], credentials)
            assert error is not None
            assert server.calls[0].headers.get("authorization") == f"Bearer {TOKEN}"


async def _ask() -> str:
    return TOKEN


def echo(status: int, content_type: str = "application/json", start: str = "") -> Reply:
    """An answer that says back all that came in, headers and body."""

    async def reply(request: Request) -> None:
        text = start + request.body.decode() + str(request.fields)
        body: object = {"error": text} if content_type.endswith("json") else text
        await request.answer(answer(status, body, content_type=content_type))

    return reply


@pytest.mark.product
@pytest.mark.parametrize("example", CALLS, ids=name)
@pytest.mark.parametrize(
    "reply",
    [echo(status) for status in (400, 401, 403, 404, 409, 418, 422, 429, 500, 503, 302)]
    + [echo(400, "text/plain"), echo(500, "text/html", "<html>"), echo(200, "text/html", "<html>"), echo(200, "x")]
    + [echo(200), cut_off(400), cut_off(200), hang_up, answer(200, b"\x1f", headers={"Content-Encoding": "gzip"})]
    + [answer(200, json.dumps({"jobid": list(CANARIES), "jobs": CANARIES[0], "accepted": CANARIES[1]}))]
    + [answer(200, json.dumps([dict.fromkeys(("jobid", "status", "jobs"), canary) for canary in CANARIES]))],
)
@pytest.mark.parametrize(
    "anyio_backend", ["asyncio", "fast"], indirect=True
)  # hundreds, and a text does not hang on the backend
async def test_a_failure_tells_nothing(example: Example, reply: Reply) -> None:
    with RawServer(answers(reply, token=answer(201, {"token": TOKEN}))) as server:
        await attempt(server.base_url, example)


@pytest.mark.parametrize("example", CALLS, ids=name)
async def test_no_answer_tells_nothing(example: Example) -> None:
    with refusing() as base_url:
        error, _, _ = await attempt(base_url, example)
    assert error is not None


@pytest.mark.parametrize("operation", ["GET /jobs", "POST /jobs"])
async def test_a_deadline_tells_nothing(operation: str) -> None:
    example = next(example for example in CALLS if example.operation == operation)
    with RawServer(answers(stay_silent, token=answer(201, {"token": TOKEN}))) as server:
        error, _, _ = await attempt(server.base_url, example, deadline=0.2)
    assert error is not None


async def test_partly_accepted_tells_nothing() -> None:
    example = next(example for example in CALLS if example.operation == "POST /jobs")
    with RawServer(answers(answer(201, {"accepted": 0, "refused": list(CANARIES)}))) as server:
        error, _, _ = await attempt(server.base_url, example, BearerToken("t"))
    assert type(error) is PartlyAccepted


async def test_what_cannot_be_read_is_an_attribute_only() -> None:
    with RawServer(answers(answer(200, {"jobid": f"{CANARIES[0]}"}))) as server:
        error, _, _ = await attempt(server.base_url, CALLS[0], BearerToken("t"))
    assert type(error) is DecodeError
    assert CANARIES[0].split(",")[0] in str(error.raw)


async def test_a_hook_that_raises_tells_nothing() -> None:
    def hook(_: AttemptEvent) -> None:
        raise RuntimeError(CANARIES[0])

    with RawServer(answers(answer(200, {"jobid": 123}))) as server, everything_logged() as records:
        async with connect(server, credentials=BearerToken(TOKEN), on_attempt=hook) as ropo:
            await ropo.get_job(jobid=123)
    assert any("RuntimeError" in record.getMessage() for record in records.of_the_library)
    check(records.texts())


async def test_personal_data_of_the_service_is_masked() -> None:
    """Not of the request, but it looks like what nobody should read in a log."""
    words = "131052-308T, 19811218-9876, teppo.nuutinen@example.com, +358 44 123 4567, FI21 1234 5600 0007 85"
    with RawServer(answers(answer(400, {"error": f"Same as {words}"}))) as server:
        error, _, _ = await attempt(server.base_url, CALLS[0], BearerToken("t"))
    assert error is not None
    assert error.__dict__["message"] == "Same as ***, ***, ***, ***, ***"
    assert error.__dict__["problem"] == {"error": f"Same as {words}"}
    assert "Same as ***, ***, ***, ***, ***" in str(error)
    for word in words.split(", "):
        assert word not in str(error)
        assert word not in repr(error)


def test_credentials_and_clients_tell_nothing() -> None:
    for credentials in (CODE, BearerToken(TOKEN)):
        ropo = RopoJobsClient(credentials, base_url="https://example.com/rest")
        check([repr(credentials), str(credentials), f"{credentials}", repr(ropo), repr(ropo.with_options(retries=1))])
    assert "1000011" in repr(CODE)


def test_models_tell_nothing() -> None:
    job = models.Job.from_dict(JOB)
    data = models.JobDataSet.from_dict(DATA)
    login = models.AuthLogin(cid="1", apicode=APICODE)
    asked = models.JobsByEndCustomerRequest(ssn=SSN)
    check([text for model in (job, data, login, asked) for text in (repr(model), str(model))])


# The log line


def lines(records: Records) -> list[tuple[int, str]]:
    return [(record.levelno, record.getMessage()) for record in records.of_the_library]


# At its end stands what a person finds the call by.
LINE = (
    r"{operation}: {status} in \d+\.\d{{3}} s, attempt {attempt}((, (DataIdentifier|jobid|billnum|billcode) [-\w]+)+)?"
)


@pytest.mark.parametrize("example", CALLS, ids=name)
async def test_a_call_is_one_line(example: Example) -> None:
    with RawServer(answers(answer(example.status, example.body, content_type=example.content_type))) as server:
        _, _, records = await attempt(server.base_url, example, BearerToken("t"))
    ((level, line),) = lines(records)
    assert level == logging.INFO
    assert re.fullmatch(LINE.format(operation=example.operation, status=example.status, attempt=1), line)


@pytest.mark.parametrize("example", CALLS, ids=name)
async def test_a_call_that_is_repeated_is_one_line(example: Example) -> None:
    busy = answer(429, b"", headers={"Retry-After": "0"})
    with RawServer(answers(busy, answer(example.status, example.body, content_type=example.content_type))) as server:
        _, _, records = await attempt(server.base_url, example, BearerToken("t"))
    ((level, line),) = lines(records)
    assert level == logging.INFO
    assert re.fullmatch(LINE.format(operation=example.operation, status=example.status, attempt=2), line)


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        (answer(400, b""), "400 BadRequest"),
        (answer(418, b""), "418 ApiError"),
        (answer(500, b""), "500 (ServerError|OutcomeUnknown)"),
        (hang_up, "no response (ConnectionLost|OutcomeUnknown)"),
        (cut_off(200), "200 (ConnectionLost|OutcomeUnknown)"),
        (answer(200, b"<html>", content_type="application/json"), "200 (DecodeError|OutcomeUnknown)"),
    ],
)
@pytest.mark.parametrize("operation", ["GET /jobs", "POST /jobs/payment", "POST /jobs/findbyendcustomer"])
async def test_a_failure_is_one_line(reply: Reply, status: str, operation: str) -> None:
    example = next(example for example in CALLS if example.operation == operation)
    with RawServer(answers(reply)) as server:
        error, _, records = await attempt(server.base_url, example, BearerToken("t"))
    assert error is not None
    ((level, line),) = lines(records)
    assert level == logging.WARNING
    assert re.fullmatch(LINE.format(operation=operation, status=status, attempt=error.attempts), line)


async def test_a_deadline_is_one_line() -> None:
    with RawServer(answers(stay_silent)) as server:
        _, _, records = await attempt(server.base_url, CALLS[0], BearerToken("t"), deadline=0.2)
    ((level, line),) = lines(records)
    assert level == logging.WARNING
    assert re.fullmatch(LINE.format(operation="GET /jobs", status="no response TimedOut", attempt=1), line)


async def test_a_token_is_a_call_of_its_own() -> None:
    with RawServer(answers(answer(200, {"jobid": 123}), token=answer(201, {"token": TOKEN}))) as server:
        _, _, records = await attempt(server.base_url, CALLS[0])
    first, second = (line for _, line in lines(records))
    assert first.startswith("POST /token: 201 in ")
    assert second.startswith("GET /jobs: 200 in ")


async def test_no_logger_tells_the_query_of_a_url() -> None:
    with RawServer(answers(answer(200, []))) as server, everything_logged() as records:
        async with connect(server) as ropo:
            await ropo.get_status_updates(billnum="BILL-4711")
            await ropo.get_status_updates(billnum="4711-2")
    for text in records.texts():
        # What names a bill is no secret; it stands in the library's own line, and in no URL.
        assert not ("BILL-4711" in text or "4711-2" in text) or "GET /jobs/statusupdates" in text
        assert "billnum=" not in text


async def test_a_quiet_logger_costs_nothing() -> None:
    logger = logging.getLogger("ropo_jobs_client")
    logger.setLevel(logging.CRITICAL)
    try:
        with RawServer(answers(answer(200, {"jobid": 123}))) as server:
            _, _, records = await attempt(server.base_url, CALLS[0], BearerToken("t"))
    finally:
        logger.setLevel(logging.NOTSET)
    assert records.of_the_library == []


def test_the_library_adds_a_handler_that_prints_nothing() -> None:
    logger = logging.getLogger("ropo_jobs_client")
    assert [type(handler) for handler in logger.handlers] == [logging.NullHandler]
    assert logger.propagate
