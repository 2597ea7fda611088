from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_decimal, read_int, read_model, read_str, require
from ..._codec.encode import (
    coerce_date_or_none,
    coerce_decimal_or_none,
    coerce_int,
    coerce_int_or_none,
    coerce_int_or_unset,
    write_date,
    write_decimal,
    write_int,
    write_model,
    write_str,
)
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset

if TYPE_CHECKING:
    from ..models.job_image import JobImage
    from ..models.job_package_details import JobPackageDetails
    from ..models.job_payee import JobPayee


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobDataSet(Model):
    """The data of a bill, as it is added and changed. When a bill is added, `JobItem` brings the rows and the other
    nested lists as well."""

    _sensitive: ClassVar[frozenset[str]] = frozenset(
        {
            "address",
            "city",
            "yourcode",
            "person",
            "company",
            "govid",
            "vatid",
            "ovt",
            "contactperson",
            "email",
            "email2",
            "phone",
            "addressaddline1",
            "addressaddline2",
            "addressaddline3",
            "postcode",
            "claimtext",
            "refundiban",
            "refundmessage",
            "evoice",
            "freetext",
            "salesmanname",
            "payee",
        }
    )

    jobtype: int = field(converter=coerce_int)
    """Type of job: 0=bill, 1=payment notice, 2=collection, 300=printing service, 301=mailing service. Example: 0."""
    customertype: int = field(converter=coerce_int)
    """Type of customer: 1=company, 2=natural person. Example: 1."""
    address: str
    """The street address of the recipient. Example: Satamakatu 123."""
    city: str
    """The mailing location of the debtor. Example: KUOPIO."""
    collectionprocess: str | None | Unset = UNSET
    """Type of receivable. Influences the collection process. Example: AUTO."""
    collectioninvoice: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """1=Collection invoice, 0=Single invoice. Example: 0."""
    origbillnum: str | None | Unset = UNSET
    """Billnumber of collection invoices. Compulsory when invoice is sub invoice jobtype = 602. Example: 123456."""
    cashbill: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """A cash bill is marked as paid directly: 1=cash bill. Example: 1."""
    finance: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """1 = if funding applied from Ropo Finance. Example: 0."""
    putonhold: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """Should jobstatus be changed to 100: 1 = yes, 0 = no. Example: 1."""
    billnum: str | None | Unset = UNSET
    """The current number of the bill in the accounting books of the principal. Example: 11213."""
    checkbillnum: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """Check if the bill number is unique: 1=on, 0=off. Example: 1."""
    billcode: str | None | Unset = UNSET
    """Reference number or message, by which the payment is delivered to the biller. Example: 4349."""
    ownref: str | None | Unset = UNSET
    """Temporary reference for sending. Example: 155."""
    ordernumber: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """Order number. Example: 10232."""
    ourcode: str | None | Unset = UNSET
    """The principals reference. Example: Volvo ABC-553."""
    yourcode: str | None | Unset = UNSET
    """Reference of the buyer. Example: Teppo Nuutinen."""
    model: str | None | Unset = UNSET
    """Make, cost centre in the customers accounting or other reference. Example: Malli tai merkki."""
    customerid: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """The customer number of the customer in Ropo One. Example: 1022."""
    custnum: str | None | Unset = UNSET
    """The customer number of the customer in the principals system. Example: 1022."""
    person: str | None | Unset = UNSET
    """The name of the consumer client. Example: Teppo Nuutinen."""
    company: str | Unset = UNSET
    """Name of the corporate customer. Example: Matin konepaja Oy."""
    govid: str | None | Unset = UNSET
    """The business ID (Y-tunnus) or personal identity code of the customer. Example: 2262509-5."""
    vatid: str | None | Unset = UNSET
    """The VAT ID of the customer. Example: FI22059054."""
    ovt: str | None | Unset = UNSET
    """OrganisationUnitNumber of recipient. Example: 00371234567800001."""
    department: str | None | Unset = UNSET
    """Recipients department. Example: Sales."""
    contactperson: str | None | Unset = UNSET
    """Contact person. Example: Liisa Liukaas."""
    contactpersontitle: str | None | Unset = UNSET
    """Contact person title. Example: Assistentti."""
    contactpersondepartment: str | None | Unset = UNSET
    """Contact person department. Example: Customer service."""
    email: str | None | Unset = UNSET
    """The e-mail address to which the bill is sent. Example: teppo.nuutinen@example.com."""
    email2: str | None | Unset = UNSET
    """The second e-mail address to which the bill is sent. Example: teppo.nuutinen@example.com."""
    phone: str | None | Unset = UNSET
    """The phone number of the customer/buyer/debtor. Example: +358441234567."""
    language: str | None | Unset = UNSET
    """Language of the bill: eng, fin, swe, est. Example: fin."""
    addressaddline1: str | None | Unset = UNSET
    """The first additional line of the address card, printed above the name of the recipient. Example: Johto."""
    addressaddline2: str | None | Unset = UNSET
    """The second additional line of the address card, printed between the name and the street address. Example: PL 43."""
    addressaddline3: str | None | Unset = UNSET
    """Line between receivers name and the street address. Example: CO Mauno Mansikka."""
    postcode: str | None | Unset = UNSET
    """The postal code of the customer. Example: 70100."""
    addresscountry: str | None | Unset = UNSET
    """The home country of the recipient. Example: FIN."""
    country: str | None | Unset = UNSET
    """Country where the corporate customer is registered. Example: FIN."""
    countryname: str | None | Unset = UNSET
    """Recipients country name. Example: Finland."""
    billdate: str | None | Unset = field(default=UNSET, converter=coerce_date_or_none)
    """The date of the bill. Example: 2017-01-01."""
    xmldate: str | None | Unset = field(default=UNSET, converter=coerce_date_or_none)
    """The date of the bill on invoices or reminder date. Example: 2017-01-01."""
    paydate: str | None | Unset = field(default=UNSET, converter=coerce_date_or_none)
    """The due date of the bill. Example: 2017-01-17."""
    deliverydate: str | None | Unset = field(default=UNSET, converter=coerce_date_or_none)
    """Products delivery date on invoice or cover note. Example: 2017-01-24."""
    accountdate: str | None | Unset = field(default=UNSET, converter=coerce_date_or_none)
    """Account date. Example: 2017-10-10."""
    period: str | None | Unset = field(default=UNSET, converter=coerce_date_or_none)
    """The date when the bill is recorded in the principals accounting. Contact our customer service before using this! Example: 2017-02-17."""
    vatperiod: str | None | Unset = field(default=UNSET, converter=coerce_date_or_none)
    """The date on which VAT is applied in the principals accounting. Contact our customer service before using this! Example: 2017-02-17."""
    amount: Decimal | None | Unset = field(default=UNSET, converter=coerce_decimal_or_none)
    """Total amount of the bill. Example: 19.96."""
    netamount: Decimal | None | Unset = field(default=UNSET, converter=coerce_decimal_or_none)
    """Total amount of the bill without VAT. Example: 16.1."""
    vatamount: Decimal | None | Unset = field(default=UNSET, converter=coerce_decimal_or_none)
    """Total VAT amount of the bill. Example: 3.86."""
    totalamount: Decimal | None | Unset = field(default=UNSET, converter=coerce_decimal_or_none)
    """Total bill amount including VAT. Example: 19.96."""
    advancepayment: Decimal | None | Unset = field(default=UNSET, converter=coerce_decimal_or_none)
    """Amount of advancepayment. Example: 15.0."""
    currency: str | None | Unset = UNSET
    """Currency of job. Example: EUR."""
    foreignamount: Decimal | None | Unset = field(default=UNSET, converter=coerce_decimal_or_none)
    """Total amount of the bill in its original currency. Example: 123.32."""
    foreigncurrency: str | None | Unset = UNSET
    """TotalIdentifier of the currency used in the bill. Example: SEK."""
    negvat: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """1, if reverse VAT liability is used in the bill. Example: 1."""
    vatlayout: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """VAT layout at invoice lines when only one is shown: 0=without VAT, 1=VAT included. Example: 0."""
    sensible: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """Is a payment notice sent automatically: 1=no, 0=yes. Example: 0."""
    noticedate: str | None | Unset = field(default=UNSET, converter=coerce_date_or_none)
    """Date of the first payment notice. Example: 2017-03-24."""
    noticedate2: str | None | Unset = field(default=UNSET, converter=coerce_date_or_none)
    """Date of the second payment notice. Example: 2017-04-24."""
    noticedate3: str | None | Unset = field(default=UNSET, converter=coerce_date_or_none)
    """Date of the third payment notice. Example: 2017-05-24."""
    noticedate4: str | None | Unset = field(default=UNSET, converter=coerce_date_or_none)
    """Date of the fourth payment notice. Example: 2017-06-24."""
    noticefee: Decimal | None | Unset = field(default=UNSET, converter=coerce_decimal_or_none)
    """Principals notice costs. Example: 10.0."""
    overdueinterest: Decimal | None | Unset = field(default=UNSET, converter=coerce_decimal_or_none)
    """Delay interest rate. Example: 8.0."""
    claimtext: str | None | Unset = UNSET
    """Reason for Recall and Recourse. Example: Unpaid bill 123456."""
    payplaninterval: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """Interval between instalments of the payment schedule in months. Example: 1."""
    payplanamount: Decimal | None | Unset = field(default=UNSET, converter=coerce_decimal_or_none)
    """Amount of one instalment in a payment schedule in euros. Example: 100.0."""
    payplancount: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """The number of instalments in a payment schedule. Example: 5."""
    refundtojobid: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """Assignment ID generated by Ropo to which the credit note is allocated. Example: 31211."""
    refundtobillnum: str | None | Unset = UNSET
    """Bill number of the principal to which the credit note is allocated. Example: 11213."""
    refundiban: str | None | Unset = UNSET
    """Account number where credit note is payed. Example: FI2112345600000785."""
    refundmessage: str | None | Unset = UNSET
    """Message for payment of credit note. Example: tm 22141739 tili 1514 va 4804."""
    refundmessagetype: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """Messagetype for payment of credit note: 1=Using reference, 3=Using message. Example: 3."""
    deliverymethod: str | None | Unset = UNSET
    """Products delivery method as text. Example: Kiitolinja."""
    deliveryterm: str | None | Unset = UNSET
    """Terms of delivery as text. Example: NOK."""
    sendtype: str | None | Unset = UNSET
    """Type of sending of the bill: post, print, email or evoice. Example: post."""
    evoice: str | None | Unset = UNSET
    """Finnish e-invoice address. Example: FI123578612717718."""
    evoiceint: str | None | Unset = UNSET
    """The code of the intermediary in the e-invoice. Example: NDEAFIHH."""
    avtalegiro: str | None | Unset = UNSET
    """Used to determine that invoice is Avtalegiro type. Example: avtalegiro."""
    autogiro: str | None | Unset = UNSET
    """Used to determine that invoice is Autogiro type. Example: autogiro."""
    postclass: int | Unset = field(default=UNSET, converter=coerce_int_or_unset)
    """Class of the letter in the post: 1 or 2. Example: 2."""
    color: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """1=color, 0=black and white. Example: 0."""
    doublesided: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """0=singleside (default), 1=use doublesided bill. Example: 0."""
    billtemplate: str | None | Unset = UNSET
    """The layout design of the bill template: CUSTOM, ECOM, BOBCAT, INC. Example: CUSTOM."""
    billtemplateid: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """The layout id of the bill template. Example: 123."""
    pdfname: str | None | Unset = UNSET
    """Predefined filename. This value is returned in preview and localprint response header. Example: preview.pdf."""
    freetext: str | None | Unset = UNSET
    """Free text field at the end of the bill. Example: Kiitokset tilauksesta!."""
    salesman: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """The code of the salesman. Example: 12."""
    salesmanname: str | None | Unset = UNSET
    """Name or initials of the salesman. Example: Sam Salesman."""
    servicecode: str | None | Unset = UNSET
    """Cost center id. Example: 1."""
    servicecode_name: str | None | Unset = UNSET
    """Cost center Name. Example: Center X."""
    servicecode_dimension: str | None | Unset = UNSET
    """Cost center code. Example: 123."""
    voucherbatch: str | None | Unset = UNSET
    """Voucher batch. Example: 43."""
    vouchernum: str | None | Unset = UNSET
    """Voucher number. Example: 202132."""
    ta0001: str | None | Unset = UNSET
    """Site key in construction invoices. Example: TA-FI-STVOY0001-B."""
    ta0002: str | None | Unset = UNSET
    """Site number in construction invoices. Example: 1234."""
    ta0003: str | None | Unset = UNSET
    """Reported to the site register: Y = yes, N = no. Example: Y."""
    image: JobImage | None | Unset = UNSET
    packagedetails: JobPackageDetails | None | Unset = UNSET
    payee: JobPayee | None | Unset = UNSET
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        from ..models.job_image import JobImage
        from ..models.job_package_details import JobPackageDetails
        from ..models.job_payee import JobPayee

        out["jobtype"] = write_int(self.jobtype, "JobDataSet.jobtype")
        out["customertype"] = write_int(self.customertype, "JobDataSet.customertype")
        out["address"] = write_str(self.address, "JobDataSet.address")
        out["city"] = write_str(self.city, "JobDataSet.city")
        if self.collectionprocess is not UNSET:
            out["collectionprocess"] = (
                None
                if self.collectionprocess is None
                else write_str(self.collectionprocess, "JobDataSet.collectionprocess")
            )
        if self.collectioninvoice is not UNSET:
            out["collectioninvoice"] = (
                None
                if self.collectioninvoice is None
                else write_int(self.collectioninvoice, "JobDataSet.collectioninvoice")
            )
        if self.origbillnum is not UNSET:
            out["origbillnum"] = (
                None if self.origbillnum is None else write_str(self.origbillnum, "JobDataSet.origbillnum")
            )
        if self.cashbill is not UNSET:
            out["cashbill"] = None if self.cashbill is None else write_int(self.cashbill, "JobDataSet.cashbill")
        if self.finance is not UNSET:
            out["finance"] = None if self.finance is None else write_int(self.finance, "JobDataSet.finance")
        if self.putonhold is not UNSET:
            out["putonhold"] = None if self.putonhold is None else write_int(self.putonhold, "JobDataSet.putonhold")
        if self.billnum is not UNSET:
            out["billnum"] = None if self.billnum is None else write_str(self.billnum, "JobDataSet.billnum")
        if self.checkbillnum is not UNSET:
            out["checkbillnum"] = (
                None if self.checkbillnum is None else write_int(self.checkbillnum, "JobDataSet.checkbillnum")
            )
        if self.billcode is not UNSET:
            out["billcode"] = None if self.billcode is None else write_str(self.billcode, "JobDataSet.billcode")
        if self.ownref is not UNSET:
            out["ownref"] = None if self.ownref is None else write_str(self.ownref, "JobDataSet.ownref")
        if self.ordernumber is not UNSET:
            out["ordernumber"] = (
                None if self.ordernumber is None else write_int(self.ordernumber, "JobDataSet.ordernumber")
            )
        if self.ourcode is not UNSET:
            out["ourcode"] = None if self.ourcode is None else write_str(self.ourcode, "JobDataSet.ourcode")
        if self.yourcode is not UNSET:
            out["yourcode"] = None if self.yourcode is None else write_str(self.yourcode, "JobDataSet.yourcode")
        if self.model is not UNSET:
            out["model"] = None if self.model is None else write_str(self.model, "JobDataSet.model")
        if self.customerid is not UNSET:
            out["customerid"] = None if self.customerid is None else write_int(self.customerid, "JobDataSet.customerid")
        if self.custnum is not UNSET:
            out["custnum"] = None if self.custnum is None else write_str(self.custnum, "JobDataSet.custnum")
        if self.person is not UNSET:
            out["person"] = None if self.person is None else write_str(self.person, "JobDataSet.person")
        if self.company is not UNSET:
            out["company"] = write_str(self.company, "JobDataSet.company")
        if self.govid is not UNSET:
            out["govid"] = None if self.govid is None else write_str(self.govid, "JobDataSet.govid")
        if self.vatid is not UNSET:
            out["vatid"] = None if self.vatid is None else write_str(self.vatid, "JobDataSet.vatid")
        if self.ovt is not UNSET:
            out["ovt"] = None if self.ovt is None else write_str(self.ovt, "JobDataSet.ovt")
        if self.department is not UNSET:
            out["department"] = None if self.department is None else write_str(self.department, "JobDataSet.department")
        if self.contactperson is not UNSET:
            out["contactperson"] = (
                None if self.contactperson is None else write_str(self.contactperson, "JobDataSet.contactperson")
            )
        if self.contactpersontitle is not UNSET:
            out["contactpersontitle"] = (
                None
                if self.contactpersontitle is None
                else write_str(self.contactpersontitle, "JobDataSet.contactpersontitle")
            )
        if self.contactpersondepartment is not UNSET:
            out["contactpersondepartment"] = (
                None
                if self.contactpersondepartment is None
                else write_str(self.contactpersondepartment, "JobDataSet.contactpersondepartment")
            )
        if self.email is not UNSET:
            out["email"] = None if self.email is None else write_str(self.email, "JobDataSet.email")
        if self.email2 is not UNSET:
            out["email2"] = None if self.email2 is None else write_str(self.email2, "JobDataSet.email2")
        if self.phone is not UNSET:
            out["phone"] = None if self.phone is None else write_str(self.phone, "JobDataSet.phone")
        if self.language is not UNSET:
            out["language"] = None if self.language is None else write_str(self.language, "JobDataSet.language")
        if self.addressaddline1 is not UNSET:
            out["addressaddline1"] = (
                None if self.addressaddline1 is None else write_str(self.addressaddline1, "JobDataSet.addressaddline1")
            )
        if self.addressaddline2 is not UNSET:
            out["addressaddline2"] = (
                None if self.addressaddline2 is None else write_str(self.addressaddline2, "JobDataSet.addressaddline2")
            )
        if self.addressaddline3 is not UNSET:
            out["addressaddline3"] = (
                None if self.addressaddline3 is None else write_str(self.addressaddline3, "JobDataSet.addressaddline3")
            )
        if self.postcode is not UNSET:
            out["postcode"] = None if self.postcode is None else write_str(self.postcode, "JobDataSet.postcode")
        if self.addresscountry is not UNSET:
            out["addresscountry"] = (
                None if self.addresscountry is None else write_str(self.addresscountry, "JobDataSet.addresscountry")
            )
        if self.country is not UNSET:
            out["country"] = None if self.country is None else write_str(self.country, "JobDataSet.country")
        if self.countryname is not UNSET:
            out["countryname"] = (
                None if self.countryname is None else write_str(self.countryname, "JobDataSet.countryname")
            )
        if self.billdate is not UNSET:
            out["billdate"] = None if self.billdate is None else write_date(self.billdate, "JobDataSet.billdate")
        if self.xmldate is not UNSET:
            out["xmldate"] = None if self.xmldate is None else write_date(self.xmldate, "JobDataSet.xmldate")
        if self.paydate is not UNSET:
            out["paydate"] = None if self.paydate is None else write_date(self.paydate, "JobDataSet.paydate")
        if self.deliverydate is not UNSET:
            out["deliverydate"] = (
                None if self.deliverydate is None else write_date(self.deliverydate, "JobDataSet.deliverydate")
            )
        if self.accountdate is not UNSET:
            out["accountdate"] = (
                None if self.accountdate is None else write_date(self.accountdate, "JobDataSet.accountdate")
            )
        if self.period is not UNSET:
            out["period"] = None if self.period is None else write_date(self.period, "JobDataSet.period")
        if self.vatperiod is not UNSET:
            out["vatperiod"] = None if self.vatperiod is None else write_date(self.vatperiod, "JobDataSet.vatperiod")
        if self.amount is not UNSET:
            out["amount"] = None if self.amount is None else write_decimal(self.amount, "JobDataSet.amount")
        if self.netamount is not UNSET:
            out["netamount"] = None if self.netamount is None else write_decimal(self.netamount, "JobDataSet.netamount")
        if self.vatamount is not UNSET:
            out["vatamount"] = None if self.vatamount is None else write_decimal(self.vatamount, "JobDataSet.vatamount")
        if self.totalamount is not UNSET:
            out["totalamount"] = (
                None if self.totalamount is None else write_decimal(self.totalamount, "JobDataSet.totalamount")
            )
        if self.advancepayment is not UNSET:
            out["advancepayment"] = (
                None if self.advancepayment is None else write_decimal(self.advancepayment, "JobDataSet.advancepayment")
            )
        if self.currency is not UNSET:
            out["currency"] = None if self.currency is None else write_str(self.currency, "JobDataSet.currency")
        if self.foreignamount is not UNSET:
            out["foreignamount"] = (
                None if self.foreignamount is None else write_decimal(self.foreignamount, "JobDataSet.foreignamount")
            )
        if self.foreigncurrency is not UNSET:
            out["foreigncurrency"] = (
                None if self.foreigncurrency is None else write_str(self.foreigncurrency, "JobDataSet.foreigncurrency")
            )
        if self.negvat is not UNSET:
            out["negvat"] = None if self.negvat is None else write_int(self.negvat, "JobDataSet.negvat")
        if self.vatlayout is not UNSET:
            out["vatlayout"] = None if self.vatlayout is None else write_int(self.vatlayout, "JobDataSet.vatlayout")
        if self.sensible is not UNSET:
            out["sensible"] = None if self.sensible is None else write_int(self.sensible, "JobDataSet.sensible")
        if self.noticedate is not UNSET:
            out["noticedate"] = (
                None if self.noticedate is None else write_date(self.noticedate, "JobDataSet.noticedate")
            )
        if self.noticedate2 is not UNSET:
            out["noticedate2"] = (
                None if self.noticedate2 is None else write_date(self.noticedate2, "JobDataSet.noticedate2")
            )
        if self.noticedate3 is not UNSET:
            out["noticedate3"] = (
                None if self.noticedate3 is None else write_date(self.noticedate3, "JobDataSet.noticedate3")
            )
        if self.noticedate4 is not UNSET:
            out["noticedate4"] = (
                None if self.noticedate4 is None else write_date(self.noticedate4, "JobDataSet.noticedate4")
            )
        if self.noticefee is not UNSET:
            out["noticefee"] = None if self.noticefee is None else write_decimal(self.noticefee, "JobDataSet.noticefee")
        if self.overdueinterest is not UNSET:
            out["overdueinterest"] = (
                None
                if self.overdueinterest is None
                else write_decimal(self.overdueinterest, "JobDataSet.overdueinterest")
            )
        if self.claimtext is not UNSET:
            out["claimtext"] = None if self.claimtext is None else write_str(self.claimtext, "JobDataSet.claimtext")
        if self.payplaninterval is not UNSET:
            out["payplaninterval"] = (
                None if self.payplaninterval is None else write_int(self.payplaninterval, "JobDataSet.payplaninterval")
            )
        if self.payplanamount is not UNSET:
            out["payplanamount"] = (
                None if self.payplanamount is None else write_decimal(self.payplanamount, "JobDataSet.payplanamount")
            )
        if self.payplancount is not UNSET:
            out["payplancount"] = (
                None if self.payplancount is None else write_int(self.payplancount, "JobDataSet.payplancount")
            )
        if self.refundtojobid is not UNSET:
            out["refundtojobid"] = (
                None if self.refundtojobid is None else write_int(self.refundtojobid, "JobDataSet.refundtojobid")
            )
        if self.refundtobillnum is not UNSET:
            out["refundtobillnum"] = (
                None if self.refundtobillnum is None else write_str(self.refundtobillnum, "JobDataSet.refundtobillnum")
            )
        if self.refundiban is not UNSET:
            out["refundiban"] = None if self.refundiban is None else write_str(self.refundiban, "JobDataSet.refundiban")
        if self.refundmessage is not UNSET:
            out["refundmessage"] = (
                None if self.refundmessage is None else write_str(self.refundmessage, "JobDataSet.refundmessage")
            )
        if self.refundmessagetype is not UNSET:
            out["refundmessagetype"] = (
                None
                if self.refundmessagetype is None
                else write_int(self.refundmessagetype, "JobDataSet.refundmessagetype")
            )
        if self.deliverymethod is not UNSET:
            out["deliverymethod"] = (
                None if self.deliverymethod is None else write_str(self.deliverymethod, "JobDataSet.deliverymethod")
            )
        if self.deliveryterm is not UNSET:
            out["deliveryterm"] = (
                None if self.deliveryterm is None else write_str(self.deliveryterm, "JobDataSet.deliveryterm")
            )
        if self.sendtype is not UNSET:
            out["sendtype"] = None if self.sendtype is None else write_str(self.sendtype, "JobDataSet.sendtype")
        if self.evoice is not UNSET:
            out["evoice"] = None if self.evoice is None else write_str(self.evoice, "JobDataSet.evoice")
        if self.evoiceint is not UNSET:
            out["evoiceint"] = None if self.evoiceint is None else write_str(self.evoiceint, "JobDataSet.evoiceint")
        if self.avtalegiro is not UNSET:
            out["avtalegiro"] = None if self.avtalegiro is None else write_str(self.avtalegiro, "JobDataSet.avtalegiro")
        if self.autogiro is not UNSET:
            out["autogiro"] = None if self.autogiro is None else write_str(self.autogiro, "JobDataSet.autogiro")
        if self.postclass is not UNSET:
            out["postclass"] = write_int(self.postclass, "JobDataSet.postclass")
        if self.color is not UNSET:
            out["color"] = None if self.color is None else write_int(self.color, "JobDataSet.color")
        if self.doublesided is not UNSET:
            out["doublesided"] = (
                None if self.doublesided is None else write_int(self.doublesided, "JobDataSet.doublesided")
            )
        if self.billtemplate is not UNSET:
            out["billtemplate"] = (
                None if self.billtemplate is None else write_str(self.billtemplate, "JobDataSet.billtemplate")
            )
        if self.billtemplateid is not UNSET:
            out["billtemplateid"] = (
                None if self.billtemplateid is None else write_int(self.billtemplateid, "JobDataSet.billtemplateid")
            )
        if self.pdfname is not UNSET:
            out["pdfname"] = None if self.pdfname is None else write_str(self.pdfname, "JobDataSet.pdfname")
        if self.freetext is not UNSET:
            out["freetext"] = None if self.freetext is None else write_str(self.freetext, "JobDataSet.freetext")
        if self.salesman is not UNSET:
            out["salesman"] = None if self.salesman is None else write_int(self.salesman, "JobDataSet.salesman")
        if self.salesmanname is not UNSET:
            out["salesmanname"] = (
                None if self.salesmanname is None else write_str(self.salesmanname, "JobDataSet.salesmanname")
            )
        if self.servicecode is not UNSET:
            out["servicecode"] = (
                None if self.servicecode is None else write_str(self.servicecode, "JobDataSet.servicecode")
            )
        if self.servicecode_name is not UNSET:
            out["servicecode_name"] = (
                None
                if self.servicecode_name is None
                else write_str(self.servicecode_name, "JobDataSet.servicecode_name")
            )
        if self.servicecode_dimension is not UNSET:
            out["servicecode_dimension"] = (
                None
                if self.servicecode_dimension is None
                else write_str(self.servicecode_dimension, "JobDataSet.servicecode_dimension")
            )
        if self.voucherbatch is not UNSET:
            out["voucherbatch"] = (
                None if self.voucherbatch is None else write_str(self.voucherbatch, "JobDataSet.voucherbatch")
            )
        if self.vouchernum is not UNSET:
            out["vouchernum"] = None if self.vouchernum is None else write_str(self.vouchernum, "JobDataSet.vouchernum")
        if self.ta0001 is not UNSET:
            out["TA0001"] = None if self.ta0001 is None else write_str(self.ta0001, "JobDataSet.TA0001")
        if self.ta0002 is not UNSET:
            out["TA0002"] = None if self.ta0002 is None else write_str(self.ta0002, "JobDataSet.TA0002")
        if self.ta0003 is not UNSET:
            out["TA0003"] = None if self.ta0003 is None else write_str(self.ta0003, "JobDataSet.TA0003")
        if self.image is not UNSET:
            out["image"] = None if self.image is None else write_model(self.image, "JobDataSet.image", JobImage)
        if self.packagedetails is not UNSET:
            out["packagedetails"] = (
                None
                if self.packagedetails is None
                else write_model(self.packagedetails, "JobDataSet.packagedetails", JobPackageDetails)
            )
        if self.payee is not UNSET:
            out["payee"] = None if self.payee is None else write_model(self.payee, "JobDataSet.payee", JobPayee)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.jobtype = require(read_int(source.pop("jobtype", UNSET), "JobDataSet.jobtype"), "JobDataSet.jobtype")
            self.customertype = require(
                read_int(source.pop("customertype", UNSET), "JobDataSet.customertype"), "JobDataSet.customertype"
            )
            self.address = require(read_str(source.pop("address", UNSET), "JobDataSet.address"), "JobDataSet.address")
            self.city = require(read_str(source.pop("city", UNSET), "JobDataSet.city"), "JobDataSet.city")
            value = source.pop("collectionprocess", UNSET)
            self.collectionprocess = (
                value
                if value.__class__ is str or value is UNSET or value is None
                else read_str(value, "JobDataSet.collectionprocess")
            )
            value = source.pop("collectioninvoice", UNSET)
            self.collectioninvoice = (
                value
                if value.__class__ is int or value is UNSET or value is None
                else read_int(value, "JobDataSet.collectioninvoice")
            )
            value = source.pop("origbillnum", UNSET)
            self.origbillnum = (
                value
                if value.__class__ is str or value is UNSET or value is None
                else read_str(value, "JobDataSet.origbillnum")
            )
            value = source.pop("cashbill", UNSET)
            self.cashbill = (
                value
                if value.__class__ is int or value is UNSET or value is None
                else read_int(value, "JobDataSet.cashbill")
            )
            value = source.pop("finance", UNSET)
            self.finance = (
                value
                if value.__class__ is int or value is UNSET or value is None
                else read_int(value, "JobDataSet.finance")
            )
            value = source.pop("putonhold", UNSET)
            self.putonhold = (
                value
                if value.__class__ is int or value is UNSET or value is None
                else read_int(value, "JobDataSet.putonhold")
            )
            value = source.pop("billnum", UNSET)
            self.billnum = (
                value
                if value.__class__ is str or value is UNSET or value is None
                else read_str(value, "JobDataSet.billnum")
            )
            value = source.pop("checkbillnum", UNSET)
            self.checkbillnum = (
                value
                if value.__class__ is int or value is UNSET or value is None
                else read_int(value, "JobDataSet.checkbillnum")
            )
            value = source.pop("billcode", UNSET)
            self.billcode = (
                value
                if value.__class__ is str or value is UNSET or value is None
                else read_str(value, "JobDataSet.billcode")
            )
            value = source.pop("ownref", UNSET)
            self.ownref = (
                value
                if value.__class__ is str or value is UNSET or value is None
                else read_str(value, "JobDataSet.ownref")
            )
            value = source.pop("ordernumber", UNSET)
            self.ordernumber = (
                value
                if value.__class__ is int or value is UNSET or value is None
                else read_int(value, "JobDataSet.ordernumber")
            )
            value = source.pop("ourcode", UNSET)
            self.ourcode = (
                value
                if value.__class__ is str or value is UNSET or value is None
                else read_str(value, "JobDataSet.ourcode")
            )
            value = source.pop("yourcode", UNSET)
            self.yourcode = (
                value
                if value.__class__ is str or value is UNSET or value is None
                else read_str(value, "JobDataSet.yourcode")
            )
            value = source.pop("model", UNSET)
            self.model = (
                value
                if value.__class__ is str or value is UNSET or value is None
                else read_str(value, "JobDataSet.model")
            )
            value = source.pop("customerid", UNSET)
            self.customerid = (
                value
                if value.__class__ is int or value is UNSET or value is None
                else read_int(value, "JobDataSet.customerid")
            )
            value = source.pop("custnum", UNSET)
            self.custnum = (
                value
                if value.__class__ is str or value is UNSET or value is None
                else read_str(value, "JobDataSet.custnum")
            )

            self._decode_2(source)
            self.additional_properties = source
            add(self)

    def _decode_2(self, source: dict[str, Any]) -> None:

        value = source.pop("person", UNSET)
        self.person = (
            value if value.__class__ is str or value is UNSET or value is None else read_str(value, "JobDataSet.person")
        )
        value = source.pop("company", UNSET)
        self.company = value if value.__class__ is str or value is UNSET else read_str(value, "JobDataSet.company")
        value = source.pop("govid", UNSET)
        self.govid = (
            value if value.__class__ is str or value is UNSET or value is None else read_str(value, "JobDataSet.govid")
        )
        value = source.pop("vatid", UNSET)
        self.vatid = (
            value if value.__class__ is str or value is UNSET or value is None else read_str(value, "JobDataSet.vatid")
        )
        value = source.pop("ovt", UNSET)
        self.ovt = (
            value if value.__class__ is str or value is UNSET or value is None else read_str(value, "JobDataSet.ovt")
        )
        value = source.pop("department", UNSET)
        self.department = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.department")
        )
        value = source.pop("contactperson", UNSET)
        self.contactperson = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.contactperson")
        )
        value = source.pop("contactpersontitle", UNSET)
        self.contactpersontitle = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.contactpersontitle")
        )
        value = source.pop("contactpersondepartment", UNSET)
        self.contactpersondepartment = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.contactpersondepartment")
        )
        value = source.pop("email", UNSET)
        self.email = (
            value if value.__class__ is str or value is UNSET or value is None else read_str(value, "JobDataSet.email")
        )
        value = source.pop("email2", UNSET)
        self.email2 = (
            value if value.__class__ is str or value is UNSET or value is None else read_str(value, "JobDataSet.email2")
        )
        value = source.pop("phone", UNSET)
        self.phone = (
            value if value.__class__ is str or value is UNSET or value is None else read_str(value, "JobDataSet.phone")
        )
        value = source.pop("language", UNSET)
        self.language = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.language")
        )
        value = source.pop("addressaddline1", UNSET)
        self.addressaddline1 = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.addressaddline1")
        )
        value = source.pop("addressaddline2", UNSET)
        self.addressaddline2 = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.addressaddline2")
        )
        value = source.pop("addressaddline3", UNSET)
        self.addressaddline3 = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.addressaddline3")
        )
        value = source.pop("postcode", UNSET)
        self.postcode = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.postcode")
        )
        value = source.pop("addresscountry", UNSET)
        self.addresscountry = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.addresscountry")
        )
        value = source.pop("country", UNSET)
        self.country = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.country")
        )
        value = source.pop("countryname", UNSET)
        self.countryname = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.countryname")
        )

        self._decode_3(source)

    def _decode_3(self, source: dict[str, Any]) -> None:

        value = source.pop("billdate", UNSET)
        self.billdate = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.billdate")
        )
        value = source.pop("xmldate", UNSET)
        self.xmldate = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.xmldate")
        )
        value = source.pop("paydate", UNSET)
        self.paydate = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.paydate")
        )
        value = source.pop("deliverydate", UNSET)
        self.deliverydate = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.deliverydate")
        )
        value = source.pop("accountdate", UNSET)
        self.accountdate = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.accountdate")
        )
        value = source.pop("period", UNSET)
        self.period = (
            value if value.__class__ is str or value is UNSET or value is None else read_str(value, "JobDataSet.period")
        )
        value = source.pop("vatperiod", UNSET)
        self.vatperiod = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.vatperiod")
        )
        value = source.pop("amount", UNSET)
        self.amount = value if value is UNSET or value is None else read_decimal(value, "JobDataSet.amount")
        value = source.pop("netamount", UNSET)
        self.netamount = value if value is UNSET or value is None else read_decimal(value, "JobDataSet.netamount")
        value = source.pop("vatamount", UNSET)
        self.vatamount = value if value is UNSET or value is None else read_decimal(value, "JobDataSet.vatamount")
        value = source.pop("totalamount", UNSET)
        self.totalamount = value if value is UNSET or value is None else read_decimal(value, "JobDataSet.totalamount")
        value = source.pop("advancepayment", UNSET)
        self.advancepayment = (
            value if value is UNSET or value is None else read_decimal(value, "JobDataSet.advancepayment")
        )
        value = source.pop("currency", UNSET)
        self.currency = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.currency")
        )
        value = source.pop("foreignamount", UNSET)
        self.foreignamount = (
            value if value is UNSET or value is None else read_decimal(value, "JobDataSet.foreignamount")
        )
        value = source.pop("foreigncurrency", UNSET)
        self.foreigncurrency = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.foreigncurrency")
        )
        value = source.pop("negvat", UNSET)
        self.negvat = (
            value if value.__class__ is int or value is UNSET or value is None else read_int(value, "JobDataSet.negvat")
        )
        value = source.pop("vatlayout", UNSET)
        self.vatlayout = (
            value
            if value.__class__ is int or value is UNSET or value is None
            else read_int(value, "JobDataSet.vatlayout")
        )
        value = source.pop("sensible", UNSET)
        self.sensible = (
            value
            if value.__class__ is int or value is UNSET or value is None
            else read_int(value, "JobDataSet.sensible")
        )
        value = source.pop("noticedate", UNSET)
        self.noticedate = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.noticedate")
        )
        value = source.pop("noticedate2", UNSET)
        self.noticedate2 = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.noticedate2")
        )

        self._decode_4(source)

    def _decode_4(self, source: dict[str, Any]) -> None:

        value = source.pop("noticedate3", UNSET)
        self.noticedate3 = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.noticedate3")
        )
        value = source.pop("noticedate4", UNSET)
        self.noticedate4 = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.noticedate4")
        )
        value = source.pop("noticefee", UNSET)
        self.noticefee = value if value is UNSET or value is None else read_decimal(value, "JobDataSet.noticefee")
        value = source.pop("overdueinterest", UNSET)
        self.overdueinterest = (
            value if value is UNSET or value is None else read_decimal(value, "JobDataSet.overdueinterest")
        )
        value = source.pop("claimtext", UNSET)
        self.claimtext = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.claimtext")
        )
        value = source.pop("payplaninterval", UNSET)
        self.payplaninterval = (
            value
            if value.__class__ is int or value is UNSET or value is None
            else read_int(value, "JobDataSet.payplaninterval")
        )
        value = source.pop("payplanamount", UNSET)
        self.payplanamount = (
            value if value is UNSET or value is None else read_decimal(value, "JobDataSet.payplanamount")
        )
        value = source.pop("payplancount", UNSET)
        self.payplancount = (
            value
            if value.__class__ is int or value is UNSET or value is None
            else read_int(value, "JobDataSet.payplancount")
        )
        value = source.pop("refundtojobid", UNSET)
        self.refundtojobid = (
            value
            if value.__class__ is int or value is UNSET or value is None
            else read_int(value, "JobDataSet.refundtojobid")
        )
        value = source.pop("refundtobillnum", UNSET)
        self.refundtobillnum = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.refundtobillnum")
        )
        value = source.pop("refundiban", UNSET)
        self.refundiban = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.refundiban")
        )
        value = source.pop("refundmessage", UNSET)
        self.refundmessage = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.refundmessage")
        )
        value = source.pop("refundmessagetype", UNSET)
        self.refundmessagetype = (
            value
            if value.__class__ is int or value is UNSET or value is None
            else read_int(value, "JobDataSet.refundmessagetype")
        )
        value = source.pop("deliverymethod", UNSET)
        self.deliverymethod = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.deliverymethod")
        )
        value = source.pop("deliveryterm", UNSET)
        self.deliveryterm = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.deliveryterm")
        )
        value = source.pop("sendtype", UNSET)
        self.sendtype = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.sendtype")
        )
        value = source.pop("evoice", UNSET)
        self.evoice = (
            value if value.__class__ is str or value is UNSET or value is None else read_str(value, "JobDataSet.evoice")
        )
        value = source.pop("evoiceint", UNSET)
        self.evoiceint = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.evoiceint")
        )
        value = source.pop("avtalegiro", UNSET)
        self.avtalegiro = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.avtalegiro")
        )
        value = source.pop("autogiro", UNSET)
        self.autogiro = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.autogiro")
        )

        self._decode_5(source)

    def _decode_5(self, source: dict[str, Any]) -> None:
        from ..models.job_image import JobImage
        from ..models.job_package_details import JobPackageDetails
        from ..models.job_payee import JobPayee

        value = source.pop("postclass", UNSET)
        self.postclass = value if value.__class__ is int or value is UNSET else read_int(value, "JobDataSet.postclass")
        value = source.pop("color", UNSET)
        self.color = (
            value if value.__class__ is int or value is UNSET or value is None else read_int(value, "JobDataSet.color")
        )
        value = source.pop("doublesided", UNSET)
        self.doublesided = (
            value
            if value.__class__ is int or value is UNSET or value is None
            else read_int(value, "JobDataSet.doublesided")
        )
        value = source.pop("billtemplate", UNSET)
        self.billtemplate = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.billtemplate")
        )
        value = source.pop("billtemplateid", UNSET)
        self.billtemplateid = (
            value
            if value.__class__ is int or value is UNSET or value is None
            else read_int(value, "JobDataSet.billtemplateid")
        )
        value = source.pop("pdfname", UNSET)
        self.pdfname = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.pdfname")
        )
        value = source.pop("freetext", UNSET)
        self.freetext = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.freetext")
        )
        value = source.pop("salesman", UNSET)
        self.salesman = (
            value
            if value.__class__ is int or value is UNSET or value is None
            else read_int(value, "JobDataSet.salesman")
        )
        value = source.pop("salesmanname", UNSET)
        self.salesmanname = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.salesmanname")
        )
        value = source.pop("servicecode", UNSET)
        self.servicecode = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.servicecode")
        )
        value = source.pop("servicecode_name", UNSET)
        self.servicecode_name = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.servicecode_name")
        )
        value = source.pop("servicecode_dimension", UNSET)
        self.servicecode_dimension = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.servicecode_dimension")
        )
        value = source.pop("voucherbatch", UNSET)
        self.voucherbatch = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.voucherbatch")
        )
        value = source.pop("vouchernum", UNSET)
        self.vouchernum = (
            value
            if value.__class__ is str or value is UNSET or value is None
            else read_str(value, "JobDataSet.vouchernum")
        )
        value = source.pop("TA0001", UNSET)
        self.ta0001 = (
            value if value.__class__ is str or value is UNSET or value is None else read_str(value, "JobDataSet.TA0001")
        )
        value = source.pop("TA0002", UNSET)
        self.ta0002 = (
            value if value.__class__ is str or value is UNSET or value is None else read_str(value, "JobDataSet.TA0002")
        )
        value = source.pop("TA0003", UNSET)
        self.ta0003 = (
            value if value.__class__ is str or value is UNSET or value is None else read_str(value, "JobDataSet.TA0003")
        )
        value = source.pop("image", UNSET)
        self.image = value if value is UNSET or value is None else read_model(value, "JobDataSet.image", JobImage)
        value = source.pop("packagedetails", UNSET)
        self.packagedetails = (
            value
            if value is UNSET or value is None
            else read_model(value, "JobDataSet.packagedetails", JobPackageDetails)
        )
        value = source.pop("payee", UNSET)
        self.payee = value if value is UNSET or value is None else read_model(value, "JobDataSet.payee", JobPayee)
