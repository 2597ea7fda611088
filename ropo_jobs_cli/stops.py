"""Exit codes, and how an error becomes one of them and a line for a person."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from ropo_jobs_client.errors import OutcomeUnknown, RopoError

FAILED: Final = 1
BAD_INPUT: Final = 2
REFUSED: Final = 3
NOTHING_SENT: Final = 4
UNKNOWN: Final = 5
INTERRUPTED: Final = 130
READER_GONE: Final = 141

MEANINGS: Final = {
    0: "done",
    FAILED: "it failed in another way than those below",
    BAD_INPUT: "wrong input or settings; nothing was sent",
    REFUSED: "the service answered with an error",
    NOTHING_SENT: "no answer, or you said no; nothing was changed",
    UNKNOWN: "outcome unknown, or bills taken in part: look before you repeat",
    INTERRUPTED: "interrupted (Ctrl-C)",
    READER_GONE: "who reads the output went away, such as head",
}

# So many billnums say what is meant; a thousand would hide it.
_SHOWN: Final = 5


class Stop(Exception):
    """The end of a command, with its exit code, and what to tell on stderr."""

    def __init__(self, code: int, text: str = "") -> None:
        super().__init__(text)
        self.code = code


def of_library_error(
    error: RopoError,
    known: Mapping[str, str] | None = None,
    commands: list[str] | None = None,
    config: Path | None = None,
    named: Mapping[str, Any] | None = None,
) -> Stop:
    """Make the end that an error of the library is.

    Args:
        error: what was raised.
        known: what else to tell when the outcome is unknown.
        commands: the commands that find out, or None for those that show the bill.
        config: the file with the settings that was named, or None.
        named: of what changes something, the bills it names and its DataIdentifier, as `facts` takes them.
    """
    from ropo_jobs_client import errors

    if isinstance(error, errors.OutcomeUnknown):
        return _unknown(error, known or {}, commands, config)
    if isinstance(error, errors.PartlyAccepted) and named is not None:
        bills = {name: value for name, value in named.items() if name != "data_identifier"}
        told = {**facts(sent_at=None, **named), **(known or {})}
        return _told(f"TAKEN IN PART: {error.args[0]}.", told, commands or lookups(**bills), config)
    if isinstance(error, errors.RateLimited):
        wait = "" if error.retry_after is None else f"; it asks to wait {error.retry_after:g} s"
        look = "" if named is None else "; HTTP says that nothing was done then, but look before you send it again"
        return Stop(REFUSED, f"{error}{wait}{look}")
    kinds: tuple[tuple[type[RopoError], int], ...] = (
        (errors.PartlyAccepted, UNKNOWN),
        (errors.ApiError, REFUSED),
        (errors.TransportError, NOTHING_SENT),
    )
    return Stop(next((code for kind, code in kinds if isinstance(error, kind)), FAILED), str(error))


def outcome_unknown(what: str, facts: Mapping[str, str], lookups: list[str], config: Path | None) -> Stop:
    """Make the end of a call that may have been carried out.

    Args:
        what: the operation.
        facts: what is known of the call.
        lookups: commands that help to find out.
        config: the file with the settings that was named, or None.
    """
    return _told(f"OUTCOME UNKNOWN: {what} was sent and may have been carried out.", facts, lookups, config)


def _told(what: str, facts: Mapping[str, str], lookups: list[str], config: Path | None) -> Stop:
    lines = [what, *(f"  {name}: {fact}" for name, fact in facts.items())]
    lines.append("  Do not send it again before you know. Wait some minutes, and find out:")
    return Stop(UNKNOWN, "\n".join([*lines, *(f"    {with_config(command, config)}" for command in lookups)]))


def with_config(command: str, config: Path | None) -> str:
    """Return a command of ours that uses the same settings, so that it asks the same service.

    Args:
        command: the command, as it is typed without them.
        config: the file with the settings that was named, or None.
    """
    if config is None:
        return command
    return re.sub("^ropo-jobs ", lambda _: f"ropo-jobs --config {shlex.quote(str(config.absolute()))} ", command)


def lookups(*, billnums: tuple[str, ...] = (), jobid: int | None = None, billcode: str | None = None) -> list[str]:
    """Return the commands that show what became of a bill."""
    found = [f"ropo-jobs get --jobid {jobid}"] if jobid is not None else []
    for billnum in billnums[:_SHOWN]:
        quoted = shlex.quote(billnum)
        found += [f"ropo-jobs get --billnum {quoted}", f"ropo-jobs status --billnum {quoted}"]
    if len(billnums) > _SHOWN:
        found.append(f"and so for {len(billnums) - _SHOWN} more bills")
    if not found:
        found.append(f"look for the reference {billcode} in Ropo One" if billcode else "look in Ropo One")
    return found


def facts(
    *,
    sent_at: str | None,
    billnums: tuple[str, ...] = (),
    jobid: int | None = None,
    billcode: str | None = None,
    data_identifier: str | None = None,
    status: int | None = None,
) -> dict[str, str]:
    """Return what is known of a call whose outcome is not."""
    more = f" and {len(billnums) - _SHOWN} more" if len(billnums) > _SHOWN else ""
    named = {
        "sent at": sent_at,
        "billnum": ", ".join(billnums[:_SHOWN]) + more or None,
        "jobid": jobid,
        "billcode": billcode,
        "DataIdentifier": data_identifier,
        "HTTP status": status,
    }
    return {name: str(value) for name, value in named.items() if value is not None}


def _unknown(error: OutcomeUnknown, known: Mapping[str, str], commands: list[str] | None, config: Path | None) -> Stop:
    sent_at = error.sent_at.isoformat(timespec="seconds") if error.sent_at else None
    named = facts(
        sent_at=sent_at,
        billnums=error.billnums or (),
        jobid=error.jobid,
        billcode=error.billcode,
        data_identifier=error.data_identifier,
        status=error.status,
    )
    wanted = commands or lookups(billnums=error.billnums or (), jobid=error.jobid, billcode=error.billcode)
    if (other := _named_by(error.response)) and error.__cause__ is not None:
        # Where the money may have gone.
        named["but"] = f"{error.__cause__.args[0]}: {', '.join(f'{name} {value}' for name, value in other.items())}"
        found = lookups(billnums=(other["billnum"],) if "billnum" in other else (), jobid=other.get("jobid"))
        wanted = [*wanted, *found]
    return outcome_unknown(error.operation or "it", {**named, **known}, wanted, config)


def _named_by(response: object) -> dict[str, Any]:
    """Return what an answer about another bill than the one that was meant names it by."""
    values = {name: getattr(response, name, None) for name in ("jobid", "billnum", "billcode")}
    return {name: value for name, value in values.items() if isinstance(value, str | int) and value != ""}
