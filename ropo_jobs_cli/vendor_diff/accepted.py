"""Differences that are known and meant, with their reasons."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

from .differences import Difference

OWN: Final = Path(__file__).with_name("accepted.toml")
_KEYS: Final = frozenset({"where", "what", "ours", "theirs", "reason"})


class BadList(ValueError):
    """The list of accepted differences is not as it should be."""


@dataclass(frozen=True)
class Accepted:
    """One entry of the list. In `where`, `what` and `ours`, * stands for anything; `theirs` is compared as it is."""

    where: str
    what: str
    reason: str
    ours: str | None = None
    theirs: str | None = None

    def covers(self, difference: Difference) -> bool:
        """Whether it says of this difference that it is meant."""
        return (
            _fits(self.where, difference.where)
            and _fits(self.what, difference.what)
            and _fits(self.ours, difference.ours)
            and self.theirs == difference.theirs
        )


def _fits(pattern: str | None, value: str | None) -> bool:
    if pattern is None or value is None:
        return pattern is value
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), value, re.DOTALL) is not None


def read(path: Path) -> list[Accepted]:
    """Read a list of accepted differences. Raise `BadList` when it is not as it should be, `OSError`."""
    try:
        parsed = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadList(f"{path} is not TOML: {error}") from None
    entries = parsed.pop("accepted", [])
    if parsed or not isinstance(entries, list):
        raise BadList(f"{path} holds [[accepted]] tables, and nothing else")
    return [_entry(path, number, entry) for number, entry in enumerate(cast("list[object]", entries), 1)]


def _entry(path: Path, number: int, entry: object) -> Accepted:
    which = f"{path}, entry {number}"
    if not isinstance(entry, dict) or not all(
        isinstance(value, str) for value in cast("dict[str, Any]", entry).values()
    ):
        raise BadList(f"{which}: it holds texts only")
    texts = cast("dict[str, str]", entry)
    if unknown := sorted(texts.keys() - _KEYS):
        raise BadList(f"{which}: there is no {unknown[0]!r} (of {', '.join(sorted(_KEYS))})")
    for name in ("where", "what", "reason"):
        if not texts.get(name, "").strip():
            raise BadList(f"{which}: {name} is missing")
    return Accepted(**texts)
