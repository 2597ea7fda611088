"""`--strict`: numbers with check digits are looked at, as a real service would; without it, nothing of the kind is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from sandbox_support import TODAY, Service, body, item, running

from ropo_jobs_sandbox import Sandbox
from ropo_jobs_sandbox.identifiers import is_reference_number, reference_number

if TYPE_CHECKING:
    from collections.abc import Generator

COMPANY = {"customertype": 1, "company": "Matin konepaja Oy", "person": ""}

RIGHT: dict[str, dict[str, Any]] = {
    "a reference": {"billcode": "1232"},
    "a reference in groups": {"billcode": "12 34561"},
    "an RF reference": {"billcode": "RF18 5390 0754 7034"},
    "a business ID": {**COMPANY, "govid": "0737546-2"},
    "a Swedish business ID": {**COMPANY, "govid": "556703-7485"},
    "a Norwegian business ID": {**COMPANY, "govid": "974 760 673"},
    "a personal identity code": {"govid": "131052-308T"},
    "one of a person born in this century": {"govid": "010203A1230"},
    "a VAT number": {**COMPANY, "vatid": "FI20774740"},
    "nothing": {},
    "null": {"billcode": None, "govid": None},
}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "the vendor's own example": ({"billcode": "123467"}, "billcode"),
    "a reference with a wrong digit": ({"billcode": "1233"}, "billcode"),
    "an RF reference with swapped digits": ({"billcode": "RF18 5390 0754 7043"}, "billcode"),
    "a reference that is a word": ({"billcode": "lasku"}, "billcode"),
    "a business ID with a wrong digit": ({**COMPANY, "govid": "0737546-3"}, "govid"),
    "a business ID of a person": ({"govid": "0737546-2"}, "govid"),
    "a personal identity code of a company": ({**COMPANY, "govid": "131052-308T"}, "govid"),
    "a personal identity code with a wrong letter": ({"govid": "131052-308U"}, "govid"),
    "a VAT number with a wrong digit": ({**COMPANY, "vatid": "FI20774741"}, "vatid"),
}


@pytest.fixture
def strict() -> Generator[Service]:
    with running(strict=True) as service:
        yield service


@pytest.mark.parametrize("fields", RIGHT.values(), ids=RIGHT)
def test_what_is_right_is_taken(strict: Service, fields: dict[str, Any]) -> None:
    strict.call("POST /jobs", json=body(item(**fields)), expect=201)


@pytest.mark.parametrize(("fields", "name"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_refused(strict: Service, fields: dict[str, Any], name: str) -> None:
    response = strict.call("POST /jobs", json=body(item(**fields)), expect=422)
    assert f"dataset[0].{name}: " in response.text
    # What is refused may be a secret.
    assert str(fields[name]) not in response.text


@pytest.mark.parametrize(("fields", "name"), WRONG.values(), ids=WRONG)
def test_without_being_asked_nothing_is_looked_at(fields: dict[str, Any], name: str) -> None:
    with Sandbox(today=TODAY) as sandbox:
        assert sandbox.add_example_job(**fields) == 1


def test_changes_and_searches_are_looked_at_too(strict: Service) -> None:
    strict.call("POST /jobs", json=body(item(govid="131052-308T")), expect=201)
    fields = {key: item()[key] for key in ("address", "city", "customertype", "jobtype")}
    refused = strict.call("PATCH /jobs", params={"jobid": 1}, json={**fields, "govid": "131052-308U"}, expect=422)
    assert "govid" in refused.text
    find = "POST /jobs/findbyendcustomer"
    assert len(strict.call(find, json={"ssn": "131052-308T"}, expect=200).json()["jobs"]) == 1
    assert "ssn" in strict.call(find, json={"ssn": "131052-308U"}, expect=400).text


def test_its_own_references_are_right() -> None:
    with Sandbox(today=date(2026, 11, 22), strict=True) as sandbox:
        sandbox.make_changes(20)
        assert sandbox.job(sandbox.add_example_job(billcode=reference_number(7))) is not None
        assert all(is_reference_number(job["billcode"]) for job in sandbox.jobs())
