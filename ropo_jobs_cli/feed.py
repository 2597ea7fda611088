"""Status changes as they come, as lines of JSON."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from . import inputs, show
from .command import App, Command, examples
from .stops import BAD_INPUT, FAILED, INTERRUPTED, Stop

if TYPE_CHECKING:
    from ropo_jobs_client import Gap, RopoJobsClient, StatusFeed

# Bytes that fit into a pipe that says it is writable.
_NEVER_BLOCKS: Final = 4096


@click.command(
    cls=Command,
    epilog=examples(
        "ropo-jobs feed --journal feed.db >> changes.jsonl",
        "ropo-jobs feed --journal feed.db --recover 2026-11-22",
    ),
)
@click.option("--journal", required=True, metavar="FILE", help="What was read and not yet written. Always the same.")
@click.option("--follow", is_flag=True, help="Go on when nothing is left.")
@click.option(
    "--every",
    type=click.FloatRange(0, min_open=True),
    default=60.0,
    metavar="SECONDS",
    help="With --follow: ask again after at most so long. Default: 60.",
)
@inputs.day_option("--recover", "First read again what came since that day.")
@click.pass_obj
def feed(app: App, /, *, journal: str, follow: bool, every: float, day: date | None) -> None:
    """Write all status changes to stdout, one JSON object a line.

    The service hands each change out once. It is kept in the journal until it is written, so nothing gets lost; after a
    crash some may come twice. One feed at a time for each journal.
    """
    import sqlite3

    inputs.needs_directory(Path(journal).parent)
    from ropo_jobs_client import JournalInUse

    try:
        app.run(lambda ropo: _follow(ropo, journal, every if follow else None, day))
    except JournalInUse as error:
        raise Stop(FAILED, str(error)) from error
    except sqlite3.DatabaseError as error:
        raise Stop(BAD_INPUT, str(error)) from error
    except KeyboardInterrupt:
        raise Stop(INTERRUPTED, "interrupted: what was not written comes next time") from None


async def _follow(ropo: RopoJobsClient, journal: str, follow: float | None, recover: date | None) -> None:
    told: list[Gap] = []
    async with ropo.status_feed(journal, follow=follow) as feed:
        if recover is not None:
            found = await feed.recover(since=recover)
            show.note(f"{found} changes since {recover} were missing")
        async for batch in feed:
            lines = b"".join(show.json_line(change) for change in batch.updates)
            await _write(lines)
            if batch.unreadable:
                show.note(
                    f"ropo-jobs: {len(batch.unreadable)} items are no status changes and are left out; "
                    f"they stay in {journal} for 40 days"
                )
            _tell_gaps(feed, told, journal)
            await batch.ack()
        _tell_gaps(feed, told, journal)


async def _write(content: bytes) -> None:
    """Write to stdout, past its buffers: when this returns it is with the reader, or in the file for good."""
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


def _tell_gaps(feed: StatusFeed, told: list[Gap], journal: str) -> None:
    for gap in _new(feed.gaps, told):
        told.append(gap)
        since = gap.since.isoformat() if gap.since else "a day that is not known"
        until = f" until {gap.until}" if gap.until else ""
        day = gap.since.isoformat() if gap.since else "YYYY-MM-DD"
        show.note(
            f"ropo-jobs: changes may be missing, from {since}{until}: "
            f"ropo-jobs feed --journal {journal} --recover {day} reads again"
        )


def _new(gaps: Iterable[Gap], told: list[Gap]) -> list[Gap]:
    return [gap for gap in gaps if gap not in told]
