"""Status changes as they come, as lines of JSON."""

from __future__ import annotations

import os
import re
import select
import shlex
import stat
import sys
from collections.abc import AsyncIterator, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from . import inputs, show, stops
from .command import App, Command, examples
from .stops import BAD_INPUT, FAILED, INTERRUPTED, Stop

if TYPE_CHECKING:
    from ropo_jobs_client import RopoJobsClient
    from ropo_jobs_client.feed import Gap, Journal, StatusBatch, StatusFeed
    from ropo_jobs_client.models import JobStatusUpdate

# Bytes that fit into a pipe that says it is writable.
_NEVER_BLOCKS: Final = 4096
# Seconds between two looks at whether what was written has been read.
_LOOK_AGAIN: Final = 0.01
_DATABASE: Final = ("postgresql://", "postgres://")


@click.command(
    cls=Command,
    epilog=examples(
        "ropo-jobs feed --journal feed.db >> changes.jsonl",
        "ropo-jobs feed --journal feed.db --recover 2026-11-22",
    ),
)
@click.option(
    "--journal",
    required=True,
    callback=inputs.text,
    metavar="FILE|URL",
    help="Where changes are kept until they are written. Name the same one each time.",
)
@click.option("--feed", "name", metavar="NAME", help="The feed in a PostgreSQL journal. Default: your customer number.")
@click.option("--follow", is_flag=True, help="Go on when nothing is left.")
@click.option(
    "--every",
    type=inputs.Seconds(0, min_open=True),
    metavar="SECONDS",
    help="With --follow: ask again after at most so long. Default: 60.",
)
@click.option("--wait", is_flag=True, help="Stand by while another one has the journal open, and take over from it.")
@inputs.day_option("--recover", "First read again what came since that day.")
@click.option(
    "--replay",
    callback=inputs.day,
    metavar="YYYY-MM-DD",
    help="Write again what the journal has since that day, and ask for nothing.",
)
@click.pass_obj
def feed(
    app: App,
    /,
    *,
    journal: str,
    name: str | None,
    follow: bool,
    every: float | None,
    wait: bool,
    day: date | None,
    replay: date | None,
) -> None:
    """Write all status changes to stdout, one JSON object a line.

    The service hands each change out once. It is kept in the journal until it is written, and where stdout is a pipe,
    until its reader has taken it, so nothing gets lost; after a crash some may come twice. One feed at a time for each
    journal. A journal in PostgreSQL needs the extra `postgres`.
    """
    import sqlite3

    if replay is not None and (follow or day is not None):
        raise click.UsageError("--replay asks for nothing: it does not go with --follow or --recover")
    if every is not None and not follow:
        raise click.UsageError("--every goes with --follow")
    opened = _journal(app, journal, name)
    # The password in a URL is not shown.
    shown = "postgresql://..." if journal.startswith(_DATABASE) else journal
    command = stops.with_config(shlex.join(["ropo-jobs", "feed", "--journal", shown, "--recover"]), app.config)

    is_open = False

    async def work(ropo: RopoJobsClient) -> None:
        nonlocal is_open
        async with ropo.status_feed(opened, follow=(every or 60.0) if follow else None, wait=wait) as reading:
            is_open = True
            if replay is not None:
                await _write_all(reading.replay(since=replay), reading, shown, command, is_acknowledged=False)
                return
            if day is not None:
                found = await reading.recover(since=day)
                show.note(f"{found} changes since {day} were missing")
            await _write_all(reading, reading, shown, command, is_acknowledged=True)

    try:
        app.run(work)
    except sqlite3.DatabaseError as error:
        raise Stop(FAILED if is_open else BAD_INPUT, str(error)) from error
    except KeyboardInterrupt:
        raise Stop(INTERRUPTED, "interrupted: what was not written comes next time") from None


def _journal(app: App, journal: str, name: str | None) -> str | Journal:
    if not journal.startswith(_DATABASE):
        if name is not None:
            raise Stop(BAD_INPUT, "--feed goes with a journal in PostgreSQL; nothing was sent")
        inputs.needs_directory(Path(journal).parent)
        return journal
    feed_name = name or app.settings.variables.get("ROPO_CID")
    if feed_name is None:
        raise Stop(BAD_INPUT, "--feed is missing: a token does not tell the customer number; nothing was sent")
    try:
        from ropo_jobs_client.feed import PostgresJournal
    except ImportError as error:
        raise Stop(BAD_INPUT, "this needs: pip install 'ropo-jobs-client[postgres]'; nothing was sent") from error
    try:
        return PostgresJournal(journal, feed_name)
    except ValueError as error:
        raise Stop(BAD_INPUT, f"{error}; nothing was sent") from None


async def _write_all(
    batches: AsyncIterator[StatusBatch], feed: StatusFeed, journal: str, command: str, *, is_acknowledged: bool
) -> None:
    told: list[Gap] = []
    async for batch in batches:
        await _write(b"".join(_line(change, raw) for change, raw in zip(batch.updates, batch.raw, strict=True)))
        if batch.unreadable:
            show.note(
                f"ropo-jobs: {len(batch.unreadable)} items are no status changes and are left out; "
                f"they stay in {journal} for 40 days"
            )
        _tell_gaps(feed, told, command)
        if is_acknowledged:
            await batch.ack()
    _tell_gaps(feed, told, command)


def _line(change: JobStatusUpdate, raw: str) -> bytes:
    try:
        return show.json_line(change)
    except ValueError:
        # Half a character, or a number beyond reason: it is written as it came, on one line.
        return re.sub("[\r\n]+", " ", raw).encode(errors="surrogatepass") + b"\n"


async def _write(content: bytes) -> None:
    """Write to stdout, past its buffers: when this returns its reader has taken it, or it is in the file for good."""
    import anyio

    out = sys.stdout.fileno()
    mode = os.fstat(out).st_mode
    # On Windows, only sockets can be waited for: there, a write waits, and Ctrl-C with it.
    may_block = os.name == "posix" and (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or os.isatty(out))
    view = memoryview(content)
    while view:
        if may_block:
            # Who reads may have stopped reading, and Ctrl-C is to work all the same.
            await anyio.wait_writable(out)
        view = view[os.write(out, view[:_NEVER_BLOCKS] if may_block else view) :]
    if stat.S_ISREG(mode):
        os.fsync(out)
    elif may_block and stat.S_ISFIFO(mode):
        await _until_taken(out)


async def _until_taken(pipe: int) -> None:
    """Wait until nothing is left in a pipe. What is left when its reader ends was taken by nobody."""
    import anyio

    if sys.platform == "win32":
        return
    import fcntl
    import termios

    gone = select.poll()
    gone.register(pipe, 0)
    while int.from_bytes(fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)), sys.byteorder):
        if gone.poll(0):
            raise BrokenPipeError
        await anyio.sleep(_LOOK_AGAIN)


def _tell_gaps(feed: StatusFeed, told: list[Gap], command: str) -> None:
    for gap in _new(feed.gaps, told):
        told.append(gap)
        since = gap.since.isoformat() if gap.since else "a day that is not known"
        until = f" until {gap.until}" if gap.until else ""
        day = gap.since.isoformat() if gap.since else "YYYY-MM-DD"
        show.note(f"ropo-jobs: changes may be missing, from {since}{until}: {command} {day} reads again")


def _new(gaps: Iterable[Gap], told: list[Gap]) -> list[Gap]:
    return [gap for gap in gaps if gap not in told]
