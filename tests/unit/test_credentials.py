"""Tokens: one fetch for however many tasks wait, and nobody harmed by another's cancellation."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import threading
from typing import TYPE_CHECKING, Any, TypeVar, cast

import anyio
import anyio.to_thread
import pytest
import sniffio

from ropo_jobs_client import ApiCode, BearerToken, Environment, RopoJobsClient
from ropo_jobs_client.auth import RenewingToken, fetch_token, token_source
from ropo_jobs_client.errors import (
    AuthenticationFailed,
    BadRequest,
    ConnectionLost,
    InvalidArgument,
    ResponseError,
    ServerError,
)
from ropo_jobs_client.models import AuthLogin

if TYPE_CHECKING:
    from collections.abc import Callable

    from ropo_jobs_client._generated.types import ApiRequest, Client

T = TypeVar("T")

HOUR = 3600.0


class Service:
    """What tokens are fetched from: each fetch waits until it is let go, and is counted."""

    def __init__(self, *, is_open: bool = True) -> None:
        self.fetches = 0
        self.finished = 0
        self.cancelled = 0
        self.failures: list[Exception] = []
        self.now = 0.0
        self.gate = anyio.Event()
        if is_open:
            self.gate.set()
        self.tokens = RenewingToken(self.fetch, lambda: self.now)

    async def fetch(self) -> str:
        self.fetches += 1
        number = self.fetches
        try:
            await self.gate.wait()
        except anyio.get_cancelled_exc_class():
            self.cancelled += 1
            raise
        if self.failures:
            raise self.failures.pop(0)
        self.finished += 1
        return f"token-{number}"


class Tasks:
    """Tasks that ask for a token, and what each of them got."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.got: list[str | None] = []
        self.failed: list[Exception] = []

    async def get(self) -> None:
        try:
            self.got.append(await self.service.tokens.get())
        except Exception as error:  # noqa: BLE001 # that is what is looked at
            self.failed.append(error)

    async def renew(self, used: str) -> None:
        self.got.append(await self.service.tokens.renew(used))


async def settle() -> None:
    """Let every task run until it waits for something."""
    await anyio.wait_all_tasks_blocked()


@pytest.mark.anyio
async def test_the_backend_is_the_one_that_was_asked_for(anyio_backend: str) -> None:
    assert sniffio.current_async_library() == anyio_backend


@pytest.mark.anyio
async def test_one_fetch_for_a_hundred_tasks() -> None:
    service = Service(is_open=False)
    tasks = Tasks(service)
    async with anyio.create_task_group() as group:
        for _ in range(100):
            group.start_soon(tasks.get)
        await settle()
        assert service.fetches == 1
        assert not tasks.got
        service.gate.set()
    assert tasks.got == ["token-1"] * 100
    assert service.fetches == 1
    await tasks.get()
    assert service.fetches == 1


@pytest.mark.anyio
async def test_when_the_one_that_fetches_is_cancelled_another_takes_over() -> None:
    service = Service(is_open=False)
    tasks = Tasks(service)
    leader = anyio.CancelScope()
    stopped = anyio.Event()

    async def lead() -> None:
        with leader:
            await tasks.get()
        stopped.set()

    async with anyio.create_task_group() as group:
        group.start_soon(lead)
        await settle()
        for _ in range(10):
            group.start_soon(tasks.get)
        await settle()
        assert service.fetches == 1
        leader.cancel()
        # It stops although no fetch has ended.
        with anyio.fail_after(5):
            await stopped.wait()
        await settle()
        assert (service.fetches, service.cancelled, service.finished) == (2, 1, 0)
        service.gate.set()
    assert leader.cancelled_caught
    assert tasks.got == ["token-2"] * 10
    assert not tasks.failed


@pytest.mark.anyio
async def test_one_that_waits_can_be_cancelled_and_harms_nobody() -> None:
    service = Service(is_open=False)
    tasks = Tasks(service)
    waiter = anyio.CancelScope()
    stopped = anyio.Event()

    async def wait() -> None:
        with waiter:
            await tasks.get()
        stopped.set()

    async with anyio.create_task_group() as group:
        group.start_soon(tasks.get)
        await settle()
        group.start_soon(wait)
        group.start_soon(tasks.get)
        await settle()
        waiter.cancel()
        with anyio.fail_after(5):
            await stopped.wait()
        assert (service.fetches, service.cancelled) == (1, 0)
        service.gate.set()
    assert waiter.cancelled_caught
    assert tasks.got == ["token-1"] * 2


