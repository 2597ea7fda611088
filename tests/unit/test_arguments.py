"""What callers give: refused before anything is sent, with the name of the argument."""

from __future__ import annotations

import functools
import math
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ropo_jobs_client import _validate
from ropo_jobs_client._codec.unset import UNSET
from ropo_jobs_client.models import Job, JobAddCreditNote, JobAddPayment, JobItem, PayRow

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = settings(derandomize=True, deadline=None, database=None, max_examples=200)

ITEM = JobItem(jobtype=0, customertype=2, address="Satamakatu 1", city="Kuopio")

ONE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"jobid": 5, "billnum": None}, {"jobid": 5}),
    ({"jobid": "5", "billnum": None}, {"jobid": 5}),
    ({"jobid": "005"}, {"jobid": 5}),
    ({"jobid": None, "billnum": "R 1"}, {"billnum": "R 1"}),
    ({"jobid": UNSET, "billnum": "1"}, {"billnum": "1"}),
    ({"date": date(2026, 11, 22), "billnum": None}, {"date": date(2026, 11, 22)}),
    ({"date": "2026-11-22", "billnum": None}, {"date": "2026-11-22"}),
]


@pytest.mark.parametrize(("given_", "found"), ONE)
def test_one_of(given_: dict[str, Any], found: dict[str, Any]) -> None:
    assert _validate.one_of(**given_) == found


@pytest.mark.parametrize(
    ("given_", "text"),
    [
        ({"jobid": None, "billnum": None}, "exactly one of jobid, billnum must be given, not none of them"),
        ({"jobid": 1, "billnum": "2"}, "exactly one of jobid, billnum must be given, not jobid and billnum"),
        ({"jobid": 1, "billnum": ""}, "exactly one of jobid, billnum must be given, not jobid and billnum"),
        (
            {"jobid": 1, "billnum": "2", "contractnum": "3"},
            "exactly one of jobid, billnum, contractnum must be given, not jobid and billnum and contractnum",
        ),
    ],
)
def test_none_or_several_of_them(given_: dict[str, Any], text: str) -> None:
    with pytest.raises(TypeError) as caught:
        _validate.one_of(**given_)
    assert str(caught.value) == text


WRONG: list[tuple[str, Any, type[Exception]]] = [
    *(
        (name, value, ValueError)
        for name in ("jobid", "billnum", "custnum", "date")
        for value in ("", " ", "\t\n", "\xa0")
    ),
    *((name, value, ValueError) for name in ("jobid", "billnum", "custnum", "date") for value in (True, False)),
    *(("jobid", value, ValueError) for value in (0, -1, "0", "-1", "+1", "1.0", "x", " 1", "1_0", "٣", "9" * 20)),
    *(("jobid", value, TypeError) for value in (1.0, Decimal(1), b"1", [1], date(2026, 1, 1))),
    *(("billnum", value, TypeError) for value in (1, 1.0, b"1", ["1"], {"a": 1})),
    *(("date", value, TypeError) for value in (20261122, ["2026-11-22"])),
]


@pytest.mark.parametrize(("name", "value", "error"), WRONG)
def test_what_names_nothing(name: str, value: Any, error: type[Exception]) -> None:
    for check in (lambda: _validate.identifier(value, name), lambda: _validate.one_of(**{name: value, "other": None})):
        with pytest.raises(error) as caught:
            check()
        assert type(caught.value) is error
        assert str(caught.value).startswith(f"{name} must ")


def test_instance() -> None:
    _validate.instance(ITEM, JobItem, "data")
    with pytest.raises(TypeError, match=r"^data must be a JobItem, not dict$"):
        _validate.instance({}, JobItem, "data")
    with pytest.raises(TypeError, match=r"^data must be a JobItem, not type$"):
        _validate.instance(JobItem, JobItem, "data")


def test_items() -> None:
    assert _validate.items([ITEM], JobItem) == [ITEM]
    assert _validate.items((ITEM, ITEM), JobItem) == [ITEM, ITEM]


NO_BILLS: list[tuple[Any, type[Exception], str]] = [
    ([], ValueError, "job must hold at least one bill"),
    ((), ValueError, "job must hold at least one bill"),
    (ITEM, TypeError, "job must be a Job or a sequence of JobItem, not JobItem"),
    (None, TypeError, "job must be a Job or a sequence of JobItem, not NoneType"),
    ("ab", TypeError, "job must be a Job or a sequence of JobItem, not str"),
    (b"ab", TypeError, "job must be a Job or a sequence of JobItem, not bytes"),
    ({"datastream": {}}, TypeError, "job must be a Job or a sequence of JobItem, not dict"),
    (iter([ITEM]), TypeError, "job must be a Job or a sequence of JobItem, not list_iterator"),
    ([ITEM, {}], TypeError, "job[1] must be a JobItem, not dict"),
    ([PayRow()], TypeError, "job[0] must be a JobItem, not PayRow"),
    ([Job], TypeError, "job[0] must be a JobItem, not type"),
]


