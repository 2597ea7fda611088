"""The operations of the API, as the document describes them."""

from .types import Operation

AUTH_TOKEN_ACTION = Operation(
    method="POST",
    path="/token",
    summary="Get a token",
    retry="safe",
    authenticated=False,
    accept="application/json, application/problem+json",
)
JOBS_GET_ACTION = Operation(
    method="GET", path="/jobs", summary="Get jobs", retry="safe", accept="application/json, application/problem+json"
)
JOBS_ADD_ACTION = Operation(
    method="POST",
    path="/jobs",
    summary="Add bills",
    retry="unsafe",
    accept="application/json, application/problem+json",
)
JOBS_MODIFY_ACTION = Operation(
    method="PATCH",
    path="/jobs",
    summary="Modify existing bill data",
    retry="idempotent",
    accept="application/problem+json, application/json",
    may_be_empty=True,
    one_of=("jobid", "billnum"),
)
JOBS_GET_STATUS_UPDATES_ACTION = Operation(
    method="GET",
    path="/jobs/statusupdates",
    summary="Get jobs status update information",
    retry="consuming",
    retry_safe_with=("date", "billnum"),
    accept="application/json, application/problem+json",
    may_be_empty=True,
    one_of=("date", "billnum"),
)
JOBS_GET_PDF_ACTION = Operation(
    method="GET",
    path="/jobs/pdf",
    summary="Get bill in pdf-format",
    retry="safe",
    accept="application/pdf, application/problem+json, application/json",
    binary=True,
    one_of=("jobid", "billnum", "contractnum"),
)
JOBS_MODIFY_OPEN_SALES_INVOICES_ACTION = Operation(
    method="PATCH",
    path="/jobs/opensalesinvoices",
    summary="Modify existing bill data for multiple open invoices by customer and order number",
    retry="idempotent",
    accept="application/json, application/problem+json",
    may_be_empty=True,
)
JOBS_UPDATE_DELIVERY_STATUS_ACTION = Operation(
    method="PATCH",
    path="/jobs/deliverystatus",
    summary="Update invoice delivery status",
    retry="unsafe",
    accept="application/problem+json, application/json",
    may_be_empty=True,
)
JOBS_PREVIEW_ACTION = Operation(
    method="POST",
    path="/jobs/preview",
    summary="Preview of the invoice",
    retry="safe",
    accept="application/pdf, application/problem+json, application/json",
    binary=True,
)
JOBS_LOCAL_PRINT_ACTION = Operation(
    method="POST",
    path="/jobs/localprint",
    summary="Print locally the invoice",
    retry="unsafe",
    accept="application/pdf, application/problem+json, application/json",
    binary=True,
)
JOBS_ADD_PAYMENT_ACTION = Operation(
    method="POST",
    path="/jobs/payment",
    summary="Add payment to existing job.",
    retry="unsafe",
    accept="application/json, application/problem+json",
    one_of=("billcode", "jobid", "billnum"),
)
JOBS_ADD_CREDIT_NOTE_ACTION = Operation(
    method="POST",
    path="/jobs/creditnote",
    summary="Add credit note to existing job",
    retry="unsafe",
    accept="application/json, application/problem+json",
    may_be_empty=True,
    one_of=("billcode", "jobid", "billnum"),
)
JOBS_SEND_TRANSFER_CONFIRMATION_ACTION = Operation(
    method="GET",
    path="/jobs/transferconfirmation",
    summary="Send transfer report based on Batch ID",
    retry="unsafe",
    accept="application/problem+json, application/json",
    may_be_empty=True,
)
JOBS_DISPUTE_ACTION = Operation(
    method="POST",
    path="/jobs/dispute",
    summary="Dispute a job",
    retry="unsafe",
    accept="application/json, application/problem+json",
    one_of=("jobid", "invoice_number"),
)
JOBS_RESOLVE_DISPUTE_ACTION = Operation(
    method="POST",
    path="/jobs/dispute/resolve",
    summary="Resolve a disputed job",
    retry="unsafe",
    accept="application/json, application/problem+json",
    one_of=("jobid", "invoice_number"),
)
JOBS_FIND_BY_END_CUSTOMER_ACTION = Operation(
    method="POST",
    path="/jobs/findbyendcustomer",
    summary="Find jobs by end customer",
    retry="safe",
    accept="application/json, application/problem+json",
    one_of=("ssn", "custnum"),
)

OPERATIONS = {
    str(operation): operation
    for operation in (
        AUTH_TOKEN_ACTION,
        JOBS_GET_ACTION,
        JOBS_ADD_ACTION,
        JOBS_MODIFY_ACTION,
        JOBS_GET_STATUS_UPDATES_ACTION,
        JOBS_GET_PDF_ACTION,
        JOBS_MODIFY_OPEN_SALES_INVOICES_ACTION,
        JOBS_UPDATE_DELIVERY_STATUS_ACTION,
        JOBS_PREVIEW_ACTION,
        JOBS_LOCAL_PRINT_ACTION,
        JOBS_ADD_PAYMENT_ACTION,
        JOBS_ADD_CREDIT_NOTE_ACTION,
        JOBS_SEND_TRANSFER_CONFIRMATION_ACTION,
        JOBS_DISPUTE_ACTION,
        JOBS_RESOLVE_DISPUTE_ACTION,
        JOBS_FIND_BY_END_CUSTOMER_ACTION,
    )
}
"""Every operation under its name, such as `GET /jobs`."""

SENSITIVE = frozenset(
    {
        "address",
        "addressaddline1",
        "addressaddline2",
        "addressaddline3",
        "apicode",
        "attachmentfile",
        "city",
        "claimtext",
        "company",
        "contactperson",
        "email",
        "email2",
        "evoice",
        "freetext",
        "govid",
        "my_ropo_link",
        "ovt",
        "payee",
        "person",
        "phone",
        "postcode",
        "propvalue",
        "refundiban",
        "refundmessage",
        "salesmanname",
        "ssn",
        "token",
        "vatid",
        "yourcode",
    }
)
"""Wire names of all properties and parameters that hold personal data or secrets."""