@pytest.mark.anyio
async def test_every_leader_but_the_last_is_cancelled() -> None:
    service = Service(is_open=False)
    tasks = Tasks(service)
    scopes = [anyio.CancelScope() for _ in range(5)]

    async def ask(scope: anyio.CancelScope) -> None:
        with scope:
            await tasks.get()

    async with anyio.create_task_group() as group:
        for scope in scopes:
            group.start_soon(ask, scope)
            await settle()
        for number, scope in enumerate(scopes[:-1], start=1):
            assert service.fetches == number
            scope.cancel()
            await settle()
        service.gate.set()
    assert [scope.cancelled_caught for scope in scopes] == [True] * 4 + [False]
    assert tasks.got == ["token-5"]


@pytest.mark.anyio
async def test_a_failure_is_shared_by_those_that_wait_and_by_no_later_one() -> None:
    service = Service(is_open=False)
    tasks = Tasks(service)
    service.failures = [ServerError("the service answered 500", status=500, operation="POST /token")]
    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(tasks.get)
        await settle()
        service.gate.set()
    assert service.fetches == 1
    assert not tasks.got
    assert [type(error) for error in tasks.failed] == [ServerError] * 20
    # Each has its own: a traceback and a context are added to what is raised.
    assert len({id(error) for error in tasks.failed}) == 20
    assert {str(error) for error in tasks.failed} == {str(tasks.failed[0])}
    await tasks.get()
    assert tasks.got == ["token-2"]


@pytest.mark.anyio
async def test_one_that_comes_after_a_failure_does_not_get_it() -> None:
    service = Service()
    tasks = Tasks(service)
    service.failures = [ConnectionLost("broke"), ConnectionLost("broke again")]
    await tasks.get()
    await tasks.get()
    assert [str(error) for error in tasks.failed] == ["broke", "broke again"]
    await tasks.get()
    assert tasks.got == ["token-3"]
    assert service.fetches == 3


@pytest.mark.anyio
async def test_a_failure_from_outside_the_library_is_raised_and_not_shared() -> None:
    service = Service(is_open=False)
    tasks = Tasks(service)
    service.failures = [ZeroDivisionError()]
    async with anyio.create_task_group() as group:
        group.start_soon(tasks.get)
        group.start_soon(tasks.get)
        await settle()
        service.gate.set()
    assert [type(error) for error in tasks.failed] == [ZeroDivisionError]
    assert tasks.got == ["token-2"]


@pytest.mark.anyio
async def test_it_is_renewed_before_it_ends() -> None:
    service = Service()
    assert await service.tokens.get() == "token-1"
    service.now = 2 * HOUR - 301
    assert await service.tokens.get() == "token-1"
    service.now = 2 * HOUR - 300
    assert await service.tokens.get() == "token-2"
    # The new one lives from its own time on.
    service.now += 2 * HOUR - 301
    assert await service.tokens.get() == "token-2"
    service.now += 1
    assert await service.tokens.get() == "token-3"


@pytest.mark.anyio
async def test_renew_gives_another_token() -> None:
    service = Service()
    used = await service.tokens.get()
    assert await service.tokens.renew(used) == "token-2"
    assert await service.tokens.get() == "token-2"
    assert service.fetches == 2


@pytest.mark.anyio
async def test_renew_clears_only_the_token_that_was_refused() -> None:
    service = Service()
    old = await service.tokens.get()
    new = await service.tokens.renew(old)
    # A 401 that comes late, for the old one.
    assert await service.tokens.renew(old) == new
    assert await service.tokens.renew("never given") == new
    assert service.fetches == 2


@pytest.mark.anyio
async def test_a_hundred_refusals_of_one_token_are_one_fetch() -> None:
    service = Service()
    tasks = Tasks(service)
    used = await service.tokens.get()
    service.gate = anyio.Event()
    async with anyio.create_task_group() as group:
        for _ in range(100):
            group.start_soon(tasks.renew, used)
        await settle()
        service.gate.set()
    assert tasks.got == ["token-2"] * 100
    assert service.fetches == 2


