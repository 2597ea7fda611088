"""Which file a bill's PDF is in, and which arguments `save_pdfs` takes."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ropo_jobs_client import _validate
from ropo_jobs_client._codec.headers import safe_filename
from ropo_jobs_client.bulk import pdf_filename


@pytest.mark.parametrize(
    ("ref", "name"),
    [
        ("11213", "11213.pdf"),
        ("2026-11_a.b", "2026-11_a.b.pdf"),
        (123, "job-123.pdf"),
        ("123", "123.pdf"),
    ],
)
def test_a_plain_ref_is_its_own_name(ref: str | int, name: str) -> None:
    assert pdf_filename(ref) == name


@pytest.mark.parametrize(
    ("ref", "start"),
    [
        ("A1", "A1~"),
        ("a/b", "b~"),
        ("../../etc/passwd", "passwd~"),
        ("C:\\bill", "bill~"),
        ("job-123", "job-123~"),
        ("a~1", "a~1~"),
        ("nul", "bill~"),
        ("..", "bill~"),
        (".hidden", "hidden~"),
        ("lasku ä", "lasku ä~"),
        ("x" * 1_000, "x" * 40 + "~"),
    ],
)
def test_what_is_no_name_everywhere_or_anothers_gets_a_digest(ref: str, start: str) -> None:
    name = pdf_filename(ref)
    assert name.startswith(start)
    assert name.endswith(".pdf")
    assert len(name) == len(start) + 32 + 4


_refs = st.one_of(
    st.integers(1, 10**19 - 1),
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300),
    st.text("aAäÄ/\\:.~-_ jobJOB1", min_size=1, max_size=8),
    st.from_regex(r"job-[1-9]", fullmatch=True),
)


@given(_refs)
def test_every_name_is_safe(ref: str | int) -> None:
    name = pdf_filename(ref)
    assert safe_filename(name) == name
    assert len(name.encode()) <= 255


@given(_refs, _refs)
def test_no_two_share_a_name_however_the_file_system_compares(one: str | int, other: str | int) -> None:
    def compared(ref: str | int) -> str:
        return unicodedata.normalize("NFD", pdf_filename(ref)).casefold()

    same = one == other and type(one) is type(other)
    assert (compared(one) == compared(other)) is same


def test_a_name_depends_on_nothing_but_the_ref() -> None:
    """A folder that was begun is gone on with: these names are for ever."""
    assert pdf_filename("A1") == "A1~16a36e86f6fed5d465ff332511a0ce1a.pdf"


@pytest.mark.parametrize(
    ("refs", "kind", "text"),
    [
        ("11213", TypeError, "refs must be an iterable of billnums and jobids, not str"),
        (b"11213", TypeError, "not bytes"),
        (11213, TypeError, "not int"),
        (None, TypeError, "not NoneType"),
        (["1", None], TypeError, r"refs\[1\] must be a billnum \(str\) or a jobid \(int\), not NoneType"),
        (["1", 2, True], ValueError, r"refs\[2\] must not be a bool"),
        ([1.0], TypeError, r"refs\[0\] .*not float"),
        (["1", " "], ValueError, r"refs\[1\] must not be empty or blank"),
        ([1, 0], ValueError, r"refs\[1\] must be at least 1"),
        (["x" * 1_001], ValueError, r"refs\[0\] must"),
        (["\ud800"], ValueError, r"refs\[0\] must"),
    ],
)
def test_wrong_refs(refs: Any, kind: type[Exception], text: str) -> None:
    with pytest.raises(kind, match=text):
        _validate.pdf_refs(refs)


def test_refs() -> None:
    assert _validate.pdf_refs(iter(["1", 1, "2", "1", 1])) == ["1", 1, "2"]
    assert _validate.pdf_refs([]) == []
