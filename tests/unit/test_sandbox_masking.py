"""What the sandbox hides of requests and answers, and which requests it takes for foreign."""

from __future__ import annotations

import json

import pytest

from ropo_jobs_sandbox.masking import MASK, masked_body, masked_headers, masked_query, masked_text
from ropo_jobs_sandbox.origin import is_foreign


@pytest.mark.parametrize(
    "code",
    [
        "131052-308T",
        "131052A308T",
        "010100+123N",
        "811228-9874",
        "8112289874",
        "19811228-9874",
        "811288-9874",
        "01010012345",
        "010100 12345",
        "41010012345",
        "eyJ0eXAiOiJKV1QifQ.eyJjaWQiOiIxIn0.c2ln",
    ],
)
def test_personal_identity_codes_and_tokens_are_masked(code: str) -> None:
    for text in (code, f"of {code}, now", f'{{"note": "{code}"}}'):
        assert masked_text(text) == text.replace(code, MASK)
        assert masked_body(text) == text.replace(code, MASK)
    assert masked_query({"billnum": code}) == {"billnum": MASK}


@pytest.mark.parametrize(
    "text",
    [
        "11213",
        "100036",
        "2026-11-22",
        "1234567-1",
        "FI12345671",
        "1345.20",
        "9912345678",
        "b-131052",
        "123456789012345678",
    ],
)
def test_other_numbers_are_shown(text: str) -> None:
    assert masked_text(text) == masked_body(text) == text


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ('{"cid":"1","apicode":"secret"}', '{"cid": "1", "apicode": "***"}'),
        ('{"deep": [{"Token": "secret"}]}', '{"deep": [{"Token": "***"}]}'),
        ('{"ssn": 12345678901, "name": "Ä"}', '{"ssn": "***", "name": "Ä"}'),
        ('{"apicode": "secret"', MASK),
        ("apicode=secret", MASK),
        ('{"tok\\u0065n": "secret"}', '{"token": "***"}'),
        ("The token is unknown", "The token is unknown"),
        ("", ""),
        ('{"a":1.50}', '{"a":1.50}'),
        ("[" * 100_000, "[" * 100_000),
    ],
)
def test_bodies(body: str, shown: str) -> None:
    assert masked_body(body) == shown


def test_an_answer_that_quotes_a_secret_of_its_request() -> None:
    assert masked_body('{"error": "apicode: wrong-code is none"}', ["wrong-code", "is"]) == json.dumps(
        {"error": "apicode: *** is none"}
    )


def test_headers_and_queries() -> None:
    headers = {"authorization": "Bearer x", "cookie": "y", "dataidentifier": "d-1", "referer": "010170-123A.pdf"}
    shown = {"authorization": MASK, "cookie": MASK, "dataidentifier": "d-1", "referer": f"{MASK}.pdf"}
    assert masked_headers(headers) == shown
    assert masked_query({"token": "x", "SSN": "y", "jobid": "1"}) == {"token": MASK, "SSN": MASK, "jobid": "1"}


@pytest.mark.parametrize(
    ("headers", "foreign"),
    [
        ({}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8787"}, False),
        ({"origin": "http://127.0.0.1:8787"}, False),
        ({"origin": "https://127.0.0.1:8787"}, False),
        ({"origin": "http://127.0.0.1:8788"}, True),
        ({"origin": "http://localhost:8787"}, True),
        ({"origin": "null"}, True),
        ({"origin": ""}, True),
        ({"origin": "http://["}, True),
        ({"sec-fetch-site": "same-site"}, True),
        ({"sec-fetch-site": "cross-site"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8787"}, True),
    ],
)
def test_foreign_pages(headers: dict[str, str], foreign: bool) -> None:
    assert is_foreign({"host": "127.0.0.1:8787", **headers}) is foreign
