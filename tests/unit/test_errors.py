"""The tree of errors, what each of them shows, and how an answer becomes one."""

from __future__ import annotations

import copy
import inspect
import itertools
import json
import pickle
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ropo_jobs_client import errors
from ropo_jobs_client.errors import (
    AmbiguousJob,
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
    PartlyAccepted,
    PdfTooLarge,
    PdfTruncated,
    PermissionDenied,
    RateLimited,
    ResponseError,
    RopoError,
    ServerError,
    TimedOut,
    TransportError,
    UnprocessableEntity,
    api_error,
)
from ropo_jobs_client.models import JobResponse

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = settings(derandomize=True, deadline=None, database=None, max_examples=100)

PARENTS: dict[type[RopoError], type[Exception]] = {
    RopoError: Exception,
    TransportError: RopoError,
    ConnectionFailed: TransportError,
    ConnectionLost: TransportError,
    TimedOut: TransportError,
    OutcomeUnknown: RopoError,
    ApiError: RopoError,
    BadRequest: ApiError,
    AuthenticationFailed: ApiError,
    PermissionDenied: ApiError,
    Conflict: ApiError,
    UnprocessableEntity: ApiError,
    NotFound: ApiError,
    JobNotFound: NotFound,
    RateLimited: ApiError,
    ServerError: ApiError,
    ResponseError: RopoError,
    DecodeError: ResponseError,
    NotAPdf: ResponseError,
    PdfTruncated: ResponseError,
    PdfTooLarge: ResponseError,
    PartlyAccepted: RopoError,
    AmbiguousJob: RopoError,
}

CANARY = "canary-1f3a"
RESPONSE = JobResponse.from_dict({"accepted": 1, "note": CANARY})

# What each class can hold beside its text.
FACTS: dict[type[RopoError], dict[str, Any]] = {
    RopoError: {"operation": "GET /jobs", "attempts": 2},
    ApiError: {
        "status": 418,
        "message": CANARY,
        "problem": {"detail": CANARY, "sum": Decimal("1.50")},
        "retry_after": 1.5,
        "request_id": "r-1",
    },
    OutcomeUnknown: {
        "status": 503,
        "jobid": 123,
        "billnums": ("11213", "11214"),
        "billcode": "4349",
        "data_identifier": "d-1",
        "sent_at": datetime(2026, 11, 22, 10, 30, 5, 7, tzinfo=UTC),
    },
    ResponseError: {"status": 200, "raw": CANARY.encode()},
    DecodeError: {"field": "JobJobInfo.jobid", "raw": {"jobid": CANARY}},
    PartlyAccepted: {"accepted": 1, "sent": 2, "response": RESPONSE},
    AmbiguousJob: {"jobids": (1, 2)},
}


def facts(kind: type[RopoError]) -> dict[str, Any]:
    """All that an error of this class can hold."""
    found: dict[str, Any] = {}
    for part in reversed(kind.__mro__):
        found |= FACTS.get(part, {}) if issubclass(part, RopoError) else {}
    return found


def unpickled(protocol: int) -> Callable[[RopoError], RopoError]:
    """Pickle and unpickle."""
    return lambda error: pickle.loads(pickle.dumps(error, protocol))


def full(kind: type[RopoError]) -> RopoError:
    return kind("something failed", **facts(kind))


@pytest.mark.parametrize("kind", PARENTS)
def test_the_tree(kind: type[RopoError]) -> None:
    assert kind.__bases__ == (PARENTS[kind],)
    assert kind.__doc__


def test_the_tree_is_whole() -> None:
    found = {kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, RopoError)}
    assert found == set(PARENTS)
    for kind in PARENTS:
        assert kind.__name__ in (errors.__doc__ or "")


@pytest.mark.parametrize("kind", PARENTS)
@pytest.mark.parametrize(
    "again",
    [copy.copy, copy.deepcopy, *map(unpickled, range(2, 6))],
    ids=["copy", "deepcopy", *(f"pickle {protocol}" for protocol in range(2, 6))],
)
def test_it_is_plain_data(kind: type[RopoError], again: Callable[[RopoError], RopoError]) -> None:
    error = full(kind)
    error.add_note("a note")
    same = again(error)
    assert same is not error
    assert type(same) is kind
    assert same.args == error.args
    assert same.__dict__ == error.__dict__
    assert (str(same), repr(same)) == (str(error), repr(error))


@pytest.mark.parametrize("kind", PARENTS)
def test_a_copy_is_its_own(kind: type[RopoError]) -> None:
    error = full(kind)
    copy.copy(error).attempts = 9
    assert error.attempts == 2


@pytest.mark.parametrize("kind", PARENTS)
def test_what_was_not_given_has_a_default(kind: type[RopoError]) -> None:
    error = kind("something failed")
    for name in facts(kind):
        getattr(error, name)
    assert str(error) == "something failed"
    assert (error.operation, error.attempts) == (None, 0)


