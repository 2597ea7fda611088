"""Cuts of real PDFs of every kind: none passes as whole that is not, and what is whole passes."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pdf_kinds import KINDS, looks_whole, make_pdf, passed_before, passes

from ropo_jobs_client._pdf_check import is_whole_pdf

all_kinds = pytest.mark.parametrize("kind", KINDS)


@all_kinds
def test_what_is_whole_passes_by_every_rule(kind: str, tmp_path: Path) -> None:
    whole = make_pdf(kind)
    with pikepdf.open(io.BytesIO(whole)) as document:
        # Another parser finds nothing wrong with it either.
        assert len(document.pages) == 3
    assert passes(whole)
    assert passes(whole, is_whole=True)
    (tmp_path / "a.pdf").write_bytes(whole)
    assert is_whole_pdf(tmp_path / "a.pdf")


@all_kinds
def test_no_cut_passes_but_right_behind_an_end_mark(kind: str, tmp_path: Path) -> None:
    """Every cut there is, whether the connection says nothing of the end or says that all is here, and as a file."""
    whole = make_pdf(kind, 1)
    wrong = [
        cut
        for cut in range(1, len(whole))
        if not looks_whole(whole, cut) and (passes(whole[:cut]) or passes(whole[:cut], is_whole=True))
    ]
    assert wrong == []
    file = tmp_path / "a.pdf"
    for cut in range(1, len(whole), 97):
        file.write_bytes(whole[:cut])
        assert is_whole_pdf(file) is passes(whole[:cut], is_whole=True)


@given(st.sampled_from(KINDS), st.integers(1, 30), st.floats(0, 1, exclude_max=True))
def test_no_cut_anywhere_in_a_pdf_of_any_length_passes(kind: str, pages: int, part: float) -> None:
    whole = make_pdf(kind, pages)
    cut = int(len(whole) * part)
    if not looks_whole(whole, cut):
        assert not passes(whole[:cut])
        assert not passes(whole[:cut], is_whole=True)


def test_the_end_mark_alone_would_let_some_pass() -> None:
    """So that these tests can fail: by the older rule, a linearized file that is cut early passes."""
    whole = make_pdf("linearized")
    cut = whole.find(b"%%EOF") + 500
    assert passed_before(whole[:cut])
    assert not looks_whole(whole, cut)
    assert not passes(whole[:cut])


@pytest.mark.parametrize("kind", ["linearized", "padded with zeros", "with bytes before it"])
@given(part=st.floats(0.1, 0.9))
def test_what_lost_its_middle_is_shorter_than_it_says(kind: str, part: float) -> None:
    whole = make_pdf(kind)
    at = int(len(whole) * part)
    assert not passes(whole[:at] + whole[at + 2_000 :], is_whole=True)


@pytest.mark.parametrize("padding", [b"", b"\n" * 1_500, b"\0" * 200_000, b"x" * 60_000])
@all_kinds
def test_padding_of_any_length_where_all_is_here(kind: str, padding: bytes, tmp_path: Path) -> None:
    whole = make_pdf(kind) + padding
    assert passes(whole) is (b"%%EOF" in whole[-1024:])
    assert passes(whole, is_whole=True)
    (tmp_path / "a.pdf").write_bytes(whole)
    assert is_whole_pdf(tmp_path / "a.pdf")


def test_what_is_no_file_is_no_whole_pdf(tmp_path: Path) -> None:
    assert not is_whole_pdf(tmp_path)
    assert not is_whole_pdf(tmp_path / "missing")
    (tmp_path / "empty").touch()
    assert not is_whole_pdf(tmp_path / "empty")
