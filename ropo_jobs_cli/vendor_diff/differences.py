"""What a difference is, and what it does to a caller."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final, Literal

Direction = Literal["request", "response"]
_MAX_SHOWN: Final = 200


class Effect(IntEnum):
    """What a difference does to a caller, the worst first."""

    BREAKS = 0
    """A call that `openapi.yaml` allows is refused, or an answer is not as it says."""
    MISSING = 1
    """The vendor has something that this library does not offer, or promises more than it says."""
    MORE = 2
    """This library says more than the vendor: a field that the vendor does not name, a limit that it does not set."""
    WORDS = 3
    """Nothing: names and descriptions."""


@dataclass(frozen=True)
class Difference:
    """One difference.

    Attributes:
        effect: what it does to a caller.
        what: the kind, such as `type`.
        where: the place in `openapi.yaml`, such as `JobDataSet.city`.
        ours: what `openapi.yaml` says, or None.
        theirs: what the vendor says, or None.
        operations: the operations that it concerns.
    """

    effect: Effect
    what: str
    where: str
    ours: str | None = None
    theirs: str | None = None
    operations: tuple[str, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.where}: {self.what}: {_said(self.theirs, 'the vendor')}; {_said(self.ours, 'here')}"


def _said(value: str | None, who: str) -> str:
    if value is None:
        return f"{who} nothing"
    return f"{who} {value if len(value) <= _MAX_SHOWN else value[:_MAX_SHOWN] + '…'}"


def judge(
    direction: Direction, *, wider: bool | None, ours_silent: bool = False, theirs_silent: bool = False
) -> Effect:
    """Tell what a difference between two limits does.

    Args:
        direction: whether it is sent or comes back.
        wider: whether the vendor allows more than we say; False: less; None: neither is within the other.
        ours_silent: whether we set no limit.
        theirs_silent: whether the vendor sets none.
    """
    if theirs_silent:
        return Effect.MORE
    if ours_silent:
        wider = False
    if wider is None:
        return Effect.BREAKS
    breaks = not wider if direction == "request" else wider
    return Effect.BREAKS if breaks else Effect.MISSING


def merge(differences: Iterable[Difference]) -> list[Difference]:
    """Tell once what concerns several operations, the worst first."""
    found: dict[tuple[str | None, ...], Difference] = {}
    for one in differences:
        key = (one.what, one.where, one.ours, one.theirs)
        before = found.setdefault(key, one)
        names = dict.fromkeys((*before.operations, *one.operations))
        found[key] = replace(before, effect=min(before.effect, one.effect), operations=tuple(names))
    return sorted(found.values(), key=lambda one: one.effect)
