"""Invoices as PDFs: A4, in the manner of a Finnish invoice, from an example biller.

Top left the sender, below it the recipient where an envelope has its window, right the numbers and dates; then the
rows, the VAT by rate, the total; at the foot of the last page what a bank needs, with its barcode. The same data always
make the same bytes.
"""

from __future__ import annotations

import json
import unicodedata
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from fpdf import FPDF

from . import jobtypes
from .barcode import bars, payment_digits
from .invoice import Row, rows_of, totals_of, vat_lines
from .labels import Language, language
from .values import Json, as_date, as_int, as_text, to_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

_SENDER = "Esimerkki Oy"
_SENDER_LINES = ("Esimerkkikatu 1", "00100 HELSINKI", "1234567-1 · FI12345671")
_IBAN, _BIC = "FI21 1234 5600 0007 85", "NDEAFIHH"

_LEFT, _RIGHT, _MIDDLE = 20.0, 190.0, 112.0
_WINDOW_TOP, _ROWS_TOP, _NEXT_PAGE_TOP = 47.0, 96.0, 40.0
_SLIP_TOP, _PAGE_END = 222.0, 276.0
_LINE = 4.6
_COLUMNS = (
    ("description", 66.0, "L"),
    ("count", 18.0, "R"),
    ("unit", 14.0, "C"),
    ("price", 24.0, "R"),
    ("vat", 16.0, "R"),
    ("amount", 32.0, "R"),
)
_LOOKALIKES = {
    # ruff: noqa: RUF001
    "–": "-",
    "—": "-",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "•": "*",
    "…": "...",
    "€": "EUR",
    "Ł": "L",
    "ł": "l",
    "Đ": "D",
    "đ": "d",
    "ı": "i",
    "Œ": "OE",
    "œ": "oe",
}
_MOST_CHARACTERS = 2_000


def draw(items: Sequence[Json]) -> bytes:
    """The PDF of some dataset items, one after the other."""
    return _drawn(to_json(list(items)))


@lru_cache(maxsize=128)
def _drawn(items: str) -> bytes:
    document = _Document()
    for item in json.loads(items):
        _Invoice(document, item).draw()
    return bytes(document.output())


def _printable(text: str) -> str:
    """Text that the PDF's own font has: letters without their accents, or "?", for what it has not."""
    clean = "".join(char if char.isprintable() else " " for char in unicodedata.normalize("NFC", text))
    return "".join(_nearest(char) for char in clean[:_MOST_CHARACTERS])


def _nearest(char: str) -> str:
    for candidate in (char, unicodedata.normalize("NFKD", char)[:1]):
        if candidate.encode("latin-1", "ignore"):
            return candidate
    return _LOOKALIKES.get(char, "?")


class _Document(FPDF):
    """A document whose pages are laid out by hand."""

    def __init__(self) -> None:
        super().__init__(orientation="portrait", unit="mm", format="A4")
        self.set_auto_page_break(auto=False)
        self.set_margins(0, 0, 0)
        self.c_margin = 0.0
        self.set_creator("ropo_jobs_sandbox")
        self.set_creation_date(datetime(2020, 1, 1, tzinfo=UTC))
        self.set_draw_color(120)
        self.set_line_width(0.2)

    def write_at(
        self, x: float, y: float, text: str, *, size: float = 9, bold: bool = False, width: float = 0, align: str = "L"
    ) -> None:
        """Writes a line of text, made narrower until it fits its width."""
        self.set_font("helvetica", "B" if bold else "", size)
        shown = _printable(text)
        if width:
            while size > 5 and self.get_string_width(shown) > width:
                size -= 0.5
                self.set_font_size(size)
            while len(shown) > 1 and self.get_string_width(shown) > width:
                shown = shown[:-2] + "."
        self.set_xy(x, y)
        self.cell(width or None, _LINE, shown, align=align)

    def wrapped(self, text: str, width: float, *, size: float = 9) -> list[str]:
        """A text in lines of at most a width."""
        self.set_font("helvetica", "", size)
        lines = self.multi_cell(width, _LINE, _printable(text) or " ", dry_run=True, output="LINES")
        return cast("list[str]", lines)


