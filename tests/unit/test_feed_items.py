"""How the changes of a response are read."""

from __future__ import annotations

import gc
import json

import pytest

from ropo_jobs_client.errors import DecodeError
from ropo_jobs_client.feed._items import (  # pyright: ignore[reportPrivateUsage] # which no caller sees
    Item,
    count_items,
    is_blank,
    read_each,
)
from ropo_jobs_client.models import JobStatusUpdate

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


ENVELOPES = [
    b'{"status": "ok", "statusupdates": [{"status": 1}], "code": 200, "traceId": "ab", "message": "OK", "type": "u"}',
    b'{"httpStatusCode": "200", "title": "Changes", "reason": "OK", "errors": [], "data": [{"status": 1}]}',
    b'{"statusupdates": [{"status": 1}]}',
    b'{"data": [{"status": 1}, {}], "count": 2}',
    b'{"data": [ ], "total": 0}',
    b'{"error": null, "errors": [], "success": true, "code": 0, "data": [{"status": 1}]}',
]
ERRORS = [
    b'{"errors": []}',
    b'{"errors": [{"code": 5}]}',
    b'{"type": "about:blank", "title": "Down", "status": 500, "errors": [{"code": 5}]}',
    b'{"type": "about:blank", "status": 500, "errors": []}',
    b'{"Error": "The database is down", "trace": ["a", "b"]}',
    b'{"data": [], "error": "The database is down"}',
    b'{"statusCode": 500, "data": []}',
    b'{"success": false, "data": []}',
    b'{"frames": ["a", "b"]}',
    b'{"frames": [["a", "b"]]}',
]


@pytest.mark.parametrize("content", ENVELOPES)
def test_an_object_around_the_changes(content: bytes) -> None:
    count = count_items(content)
    assert count is not None
    assert len(JobStatusUpdate.from_list(json.loads(content))) == count


@pytest.mark.parametrize("content", ERRORS)
def test_an_error_is_no_list_though_one_is_in_it(content: bytes) -> None:
    assert count_items(content) is None
    with pytest.raises(DecodeError):
        JobStatusUpdate.from_list(json.loads(content))


def test_what_holds_nothing() -> None:
    for content in (b"", b" \n" * 99, b"[]", b"{ }", b"\n" * 200 + b"[\n]\n"):
        assert is_blank(content)
    # However long the space is that stands before the changes.
    for content in (b"\n" * 200 + b"[7]", b" " * 98 + b"[]" + b" " * 98 + b"x", b"[" + b" " * 99 + b"7]", b"[7]"):
        assert not is_blank(content)
