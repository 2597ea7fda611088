"""The program: its commands, and its end."""

from __future__ import annotations

import contextlib
import io
import logging
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

import click

from ropo_jobs_client import __version__

from . import bills, documents, feed, money, sandbox, settle, show
from .command import App, Program
from .probe.command import probe
from .stops import BAD_INPUT, FAILED, INTERRUPTED, MEANINGS, READER_GONE, UNKNOWN, Stop
from .vendor_diff.command import vendor_diff

_library = logging.getLogger("ropo_jobs_client")

_EPILOG = "\n".join(
    [
        "\b",
        "Settings, as environment variables or, with mode 0600, in",
        "~/.config/ropo-jobs/config.toml:",
        "  ROPO_CID and ROPO_APICODE, or ROPO_TOKEN",
        "  ROPO_ENVIRONMENT (such as FINLAND_TEST), or ROPO_BASE_URL",
        "",
        "\b",
        "Exit codes:",
        *(f"  {code:>3}  {meaning}" for code, meaning in MEANINGS.items()),
        "",
        "\b",
        "Completion of what is typed, here for bash (zsh and fish as well):",
        '  eval "$(_ROPO_JOBS_COMPLETE=bash_source ropo-jobs)"',
    ]
)


@click.group(
    cls=Program, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Settings to use instead of the environment variables and the usual file.",
)
@click.option("--debug", is_flag=True, envvar="ROPO_DEBUG", help="Log calls, and show where an error came from.")
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_obj
def cli(app: App, config: Path | None, debug: bool) -> None:
    """Bills, their PDFs and payments in Ropo One, from a terminal.

    What moves money or changes a bill is shown first, and sent only after you say yes.
    """
    app.config, app.debug = config, debug
    if debug:
        # The library's alone: what others log of a call may be personal.
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
        _library.addHandler(handler)
        _library.setLevel(logging.INFO)
    else:
        # What matters of it, the commands tell in their own words.
        _library.setLevel(logging.CRITICAL)


for _command in (
    bills.get,
    bills.add,
    documents.pdf,
    documents.pdfs,
    bills.status,
    feed.feed,
    money.pay,
    money.credit,
    settle.settle,
    money.dispute,
    money.resolve,
    bills.find,
    sandbox.sandbox,
    vendor_diff,
    probe,
):
    cli.add_command(_command)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        arguments: what was typed, or None for what the process was given.

    Returns:
        The exit code.
    """
    app = App()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show a letter is no reason to fail.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(arguments, prog_name="ropo-jobs", standalone_mode=False, obj=app)
        sys.stdout.flush()
    except Stop as stop:
        return _end(app, stop.code, str(stop))
    except click.exceptions.NoArgsIsHelpError as error:
        with contextlib.suppress(OSError):
            show.note(error.format_message())
        return BAD_INPUT
    except click.UsageError as error:
        named = error.ctx.command_path if error.ctx else "ropo-jobs"
        return _end(app, BAD_INPUT, f"{error.format_message().rstrip('.')} (see {named} --help)")
    except click.Abort:
        return _end(app, INTERRUPTED, "interrupted")
    except BrokenPipeError:
        return _end(app, READER_GONE, "")
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        return _end(app, FAILED, f"{error.strerror or type(error).__name__}{where}")
    except Exception as error:  # noqa: BLE001 # the last to see it
        return _end(app, FAILED, f"unexpected {type(error).__name__}; ropo-jobs --debug shows where it came from")
    return code if isinstance(code, int) else 0


def _end(app: App, code: int, text: str) -> int:
    if app.carried_out:
        # Whatever went wrong with showing it: nobody is to think that it may be sent again.
        code, text = UNKNOWN, f"{app.carried_out} was carried out, but its answer could not be shown: do not repeat it"
    with contextlib.suppress(OSError):
        if app.debug:
            traceback.print_exc()
        if text:
            show.note("\n".join(map(show.clean, f"ropo-jobs: {text}".split("\n"))))
    return code
