"""The stand-in for the service."""

from __future__ import annotations

from datetime import date

import click

from . import inputs
from .command import Command, examples
from .stops import FAILED, Stop


@click.command(cls=Command, epilog=examples("ropo-jobs sandbox --port 8787"))
@click.option("--port", type=click.IntRange(0, 65535), default=8787, help="Default: 8787. 0 takes a free one.")
@click.option("--data", metavar="FILE", help="Keep everything in a file. Default: in memory.")
@inputs.day_option("--today", "The day to start on.")
def sandbox(port: int, data: str | None, day: date | None) -> None:
    """Start a stand-in for the service on this machine, and print how to use it.

    More is said by `python -m ropo_jobs_sandbox --help`.
    """
    try:
        from ropo_jobs_sandbox.__main__ import main
    except ModuleNotFoundError as error:
        missing = (error.name or "more").partition(".")[0]
        text = f"it needs {missing}: pip install 'ropo-jobs-client[sandbox]'"
        raise Stop(FAILED, text) from error
    options = [f"--port={port}"]
    options += [f"--data={data}"] if data else []
    options += [f"--today={day}"] if day else []
    if code := main(options):
        raise Stop(code)
