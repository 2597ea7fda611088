"""The receiver of the push recipe behind a real server, and a sender that repeats, mixes, and meets kills."""

from __future__ import annotations

import json
import os
import random
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import httpx
import pytest
from doc_blocks import titled

PATIENCE = 60.0
SENDER = ("ropo", "a-password")


class Receiver:
    """The recipe, run by uvicorn in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # Bound for as long as the receiver is there, so that nobody else is given its port; it listens itself.
        self.reserved = socket.socket()
        self.reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.reserved.bind(("127.0.0.1", 0))
        self.port = int(self.reserved.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/ropo-events"
        self.database = folder / "push.db"
        self.start()

    def start(self) -> None:
        environment = {
            **os.environ,
            "PUSH_USER": SENDER[0],
            "PUSH_PASSWORD": SENDER[1],
            "PUSH_DATABASE": str(self.database),
        }
        command = [sys.executable, "-m", "uvicorn", "receiver:app", f"--port={self.port}", "--log-level=warning"]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=self.folder, env=environment, stdout=log, stderr=log)
        end = time.monotonic() + PATIENCE
        while self.send(b"", auth=("", "")) is None:
            assert self.process.poll() is None, (self.folder / "log").read_text(encoding="utf-8")
            assert time.monotonic() < end
            time.sleep(0.05)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def send(self, body: bytes, auth: tuple[str, str] | None = SENDER) -> int | None:
        """Send a batch; give the status, or None where there is no answer."""
        try:
            return httpx.post(self.url, content=body, auth=auth, timeout=20, trust_env=False).status_code
        except httpx.TransportError:
            return None

    def stored(self) -> list[tuple[str, Any]]:
        if not self.database.exists():
            return []
        database = sqlite3.connect(self.database)
        rows = database.execute("SELECT id, message FROM messages ORDER BY id").fetchall()
        database.close()
        return [(name, json.loads(text)) for name, text in rows]


@pytest.fixture
def receiver(tmp_path: Path) -> Generator[Receiver]:
    (tmp_path / "receiver.py").write_text(titled("recipes/push.md")["receiver.py"])
    found = Receiver(tmp_path)
    yield found
    found.kill()
    found.reserved.close()


def test_half_a_character_in_an_id_is_stored(receiver: Receiver) -> None:
    assert receiver.send(b'[{"id":"ok"},{"id":"\\ud800"},{"id":"\xc3\xa4"}]') == 204
    assert [name for name, _ in receiver.stored()] == ["\\u00e4", "\\ud800", "ok"]


def message(number: int) -> dict[str, Any]:
    """Messages of three kinds, with a field that nobody announced."""
    kinds: list[dict[str, Any]] = [{"kind": "delivery"}, {"status": "paid", "sum": 12.5}, {"new": {"a": [None, "ä"]}}]
    return {"id": f"m{number}", "created_at": "2026-11-22T10:00:00Z", **kinds[number % 3]}


def test_a_sender_that_repeats_and_mixes_and_a_receiver_that_is_killed(receiver: Receiver) -> None:
    seeds = random.Random(16)
    wanted = {f"m{number}": message(number) for number in range(300)}
    batches: list[list[dict[str, Any]]] = []
    for number in range(0, 300, 10):
        own = [message(one) for one in range(number, number + 10)]
        # Some of earlier batches come again, in another order.
        batch = own + [message(seeds.randrange(number + 1)) for _ in range(5)]
        seeds.shuffle(batch)
        batches += [batch] * seeds.randint(1, 3)
    seeds.shuffle(batches)
    left = [json.dumps(batch).encode() for batch in batches]
    answered = threading.Semaphore(0)
    wrong: list[int] = []

    def work() -> None:
        while True:
            try:
                body = left.pop()
            except IndexError:
                return
            # As the vendor does: again until it is taken.
            while (status := receiver.send(body)) != 204:
                if status not in {None, 503}:
                    wrong.append(status or 0)
                    return
                time.sleep(0.05)
            answered.release()

    senders = [threading.Thread(target=work) for _ in range(4)]
    for sender in senders:
        sender.start()
    for _ in range(3):
        for _ in range(8):
            assert answered.acquire(timeout=PATIENCE)
        receiver.kill()
        receiver.start()
    for sender in senders:
        sender.join(PATIENCE)
    assert not wrong
    assert dict(receiver.stored()) == wanted
    assert len(receiver.stored()) == len(wanted)


def test_what_was_answered_is_stored_as_it_came(receiver: Receiver) -> None:
    body = b'{"messages": [{"id": 7, "amount": 1.10}]}'
    for _ in range(2):
        assert receiver.send(body) == 204
    receiver.kill()
    assert receiver.stored() == [("7", {"id": 7, "amount": 1.1})]
    database = sqlite3.connect(receiver.database)
    assert database.execute("SELECT body FROM batches").fetchall() == [(body,)]
    database.close()


def test_a_message_without_an_id_is_kept_once(receiver: Receiver) -> None:
    assert receiver.send(b'[{"a": 1}, {"a": 2}, {"a": 1}, "text"]') == 204
    assert receiver.send(b'[{"a": 2}, {"a": 1}]') == 204
    assert sorted(json.dumps(found) for _, found in receiver.stored()) == ['"text"', '{"a": 1}', '{"a": 2}']


REFUSED: list[tuple[bytes, tuple[str, str] | None, int]] = [
    (b"[]", None, 401),
    (b"[]", ("ropo", "another"), 401),
    (b"[]", ("another", "a-password"), 401),
    (b"[]", ("ropö", "ä"), 401),
    (b"", SENDER, 400),
    (b"3", SENDER, 400),
    (b"[{", SENDER, 400),
    (b"\xff", SENDER, 400),
    (b"[" * 100_000, SENDER, 400),
    (b"[" + b" " * 21 * 1024**2 + b"]", SENDER, 413),
    (b"[]", SENDER, 204),
]


def test_what_is_refused(receiver: Receiver) -> None:
    found = [(body[:20], auth, receiver.send(body, auth)) for body, auth, _ in REFUSED]
    assert found == [(body[:20], auth, status) for body, auth, status in REFUSED]
    assert receiver.stored() == []


def test_a_disk_that_fails_is_told_so_that_it_comes_again(receiver: Receiver) -> None:
    receiver.database.mkdir()
    assert receiver.send(b'[{"id": 1}]') == 503
    receiver.database.rmdir()
    assert receiver.send(b'[{"id": 1}]') == 204
    assert receiver.stored() == [("1", {"id": 1})]
