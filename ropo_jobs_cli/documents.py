"""The PDFs of bills."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Generator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import inputs, show
from .command import JSON, App, Command, examples
from .stops import BAD_INPUT, FAILED, INTERRUPTED, READER_GONE, Stop

if TYPE_CHECKING:
    from ropo_jobs_client import PdfProgress, SavedPdfs
    from ropo_jobs_client.sinks import ObjectStoreSink

_ORIGDATA = click.option(
    "--origdata", type=inputs.Whole(0, 1), help="0: with the data as it is now. 1: with the original data."
)


def _read_mode(_: click.Context, __: click.Parameter, value: str) -> int:
    if not re.fullmatch("0?[0-7]{3}", value):
        raise click.BadParameter("must be three octal digits, such as 640")
    return int(value, 8)


_MODE = click.option(
    "--mode",
    default="600",
    show_default=True,
    callback=_read_mode,
    help="Permissions of a new file. One that is replaced keeps its own.",
)
_DOCUMENTTYPE = click.option("--documenttype", metavar="TEXT", help="Document type in the Joisto archive.")


@click.command(
    cls=Command,
    epilog=examples("ropo-jobs pdf 11213.pdf --billnum 11213", "ropo-jobs pdf - --jobid 1 > bill.pdf"),
)
@click.argument("file")
@inputs.names_a_bill("contractnum")
@inputs.day_option("--documentdate", "Date of the document; not with --jobid.")
@_ORIGDATA
@_DOCUMENTTYPE
@_MODE
@JSON
@click.pass_obj
def pdf(
    app: App,
    /,
    *,
    file: str,
    billnum: str | None,
    jobid: int | None,
    contractnum: str | None,
    day: date | None,
    origdata: int | None,
    documenttype: str | None,
    mode: int,
    as_json: bool,
) -> None:
    """Save the PDF of a bill as FILE: whole, or not at all.

    A FILE that is there is replaced. With -, the PDF goes to stdout when it is whole.
    """
    options: dict[str, Any] = inputs.one_of(billnum=billnum, jobid=jobid, contractnum=contractnum)
    options |= {"origdata": origdata, "documenttype": documenttype}
    if day is not None:
        if jobid is not None:
            raise click.UsageError("--documentdate does not go with --jobid")
        options["documentdate"] = day
    if file == "-":
        if as_json or sys.stdout.isatty():
            raise click.UsageError("a PDF is not for a terminal, nor for JSON: name a file, or pipe it")
        _write(app.run(lambda ropo: ropo.pdf(**options).read()))
        return
    inputs.needs_directory(Path(file).parent)
    saved = app.run(lambda ropo: ropo.pdf(**options).save(file, mode=mode))
    if as_json:
        show.line({"path": str(saved.path), "size": saved.size, "sha256": saved.sha256})
    else:
        show.note_if_seen(f"saved {show.clean(str(saved.path))}, {size(saved.size)}")


def _write(content: bytes) -> None:
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def size(number: float) -> str:
    """Return a number of bytes for people."""
    for unit in ("bytes", "kB", "MB"):
        if number < 1_000:
            return f"{number:.0f} {unit}" if unit == "bytes" else f"{number:.1f} {unit}"
        number /= 1_000
    return f"{number:.1f} GB"


@click.command(
    cls=Command,
    short_help="Save the PDFs of many bills, on disk or in an object store.",
    epilog=examples(
        "ropo-jobs pdfs pdfs/ --from billnums.txt",
        "ropo-jobs pdfs pdfs/ --jobids < jobids.txt",
        "ropo-jobs pdfs --to s3://bills/2026-11 --from billnums.txt",
    ),
)
@click.argument("directory", required=False)
@click.option("--to", "url", metavar="URL", help="An object store in place of DIRECTORY: s3://, gs://, az://, file://.")
@click.option("--from", "source", default="-", metavar="FILE", help="Where the bills are listed. Default: stdin.")
@click.option("--jobids", is_flag=True, help="They are jobids, not bill numbers.")
@click.option("--concurrency", type=inputs.Whole(1, 20), metavar="1-20", help="How many at once. Default: 8.")
@_ORIGDATA
@_DOCUMENTTYPE
@_MODE
@JSON
@click.pass_obj
def pdfs(
    app: App,
    /,
    *,
    directory: str | None,
    url: str | None,
    source: str,
    jobids: bool,
    concurrency: int | None,
    origdata: int | None,
    documenttype: str | None,
    mode: int,
    as_json: bool,
) -> None:
    """Save the PDFs of many bills in DIRECTORY, which must exist, or in an object store.

    The bills are listed one a line; blank lines and lines that begin with # are skipped. What is there already is not
    fetched again: after an interruption, the same command goes on. A store has its settings from the environment, such
    as AWS_REGION and AWS_ACCESS_KEY_ID.
    """
    place = url or directory
    if place is None or (url and directory):
        raise click.UsageError("exactly one of DIRECTORY and --to is needed")
    to: Any = _sink(place) if url else place
    if not url:
        inputs.needs_directory(Path(place))
    if source == "-" and sys.stdin.isatty():
        show.note("Type the bills, one a line, and end with Ctrl-D:")
    refs = inputs.read_refs(source, jobids=jobids)
    if not refs:
        raise Stop(BAD_INPUT, f"{inputs.called(source)} lists no bills")
    last: list[PdfProgress] = []
    gone: list[BrokenPipeError] = []
    chosen: dict[str, Any] = {"mode": mode, "origdata": origdata, "documenttype": documenttype}
    if concurrency is not None:
        chosen["concurrency"] = concurrency
    try:
        with _bar(len(refs)) as draw:

            def tell(progress: PdfProgress) -> None:
                last[:] = [progress]
                draw(progress)
                if as_json and not gone:
                    try:
                        show.line(_result(progress, place))
                    except BrokenPipeError as error:
                        gone.append(error)

            report = app.run(lambda ropo: ropo.save_pdfs(refs, to, on_progress=tell, **chosen))
    except KeyboardInterrupt:
        total = last[0].total if last else len(refs)
        here = last[0].saved + last[0].skipped if last else 0
        raise Stop(
            INTERRUPTED, f"interrupted: {here} of {total} PDFs are in {place}; the same command goes on"
        ) from None
    except Exception as error:
        # Of a bucket that is not there, obstore says so by an error of Python's.
        if not url or not (isinstance(error, FileNotFoundError) or type(error).__module__ == "obstore.exceptions"):
            raise
        raise Stop(FAILED, f"the store failed: {_first_line(error)}") from error
    _tell_report(report)
    if report.failed:
        raise Stop(FAILED, _failures(report))
    if gone:
        raise Stop(READER_GONE)


def _sink(url: str) -> ObjectStoreSink:
    try:
        from obstore.store import from_url
    except ImportError:
        raise Stop(BAD_INPUT, "--to needs the extra: pip install 'ropo-jobs-client[objects]'") from None
    from ropo_jobs_client.sinks import ObjectStoreSink

    try:
        return ObjectStoreSink(from_url(url))
    except Exception as error:  # noqa: BLE001 # obstore has no error of its own for each mistake
        raise Stop(BAD_INPUT, f"--to {url} cannot be used: {_first_line(error)}") from None


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def _result(progress: PdfProgress, place: str) -> dict[str, Any]:
    path = f"{place.rstrip('/')}/{progress.name}" if "://" in place else str(Path(place) / progress.name)
    ref = {"jobid" if isinstance(progress.ref, int) else "billnum": progress.ref, "path": path}
    if progress.pdf is not None:
        return {**ref, "result": "saved", "size": progress.pdf.size, "sha256": progress.pdf.sha256}
    if progress.error is not None:
        return {**ref, "result": "failed", "error": type(progress.error).__name__, "text": str(progress.error)}
    return {**ref, "result": "there already"}


def _tell_report(report: SavedPdfs) -> None:
    there = f", {report.skipped} there already" if report.skipped else ""
    show.note_if_seen(f"{report.saved} saved ({size(report.size)}){there}, {len(report.failed)} failed")


def _failures(report: SavedPdfs) -> str:
    lines = [f"{len(report.failed)} could not be saved; the same command tries them again:"]
    return "\n".join([*lines, *(f"  {show.clean(str(failed.ref))}: {failed.error}" for failed in report.failed)])


@contextlib.contextmanager
def _bar(total: int) -> Generator[Callable[[PdfProgress], None]]:
    """Draw how far it is, where a person looks on."""
    if not (show.is_for_people(sys.stdout) and show.is_for_people(sys.stderr)):
        yield lambda _: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    with Progress(*columns, console=show.console(sys.stderr), transient=True) as progress:
        task = progress.add_task("", total=total, rate="")

        def draw(seen: PdfProgress) -> None:
            done = seen.saved + seen.skipped + seen.failed
            speed = progress.tasks[0].finished_speed or progress.tasks[0].speed
            progress.update(task, completed=done, total=seen.total, rate=f"{speed:.0f}/s" if speed else "")

        yield draw
