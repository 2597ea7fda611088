"""What callers give: refused before anything is sent, with the name of the argument."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ropo_jobs_client import _validate
from ropo_jobs_client._codec.unset import UNSET
from ropo_jobs_client.errors import InvalidArgument
from ropo_jobs_client.models import Job, JobAddCreditNote, JobAddPayment, JobItem, PayRow

EXAMPLES = settings(derandomize=True, deadline=None, database=None, max_examples=200)

ITEM = JobItem(jobtype=0, customertype=2, address="Satamakatu 1", city="Kuopio")


@pytest.mark.parametrize("given_", [{"jobid": 5, "billnum": None}, {"jobid": None, "billnum": ""}, {"jobid": UNSET}])
def test_one_of(given_: dict[str, Any]) -> None:
    _validate.require_one_of(**given_)
    _validate.allow_one_of(**given_)


def test_none_of_them_where_that_is_allowed() -> None:
    _validate.allow_one_of(date=None, billnum=None)


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
        _validate.require_one_of(**given_)
    assert str(caught.value) == text
    if any(given_.values()):
        with pytest.raises(TypeError) as caught:
            _validate.allow_one_of(**given_)
        assert str(caught.value) == text


class Number(int, Enum):
    FIVE = 5


CHECKS: dict[str, Callable[[object, str], object]] = {
    "jobid": _validate.check_jobid,
    "billnum": _validate.write_identifier,
    "custnum": _validate.write_identifier,
    "date": _validate.write_day,
}

WRONG: list[tuple[str, Any, type[Exception]]] = [
    *(
        (name, value, InvalidArgument)
        for name in ("jobid", "billnum", "custnum", "date")
        for value in ("", " ", "\t\n", "\xa0")
    ),
    *((name, value, InvalidArgument) for name in ("jobid", "billnum", "custnum", "date") for value in (True, False)),
    *(("jobid", value, InvalidArgument) for value in (0, -1, "0", "-1", "+1", "1.0", "x", " 1", "1_0", "٣", "9" * 20)),
    *(("jobid", value, TypeError) for value in (1.0, Decimal(1), b"1", [1], date(2026, 1, 1))),
    *(("billnum", value, TypeError) for value in (1, 1.0, b"1", ["1"], {"a": 1})),
    *(("date", value, TypeError) for value in (20261122, ["2026-11-22"])),
]


@pytest.mark.parametrize(("name", "value", "error"), WRONG)
def test_what_names_nothing(name: str, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        CHECKS[name](value, name)
    assert type(caught.value) is error
    assert str(caught.value).startswith(f"{name} must ")
    assert getattr(caught.value, "argument", name) == name


@pytest.mark.parametrize("name", ["jobid", "billnum", "date"])
def test_what_a_model_left_unset(name: str) -> None:
    with pytest.raises(InvalidArgument, match=rf"^{name} must have a value, not UNSET$"):
        CHECKS[name](UNSET, name)


@pytest.mark.parametrize("value", [5, "5", "005", Number.FIVE])
def test_a_jobid_is_its_digits(value: Any) -> None:
    assert _validate.check_jobid(value, "jobid") == 5
    assert str(_validate.check_jobid(value, "jobid")) == "5"


def test_an_identifier_stays_as_it_is() -> None:
    assert _validate.write_identifier(" R 1", "billnum") == " R 1"


def test_a_day() -> None:
    assert _validate.write_day(date(2026, 11, 22), "date") == _validate.write_day("2026-11-22", "date") == "2026-11-22"


def test_what_goes_with_another() -> None:
    _validate.only_with("documentdate", None, billnum=None)
    _validate.only_with("documentdate", "2026-11-22", billnum="1", contractnum=None)
    with pytest.raises(TypeError, match=r"^documentdate must go with billnum or contractnum$"):
        _validate.only_with("documentdate", "2026-11-22", billnum=None, contractnum=None)


def test_items() -> None:
    assert _validate.items([ITEM], JobItem) == [ITEM]
    assert _validate.items((ITEM, ITEM), JobItem) == [ITEM, ITEM]


NO_BILLS: list[tuple[Any, type[Exception], str]] = [
    ([], InvalidArgument, "job must hold at least one bill"),
    ((), InvalidArgument, "job must hold at least one bill"),
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
    body = MAKERS[name](**fields)
    _validate.write_model(body, name, type(body), ("billcode", "jobid", "billnum"))
    _validate.check_money(body, "amount")


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("field", ["jobid", "billnum", "billcode"])
def test_a_bool_names_no_job(name: str, field: str) -> None:
    with pytest.raises(InvalidArgument, match=f"^{field} must not be a bool$"):
        check_money(name, amount=1, **{field: True})


@pytest.mark.parametrize("name", MAKERS)
def test_an_amount_that_is_assigned_is_checked_as_one_that_is_given(name: str) -> None:
    body = MAKERS[name](amount=1, jobid=1)
    for amount in (710, 7.1, "1", Decimal("1.001"), 0.001, 0, math.nan):
        cast("Any", body).amount = amount
        if amount in (710, 7.1):
            _validate.check_money(body, "amount")
            continue
        with pytest.raises((TypeError, InvalidArgument), match=rf"^{type(body).__name__}\.amount must "):
            _validate.check_money(body, "amount")


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize(
    "amount",
    [
        Decimal("710.00"),
        Decimal("0.01"),
        Decimal("-5.5"),
        Decimal("1E+5"),
        Decimal("1.500"),
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
    with pytest.raises(InvalidArgument, match=r"\.amount must have no more than two decimals$"):
        check_money(name, amount=amount, billnum="1")


@pytest.mark.parametrize("name", MAKERS)
@pytest.mark.parametrize("amount", [0, 0.0, -0.0, Decimal("0.00"), Decimal("-0"), Decimal("0E-9")])
def test_no_money(name: str, amount: Any) -> None:
    with pytest.raises(InvalidArgument, match=r"\.amount must not be zero$"):
        check_money(name, amount=amount, billnum="1")


@pytest.mark.parametrize(("name", "model"), [("payment", "JobAddPayment"), ("note", "JobAddCreditNote")])
@pytest.mark.parametrize("amount", [0, Decimal("0.001"), Decimal("NaN"), math.inf, Decimal("1e9999"), UNSET])
def test_an_amount_has_one_name_whatever_is_wrong_with_it(name: str, model: str, amount: Any) -> None:
    with pytest.raises(InvalidArgument) as caught:
        check_money(name, amount=amount, billnum="1")
    assert caught.value.argument == f"{model}.amount"


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
    except InvalidArgument:
        assert not amount or not is_in_cents  # either is right
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
    with pytest.raises(InvalidArgument, match=rf"^{next(iter(fields))} must "):
        check_money(name, amount=1, **fields)


# Paths and names


class Name(str, Enum):  # noqa: UP042 # a StrEnum is the harmless case
    BILL = "bill.pdf"


@pytest.mark.parametrize("value", ["bill.pdf", Path("bill.pdf"), Name.BILL])
def test_path(value: Any) -> None:
    assert _validate.path(value, "path") == Path("bill.pdf")


@pytest.mark.parametrize("value", ["bill.pdf", Name.BILL])
def test_file_name(value: Any) -> None:
    name = _validate.file_name(value, "name")
    assert (type(name), name) == (str, "bill.pdf")


@pytest.mark.parametrize("check", [_validate.path, _validate.file_name])
@pytest.mark.parametrize("value", ["", " ", "a\0b", "bill\ud800.pdf"])
def test_what_names_no_file(check: Callable[[object, str], object], value: str) -> None:
    with pytest.raises(InvalidArgument, match=r"^to must ") as caught:
        check(value, "to")
    assert caught.value.argument == "to"


# Numbers


@pytest.mark.parametrize("value", [1, 0.001, 30.0, 1e9])
def test_positive(value: float) -> None:
    seconds = _validate.positive(value, "timeout")
    assert seconds == value
    assert type(seconds) is float


@pytest.mark.parametrize("value", [0, -1, 0.0, -0.5, math.inf, math.nan, -math.inf, 10**400])
def test_not_positive(value: float) -> None:
    with pytest.raises(InvalidArgument, match=r"^timeout must be more than 0 and finite$"):
        _validate.positive(value, "timeout")


@pytest.mark.parametrize("value", [True, "5", None, Decimal(5), [5]])
def test_no_number_of_seconds(value: Any) -> None:
    with pytest.raises(TypeError, match=rf"^timeout must be a number of seconds, not {type(value).__name__}$"):
        _validate.positive(value, "timeout")


def test_count() -> None:
    assert _validate.count(0, "retries", 0) == 0
    assert _validate.count(5, "retries", 1) == 5
    with pytest.raises(InvalidArgument, match=r"^retries must be at least 1$"):
        _validate.count(0, "retries", 1)


@pytest.mark.parametrize("value", [True, "5", None, 5.0, Decimal(5)])
def test_no_count(value: Any) -> None:
    with pytest.raises(TypeError, match=rf"^retries must be an int, not {type(value).__name__}$"):
        _validate.count(value, "retries", 0)
