"""Exceptions without the frames whose variables hold what nobody may see."""

from __future__ import annotations

import sys


class CutFrames:
    """Take from an exception that leaves the block the frames of what was called in it.

    What reports an error often shows the variables of every frame (rich, structlog, Sentry, `pytest -l`). Those of a
    transport or a parser hold headers and bodies as they are. The frames of whoever called us stay.
    """

    __slots__ = ("_before",)

    def __enter__(self) -> None:
        # What the caller was handling when it called us is the caller's, and stays as it is.
        self._before = sys.exc_info()[1]

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if error is not None:
            self._cut(error, set())

    def _cut(self, error: BaseException, seen: set[int]) -> None:
        if error is self._before or id(error) in seen:
            return
        seen.add(id(error))
        error.__traceback__ = None
        grouped: tuple[BaseException, ...] = getattr(error, "exceptions", ())
        for one in (error.__cause__, error.__context__, *grouped):
            if one is not None:
                self._cut(one, seen)
