"""The code in docs/*.md."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parents[2] / "docs"


class Block(NamedTuple):
    """A block of code. A title is the name of the file that it would be."""

    language: str
    title: str
    code: str


def blocks(page: str) -> list[Block]:
    """The blocks of a page, in order."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found = re.findall(r'^```(\w+)(?: title="([^"]*)")?\n(.*?)^```$', text, re.MULTILINE | re.DOTALL)
    return [Block(*parts) for parts in found]


def python(page: str) -> list[str]:
    """The Python that runs as it stands. What belongs into a file has a title, and says `py`."""
    return [block.code for block in blocks(page) if block.language == "python"]


def titled(page: str) -> dict[str, str]:
    """What belongs into a file, by the title."""
    return {block.title: block.code for block in blocks(page) if block.title}
