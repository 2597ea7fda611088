"""``python -m ropo_jobs_sandbox``: the sandbox from a terminal."""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from datetime import date
from typing import TYPE_CHECKING

from .errors import SandboxError
from .sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the sandbox until it is stopped; returns the exit code."""
    options = _parser().parse_args(arguments)
    sandbox = Sandbox(
        port=options.port,
        host=options.host,
        data=options.data,
        token_ttl=options.token_ttl,
        today=options.today,
        strict=options.strict,
    )
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    try:
        with sandbox:
            print(_greeting(sandbox), flush=True)
            while not stop.is_set():
                # With a timeout, because on Windows a wait without one can't be interrupted.
                stop.wait(1.0)
    except SandboxError as error:
        print(f"ropo_jobs_sandbox: {error}", file=sys.stderr)
        return 1
    print("Stopped.", flush=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ropo_jobs_sandbox", description="A stand-in for Ropo One.")
    parser.add_argument("--port", type=_port, default=8787, help="the port to listen on (default 8787; 0: a free one)")
    parser.add_argument(
        "--host", default="127.0.0.1", help="the address to listen on (default 127.0.0.1: this machine)"
    )
    parser.add_argument("--data", metavar="FILE", help="keep everything in a file (default: in memory)")
    parser.add_argument(
        "--today",
        type=_day,
        metavar="YYYY-MM-DD",
        help="start on this day, and stand still there",
    )
    parser.add_argument("--token-ttl", type=float, default=7200, metavar="SECONDS", help="how long a token is good for")
    parser.add_argument(
        "--strict",
        action="store_true",
        help="refuse references, business IDs and personal identity codes with wrong check digits",
    )
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= 65535):
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day of the calendar is written YYYY-MM-DD") from None


def _greeting(sandbox: Sandbox) -> str:
    return f"""\
The Ropo One sandbox is at {sandbox.address}

    base URL   {sandbox.base_url}
    cid        {sandbox.cid}
    apicode    {sandbox.apicode}

To use it from another terminal:

    export ROPO_BASE_URL={sandbox.base_url}
    export ROPO_CID={sandbox.cid}
    export ROPO_APICODE={sandbox.apicode}

What is in it and what happened: {sandbox.address}/ in a browser
Stop it with Ctrl-C."""


if __name__ == "__main__":
    sys.exit(main())
