"""`ropo-jobs` and `python -m ropo_jobs_cli`."""

from __future__ import annotations

import os
import sys


def main() -> int:
    """Run the command that was typed, and give the exit code."""
    _open_what_is_closed()
    try:
        from .app import run

        return run()
    except KeyboardInterrupt:
        # Before there was a command to say more.
        return 130
    except ModuleNotFoundError as error:
        if error.name not in {"click", "rich"}:
            raise
        print("ropo-jobs: it needs its extra: pip install 'ropo-jobs-client[cli]'", file=sys.stderr)
        return 1
    finally:
        _drop_what_cannot_be_written()


def _open_what_is_closed() -> None:
    """Give a stream that was closed at the start its place again, which the next file or connection would take."""
    # In the order of their numbers, because the lowest free one is taken.
    if sys.stdin is None:
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 # open to the end
    if sys.stdout is None:
        # For reading: what is written to it is an error, as it is for other programs.
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 # open to the end


def _drop_what_cannot_be_written() -> None:
    """Leave nothing in a buffer that Python would fail to write at its end: the exit code would become 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    sys.exit(main())
