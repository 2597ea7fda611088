"""PDFs: that they are whole, show what they should, survive any text, and take any size."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ropo_jobs_sandbox.answers import content_disposition
from ropo_jobs_sandbox.example import example_item
from ropo_jobs_sandbox.padding import CHUNK, padded, smallest
from ropo_jobs_sandbox.pdf import draw

ITEM = {**example_item(date(2026, 11, 22)), "billnum": "100001", "billcode": "100010"}


def texts(pdf: bytes) -> str:
    """The text of a PDF, one string after the other."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        pages = [page.obj.Contents.read_bytes() for page in document.pages]
    content = b"".join(pages)
    strings = re.findall(rb"\(((?:\\.|[^()\\])*)\)", content)
    return "\n".join(re.sub(rb"\\(.)", rb"\1", string).decode("latin-1") for string in strings)


def check_structure(pdf: bytes) -> None:
    """Follows the table of objects, as a viewer does."""
    assert pdf.startswith(b"%PDF-")
    end = re.search(rb"startxref\n(\d+)\n%%EOF\n?\Z", pdf)
    assert end is not None
    table = pdf[int(end[1]) :]
    assert table.startswith(b"xref\n")
    entries = re.findall(rb"(\d{10}) (\d{5}) ([nf])", table)
    assert len(entries) > 5
    for number, (place, _, kind) in enumerate(entries):
        if kind == b"n":
            assert pdf[int(place) :].startswith(b"%d 0 obj" % number)


def test_an_invoice_shows_what_it_should() -> None:
    pdf = draw([ITEM])
    check_structure(pdf)
    shown = texts(pdf)
    wanted = ["LASKU", "Esimerkki Oy", "Teppo Testaaja", "Sammonkatu 23-25 A 7", "70100 KUOPIO", "100001", "22.11.2026"]
    wanted += ["6.12.2026", "1 00010", "Hieronta 60 min", "25,5", "87,85", "102,56", "FI21 1234 5600 0007 85"]
    for text in wanted:
        assert text in shown, text


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"language": "swe"}, "FAKTURA"),
        ({"language": "eng"}, "2026-12-06"),
        ({"language": "est"}, "ARVE"),
        ({"language": "xyz"}, "LASKU"),
        ({"jobtype": 1}, "MAKSUMUISTUTUS"),
        ({"jobtype": "2"}, "MAKSUVAATIMUS"),
        ({"payrow": [{"desc": "x", "count": -1, "amount": 5}]}, "HYVITYSLASKU"),
        ({"advancepayment": "2.56"}, "100,00"),
        ({"currency": "SEK"}, "Maksettava yhteensä SEK"),
        ({"customertype": 1, "govid": "2262509-5"}, "2262509-5"),
        ({"addressaddline1": "Johto"}, "Johto"),
        ({"freetext": "Kiitokset tilauksesta!"}, "Kiitokset tilauksesta!"),
        ({"person": "Łukasz Őze \u2013 Ärlig"}, "Lukasz Oze - Ärlig"),
        ({"person": "山田"}, "??"),
    ],
)
def test_what_a_bill_says_of_itself(fields: dict[str, Any], text: str) -> None:
    assert text in texts(draw([{**ITEM, **fields}]))


def test_personal_identity_codes_stay_off_the_paper() -> None:
    assert "131052-308T" not in texts(draw([{**ITEM, "govid": "131052-308T"}]))


def test_many_rows_take_many_pages() -> None:
    rows = [{"desc": f"Rivi {place}", "count": 1, "amount": 1, "taxpr": 24} for place in range(200)]
    shown = texts(draw([{**ITEM, "payrow": rows}]))
    assert all(f"Rivi {place}\n" in shown for place in range(200))
    assert "Sivu 5" in shown
    assert "Sivu 10" not in shown
    assert shown.count("Saajan tilinumero") == 1


def test_many_bills_make_one_document() -> None:
    pdf = draw([ITEM, {**ITEM, "billnum": "100002"}])
    check_structure(pdf)
    assert texts(pdf).count("Sivu 1") == 2


def test_the_same_data_make_the_same_bytes() -> None:
    assert draw([ITEM]) == draw([dict(ITEM)])


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400), st.text(max_size=2_500))
def test_any_text_can_be_drawn(name: str, description: str) -> None:
    row = {"desc": description, "count": "1", "amount": "1"}
    check_structure(draw([{**ITEM, "person": name, "yourcode": name, "payrow": [row], "freetext": description}]))


# Sizes


def test_a_pdf_of_any_size_is_whole() -> None:
    pdf = draw([ITEM])
    least = smallest(pdf)
    sizes = [*range(least, least + 300), 9_990, 9_999, 10_000, 99_999, 100_000, 999_999, CHUNK * 3, CHUNK * 3 + 1]
    for size in sizes:
        made = padded(pdf, size)
        whole = b"".join(made.chunks())
        assert len(whole) == made.size == size
        check_structure(whole)
        assert whole[-1024:].rstrip().endswith(b"%%EOF")


def test_a_huge_pdf_takes_no_memory() -> None:
    made = padded(draw([ITEM]), 50_000_000_000)
    assert made.size == 50_000_000_000
    assert len(next(made.chunks())) < CHUNK


def test_a_pdf_cannot_be_smaller_than_itself() -> None:
    pdf = draw([ITEM])
    with pytest.raises(ValueError, match="too small"):
        padded(pdf, smallest(pdf) - 1)


@pytest.mark.parametrize(
    ("name", "header"),
    [
        ("11213.pdf", 'attachment; filename="11213.pdf"'),
        ("lasku 1.pdf", 'attachment; filename="lasku 1.pdf"'),
        ('a"b\\c.pdf', 'attachment; filename="a\\"b\\\\c.pdf"'),
        ("Ä.pdf", "attachment; filename=\"_.pdf\"; filename*=UTF-8''%C3%84.pdf"),
        ("a\r\nSet-Cookie: x.pdf", 'attachment; filename="a__Set-Cookie: x.pdf"'),
        ("../x.pdf", 'attachment; filename="../x.pdf"'),
    ],
)
def test_file_names_in_a_header(name: str, header: str) -> None:
    assert content_disposition(name) == header
