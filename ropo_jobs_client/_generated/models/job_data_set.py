from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_decimal, read_int, read_model, read_str, require
from ..._codec.encode import (
    coerce_date_or_none,
    coerce_decimal_or_none,
    coerce_extra,
    coerce_int,
    coerce_int_or_none,
    coerce_int_or_unset,
)
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset
from ..._codec.writers import Writer
from ..models.job_image import JobImage
from ..models.job_package_details import JobPackageDetails
from ..models.job_payee import JobPayee


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class JobDataSetFields(Model):
    """The fields of `JobDataSet`, which other models have too."""

    jobtype: int = field(converter=coerce_int)
    """Type of job: 0=bill, 1=payment notice, 2=collection, 300=printing service, 301=mailing service. Example: 0."""
    customertype: int = field(converter=coerce_int)
    """Type of customer: 1=company, 2=natural person. Example: 1."""
    address: str = field(repr=False)
    """The street address of the recipient. Example: Satamakatu 123."""
    city: str = field(repr=False)
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
    yourcode: str | None | Unset = field(default=UNSET, repr=False)
    """Reference of the buyer. Example: Teppo Nuutinen."""
    model: str | None | Unset = UNSET
    """Make, cost centre in the customers accounting or other reference. Example: Malli tai merkki."""
    customerid: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """The customer number of the customer in Ropo One. Example: 1022."""
    custnum: str | None | Unset = UNSET
    """The customer number of the customer in the principals system. Example: 1022."""
    person: str | None | Unset = field(default=UNSET, repr=False)
    """The name of the consumer client. Example: Teppo Nuutinen."""
    company: str | Unset = field(default=UNSET, repr=False)
    """Name of the corporate customer. Example: Matin konepaja Oy."""
    govid: str | None | Unset = field(default=UNSET, repr=False)
    """The business ID (Y-tunnus) or personal identity code of the customer. Example: 2262509-5."""
    vatid: str | None | Unset = field(default=UNSET, repr=False)
    """The VAT ID of the customer. Example: FI22059054."""
    ovt: str | None | Unset = field(default=UNSET, repr=False)
    """OrganisationUnitNumber of recipient. Example: 00371234567800001."""
    department: str | None | Unset = UNSET
    """Recipients department. Example: Sales."""
    contactperson: str | None | Unset = field(default=UNSET, repr=False)
    """Contact person. Example: Liisa Liukaas."""
    contactpersontitle: str | None | Unset = UNSET
    """Contact person title. Example: Assistentti."""
    contactpersondepartment: str | None | Unset = UNSET
    """Contact person department. Example: Customer service."""
    email: str | None | Unset = field(default=UNSET, repr=False)
    """The e-mail address to which the bill is sent. Example: teppo.nuutinen@example.com."""
    email2: str | None | Unset = field(default=UNSET, repr=False)
    """The second e-mail address to which the bill is sent. Example: teppo.nuutinen@example.com."""
    phone: str | None | Unset = field(default=UNSET, repr=False)
    """The phone number of the customer/buyer/debtor. Example: +358441234567."""
    language: str | None | Unset = UNSET
    """Language of the bill: eng, fin, swe, est. Example: fin."""
    addressaddline1: str | None | Unset = field(default=UNSET, repr=False)
    """The first additional line of the address card, printed above the name of the recipient. Example: Johto."""
    addressaddline2: str | None | Unset = field(default=UNSET, repr=False)
    """The second additional line of the address card, printed between the name and the street address. Example: PL 43."""
    addressaddline3: str | None | Unset = field(default=UNSET, repr=False)
    """Line between receivers name and the street address. Example: CO Mauno Mansikka."""
    postcode: str | None | Unset = field(default=UNSET, repr=False)
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
    claimtext: str | None | Unset = field(default=UNSET, repr=False)
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
    refundiban: str | None | Unset = field(default=UNSET, repr=False)
    """Account number where credit note is payed. Example: FI2112345600000785."""
    refundmessage: str | None | Unset = field(default=UNSET, repr=False)
    """Message for payment of credit note. Example: tm 22141739 tili 1514 va 4804."""
    refundmessagetype: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """Messagetype for payment of credit note: 1=Using reference, 3=Using message. Example: 3."""
    deliverymethod: str | None | Unset = UNSET
    """Products delivery method as text. Example: Kiitolinja."""
    deliveryterm: str | None | Unset = UNSET
    """Terms of delivery as text. Example: NOK."""
    sendtype: str | None | Unset = UNSET
    """Type of sending of the bill: post, print, email or evoice. Example: post."""
    evoice: str | None | Unset = field(default=UNSET, repr=False)
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
    freetext: str | None | Unset = field(default=UNSET, repr=False)
    """Free text field at the end of the bill. Example: Kiitokset tilauksesta!."""
    salesman: int | None | Unset = field(default=UNSET, converter=coerce_int_or_none)
    """The code of the salesman. Example: 12."""
    salesmanname: str | None | Unset = field(default=UNSET, repr=False)
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
    payee: JobPayee | None | Unset = field(default=UNSET, repr=False)
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        writer.integer("jobtype", self.jobtype, self, False)
        writer.integer("customertype", self.customertype, self, False)
        writer.text("address", self.address, self, False)
        writer.text("city", self.city, self, False)
        if self.collectionprocess is not UNSET:
            writer.text("collectionprocess", self.collectionprocess, self, True)
        if self.collectioninvoice is not UNSET:
            writer.integer("collectioninvoice", self.collectioninvoice, self, True)
        if self.origbillnum is not UNSET:
            writer.text("origbillnum", self.origbillnum, self, True)
        if self.cashbill is not UNSET:
            writer.integer("cashbill", self.cashbill, self, True)
        if self.finance is not UNSET:
            writer.integer("finance", self.finance, self, True)
        if self.putonhold is not UNSET:
            writer.integer("putonhold", self.putonhold, self, True)
        if self.billnum is not UNSET:
            writer.text("billnum", self.billnum, self, True)
        if self.checkbillnum is not UNSET:
            writer.integer("checkbillnum", self.checkbillnum, self, True)
        if self.billcode is not UNSET:
            writer.text("billcode", self.billcode, self, True)
        if self.ownref is not UNSET:
            writer.text("ownref", self.ownref, self, True)
        if self.ordernumber is not UNSET:
            writer.integer("ordernumber", self.ordernumber, self, True)
        if self.ourcode is not UNSET:
            writer.text("ourcode", self.ourcode, self, True)
        if self.yourcode is not UNSET:
            writer.text("yourcode", self.yourcode, self, True)
        if self.model is not UNSET:
            writer.text("model", self.model, self, True)
        if self.customerid is not UNSET:
            writer.integer("customerid", self.customerid, self, True)
        if self.custnum is not UNSET:
            writer.text("custnum", self.custnum, self, True)
        if self.person is not UNSET:
            writer.text("person", self.person, self, True)
        if self.company is not UNSET:
            writer.text("company", self.company, self, False)
        if self.govid is not UNSET:
            writer.text("govid", self.govid, self, True)
        if self.vatid is not UNSET:
            writer.text("vatid", self.vatid, self, True)
        if self.ovt is not UNSET:
            writer.text("ovt", self.ovt, self, True)
        if self.department is not UNSET:
            writer.text("department", self.department, self, True)
        if self.contactperson is not UNSET:
            writer.text("contactperson", self.contactperson, self, True)
        if self.contactpersontitle is not UNSET:
            writer.text("contactpersontitle", self.contactpersontitle, self, True)
        if self.contactpersondepartment is not UNSET:
            writer.text("contactpersondepartment", self.contactpersondepartment, self, True)
        if self.email is not UNSET:
            writer.text("email", self.email, self, True)
        if self.email2 is not UNSET:
            writer.text("email2", self.email2, self, True)
        if self.phone is not UNSET:
            writer.text("phone", self.phone, self, True)
        if self.language is not UNSET:
            writer.text("language", self.language, self, True)
        if self.addressaddline1 is not UNSET:
            writer.text("addressaddline1", self.addressaddline1, self, True)
        if self.addressaddline2 is not UNSET:
            writer.text("addressaddline2", self.addressaddline2, self, True)
        if self.addressaddline3 is not UNSET:
            writer.text("addressaddline3", self.addressaddline3, self, True)
        if self.postcode is not UNSET:
            writer.text("postcode", self.postcode, self, True)
        if self.addresscountry is not UNSET:
            writer.text("addresscountry", self.addresscountry, self, True)
        if self.country is not UNSET:
            writer.text("country", self.country, self, True)
        if self.countryname is not UNSET:
            writer.text("countryname", self.countryname, self, True)
        if self.billdate is not UNSET:
            writer.day("billdate", self.billdate, self, True)
        if self.xmldate is not UNSET:
            writer.day("xmldate", self.xmldate, self, True)
        if self.paydate is not UNSET:
            writer.day("paydate", self.paydate, self, True)
        if self.deliverydate is not UNSET:
            writer.day("deliverydate", self.deliverydate, self, True)
        if self.accountdate is not UNSET:
            writer.day("accountdate", self.accountdate, self, True)
        if self.period is not UNSET:
            writer.day("period", self.period, self, True)
        if self.vatperiod is not UNSET:
            writer.day("vatperiod", self.vatperiod, self, True)
        if self.amount is not UNSET:
            writer.decimal("amount", self.amount, self, True)
        if self.netamount is not UNSET:
            writer.decimal("netamount", self.netamount, self, True)
        if self.vatamount is not UNSET:
            writer.decimal("vatamount", self.vatamount, self, True)
        if self.totalamount is not UNSET:
            writer.decimal("totalamount", self.totalamount, self, True)
        if self.advancepayment is not UNSET:
            writer.decimal("advancepayment", self.advancepayment, self, True)
        if self.currency is not UNSET:
            writer.text("currency", self.currency, self, True)
        if self.foreignamount is not UNSET:
            writer.decimal("foreignamount", self.foreignamount, self, True)
        if self.foreigncurrency is not UNSET:
            writer.text("foreigncurrency", self.foreigncurrency, self, True)
        if self.negvat is not UNSET:
            writer.integer("negvat", self.negvat, self, True)
        if self.vatlayout is not UNSET:
            writer.integer("vatlayout", self.vatlayout, self, True)
        if self.sensible is not UNSET:
            writer.integer("sensible", self.sensible, self, True)
        if self.noticedate is not UNSET:
            writer.day("noticedate", self.noticedate, self, True)
        if self.noticedate2 is not UNSET:
            writer.day("noticedate2", self.noticedate2, self, True)
        if self.noticedate3 is not UNSET:
            writer.day("noticedate3", self.noticedate3, self, True)
        if self.noticedate4 is not UNSET:
            writer.day("noticedate4", self.noticedate4, self, True)
        if self.noticefee is not UNSET:
            writer.decimal("noticefee", self.noticefee, self, True)
        if self.overdueinterest is not UNSET:
            writer.decimal("overdueinterest", self.overdueinterest, self, True)
        if self.claimtext is not UNSET:
            writer.text("claimtext", self.claimtext, self, True)
        if self.payplaninterval is not UNSET:
            writer.integer("payplaninterval", self.payplaninterval, self, True)
        if self.payplanamount is not UNSET:
            writer.decimal("payplanamount", self.payplanamount, self, True)
        if self.payplancount is not UNSET:
            writer.integer("payplancount", self.payplancount, self, True)
        if self.refundtojobid is not UNSET:
            writer.integer("refundtojobid", self.refundtojobid, self, True)
        if self.refundtobillnum is not UNSET:
            writer.text("refundtobillnum", self.refundtobillnum, self, True)
        if self.refundiban is not UNSET:
            writer.text("refundiban", self.refundiban, self, True)
        if self.refundmessage is not UNSET:
            writer.text("refundmessage", self.refundmessage, self, True)
        if self.refundmessagetype is not UNSET:
            writer.integer("refundmessagetype", self.refundmessagetype, self, True)
        if self.deliverymethod is not UNSET:
            writer.text("deliverymethod", self.deliverymethod, self, True)
        if self.deliveryterm is not UNSET:
            writer.text("deliveryterm", self.deliveryterm, self, True)
        if self.sendtype is not UNSET:
            writer.text("sendtype", self.sendtype, self, True)
        if self.evoice is not UNSET:
            writer.text("evoice", self.evoice, self, True)
        if self.evoiceint is not UNSET:
            writer.text("evoiceint", self.evoiceint, self, True)
        if self.avtalegiro is not UNSET:
            writer.text("avtalegiro", self.avtalegiro, self, True)
        if self.autogiro is not UNSET:
            writer.text("autogiro", self.autogiro, self, True)
        if self.postclass is not UNSET:
            writer.integer("postclass", self.postclass, self, False)
        if self.color is not UNSET:
            writer.integer("color", self.color, self, True)
        if self.doublesided is not UNSET:
            writer.integer("doublesided", self.doublesided, self, True)
        if self.billtemplate is not UNSET:
            writer.text("billtemplate", self.billtemplate, self, True)
        if self.billtemplateid is not UNSET:
            writer.integer("billtemplateid", self.billtemplateid, self, True)
        if self.pdfname is not UNSET:
            writer.text("pdfname", self.pdfname, self, True)
        if self.freetext is not UNSET:
            writer.text("freetext", self.freetext, self, True)
        if self.salesman is not UNSET:
            writer.integer("salesman", self.salesman, self, True)
        if self.salesmanname is not UNSET:
            writer.text("salesmanname", self.salesmanname, self, True)
        if self.servicecode is not UNSET:
            writer.text("servicecode", self.servicecode, self, True)
        if self.servicecode_name is not UNSET:
            writer.text("servicecode_name", self.servicecode_name, self, True)
        if self.servicecode_dimension is not UNSET:
            writer.text("servicecode_dimension", self.servicecode_dimension, self, True)
        if self.voucherbatch is not UNSET:
            writer.text("voucherbatch", self.voucherbatch, self, True)
        if self.vouchernum is not UNSET:
            writer.text("vouchernum", self.vouchernum, self, True)
        if self.ta0001 is not UNSET:
            writer.text("TA0001", self.ta0001, self, True)
        if self.ta0002 is not UNSET:
            writer.text("TA0002", self.ta0002, self, True)
        if self.ta0003 is not UNSET:
            writer.text("TA0003", self.ta0003, self, True)
        if self.image is not UNSET:
            writer.model("image", self.image, self, True, JobImage)
        if self.packagedetails is not UNSET:
            writer.model("packagedetails", self.packagedetails, self, True, JobPackageDetails)
        if self.payee is not UNSET:
            writer.model("payee", self.payee, self, True, JobPayee)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.jobtype = require(read_int(source.pop("jobtype", UNSET), (cls, "jobtype")), (cls, "jobtype"))
            self.customertype = require(
                read_int(source.pop("customertype", UNSET), (cls, "customertype")), (cls, "customertype")
            )
            self.address = require(read_str(source.pop("address", UNSET), (cls, "address")), (cls, "address"))
            self.city = require(read_str(source.pop("city", UNSET), (cls, "city")), (cls, "city"))
            self.collectionprocess = (
                v
                if (v := source.pop("collectionprocess", UNSET)).__class__ is str or v is UNSET or v is None
                else read_str(v, (cls, "collectionprocess"))
            )
            self.collectioninvoice = (
                v
                if (v := source.pop("collectioninvoice", UNSET)).__class__ is int or v is UNSET or v is None
                else read_int(v, (cls, "collectioninvoice"))
            )
            self.origbillnum = (
                v
                if (v := source.pop("origbillnum", UNSET)).__class__ is str or v is UNSET or v is None
                else read_str(v, (cls, "origbillnum"))
            )
            self.cashbill = (
                v
                if (v := source.pop("cashbill", UNSET)).__class__ is int or v is UNSET or v is None
                else read_int(v, (cls, "cashbill"))
            )
            self.finance = (
                v
                if (v := source.pop("finance", UNSET)).__class__ is int or v is UNSET or v is None
                else read_int(v, (cls, "finance"))
            )
            self.putonhold = (
                v
                if (v := source.pop("putonhold", UNSET)).__class__ is int or v is UNSET or v is None
                else read_int(v, (cls, "putonhold"))
            )
            self.billnum = (
                v
                if (v := source.pop("billnum", UNSET)).__class__ is str or v is UNSET or v is None
                else read_str(v, (cls, "billnum"))
            )
            self.checkbillnum = (
                v
                if (v := source.pop("checkbillnum", UNSET)).__class__ is int or v is UNSET or v is None
                else read_int(v, (cls, "checkbillnum"))
            )
            self.billcode = (
                v
                if (v := source.pop("billcode", UNSET)).__class__ is str or v is UNSET or v is None
                else read_str(v, (cls, "billcode"))
            )
            self.ownref = (
                v
                if (v := source.pop("ownref", UNSET)).__class__ is str or v is UNSET or v is None
                else read_str(v, (cls, "ownref"))
            )
            self.ordernumber = (
                v
                if (v := source.pop("ordernumber", UNSET)).__class__ is int or v is UNSET or v is None
                else read_int(v, (cls, "ordernumber"))
            )
            self.ourcode = (
                v
                if (v := source.pop("ourcode", UNSET)).__class__ is str or v is UNSET or v is None
                else read_str(v, (cls, "ourcode"))
            )
            self.yourcode = (
                v
                if (v := source.pop("yourcode", UNSET)).__class__ is str or v is UNSET or v is None
                else read_str(v, (cls, "yourcode"))
            )
            self.model = (
                v
                if (v := source.pop("model", UNSET)).__class__ is str or v is UNSET or v is None
                else read_str(v, (cls, "model"))
            )
            self.customerid = (
                v
                if (v := source.pop("customerid", UNSET)).__class__ is int or v is UNSET or v is None
                else read_int(v, (cls, "customerid"))
            )
            self.custnum = (
                v
                if (v := source.pop("custnum", UNSET)).__class__ is str or v is UNSET or v is None
                else read_str(v, (cls, "custnum"))
            )

            self._decode_2(source)
            self.additional_properties = source
            add(self)

    def _decode_2(self, source: dict[str, Any]) -> None:
        self.person = (
            v
            if (v := source.pop("person", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "person"))
        )
        self.company = (
            v
            if (v := source.pop("company", UNSET)).__class__ is str or v is UNSET
            else read_str(v, (type(self), "company"))
        )
        self.govid = (
            v
            if (v := source.pop("govid", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "govid"))
        )
        self.vatid = (
            v
            if (v := source.pop("vatid", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "vatid"))
        )
        self.ovt = (
            v
            if (v := source.pop("ovt", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "ovt"))
        )
        self.department = (
            v
            if (v := source.pop("department", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "department"))
        )
        self.contactperson = (
            v
            if (v := source.pop("contactperson", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "contactperson"))
        )
        self.contactpersontitle = (
            v
            if (v := source.pop("contactpersontitle", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "contactpersontitle"))
        )
        self.contactpersondepartment = (
            v
            if (v := source.pop("contactpersondepartment", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "contactpersondepartment"))
        )
        self.email = (
            v
            if (v := source.pop("email", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "email"))
        )
        self.email2 = (
            v
            if (v := source.pop("email2", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "email2"))
        )
        self.phone = (
            v
            if (v := source.pop("phone", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "phone"))
        )
        self.language = (
            v
            if (v := source.pop("language", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "language"))
        )
        self.addressaddline1 = (
            v
            if (v := source.pop("addressaddline1", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "addressaddline1"))
        )
        self.addressaddline2 = (
            v
            if (v := source.pop("addressaddline2", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "addressaddline2"))
        )
        self.addressaddline3 = (
            v
            if (v := source.pop("addressaddline3", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "addressaddline3"))
        )
        self.postcode = (
            v
            if (v := source.pop("postcode", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "postcode"))
        )
        self.addresscountry = (
            v
            if (v := source.pop("addresscountry", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "addresscountry"))
        )
        self.country = (
            v
            if (v := source.pop("country", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "country"))
        )
        self.countryname = (
            v
            if (v := source.pop("countryname", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "countryname"))
        )

        self._decode_3(source)

    def _decode_3(self, source: dict[str, Any]) -> None:
        self.billdate = (
            v
            if (v := source.pop("billdate", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "billdate"))
        )
        self.xmldate = (
            v
            if (v := source.pop("xmldate", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "xmldate"))
        )
        self.paydate = (
            v
            if (v := source.pop("paydate", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "paydate"))
        )
        self.deliverydate = (
            v
            if (v := source.pop("deliverydate", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "deliverydate"))
        )
        self.accountdate = (
            v
            if (v := source.pop("accountdate", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "accountdate"))
        )
        self.period = (
            v
            if (v := source.pop("period", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "period"))
        )
        self.vatperiod = (
            v
            if (v := source.pop("vatperiod", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "vatperiod"))
        )
        self.amount = (
            v if (v := source.pop("amount", UNSET)) is UNSET or v is None else read_decimal(v, (type(self), "amount"))
        )
        self.netamount = (
            v
            if (v := source.pop("netamount", UNSET)) is UNSET or v is None
            else read_decimal(v, (type(self), "netamount"))
        )
        self.vatamount = (
            v
            if (v := source.pop("vatamount", UNSET)) is UNSET or v is None
            else read_decimal(v, (type(self), "vatamount"))
        )
        self.totalamount = (
            v
            if (v := source.pop("totalamount", UNSET)) is UNSET or v is None
            else read_decimal(v, (type(self), "totalamount"))
        )
        self.advancepayment = (
            v
            if (v := source.pop("advancepayment", UNSET)) is UNSET or v is None
            else read_decimal(v, (type(self), "advancepayment"))
        )
        self.currency = (
            v
            if (v := source.pop("currency", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "currency"))
        )
        self.foreignamount = (
            v
            if (v := source.pop("foreignamount", UNSET)) is UNSET or v is None
            else read_decimal(v, (type(self), "foreignamount"))
        )
        self.foreigncurrency = (
            v
            if (v := source.pop("foreigncurrency", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "foreigncurrency"))
        )
        self.negvat = (
            v
            if (v := source.pop("negvat", UNSET)).__class__ is int or v is UNSET or v is None
            else read_int(v, (type(self), "negvat"))
        )
        self.vatlayout = (
            v
            if (v := source.pop("vatlayout", UNSET)).__class__ is int or v is UNSET or v is None
            else read_int(v, (type(self), "vatlayout"))
        )
        self.sensible = (
            v
            if (v := source.pop("sensible", UNSET)).__class__ is int or v is UNSET or v is None
            else read_int(v, (type(self), "sensible"))
        )
        self.noticedate = (
            v
            if (v := source.pop("noticedate", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "noticedate"))
        )
        self.noticedate2 = (
            v
            if (v := source.pop("noticedate2", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "noticedate2"))
        )

        self._decode_4(source)

    def _decode_4(self, source: dict[str, Any]) -> None:
        self.noticedate3 = (
            v
            if (v := source.pop("noticedate3", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "noticedate3"))
        )
        self.noticedate4 = (
            v
            if (v := source.pop("noticedate4", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "noticedate4"))
        )
        self.noticefee = (
            v
            if (v := source.pop("noticefee", UNSET)) is UNSET or v is None
            else read_decimal(v, (type(self), "noticefee"))
        )
        self.overdueinterest = (
            v
            if (v := source.pop("overdueinterest", UNSET)) is UNSET or v is None
            else read_decimal(v, (type(self), "overdueinterest"))
        )
        self.claimtext = (
            v
            if (v := source.pop("claimtext", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "claimtext"))
        )
        self.payplaninterval = (
            v
            if (v := source.pop("payplaninterval", UNSET)).__class__ is int or v is UNSET or v is None
            else read_int(v, (type(self), "payplaninterval"))
        )
        self.payplanamount = (
            v
            if (v := source.pop("payplanamount", UNSET)) is UNSET or v is None
            else read_decimal(v, (type(self), "payplanamount"))
        )
        self.payplancount = (
            v
            if (v := source.pop("payplancount", UNSET)).__class__ is int or v is UNSET or v is None
            else read_int(v, (type(self), "payplancount"))
        )
        self.refundtojobid = (
            v
            if (v := source.pop("refundtojobid", UNSET)).__class__ is int or v is UNSET or v is None
            else read_int(v, (type(self), "refundtojobid"))
        )
        self.refundtobillnum = (
            v
            if (v := source.pop("refundtobillnum", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "refundtobillnum"))
        )
        self.refundiban = (
            v
            if (v := source.pop("refundiban", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "refundiban"))
        )
        self.refundmessage = (
            v
            if (v := source.pop("refundmessage", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "refundmessage"))
        )
        self.refundmessagetype = (
            v
            if (v := source.pop("refundmessagetype", UNSET)).__class__ is int or v is UNSET or v is None
            else read_int(v, (type(self), "refundmessagetype"))
        )
        self.deliverymethod = (
            v
            if (v := source.pop("deliverymethod", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "deliverymethod"))
        )
        self.deliveryterm = (
            v
            if (v := source.pop("deliveryterm", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "deliveryterm"))
        )
        self.sendtype = (
            v
            if (v := source.pop("sendtype", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "sendtype"))
        )
        self.evoice = (
            v
            if (v := source.pop("evoice", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "evoice"))
        )
        self.evoiceint = (
            v
            if (v := source.pop("evoiceint", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "evoiceint"))
        )
        self.avtalegiro = (
            v
            if (v := source.pop("avtalegiro", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "avtalegiro"))
        )
        self.autogiro = (
            v
            if (v := source.pop("autogiro", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "autogiro"))
        )

        self._decode_5(source)

    def _decode_5(self, source: dict[str, Any]) -> None:
        self.postclass = (
            v
            if (v := source.pop("postclass", UNSET)).__class__ is int or v is UNSET
            else read_int(v, (type(self), "postclass"))
        )
        self.color = (
            v
            if (v := source.pop("color", UNSET)).__class__ is int or v is UNSET or v is None
            else read_int(v, (type(self), "color"))
        )
        self.doublesided = (
            v
            if (v := source.pop("doublesided", UNSET)).__class__ is int or v is UNSET or v is None
            else read_int(v, (type(self), "doublesided"))
        )
        self.billtemplate = (
            v
            if (v := source.pop("billtemplate", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "billtemplate"))
        )
        self.billtemplateid = (
            v
            if (v := source.pop("billtemplateid", UNSET)).__class__ is int or v is UNSET or v is None
            else read_int(v, (type(self), "billtemplateid"))
        )
        self.pdfname = (
            v
            if (v := source.pop("pdfname", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "pdfname"))
        )
        self.freetext = (
            v
            if (v := source.pop("freetext", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "freetext"))
        )
        self.salesman = (
            v
            if (v := source.pop("salesman", UNSET)).__class__ is int or v is UNSET or v is None
            else read_int(v, (type(self), "salesman"))
        )
        self.salesmanname = (
            v
            if (v := source.pop("salesmanname", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "salesmanname"))
        )
        self.servicecode = (
            v
            if (v := source.pop("servicecode", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "servicecode"))
        )
        self.servicecode_name = (
            v
            if (v := source.pop("servicecode_name", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "servicecode_name"))
        )
        self.servicecode_dimension = (
            v
            if (v := source.pop("servicecode_dimension", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "servicecode_dimension"))
        )
        self.voucherbatch = (
            v
            if (v := source.pop("voucherbatch", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "voucherbatch"))
        )
        self.vouchernum = (
            v
            if (v := source.pop("vouchernum", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "vouchernum"))
        )
        self.ta0001 = (
            v
            if (v := source.pop("TA0001", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "TA0001"))
        )
        self.ta0002 = (
            v
            if (v := source.pop("TA0002", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "TA0002"))
        )
        self.ta0003 = (
            v
            if (v := source.pop("TA0003", UNSET)).__class__ is str or v is UNSET or v is None
            else read_str(v, (type(self), "TA0003"))
        )
        self.image = (
            v
            if (v := source.pop("image", UNSET)) is UNSET or v is None
            else read_model(v, (type(self), "image"), JobImage)
        )
        self.packagedetails = (
            v
            if (v := source.pop("packagedetails", UNSET)) is UNSET or v is None
            else read_model(v, (type(self), "packagedetails"), JobPackageDetails)
        )
        self.payee = (
            v
            if (v := source.pop("payee", UNSET)) is UNSET or v is None
            else read_model(v, (type(self), "payee"), JobPayee)
        )


class JobDataSet(JobDataSetFields):
    """The data of a bill, as it is added and changed. When a bill is added, `JobItem` brings the rows and the other
    nested lists as well."""

    __slots__ = ()
