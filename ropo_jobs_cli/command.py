"""What every command does: asking before it sends, running its calls, and ending clearly when something is wrong."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Awaitable, Callable, Generator, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO, TypeVar

import click

from . import settings, show, stops
from .interrupts import Interrupts
from .stops import BAD_INPUT, INTERRUPTED, NOTHING_SENT, READER_GONE, Stop

if TYPE_CHECKING:
    from ropo_jobs_client import AttemptEvent, RopoJobsClient

T = TypeVar("T")


_NO_OPTION: Final = "there is no such option"
_AFTER_DASHES: Final = "a value that begins with a minus comes last, after --: -- -5.00"


@contextlib.contextmanager
def _unrepeated(ctx: click.Context, text: str) -> Generator[None]:
    """Say this of an option that there is not, where click would repeat what may be someone's identity code."""
    try:
        yield
    except click.NoSuchOption as error:
        if not error.option_name.lstrip("-")[:1].isdigit():
            raise
        raise click.UsageError(text, ctx) from None


class Command(click.Command):
    """A command that ends clearly. What is typed too much is not repeated: it may be someone's identity code."""

    allow_extra_args = True

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        takes_amount = any(param.name == "amount" for param in self.params)
        with _unrepeated(ctx, _AFTER_DASHES if takes_amount else _NO_OPTION):
            left = super().parse_args(ctx, args)
        if left and not ctx.resilient_parsing:
            raise click.UsageError(f"{len(left)} argument{'s' * (len(left) > 1)} too many", ctx)
        return left


