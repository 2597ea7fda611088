"""`RopoJobsClient`: one short method for each operation, and the lookups."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, Self, TypedDict, Unpack, cast, overload

from . import _validate, models
from ._codec.encode import write_header
from ._codec.unset import UNSET, Unset
from ._config import Environment, Options, check_base_url, read_environment
from ._generated.api import jobs
from ._validate import optional
from ._version import __version__
from .auth import Credentials, check_credentials
from .errors import AmbiguousJob, DecodeError, JobNotFound, PartlyAccepted, ResponseError

if TYPE_CHECKING:
    import ssl

    import httpx

    from ._files import SavedPdf
    from ._http.pipeline import Engine
    from ._http.pool import Connections
    from ._http.retry import AttemptEvent
    from .bulk import PdfProgress, SavedPdfs
    from .feed._feed import StatusFeed
    from .feed._journal import Journal
    from .models import (
        Job,
        JobAddCreditNote,
        JobAddCreditNoteResponse,
        JobAddPayment,
        JobAddPaymentResponse,
        JobByEndCustomer,
        JobDataSet,
        JobDeliveryStatusRequest,
        JobDisputeRequest,
        JobDisputeResponse,
        JobItem,
        JobJobInfo,
        JobPatchOpenSalesInvoicesResponse,
        JobResolveDisputeRequest,
        JobResponse,
        JobStatusUpdate,
    )
    from .pdf import PdfDownload, Pdfs, PdfStream


class _PdfOptions(TypedDict, total=False):
    origdata: int | None
    documenttype: str | None
    joistocolumn: str | None
    max_bytes: int


class _DatedPdfOptions(_PdfOptions, total=False):
    documentdate: str | datetime.date | None


DEFAULT_MAX_CONNECTIONS = 20
DEFAULT_MAX_RESPONSE_BYTES = 64 * 1024**2
DEFAULT_MAX_BYTES = 2 * 1024**3
# Of many PDFs: below the default of max_connections, so that other calls of the client go on.
DEFAULT_CONCURRENCY = 8


class RopoJobsClient:
    """The /jobs API of Ropo One.

    Use it with `async with`, or close it with `aclose()`. It opens nothing until its first call, works under asyncio
    and trio, and serves any number of tasks at once.

    Args:
        credentials: an `ApiCode` (its token is fetched and renewed), a `BearerToken`, or an async function without
            arguments that gives a token and is asked before each attempt.
        environment: the service to use. Exactly one of `environment` and `base_url` is needed.
        base_url: another address, ending in `/rest`. https, or http to a loopback address.
        timeout: seconds for each of connecting (at most 5), writing, and reading a piece of the response.
        deadline: seconds for a whole call with all its repeats; for a stream, until its headers are here.
        retries: how often a call may be sent again, where its operation may be repeated.
        max_connections: how many connections may be open at once. Further calls wait for their turn.
        max_response_bytes: how large a body that is read whole may be, after decompression.
        transport: `"fast"` for the one on aiohttp, which needs the extra `fast` and asyncio. Or any httpx transport: it
            must raise `ConnectError`, `ConnectTimeout`, `PoolTimeout` and `ProxyError` only when nothing was sent, and
            must not repeat or redirect by itself. Closed with the client. Proxy variables, `proxy` and `ssl_context`
            are then its own business.
        proxy: the URL of a proxy. Without one, `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say whether
            there is one, but never for a loopback address.
        ssl_context: for certificates of your own. Without one, all clients of the process share a default context, for
            which `SSL_CERT_FILE` and `SSL_CERT_DIR` may say what is trusted.
        on_attempt: a function that is told of each attempt, with an `AttemptEvent`. What it raises is logged, no more.
        user_agent_suffix: text to append to the User-Agent header, such as the name of your service.

    Raises:
        TypeError: both or none of `environment` and `base_url` are given, or an argument has the wrong type.
        InvalidArgument: an argument has a wrong value, or an environment variable; the text names it.
        ImportError: `transport="fast"` without the extra `fast`.
    """

    def __init__(
        self,
        credentials: Credentials,
        *,
        environment: Environment | None = None,
        base_url: str | None = None,
        timeout: float = 30.0,
        deadline: float = 120.0,
        retries: int = 2,
        max_connections: int = DEFAULT_MAX_CONNECTIONS,
        max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES,
        transport: httpx.AsyncBaseTransport | Literal["fast"] | None = None,
        proxy: str | httpx.Proxy | None = None,
        ssl_context: ssl.SSLContext | None = None,
        on_attempt: Callable[[AttemptEvent], object] | None = None,
        user_agent_suffix: str | None = None,
    ) -> None:
        if (environment is None) == (base_url is None):
            raise TypeError("exactly one of environment and base_url must be given")
        if environment is not None and not isinstance(cast("object", environment), Environment):
            raise TypeError("environment must be an Environment, such as Environment.FINLAND_TEST")
        url = environment.base_url if environment is not None else check_base_url(base_url)
        _validate.hook(on_attempt, "on_attempt", "an AttemptEvent")
        options = Options(
            timeout=_validate.positive(timeout, "timeout"),
            deadline=_validate.positive(deadline, "deadline"),
            retries=_validate.count(retries, "retries", 0),
            max_response_bytes=_validate.count(max_response_bytes, "max_response_bytes", 1),
            on_attempt=on_attempt,
        )
        user_agent = f"ropo-jobs-client/{__version__}"
        if user_agent_suffix is not None:
            user_agent += f" {write_header(user_agent_suffix, 'user_agent_suffix')}"
        maximum = _validate.count(max_connections, "max_connections", 1)
        check_credentials(credentials)
        from ._http.choice import choose_transport  # late: models need not wait for it

        open_transport = choose_transport(url, transport, proxy, ssl_context)

        def make_engine() -> Engine:
            from ._http.pipeline import Engine
            from ._http.pool import Connections
            from .auth import token_source

            engine = Engine(Connections(open_transport, maximum), url, options, user_agent)
            engine.tokens = token_source(credentials, engine)
            return engine

        self._base_url = url
        self._options = options
        self._make_engine = make_engine
        self._owns_connections = True

    @cached_property
    def _engine(self) -> Engine:
        # At the first call: what calls take is imported then, so that a service starts quickly.
        return self._make_engine()

    @property
    def _connections(self) -> Connections:
        return self._engine.connections

    @classmethod
    def from_env(cls, **options: Any) -> Self:
        """Make a client from environment variables.

        `ROPO_CID` and `ROPO_APICODE`, or `ROPO_TOKEN`, say who calls; `ROPO_ENVIRONMENT` (such as `FINLAND_TEST`) or
        `ROPO_BASE_URL` says where.

        Args:
            options: the other arguments of `RopoJobsClient`, such as `timeout`.

        Raises:
            ValueError: a variable is missing, contradicts another or has a wrong value; the text names it.
            TypeError: an option is given that comes from the variables.
        """
        credentials, where = read_environment(os.environ)
        if twice := {"credentials", "environment", "base_url"}.intersection(options):
            raise TypeError(f"{min(twice)} must not be given: from_env takes it from the environment variables")
        return cls(credentials, **where, **options)

    def with_options(
        self, *, timeout: float | None = None, deadline: float | None = None, retries: int | None = None
    ) -> Self:
        """Return a copy with other options. It shares connections and token; closing it closes nothing.

        Args:
            timeout: seconds for each of connecting (at most 5), writing, and reading a piece of the response.
            deadline: seconds for a whole call with all its repeats.
            retries: how often a call may be sent again.
        """
        old = self._options
        options = Options(
            timeout=old.timeout if timeout is None else _validate.positive(timeout, "timeout"),
            deadline=old.deadline if deadline is None else _validate.positive(deadline, "deadline"),
            retries=old.retries if retries is None else _validate.count(retries, "retries", 0),
            max_response_bytes=old.max_response_bytes,
            on_attempt=old.on_attempt,
        )
        copy = type(self).__new__(type(self))
        copy._base_url = self._base_url
        copy._options = options
        copy._make_engine = lambda: self._engine.with_options(options)
        copy._owns_connections = False
        return copy

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections. A call after that is a `RuntimeError`."""
        if self._owns_connections:
            await self._connections.aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._base_url}>"

    # Jobs

    @overload
    async def get_job(self, *, jobid: int | str) -> JobJobInfo: ...
    @overload
    async def get_job(self, *, billnum: str) -> JobJobInfo: ...
    async def get_job(self, *, jobid: int | str | None = None, billnum: str | None = None) -> JobJobInfo:
        """Get a job. `GET /jobs`

        By billnum, the job is found through its status changes (`GET /jobs/statusupdates`) first: a bill without any
        status change yet is not found. The vendor asks not to look up in bulk this way; `status_feed` is for that.

        Args:
            jobid: id of the job, at least 1.
            billnum: bill number of the job.

        Raises:
            JobNotFound: there is none.
            AmbiguousJob: several jobs have this billnum; `jobids` lists them.
            ResponseError: another job came back.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        selector = _validate.one_of(jobid=jobid, billnum=billnum)
        wanted = selector["jobid"] if "jobid" in selector else await self._find_jobid(selector["billnum"])
        job = await jobs.jobs_get_action.call(self._engine, jobid=wanted)
        is_other = job.jobid not in (wanted, UNSET)
        if is_other or ("billnum" in selector and job.billnum not in (billnum, UNSET)):
            raise ResponseError("the service answered with another job than the one asked for", operation="GET /jobs")
        return job

    async def _find_jobid(self, billnum: str) -> int:
        operation = "GET /jobs/statusupdates"
        changes = [change for change in await self.get_status_updates(billnum=billnum) if change.billnum == billnum]
        if not changes:
            text = "no status change names this billnum: it is wrong, or nothing has happened to the bill yet"
            raise JobNotFound(text, status=404, operation=operation)
        jobids = sorted({change.jobid for change in changes if isinstance(change.jobid, int)})
        if any(isinstance(change.jobid, Unset) for change in changes):
            where = "JobStatusUpdate.jobid"
            raise DecodeError(f"{where} is missing", field=where, operation=operation)
        if len(jobids) > 1:
            text = f"{len(jobids)} jobs have this billnum: jobids {', '.join(map(str, jobids))}"
            raise AmbiguousJob(text, jobids=tuple(jobids), operation=operation)
        return jobids[0]

    async def add_bills(
        self,
        job: Job | Sequence[JobItem],
        *,
        data_identifier: str | None = None,
        data_type_identifier: str | None = None,
    ) -> JobResponse:
        """Add bills. `POST /jobs`

        Args:
            job: a `Job`, or the bills to add.
            data_identifier: an identifier of your own for tracking; a fresh UUID where it is not given.
            data_type_identifier: its type.

        Raises:
            PartlyAccepted: the service took another number of bills than was sent. Nothing is sent again.
            OutcomeUnknown: it was sent and may have been carried out.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        body = _job(job)
        response = await jobs.jobs_add_action.call(
            self._engine,
            body=body,
            data_identifier=_data_identifier(data_identifier),
            data_type_identifier=optional(data_type_identifier),
        )
        sent = len(body.datastream.dataset)
        if isinstance(response.accepted, int) and response.accepted != sent:
            raise PartlyAccepted(
                f"{sent} bills were sent and the service accepted {response.accepted}; nothing was sent again: "
                "find out which are there",
                operation="POST /jobs",
                accepted=response.accepted,
                sent=sent,
                response=response,
            )
        return response

    @overload
    async def modify_job(self, data: JobDataSet, *, jobid: int | str) -> None: ...
    @overload
    async def modify_job(self, data: JobDataSet, *, billnum: str) -> None: ...
    async def modify_job(self, data: JobDataSet, *, jobid: int | str | None = None, billnum: str | None = None) -> None:
        """Modify the data of a bill. `PATCH /jobs`

        Args:
            data: the new data. The service wants address, city, customertype and jobtype each time.
            jobid: id of the job, at least 1.
            billnum: bill number of the job.

        Raises:
            JobNotFound: there is none.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        _validate.instance(data, models.JobDataSet, "data")
        await jobs.jobs_modify_action.call(self._engine, body=data, **_validate.one_of(jobid=jobid, billnum=billnum))

    async def modify_open_invoices(
        self, data: JobDataSet, *, custnum: str, ordernumber: str
    ) -> JobPatchOpenSalesInvoicesResponse:
        """Modify all open invoices of an order. `PATCH /jobs/opensalesinvoices`

        Args:
            data: the new data. The service wants address, city, customertype and jobtype each time.
            custnum: customer number of the jobs.
            ordernumber: order number of the jobs.

        Raises:
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        _validate.instance(data, models.JobDataSet, "data")
        return await jobs.jobs_modify_open_sales_invoices_action.call(
            self._engine,
            body=data,
            custnum=_validate.identifier(custnum, "custnum"),
            ordernumber=_validate.identifier(ordernumber, "ordernumber"),
        )

    # Status

    @overload
    async def get_status_updates(self, *, date: str | datetime.date) -> list[JobStatusUpdate]: ...
    @overload
    async def get_status_updates(self, *, billnum: str) -> list[JobStatusUpdate]: ...
    async def get_status_updates(
        self, *, date: str | datetime.date | None = None, billnum: str | None = None
    ) -> list[JobStatusUpdate]:
        """Get all status changes of a day or of a bill. `GET /jobs/statusupdates` with a filter

        Reading this way takes nothing out of the status feed.

        Args:
            date: the day, `YYYY-MM-DD` or a `datetime.date`.
            billnum: bill number of the job. The vendor asks not to use it in bulk.

        Raises:
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        selector = _validate.one_of(date=date, billnum=billnum)
        return await jobs.jobs_get_status_updates_action.call(self._engine, **selector)

    def status_feed(
        self,
        journal: str | os.PathLike[str] | Journal,
        *,
        follow: float | None = None,
        wait: bool = False,
        keep: int = 40,
    ) -> StatusFeed:
        """Read all status changes, each at least once. `GET /jobs/statusupdates` without a filter

        The service hands each change out once. Every response is kept in the journal before you get it, and a batch
        that was not acknowledged comes again at the next start. A response that got lost on the way is noticed, and
        what was in it is read again by day.

            async with ropo.status_feed("feed.db") as feed:
                async for batch in feed:
                    ...
                    await batch.ack()

        Args:
            journal: the path of an SQLite file, made with mode 0600 where there is none, or a `Journal` of your own.
                It serves one feed at a time.
            follow: go on when nothing is left, and ask again after at most so many seconds. Without it, the iteration
                ends.
            wait: wait while another feed has the journal open. Without it, that is `JournalInUse`.
            keep: days for which acknowledged changes stay in the journal, to compare with after a response was lost.

        Returns:
            A `StatusFeed` for `async with`. Iterating over it raises those errors of `ropo_jobs_client.errors` that do
            not pass by themselves; it may be iterated over again then.
        """
        from .feed._feed import StatusFeed
        from .feed.sqlite import SqliteJournal

        if follow is not None:
            follow = _validate.positive(follow, "follow")
        if isinstance(journal, str | os.PathLike):
            journal = SqliteJournal(journal)
        elif not hasattr(journal, "unacknowledged"):
            raise TypeError(f"journal must be a path or a Journal, not {type(journal).__name__}")
        return StatusFeed(self._engine, journal, follow=follow, wait=wait, keep=_validate.count(keep, "keep", 1))

    async def update_delivery_status(self, status: JobDeliveryStatusRequest) -> None:
        """Update the delivery status of an invoice. `PATCH /jobs/deliverystatus`

        Args:
            status: the status.

        Raises:
            OutcomeUnknown: it was sent and may have been carried out.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        _validate.instance(status, models.JobDeliveryStatusRequest, "status")
        await jobs.jobs_update_delivery_status_action.call(self._engine, body=status)

    async def send_transfer_report(self, batchid: str) -> None:
        """Have the service send a transfer report. `GET /jobs/transferconfirmation`

        Args:
            batchid: identifier of the batch.

        Raises:
            OutcomeUnknown: it was sent and may have been carried out.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        batchid = _validate.identifier(batchid, "batchid")
        await jobs.jobs_send_transfer_confirmation_action.call(self._engine, batchid=batchid)

    # PDFs

    @overload
    def stream_pdf(
        self, *, jobid: int | str, **options: Unpack[_PdfOptions]
    ) -> AbstractAsyncContextManager[PdfStream]: ...
    @overload
    def stream_pdf(
        self, *, billnum: str, **options: Unpack[_DatedPdfOptions]
    ) -> AbstractAsyncContextManager[PdfStream]: ...
    @overload
    def stream_pdf(
        self, *, contractnum: str, **options: Unpack[_DatedPdfOptions]
    ) -> AbstractAsyncContextManager[PdfStream]: ...
    def stream_pdf(
        self,
        *,
        jobid: int | str | None = None,
        billnum: str | None = None,
        contractnum: str | None = None,
        documentdate: str | datetime.date | None = None,
        origdata: int | None = None,
        documenttype: str | None = None,
        joistocolumn: str | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> AbstractAsyncContextManager[PdfStream]:
        """Stream the PDF of a bill, in constant memory. `GET /jobs/pdf`

        Args:
            jobid: id of the job, at least 1.
            billnum: bill number of the job.
            contractnum: contract number of the job.
            documentdate: date of the document, `YYYY-MM-DD` or a `datetime.date`; with billnum or contractnum only.
            origdata: 0 for the current data, 1 for the original (what the service takes where it is not given).
            documenttype: document type in the Joisto archive.
            joistocolumn: column in the Joisto archive: `JobId`, `Laskunumero` or `Laskunro`.
            max_bytes: how large it may be.

        Returns:
            A context manager for `async with` that gives a `PdfStream`.

        Raises:
            JobNotFound: there is none.
            NotAPdf, PdfTruncated, PdfTooLarge: the response cannot be used; raised while it is read.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        return self._pdf(
            max_bytes,
            _validate.one_of(jobid=jobid, billnum=billnum, contractnum=contractnum),
            documentdate=documentdate,
            origdata=origdata,
            documenttype=documenttype,
            joistocolumn=joistocolumn,
        ).open()

    @overload
    async def save_pdf(
        self, path: str | os.PathLike[str], *, jobid: int | str, **options: Unpack[_PdfOptions]
    ) -> SavedPdf: ...
    @overload
    async def save_pdf(
        self, path: str | os.PathLike[str], *, billnum: str, **options: Unpack[_DatedPdfOptions]
    ) -> SavedPdf: ...
    @overload
    async def save_pdf(
        self, path: str | os.PathLike[str], *, contractnum: str, **options: Unpack[_DatedPdfOptions]
    ) -> SavedPdf: ...
    async def save_pdf(
        self,
        path: str | os.PathLike[str],
        *,
        jobid: int | str | None = None,
        billnum: str | None = None,
        contractnum: str | None = None,
        documentdate: str | datetime.date | None = None,
        origdata: int | None = None,
        documenttype: str | None = None,
        joistocolumn: str | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> SavedPdf:
        """Save the PDF of a bill: whole, or not at all. `GET /jobs/pdf`

        It is written beside `path`, verified, and then put in its place in one step. A failure leaves no new file and
        an old one untouched. A broken download starts afresh, within `retries`.

        Args:
            path: where to save it. The directory must exist; a file there is replaced.
            jobid, billnum, contractnum, documentdate, origdata, documenttype, joistocolumn, max_bytes: as `stream_pdf`.

        Raises:
            OSError: the file cannot be written.
            JobNotFound, NotAPdf, PdfTruncated, PdfTooLarge, RopoError: as `stream_pdf`.
        """
        pdf = self._pdf(
            max_bytes,
            _validate.one_of(jobid=jobid, billnum=billnum, contractnum=contractnum),
            documentdate=documentdate,
            origdata=origdata,
            documenttype=documenttype,
            joistocolumn=joistocolumn,
        )
        return await pdf.save(path)

    async def save_pdfs(
        self,
        refs: Iterable[str | int],
        directory: str | os.PathLike[str],
        *,
        concurrency: int = DEFAULT_CONCURRENCY,
        on_progress: Callable[[PdfProgress], object] | None = None,
        origdata: int | None = None,
        documenttype: str | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> SavedPdfs:
        """Save the PDFs of many bills, each whole or not at all. Called again, it goes on. `GET /jobs/pdf`

        What is there already, whole by its looks (`%PDF-`, `%%EOF`), is skipped; delete it to have it fetched again. A
        bill whose PDF cannot be had stops no other: it is in the report. What would stop them all is raised at once,
        and what was saved by then stays. Parts that a killed process left in the directory are deleted.

        Args:
            refs: the bills: a str is a billnum, an int a jobid. One that comes twice is fetched once.
            directory: where to save them; it must exist. A file is called as its billnum, `11213.pdf`, or as its jobid,
                `job-123.pdf`. A billnum that is no good name on every file system has a digest appended, so that no two
                share a file. `SavedPdfs.path` tells.
            concurrency: how many are fetched at once. More than `max_connections` of the client wait for their turn.
            on_progress: a function that is told of each bill, with a `PdfProgress`. What it raises is logged, no more.
            origdata, documenttype, max_bytes: as `stream_pdf`.

        Raises:
            TypeError, ValueError: an argument is wrong; of a ref, the text names its position. Nothing is sent.
            AuthenticationFailed: the credentials or the token are not accepted.
            RopoError: no token can be had; its operation is `POST /token`.
            OSError: a file cannot be written.
            RuntimeError: the client is closed.
        """
        from .bulk import save_all

        _validate.hook(on_progress, "on_progress", "a PdfProgress")

        def source(ref: str | int) -> PdfDownload:
            which = {"jobid": ref} if isinstance(ref, int) else {"billnum": ref}
            chosen = {"origdata": origdata, "documenttype": documenttype, "joistocolumn": None}
            return self._pdf(max_bytes, which, documentdate=None, **chosen)

        return await save_all(
            _validate.pdf_refs(refs),
            directory,
            source,
            concurrency=_validate.count(concurrency, "concurrency", 1),
            on_progress=on_progress,
        )

    def _pdf(
        self, max_bytes: int, which: dict[str, Any], *, documentdate: str | datetime.date | None, **others: Any
    ) -> PdfDownload:
        if documentdate is not None and "jobid" in which:
            raise TypeError("documentdate must go with billnum or contractnum, not with jobid")
        for name in ("documenttype", "joistocolumn"):
            if others[name] is not None:
                _validate.identifier(others[name], name)
        chosen = {name: optional(value) for name, value in {"documentdate": documentdate, **others}.items()}
        return jobs.jobs_get_pdf_action.stream(self._pdfs(max_bytes), **which, **chosen)

    def stream_preview(
        self,
        job: Job | Sequence[JobItem],
        *,
        data_identifier: str | None = None,
        data_type_identifier: str | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> AbstractAsyncContextManager[PdfStream]:
        """Stream a preview of bills as PDF. Nothing is added. `POST /jobs/preview`

        Args:
            job: a `Job`, or its bills. `pdfname` names the file.
            data_identifier: an identifier of your own for tracking; a fresh UUID where it is not given.
            data_type_identifier: its type.
            max_bytes: how large the PDF may be.

        Returns:
            A context manager for `async with` that gives a `PdfStream`.

        Raises:
            NotAPdf, PdfTruncated, PdfTooLarge: the response cannot be used; raised while it is read.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        stream = jobs.jobs_preview_action.stream
        return self._pdf_from_body(stream, job, data_identifier, data_type_identifier, max_bytes).open()

    async def save_preview(
        self,
        path: str | os.PathLike[str],
        job: Job | Sequence[JobItem],
        *,
        data_identifier: str | None = None,
        data_type_identifier: str | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> SavedPdf:
        """Save a preview of bills as PDF: whole, or not at all. Nothing is added. `POST /jobs/preview`

        Args:
            path: where to save it. The directory must exist; a file there is replaced.
            job, data_identifier, data_type_identifier, max_bytes: as `stream_preview`.

        Raises:
            OSError: the file cannot be written.
            NotAPdf, PdfTruncated, PdfTooLarge, RopoError: as `stream_preview`.
        """
        stream = jobs.jobs_preview_action.stream
        return await self._pdf_from_body(stream, job, data_identifier, data_type_identifier, max_bytes).save(path)

    def stream_local_print(
        self,
        job: Job | Sequence[JobItem],
        *,
        data_identifier: str | None = None,
        data_type_identifier: str | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> AbstractAsyncContextManager[PdfStream]:
        """Add bills that are printed locally, and stream their PDF. `POST /jobs/localprint`

        Args:
            job: a `Job`, or the bills to add. `pdfname` names the file.
            data_identifier: an identifier of your own for tracking; a fresh UUID where it is not given.
            data_type_identifier: its type.
            max_bytes: how large the PDF may be.

        Returns:
            A context manager for `async with` that gives a `PdfStream`.

        Raises:
            OutcomeUnknown: it was sent and may have been carried out.
            NotAPdf, PdfTruncated, PdfTooLarge: the response cannot be used, but the job was taken: do not repeat it.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        stream = jobs.jobs_local_print_action.stream
        return self._pdf_from_body(stream, job, data_identifier, data_type_identifier, max_bytes).open()

    async def save_local_print(
        self,
        path: str | os.PathLike[str],
        job: Job | Sequence[JobItem],
        *,
        data_identifier: str | None = None,
        data_type_identifier: str | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> SavedPdf:
        """Add bills that are printed locally, and save their PDF: whole, or not at all. `POST /jobs/localprint`

        Args:
            path: where to save it. The directory must exist; a file there is replaced.
            job, data_identifier, data_type_identifier, max_bytes: as `stream_local_print`.

        Raises:
            OSError: the file cannot be written. Where that shows before anything is sent, nothing is; where it shows
                later, a note on the error says that the job was taken.
            OutcomeUnknown, NotAPdf, PdfTruncated, PdfTooLarge, RopoError: as `stream_local_print`.
        """
        stream = jobs.jobs_local_print_action.stream
        return await self._pdf_from_body(stream, job, data_identifier, data_type_identifier, max_bytes).save(path)

    def _pdf_from_body(
        self,
        stream: Callable[..., Any],
        job: object,
        data_identifier: str | None,
        data_type_identifier: str | None,
        max_bytes: int,
    ) -> PdfDownload:
        """Ask for the PDF of bills that are sent along, by one of the two operations which draw them."""
        source: PdfDownload = stream(
            self._pdfs(max_bytes),
            body=_job(job),
            data_identifier=_data_identifier(data_identifier),
            data_type_identifier=optional(data_type_identifier),
        )
        return source

    def _pdfs(self, max_bytes: int) -> Pdfs:
        from .pdf import Pdfs

        return Pdfs(self._engine, _validate.count(max_bytes, "max_bytes", 1))

    # Money

    async def add_payment(self, payment: JobAddPayment) -> JobAddPaymentResponse:
        """Add a payment to a job. `POST /jobs/payment`

        Sent twice, it counts twice: the library never repeats it once it may have been taken. Cancelled from outside,
        as by `asyncio.wait_for`, it may have been taken too: limit its time by `deadline` instead.

        Args:
            payment: the payment. It names the job by exactly one of billcode (preferred), jobid and billnum; the amount
                is in the currency of the job, with at most two decimals.

        Raises:
            OutcomeUnknown: it was sent and may have been taken. Look before you send it again.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        _validate.instance(payment, models.JobAddPayment, "payment")
        _validate.money(payment.to_dict(), "payment")
        return await jobs.jobs_add_payment_action.call(self._engine, body=payment)

    async def add_credit_note(self, note: JobAddCreditNote) -> JobAddCreditNoteResponse:
        """Add a credit note to a job. `POST /jobs/creditnote`

        Sent twice, it counts twice: the library never repeats it once it may have been taken.

        Args:
            note: the credit note. It names the job by exactly one of billcode (preferred), jobid and billnum; the
                amount is in the currency of the job, with at most two decimals.

        Raises:
            OutcomeUnknown: it was sent and may have been taken. Look before you send it again.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        _validate.instance(note, models.JobAddCreditNote, "note")
        _validate.money(note.to_dict(), "note")
        return await jobs.jobs_add_credit_note_action.call(self._engine, body=note)

    # Disputes and customers

    @overload
    async def dispute_job(self, request: JobDisputeRequest, *, jobid: int | str) -> JobDisputeResponse: ...
    @overload
    async def dispute_job(self, request: JobDisputeRequest, *, billnum: str) -> JobDisputeResponse: ...
    async def dispute_job(
        self, request: JobDisputeRequest, *, jobid: int | str | None = None, billnum: str | None = None
    ) -> JobDisputeResponse:
        """Dispute a job. `POST /jobs/dispute`

        Args:
            request: the dispute. Its fields are not documented: put them into `additional_properties`.
            jobid: id of the job, at least 1.
            billnum: bill number of the job (the operation calls it invoice_number).

        Raises:
            OutcomeUnknown: it was sent and may have been carried out.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        _validate.instance(request, models.JobDisputeRequest, "request")
        return await jobs.jobs_dispute_action.call(self._engine, body=request, **_dispute_params(jobid, billnum))

    @overload
    async def resolve_dispute(self, request: JobResolveDisputeRequest, *, jobid: int | str) -> JobDisputeResponse: ...
    @overload
    async def resolve_dispute(self, request: JobResolveDisputeRequest, *, billnum: str) -> JobDisputeResponse: ...
    async def resolve_dispute(
        self, request: JobResolveDisputeRequest, *, jobid: int | str | None = None, billnum: str | None = None
    ) -> JobDisputeResponse:
        """Resolve the dispute of a job. `POST /jobs/dispute/resolve`

        Args:
            request: the resolution. Its fields are not documented: put them into `additional_properties`.
            jobid: id of the job, at least 1.
            billnum: bill number of the job (the operation calls it invoice_number).

        Raises:
            OutcomeUnknown: it was sent and may have been carried out.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        _validate.instance(request, models.JobResolveDisputeRequest, "request")
        return await jobs.jobs_resolve_dispute_action.call(
            self._engine, body=request, **_dispute_params(jobid, billnum)
        )

    @overload
    async def find_jobs_by_end_customer(self, *, ssn: str, include_paid: bool = False) -> list[JobByEndCustomer]: ...
    @overload
    async def find_jobs_by_end_customer(
        self, *, custnum: str, include_paid: bool = False
    ) -> list[JobByEndCustomer]: ...
    async def find_jobs_by_end_customer(
        self, *, ssn: str | None = None, custnum: str | None = None, include_paid: bool = False
    ) -> list[JobByEndCustomer]:
        """Find the jobs of an end customer. `POST /jobs/findbyendcustomer`

        Args:
            ssn: personal identity code of the customer.
            custnum: customer number in your own system.
            include_paid: also give paid ones, up to two years back.

        Raises:
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        if not isinstance(cast("object", include_paid), bool):
            raise TypeError(f"include_paid must be a bool, not {type(include_paid).__name__}")
        selector = _validate.one_of(ssn=ssn, custnum=custnum)
        body = models.JobFindByEndCustomerRequest(**selector, all_invoices=int(include_paid))
        response = await jobs.jobs_find_by_end_customer_action.call(self._engine, body=body)
        where = "JobsByEndCustomerResponse.jobs"
        if isinstance(response.jobs, Unset):
            raise DecodeError(f"{where} is missing", field=where, operation="POST /jobs/findbyendcustomer", status=200)
        return response.jobs


def _job(job: object) -> Job:
    if not isinstance(job, models.Job):
        return models.Job(datastream=models.JobDatastream(dataset=_validate.items(job, models.JobItem)))
    _validate.instance(job.datastream, models.JobDatastream, "job.datastream")
    _validate.items(job.datastream.dataset, models.JobItem)
    return job


def _data_identifier(given: str | None) -> str:
    if given is not None:
        return given
    from uuid import uuid4

    return str(uuid4())


def _dispute_params(jobid: int | str | None, billnum: str | None) -> dict[str, str]:
    """Return the parameter as this pair of operations wants it: jobid as text, billnum as invoice_number."""
    ((name, value),) = _validate.one_of(jobid=jobid, billnum=billnum).items()
    return {"jobid": str(value)} if name == "jobid" else {"invoice_number": value}
