"""`UNSET`, which leaves a field out."""

from __future__ import annotations

from typing import Final, Literal, final


@final
class Unset:
    """The type of `UNSET`, which leaves a field out. Not the same as `None`, which sends null."""

    __slots__ = ()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        # By name: a copy or an unpickled value is the one UNSET, so `is UNSET` goes on working.
        return "UNSET"


UNSET: Final = Unset()