@pytest.mark.parametrize("kind", PARENTS)
def test_repr_holds_no_text_at_all(kind: type[RopoError]) -> None:
    error = kind(f"failed: {CANARY}", **facts(kind))
    assert CANARY not in repr(error)
    assert repr(error).startswith(f"{kind.__name__}(operation='GET /jobs'")
    for name in ("message", "problem", "raw", "response"):
        assert f"{name}=" not in repr(error)


@pytest.mark.parametrize("kind", PARENTS)
def test_str_holds_operation_and_attempts_and_nothing_that_came(kind: type[RopoError]) -> None:
    text = str(full(kind))
    assert text.startswith("something failed (GET /jobs, 2 attempts")
    assert CANARY not in text


def test_one_attempt_is_not_worth_a_word() -> None:
    assert str(TimedOut("late", operation="GET /jobs", attempts=1)) == "late (GET /jobs)"


def test_an_api_error_shows_the_request_id() -> None:
    assert str(full(ServerError)) == "something failed (GET /jobs, 2 attempts, request r-1)"
    assert repr(full(ServerError)) == "ServerError(operation='GET /jobs', status=418, attempts=2, request_id='r-1')"


def test_an_unknown_outcome_shows_what_helps_to_find_out() -> None:
    assert str(full(OutcomeUnknown)) == (
        "something failed (GET /jobs, 2 attempts, status 503, jobid 123, billnum 11213, 11214, billcode 4349, "
        "DataIdentifier d-1, sent at 2026-11-22T10:30:05+00:00)"
    )


# How an answer becomes one

STATUSES: dict[int, type[ApiError]] = {
    301: ApiError,
    302: ApiError,
    304: ApiError,
    400: BadRequest,
    401: AuthenticationFailed,
    402: ApiError,
    403: PermissionDenied,
    404: NotFound,
    405: ApiError,
    408: ApiError,
    409: Conflict,
    410: ApiError,
    418: ApiError,
    422: UnprocessableEntity,
    429: RateLimited,
    500: ServerError,
    502: ServerError,
    503: ServerError,
    504: ServerError,
    520: ServerError,
    599: ServerError,
}

# Form: content type, body, the message in it, whether it is the service's own form.
FORMS: dict[str, tuple[str, bytes, str | None, bool]] = {
    "problem": (
        "application/problem+json",
        b'{"type":"about:blank","title":"Not it","status":404,"detail":"No such thing"}',
        "No such thing",
        True,
    ),
    "problem without detail": ("application/problem+json", b'{"title":"Not it","detail":" "}', "Not it", True),
    "error": ("application/json", b'{"error":"Bill is unknown"}', "Bill is unknown", True),
    "auth error": ("application/json; charset=utf-8", b'{"errorId":7,"errorText":"Who?"}', "Who?", True),
    "json as html": ("text/html", b'{"error":"Bill is unknown"}', "Bill is unknown", True),
    "json without type": ("", b'{"error":"Bill is unknown"}', "Bill is unknown", True),
    "plain": ("text/plain; charset=utf-8", "Hyvää\r\n päivää ".encode(), "Hyvää päivää", False),
    "long plain": ("text/plain", b"word " * 200, None, False),
    "very long plain": ("text/plain", "ä€".encode() * 5000, None, False),
    "html": ("text/html", b"<html><body>nginx</body></html>", None, False),
    "html as plain": ("text/plain", b"<html>nginx</html>", None, False),
    "text without type": ("", b"nginx", None, False),
    "empty": ("application/json", b"", None, False),
    "empty plain": ("text/plain", b" \n", None, False),
    "broken json": ("application/json", b'{"error":"nginx', None, False),
    "list": ("application/json", b'["nginx"]', None, False),
    "text": ("application/json", b'"nginx"', None, False),
    "other object": ("application/json", b'{"message":"nginx"}', None, False),
    "error is none": ("application/json", b'{"error":null}', None, False),
    "error is blank": ("application/json", b'{"error":" "}', None, False),
    "error is an object": ("application/json", b'{"error":{"a":"nginx"}}', None, False),
    "binary": ("application/octet-stream", b"\xff\x00nginx", None, False),
    "plain latin-1": ("text/plain", "Hyvää".encode("latin-1"), "Hyv\ufffd\ufffd", False),
    "deep": ("application/json", b"[" * 60_000, None, False),
}

REDIRECT = "redirects are not followed: is base_url right, with https and ending in /rest?"
WRONG_URL = "this is not the service's own form: is base_url right? It ends in /rest"
CREDENTIALS = "check the credentials and the environment they belong to"


