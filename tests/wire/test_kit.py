"""The test kit: what the factories make is taken, and what is canned is what the sandbox answers."""

from __future__ import annotations

import inspect
import json
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast, get_type_hints

import httpx
import pytest
from calls import BY_OPERATION, EXAMPLES, Example
from sandbox_support import check_documented

from ropo_jobs_client import UNSET, ApiCode, BearerToken, Environment, RopoJobsClient, errors, models
from ropo_jobs_client._codec.model import Model
from ropo_jobs_sandbox import Sandbox, canned, factories
from ropo_jobs_sandbox.canned import Canned
from ropo_jobs_sandbox.contract import document_path, load_contract

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator
    from pathlib import Path

    from pytest_httpx import HTTPXMock

FACTORIES: dict[str, Callable[..., Model]] = {
    name: found
    for name, found in inspect.getmembers(factories, inspect.isfunction)
    if found.__module__ == factories.__name__ and not name.startswith("_") and name != "example_of"
}
# What no caller of the facade gives or gets.
INSIDE = {
    "AuthError",
    "AuthLogin",
    "AuthToken",
    "HttpApiProblem",
    "JobsByEndCustomerRequest",
    "JobResponseErrors",
    "JobsByEndCustomerResponse",
    "JobsStatusUpdatesEnvelope",
    # Made by `job`, from bills.
    "JobDatastream",
}


def made_by(factory: Callable[..., Model]) -> str:
    hints = get_type_hints(factory, vars(factories) | {"models": models, "Any": Any})
    return str(hints["return"].__name__)


# Factories


def test_there_is_a_factory_for_each_model_that_users_see() -> None:
    kinds = {
        name for name in dir(models) if isinstance(found := getattr(models, name), type) and issubclass(found, Model)
    }
    seen = kinds - INSIDE
    assert sorted(made_by(factory) for factory in FACTORIES.values()) == sorted(seen)


@pytest.mark.parametrize("name", FACTORIES)
def test_what_it_makes_is_valid_by_the_document(name: str) -> None:
    made = FACTORIES[name]()
    assert type(made).__name__ == made_by(FACTORIES[name])
    validator = load_contract(document_path()).validator(f"/components/schemas/{type(made).__name__}")
    assert [error.message for error in validator.iter_errors(made.to_dict())] == []
    assert type(made).from_dict(made.to_dict()) == made
    # Another time it is another one, down to the lists in it.
    assert made.to_dict() == FACTORIES[name]().to_dict()
    for field, value in made.to_dict().items():
        if isinstance(value, list):
            assert FACTORIES[name]().to_dict()[field] is not value


@pytest.mark.parametrize("name", sorted(set(FACTORIES) - {"job"}))
def test_an_unknown_keyword_is_named(name: str) -> None:
    with pytest.raises(TypeError, match="'no_such_field'"):
        FACTORIES[name](no_such_field=1)
    made = FACTORIES[name](additional_properties={"no_such_field": 1})
    assert made.to_dict() == FACTORIES[name]().to_dict() | {"no_such_field": 1}


def test_an_example_of_a_model_is_what_its_factory_makes() -> None:
    for name, factory in FACTORIES.items():
        kind: type[Model] = getattr(models, made_by(factory))
        assert factories.example_of(kind) == factory(), name
    assert factories.example_of(models.JobAddPayment, amount=5) == factories.payment(amount=5)
    with pytest.raises(TypeError, match="there is no example of AuthError"):
        factories.example_of(models.AuthError)


def test_keywords_change_what_is_made() -> None:
    paid = factories.payment(amount=5, billnum=UNSET, jobid=7)
    assert (paid.amount, paid.jobid) == (Decimal(5), 7)
    assert "billnum" not in paid.to_dict()
    dataset = factories.job(factories.job_item(billnum="1"), factories.job_item(billnum="2")).datastream.dataset
    assert [item.billnum for item in dataset] == ["1", "2"]


# Each call of the client, with what is canned for it


@dataclass(frozen=True)
class Case:
    """A call, and its canned answer."""

    operation: str
    answer: Canned
    call: Callable[[RopoJobsClient, int, Path], Awaitable[object]]


def _case(
    operation: str, answer: Canned, call: Callable[[RopoJobsClient, int, Path], Awaitable[object]]
) -> tuple[str, Case]:
    return operation, Case(operation, answer, call)


BILL = factories.job_item(
    payrow=[factories.pay_row()],
    accountrow=[factories.account_row()],
    propertyrow=[factories.property_row()],
    attachment=[factories.attachment()],
    cashdiscountrow=[factories.cash_discount_row()],
    payplan=factories.pay_plan(instalment=[factories.pay_plan_instalment(), factories.pay_plan_instalment()]),
    image=factories.image(),
    packagedetails=factories.package_details(),
    payee=factories.payee(),
    customertype=1,
    company="Matin konepaja Oy",
)

METHODS = {
    operation: name
    for name, method in inspect.getmembers(RopoJobsClient, inspect.isroutine)
    for operation in re.findall(r"`([A-Z]+ /\S+)`", (inspect.getdoc(method) or "").partition("\n")[0])
}


