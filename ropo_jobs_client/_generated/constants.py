"""Names of known numbers. The fields are plain ints: a number that is not here is one too."""

from typing import Final


class JobType:
    """Known numbers of `jobtype`."""

    INVOICE: Final = 0
    PAYMENT_NOTICE: Final = 1
    DEBT_COLLECTION: Final = 2
    PRINT_SERVICE: Final = 300
    MAILING_SERVICE: Final = 301
    SUB_INVOICE: Final = 602


class Finance:
    """Known numbers of `finance`."""

    NONE: Final = 0
    FINANCING: Final = 1
    INVOICE_PURCHASE: Final = 2


class CustomerType:
    """Known numbers of `customertype`."""

    COMPANY: Final = 1
    PERSON: Final = 2


class RefundMessageType:
    """Known numbers of `refundmessagetype`."""

    REFERENCE: Final = 1
    MESSAGE: Final = 3


__all__ = ("CustomerType", "Finance", "JobType", "RefundMessageType")
