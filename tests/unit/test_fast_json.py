"""The parser of the fast transport gives the values of the standard library, or leaves the text to it."""

from __future__ import annotations

import json
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ropo_jobs_client import BearerToken, RopoJobsClient
from ropo_jobs_client._codec.json import decode_json
from ropo_jobs_client._http import fast_json
from ropo_jobs_client._http.fast_json import decode_json_fast

_DEEP = 5_000


@contextmanager
def deep() -> Generator[None]:
    """Let what compares go deeper than what parses."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(_DEEP)
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def shape(value: object) -> object:
    """Return all that can be told of a value: an int and a Decimal are equal, and so are 1.0 and 1.00."""
    if isinstance(value, Mapping):
        return [(name, shape(item)) for name, item in cast("Mapping[str, object]", value).items()]
    if isinstance(value, list):
        return [list, *(shape(item) for item in cast("list[object]", value))]
    return type(value), repr(value), getattr(value, "sent", None)


def outcome(parse: Any, content: bytes) -> object:
    try:
        value = parse(content)
    except ValueError as error:
        return str(error)
    with deep():
        return shape(value)


def assert_the_same(content: bytes) -> None:
    expected, found = outcome(decode_json, content), outcome(decode_json_fast, content)
    with deep():
        assert found == expected


ODD = [
    *(b"0", b"-0", b"-0.0", b"0e5", b"1e5", b"1E+2", b"1.50", b"1.5e3", b"1E400", b"1e999999"),
    *(
        b"1e9999999999999999999",
        b"1." + b"0" * 5_000,
        b"0." + b"0" * 5_000 + b"1",
        b"710.00",
        b"1234567890.1234567890123456789",
    ),
    *(b"9" * 4_300, b"9" * 4_301, b"-" + b"9" * 4_300, b"-" + b"9" * 4_301),
    *(b"18446744073709551615", b"18446744073709551616", b"-9223372036854775808", b"-9223372036854775809"),
    *(b"01", b"1.", b".5", b"1e", b"+1", b"--1", b"0x1", b"NaN", b"Infinity", b"-Infinity", b"tru", b"nul", b"'a'"),
    *(b'{"a":1,"a":2}', b'{"":1}', b'{"a":1,}', b"[1,]", b"[1 2]", b'{"a" 1}', b"{1:2}", b"[1] x", b"[1][2]"),
    *(
        b"",
        b" ",
        b" \n\t[1]\r",
        b"\x0c[1]",
        b"\xc2\xa0[1]",
        b"\x00",
        b"[1]\x00",
        b"\xef\xbb\xbf{}",
        b"/**/[1]",
        b"//\n[1]",
    ),
    *(b'"\\ud800"', b'"\\udc00\\ud800"', b'"\\ud83d\\ude00"', b'"\\u0000"', b'"\\x"', b'"\\u12g4"', b'"\\"', b'"a'),
    *(b'"\xff"', b'"\xed\xa0\x80"', b'"\x01"', b'"\x7f"', b'"\n"', '"é"'.encode("latin-1"), '{"é":"ä"}'.encode()),
    *("[1]".encode(name) for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le")),
    *(b"[" * 900 + b"]" * 900, b'{"a":' * 900 + b"1" + b"}" * 900, b"[" * 200_000, b"[" * 100_000 + b"]" * 100_000),
]


@pytest.mark.parametrize("content", ODD, ids=lambda content: repr(content[:30]))
def test_odd_documents(content: bytes) -> None:
    assert_the_same(content)


_NUMBERS = st.one_of(
    st.integers().map(str),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?", fullmatch=True),
)
_TEXTS = st.builds(json.dumps, st.text(), ensure_ascii=st.booleans())
_DOCUMENTS = st.recursive(
    st.one_of(_NUMBERS, _TEXTS, st.sampled_from(["true", "false", "null"])),
    lambda inner: st.one_of(
        st.lists(inner).map(lambda items: f"[{', '.join(items)}]"),
        st.lists(st.tuples(_TEXTS, inner)).map(lambda items: "{" + ",".join(f"{k}:{v}" for k, v in items) + "}"),
    ),
    max_leaves=20,
).map(lambda text: text.encode("utf-8", "surrogatepass"))


@given(_DOCUMENTS)
def test_any_document(content: bytes) -> None:
    assert_the_same(content)


@given(_DOCUMENTS, st.integers(min_value=0), st.integers(min_value=0, max_value=2), st.binary(max_size=3))
def test_a_document_with_a_flaw(content: bytes, where: int, left_out: int, put_in: bytes) -> None:
    at = where % (len(content) + 1)
    assert_the_same(content[:at] + put_in + content[at + left_out :])


def test_the_fast_client_parses_with_it() -> None:
    def parser(**options: Any) -> object:
        ropo: Any = RopoJobsClient(BearerToken("t"), base_url="https://ropo.example/rest", **options)
        return ropo._pipeline._transport.decode_json

    assert parser(transport="fast") is decode_json_fast
    assert parser() is None


def test_an_ordinary_answer_is_not_left_to_the_standard_library(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_: bytes) -> object:
        raise AssertionError

    monkeypatch.setattr(fast_json, "decode_json", never)
    content = '{"jobid":123,"billnum":"11213","amount":710.10,"payer":"Teppo Ä","rows":[{"vat":1.5e1,"text":null}]}'
    assert decode_json_fast(content.encode()) == json.loads(content, parse_float=Decimal)
