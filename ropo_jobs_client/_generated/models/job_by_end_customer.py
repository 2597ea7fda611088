from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, ClassVar, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_decimal, read_int, read_str, read_texts
from ..._codec.encode import (
    coerce_decimal_or_unset,
    coerce_int_or_unset,
    write_decimal,
    write_int,
    write_str,
    write_texts,
)
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobByEndCustomer(Model):
    """A job of an end customer."""

    _sensitive: ClassVar[frozenset[str]] = frozenset({"my_ropo_link"})

    invoice_number: str | Unset = UNSET
    """Invoice number. Example: 11213."""
    original_invoice_date: str | Unset = UNSET
    """Date of the original invoice. Example: 2017-11-13."""
    status: str | Unset = UNSET
    """Status: invoicing, due, reminder, collection or paid. Example: reminder."""
    open_amount: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """Open sum. Example: 19.96."""
    group_job: int | Unset = field(default=UNSET, converter=coerce_int_or_unset)
    """Whether the job belongs to a group: 0 or 1. Example: 0."""
    group_case_numbers: list[str] | Unset = UNSET
    """Numbers of the cases in the group."""
    group_total_payable: Decimal | Unset = field(default=UNSET, converter=coerce_decimal_or_unset)
    """Total payable of the group. Example: 19.96."""
    my_ropo_link: str | Unset = UNSET
    """Link to My Ropo."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        if self.invoice_number is not UNSET:
            out["invoice_number"] = write_str(self.invoice_number, "JobByEndCustomer.invoice_number")
        if self.original_invoice_date is not UNSET:
            out["original_invoice_date"] = write_str(
                self.original_invoice_date, "JobByEndCustomer.original_invoice_date"
            )
        if self.status is not UNSET:
            out["status"] = write_str(self.status, "JobByEndCustomer.status")
        if self.open_amount is not UNSET:
            out["open_amount"] = write_decimal(self.open_amount, "JobByEndCustomer.open_amount")
        if self.group_job is not UNSET:
            out["group_job"] = write_int(self.group_job, "JobByEndCustomer.group_job")
        if self.group_case_numbers is not UNSET:
            out["group_case_numbers"] = write_texts(self.group_case_numbers, "JobByEndCustomer.group_case_numbers")
        if self.group_total_payable is not UNSET:
            out["group_total_payable"] = write_decimal(self.group_total_payable, "JobByEndCustomer.group_total_payable")
        if self.my_ropo_link is not UNSET:
            out["my_ropo_link"] = write_str(self.my_ropo_link, "JobByEndCustomer.my_ropo_link")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("invoice_number", UNSET)
            self.invoice_number = (
                value
                if value.__class__ is str or value is UNSET
                else read_str(value, "JobByEndCustomer.invoice_number")
            )
            value = source.pop("original_invoice_date", UNSET)
            self.original_invoice_date = (
                value
                if value.__class__ is str or value is UNSET
                else read_str(value, "JobByEndCustomer.original_invoice_date")
            )
            value = source.pop("status", UNSET)
            self.status = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobByEndCustomer.status")
            )
            value = source.pop("open_amount", UNSET)
            self.open_amount = value if value is UNSET else read_decimal(value, "JobByEndCustomer.open_amount")
            value = source.pop("group_job", UNSET)
            self.group_job = (
                value if value.__class__ is int or value is UNSET else read_int(value, "JobByEndCustomer.group_job")
            )
            value = source.pop("group_case_numbers", UNSET)
            self.group_case_numbers = (
                value if value is UNSET else read_texts(value, "JobByEndCustomer.group_case_numbers")
            )
            value = source.pop("group_total_payable", UNSET)
            self.group_total_payable = (
                value if value is UNSET else read_decimal(value, "JobByEndCustomer.group_total_payable")
            )
            value = source.pop("my_ropo_link", UNSET)
            self.my_ropo_link = (
                value if value.__class__ is str or value is UNSET else read_str(value, "JobByEndCustomer.my_ropo_link")
            )

            self.additional_properties = source
            add(self)
