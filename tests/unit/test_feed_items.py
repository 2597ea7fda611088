"""How the changes of a response are read."""

from __future__ import annotations

import gc
import json

from ropo_jobs_client.feed._items import (  # pyright: ignore[reportPrivateUsage] # which no caller sees
    Item,
    count_items,
    is_blank,
    read_each,
)

COUNT = 2_000
LISTED = json.dumps([{"status": n} for n in range(COUNT)]).encode()


def test_changes_are_not_held_all_at_once() -> None:
    """Else the garbage collector visits them and all objects of the program, while the event loop stands still."""
    alive: list[int] = []

    def make(item: Item) -> str:
        if item.value == {"status": COUNT - 1}:
            alive.append(sum(isinstance(one, Item) for one in gc.get_objects()))
        return item.key

    for content in (LISTED, b'{"changes": %s}' % LISTED):
        made = read_each(content, make)
        assert made is not None
        assert len(made) == COUNT
    assert alive == [1, 1]


def test_counting() -> None:
    assert count_items(LISTED) == COUNT
    assert count_items(b'{"total": 0, "changes": []}') == 0
    for content in (b"", b"{}", LISTED[:-1], LISTED + b"x", b'{"a": [1], "b": [2]}'):
        assert count_items(content) is None


def test_what_holds_nothing() -> None:
    for content in (b"", b" \n" * 99, b"[]", b"{ }", b"\n" * 200 + b"[\n]\n"):
        assert is_blank(content)
    # However long the space is that stands before the changes.
    for content in (b"\n" * 200 + b"[7]", b" " * 98 + b"[]" + b" " * 98 + b"x", b"[" + b" " * 99 + b"7]", b"[7]"):
        assert not is_blank(content)
