"""Each guess of openapi.yaml, taken to be wrong: a service that is otherwise, and what it takes to follow it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from flipped_service import Reply

Json = dict[str, Any]

CHANGE: Final = {"jobid": 7, "billnum": "11213", "status": 1, "statustext": "Reminder", "statusdate": "2018-01-15"}
OF_BILL: Final = "GET /jobs/statusupdates?billnum=11213"
JOB: Final = {"jobid": 7, "billnum": "11213"}


@dataclass(frozen=True)
class Flip:
    """A guess that is wrong.

    Attributes:
        replies: what the service answers.
        use: the lines of a program, with a client as `ropo`, that must come through.
        change: the change of the document, or None where none is needed.
        constants: a file, and the lines in it that take the place of others.
        sent: what the service must have got in the end.
        places: the guesses of the document that are wrong here.
        fails_with: what the program ends with before the change; "" where it comes through already.
    """

    replies: Mapping[str, Sequence[Reply]]
    use: str
    change: Callable[[Json], object] | None = None
    constants: tuple[str, Mapping[str, str]] | None = None
    sent: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    places: tuple[str, ...] = ()
    fails_with: str = ""


def schemas(document: Json) -> Json:
    found: Json = document["components"]["schemas"]
    return found


def rename(schema: str, names: Mapping[str, str]) -> Callable[[Json], None]:
    """Give fields other names in JSON, and keep those that programs use."""

    def change(document: Json) -> None:
        properties = schemas(document)[schema]["properties"]
        schemas(document)[schema]["properties"] = {
            names.get(name, name): {**one, "x-argument": name} if name in names else one
            for name, one in properties.items()
        }

    return change


def put_list_deeper(document: Json) -> None:
    item = {"$ref": "#/components/schemas/JobStatusUpdate"}
    schemas(document)["JobsStatusUpdatesResult"]["x-list-at"] = ["data", "updates"]
    schemas(document)["JobsStatusUpdatesEnvelope"] = {
        "type": "object",
        "x-source": "docs",
        "properties": {"data": {"$ref": "#/components/schemas/JobsStatusUpdatesData"}},
    }
    schemas(document)["JobsStatusUpdatesData"] = {
        "type": "object",
        "x-source": "docs",
        "properties": {
            "updates": {"type": "array", "description": "The changes", "items": item},
            "errors": {"type": "array", "description": "What went wrong", "items": {"type": "string"}},
        },
    }


def change_error_form(document: Json) -> None:
    schemas(document)["JobResponseErrors"] |= {
        "x-error-text": ["errors.message"],
        "properties": {
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/JobError"}},
            "code": {"type": "integer"},
        },
    }
    schemas(document)["JobError"] = {"type": "object", "properties": {"message": {"type": "string"}}}


def change_statuses(document: Json) -> None:
    """What was 200 is 201, and the other way round."""
    for path in document["paths"].values():
        for operation in path.values():
            responses = operation["responses"]
            operation["responses"] = {
                {"200": "201", "201": "200"}.get(status, status): one for status, one in responses.items()
            }


def refuse_tokens_with(status: str) -> Callable[[Json], None]:
    def change(document: Json) -> None:
        for path in document["paths"].values():
            for operation in path.values():
                if "401" in operation["responses"]:
                    operation["responses"][status] = operation["responses"].pop("401")

    return change


def name_files_in(header: str) -> Callable[[Json], None]:
    def change(document: Json) -> None:
        operations = [one for path in document["paths"].values() for one in path.values()]
        responses = [one for operation in operations for one in operation["responses"].values()]
        for response in [*document["components"]["responses"].values(), *responses]:
            if "headers" in response:
                response["headers"] = dict.fromkeys([header], *response["headers"].values())

    return change


def let_local_prints_repeat(document: Json) -> None:
    document["paths"]["/jobs/localprint"]["post"]["x-retry"] = "safe"


def give_fields(fields: Mapping[str, Mapping[str, Json]]) -> Callable[[Json], None]:
    def change(document: Json) -> None:
        for schema, properties in fields.items():
            schemas(document)[schema]["properties"] = dict(properties)

    return change


TEXT: Final = {"type": "string", "description": "A text"}
RENAMED: Final = {"job_id": 7, "invoice": "11213", "code": "1", "text": "Reminder", "time": "2018-01-15T10:00:00Z"}
FIELDS: Final = dict(zip(CHANGE, RENAMED, strict=True))
ENVELOPE: Final = {"status": "ok", "data": {"errors": [], "updates": [CHANGE]}}
NO_MORE: Final[Json] = {"status": "ok", "data": {"errors": [], "updates": []}}
WRONG: Final = {"code": 17, "errors": [{"message": "There is no such job"}]}
DAY: Final = "GET /jobs/statusupdates?date="
PDF: Final = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
BILL: Final = """JobItem(jobtype=0, customertype=2, address="Katu 1", city="KUOPIO", billdate="2026-11-22",
            paydate="2026-12-06", payrow=[PayRow(desc="Hieronta", count=1, itemtype="h", amount=35, taxpr=24)])"""

FLIPS: Final = {
    "names of a status change's fields": Flip(
        {OF_BILL: [Reply([RENAMED])], "GET /jobs?jobid=7": [Reply(JOB)]},
        """
        (change,) = await ropo.get_status_updates(billnum="11213")
        assert (change.jobid, change.billnum, change.status) == (7, "11213", 1), change
        assert (change.statustext, change.statusdate) == ("Reminder", "2018-01-15T10:00:00Z")
        assert change.additional_properties == {} and change.to_dict()["job_id"] == 7
        assert (await ropo.get_job(billnum="11213")).jobid == 7
        # The sandbox follows too.
        from ropo_jobs_sandbox import Sandbox
        async with Sandbox() as sandbox:
            jobid = sandbox.add_example_job(billnum="11213")
            sandbox.advance(days=30)
            login = ApiCode(sandbox.cid, sandbox.apicode)
            async with RopoJobsClient(login, base_url=sandbox.base_url) as other:
                assert (await other.get_job(billnum="11213")).jobid == jobid
                first, *_ = await other.get_status_updates(billnum="11213")
                assert first.to_dict().keys() == {"job_id", "invoice", "code", "text", "time"}
        # The feed finds by its day what the service no longer lists.
        from ropo_jobs_client.feed._items import read_items
        (item,) = read_items(b'[{"time": "2018-01-15T10:00:00Z"}]')
        assert item.day == date(2018, 1, 15)
        """,
        rename("JobStatusUpdate", FIELDS),
        places=("components.schemas.JobStatusUpdate",),
        fails_with="AssertionError: JobStatusUpdate()",
    ),
    "a list of status changes deep in an object, beside another list": Flip(
        {
            OF_BILL: [Reply(ENVELOPE), Reply([CHANGE]), Reply(NO_MORE), Reply({"data": []}), Reply({"data": [1]})],
            "GET /jobs?jobid=7": [Reply(JOB)],
            "GET /jobs/statusupdates": [Reply(ENVELOPE, headers={"Date": "x"}), Reply(status=204)],
        },
        """
        assert (await ropo.get_job(billnum="11213")).jobid == 7
        assert [change.jobid for change in await ropo.get_status_updates(billnum="11213")] == [7]  # bare
        for _ in range(2):
            assert await ropo.get_status_updates(billnum="11213") == []
        assert type(await fails(ropo.get_status_updates(billnum="11213"))) is DecodeError
        seen, gaps = await feed_of(ropo, "feed.db")
        assert [change.jobid for change in seen] == [7] and not gaps, (seen, gaps)
        """,
        put_list_deeper,
        places=(
            "components.schemas.JobsStatusUpdatesResult",
            "components.schemas.JobsStatusUpdatesEnvelope",
        ),
        fails_with="ropo_jobs_client.errors.DecodeError: JobStatusUpdate is an object, not a list",
    ),
    "a list of status changes in an object": Flip(
        {OF_BILL: [Reply({"changes": [CHANGE], "count": 1})], "GET /jobs?jobid=7": [Reply(JOB)]},
        """
        assert (await ropo.get_job(billnum="11213")).jobid == 7
        """,
    ),
    "the form of errors": Flip(
        {
            "GET /jobs?jobid=7": [Reply(WRONG, 404), Reply(WRONG, 422)],
            "POST /jobs/payment": [Reply(WRONG)],
        },
        """
        error = await fails(ropo.get_job(jobid=7))
        assert type(error) is JobNotFound and error.message == "There is no such job", repr(error)
        error = await fails(ropo.get_job(jobid=7))
        assert type(error) is UnprocessableEntity and error.message == "There is no such job"
        payment = JobAddPayment(jobid=7, amount=1, paydate="2026-11-22")
        error = await fails(ropo.add_payment(payment))
        assert type(error.__cause__) is ResponseError, repr(error)
        assert "answered with an error" in str(error.__cause__)
        """,
        change_error_form,
        places=(
            "components.responses.ClientError",
            "components.responses.ServerError",
        ),
        fails_with="AssertionError: NotFound(",
    ),
    "200 for 201, and the other way round": Flip(
        {
            "POST /token": [Reply({"token": "a-token"}, 200)],
            "GET /jobs?jobid=7": [Reply(JOB, 201)],
        },
        """
        async with client(ApiCode("1", "an-apicode")) as other:
            assert (await other.get_job(jobid=7)).jobid == 7
        """,
        change_statuses,
    ),
    "the name of the token": Flip(
        {"POST /token": [Reply({"access_token": "a-token"}, 201)], "GET /jobs?jobid=7": [Reply(JOB)]},
        """
        async with client(ApiCode("1", "an-apicode")) as other:
            assert (await other.get_job(jobid=7)).jobid == 7
        assert "a-token" not in repr(AuthToken(token="a-token"))
        """,
        rename("AuthToken", {"token": "access_token"}),
        fails_with="ropo_jobs_client.errors.ResponseError: the service gave a token that cannot be sent",
    ),
    "the status of a refused token": Flip(
        {
            "POST /token": [Reply({"token": "one"}, 201), Reply({"token": "two"}, 201)],
            "GET /jobs?jobid=7": [Reply({"error": "Expired"}, 403), Reply(JOB), Reply({"error": "Expired"}, 403)],
        },
        """
        async with client(ApiCode("1", "an-apicode")) as other:
            assert (await other.get_job(jobid=7)).jobid == 7
        error = await fails(ropo.get_job(jobid=7))
        assert type(error) is AuthenticationFailed and error.status == 403
        """,
        refuse_tokens_with("403"),
        places=("components.responses.Unauthorized",),
        fails_with="ropo_jobs_client.errors.PermissionDenied: the service answered 403",
    ),
    "whether a local print adds the bill": Flip(
        {"POST /jobs/localprint": [Reply({"error": "Busy"}, 503), Reply(PDF)]},
        f"""
        assert await ropo.with_options(retries=1).local_print([{BILL}]).read() == {PDF!r}
        """,
        let_local_prints_repeat,
        fails_with="ropo_jobs_client.errors.OutcomeUnknown",
    ),
    "the header with the name of a preview": Flip(
        {"POST /jobs/preview": [Reply(PDF, headers={"X-File-Name": "../preview 1.pdf"})]},
        f"""
        async with ropo.preview([{BILL}]) as pdf:
            assert pdf.filename == "preview 1.pdf", pdf.filename
        """,
        name_files_in("X-File-Name"),
        places=("components.headers.ContentDisposition",),
        fails_with="AssertionError: None",
    ),
    "another media type and status of a preview": Flip(
        {"POST /jobs/preview": [Reply(PDF, 201, {"Content-Type": "application/octet-stream"})]},
        f"""
        assert await ropo.preview([{BILL}]).read() == {PDF!r}
        """,
    ),
    "fields of what is not documented": Flip(
        {
            "POST /jobs/creditnote": [Reply({"creditnoteid": "5"}, 201), Reply(status=204)],
            "PATCH /jobs/opensalesinvoices?custnum=1&ordernumber=2": [Reply({"modified": "3"})],
            "POST /jobs/dispute/resolve?jobid=7": [Reply({"created_at": "2026-11-22"})],
            "POST /jobs/dispute?jobid=7": [Reply({"created_at": "2026-11-22"})],
        },
        """
        note = JobAddCreditNote(jobid=7, amount=1, date="2026-11-22")
        assert (await ropo.add_credit_note(note)).creditnoteid == 5
        assert (await ropo.add_credit_note(note)).creditnoteid is UNSET
        await ropo.dispute_job(JobDisputeRequest(reason="Wrong sum"), jobid=7)
        await ropo.resolve_dispute(JobResolveDisputeRequest(outcome="Paid"), jobid=7)
        data = JobDataSet(address="Katu 1", city="KUOPIO", customertype=2, jobtype=0, image=JobImage(name="a.png"),
            payee=JobPayee(iban="FI21"), packagedetails=JobPackageDetails(weight=Decimal("0.50")))
        sent = data.to_dict()
        assert sent["image"] == {"name": "a.png"} and sent["payee"] == {"iban": "FI21"}
        assert sent["packagedetails"] == {"weight": Decimal("0.50")}
        assert (await ropo.modify_open_invoices(data, custnum="1", ordernumber="2")).modified == 3
        """,
        give_fields(
            {
                "JobAddCreditNoteResponse": {"creditnoteid": {"type": "integer", "description": "Id of the note"}},
                "JobDisputeRequest": {"reason": TEXT},
                "JobImage": {"name": TEXT},
                "JobPackageDetails": {"weight": {"type": "number", "description": "Kilograms"}},
                "JobPatchOpenSalesInvoicesResponse": {"modified": {"type": "integer", "description": "How many"}},
                "JobPayee": {"iban": TEXT},
                "JobResolveDisputeRequest": {"outcome": TEXT},
            }
        ),
        places=(
            "components.schemas.JobImage",
            "components.schemas.JobPackageDetails",
            "components.schemas.JobPayee",
            "components.schemas.JobAddCreditNoteResponse",
            "components.schemas.JobPatchOpenSalesInvoicesResponse",
            "components.schemas.JobDisputeRequest",
            "components.schemas.JobResolveDisputeRequest",
            "paths./jobs/creditnote.post.responses.2XX",
        ),
        fails_with="AttributeError: 'JobAddCreditNoteResponse' object has no attribute",
        sent={
            "POST /jobs/dispute?jobid=7": b'{"reason":"Wrong sum"}',
            "POST /jobs/dispute/resolve?jobid=7": b'{"outcome":"Paid"}',
        },
    ),
    "no Date header, and no 204 at the end": Flip(
        {
            "GET /jobs/statusupdates": [Reply([CHANGE]), Reply([])],
        },
        """
        seen, gaps = await feed_of(ropo, "feed.db")
        assert [change.jobid for change in seen] == [7], seen
        """,
    ),
    "an empty list in an object at the end": Flip(
        {
            "GET /jobs/statusupdates": [Reply({"changes": [CHANGE]}), Reply({"changes": []})],
        },
        """
        seen, gaps = await feed_of(ropo, "feed.db")
        assert [change.jobid for change in seen] == [7], seen
        """,
    ),
    "the status of a job that is none": Flip(
        {"GET /jobs?jobid=7": [Reply({"error": "There is no such job"}, 400)]},
        """
        error = await fails(ropo.get_job(jobid=7))
        assert type(error) is JobNotFound, repr(error)
        """,
        constants=("errors.py", {"    400: BadRequest,": "    400: NotFound,"}),
        fails_with="AssertionError: BadRequest(",
    ),
    "the header with the id of a request": Flip(
        {"GET /jobs?jobid=7": [Reply({"error": "No"}, 400, {"X-Trace": "t-1"})]},
        """
        error = await fails(ropo.get_job(jobid=7))
        assert error.request_id == "t-1", error.request_id
        """,
        constants=("_codec/headers.py", {'("x-request-id", "request-id", "x-correlation-id")': '("x-trace",)'}),
        fails_with="AssertionError: None",
    ),
}
