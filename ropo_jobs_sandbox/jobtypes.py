"""The kinds of job and what each needs at least, beyond what ``openapi.yaml`` requires of every item. Pure."""

from __future__ import annotations

import base64
from decimal import Decimal
from typing import TYPE_CHECKING

from .identifiers import is_business_id
from .values import Json, as_decimal, as_int, as_text, is_blank, object_list

if TYPE_CHECKING:
    from collections.abc import Mapping

INVOICE, REMINDER, COLLECTION, PRINT, MAILING, SUB_INVOICE = 0, 1, 2, 300, 301, 602

COMPANY, CONSUMER = 1, 2

_RECIPIENT = ("address", "postcode", "city", "customertype", "billdate")
NEEDS: Mapping[int, tuple[str, ...]] = {
    INVOICE: (*_RECIPIENT, "paydate", "payrow"),
    PRINT: (*_RECIPIENT, "paydate", "payrow"),
    REMINDER: ("amount", "billcode"),
    COLLECTION: ("noticedate", "billcode", "amount", "billnum", *_RECIPIENT),
    # What a mailing needs is not documented.
    MAILING: (),
    SUB_INVOICE: ("origbillnum",),
}
"""The fields that each kind of job needs."""

_NAMED = frozenset({INVOICE, PRINT, COLLECTION})
_PLAN_FIELDS = ("payplan", "payplaninterval", "payplanamount", "payplancount")
_AMOUNTS = ("amount", "totalamount", "netamount", "vatamount", "advancepayment")
_ROW_AMOUNTS = ("count", "amount", "taxpr", "discount", "netamount", "vatamount", "totalamount")
_LARGEST_ROW = Decimal("1e15")


def unknown(item: Json) -> str:
    """What to say of an item whose jobtype there is not."""
    return f"jobtype: {as_text(item.get('jobtype'))} is none of {', '.join(map(str, NEEDS))}"


def complaint(item: Json) -> str | None:
    """Why a dataset item can't become a job, naming the field; None when it can."""
    kind = as_int(item.get("jobtype"))
    if kind is None or kind not in NEEDS:
        return unknown(item)
    missing = [name for name in NEEDS[kind] if is_blank(item.get(name))]
    if missing:
        return f"{missing[0]}: required for jobtype {kind}"
    if kind in _NAMED and is_blank(item.get("person")) and is_blank(item.get("company")):
        return f"person or company: one of the two is required for jobtype {kind}"
    looks = (_customer_complaint, _finance_complaint, _plan_complaint, _amount_complaint, _attachment_complaint)
    return next((found for look in looks if (found := look(item)) is not None), None)


def _customer_complaint(item: Json) -> str | None:
    if as_int(item.get("customertype")) not in (COMPANY, CONSUMER):
        return f"customertype: {as_text(item.get('customertype'))} is neither 1 (company) nor 2 (natural person)"
    return None


def _finance_complaint(item: Json) -> str | None:
    if is_blank(item.get("finance")):
        return None
    finance = as_int(item.get("finance"))
    if finance not in (0, 1, 2):
        return f"finance: {as_text(item.get('finance'))} is none of 0, 1 (financing), 2 (invoice purchase)"
    if finance == 0:
        return None
    if as_int(item.get("customertype")) != COMPANY:
        return "finance: only for companies (customertype 1)"
    govid = as_text(item.get("govid"))
    return None if is_business_id(govid) else f"govid: {govid!r} is not a valid business ID, which finance needs"


def _plan_complaint(item: Json) -> str | None:
    given = [name for name in _PLAN_FIELDS if not is_blank(item.get(name)) and as_int(item.get(name)) != 0]
    if not given:
        return None
    if as_int(item.get("customertype")) == CONSUMER:
        return f"{given[0]}: payment plans are not for consumers (customertype 2)"
    if given == ["payplan"] or given in (["payplaninterval", "payplanamount"], ["payplaninterval", "payplancount"]):
        return None
    return f"{given[0]}: give payplan, or payplaninterval with one of payplanamount and payplancount"


def _attachment_complaint(item: Json) -> str | None:
    for place, attachment in enumerate(object_list(item.get("attachment"))):
        where = f"attachment[{place}]"
        name, content, known = (
            as_text(attachment.get(field)) for field in ("attachmentname", "attachmentfile", "attachmentid")
        )
        if bool(known) == bool(name or content) or bool(name) != bool(content):
            return f"{where}: give attachmentname with attachmentfile, or attachmentid alone"
        try:
            base64.b64decode("".join(content.split()), validate=True)
        except ValueError:
            return f"{where}.attachmentfile: is not base64"
    return None


def _amount_complaint(item: Json) -> str | None:
    for name in _AMOUNTS:
        if not is_blank(item.get(name)) and as_decimal(item.get(name)) is None:
            return f"{name}: {as_text(item.get(name))} is not an amount"
    for place, row in enumerate(object_list(item.get("payrow"))):
        for name in _ROW_AMOUNTS:
            if not is_blank(row.get(name)) and as_decimal(row.get(name)) is None:
                return f"payrow[{place}].{name}: {as_text(row.get(name))} is not an amount"
        discount = as_decimal(row.get("discount")) or Decimal(0)
        if not 0 <= discount <= 100:
            return f"payrow[{place}].discount: {discount} is not a percentage from 0 to 100"
        count, price = as_decimal(row.get("count")), as_decimal(row.get("amount"))
        if count is not None and price is not None and abs(count * price) >= _LARGEST_ROW:
            return f"payrow[{place}].amount: {price} times {count} is more than a bill can hold"
    return None
