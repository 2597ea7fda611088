"""The words on a PDF in the languages of a bill, and how its numbers and dates are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .values import as_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from decimal import Decimal

_NAMES = (
    "invoice",
    "reminder",
    "collection",
    "credit",
    "page",
    "number",
    "date",
    "due",
    "reference",
    "customer",
    "our_ref",
    "your_ref",
    "order",
    "delivery",
    "interest",
    "description",
    "count",
    "unit",
    "price",
    "vat",
    "amount",
    "net",
    "vat_sum",
    "total",
    "to_pay",
    "advance",
    "iban",
    "recipient",
    "payer",
    "business_id",
    "discount",
    "notice",
)

_FINNISH = (
    "LASKU|MAKSUMUISTUTUS|MAKSUVAATIMUS|HYVITYSLASKU|Sivu|Laskun numero|Laskun päiväys|Eräpäivä|Viitenumero|"
    "Asiakasnumero|Viitteemme|Viitteenne|Tilausnumero|Toimituspäivä|Viivästyskorko|Kuvaus|Määrä|Yks.|À-hinta|ALV %|"
    "Yhteensä|Veroton|ALV|Verollinen|Maksettava yhteensä|Ennakkomaksu|Saajan tilinumero|Saaja|Maksaja|Y-tunnus|Alennus|"
    "Hiekkalaatikon esimerkki: ei oikea lasku, älä maksa."
)
_SWEDISH = (
    "FAKTURA|BETALNINGSPÅMINNELSE|INKASSOKRAV|KREDITFAKTURA|Sida|Fakturanummer|Fakturadatum|Förfallodag|"
    "Referensnummer|Kundnummer|Vår referens|Er referens|Ordernummer|Leveransdatum|Dröjsmålsränta|Beskrivning|"
    "Antal|Enh.|À-pris|Moms %|Summa|Netto|Moms|Brutto|Att betala|Förskott|Mottagarens kontonummer|Mottagare|"
    "Betalare|FO-nummer|Rabatt|Exempel från en sandlåda: ingen riktig faktura, betala inte."
)
_ENGLISH = (
    "INVOICE|PAYMENT REMINDER|COLLECTION LETTER|CREDIT NOTE|Page|Invoice number|Invoice date|Due date|Reference|"
    "Customer number|Our reference|Your reference|Order number|Delivery date|Overdue interest|Description|Quantity|"
    "Unit|Unit price|VAT %|Total|Net|VAT|Gross|Total to pay|Advance payment|Beneficiary's account|Beneficiary|"
    "Payer|Business ID|Discount|A sandbox's example: not a real invoice, do not pay."
)
_ESTONIAN = (
    "ARVE|MEELDETULETUS|SISSENÕUDMINE|KREEDITARVE|Leht|Arve number|Arve kuupäev|Maksetähtaeg|Viitenumber|"
    "Kliendi number|Meie viide|Teie viide|Tellimuse number|Tarnekuupäev|Viivis|Kirjeldus|Kogus|Ühik|Ühiku hind|"
    "KM %|Kokku|Netosumma|KM|Brutosumma|Tasuda kokku|Ettemaks|Saaja konto|Saaja|Maksja|Registrikood|Allahindlus|"
    "Liivakasti näide: see ei ole päris arve, ärge makske."
)


@dataclass(frozen=True, slots=True)
class Language:
    """The words of a language by name, and its ways of writing."""

    words: Mapping[str, str]
    decimal_mark: str
    thousands_mark: str
    iso_dates: bool

    def __getitem__(self, name: str) -> str:
        return self.words[name]

    def money(self, amount: Decimal) -> str:
        """A sum with two decimals."""
        return self._marked(f"{amount:,.2f}")

    def number(self, number: Decimal) -> str:
        """A number with as many decimals as it has."""
        plain = number.normalize()
        return self._marked(f"{plain:,f}")

    def day(self, text: str) -> str:
        """A date; what is none stays as it is."""
        day = as_date(text)
        return text if day is None else self._written(day)

    def _written(self, day: date) -> str:
        return day.isoformat() if self.iso_dates else f"{day.day}.{day.month}.{day.year}"

    def _marked(self, text: str) -> str:
        return text.translate({ord(","): self.thousands_mark, ord("."): self.decimal_mark})


def _language(words: str, *, decimal_mark: str = ",", thousands_mark: str = " ", iso_dates: bool = False) -> Language:
    return Language(dict(zip(_NAMES, words.split("|"), strict=True)), decimal_mark, thousands_mark, iso_dates)


_LANGUAGES = {
    "fin": _language(_FINNISH),
    "swe": _language(_SWEDISH, iso_dates=True),
    "eng": _language(_ENGLISH, decimal_mark=".", thousands_mark=",", iso_dates=True),
    "est": _language(_ESTONIAN),
}


def language(code: str) -> Language:
    """The language of a bill: Finnish where it names none that we have."""
    return _LANGUAGES.get(code.strip().lower(), _LANGUAGES["fin"])
