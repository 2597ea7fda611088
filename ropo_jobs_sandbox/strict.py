"""Numbers with check digits, looked at as a real service would: only when asked to (``--strict``).

The vendor documents no such rule, and its own example of a reference has a wrong check digit. Guessed: references are
Finnish ones or RF references (ISO 11649); ``govid`` is the business ID of a company and the personal identity code of a
natural person, of Finland, Sweden or Norway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stdnum import iso11649
from stdnum.fi import alv, hetu, ytunnus
from stdnum.no import fodselsnummer, mva
from stdnum.no import orgnr as norwegian_orgnr
from stdnum.se import orgnr as swedish_orgnr
from stdnum.se import personnummer, vat

from .identifiers import is_reference_number
from .jobtypes import COMPANY
from .values import Json, as_int, as_text

if TYPE_CHECKING:
    from collections.abc import Sequence

# python-stdnum's modules have no type in common.
_BUSINESS: Sequence[Any] = (ytunnus, swedish_orgnr, norwegian_orgnr)
_PERSONS: Sequence[Any] = (hetu, personnummer, fodselsnummer)
_VAT: Sequence[Any] = (alv, vat, mva)


def complaint(item: Json) -> str | None:
    """What is wrong with the numbers of a bill, naming the field; None when nothing is."""
    billcode = as_text(item.get("billcode"))
    if billcode and not (is_reference_number(billcode) or iso11649.is_valid(billcode)):
        return "billcode: neither a Finnish reference number nor an RF reference with right check digits"
    is_company = as_int(item.get("customertype")) == COMPANY
    govid = as_text(item.get("govid"))
    if govid and not _is_one_of(_BUSINESS if is_company else _PERSONS, govid):
        return f"govid: not a valid {'business ID' if is_company else 'personal identity code'}"
    vatid = as_text(item.get("vatid"))
    if vatid and not _is_one_of(_VAT, vatid):
        return "vatid: not a valid VAT number"
    return None


def is_person(ssn: str) -> bool:
    """Whether a text is a personal identity code with the right check digits."""
    return _is_one_of(_PERSONS, ssn)


def _is_one_of(kinds: Sequence[Any], number: str) -> bool:
    return any(kind.is_valid(number) for kind in kinds)
