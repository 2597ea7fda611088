"""Sums, reference numbers, barcodes, and what each kind of job needs, as tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ropo_jobs_sandbox import jobtypes
from ropo_jobs_sandbox.barcode import bars, payment_digits
from ropo_jobs_sandbox.identifiers import is_business_id, is_reference_number, reference_check_digit, reference_number
from ropo_jobs_sandbox.invoice import row_of, rows_of, totals_of, vat_lines
from ropo_jobs_sandbox.values import as_date, as_decimal, as_int

ROW = {"desc": "Hieronta", "count": "1", "itemtype": "h", "amount": "35.00", "taxpr": "24.00"}


@pytest.mark.parametrize(
    ("row", "net", "vat", "total"),
    [
        (ROW, "35.00", "8.40", "43.40"),
        ({**ROW, "count": 3}, "105.00", "25.20", "130.20"),
        ({**ROW, "count": "-1"}, "-35.00", "-8.40", "-43.40"),
        ({**ROW, "discount": 10}, "31.50", "7.56", "39.06"),
        ({"amount": 10}, "10", "0", "10"),
        ({}, "0", "0", "0"),
        # Halves are rounded away from zero: 0.125 is 0.13.
        ({"amount": "0.50", "taxpr": 25}, "0.50", "0.13", "0.63"),
        ({"amount": "-0.50", "taxpr": 25}, "-0.50", "-0.13", "-0.63"),
        ({**ROW, "netamount": "40.00"}, "40.00", "9.60", "49.60"),
        ({**ROW, "totalamount": 44}, "35.00", "8.40", "44"),
    ],
)
def test_the_sums_of_a_row(row: dict[str, Any], net: str, vat: str, total: str) -> None:
    found = row_of(row)
    assert (found.net, found.vat, found.total) == (Decimal(net), Decimal(vat), Decimal(total))


@pytest.mark.parametrize(
    ("item", "net", "vat", "total", "payable"),
    [
        ({"payrow": [ROW, ROW]}, "70.00", "16.80", "86.80", "86.80"),
        ({"payrow": [ROW], "advancepayment": "3.40"}, "35.00", "8.40", "43.40", "40.00"),
        ({"payrow": [ROW], "negvat": 1}, "35.00", "0.00", "35.00", "35.00"),
        ({"payrow": [ROW], "totalamount": "50"}, "41.60", "8.40", "50.00", "50.00"),
        ({"amount": "19.96"}, "19.96", "0.00", "19.96", "19.96"),
        ({"amount": "1", "totalamount": 19.96, "netamount": "16.10"}, "16.10", "3.86", "19.96", "19.96"),
        ({"netamount": 16.10, "vatamount": 3.86}, "16.10", "3.86", "19.96", "19.96"),
        ({}, "0.00", "0.00", "0.00", "0.00"),
    ],
)
def test_the_sums_of_a_bill(item: dict[str, Any], net: str, vat: str, total: str, payable: str) -> None:
    found = totals_of(item)
    assert [str(found.net), str(found.vat), str(found.total), str(found.payable)] == [net, vat, total, payable]


def test_rows_are_added_up_by_vat_rate() -> None:
    rows = [ROW, {**ROW, "taxpr": 10}, {**ROW, "taxpr": "24.0"}]
    lines = vat_lines(rows_of({"payrow": rows}))
    assert [(line.rate, line.net, line.vat, line.total) for line in lines] == [
        (Decimal(10), Decimal("35.00"), Decimal("3.50"), Decimal("38.50")),
        (Decimal(24), Decimal("70.00"), Decimal("16.80"), Decimal("86.80")),
    ]


@pytest.mark.parametrize("base", ["123", "12345", "9999999999999999999"])
def test_reference_numbers_have_a_check_digit(base: str) -> None:
    last = reference_check_digit(base)
    assert is_reference_number(base + last)
    assert not is_reference_number(base + str((int(last) + 1) % 10))


def test_a_known_reference_number() -> None:
    # The example of the Finnish banks' own guide.
    assert is_reference_number("1232")
    assert reference_number(12345) == "123453"
    assert not is_reference_number("12A2")
    assert not is_reference_number("9")


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("2262509-5", True),
        ("1234567-1", True),
        ("2262509-4", False),
        ("22625095", False),
        ("556703-7485", True),
        ("556703-7486", False),
        ("974 760 673", True),
        ("974760674", False),
        ("131052-308T", False),
        ("", False),
    ],
)
def test_business_ids(text: str, valid: bool) -> None:
    assert is_business_id(text) is valid


def test_the_barcode_of_an_invoice() -> None:
    digits = payment_digits("FI21 1234 5600 0007 85", Decimal("4883.15"), "868516259619897", date(2010, 6, 12))
    assert digits == "421123456000007850048831500000000868516259619897100612"
    widths = bars(digits)
    # 54 digits are 27 symbols; with start and check 29 of 11 modules each, and a stop of 13.
    assert sum(widths) == 29 * 11 + 13
    assert len(widths) == 29 * 6 + 7


@pytest.mark.parametrize(
    ("iban", "amount", "reference"),
    [
        ("SE4550000000058398257466", "10", "1232"),
        ("FI2112345600000785", "0", "1232"),
        ("FI2112345600000785", "1000000", "1232"),
        ("FI2112345600000785", "10", "message"),
    ],
)
def test_no_barcode_for_what_it_cannot_hold(iban: str, amount: str, reference: str) -> None:
    assert payment_digits(iban, Decimal(amount), reference, None) is None


INVOICE: dict[str, Any] = {
    "jobtype": 0,
    "person": "Teppo",
    "address": "Katu 1",
    "postcode": "70100",
    "city": "KUOPIO",
    "customertype": 2,
    "billdate": "2026-11-22",
    "paydate": "2026-12-06",
    "payrow": [ROW],
}
COMPANY = {**INVOICE, "customertype": 1, "company": "Matin konepaja Oy"}


@pytest.mark.parametrize(
    "item",
    [
        INVOICE,
        {**INVOICE, "jobtype": "300"},
        {"jobtype": 1, "customertype": 2, "amount": "10", "billcode": "1232"},
        {**INVOICE, "jobtype": 2, "noticedate": "2026-11-01", "billcode": "1232", "amount": 10, "billnum": "1"},
        {"jobtype": 301, "customertype": 1},
        {"jobtype": 602, "customertype": 1, "origbillnum": "123"},
        {**COMPANY, "finance": 1, "govid": "2262509-5"},
        {**COMPANY, "payplaninterval": 1, "payplancount": 5},
        {**COMPANY, "payplan": {"instalment": [{"date": "2026-12-01", "amount": 10}]}},
        {**INVOICE, "payplancount": 0},
        {**INVOICE, "finance": 0},
    ],
)
def test_what_is_enough(item: dict[str, Any]) -> None:
    assert jobtypes.complaint(item) is None


@pytest.mark.parametrize(
    ("item", "field"),
    [
        *[({**INVOICE, name: None}, name) for name in ("postcode", "billdate", "paydate")],
        ({**INVOICE, "payrow": []}, "payrow"),
        ({**INVOICE, "person": " "}, "person or company"),
        ({**INVOICE, "jobtype": 7}, "jobtype"),
        ({**INVOICE, "customertype": 3}, "customertype"),
        ({"jobtype": 1, "customertype": 2, "billcode": "1232"}, "amount"),
        ({"jobtype": 1, "customertype": 2, "amount": 10}, "billcode"),
        ({**INVOICE, "jobtype": 2, "billcode": "1232", "amount": 10, "billnum": "1"}, "noticedate"),
        ({"jobtype": 602, "customertype": 1}, "origbillnum"),
        ({**INVOICE, "finance": 1, "govid": "2262509-5"}, "finance"),
        ({**COMPANY, "finance": 2}, "govid"),
        ({**COMPANY, "finance": 2, "govid": "2262509-6"}, "govid"),
        ({**COMPANY, "finance": 3}, "finance"),
        ({**INVOICE, "payplaninterval": 1, "payplancount": 5}, "payplaninterval"),
        ({**COMPANY, "payplancount": 5}, "payplancount"),
        ({**COMPANY, "payplaninterval": 1, "payplancount": 5, "payplanamount": 3}, "payplaninterval"),
        ({**INVOICE, "amount": "1e30"}, "amount"),
        ({**INVOICE, "payrow": [{**ROW, "count": 10**11, "amount": 10**11}]}, "payrow[0].amount"),
        ({**INVOICE, "payrow": [{**ROW, "discount": 101}]}, "payrow[0].discount"),
    ],
)
def test_what_is_missing_is_named(item: dict[str, Any], field: str) -> None:
    complaint = jobtypes.complaint(item)
    assert complaint is not None
    assert complaint.partition(":")[0] == field


@pytest.mark.parametrize(
    ("value", "number"),
    [("35.00", "35.00"), (" 7 ", "7"), (3, "3"), (0.1, "0.1"), ("-.5", "-0.5"), ("1e2", "100")],
)
def test_numbers_are_read_leniently(value: object, number: str) -> None:
    assert as_decimal(value) == Decimal(number)


@pytest.mark.parametrize("value", [None, True, "", "abc", "1,5", "\u0661", [], {}, "nan", "1e99", float("inf")])
def test_what_is_no_number(value: object) -> None:
    assert as_decimal(value) is None


def test_whole_numbers_and_dates() -> None:
    assert [as_int(value) for value in ("3", 3, "3.0", "3.5", True, 10**30)] == [3, 3, 3, None, None, 10**30]
    assert as_date("2026-02-28") == date(2026, 2, 28)
    assert [as_date(value) for value in ("2026-02-30", "0000-00-00", "20260228", "2026-W01-1", None, 5)] == [None] * 6