@pytest.mark.parametrize("form", FORMS)
def test_an_answer_becomes_an_error(form: str) -> None:
    content_type, body, message, is_own_form = FORMS[form]
    for status, about_a_job in itertools.product(STATUSES, [True, False]):
        error = api_error(
            status,
            content_type,
            body,
            operation="GET /jobs",
            attempts=3,
            about_a_job=about_a_job,
            retry_after=5.0,
            request_id="r-1",
        )
        is_job = status == 404 and is_own_form and about_a_job
        assert type(error) is (JobNotFound if is_job else STATUSES[status])
        assert (error.status, error.operation, error.attempts) == (status, "GET /jobs", 3)
        assert (error.retry_after, error.request_id) == (5.0, "r-1")
        assert error.message == message
        redirect = REDIRECT if status < 400 else None
        advice = {401: CREDENTIALS, 404: None if is_own_form else WRONG_URL}.get(status, redirect)
        text = f"the service answered {status}"
        text += f": {message}" if message else ""
        text += f"; {advice}" if advice else ""
        assert str(error) == f"{text} (GET /jobs, 3 attempts, request r-1)"
        assert message is None or message not in repr(error)
        assert "nginx" not in str(error) + repr(error)
        assert (error.problem is not None) == (body.startswith(b"{") and body.endswith(b"}"))


def test_the_problem_is_the_whole_object() -> None:
    body = b'{"error":"x","details":[{"sum":1.50}]}'
    error = api_error(400, "application/json", body, operation="POST /jobs", attempts=1, about_a_job=True)
    assert error.problem == {"error": "x", "details": [{"sum": Decimal("1.50")}]}


def refused(message: str, *secrets: str) -> ApiError:
    body = json.dumps({"error": message}).encode()
    return api_error(
        400,
        "application/json",
        body,
        operation="POST /jobs",
        attempts=1,
        about_a_job=True,
        secrets=frozenset(secrets),
    )


@pytest.mark.parametrize(
    ("message", "secrets", "shown"),
    [
        ("Teppo Testaaja has no address", ["Teppo Testaaja"], "*** has no address"),
        ("TEPPO TESTAAJA has no address", ["Teppo Testaaja"], "*** has no address"),
        ("Teppo  Testaaja\nhas no address", ["Teppo  Testaaja\nhas"], "*** no address"),
        ("a\u200bb is wrong", ["a\u200bb"], "*** is wrong"),
        ("131052-308T is not an ssn", [], "*** is not an ssn"),
        ("mail teppo@example.fi or +358 40 123 4567", [], "mail *** or ***"),
        ("bill 11213 exists", [], "bill 11213 exists"),
        ("line\u2028break \x00 and \x1b[31m colour", [], "line break and [31m colour"),
    ],
)
def test_the_text_masks_what_the_message_holds(message: str, secrets: list[str], shown: str) -> None:
    error = refused(message, *secrets)
    assert str(error) == f"the service answered 400: {shown} (POST /jobs)"
    # Not only the text: what reports errors sends the `message` of any exception (Sentry). The JSON has it as it came.
    assert error.message == shown
    assert error.problem == {"error": message}


@pytest.mark.parametrize("before", range(480, 504, 3))
def test_a_value_is_masked_also_where_the_text_is_cut(before: int) -> None:
    error = refused(f"{'x' * before} Teppo Testaaja lives in Satamakatu", "Teppo Testaaja")
    assert "Tepp" not in str(error)
    assert error.message is not None
    assert len(error.message) <= 500
    assert len(str(error)) < 600


def test_a_long_value_that_the_message_repeats_is_masked() -> None:
    file = "JVBERi0xLjcK" * 4000
    error = refused(f"not a PDF: {file} is wrong", file)
    assert str(error) == "the service answered 400: not a PDF: *** is wrong (POST /jobs)"
    assert error.message == "not a PDF: *** is wrong"
    assert len(refused("x" * 4000).message or "") == 500


def nested(depth: int) -> bytes:
    return b'{"error":"x","at":' + b"[" * depth + b"]" * depth + b"}"


@pytest.mark.parametrize("depth", [31, 32, 500, 5_000, 100_000])
def test_what_is_nested_deeply_is_no_problem(depth: int) -> None:
    error = api_error(400, "application/json", nested(depth), operation="POST /jobs", attempts=1, about_a_job=True)
    assert (error.problem is not None) == (depth < 32)
    takes: list[Callable[[RopoError], RopoError]] = [copy.copy, copy.deepcopy, *map(unpickled, range(2, 6))]
    for again in takes:
        assert again(error).__dict__ == error.__dict__


@EXAMPLES
@given(st.integers(300, 599), st.text(max_size=30), st.binary(max_size=60), st.booleans())
def test_any_answer_becomes_an_error(status: int, content_type: str, body: bytes, about_a_job: bool) -> None:
    error = api_error(status, content_type, body, operation="GET /jobs", attempts=1, about_a_job=about_a_job)
    assert error.status == status
    assert str(error).startswith(f"the service answered {status}")
    assert str(error).isprintable()


objects = st.dictionaries(
    st.sampled_from(["error", "errorText", "detail", "title", "x"]),
    st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=20), st.lists, max_leaves=4),
)


@EXAMPLES
@given(objects)
def test_any_object_becomes_an_error(problem: dict[str, Any]) -> None:
    body = json.dumps(problem).encode()
    error = api_error(404, "application/json", body, operation="GET /jobs", attempts=1, about_a_job=True)
    assert error.problem == problem
    assert type(error) is (NotFound if error.message is None else JobNotFound)
    assert str(error).isprintable()
    assert pickle.loads(pickle.dumps(error)).__dict__ == error.__dict__