def _case_of(example: Example) -> tuple[str, Case]:
    """The case of an operation that a jobid is enough for. Its canned answer is named after its method."""
    of_job: Any = example.of_job
    return _case(
        example.operation,
        getattr(canned, METHODS[example.operation])(),
        lambda ropo, jobid, _: of_job(ropo, jobid),
    )


CASES = dict(
    [
        *(_case_of(example) for example in EXAMPLES if example.of_job is not None),
        _case("POST /jobs", canned.add_bills(), lambda ropo, _, __: ropo.add_bills([BILL])),
        _case(
            "PATCH /jobs",
            canned.modify_job(),
            lambda ropo, jobid, _: ropo.modify_job(factories.job_data(), jobid=jobid),
        ),
        _case(
            "PATCH /jobs/opensalesinvoices",
            canned.modify_open_invoices(),
            lambda ropo, _, __: ropo.modify_open_invoices(factories.job_data(), custnum="1022", ordernumber="10232"),
        ),
        _case(
            "GET /jobs/statusupdates",
            canned.get_status_updates(),
            lambda ropo, _, __: ropo.get_status_updates(billnum="11213"),
        ),
        _case("GET /jobs/pdf", canned.get_pdf(), lambda ropo, jobid, path: ropo.pdf(jobid=jobid).save(path)),
        _case(
            "POST /jobs/preview",
            canned.preview(),
            lambda ropo, _, path: ropo.preview(factories.job()).save(path),
        ),
        _case(
            "POST /jobs/localprint",
            canned.local_print(),
            lambda ropo, _, path: ropo.local_print(factories.job(factories.job_item(billnum="x"))).save(path),
        ),
        _case("POST /jobs/payment", canned.add_payment(), lambda ropo, _, __: ropo.add_payment(factories.payment())),
        _case(
            "POST /jobs/creditnote",
            canned.add_credit_note(),
            lambda ropo, _, __: ropo.add_credit_note(factories.credit_note()),
        ),
        _case(
            "PATCH /jobs/deliverystatus",
            canned.update_delivery_status(),
            lambda ropo, _, __: ropo.update_delivery_status(factories.delivery_status()),
        ),
        _case(
            "GET /jobs/transferconfirmation",
            canned.send_transfer_report(),
            lambda ropo, _, __: ropo.send_transfer_report("b-1"),
        ),
        _case(
            "POST /jobs/dispute",
            canned.dispute_job(),
            lambda ropo, jobid, _: ropo.dispute_job(factories.dispute(), jobid=jobid),
        ),
        _case(
            "POST /jobs/dispute/resolve",
            canned.resolve_dispute(),
            lambda ropo, jobid, _: ropo.resolve_dispute(factories.dispute_resolution(), jobid=jobid),
        ),
        _case(
            "POST /jobs/findbyendcustomer",
            canned.find_jobs_by_end_customer(),
            lambda ropo, _, __: ropo.find_jobs_by_end_customer(custnum="1022"),
        ),
    ]
)


class Recording(httpx.AsyncHTTPTransport):
    """Keeps the last answer."""

    last: httpx.Response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await super().handle_async_request(request)
        content = await response.aread()
        await response.aclose()
        # The engine reads a response once.
        self.last = httpx.Response(response.status_code, headers=response.headers, content=content)
        return httpx.Response(response.status_code, headers=response.headers, content=content)


@pytest.fixture(scope="module")
def running() -> Generator[Sandbox]:
    with Sandbox() as found:
        yield found


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


def add_job(sandbox: Sandbox) -> int:
    return sandbox.add_example_job(billnum="11213", billcode="4349", ordernumber=10232)


def client(sandbox: Sandbox, **options: Any) -> RopoJobsClient:
    return RopoJobsClient(ApiCode(sandbox.cid, sandbox.apicode), base_url=sandbox.base_url, **options)


def as_response(answer: Canned) -> httpx.Response:
    return httpx.Response(answer["status_code"], headers=answer["headers"], content=answer["content"])


def shape(value: object) -> object:
    """The names and types of what JSON holds."""
    if isinstance(value, dict):
        return {name: shape(entry) for name, entry in cast("dict[str, object]", value).items()}
    if isinstance(value, list):
        return [shape(entry) for entry in cast("list[object]", value)]
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


def assert_alike(answer: Canned, real: httpx.Response) -> None:
    made = as_response(answer)
    assert made.status_code == real.status_code
    for name in ("content-type", "content-disposition", "retry-after"):
        assert (name in made.headers) == (name in real.headers), name
    types = [response.headers.get("content-type", "").partition(";")[0] for response in (made, real)]
    assert types[0] == types[1]
    if "json" in types[0]:
        assert shape(json.loads(made.content)) == shape(json.loads(real.content))
    else:
        assert made.content[:5] == real.content[:5]


def test_there_is_a_canned_answer_for_each_operation() -> None:
    assert CASES.keys() == {example.operation for example in EXAMPLES}