class Program(click.Group):
    """All commands. It ends in its own way where click would: when the reader is gone, also that of a help page."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with _own_ends():
            return super().make_context(*args, **extra)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        with _unrepeated(ctx, _NO_OPTION):
            return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        # What is no word may be somebody's identity code: it is not repeated.
        if not ctx.resilient_parsing and not args[0].isalpha() and self.get_command(ctx, args[0]) is None:
            raise click.UsageError("there is no such command", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        with _own_ends():
            return super().invoke(ctx)


@contextlib.contextmanager
def _own_ends() -> Generator[None]:
    try:
        yield
    except BrokenPipeError:
        raise Stop(READER_GONE) from None
    except KeyboardInterrupt:
        raise Stop(INTERRUPTED, "interrupted") from None


@dataclass
class Change:
    """A call that changes something, and what a person needs to know of it.

    Attributes:
        what: what happens, such as "Add a payment".
        operation: the method and path of the operation.
        facts: what to show before it is sent.
        named: the bill it names, as `stops.lookups` takes it.
        data_identifier: the DataIdentifier header that goes with it, or None.
        known: what else to tell when its outcome is unknown.
        lookups: the commands that find out, or None for those that show the bill.
    """

    what: str
    operation: str
    facts: list[tuple[str, object]]
    named: dict[str, Any] = field(default_factory=dict[str, Any])
    data_identifier: str | None = None
    known: dict[str, str] = field(default_factory=dict[str, str])
    lookups: list[str] | None = None


@dataclass
class App:
    """What the options before the command say, and what was done.

    Attributes:
        config: the file with the settings, or None for the usual places.
        debug: whether to show where an error came from.
        carried_out: the operation that changed something, or None.
    """

    config: Path | None = None
    debug: bool = False
    carried_out: str | None = None

    @cached_property
    def settings(self) -> settings.Settings:
        """Who calls and where."""
        return settings.load(self.config)

    def run(
        self,
        work: Callable[[RopoJobsClient], Awaitable[T]],
        on_attempt: Callable[[AttemptEvent], object] | None = None,
        change: Change | None = None,
    ) -> T:
        """Run calls with a client.

        Args:
            work: the calls.
            on_attempt: a function that is told of each attempt.
            change: what they change, so that an unknown outcome is told with what helps to find out.
        """
        found = self.settings
        import anyio

        from ropo_jobs_client import InvalidArgument, RopoError, RopoJobsClient

        async def with_client() -> T:
            suffix = "ropo-jobs"
            async with RopoJobsClient.from_env(
                found.variables, user_agent_suffix=suffix, on_attempt=on_attempt
            ) as ropo:
                return await work(ropo)

        try:
            return anyio.run(with_client)
        except RopoError as error:
            known, lookups = (change.known, change.lookups) if change else ({}, None)
            named = {**change.named, "data_identifier": change.data_identifier} if change else None
            raise stops.of_library_error(
                error, {**known, "service": found.name}, lookups, self.config, named
            ) from error
        except (TypeError, ValueError) as error:
            if not isinstance(error, InvalidArgument) and type(error) not in {TypeError, ValueError}:
                raise
            raise Stop(BAD_INPUT, f"{error}; nothing was sent") from error

    def change(
        self, change: Change, work: Callable[[RopoJobsClient], Awaitable[T]], *, yes: bool, stdin_is_taken: bool = False
    ) -> T:
        """Ask, and run a call that changes something. It is known at its end whether it may have been carried out."""
        found = self.settings
        if not yes:
            _ask(change, found, stdin_is_taken=stdin_is_taken)
        answers: list[T] = []
        left: list[AttemptEvent] = []
        interrupts = Interrupts()

        async def keep_answer(ropo: RopoJobsClient) -> None:
            with interrupts.cancelling():
                answers.append(await work(ropo))

        def notice(event: AttemptEvent) -> None:
            if event.outcome.name == "CANCELLED_AFTER_SEND" and event.operation == change.operation:
                left.append(event)

        interrupts.hold()
        try:
            self.run(keep_answer, notice, change)
        except KeyboardInterrupt:
            pass  # before the call began
        except Exception:
            # What went wrong when the answer was here does not matter.
            if not answers and not left:
                raise
        if not answers:
            if not left:
                raise Stop(INTERRUPTED, "interrupted: nothing was sent")
            raise _interrupted(replace(change, known={**change.known, "service": found.name}), left[0], self.config)
        self.carried_out = change.operation
        return answers[0]


def _interrupted(change: Change, event: AttemptEvent, config: Path | None) -> Stop:
    sent_at = datetime.now(UTC) - timedelta(seconds=event.duration)
    facts = stops.facts(
        sent_at=sent_at.isoformat(timespec="seconds"), data_identifier=change.data_identifier, **change.named
    )
    facts |= {"interrupted": "before the answer was here", **change.known}
    return stops.outcome_unknown(change.operation, facts, change.lookups or stops.lookups(**change.named), config)


_NO_TERMINAL: Final = "this asks before it sends, and there is no terminal to ask at: see --yes"


def need_terminal() -> None:
    """See to it that somebody can be asked."""
    if not sys.stdin.isatty():
        raise Stop(BAD_INPUT, _NO_TERMINAL)


def _ask(change: Change, found: settings.Settings, *, stdin_is_taken: bool) -> None:
    try:
        terminal = Path("/dev/tty").open(encoding="utf-8") if stdin_is_taken else sys.stdin  # noqa: SIM115 # read below
    except OSError:
        raise Stop(BAD_INPUT, _NO_TERMINAL) from None
    if not stdin_is_taken:
        need_terminal()
    rows: Iterable[tuple[str, object]] = [*change.facts, ("To", found.name)]
    show.note(change.what, style="bold")
    show.facts(rows, sys.stderr)
    question = f"Send this to {'PRODUCTION' if found.is_production else 'the service'}? [y/N] "
    try:
        to = show.console(sys.stderr)
        _forget_typed(terminal)
        to.print(question, style="bold red" if found.is_production else None, end="", soft_wrap=True)
        sys.stderr.flush()
        answer = terminal.readline()
    except KeyboardInterrupt:
        show.note("")
        raise Stop(INTERRUPTED, "interrupted: nothing was sent") from None
    finally:
        if terminal is not sys.stdin:
            terminal.close()
    if not answer.endswith("\n"):
        show.note("")
    if answer.strip().lower() not in {"y", "yes"}:
        raise Stop(NOTHING_SENT, "nothing was sent")


def _forget_typed(terminal: TextIO) -> None:
    """Forget what was typed while the bill was looked up: it answers no question that anybody has seen."""
    with contextlib.suppress(ImportError):
        import termios

        with contextlib.suppress(termios.error, OSError):
            termios.tcflush(terminal, termios.TCIFLUSH)


def examples(*lines: str) -> str:
    """Return the end of a help page."""
    return "\n".join(["\b", f"Example{'s' * (len(lines) > 1)}:", *(f"  $ {line}" for line in lines)])


JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, amounts digit for digit.")
YES = click.option("--yes", is_flag=True, help="Send without asking.")