@pytest.mark.parametrize(("job", "error", "text"), NO_BILLS)
def test_what_is_no_sequence_of_bills(job: Any, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as caught:
        _validate.items(job, JobItem)
    assert str(caught.value) == text


# Money

MAKERS: dict[str, Callable[..., JobAddPayment | JobAddCreditNote]] = {
    "payment": functools.partial(JobAddPayment, paydate="2026-11-22"),
    "note": functools.partial(JobAddCreditNote, date="2026-11-22"),
}


def check_money(name: str, **fields: Any) -> None:
    _validate.money(MAKERS[name](**fields).to_dict(), name)


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize(
    "amount",
    [
        Decimal("710.00"),
        Decimal("0.01"),
        Decimal("-5.5"),
        Decimal("1E+5"),
        Decimal("1.500"),
        Decimal("0E-9"),
        5,
        0.1,
        19.99,
    ],
)
def test_money_in_cents(name: str, amount: Any) -> None:
    check_money(name, amount=amount, billnum="1")


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize(
    "amount", [Decimal("0.001"), Decimal("1.005"), Decimal("1E-3"), Decimal("1" * 40 + ".001"), 0.1 + 0.2]
)
def test_money_in_less_than_cents(name: str, amount: Any) -> None:
    with pytest.raises(ValueError, match=rf"^{name}\.amount must have no more than two decimals$"):
        check_money(name, amount=amount, billnum="1")


@EXAMPLES
@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40))
@example(Decimal("1E-10"))
@example(Decimal("1" * 30 + ".0010"))
def test_money_is_refused_exactly_when_it_is_not_in_cents(amount: Decimal) -> None:
    is_in_cents = int(amount.scaleb(2)) == amount.scaleb(2) if len(amount.as_tuple().digits) <= 28 else None
    if is_in_cents is None:
        return
    try:
        check_money("payment", amount=amount, billnum="1")
    except ValueError:
        assert not is_in_cents  # either is right
    else:
        assert is_in_cents


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"jobid": 1, "billnum": "1"},
        {"billcode": "1", "billnum": "1"},
        {"billcode": "1", "jobid": 1, "billnum": "1"},
    ],
)
def test_money_names_its_job_once(name: str, fields: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match=r"^exactly one of billcode, jobid, billnum must be given, not "):
        check_money(name, amount=1, **fields)


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("fields", [{"jobid": 0}, {"jobid": "0"}, {"billnum": ""}, {"billnum": " "}, {"billcode": ""}])
def test_money_for_no_job(name: str, fields: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=rf"^{next(iter(fields))} must "):
        check_money(name, amount=1, **fields)


# Numbers


@pytest.mark.parametrize("value", [1, 0.001, 30.0, 1e9])
def test_positive(value: float) -> None:
    seconds = _validate.positive(value, "timeout")
    assert seconds == value
    assert type(seconds) is float


@pytest.mark.parametrize("value", [0, -1, 0.0, -0.5, math.inf, math.nan, -math.inf])
def test_not_positive(value: float) -> None:
    with pytest.raises(ValueError, match=r"^timeout must be more than 0 and finite$"):
        _validate.positive(value, "timeout")


@pytest.mark.parametrize("value", [True, "5", None, Decimal(5), [5]])
def test_no_number_of_seconds(value: Any) -> None:
    with pytest.raises(TypeError, match=rf"^timeout must be a number of seconds, not {type(value).__name__}$"):
        _validate.positive(value, "timeout")


def test_count() -> None:
    assert _validate.count(0, "retries", 0) == 0
    assert _validate.count(5, "retries", 1) == 5
    with pytest.raises(ValueError, match=r"^retries must be at least 1$"):
        _validate.count(0, "retries", 1)


@pytest.mark.parametrize("value", [True, "5", None, 5.0, Decimal(5)])
def test_no_count(value: Any) -> None:
    with pytest.raises(TypeError, match=rf"^retries must be an int, not {type(value).__name__}$"):
        _validate.count(value, "retries", 0)


def test_optional() -> None:
    assert _validate.optional(None) is UNSET
    assert _validate.optional(0) == 0
    assert _validate.optional("") == ""
