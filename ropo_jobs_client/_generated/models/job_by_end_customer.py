from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_decimal, read_int, read_str, read_texts
from ..._codec.encode import coerce_decimal_or_unset, coerce_extra, coerce_int_or_unset
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset
from ..._codec.writers import Writer


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobByEndCustomer(Model):
    """A job of an end customer."""

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
    my_ropo_link: str | Unset = field(default=UNSET, repr=False)
    """Link to My Ropo."""
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        if self.invoice_number is not UNSET:
            writer.text("invoice_number", self.invoice_number, self, False)
        if self.original_invoice_date is not UNSET:
            writer.text("original_invoice_date", self.original_invoice_date, self, False)
        if self.status is not UNSET:
            writer.text("status", self.status, self, False)
        if self.open_amount is not UNSET:
            writer.decimal("open_amount", self.open_amount, self, False)
        if self.group_job is not UNSET:
            writer.integer("group_job", self.group_job, self, False)
        if self.group_case_numbers is not UNSET:
            writer.texts("group_case_numbers", self.group_case_numbers, self, False)
        if self.group_total_payable is not UNSET:
            writer.decimal("group_total_payable", self.group_total_payable, self, False)
        if self.my_ropo_link is not UNSET:
            writer.text("my_ropo_link", self.my_ropo_link, self, False)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.invoice_number = (
                v
                if (v := source.pop("invoice_number", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "invoice_number"))
            )
            self.original_invoice_date = (
                v
                if (v := source.pop("original_invoice_date", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "original_invoice_date"))
            )
            self.status = (
                v if (v := source.pop("status", UNSET)).__class__ is str or v is UNSET else read_str(v, (cls, "status"))
            )
            self.open_amount = (
                v if (v := source.pop("open_amount", UNSET)) is UNSET else read_decimal(v, (cls, "open_amount"))
            )
            self.group_job = (
                v
                if (v := source.pop("group_job", UNSET)).__class__ is int or v is UNSET
                else read_int(v, (cls, "group_job"))
            )
            self.group_case_numbers = (
                v
                if (v := source.pop("group_case_numbers", UNSET)) is UNSET
                else read_texts(v, (cls, "group_case_numbers"))
            )
            self.group_total_payable = (
                v
                if (v := source.pop("group_total_payable", UNSET)) is UNSET
                else read_decimal(v, (cls, "group_total_payable"))
            )
            self.my_ropo_link = (
                v
                if (v := source.pop("my_ropo_link", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "my_ropo_link"))
            )

            self.additional_properties = source
            add(self)
