"""`RopoJobsClient`: one short method for each operation, and the lookups."""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from typing import Any, Literal, Self, TypedDict, TypeVar, Unpack, cast, overload

from . import _lazy as lazy
from . import _validate, models
from ._codec.frames import CutFrames
from ._codec.secret import Secret
from ._codec.unset import Unset
from ._config import ClientOptions, Environment, Options, Setup, choose_base_url, make_user_agent
from ._generated.api import jobs
from .auth import check_credentials
from .errors import AmbiguousJob, JobNotFound, PartlyAccepted

T = TypeVar("T")

# For calls with every argument, None for what is not given: no overload allows that.
_untyped: Any = jobs

# What names a job or a customer. A field of a model fits, which can be UNSET: that is refused when the call is made.
_JobId = int | str | Unset
_Text = str | Unset


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
        allow_http: whether `base_url` may be http to another host than the service's own, such as a sandbox in another
            container. Then one WARNING is logged: what is sent can be read on its way.
        timeout: seconds for each of waiting for a connection, connecting (at most 5), writing, and reading a piece.
        deadline: seconds for a whole call with all its repeats. Of a PDF, until its headers are here, and then for each
            64 KiB of it.
        retries: how often a call may be sent again, where its operation may be repeated.
        max_connections: how many connections may be open at once. Further calls wait for their turn.
        max_response_bytes: how large a body that is read whole may be, after decompression.
        transport: `"fast"` for the one on httptools, which needs the extra `fast` and asyncio. Or any httpx transport:
            it must raise `ConnectError`, `ConnectTimeout`, `PoolTimeout` and `ProxyError` only when nothing was sent,
            and must not repeat or redirect by itself. Closed with the client. Proxy variables, `proxy` and
            `ssl_context` are then its own business.
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
        credentials: lazy.Credentials,
        *,
        environment: Environment | None = None,
        base_url: str | None = None,
        allow_http: bool = False,
        timeout: float = 30.0,
        deadline: float = 120.0,
        retries: int = 2,
        max_connections: int = DEFAULT_MAX_CONNECTIONS,
        max_response_bytes: int = DEFAULT_MAX_RESPONSE_BYTES,
        transport: lazy.httpx.AsyncBaseTransport | Literal["fast"] | None = None,
        proxy: str | lazy.httpx.Proxy | None = None,
        ssl_context: lazy.ssl.SSLContext | None = None,
        on_attempt: Callable[[lazy.AttemptEvent], object] | None = None,
        user_agent_suffix: str | None = None,
    ) -> None:
        # They may hold a password, and the report of an error shows the variables of this frame.
        if isinstance(proxy, str):
            proxy = Secret(proxy)
        if isinstance(base_url, str):
            base_url = Secret(base_url)
        with CutFrames():
            url = choose_base_url(environment, base_url, allow_http=allow_http)
        _validate.hook(on_attempt, "on_attempt", "an AttemptEvent")
        options = Options(
            timeout=_validate.positive(timeout, "timeout"),
            deadline=_validate.positive(deadline, "deadline"),
            retries=_validate.count(retries, "retries", 0),
            max_response_bytes=_validate.count(max_response_bytes, "max_response_bytes", 1),
            on_attempt=on_attempt,
        )
        user_agent = make_user_agent(user_agent_suffix)
        maximum = _validate.count(max_connections, "max_connections", 1)
        check_credentials(credentials)
        from ._http.choice import choose_transport  # late: models need not wait for it

        with CutFrames():
            chosen = choose_transport(url, transport, proxy, ssl_context)
        self._setup = Setup(url, options, credentials, user_agent, maximum, chosen)
        self._owner: RopoJobsClient | None = None
        self._made: list[lazy.Pipeline] = []

    @cached_property
    def _pipeline(self) -> lazy.Pipeline:
        # At the first call: what calls take is imported then, so that a service starts quickly.
        if self._owner is not None:
            return self._owner._pipeline.with_options(self._setup.options)
        # Several threads may come here at once: the first one that was made is everybody's.
        self._made.append(self._setup.make_pipeline())
        return self._made[0]

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None, /, **options: Unpack[ClientOptions]) -> Self:
        """Make a client from environment variables.

        `ROPO_CID` and `ROPO_APICODE`, or `ROPO_TOKEN`, say who calls; `ROPO_ENVIRONMENT` (such as `FINLAND_TEST`) or
        `ROPO_BASE_URL` says where. `ROPO_ALLOW_HTTP=1` stands for `allow_http=True`.

        Args:
            environ: other variables than those of this process.
            options: the other arguments of `RopoJobsClient`, such as `timeout`.

        Raises:
            InvalidArgument: a variable is missing, contradicts another or has a wrong value; the text names it.
            TypeError: an option is given that comes from the variables.
        """
        from ._config import read_environment

        # From here on, no frame of ours has the variables themselves: the report of an error would show them.
        given = os.environ if environ is None else environ
        found = {
            name: Secret(text.strip()) for name, text in given.items() if name.startswith("ROPO_") and text.strip()
        }
        del environ, given
        if isinstance(proxy := options.get("proxy"), str):
            options["proxy"] = Secret(proxy)
        del proxy
        with CutFrames():
            credentials, where = read_environment(found)
        if twice := {"credentials", "environment", "base_url", "allow_http"}.intersection(options):
            raise TypeError(f"{min(twice)} must not be given: from_env takes it from the environment variables")
        return cls(credentials, **where, **options)

    def with_options(
        self, *, timeout: float | None = None, deadline: float | None = None, retries: int | None = None
    ) -> Self:
        """Return a copy with other options. It shares connections and token; closing it closes nothing.

        Args:
            timeout: seconds for each of waiting for a connection, connecting (at most 5), writing, and reading a piece.
            deadline: seconds for a whole call with all its repeats.
            retries: how often a call may be sent again.
        """
        copy = type(self).__new__(type(self))
        copy._setup = self._setup.with_options(timeout=timeout, deadline=deadline, retries=retries)
        copy._owner = self
        return copy

    def record_attempts(self) -> AbstractContextManager[list[lazy.AttemptEvent]]:
        """Collect the attempts of the calls that are made in a `with` block: their request ids, dates and outcomes.

            with ropo.record_attempts() as attempts:
                await ropo.add_payment(payment)
            print(attempts[-1].request_id, attempts[-1].date)

        Those of other tasks are not among them, but for tasks that are started in the block.
        """
        from ._http.context import record_attempts

        return record_attempts()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections. A call after that is a `RuntimeError`."""
        if self._owner is None:
            await self._pipeline.connections.aclose()

    @property
    def base_url(self) -> str:
        """The URL that the paths of the operations are appended to."""
        return self._setup.base_url

    def __repr__(self) -> str:
        # One that is being made has none yet, and the report of an error may show it.
        setup: Setup | None = getattr(self, "_setup", None)
        return f"<{type(self).__name__} {setup.base_url}>" if setup else f"<{type(self).__name__}>"

    async def send(self, request: lazy.ApiRequest[T]) -> T:
        """Send what the `request` function of an endpoint module built, and return the result.

        This makes the client one for every endpoint: `await api.jobs.jobs_get_action.call(ropo, jobid=1)`. A PDF comes
        whole and verified, as bytes; `pdf` streams it.

        Raises:
            TypeError: it reads status changes without a filter, which takes them away: that is `status_feed`'s.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        operation = request.operation
        if operation.retry == "consuming" and not request.params.keys() & operation.retry_safe_with:
            filters = " or ".join(operation.retry_safe_with)
            raise TypeError(f"{operation} without {filters} takes away what it returns: use status_feed")
        if operation.binary:
            download = self._download(cast("lazy.ApiRequest[bytes]", request), DEFAULT_MAX_BYTES)
            return request.decode(await download.read())
        return await self._pipeline.send(request)

    # Jobs

    @overload
    async def get_job(self, *, jobid: _JobId) -> models.JobJobInfo: ...
    @overload
    async def get_job(self, *, billnum: _Text) -> models.JobJobInfo: ...
    async def get_job(self, *, jobid: _JobId | None = None, billnum: _Text | None = None) -> models.JobJobInfo:
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
        from ._identity import about_the_job_asked_for

        pipeline = self._pipeline
        if jobid is None or billnum is not None:
            _validate.require_one_of(jobid=jobid, billnum=billnum)
            begun = time.monotonic()
            jobid = await self._find_jobid(billnum)
            left = pipeline.options.deadline - (time.monotonic() - begun)
            pipeline = pipeline.with_options(replace(pipeline.options, deadline=max(left, 0.001)))
        request = jobs.jobs_get_action.request(jobid=jobid)
        return await pipeline.send(about_the_job_asked_for(request, billnum))

    async def _find_jobid(self, billnum: Any) -> int:
        from ._identity import jobids_with

        request = jobs.jobs_get_status_updates_action.request(billnum=billnum)
        jobids = await self._pipeline.send(jobids_with(request, billnum))
        if not jobids:
            text = "no status change names this billnum: it is wrong, or nothing has happened to the bill yet"
            raise JobNotFound(text, status=404, operation=str(request.operation))
        if len(jobids) > 1:
            text = f"{len(jobids)} jobs have this billnum: jobids {', '.join(map(str, jobids))}"
            raise AmbiguousJob(text, jobids=tuple(jobids), operation=str(request.operation))
        return jobids[0]

    async def add_bills(
        self,
        job: models.Job | Sequence[models.JobItem],
        *,
        data_identifier: str | None = None,
        data_type_identifier: str | None = None,
    ) -> models.JobResponse:
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
        body = _as_job(job)
        request = jobs.jobs_add_action.request(
            job=body,
            data_identifier=_data_identifier(data_identifier),
            data_type_identifier=data_type_identifier,
        )
        # Before it is sent: the caller's list may be another one afterwards.
        sent = len(body.datastream.dataset)
        response = await self._pipeline.send(request)
        if isinstance(response.accepted, int) and response.accepted != sent:
            raise PartlyAccepted(
                f"{sent} {'bill was' if sent == 1 else 'bills were'} sent and the service accepted "
                f"{response.accepted}; nothing was sent again: find out which are there",
                operation="POST /jobs",
                accepted=response.accepted,
                sent=sent,
                response=response,
            )
        return response

    @overload
    async def modify_job(self, data: models.JobDataSet, *, jobid: _JobId) -> None: ...
    @overload
    async def modify_job(self, data: models.JobDataSet, *, billnum: _Text) -> None: ...
    async def modify_job(
        self, data: models.JobDataSet, *, jobid: _JobId | None = None, billnum: _Text | None = None
    ) -> None:
        """Modify the data of a bill. `PATCH /jobs`

        Args:
            data: the new data. The service wants address, city, customertype and jobtype each time.
            jobid: id of the job, at least 1.
            billnum: bill number of the job.

        Raises:
            JobNotFound: there is none.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        await _untyped.jobs_modify_action.call(self._pipeline, data=data, jobid=jobid, billnum=billnum)

    async def modify_open_invoices(
        self, data: models.JobDataSet, *, custnum: str, ordernumber: str
    ) -> models.JobPatchOpenSalesInvoicesResponse:
        """Modify all open invoices of an order. `PATCH /jobs/opensalesinvoices`

        Args:
            data: the new data. The service wants address, city, customertype and jobtype each time.
            custnum: customer number of the jobs.
            ordernumber: order number of the jobs.

        Raises:
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        return await jobs.jobs_modify_open_sales_invoices_action.call(
            self._pipeline, data=data, custnum=custnum, ordernumber=ordernumber
        )

    # Status

    @overload
    async def get_status_updates(self, *, date: str | datetime.date) -> list[models.JobStatusUpdate]: ...
    @overload
    async def get_status_updates(self, *, billnum: _Text) -> list[models.JobStatusUpdate]: ...
    async def get_status_updates(
        self, *, date: str | datetime.date | None = None, billnum: _Text | None = None
    ) -> list[models.JobStatusUpdate]:
        """Get all status changes of a day or of a bill. `GET /jobs/statusupdates` with a filter

        Reading this way takes nothing out of the status feed.

        Args:
            date: the day, `YYYY-MM-DD` or a `datetime.date`.
            billnum: bill number of the job. The vendor asks not to use it in bulk.

        Raises:
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        call = _untyped.jobs_get_status_updates_action.call
        changes: list[models.JobStatusUpdate] = await call(self._pipeline, date=date, billnum=billnum)
        return changes

    def status_feed(
        self,
        journal: str | os.PathLike[str] | lazy.Journal,
        *,
        follow: float | None = None,
        wait: bool = False,
        keep: int = 40,
    ) -> lazy.StatusFeed:
        """Read all status changes, each at least once. `GET /jobs/statusupdates` without a filter

        The service hands each change out once. Every response is kept in the journal before you get it, and a batch
        that was not acknowledged comes again at the next start. A response that got lost on the way is noticed, and
        what was in it is read again by day.

            async with ropo.status_feed("feed.db") as feed:
                async for batch in feed:
                    ...
                    await batch.ack()

        Args:
            journal: the path of an SQLite file, made with mode 0600 where there is none; a `PostgresJournal`; or a
                `Journal` of your own. It serves one feed at a time, and holds the changes of one customer.
            follow: go on when nothing is left, and ask again after at most so many seconds. Without it, the iteration
                ends.
            wait: wait while another feed has the journal open. Without it, that is `JournalInUse`.
            keep: days for which acknowledged changes stay in the journal, to compare with after a response was lost.

        Returns:
            A `StatusFeed` for `async with`. Iterating over it raises those errors of `ropo_jobs_client.errors` that do
            not pass by themselves; it may be iterated over again then.
        """
        from .feed import SqliteJournal, StatusFeed

        if follow is not None:
            follow = _validate.positive(follow, "follow")
        if isinstance(journal, str | os.PathLike):
            journal = SqliteJournal(_validate.path(journal, "journal"))
        elif not hasattr(journal, "unacknowledged"):
            raise TypeError(f"journal must be a path or a Journal, not {type(journal).__name__}")
        if not isinstance(cast("object", wait), bool):
            raise TypeError(f"wait must be a bool, not {type(wait).__name__}")
        count = _validate.count(keep, "keep", 1)
        owner = self._setup.owner
        return StatusFeed(self._pipeline, journal, follow=follow, wait=wait, keep=count, owner=owner)

    async def update_delivery_status(self, status: models.JobDeliveryStatusRequest) -> None:
        """Update the delivery status of an invoice. `PATCH /jobs/deliverystatus`

        Args:
            status: the status.

        Raises:
            OutcomeUnknown: it was sent and may have been carried out.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        await jobs.jobs_update_delivery_status_action.call(self._pipeline, status=status)

    async def send_transfer_report(self, batchid: str) -> None:
        """Have the service send a transfer report. `GET /jobs/transferconfirmation`

        Args:
            batchid: identifier of the batch.

        Raises:
            OutcomeUnknown: it was sent and may have been carried out.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        await jobs.jobs_send_transfer_confirmation_action.call(self._pipeline, batchid=batchid)

    # PDFs

    @overload
    def pdf(self, *, jobid: _JobId, **options: Unpack[_PdfOptions]) -> lazy.PdfDownload: ...
    @overload
    def pdf(self, *, billnum: _Text, **options: Unpack[_DatedPdfOptions]) -> lazy.PdfDownload: ...
    @overload
    def pdf(self, *, contractnum: _Text, **options: Unpack[_DatedPdfOptions]) -> lazy.PdfDownload: ...
    def pdf(
        self,
        *,
        jobid: _JobId | None = None,
        billnum: _Text | None = None,
        contractnum: _Text | None = None,
        documentdate: str | datetime.date | None = None,
        origdata: int | None = None,
        documenttype: str | None = None,
        joistocolumn: str | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> lazy.PdfDownload:
        """Get the PDF of a bill: to stream, to save or to read. `GET /jobs/pdf`

            async with ropo.pdf(billnum="11213") as pdf: ...
            saved = await ropo.pdf(jobid=123).save("11213.pdf")

        Args:
            jobid: id of the job, at least 1. Exactly one of `jobid`, `billnum` and `contractnum` is needed.
            billnum: bill number of the job.
            contractnum: contract number of the job.
            documentdate: date of the document, `YYYY-MM-DD` or a `datetime.date`; with billnum or contractnum only.
            origdata: 0 for the current data, 1 for the original (what the service takes where it is not given).
            documenttype: document type in the Joisto archive.
            joistocolumn: column in the Joisto archive: `JobId`, `Laskunumero` or `Laskunro`.
            max_bytes: how large it may be.

        Returns:
            A `PdfDownload`, which sends nothing until it is used. What it raises then:

        Raises:
            JobNotFound: there is none.
            NotAPdf, PdfTruncated, PdfTooLarge: the response is not a PDF, is incomplete, or exceeds `max_bytes`.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        request = _untyped.jobs_get_pdf_action.request(
            jobid=jobid,
            billnum=billnum,
            contractnum=contractnum,
            documentdate=documentdate,
            origdata=origdata,
            documenttype=documenttype,
            joistocolumn=joistocolumn,
        )
        return self._download(request, max_bytes)

    def preview(
        self,
        job: models.Job | Sequence[models.JobItem],
        *,
        data_identifier: str | None = None,
        data_type_identifier: str | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> lazy.PdfDownload:
        """Get a preview of bills as PDF. Nothing is added. `POST /jobs/preview`

        Args:
            job: a `Job`, or its bills. `pdfname` names the file.
                To check thousands would block the event loop: of more than 100, the others are checked when the PDF is
                used, and what is wrong with one is raised then, before anything is sent.
            data_identifier: an identifier of your own for tracking; a fresh UUID where it is not given.
            data_type_identifier: its type.
            max_bytes: how large the PDF may be.

        Returns:
            A `PdfDownload`, which sends nothing until it is used. What it raises then:

        Raises:
            NotAPdf, PdfTruncated, PdfTooLarge: the response is not a PDF, is incomplete, or exceeds `max_bytes`.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        return self._pdf_from_body(jobs.jobs_preview_action, job, max_bytes, data_identifier, data_type_identifier)

    def local_print(
        self,
        job: models.Job | Sequence[models.JobItem],
        *,
        data_identifier: str | None = None,
        data_type_identifier: str | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> lazy.PdfDownload:
        """Add bills that are printed locally, and get their PDF. `POST /jobs/localprint`

        The `PdfDownload` is used once: to send it again would add the bills twice. A use that failed before anything
        was sent does not count.

        Args:
            job: a `Job`, or the bills to add. `pdfname` names the file.
                To check thousands would block the event loop: of more than 100, the others are checked when the PDF is
                used, and what is wrong with one is raised then, before anything is sent.
            data_identifier: an identifier of your own for tracking; a fresh UUID where it is not given.
            data_type_identifier: its type.
            max_bytes: how large the PDF may be.

        Returns:
            A `PdfDownload`, which sends nothing until it is used. What it raises then:

        Raises:
            OutcomeUnknown: it was sent and may have been carried out.
            NotAPdf, PdfTruncated, PdfTooLarge: the response cannot be used, but the job was taken: do not repeat it.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        return self._pdf_from_body(jobs.jobs_local_print_action, job, max_bytes, data_identifier, data_type_identifier)

    def _pdf_from_body(
        self, action: Any, job: object, max_bytes: int, data_identifier: str | None, data_type_identifier: str | None
    ) -> lazy.PdfDownload:
        request = action.request(
            job=_as_job(job),
            data_identifier=_data_identifier(data_identifier),
            data_type_identifier=data_type_identifier,
        )
        return self._download(request, max_bytes)

    def _download(self, request: lazy.ApiRequest[bytes], max_bytes: int) -> lazy.PdfDownload:
        from .pdf import PdfDownload

        return PdfDownload(self._pipeline, request, _validate.count(max_bytes, "max_bytes", 1))

    async def save_pdfs(
        self,
        refs: Iterable[str | int],
        to: str | os.PathLike[str] | lazy.PdfSink,
        *,
        concurrency: int = DEFAULT_CONCURRENCY,
        on_progress: Callable[[lazy.PdfProgress], object] | None = None,
        mode: int = 0o600,
        origdata: int | None = None,
        documenttype: str | None = None,
        max_bytes: int = DEFAULT_MAX_BYTES,
    ) -> lazy.SavedPdfs:
        """Save the PDFs of many bills, each whole or not at all. Called again, it goes on. `GET /jobs/pdf`

        What is there already, whole by its looks, is skipped; delete it to have it fetched again. A bill whose PDF
        cannot be had stops no other: it is in the report. What would stop them all is raised at once, and what was
        saved by then stays: also the last of ten failures in a row that say that the service is down. Parts that a
        killed process left in the directory are deleted.

        Args:
            refs: the bills: a str is a billnum, an int a jobid. One that comes twice is fetched once.
            to: a directory that exists, or a `PdfSink` such as an `ObjectStoreSink`. A PDF is called as its billnum,
                `11213.pdf`, or as its jobid, `job-123.pdf`. A billnum that is no good name on every file system has a
                digest appended, so that no two share a file. `SavedPdfs.name` tells.
            concurrency: how many are fetched at once. More than `max_connections` of the client wait for their turn.
            mode: the permissions of a new file in a directory, exactly. One that is replaced keeps its own. A sink has
                none.
            on_progress: a function that is told of each bill, with a `PdfProgress`. What it raises is logged, no more.
            origdata, documenttype, max_bytes: as `pdf`.

        Raises:
            TypeError, InvalidArgument: an argument is wrong; of a ref, the text names its position. Nothing is sent.
            AuthenticationFailed: the credentials or the token are not accepted.
            RopoError: no token can be had (its operation is `POST /token`), or the service seems to be down.
            OSError: a file cannot be written. Whatever a sink raises is raised as it is.
            RuntimeError: the client is closed.
        """
        from .bulk import save_all

        _validate.hook(on_progress, "on_progress", "a PdfProgress")

        def download(ref: str | int) -> lazy.PdfDownload:
            named: dict[str, Any] = {"jobid": ref} if isinstance(ref, int) else {"billnum": ref}
            return self.pdf(**named, origdata=origdata, documenttype=documenttype, max_bytes=max_bytes)

        download(1)  # A wrong option is raised also where nothing is left to fetch.
        return await save_all(
            _validate.pdf_refs(refs),
            to,
            download,
            concurrency=_validate.count(concurrency, "concurrency", 1),
            mode=_validate.mode(mode),
            on_progress=on_progress,
        )

    # Money

    async def add_payment(self, payment: models.JobAddPayment) -> models.JobAddPaymentResponse:
        """Add a payment to a job. `POST /jobs/payment`

        Sent twice, it counts twice: the library never repeats it once it may have been taken. Cancelled from outside,
        as by `asyncio.wait_for`, it may have been taken too: limit its time by `deadline` instead.

        Args:
            payment: the payment. It names the job by exactly one of billcode (preferred), jobid and billnum; the amount
                is in the currency of the job, with at most two decimals.

        Raises:
            OutcomeUnknown: it was sent and may have been taken, or the answer names another job. Look before you send
                it again.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        from ._identity import about_the_same_job

        request = jobs.jobs_add_payment_action.request(payment=payment)
        return await self._pipeline.send(about_the_same_job(request))

    async def add_credit_note(self, note: models.JobAddCreditNote) -> models.JobAddCreditNoteResponse:
        """Add a credit note to a job. `POST /jobs/creditnote`

        Sent twice, it counts twice: the library never repeats it once it may have been taken.

        Args:
            note: the credit note. It names the job by exactly one of billcode (preferred), jobid and billnum; the
                amount is in the currency of the job, with at most two decimals.

        Raises:
            OutcomeUnknown: it was sent and may have been taken, or the answer names another job. Look before you send
                it again.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        from ._identity import about_the_same_job

        request = jobs.jobs_add_credit_note_action.request(note=note)
        return await self._pipeline.send(about_the_same_job(request))

    # Disputes and customers

    @overload
    async def dispute_job(self, request: models.JobDisputeRequest, *, jobid: _JobId) -> models.JobDisputeResponse: ...
    @overload
    async def dispute_job(self, request: models.JobDisputeRequest, *, billnum: _Text) -> models.JobDisputeResponse: ...
    async def dispute_job(
        self, request: models.JobDisputeRequest, *, jobid: _JobId | None = None, billnum: _Text | None = None
    ) -> models.JobDisputeResponse:
        """Dispute a job. `POST /jobs/dispute`

        Args:
            request: the dispute. Its fields are not documented: put them into `additional_properties`.
            jobid: id of the job, at least 1.
            billnum: bill number of the job (the operation calls it invoice_number).

        Raises:
            OutcomeUnknown: it was sent and may have been carried out.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        call = _untyped.jobs_dispute_action.call
        answer: models.JobDisputeResponse = await call(self._pipeline, request=request, jobid=jobid, billnum=billnum)
        return answer

    @overload
    async def resolve_dispute(
        self, request: models.JobResolveDisputeRequest, *, jobid: _JobId
    ) -> models.JobDisputeResponse: ...
    @overload
    async def resolve_dispute(
        self, request: models.JobResolveDisputeRequest, *, billnum: _Text
    ) -> models.JobDisputeResponse: ...
    async def resolve_dispute(
        self,
        request: models.JobResolveDisputeRequest,
        *,
        jobid: _JobId | None = None,
        billnum: _Text | None = None,
    ) -> models.JobDisputeResponse:
        """Resolve the dispute of a job. `POST /jobs/dispute/resolve`

        Args:
            request: the resolution. Its fields are not documented: put them into `additional_properties`.
            jobid: id of the job, at least 1.
            billnum: bill number of the job (the operation calls it invoice_number).

        Raises:
            OutcomeUnknown: it was sent and may have been carried out.
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        call = _untyped.jobs_resolve_dispute_action.call
        answer: models.JobDisputeResponse = await call(self._pipeline, request=request, jobid=jobid, billnum=billnum)
        return answer

    @overload
    async def find_jobs_by_end_customer(
        self, *, ssn: _Text, include_paid: bool = False
    ) -> list[models.JobByEndCustomer]: ...
    @overload
    async def find_jobs_by_end_customer(
        self, *, custnum: _Text, include_paid: bool = False
    ) -> list[models.JobByEndCustomer]: ...
    async def find_jobs_by_end_customer(
        self, *, ssn: _Text | None = None, custnum: _Text | None = None, include_paid: bool = False
    ) -> list[models.JobByEndCustomer]:
        """Find the jobs of an end customer. `POST /jobs/findbyendcustomer`

        Args:
            ssn: personal identity code of the customer.
            custnum: customer number in your own system.
            include_paid: also give paid ones, up to two years back.

        Raises:
            RopoError: the call failed; see `ropo_jobs_client.errors`.
        """
        from ._identity import jobs_found

        if isinstance(ssn, str):
            ssn = Secret(ssn)
        if not isinstance(cast("object", include_paid), bool):
            raise TypeError(f"include_paid must be a bool, not {type(include_paid).__name__}")
        _validate.require_one_of(ssn=ssn, custnum=custnum)
        name, value = ("ssn", ssn) if custnum is None else ("custnum", custnum)
        body = models.JobsByEndCustomerRequest(all_invoices=int(include_paid))
        with CutFrames():
            setattr(body, name, _validate.write_identifier(value, name))
        return await self._pipeline.send(jobs_found(jobs.jobs_find_by_end_customer_action.request(body=body)))


def _as_job(job: object) -> models.Job:
    if not isinstance(job, models.Job):
        return models.Job(datastream=models.JobDatastream(dataset=_validate.items(job, models.JobItem)))
    if isinstance(cast("object", job.datastream), models.JobDatastream):
        _validate.items(job.datastream.dataset, models.JobItem)
    return job


def _data_identifier(given: str | None) -> str:
    if given is not None:
        return given
    from uuid import uuid4

    return str(uuid4())
