"""The stand-in for the service."""

from __future__ import annotations

from datetime import date

import click

from . import inputs
from .command import Command, examples
from .stops import FAILED, Stop


@click.command(
    cls=Command,
    short_help="Start a stand-in for the service on this machine.",
    epilog=examples("ropo-jobs sandbox --port 8787"),
)
@click.option("--port", type=inputs.Whole(0, 65535), default=8787, help="Default: 8787. 0 takes a free one.")
@click.option("--data", metavar="FILE", help="Keep everything in a file. Default: in memory.")
@click.option("--host", default="127.0.0.1", help="The address to listen on. Default: 127.0.0.1, this machine.")
@click.option("--token-ttl", type=inputs.Seconds(0), default=7200, metavar="SECONDS", help="Default: 7200.")
@click.option("--strict", is_flag=True, help="Refuse references and identity codes with wrong check digits.")
@inputs.day_option("--today", "Start on this day, and stand still there.")
def sandbox(*, port: int, host: str, data: str | None, token_ttl: float, strict: bool, day: date | None) -> None:
    """Start a stand-in for the service on this machine, and print how to use it."""
    try:
        from ropo_jobs_sandbox.__main__ import main
    except ModuleNotFoundError as error:
        missing = (error.name or "more").partition(".")[0]
        text = f"it needs {missing}: pip install 'ropo-jobs-client[sandbox]'"
        raise Stop(FAILED, text) from error
    options = [f"--port={port}", f"--host={host}", f"--token-ttl={token_ttl}"]
    options += ["--strict"] if strict else []
    options += [f"--data={data}"] if data else []
    options += [f"--today={day}"] if day else []
    if code := main(options):
        raise Stop(code)