class _Invoice:
    """One bill, drawn from its dataset item."""

    def __init__(self, document: _Document, item: Json) -> None:
        self._pdf, self._item = document, item
        self._words: Language = language(self._text("language"))
        self._rows: list[Row] = rows_of(item)
        self._totals = totals_of(item)
        self._currency = self._text("currency") or "EUR"
        self._first_page = document.page_no() + 1
        self._top = 0.0

    def draw(self) -> None:
        """Draws its pages."""
        self._start_page()
        self._recipient()
        self._top = _ROWS_TOP
        self._row_head()
        for row in self._rows:
            self._row(row)
        self._sums()
        self._payment_slip()

    def _text(self, name: str) -> str:
        return as_text(self._item.get(name))

    # Pages

    def _start_page(self) -> None:
        pdf, words = self._pdf, self._words
        pdf.add_page()
        pdf.write_at(_LEFT, 14, _SENDER, size=15, bold=True)
        for place, line in enumerate(_SENDER_LINES):
            pdf.write_at(_LEFT, 21 + place * 3.8, line, size=8)
        pdf.write_at(_MIDDLE, 14, self._title(), size=15, bold=True, width=62)
        page = pdf.page_no() - self._first_page + 1
        pdf.write_at(_RIGHT - 20, 14, f"{words['page']} {page}", size=8, width=20, align="R")
        pdf.write_at(_LEFT, 287, words["notice"], size=7)
        for place, (label, value) in enumerate(self._facts() if page == 1 else self._facts()[:1]):
            pdf.write_at(_MIDDLE, 24 + place * _LINE, label)
            pdf.write_at(_MIDDLE + 32, 24 + place * _LINE, value, bold=place < 4, width=_RIGHT - _MIDDLE - 32)

    def _title(self) -> str:
        kind = as_int(self._item.get("jobtype"))
        name = {jobtypes.REMINDER: "reminder", jobtypes.COLLECTION: "collection"}.get(kind or 0, "invoice")
        return self._words["credit" if name == "invoice" and self._totals.total < 0 else name]

    def _facts(self) -> list[tuple[str, str]]:
        words = self._words
        facts = [
            ("number", self._text("billnum") or "-"),
            ("date", words.day(self._text("billdate"))),
            ("due", words.day(self._text("paydate"))),
            ("reference", _grouped(self._text("billcode"))),
            ("customer", self._text("custnum")),
            ("business_id", self._text("govid") if as_int(self._item.get("customertype")) == jobtypes.COMPANY else ""),
            ("your_ref", self._text("yourcode")),
            ("our_ref", self._text("ourcode")),
            ("order", self._text("ordernumber")),
            ("delivery", words.day(self._text("deliverydate"))),
            ("interest", f"{self._text('overdueinterest')} %" if self._text("overdueinterest") else ""),
        ]
        return [(words[name], value) for name, value in facts if value]

    def _recipient(self) -> None:
        names = [self._text("company"), self._text("person")]
        lines = [
            self._text("addressaddline1"),
            *names,
            self._text("addressaddline3"),
            self._text("addressaddline2"),
            self._text("address"),
            f"{self._text('postcode')} {self._text('city')}".strip(),
            self._text("countryname"),
        ]
        for place, line in enumerate(line for line in lines if line):
            self._pdf.write_at(_LEFT, _WINDOW_TOP + place * _LINE, line, size=10, width=80)

    def _room_for(self, height: float) -> None:
        if self._top + height > _PAGE_END:
            self._start_page()
            self._top = _NEXT_PAGE_TOP
            self._row_head()

    # Rows and sums

    def _row_head(self) -> None:
        left = _LEFT
        for name, width, align in _COLUMNS:
            label = f"{self._words[name]} {self._currency}" if name == "amount" else self._words[name]
            self._pdf.write_at(left, self._top, label, size=8, bold=True, width=width - 2, align=align)
            left += width
        self._top += _LINE + 1
        self._pdf.line(_LEFT, self._top, _RIGHT, self._top)
        self._top += 1.2

    def _row(self, row: Row) -> None:
        words = self._words
        description = row.description
        if row.discount:
            description += f" ({words['discount'].lower()} {words.number(row.discount)} %)"
        lines = self._pdf.wrapped(description, _COLUMNS[0][1] - 2)
        self._room_for(min(len(lines), 3) * _LINE)
        cells = (
            "",
            words.number(row.count),
            row.unit,
            words.money(row.unit_price),
            words.number(row.rate),
            words.money(row.total),
        )
        left = _LEFT
        for (_, width, align), cell in zip(_COLUMNS, cells, strict=True):
            if cell:
                self._pdf.write_at(left, self._top, cell, width=width - 2, align=align)
            left += width
        for line in lines:
            self._room_for(_LINE)
            self._pdf.write_at(_LEFT, self._top, line)
            self._top += _LINE

    def _sums(self) -> None:
        pdf, words, totals = self._pdf, self._words, self._totals
        lines = vat_lines(self._rows)
        self._room_for((min(len(lines), 5) + 6) * _LINE)
        self._top += 2
        pdf.line(_LEFT, self._top, _RIGHT, self._top)
        self._top += 2
        columns = ((104.0, 20.0), (124.0, 20.0), (144.0, 20.0), (164.0, 24.0))
        if lines:
            heads = (words["vat"], words["net"], words["vat_sum"], words["total"])
            table = [heads] + [
                (words.number(line.rate), words.money(line.net), words.money(line.vat), words.money(line.total))
                for line in lines
            ]
            for place, cells in enumerate(table):
                self._room_for(_LINE)
                for (left, width), cell in zip(columns, cells, strict=True):
                    pdf.write_at(left, self._top, cell, size=8, bold=place == 0, width=width, align="R")
                self._top += _LINE
        if totals.payable != totals.total:
            self._sum(words["advance"], totals.payable - totals.total, size=9)
        self._top += 1.5
        self._sum(f"{words['to_pay']} {self._currency}", totals.payable, size=11)
        for line in pdf.wrapped(self._text("freetext"), _RIGHT - _LEFT) if self._text("freetext") else []:
            self._room_for(_LINE)
            pdf.write_at(_LEFT, self._top, line)
            self._top += _LINE

    def _sum(self, label: str, amount: Decimal, *, size: float) -> None:
        bold = size > 10
        self._pdf.write_at(_MIDDLE, self._top, label, size=size, bold=bold, width=50)
        self._pdf.write_at(164, self._top, self._words.money(amount), size=size, bold=bold, width=24, align="R")
        self._top += _LINE + 1

    # What a bank needs

    def _payment_slip(self) -> None:
        if self._totals.payable <= 0:
            return
        if self._top > _SLIP_TOP - 4:
            self._start_page()
        pdf, words, top = self._pdf, self._words, _SLIP_TOP
        pdf.set_dash_pattern(dash=1.5, gap=1.5)
        pdf.line(_LEFT - 8, top - 3, _RIGHT + 8, top - 3)
        pdf.set_dash_pattern()
        payer = self._text("company") or self._text("person")
        boxes = (
            (_LEFT, top, 92.0, words["iban"], f"{_IBAN}   BIC {_BIC}"),
            (_LEFT, top + 11, 92.0, words["recipient"], _SENDER),
            (_LEFT, top + 22, 92.0, words["payer"], payer),
            (_MIDDLE, top, 78.0, words["number"], self._text("billnum") or "-"),
            (_MIDDLE, top + 11, 78.0, words["reference"], _grouped(self._text("billcode")) or "-"),
            (_MIDDLE, top + 22, 39.0, words["due"], words.day(self._text("paydate")) or "-"),
            (_MIDDLE + 39, top + 22, 39.0, self._currency, words.money(self._totals.payable)),
        )
        for left, box_top, width, label, value in boxes:
            pdf.rect(left, box_top, width, 11)
            pdf.write_at(left + 1.5, box_top + 0.5, label, size=7, width=width - 3)
            pdf.write_at(left + 1.5, box_top + 5.2, value, size=10, bold=True, width=width - 3)
        self._barcode(top + 38)

    def _barcode(self, top: float) -> None:
        if self._currency != "EUR":
            return
        due = as_date(self._text("paydate"))
        digits = payment_digits(_IBAN, self._totals.payable, self._text("billcode"), due)
        if digits is None:
            return
        widths = bars(digits)
        module, left = 105.0 / sum(widths), _LEFT
        self._pdf.set_fill_color(0)
        for place, width in enumerate(widths):
            if place % 2 == 0:
                self._pdf.rect(left, top, width * module, 12, style="F")
            left += width * module
        self._pdf.write_at(_LEFT, top + 12.5, digits, size=7)


def _grouped(reference: str) -> str:
    """A reference number in groups of five from the right, as Finns read it."""
    if not reference.isdigit():
        return reference
    first = len(reference) % 5
    groups = [reference[:first], *(reference[place : place + 5] for place in range(first, len(reference), 5))]
    return " ".join(group for group in groups if group)
