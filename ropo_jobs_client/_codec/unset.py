"""`UNSET`, which leaves a field out."""

from __future__ import annotations

from enum import Enum
from typing import Final, Literal


class Unset(Enum):
    """The type of `UNSET`, which leaves a field out. Not the same as `None`, which sends null.

    An enum with one member: after `value is UNSET`, type checkers know what the value is not, or is.
    """

    UNSET = "UNSET"

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"


UNSET: Final = Unset.UNSET