@pytest.mark.anyio
@pytest.mark.parametrize("operation", CASES)
async def test_a_canned_answer_is_taken(
    operation: str, tmp_path: Path, httpx_mock: HTTPXMock, anyio_backend: str
) -> None:
    case = CASES[operation]
    httpx_mock.add_response(**canned.token())
    httpx_mock.add_response(**case.answer)
    async with RopoJobsClient(ApiCode("1", "x"), environment=Environment.FINLAND_TEST) as ropo:
        await case.call(ropo, 123, tmp_path / "x.pdf")


@pytest.mark.anyio
@pytest.mark.parametrize("operation", CASES)
async def test_a_canned_answer_is_like_that_of_the_sandbox(
    operation: str, tmp_path: Path, sandbox: Sandbox, anyio_backend: str
) -> None:
    case, transport, jobid = CASES[operation], Recording(), add_job(sandbox)
    async with client(sandbox, transport=transport) as ropo:
        if BY_OPERATION[operation].of_job is not None:
            # Nothing that could be listed is empty.
            await ropo.add_payment(factories.payment(amount=1))
        if operation == "POST /jobs/dispute/resolve":
            await ropo.dispute_job(factories.dispute(), jobid=jobid)
        await case.call(ropo, jobid, tmp_path / "x.pdf")
    assert sandbox.carried_out(operation) == 1
    assert_alike(case.answer, transport.last)
    check_documented(operation, as_response(case.answer))


def test_the_token_and_what_goes_wrong_are_like_those_of_the_sandbox(sandbox: Sandbox) -> None:
    login = {"cid": sandbox.cid, "apicode": sandbox.apicode}
    with httpx.Client(base_url=sandbox.base_url) as http:
        real = http.post("/token", json=login)
        assert_alike(canned.token(), real)
        assert_alike(canned.login_refused(), http.post("/token", json={"cid": "1", "apicode": "x"}))
        assert_alike(canned.problem("GET /jobs"), http.get("/jobs", params={"jobid": 1}))
        http.headers["Authorization"] = f"Bearer {real.json()['token']}"
        assert_alike(canned.refused("GET /jobs", 404), http.get("/jobs", params={"jobid": 1}))
        assert_alike(canned.nothing_left(), http.get("/jobs/statusupdates"))
        sandbox.fault("GET /jobs", "status", status=502, form="html")
        assert_alike(canned.page("GET /jobs"), http.get("/jobs", params={"jobid": 1}))
        sandbox.fault("GET /jobs", "status", status=429, retry_after=3)
        assert_alike(canned.busy("GET /jobs", 3), http.get("/jobs", params={"jobid": 1}))
    for operation, answer in (
        ("POST /token", canned.token()),
        ("POST /token", canned.login_refused()),
        ("POST /jobs", canned.problem("POST /jobs")),
        ("POST /jobs", canned.refused("POST /jobs", 409)),
        ("GET /jobs/statusupdates", canned.nothing_left()),
        ("POST /jobs", canned.busy("POST /jobs", 3)),
    ):
        check_documented(operation, as_response(answer))


PAY = "POST /jobs/payment"


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (canned.refused(PAY, 409, "it is paid"), errors.Conflict),
        (canned.problem(PAY, 403, "not yours"), errors.PermissionDenied),
        (canned.busy(PAY, 100), errors.RateLimited),
        (canned.page(PAY), errors.OutcomeUnknown),
    ],
)
async def test_what_goes_wrong_is_the_error_that_it_is(
    answer: Canned, expected: type[Exception], httpx_mock: HTTPXMock, anyio_backend: str
) -> None:
    httpx_mock.add_response(**answer)
    async with RopoJobsClient(BearerToken("t"), environment=Environment.FINLAND_TEST) as ropo:
        with pytest.raises(expected):
            await ropo.add_payment(factories.payment())


@pytest.mark.anyio
async def test_a_refused_login_and_a_feed_that_ends(httpx_mock: HTTPXMock, tmp_path: Path, anyio_backend: str) -> None:
    httpx_mock.add_response(**canned.login_refused())
    async with RopoJobsClient(ApiCode("1", "x"), environment=Environment.FINLAND_TEST) as ropo:
        with pytest.raises(errors.AuthenticationFailed):
            await ropo.get_job(jobid=1)
    update = factories.status_update(billnum="7")
    httpx_mock.add_response(**canned.get_status_updates(update, update))
    httpx_mock.add_response(**canned.nothing_left())
    async with (
        RopoJobsClient(BearerToken("t"), environment=Environment.FINLAND_TEST) as ropo,
        ropo.status_feed(str(tmp_path / "feed.db")) as feed,
    ):
        found = [update async for batch in feed for update in batch.updates]
    assert found == [update, update]


def test_an_answer_is_for_its_own_operation_on_any_host() -> None:
    url = canned.get_job()["url"]
    assert url.match("https://ropo24.fi/rest/jobs?jobid=1")
    assert url.match("http://127.0.0.1:8787/rest/jobs")
    assert not url.match("https://ropo24.fi/rest/jobs/pdf?billnum=/jobs")
    assert not canned.dispute_job()["url"].match("https://ropo24.fi/rest/jobs/dispute/resolve?jobid=1")
    with pytest.raises(ValueError, match="'GET /job' is not an operation"):
        canned.problem("GET /job")
