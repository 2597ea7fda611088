from __future__ import annotations

from typing import Any

from attrs import define
from attrs.setters import NO_OP

from ..._codec.decode import read_model, read_models
from ..._codec.unset import UNSET, Unset
from ..._codec.writers import Writer
from ..models.account_row import AccountRow as AccountRow
from ..models.attachment import Attachment as Attachment
from ..models.cash_discount_row import CashDiscountRow as CashDiscountRow
from ..models.job_data_set import JobDataSetFields
from ..models.job_image import JobImage as JobImage
from ..models.job_package_details import JobPackageDetails as JobPackageDetails
from ..models.job_payee import JobPayee as JobPayee
from ..models.pay_plan import PayPlan as PayPlan
from ..models.pay_row import PayRow as PayRow
from ..models.property_row import PropertyRow as PropertyRow


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobItem(JobDataSetFields):
    """One bill to add: the data of `JobDataSet`, and the lists which belong to it.

    What each kind of job needs at least, where "recipient" is person or company, address, postcode, city and
    customertype:

    | jobtype | Meaning | Needs |
    | --- | --- | --- |
    | 0 | invoice | recipient, billdate, paydate, at least one payrow |
    | 300 | print service: own account and reference, no reminders (same as collectionprocess "T1") | as 0 |
    | 1 | reminder | no payrow; amount is the open sum; billcode is required |
    | 2 | debt collection: send each claim once only | recipient, billdate, noticedate, billcode, billnum, amount |
    | 301 | mailing service | not documented |
    | 602 | sub-invoice of a collection invoice | origbillnum, the bill number of the collection invoice |

    The four fields which the page requires of every `JobDataSet` (address, city, customertype, jobtype) come on
    top.

    Beyond what the page says of the fields:

    - `sendtype` also takes `b2c`, a consumer e-invoice.
    - `finance` is 1 for financing and 2 for invoice purchase. Both need `customertype` 1 and a valid `govid`.
    - A sent invoice is credited by a new invoice with negative rows and `refundtojobid` or `refundtobillnum`.
    - A payment plan is either `payplan`, with its own dates, or `payplaninterval` with one of `payplanamount` and
      `payplancount`. Plans are not for consumers."""

    payrow: list[PayRow] | Unset = UNSET
    """The rows of the invoice."""
    accountrow: list[AccountRow] | Unset = UNSET
    """The bookkeeping entries."""
    propertyrow: list[PropertyRow] | Unset = UNSET
    """Free properties, by name."""
    attachment: list[Attachment] | Unset = UNSET
    """The attachments. An e-invoice with its attachments should stay under 1 MB."""
    cashdiscountrow: list[CashDiscountRow] | Unset = UNSET
    """The discounts for early payment."""
    payplan: PayPlan | Unset = UNSET
    """A payment plan with its own dates and sums. Not for consumers."""

    def write_to(self, writer: Writer) -> None:
        super().write_to(writer)
        if self.payrow is not UNSET:
            writer.models("payrow", self.payrow, self, False, PayRow)
        if self.accountrow is not UNSET:
            writer.models("accountrow", self.accountrow, self, False, AccountRow)
        if self.propertyrow is not UNSET:
            writer.models("propertyrow", self.propertyrow, self, False, PropertyRow)
        if self.attachment is not UNSET:
            writer.models("attachment", self.attachment, self, False, Attachment)
        if self.cashdiscountrow is not UNSET:
            writer.models("cashdiscountrow", self.cashdiscountrow, self, False, CashDiscountRow)
        if self.payplan is not UNSET:
            writer.model("payplan", self.payplan, self, False, PayPlan)

    def _decode_2(self, source: dict[str, Any]) -> None:
        super()._decode_2(source)
        self.payrow = (
            v if (v := source.pop("payrow", UNSET)) is UNSET else read_models(v, (type(self), "payrow"), PayRow)
        )
        self.accountrow = (
            v
            if (v := source.pop("accountrow", UNSET)) is UNSET
            else read_models(v, (type(self), "accountrow"), AccountRow)
        )
        self.propertyrow = (
            v
            if (v := source.pop("propertyrow", UNSET)) is UNSET
            else read_models(v, (type(self), "propertyrow"), PropertyRow)
        )
        self.attachment = (
            v
            if (v := source.pop("attachment", UNSET)) is UNSET
            else read_models(v, (type(self), "attachment"), Attachment)
        )
        self.cashdiscountrow = (
            v
            if (v := source.pop("cashdiscountrow", UNSET)) is UNSET
            else read_models(v, (type(self), "cashdiscountrow"), CashDiscountRow)
        )
        self.payplan = (
            v if (v := source.pop("payplan", UNSET)) is UNSET else read_model(v, (type(self), "payplan"), PayPlan)
        )
