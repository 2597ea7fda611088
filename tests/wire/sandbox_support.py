"""A running sandbox with a client that is logged in, and bodies to send."""

from __future__ import annotations

import contextlib
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import httpx
import yaml

from ropo_jobs_sandbox import Sandbox
from ropo_jobs_sandbox.contract import document_path, load_contract

if TYPE_CHECKING:
    from collections.abc import Generator

TODAY = date(2026, 11, 22)


class Service:
    """A sandbox, and a client that calls it with a token."""

    def __init__(self, sandbox: Sandbox, client: httpx.Client) -> None:
        self.sandbox = sandbox
        self.client = client

    def call(self, operation: str, *, expect: int | None = None, **options: Any) -> httpx.Response:
        """Calls an operation such as "GET /jobs", insists on a status, and compares the answer with the document."""
        method, path = operation.split()
        response = self.client.request(method, path, **options)
        check_documented(operation, response)
        if expect is not None:
            assert response.status_code == expect, response.text
        return response

    def add(self, *items: dict[str, Any]) -> list[int]:
        """Adds bills, and returns their jobids."""
        before = len(self.sandbox.jobs())
        self.call("POST /jobs", json=body(*(items or (item(),))), expect=201)
        return [job["jobid"] for job in self.sandbox.jobs()[before:]]

    def job(self, jobid: int) -> dict[str, Any]:
        """Reads a job."""
        found: dict[str, Any] = self.call("GET /jobs", params={"jobid": jobid}, expect=200).json()
        return found

    def updates(self, **params: str) -> list[tuple[int, str, str]]:
        """Reads status updates: jobid, text and date of each."""
        response = self.call("GET /jobs/statusupdates", params=params)
        if response.status_code == 204:
            return []
        assert response.status_code == 200, response.text
        return [(update["jobid"], update["statustext"], update["statusdate"]) for update in response.json()]

    def refusal(self, operation: str, status: int, **options: Any) -> str:
        """The error text of a call that the service refuses in its own form."""
        response = self.call(operation, expect=status, **options)
        assert response.headers["content-type"] == "application/json"
        assert list(response.json()) == ["error"]
        return str(response.json()["error"])


def check_documented(operation: str, response: httpx.Response) -> None:
    """Compares an answer with what ``openapi.yaml`` says of it: its status, its media type, its body."""
    method, path = operation.lower().split()
    described = document()["paths"].get(path, {}).get(method)
    if described is None:
        return
    status = str(response.status_code)
    named = next((name for name in (status, f"{status[0]}XX") if name in described["responses"]), None)
    assert named is not None, f"{operation} answered {status}, which is not documented"
    contract = load_contract(document_path())
    pointer = f"/paths/{path.replace('/', '~1')}/{method}/responses/{named}"
    answer, pointer = contract.resolve(described["responses"][named], pointer)
    media_type = response.headers.get("content-type")
    if "content" not in answer:
        assert (response.content, media_type) == (b"", None)
        return
    assert media_type in answer["content"], f"{operation} answered {media_type}, which is not documented"
    if "json" in media_type:
        schema = contract.validator(f"{pointer}/content/{media_type.replace('/', '~1')}/schema")
        assert [error.message for error in schema.iter_errors(response.json(parse_float=Decimal))] == []


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """The document as YAML gives it."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loaded: dict[str, Any] = yaml.load(document_path().read_bytes(), Loader=loader)
    return loaded


@contextlib.contextmanager
def running(**options: Any) -> Generator[Service]:
    """A sandbox on a fixed day, with a client that is logged in."""
    # Without TLS there is nothing to verify, and loading the certificates would take longer than the sandbox.
    client = httpx.Client(verify=False)
    settings: dict[str, Any] = {"today": TODAY, **options}
    with Sandbox(**settings) as sandbox, client:
        client.base_url = httpx.URL(sandbox.base_url)
        client.headers["Authorization"] = f"Bearer {token(client, sandbox)}"
        yield Service(sandbox, client)


def token(client: httpx.Client, sandbox: Sandbox) -> str:
    """A new token."""
    response = client.post("/token", json={"cid": sandbox.cid, "apicode": sandbox.apicode})
    assert response.status_code == 201, response.text
    return str(response.json()["token"])


def item(**fields: Any) -> dict[str, Any]:
    """A dataset item: an invoice over 43.40 to a consumer, as the guides write it. A field of None is left out."""
    whole = {
        "jobtype": "0",
        "person": "Teppo Testaaja",
        "address": "Sammonkatu 23-25 A 7",
        "postcode": "70100",
        "city": "KUOPIO",
        "customertype": "2",
        "billdate": "2026-11-22",
        "paydate": "2026-12-06",
        "payrow": [{"desc": "Hieronta", "count": "1", "itemtype": "h", "amount": "35.00", "taxpr": "24.00"}],
        **fields,
    }
    return {name: value for name, value in whole.items() if value is not None}


def body(*items: dict[str, Any]) -> dict[str, Any]:
    """The body of POST /jobs."""
    return {"datastream": {"dataset": list(items)}}


def change(**fields: Any) -> dict[str, Any]:
    """The body of PATCH /jobs: the fields that the page requires, and others."""
    return {"address": "Sammonkatu 23-25 A 7", "city": "KUOPIO", "customertype": 2, "jobtype": 0, **fields}