@pytest.mark.anyio
async def test_renew_gives_none_where_the_service_gives_the_same_token_again() -> None:
    async def fetch() -> str:
        return "the same"

    tokens = RenewingToken(fetch)
    used = await tokens.get()
    assert await tokens.renew(used) is None
    assert await tokens.get() == used


# Where tokens come from


class Answers:
    """A client that gives one answer."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.requests: list[ApiRequest[Any]] = []

    async def send(self, request: ApiRequest[T]) -> T:
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return request.decode(self.answer)


@pytest.mark.anyio
async def test_a_token_is_fetched_with_the_api_code() -> None:
    caller = Answers({"token": "abc.def"})
    assert await fetch_token(caller, ApiCode("1000011", "s3cret")) == "abc.def"
    [request] = caller.requests
    assert str(request.operation) == "POST /token"
    assert request.body is not None
    assert request.body.model == AuthLogin(cid="1000011", apicode="s3cret")
    assert "s3cret" not in repr(request)


@pytest.mark.anyio
async def test_a_400_for_a_token_is_authentication_failed() -> None:
    refused = BadRequest(
        "the service answered 400: Who?",
        status=400,
        operation="POST /token",
        attempts=2,
        message="Who?",
        problem={"errorText": "Who?"},
        retry_after=None,
        request_id="r-1",
    )
    with pytest.raises(AuthenticationFailed) as caught:
        await fetch_token(Answers(refused), ApiCode("1000011", "s3cret"))
    assert caught.value.__dict__ == refused.__dict__
    assert str(caught.value) == str(refused).replace("Who?", "Who?; check cid, apicode and environment")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.anyio
@pytest.mark.parametrize(
    "answer", [{}, {"token": ""}, {"token": None}, {"token": "a b"}, {"token": "a\r\nX: y"}, {"token": "ä"}]
)
async def test_a_token_that_cannot_be_sent_is_no_token(answer: object) -> None:
    with pytest.raises(ResponseError) as caught:
        await fetch_token(Answers(answer), ApiCode("1000011", "s3cret"))
    assert caught.value.operation == "POST /token"


NOBODY = cast("Client", None)


@pytest.mark.anyio
async def test_a_fixed_token_is_never_another() -> None:
    source = token_source(BearerToken("abc"), NOBODY)
    assert await source.get() == "abc"
    assert await source.renew("abc") is None
    assert "abc" not in repr(source)


@pytest.mark.anyio
async def test_a_function_is_asked_each_time() -> None:
    given = iter(["one", "one", "two"])

    async def ask() -> str:
        return next(given)

    source = token_source(ask, NOBODY)
    assert await source.get() == "one"
    assert await source.renew("one") is None
    assert await source.renew("one") == "two"


@pytest.mark.anyio
@pytest.mark.parametrize("token", ["", " ", "a b", "a\nb", "a\r\nX: y", "ä", "a\0", "a\x7f", None, b"abc", 5])
async def test_a_function_that_gives_no_token(token: Any) -> None:
    async def ask() -> str:
        return cast("str", token)

    with pytest.raises(
        InvalidArgument, match="credentials gave a token that is not printable ASCII without spaces"
    ) as caught:
        await token_source(ask, NOBODY).get()
    assert "b" not in str(caught.value).replace("printable", "")


@pytest.mark.anyio
async def test_an_api_code_is_asked_for_a_token_once() -> None:
    # No letters that the address in a repr has by chance.
    caller = Answers({"token": "t0ken"})
    source = token_source(ApiCode("1000011", "s3cret"), caller)
    assert [await source.get() for _ in range(3)] == ["t0ken"] * 3
    assert len(caller.requests) == 1
    assert "t0ken" not in repr(source)


@pytest.mark.parametrize("credentials", [None, "abc", ("1000011", "s3cret"), {"cid": "1"}, 5])
def test_what_is_no_credentials(credentials: Any) -> None:
    with pytest.raises(
        TypeError, match=r"^credentials must be an ApiCode, a BearerToken or an async function"
    ) as caught:
        RopoJobsClient(credentials, environment=Environment.FINLAND_TEST)
    assert "s3cret" not in str(caught.value)


# What a caller gives

WRONG: list[tuple[Callable[[Any], object], Any, type[Exception], str]] = [
    (
        lambda value: ApiCode("1000011", value),
        "s3cret\n",
        InvalidArgument,
        "apicode must not begin or end with white space",
    ),
    (lambda value: ApiCode(value, "s3cret"), " 1000011", InvalidArgument, "cid must not begin or end with white space"),
    (lambda value: ApiCode(value, "s3cret"), "", InvalidArgument, "cid must not be blank"),
    (lambda value: ApiCode(value, "s3cret"), " \t", InvalidArgument, "cid must not be blank"),
    (lambda value: ApiCode(value, "s3cret"), 1000011, TypeError, "cid must be a str, not int"),
    (lambda value: ApiCode(value, "s3cret"), None, TypeError, "cid must be a str, not NoneType"),
    (lambda value: ApiCode("1000011", value), "", InvalidArgument, "apicode must not be blank"),
    (lambda value: ApiCode("1000011", value), b"s3cret", TypeError, "apicode must be a str, not bytes"),
    (BearerToken, "", InvalidArgument, "token must not be blank"),
    (BearerToken, None, TypeError, "token must be a str, not NoneType"),
    *(
        (BearerToken, token, InvalidArgument, "token must be printable ASCII without spaces")
        for token in ("s3 cret", "s3cret\n", " s3cret", "s3crét", "s3\0cret", "Bearer s3cret")
    ),
]


@pytest.mark.parametrize(("make", "value", "error", "text"), WRONG)
def test_wrong_credentials(make: Callable[[Any], object], value: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as caught:
        make(value)
    assert str(caught.value) == text
    assert type(caught.value) is error


def test_no_secret_in_any_repr() -> None:
    assert repr(ApiCode("1000011", "s3cret")) == "ApiCode(cid='1000011')"
    assert repr(BearerToken("s3cret")) == "BearerToken()"
    assert str(ApiCode("1000011", "s3cret")) == "ApiCode(cid='1000011')"
    source = token_source(ApiCode("1000011", "s3cret"), NOBODY)
    assert "s3cret" not in repr(source)


@pytest.mark.parametrize("credentials", [ApiCode("1000011", "s3cret"), BearerToken("s3cret")])
def test_credentials_are_plain_data_that_does_not_change(credentials: ApiCode | BearerToken) -> None:
    assert pickle.loads(pickle.dumps(credentials)) == copy.deepcopy(credentials) == credentials
    assert hash(copy.copy(credentials)) == hash(credentials)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(credentials, dataclasses.fields(credentials)[0].name, "2")


@pytest.mark.anyio
async def test_a_token_that_comes_back_unchanged_is_judged_once_for_all_who_wait() -> None:
    fetches = 0
    gate = anyio.Event()

    async def fetch() -> str:
        nonlocal fetches
        fetches += 1
        if fetches > 1:
            await gate.wait()
        return "always the same"

    tokens = RenewingToken(fetch)
    used = await tokens.get()
    verdicts: list[str | None] = []

    async def renew() -> None:
        verdicts.append(await tokens.renew(used))

    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(renew)
        await anyio.wait_all_tasks_blocked()
        gate.set()
    assert verdicts == [None] * 20
    assert fetches == 2
    # Later it may have changed.
    assert await tokens.renew(used) is None
    assert fetches == 3


def test_each_event_loop_waits_for_its_own_login_and_all_share_the_token() -> None:
    fetches: list[int] = []
    both = threading.Barrier(2)

    async def fetch() -> str:
        fetches.append(threading.get_ident())
        if len(fetches) <= 2:
            await anyio.to_thread.run_sync(both.wait, 10)
        return f"token of {threading.get_ident()}"

    tokens = RenewingToken(fetch)

    async def ten() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(tokens.get)

    threads = [threading.Thread(target=anyio.run, args=(ten,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(fetches) == sorted({thread.ident for thread in threads if thread.ident is not None})
    assert anyio.run(tokens.get, backend="trio").startswith("token of ")
    assert len(fetches) == 2
