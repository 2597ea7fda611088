"""Which error ends with which code, and what it tells."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from ropo_jobs_cli import show, stops
from ropo_jobs_client import UNSET, errors

TABLE = {
    1: [
        "AmbiguousJob",
        "DecodeError",
        "JournalInUse",
        "JournalLost",
        "NotAPdf",
        "PdfTooLarge",
        "PdfTruncated",
        "ResponseError",
        "RopoError",
    ],
    3: [
        "ApiError",
        "AuthenticationFailed",
        "BadRequest",
        "Conflict",
        "JobNotFound",
        "NotFound",
        "PermissionDenied",
        "RateLimited",
        "ServerError",
        "UnprocessableEntity",
    ],
    4: ["ConnectionFailed", "ConnectionLost", "TimedOut", "TransportError"],
    5: ["OutcomeUnknown", "PartlyAccepted"],
}
KINDS = {
    name: kind
    for name, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, errors.RopoError) and kind.__module__ == errors.__name__
}


def test_the_table_is_whole() -> None:
    assert sorted(name for names in TABLE.values() for name in names) == sorted(KINDS)
    assert set(TABLE) < set(stops.MEANINGS)


@pytest.mark.parametrize(("code", "name"), [(code, name) for code, names in TABLE.items() for name in names])
def test_code_of_each_error(code: int, name: str) -> None:
    stop = stops.of_library_error(KINDS[name]("what happened"))
    assert stop.code == code
    assert str(stop)


def test_all_that_is_known_is_told() -> None:
    error = errors.OutcomeUnknown(
        "…",
        operation="POST /jobs",
        status=502,
        billnums=("1", "2"),
        data_identifier="mine",
        sent_at=datetime(2026, 11, 22, 20, 45, tzinfo=UTC),
    )
    assert str(stops.of_library_error(error)).splitlines() == [
        "OUTCOME UNKNOWN: POST /jobs was sent and may have been carried out.",
        "  sent at: 2026-11-22T20:45:00+00:00",
        "  billnum: 1, 2",
        "  DataIdentifier: mine",
        "  HTTP status: 502",
        "  Do not send it again before you know. Wait some minutes, and find out:",
        "    ropo-jobs get --billnum 1",
        "    ropo-jobs status --billnum 1",
        "    ropo-jobs get --billnum 2",
        "    ropo-jobs status --billnum 2",
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, ""),
        (UNSET, ""),
        ("", ""),
        (0, "0"),
        (Decimal(5), "5.00"),
        (Decimal("5.1"), "5.10"),
        (Decimal("5.125"), "5.125"),
        (Decimal("1E+3"), "1000.00"),
        ("a\x1b[2Jb\n", "a [2Jb "),
        (["1", "2"], '["1", "2"]'),
    ],
)
def test_fields_for_people(value: Any, shown: str) -> None:
    assert show.text(value) == shown
