"""What becomes of every kind of answer, or of none: over real sockets, from servers that do not behave."""

from __future__ import annotations

import asyncio
import copy
import gzip
import json
import pickle
import time
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import anyio
import anyio.lowlevel
import pytest
import transports
from calls import BY_OPERATION, EXAMPLES, Example, change, credit_note, item, payment
from rawserver import PATIENCE, Peer, RawServer, answers, connect_to, in_turn, stay_silent, then, until
from replies import answer, cut_off, dripping, hang_up, refusing, reset, stalled

from ropo_jobs_client import UNSET, ApiCode, AttemptEvent, BearerToken, Environment, Outcome, RopoJobsClient, models
from ropo_jobs_client.api import OPERATIONS
from ropo_jobs_client.errors import (
    ApiError,
    AuthenticationFailed,
    BadRequest,
    Conflict,
    ConnectionFailed,
    ConnectionLost,
    DecodeError,
    JobNotFound,
    NotAPdf,
    NotFound,
    OutcomeUnknown,
    PermissionDenied,
    RateLimited,
    ResponseError,
    RopoError,
    ServerError,
    TimedOut,
    TransportError,
    UnprocessableEntity,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from rawserver import Reply

pytestmark = [pytest.mark.anyio, pytest.mark.fast]

GET_JOB = BY_OPERATION["GET /jobs"]
PAYMENT = BY_OPERATION["POST /jobs/payment"]
MODIFY = BY_OPERATION["PATCH /jobs"]
IS_PDF = {"GET /jobs/pdf", "POST /jobs/preview", "POST /jobs/localprint"}
PLAIN = tuple(example for example in EXAMPLES if example.operation not in IS_PDF)
# Those whose answer is read
READ = tuple(example for example in PLAIN if example.body)
FEW = (GET_JOB, MODIFY, PAYMENT, BY_OPERATION["GET /jobs/transferconfirmation"])
AT_ONCE = {"Retry-After": "0"}


def name(example: Example) -> str:
    return example.operation


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeats come at once, where the service does not ask for a pause."""
    monkeypatch.setattr("ropo_jobs_client._http.retry._FIRST_BACKOFF", 0.0)


def client(server: RawServer | str, credentials: Any = None, **options: Any) -> RopoJobsClient:
    base_url = server if isinstance(server, str) else server.base_url
    return connect_to(base_url, credentials=credentials or BearerToken("t"), **options)


async def failure(server: RawServer | str, example: Example = GET_JOB, **options: Any) -> RopoError:
    """The error of a call, and that it is plain data."""
    async with client(server, **options) as ropo:
        with pytest.raises(RopoError) as caught:
            await example.call(ropo)
    error = caught.value
    for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(again) is type(error)
        assert (str(again), repr(again), again.__dict__) == (str(error), repr(error), error.__dict__)
    return error


def good(example: Example) -> Reply:
    return answer(example.status, example.body, content_type=example.content_type)


# Each status is its error

PROBLEM = {"type": "about:blank", "title": "A title", "status": 400, "detail": "The detail"}
STATUSES: list[tuple[int, type[ApiError]]] = [
    (400, BadRequest),
    (401, AuthenticationFailed),
    (402, ApiError),
    (403, PermissionDenied),
    (404, JobNotFound),
    (405, ApiError),
    (409, Conflict),
    (410, ApiError),
    (413, ApiError),
    (418, ApiError),
    (422, UnprocessableEntity),
    (429, RateLimited),
    (499, ApiError),
]


@pytest.mark.product
@pytest.mark.parametrize(("status", "kind"), STATUSES)
@pytest.mark.parametrize("example", FEW, ids=name)
async def test_a_refusal_is_its_error(status: int, kind: type[ApiError], example: Example) -> None:
    with RawServer(answers(answer(status, {"error": "No, because"}))) as server:
        error = await failure(server, example, retries=0)
    assert type(error) is kind
    assert (error.status, error.operation, error.attempts) == (status, example.operation, 1)
    assert (error.message, error.problem, error.retry_after) == ("No, because", {"error": "No, because"}, None)
    assert str(status) in str(error)
    assert example.operation in str(error)
    assert "No, because" in str(error)
    assert "because" not in repr(error)
    assert len(server.calls) == 1


@pytest.mark.parametrize("status", [500, 501, 502, 503, 504, 505, 520, 599])
async def test_5xx(status: int) -> None:
    with RawServer(answers(answer(status, {"error": "Broken"}))) as server:
        error = await failure(server, retries=0)
        unknown = await failure(server, PAYMENT, retries=0)
    assert type(error) is ServerError
    assert (error.status, error.message) == (status, "Broken")
    assert type(unknown) is OutcomeUnknown
    assert unknown.status == status
    assert type(unknown.__cause__) is ServerError


@pytest.mark.parametrize(
    ("reply", "message", "problem"),
    [
        (answer(400, PROBLEM, content_type="application/problem+json"), "The detail", PROBLEM),
        (answer(400, {"title": "A title"}), "A title", {"title": "A title"}),
        (answer(400, {"error": "An error"}), "An error", {"error": "An error"}),
        (answer(400, {"error": "An error"}, content_type="text/html"), "An error", {"error": "An error"}),
        (answer(400, {"errorId": 1, "errorText": "A text"}), "A text", {"errorId": 1, "errorText": "A text"}),
        (answer(400, '{"error": "\\u00e4  \\n\\u202e b"}'), "ä b", {"error": "ä  \n\u202e b"}),
        (answer(400, {"error": {"code": 5}}), None, {"error": {"code": 5}}),
        (answer(400, {"error": ""}), None, {"error": ""}),
        (answer(400, {"error": None, "title": "A title"}), "A title", {"error": None, "title": "A title"}),
        (answer(400, ["error"]), None, None),
        (answer(400, "null", content_type="application/json"), None, None),
        (answer(400, "{", content_type="application/json"), None, None),
        (answer(400, "No such thing\n", content_type="text/plain; charset=utf-8"), "No such thing", None),
        (answer(400, "J\u00e4rvi".encode("latin-1"), content_type="text/plain"), "J\ufffdrvi", None),
        (answer(400, "x" * 5000, content_type="text/plain"), None, None),
        (answer(400, "<html>No</html>", content_type="text/plain"), None, None),
        (answer(400, "<html><h1>Bad Request</h1></html>", content_type="text/html"), None, None),
        (answer(400, "No such thing", content_type="application/octet-stream"), None, None),
        (answer(400, "No such thing"), None, None),
        (answer(400), None, None),
        (answer(400, {"error": "gzipped"}, compress=True), "gzipped", {"error": "gzipped"}),
        (answer(400, b"no gzip", headers={"Content-Encoding": "gzip"}), None, None),
        (answer(400, {"error": "x"}, headers={"Content-Type": "\xe4\xff"}), "x", {"error": "x"}),
        (cut_off(400, b'{"error": "hal'), None, None),
        (answer(400, {"error": "sums", "sum": 1.10}), "sums", {"error": "sums", "sum": Decimal("1.1")}),
    ],
)
async def test_the_words_of_the_service(reply: Reply, message: str | None, problem: object) -> None:
    with RawServer(answers(reply)) as server:
        error = await failure(server)
    assert type(error) is BadRequest
    assert (error.message, error.problem) == (message, problem)
    assert "<" not in str(error)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (answer(404, {"error": "Job not found"}), JobNotFound),
        (answer(404, PROBLEM, content_type="application/problem+json"), JobNotFound),
        (answer(404, "<html>Not Found</html>", content_type="text/html"), NotFound),
        (answer(404, "Not Found", content_type="text/plain"), NotFound),
        (answer(404), NotFound),
        (answer(404, {}), NotFound),
        (answer(404, {"message": "no route"}), NotFound),
        (answer(404, [{"error": "x"}]), NotFound),
    ],
)
@pytest.mark.parametrize("example", [GET_JOB, PAYMENT], ids=name)
async def test_a_404_is_about_the_job_only_in_the_services_own_form(
    reply: Reply, kind: type[NotFound], example: Example
) -> None:
    with RawServer(answers(reply)) as server:
        error = await failure(server, example)
    assert type(error) is kind
    assert ("is base_url right? It ends in /rest" in str(error)) is (kind is NotFound)


REDIRECTS = [(302, example) for example in EXAMPLES] + [
    (status, example) for status in (300, 301, 303, 304, 307, 308) for example in FEW
]


@pytest.mark.parametrize(
    ("status", "example"), REDIRECTS, ids=lambda value: value.operation if isinstance(value, Example) else str(value)
)
async def test_a_redirect_is_not_followed(status: int, example: Example) -> None:
    with RawServer(answers(good(example))) as other:
        location = {"Location": f"{other.base_url}/jobs"}
        with RawServer(answers(answer(status, b"", headers=location))) as server:
            error: BaseException | None = await failure(server, example, credentials=ApiCode("1", "code"))
            assert len(server.calls) == 1
        assert other.accepted == 0
    # 303 after a POST means that it was done; 307 and 308 that it was not.
    if OPERATIONS[example.operation].retry == "unsafe" and status not in {307, 308}:
        assert type(error) is OutcomeUnknown
        assert error.status == status
        error = error.__cause__
    assert type(error) is ApiError
    assert error.status == status
    assert "redirects are not followed" in str(error)


async def test_a_redirect_of_the_token_is_not_followed() -> None:
    with RawServer(answers(good(GET_JOB))) as other:
        moved = answer(307, b"", headers={"Location": f"{other.base_url}/token"})
        with RawServer(answers(good(GET_JOB), token=moved)) as server:
            error = await failure(server, credentials=ApiCode("1", "code"))
            assert server.calls == []
        assert other.accepted == 0
    assert (type(error), error.operation) == (ApiError, "POST /token")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("3600", 3600.0),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("1.5", None),
        ("9" * 400, float("inf")),
        ("Mon, 01 Jan 2001 00:00:00 GMT", 0.0),
        ("Mon, 99 Foo 2001", None),
    ],
)
async def test_retry_after(header: str, expected: float | None) -> None:
    with RawServer(answers(answer(429, {"error": "wait"}, headers={"Retry-After": header}))) as server:
        error = await failure(server, PAYMENT, retries=0)
    assert type(error) is RateLimited
    assert error.retry_after == expected


async def test_retry_after_a_date() -> None:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    with RawServer(answers(answer(503, b"", headers={"Retry-After": when}))) as server:
        error = await failure(server, retries=0)
    assert isinstance(error, ServerError)
    assert error.retry_after is not None
    assert 30 < error.retry_after <= 40


@pytest.mark.parametrize("header", ["X-Request-Id", "Request-Id", "X-Correlation-Id"])
async def test_the_id_of_the_request(header: str) -> None:
    with RawServer(answers(answer(400, b"", headers={header: "abc-1"}))) as server:
        error = await failure(server)
    assert isinstance(error, ApiError)
    assert error.request_id == "abc-1"
    assert "request abc-1" in str(error)


async def test_an_id_that_is_none_is_not_shown() -> None:
    with RawServer(answers(answer(400, b"", headers={"X-Request-Id": "x" * 5000}))) as server:
        error = await failure(server)
    assert isinstance(error, ApiError)
    assert error.request_id is None


# Bodies of errors that do not end

SLOW: dict[str, Any] = {"timeout": 30.0, "deadline": 30.0}


async def test_a_long_error_body_is_cut() -> None:
    with RawServer(answers(dripping(400, b'"' + b"x" * 65536))) as server:
        error = await failure(server, **SLOW)
        await until(lambda: server.open == 0)
    assert type(error) is BadRequest
    assert error.message is None


async def test_an_error_body_just_under_the_limit_is_read() -> None:
    body = b'{"error": "read", "rest": "' + b"x" * 65000 + b'"}'
    with RawServer(answers(answer(400, body))) as server:
        error = await failure(server)
    assert isinstance(error, BadRequest)
    assert error.message == "read"


@pytest.mark.parametrize("example", [GET_JOB, PAYMENT], ids=name)
@pytest.mark.parametrize("reply", [stalled(400, b"{"), dripping(400)], ids=["stalled", "dripping"])
async def test_a_slow_error_body_does_not_cost_the_deadline(
    reply: Reply, example: Example, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ropo_jobs_client._http.pipeline._ERROR_BODY_TIME", 0.1)
    began = time.monotonic()
    with RawServer(answers(reply)) as server:
        error = await failure(server, example, **SLOW)
    assert type(error) is BadRequest
    assert time.monotonic() - began < 5


async def test_a_slow_error_body_never_outlasts_the_deadline() -> None:
    with RawServer(answers(dripping(422))) as server:
        error = await failure(server, PAYMENT, timeout=30.0, deadline=0.4)
    assert type(error) is UnprocessableEntity


# Success


@pytest.mark.product
@pytest.mark.parametrize("status", [200, 201, 202, 203, 206, 299])
@pytest.mark.parametrize("example", EXAMPLES, ids=name)
async def test_any_2xx_is_success(status: int, example: Example) -> None:
    if status == 206 and example.content_type == "application/pdf":
        pytest.skip("a part of a PDF is none")
    with RawServer(answers(answer(status, example.body, content_type=example.content_type))) as server:
        async with client(server) as ropo:
            await example.call(ropo)
    assert len(server.calls) == 1


@pytest.mark.product
@pytest.mark.parametrize("status", [200, 201, 204])
@pytest.mark.parametrize("example", EXAMPLES, ids=name)
async def test_an_empty_success(status: int, example: Example) -> None:
    with RawServer(answers(answer(status))) as server:
        if example.may_be_empty:
            async with client(server) as ropo:
                result = await example.call(ropo)
            assert result in (None, [], models.JobAddCreditNoteResponse(), models.JobPatchOpenSalesInvoicesResponse())
        else:
            error = await failure(server, example)
            if example.operation in IS_PDF:
                assert type(error) is NotAPdf
                assert ("must not be sent again" in str(error)) is not example.is_harmless
            else:
                unusable = error if example.is_harmless else error.__cause__
                assert type(unusable) is DecodeError
                assert type(error) is (DecodeError if example.is_harmless else OutcomeUnknown)
    assert len(server.calls) == 1


UNREADABLE = [
    b"{",
    b"no",
    b"<html><body>Welcome</body></html>",
    b"NaN",
    b'{"jobid": Infinity}',
    b"[" * 100_000,
    b"\xff\xfe\x00",
    b'"text"',
    b"5",
    b"true",
    b"null",
    b'{"jobid": 1} trailing',
    '{"city": "J\u00e4rvi"}'.encode("latin-1"),
    b'{"jobid": ' + b"9" * 5000 + b"}",
]


@pytest.mark.parametrize("example", READ, ids=name)
async def test_an_answer_that_cannot_be_read(example: Example) -> None:
    for body in UNREADABLE:
        with RawServer(answers(answer(200, body, content_type="application/json"))) as server:
            error = await failure(server, example)
        unusable = error if example.is_harmless else error.__cause__
        assert type(error) is (DecodeError if example.is_harmless else OutcomeUnknown)
        assert isinstance(unusable, DecodeError)
        assert (unusable.raw, unusable.status, unusable.operation) == (body, 200, example.operation)
        assert error.attempts == 1
        assert len(server.calls) == 1


@pytest.mark.parametrize("example", [e for e in READ if e.operation != "GET /jobs/statusupdates"], ids=name)
async def test_a_list_is_no_object(example: Example) -> None:
    with RawServer(answers(answer(200, []))) as server:
        error = await failure(server, example)
    assert type(error) is (DecodeError if example.is_harmless else OutcomeUnknown)


@pytest.mark.parametrize("body", [{}, {"updates": []}, [], {"count": 0, "updates": []}])
async def test_no_changes_in_any_container(body: object) -> None:
    with RawServer(answers(answer(200, body))) as server:
        async with client(server) as ropo:
            assert await ropo.get_status_updates(billnum="A") == []


@pytest.mark.parametrize("body", [{"a": [], "b": []}, {"updates": {}}, {"updates": None}, [1], [[]], ["x"], [None]])
async def test_changes_in_no_container(body: object) -> None:
    with RawServer(answers(answer(200, body))) as server:
        error = await failure(server, BY_OPERATION["GET /jobs/statusupdates"])
    assert type(error) is DecodeError


async def test_numbers_and_texts_as_php_sends_them() -> None:
    body = b"""{"jobid": "123", "currentstatus": "0", "nextstatus": -1.0, "origjobtype": "", "billnum": 11213,
        "billcode": 4349.50, "reference": null, "accountdate": null, "paydate": "0000-00-00", "refundtojobid": null,
        "person": "", "city": "J\\u00e4rvi", "new": {"field": [1, "2", 3.10]}, "list": []}"""
    with RawServer(answers(answer(200, body))) as server:
        async with client(server) as ropo:
            job = await ropo.get_job(jobid=123)
    assert (job.jobid, job.currentstatus, job.nextstatus, job.origjobtype) == (123, 0, -1, UNSET)
    assert (job.billnum, job.billcode, job.reference) == ("11213", "4349.50", UNSET)
    assert (job.accountdate, job.paydate, job.refundtojobid) == (None, "0000-00-00", UNSET)
    assert (job.person, job.city) == ("", "Järvi")
    assert job.additional_properties == {"new": {"field": [1, "2", Decimal("3.10")]}, "list": []}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"jobid": "12x"}, "JobJobInfo.jobid"),
        ({"jobid": 1.5}, "JobJobInfo.jobid"),
        ({"jobid": True}, "JobJobInfo.jobid"),
        ({"jobid": [1]}, "JobJobInfo.jobid"),
        ({"person": {}}, "JobJobInfo.person"),
        ({"person": []}, "JobJobInfo.person"),
        ({"person": False}, "JobJobInfo.person"),
    ],
)
async def test_a_field_of_the_wrong_type(body: object, field: str) -> None:
    with RawServer(answers(answer(200, body))) as server:
        error = await failure(server)
    assert type(error) is DecodeError
    assert (error.field, error.status, error.operation) == (field, 200, "GET /jobs")
    assert field in str(error)
    assert error.raw is not None


@pytest.mark.parametrize("body", [{}, {"jobs": None}, {"jobs": ""}, {"other": []}, {"jobs": {}}, {"jobs": [1]}])
async def test_no_jobs_where_jobs_are_due(body: object) -> None:
    with RawServer(answers(answer(200, body))) as server:
        error = await failure(server, BY_OPERATION["POST /jobs/findbyendcustomer"])
    assert type(error) is DecodeError
    assert str(error.field).startswith("JobsByEndCustomerResponse.jobs")
    assert error.status == 200
    assert isinstance(error.raw, bytes)
    assert json.loads(error.raw) == body


JOB = b'{"jobid": 123, "city": "J\xc3\xa4rvi"}'


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (JOB, {}),
        (b"\xef\xbb\xbf" + JOB, {}),
        (b"  \n" + JOB + b"\n\n", {}),
        (JOB, {"Content-Type": "text/html"}),
        (JOB, {"Content-Type": "nonsense; charset=klingon"}),
        (gzip.compress(JOB, mtime=0), {"Content-Encoding": "gzip"}),
        (gzip.compress(JOB, mtime=0), {"Content-Encoding": "GZIP"}),
        (zlib.compress(JOB), {"Content-Encoding": "deflate"}),
        (JOB, {"Content-Encoding": "identity"}),
        (JOB, {"X-Latin": "J\xe4rvi \xff"}),
        (JOB, {f"X-Header-{i}": "x" * 100 for i in range(90)}),
    ],
)
async def test_an_answer_in_any_wrapping(body: bytes, headers: dict[str, str]) -> None:
    with RawServer(answers(answer(200, body, headers=headers))) as server:
        async with client(server) as ropo:
            job = await ropo.get_job(jobid=123)
    assert (job.jobid, job.city) == (123, "Järvi")


@pytest.mark.parametrize(
    "reply",
    [
        then(b"HTTP/1.0 200 OK\r\n\r\n" + JOB, Peer.close),
        then(b"HTTP/1.1 200\r\nContent-Length: %d\r\n\r\n" % len(JOB) + JOB, Peer.close),
        then(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n" + JOB, Peer.close),
        then(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(JOB) + JOB + b"\r\n0\r\n\r\n",
            Peer.close,
        ),
    ],
    ids=["no length", "no reason", "early hints", "chunked"],
)
async def test_an_answer_in_any_http(reply: Reply) -> None:
    with RawServer(answers(reply)) as server:
        async with client(server) as ropo:
            assert (await ropo.get_job(jobid=123)).jobid == 123


@pytest.mark.parametrize("encoding", [b"gzip", b"deflate"])
@pytest.mark.parametrize("example", [GET_JOB, PAYMENT], ids=name)
async def test_a_body_that_cannot_be_decompressed(encoding: bytes, example: Example) -> None:
    reply = answer(200, b"\x1f\x8b" + JOB, headers={"Content-Encoding": encoding.decode()})
    with RawServer(answers(reply)) as server:
        error = await failure(server, example)
    assert type(error) is (ResponseError if example.is_harmless else OutcomeUnknown)
    assert len(server.calls) == 1


@pytest.mark.parametrize("status", [200, 422])
async def test_an_encoding_whose_name_is_no_ascii_is_not_decoded(status: int) -> None:
    reply = answer(status, JOB, headers={"Content-Encoding": "gz\xefp"})
    with RawServer(answers(reply)) as server:
        if status == 200:
            async with client(server) as ropo:
                assert (await ropo.get_job(jobid=123)).jobid == 123
        else:
            assert isinstance(await failure(server, GET_JOB), ApiError)


@pytest.mark.parametrize("example", [GET_JOB, PAYMENT], ids=name)
@pytest.mark.parametrize("compress", [False, True])
async def test_a_body_over_the_limit(example: Example, compress: bool) -> None:
    body = b'{"jobid": 123, "x": "' + b"x" * 1_000_000 + b'"}'
    with RawServer(answers(answer(200, body, compress=compress))) as server:
        async with client(server, max_response_bytes=len(body)) as ropo:
            await example.call(ropo)
        error = await failure(server, example, max_response_bytes=len(body) - 1)
    unusable = error if example.is_harmless else error.__cause__
    assert type(unusable) is ResponseError
    assert "max_response_bytes" in str(unusable)
    assert len(server.calls) == 2


async def test_a_body_without_end_stops_at_the_limit() -> None:
    with RawServer(answers(dripping(200, b" " * 65536))) as server:
        error = await failure(server, max_response_bytes=200_000, **SLOW)
        await until(lambda: server.open == 0)
    assert type(error) is ResponseError


@pytest.mark.parametrize("status", [200, 400])
async def test_a_bomb_that_is_packed_twice_does_not_go_off(status: int) -> None:
    bomb = gzip.compress(gzip.compress(b" " * 100_000_000))
    assert len(bomb) < 10_000
    with RawServer(answers(answer(status, bomb, headers={"Content-Encoding": "gzip, gzip"}))) as server:
        async with client(server, max_response_bytes=100_000) as ropo:
            tracemalloc.start()
            try:
                with pytest.raises((ResponseError, BadRequest)):
                    await ropo.get_job(jobid=1)
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
    assert peak < 20_000_000


# No whole answer, and what is sent again

BROKEN: dict[str, tuple[Reply, type[TransportError]]] = {
    "hang up": (hang_up, ConnectionLost),
    "reset": (reset, ConnectionLost),
    "nonsense": (then(b"SSH-2.0-OpenSSH_9.6\r\n", Peer.close), ConnectionLost),
    "half a status line": (then(b"HTTP/1.1 20", Peer.close), ConnectionLost),
    "half the headers": (then(b"HTTP/1.1 200 OK\r\nContent-Le", Peer.close), ConnectionLost),
    "two lengths": (
        then(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}", Peer.close),
        ConnectionLost,
    ),
}
BROKEN_BODY: dict[str, tuple[Reply, type[TransportError]]] = {
    "half the body": (cut_off(), ConnectionLost),
    "half a chunk": (
        then(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{", Peer.close),
        ConnectionLost,
    ),
    "no last chunk": (
        then(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n", Peer.close),
        ConnectionLost,
    ),
}
SILENT: dict[str, Reply] = {"silence": stay_silent, "stalled": stalled()}


def check_broken(
    error: RopoError, example: Example, kind: type[TransportError], server: RawServer, attempts: int = 3
) -> None:
    if example.is_harmless:
        assert type(error) is kind
        assert error.attempts == len(server.calls) == attempts
    else:
        assert type(error) is OutcomeUnknown
        assert type(error.__cause__) is kind
        assert error.attempts == len(server.calls) == 1
    assert error.operation == example.operation


@pytest.mark.product
@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("example", EXAMPLES, ids=name)
async def test_no_answer(how: str, example: Example) -> None:
    reply, kind = BROKEN[how]
    with RawServer(answers(reply)) as server:
        check_broken(await failure(server, example), example, kind, server)


@pytest.mark.product
@pytest.mark.parametrize("how", BROKEN_BODY)
@pytest.mark.parametrize("example", PLAIN, ids=name)
async def test_half_an_answer(how: str, example: Example) -> None:
    reply, kind = BROKEN_BODY[how]
    with RawServer(answers(reply)) as server:
        if not example.body:
            # Nothing is documented to be in this body, so the status is the whole answer or not at all: never wrong.
            async with client(server) as ropo:
                try:
                    await example.call(ropo)
                except RopoError as error:
                    check_broken(error, example, kind, server)
        else:
            check_broken(await failure(server, example), example, kind, server)


@pytest.mark.parametrize("how", SILENT)
@pytest.mark.parametrize("example", [GET_JOB, PAYMENT], ids=name)
async def test_no_answer_in_time(how: str, example: Example) -> None:
    with RawServer(answers(SILENT[how])) as server:
        error = await failure(server, example, timeout=0.2, retries=1)
        check_broken(error, example, TimedOut, server, attempts=2)


@pytest.mark.parametrize("example", EXAMPLES, ids=name)
async def test_nothing_listens(example: Example) -> None:
    events: list[AttemptEvent] = []
    with refusing() as base_url:
        error = await failure(base_url, example, on_attempt=events.append)
    assert type(error) is ConnectionFailed
    assert error.attempts == 3
    assert "nothing was sent" in str(error)
    assert [event.outcome for event in events] == [Outcome.NOT_SENT] * 3
    assert [event.delay is None for event in events] == [False, False, True]


STATUSES_AND_COUNTS: list[tuple[str, Reply, int, int, type[RopoError], type[RopoError]]] = [
    # a reply, how often harmless and unsafe calls are sent, and their errors
    ("408", answer(408, b""), 3, 1, ApiError, OutcomeUnknown),
    ("502", answer(502, b""), 3, 1, ServerError, OutcomeUnknown),
    ("503", answer(503, b""), 3, 1, ServerError, OutcomeUnknown),
    ("503, Retry-After", answer(503, b"", headers=AT_ONCE), 3, 1, ServerError, OutcomeUnknown),
    ("504", answer(504, b""), 3, 1, ServerError, OutcomeUnknown),
    ("500", answer(500, b""), 1, 1, ServerError, OutcomeUnknown),
    ("501", answer(501, b""), 1, 1, ServerError, OutcomeUnknown),
    ("520", answer(520, b""), 1, 1, ServerError, OutcomeUnknown),
    ("429", answer(429, b""), 3, 1, RateLimited, RateLimited),
    ("429, Retry-After", answer(429, b"", headers=AT_ONCE), 3, 3, RateLimited, RateLimited),
    ("400", answer(400, b"", headers=AT_ONCE), 1, 1, BadRequest, BadRequest),
    ("401", answer(401, b"", headers=AT_ONCE), 1, 1, AuthenticationFailed, AuthenticationFailed),
    ("403", answer(403, b""), 1, 1, PermissionDenied, PermissionDenied),
    ("404", answer(404, b""), 1, 1, NotFound, NotFound),
    ("409", answer(409, b""), 1, 1, Conflict, Conflict),
    ("422", answer(422, b""), 1, 1, UnprocessableEntity, UnprocessableEntity),
    ("423", answer(423, b"", headers=AT_ONCE), 1, 1, ApiError, ApiError),
]


@pytest.mark.parametrize(
    ("case", "example"),
    [
        pytest.param(case, example, id=f"{case[0]}-{example.operation}")
        for case in STATUSES_AND_COUNTS
        for example in (FEW if case[2] == 1 else EXAMPLES)
    ],
)
async def test_how_often_a_status_is_asked_for(
    case: tuple[str, Reply, int, int, type[RopoError], type[RopoError]], example: Example
) -> None:
    _, reply, harmless, unsafe, harmless_error, unsafe_error = case
    with RawServer(answers(reply)) as server:
        error = await failure(server, example)
    assert type(error) is (harmless_error if example.is_harmless else unsafe_error)
    assert error.attempts == len(server.calls) == (harmless if example.is_harmless else unsafe)


@pytest.mark.parametrize("retries", [0, 1, 4])
async def test_retries_is_how_often_a_call_is_sent_again(retries: int) -> None:
    with RawServer(answers(hang_up)) as server:
        error = await failure(server, retries=retries)
    assert error.attempts == len(server.calls) == retries + 1


@pytest.mark.parametrize("bad", [hang_up, answer(503, b"", headers=AT_ONCE), answer(429, b"", headers=AT_ONCE)])
@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.is_harmless], ids=name)
async def test_a_repeat_can_succeed(bad: Reply, example: Example) -> None:
    with RawServer(answers(bad, bad, good(example))) as server:
        async with client(server) as ropo:
            await example.call(ropo)
    first, second, third = server.calls
    assert first == second == third


async def test_retry_after_is_obeyed() -> None:
    events: list[AttemptEvent] = []
    with RawServer(answers(answer(503, b"", headers={"Retry-After": "1"}), good(GET_JOB))) as server:
        began = time.monotonic()
        async with client(server, on_attempt=events.append) as ropo:
            await ropo.get_job(jobid=123)
        assert time.monotonic() - began >= 1
    first, second = events
    # Up to a quarter more, so that not all who were told the same come back at once.
    assert first.delay is not None
    assert 1.0 <= first.delay <= 1.25
    assert second.delay is None


@pytest.mark.parametrize(
    ("header", "options"),
    [("61", {}), ("3600", {"deadline": 7200}), ("30", {"deadline": 10}), ("9" * 400, {}), ("10", {"deadline": 10})],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_a_long_pause_is_the_callers_decision(header: str, options: dict[str, Any], status: int) -> None:
    began = time.monotonic()
    with RawServer(answers(answer(status, b"", headers={"Retry-After": header}))) as server:
        error = await failure(server, **options)
    assert time.monotonic() - began < 5
    assert isinstance(error, ApiError)
    assert (error.status, error.retry_after, len(server.calls)) == (status, float(header), 1)


# Deadlines


@pytest.mark.parametrize(
    "reply", [dripping(), stay_silent, dripping(200, b"x" * 1000)], ids=["drip", "silence", "flow"]
)
async def test_the_deadline_ends_a_call(reply: Reply) -> None:
    began = time.monotonic()
    events: list[AttemptEvent] = []
    with RawServer(answers(reply)) as server:
        error = await failure(server, timeout=30.0, deadline=0.2, on_attempt=events.append)
        unknown = await failure(server, PAYMENT, timeout=30.0, deadline=0.2, on_attempt=events.append)
    assert time.monotonic() - began < 5
    assert type(error) is TimedOut
    assert "deadline of 0.2 s" in str(error)
    assert type(unknown) is OutcomeUnknown
    assert type(unknown.__cause__) is TimedOut
    assert unknown.status == (None if reply is stay_silent else 200)
    assert len(server.calls) == 2
    assert [event.outcome for event in events] == [Outcome.NO_ANSWER] * 2


async def test_the_deadline_spans_all_repeats() -> None:
    began = time.monotonic()
    with RawServer(answers(stay_silent)) as server:
        error = await failure(server, timeout=0.2, deadline=0.5, retries=1000)
    assert 0.4 < time.monotonic() - began < 5
    assert isinstance(error, TimedOut)
    assert 1 < len(server.calls) < 6


# Tokens

CODE = ApiCode("1000011", "code")
NO = answer(401, PROBLEM, content_type="application/problem+json")


def tokens(server: RawServer) -> list[str | None]:
    return [request.headers.get("authorization") for request in server.calls]


@pytest.mark.parametrize("example", EXAMPLES, ids=name)
async def test_after_a_401_the_token_is_renewed_and_the_call_sent_once_more(example: Example) -> None:
    with RawServer(answers(NO, good(example))) as server:
        async with client(server, CODE, retries=0) as ropo:
            await example.call(ropo)
    assert tokens(server) == ["Bearer token-1", "Bearer token-2"]
    assert len(server.token_requests) == 2


@pytest.mark.parametrize("example", EXAMPLES, ids=name)
async def test_a_second_401_is_the_end(example: Example) -> None:
    with RawServer(answers(NO)) as server:
        error = await failure(server, example, credentials=CODE)
    assert type(error) is AuthenticationFailed
    assert (error.operation, error.attempts, error.message) == (example.operation, 2, "The detail")
    assert tokens(server) == ["Bearer token-1", "Bearer token-2"]


async def test_the_same_token_is_not_sent_again() -> None:
    with RawServer(answers(NO, token=answer(201, {"token": "same"}))) as server:
        error = await failure(server, PAYMENT, credentials=CODE)
    assert type(error) is AuthenticationFailed
    assert (len(server.calls), len(server.token_requests)) == (1, 2)


async def test_a_bearer_token_fails_at_once() -> None:
    with RawServer(answers(NO)) as server:
        error = await failure(server)
    assert type(error) is AuthenticationFailed
    assert "check the credentials" in str(error)
    assert (tokens(server), server.token_requests) == (["Bearer t"], [])


async def test_a_401_after_repeats_and_repeats_after_a_401() -> None:
    busy = answer(503, b"", headers=AT_ONCE)
    with RawServer(answers(busy, NO, busy, good(GET_JOB))) as server:
        async with client(server, CODE, retries=2) as ropo:
            await ropo.get_job(jobid=123)
    assert tokens(server) == ["Bearer token-1"] * 2 + ["Bearer token-2"] * 2


async def test_a_function_is_asked_before_each_attempt() -> None:
    asked: list[str] = []

    async def ask() -> str:
        asked.append(f"asked-{len(asked) + 1}")
        await anyio.lowlevel.checkpoint()
        return asked[-1]

    busy = answer(503, b"", headers=AT_ONCE)
    with RawServer(answers(busy, busy, good(GET_JOB), NO, good(PAYMENT), NO)) as server:
        async with client(server, ask) as ropo:
            await ropo.get_job(jobid=123)
            await ropo.add_payment(payment())
            with pytest.raises(AuthenticationFailed):
                await ropo.get_job(jobid=123)
    assert tokens(server) == [f"Bearer asked-{i}" for i in range(1, 8)]
    assert len(asked) == 7


async def test_a_function_that_gives_the_same_token() -> None:
    async def ask() -> str:
        return "same"

    with RawServer(answers(NO)) as server:
        error = await failure(server, credentials=ask)
    assert type(error) is AuthenticationFailed
    assert len(server.calls) == 1


async def test_what_a_function_raises_is_the_callers_own() -> None:
    async def ask() -> str:
        raise LookupError("the vault is closed")

    with RawServer(answers(good(PAYMENT))) as server:
        async with client(server, ask) as ropo:
            with pytest.raises(LookupError, match="vault"):
                await ropo.add_payment(payment())
        assert server.accepted == 0


BAD_TOKENS: dict[str, tuple[Reply, type[RopoError], int]] = {
    "400": (answer(400, {"errorId": 1, "errorText": "Wrong"}), AuthenticationFailed, 1),
    "401": (answer(401, PROBLEM), AuthenticationFailed, 1),
    "403": (answer(403, b""), PermissionDenied, 1),
    "404": (answer(404, {"error": "x"}), NotFound, 1),
    "422": (answer(422, b""), UnprocessableEntity, 1),
    "429": (answer(429, b"", headers=AT_ONCE), RateLimited, 3),
    "500": (answer(500, b""), ServerError, 1),
    "503": (answer(503, b""), ServerError, 3),
    "hang up": (hang_up, ConnectionLost, 3),
    "half": (cut_off(), ConnectionLost, 3),
    "silence": (stay_silent, TimedOut, 3),
    "empty": (answer(200), DecodeError, 1),
    "HTML": (answer(200, "<html></html>", content_type="text/html"), DecodeError, 1),
    "list": (answer(200, []), DecodeError, 1),
    "none": (answer(201, {}), ResponseError, 1),
    "null": (answer(201, {"token": None}), ResponseError, 1),
    "blank": (answer(201, {"token": " "}), ResponseError, 1),
    "line break": (answer(201, {"token": "a\r\nX-Evil: 1"}), ResponseError, 1),
    "not ASCII": (answer(201, {"token": "ä"}), ResponseError, 1),
    "object": (answer(201, {"token": {}}), DecodeError, 1),
}


@pytest.mark.parametrize("how", BAD_TOKENS)
async def test_no_token_no_doubt(how: str) -> None:
    """Whatever goes wrong with the token, nothing was sent that could be in doubt."""
    reply, kind, count = BAD_TOKENS[how]
    with RawServer(answers(good(PAYMENT), token=reply)) as server:
        error = await failure(server, PAYMENT, credentials=CODE, timeout=0.2 if reply is stay_silent else 5.0)
        assert server.calls == []
        assert len(server.token_requests) == count
    assert type(error) is kind
    assert error.operation == "POST /token"


async def test_a_400_for_a_token() -> None:
    with RawServer(answers(token=answer(400, {"errorId": 7, "errorText": "Wrong apicode"}))) as server:
        error = await failure(server, credentials=CODE)
    assert type(error) is AuthenticationFailed
    assert (error.status, error.operation, error.problem) == (
        400,
        "POST /token",
        {"errorId": 7, "errorText": "Wrong apicode"},
    )
    assert error.problem == {"errorId": 7, "errorText": "Wrong apicode"}


async def test_a_token_of_another_status_or_type() -> None:
    with RawServer(answers(good(GET_JOB), token=answer(200, {"token": 123, "new": 1}))) as server:
        async with client(server, CODE) as ropo:
            await ropo.get_job(jobid=123)
    assert tokens(server) == ["Bearer 123"]


async def test_many_tasks_share_one_token() -> None:
    with RawServer(answers(good(GET_JOB))) as server:
        async with client(server, CODE) as ropo, anyio.create_task_group() as tasks:
            for _ in range(20):
                tasks.start_soon(_asks, ropo)
    assert len(server.token_requests) == 1
    assert set(tokens(server)) == {"Bearer token-1"}


@pytest.mark.parametrize("reply", [stay_silent, dripping(201)], ids=["silence", "drip"])
async def test_a_deadline_spent_on_a_token_leaves_no_doubt(reply: Reply) -> None:
    events: list[AttemptEvent] = []
    with RawServer(answers(good(PAYMENT), token=reply)) as server:
        error = await failure(server, PAYMENT, credentials=CODE, timeout=30.0, deadline=0.2, on_attempt=events.append)
        assert server.calls == []
    assert type(error) is TimedOut
    assert {event.operation for event in events} <= {"POST /token"}


@pytest.mark.parametrize("reply", [stay_silent, dripping(201)], ids=["silence", "drip"])
async def test_a_deadline_spent_on_the_next_token_leaves_no_doubt(reply: Reply) -> None:
    """The 401 says that the payment was not taken."""
    events: list[AttemptEvent] = []
    with RawServer(answers(NO, token=in_turn(answer(201, {"token": "first"}), reply))) as server:
        error = await failure(server, PAYMENT, credentials=CODE, timeout=30.0, deadline=0.3, on_attempt=events.append)
        assert len(server.calls) == 1
    assert isinstance(error, TimedOut)
    told = [(event.operation, event.outcome, event.status) for event in events]
    assert ("POST /jobs/payment", Outcome.ERROR_STATUS, 401) in told
    assert Outcome.NOT_SENT not in {event.outcome for event in events}


@pytest.mark.parametrize("example", [GET_JOB, PAYMENT], ids=name)
async def test_every_attempt_is_told_when_the_next_token_fails(example: Example) -> None:
    events: list[AttemptEvent] = []
    refused = answer(400, {"errorText": "Not any more"})
    with RawServer(answers(NO, token=in_turn(answer(201, {"token": "first"}), refused))) as server:
        error = await failure(server, example, credentials=CODE, on_attempt=events.append)
    assert (type(error), error.operation) == (AuthenticationFailed, "POST /token")
    assert [(event.operation, event.attempt, event.status) for event in events] == [
        ("POST /token", 1, 201),
        ("POST /token", 1, 400),
        (example.operation, 1, 401),
    ]


async def test_a_deadline_spent_waiting_for_a_connection_leaves_no_doubt() -> None:
    error: RopoError | None = None
    with RawServer(answers(stay_silent)) as server:
        async with client(server, max_connections=1, timeout=30.0) as ropo, anyio.create_task_group() as tasks:
            tasks.start_soon(_asks, ropo)
            await until(lambda: len(server.calls) == 1)
            error = await _error_of(ropo.with_options(deadline=1.0, retries=0).add_payment(payment()))
            tasks.cancel_scope.cancel()
        assert [request.operation for request in server.calls] == ["GET /jobs"]
    assert type(error) is ConnectionFailed
    assert "nothing was sent: no connection was free for 0." in str(error)
    assert error.operation == "POST /jobs/payment"


async def _error_of(call: Awaitable[object]) -> RopoError:
    with pytest.raises(RopoError) as caught:
        await call
    return caught.value


async def _asks(ropo: RopoJobsClient) -> None:
    await ropo.get_job(jobid=123)


# What an unknown outcome tells

DISPUTE = models.JobDisputeRequest()
IN_DOUBT: list[tuple[Callable[[RopoJobsClient], Awaitable[object]], str, dict[str, Any]]] = [
    (
        lambda ropo: ropo.add_bills([item(billnum="A"), item(), item(billnum="B")], data_identifier="mine"),
        "POST /jobs",
        {"billnums": ("A", "B"), "data_identifier": "mine"},
    ),
    (lambda ropo: ropo.add_bills([item()], data_identifier="mine"), "POST /jobs", {"data_identifier": "mine"}),
    (
        lambda ropo: ropo.local_print([item(billnum="A", billcode="7")], data_identifier="m").__aenter__(),
        "POST /jobs/localprint",
        {"billnums": ("A",), "data_identifier": "m"},
    ),
    (lambda ropo: ropo.add_payment(payment("A")), "POST /jobs/payment", {"billnums": ("A",)}),
    (
        lambda ropo: ropo.add_payment(models.JobAddPayment(amount=1, paydate="2026-11-22", billcode="4349")),
        "POST /jobs/payment",
        {"billcode": "4349"},
    ),
    (
        lambda ropo: ropo.add_payment(models.JobAddPayment(amount=1, paydate="2026-11-22", jobid="123")),
        "POST /jobs/payment",
        {"jobid": 123},
    ),
    (lambda ropo: ropo.add_credit_note(credit_note("A")), "POST /jobs/creditnote", {"billnums": ("A",)}),
    (lambda ropo: ropo.dispute_job(DISPUTE, jobid=123), "POST /jobs/dispute", {"jobid": 123}),
    (lambda ropo: ropo.dispute_job(DISPUTE, billnum="A"), "POST /jobs/dispute", {"billnums": ("A",)}),
    (
        lambda ropo: ropo.resolve_dispute(models.JobResolveDisputeRequest(), jobid="5"),
        "POST /jobs/dispute/resolve",
        {"jobid": 5},
    ),
    (
        lambda ropo: ropo.update_delivery_status(models.JobDeliveryStatusRequest(id="1")),
        "PATCH /jobs/deliverystatus",
        {},
    ),
    (lambda ropo: ropo.send_transfer_report("b"), "GET /jobs/transferconfirmation", {}),
]


@pytest.mark.parametrize(("call", "operation", "named"), IN_DOUBT)
@pytest.mark.parametrize("reply", [hang_up, answer(503, b"")], ids=["hang up", "503"])
async def test_an_unknown_outcome_says_what_to_look_for(
    call: Callable[[RopoJobsClient], Awaitable[object]], operation: str, named: dict[str, Any], reply: Reply
) -> None:
    before = datetime.now(UTC)
    with RawServer(answers(reply)) as server:
        async with client(server) as ropo:
            with pytest.raises(OutcomeUnknown) as caught:
                await call(ropo)
    error = caught.value
    assert (error.operation, error.attempts) == (operation, 1)
    assert error.status == (None if reply is hang_up else 503)
    told = {name: getattr(error, name) for name in ("jobid", "billnums", "billcode", "data_identifier")}
    assert told == {"jobid": None, "billnums": None, "billcode": None, "data_identifier": None, **named}
    assert error.sent_at is not None
    assert before <= error.sent_at <= datetime.now(UTC)
    assert "before sending it again, find out" in str(error)
    for key, value in named.items():
        assert (named["billnums"][0] if key == "billnums" else str(value)) in str(error)
        assert str(value) in repr(error)
    again = pickle.loads(pickle.dumps(error))
    assert (again.sent_at, again.billnums, str(again)) == (error.sent_at, error.billnums, str(error))


async def test_a_fresh_data_identifier_is_told() -> None:
    with RawServer(answers(hang_up)) as server:
        error = await failure(server, BY_OPERATION["POST /jobs"])
    assert isinstance(error, OutcomeUnknown)
    assert error.data_identifier == server.calls[0].headers.get("dataidentifier")


async def test_an_unknown_outcome_counts_the_attempts_before() -> None:
    ends: list[datetime] = []
    with RawServer(answers(answer(429, b"", headers=AT_ONCE), hang_up)) as server:

        def ended(_: AttemptEvent) -> None:
            ends.append(datetime.now(UTC))

        error = await failure(server, PAYMENT, on_attempt=ended)
    assert isinstance(error, OutcomeUnknown)
    assert (error.attempts, error.status) == (2, None)
    assert error.sent_at is not None
    assert ends[0] <= error.sent_at <= ends[1]


# on_attempt


async def test_each_attempt_is_told() -> None:
    events: list[AttemptEvent] = []
    replies = (answer(503, b"", headers=AT_ONCE), hang_up, answer(201, b"", headers={}), good(GET_JOB))
    with RawServer(answers(*replies)) as server:
        async with client(server, CODE, on_attempt=events.append) as ropo:
            with pytest.raises(DecodeError):
                await ropo.get_job(jobid=123)
            await ropo.get_job(jobid=123)
    told = [(e.operation, e.attempt, e.outcome, e.status, e.delay, e.data_identifier) for e in events]
    assert told == [
        ("POST /token", 1, "success", 201, None, None),
        ("GET /jobs", 1, "error_status", 503, 0.0, None),
        ("GET /jobs", 2, "no_answer", None, 0.0, None),
        ("GET /jobs", 3, "unreadable", 201, None, None),
        ("GET /jobs", 1, "success", 200, None, None),
    ]
    assert all(0 <= event.duration < PATIENCE for event in events)


async def test_a_renewed_token_is_told() -> None:
    events: list[AttemptEvent] = []
    with RawServer(answers(NO, good(BY_OPERATION["POST /jobs"]))) as server:
        async with client(server, CODE, on_attempt=events.append) as ropo:
            await ropo.add_bills([item()], data_identifier="mine")
    assert [(e.operation, e.attempt, e.status, e.delay, e.data_identifier) for e in events] == [
        ("POST /token", 1, 201, None, None),
        ("POST /token", 1, 201, None, None),
        ("POST /jobs", 1, 401, 0.0, "mine"),
        ("POST /jobs", 2, 201, None, "mine"),
    ]


# The last is what `result()` of a cancelled future raises.
@pytest.mark.parametrize("error", [RuntimeError("a secret"), asyncio.CancelledError()], ids=repr)
@pytest.mark.parametrize("example", EXAMPLES, ids=name)
async def test_a_hook_that_raises_harms_nothing(example: Example, error: BaseException) -> None:
    def hook(_: AttemptEvent) -> None:
        raise error

    busy = answer(429, b"", headers=AT_ONCE)
    with RawServer(answers(busy, good(example), answer(422, b""))) as server:
        async with client(server, CODE, on_attempt=hook) as ropo:
            await example.call(ropo)
            with pytest.raises(UnprocessableEntity):
                await example.call(ropo)
    assert len(server.calls) == 3


async def cancelled_by_trio() -> BaseException:
    """Have trio cancel something, and return what it has raised."""
    with anyio.CancelScope() as scope:
        scope.cancel()
        try:
            await anyio.lowlevel.checkpoint()
        except BaseException as error:  # noqa: BLE001 # only its scope has to see it, and that is over
            return error
    raise AssertionError


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, "trio's"])
async def test_what_ends_a_program_passes_a_hook(kind: Any, anyio_backend_name: str) -> None:
    if kind == "trio's" and anyio_backend_name != "trio":
        pytest.skip("only trio has a cancellation of its own")
    error: BaseException = await cancelled_by_trio() if kind == "trio's" else kind()

    def hook(_: AttemptEvent) -> None:
        raise error

    with RawServer(answers(good(PAYMENT))) as server:
        async with client(server, on_attempt=hook) as ropo:
            with pytest.raises(type(error)):
                await PAYMENT.call(ropo)
    assert len(server.calls) == 1


# Copies, closing, the environment


async def test_a_copy_shares_token_and_connections() -> None:
    with RawServer(answers(good(GET_JOB))) as server:
        async with client(server, CODE) as ropo:
            async with ropo.with_options(timeout=5, retries=0) as other:
                assert type(other) is RopoJobsClient
                await other.get_job(jobid=123)
            await ropo.get_job(jobid=123)
            await other.get_job(jobid=123)
            again = other.with_options(deadline=5)
            await again.aclose()
            await again.get_job(jobid=123)
            await ropo.get_job(jobid=123)
        assert server.accepted == 1
    assert len(server.token_requests) == 1
    assert len(server.calls) == 5


async def test_a_copy_has_its_own_options() -> None:
    with RawServer(answers(hang_up)) as server:
        async with client(server, retries=3) as ropo:
            other = ropo.with_options(retries=0)
            for one, count in ((other, 1), (ropo, 4), (other.with_options(timeout=1), 1)):
                with pytest.raises(ConnectionLost) as caught:
                    await one.get_job(jobid=1)
                assert caught.value.attempts == count


async def test_a_copy_keeps_the_hook_and_the_limit() -> None:
    events: list[AttemptEvent] = []
    with RawServer(answers(good(GET_JOB))) as server:
        async with client(server, on_attempt=events.append, max_response_bytes=5) as ropo:
            with pytest.raises(ResponseError, match="max_response_bytes"):
                await ropo.with_options(timeout=1).get_job(jobid=1)
    assert len(events) == 1


@pytest.mark.parametrize("example", EXAMPLES, ids=name)
@pytest.mark.parametrize("credentials", [CODE, BearerToken("t")], ids=["api code", "token"])
async def test_a_closed_client(example: Example, credentials: object) -> None:
    with RawServer(answers(good(example))) as server:
        ropo = client(server, credentials)
        copied = ropo.with_options(retries=0)
        await example.call(ropo)
        before = len(server.calls)
        await ropo.aclose()
        await ropo.aclose()
        for closed in (ropo, copied, ropo.with_options(retries=1)):
            with pytest.raises(RuntimeError, match="closed"):
                await example.call(closed)
        assert len(server.calls) == before


async def test_a_client_that_was_never_used_can_be_closed() -> None:
    async with RopoJobsClient(BearerToken("t"), environment=Environment.SWEDEN, transport=transports.chosen) as ropo:
        assert repr(ropo) == "<RopoJobsClient https://ropo24.se/rest>"
    with pytest.raises(RuntimeError, match="closed"):
        await ropo.get_job(jobid=1)


@pytest.mark.parametrize(
    ("variables", "token"),
    [
        ({"ROPO_CID": " 1000011 ", "ROPO_APICODE": "code\n"}, "Bearer token-1"),
        ({"ROPO_TOKEN": "fixed"}, "Bearer fixed"),
        ({"ROPO_TOKEN": "fixed", "ROPO_CID": "", "ROPO_ENVIRONMENT": " "}, "Bearer fixed"),
    ],
)
async def test_a_client_from_the_environment(
    variables: dict[str, str], token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("ROPO_CID", "ROPO_APICODE", "ROPO_TOKEN", "ROPO_ENVIRONMENT"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in variables.items():
        monkeypatch.setenv(variable, value)
    events: list[AttemptEvent] = []
    with RawServer(answers(good(GET_JOB))) as server:
        monkeypatch.setenv("ROPO_BASE_URL", server.base_url)
        async with RopoJobsClient.from_env(on_attempt=events.append, timeout=5, transport=transports.chosen) as ropo:
            await ropo.get_job(jobid=123)
    assert tokens(server) == [token]
    assert events
    if server.token_requests:
        assert server.token_requests[0].json == {"cid": "1000011", "apicode": "code"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FINLAND_TEST", "https://rc.ropo24.fi/rest"),
        ("sweden", "https://ropo24.se/rest"),
        ("norway-test", "https://rc.ropo24.no/rest"),
    ],
)
async def test_an_environment_from_the_environment(text: str, expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("ROPO_CID", "ROPO_APICODE", "ROPO_BASE_URL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("ROPO_TOKEN", "t")
    monkeypatch.setenv("ROPO_ENVIRONMENT", text)
    assert repr(RopoJobsClient.from_env(transport=transports.chosen)) == f"<RopoJobsClient {expected}>"


async def test_a_change_is_repeated_as_it_was() -> None:
    with RawServer(answers(hang_up, good(MODIFY))) as server:
        async with client(server) as ropo:
            await ropo.modify_job(change(amount=Decimal("1.10")), billnum="A")
    first, second = server.calls
    assert first == second
