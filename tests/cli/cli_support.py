"""Runs `ropo-jobs` as a person would: in a pipe, and in a terminal."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Generator
from pathlib import Path
from typing import IO, Any

import pytest

from ropo_jobs_sandbox import Sandbox

PATIENCE = 30.0

BILL: dict[str, Any] = {
    "jobtype": 0,
    "customertype": 2,
    "person": "Teppo Testaaja",
    "address": "Sammonkatu 23-25 A 7",
    "postcode": "70100",
    "city": "KUOPIO",
    "custnum": "1022",
    "billnum": "11213",
    "billdate": "2026-11-22",
    "paydate": "2026-12-06",
    "payrow": [{"desc": "Hieronta", "count": 2, "itemtype": "h", "amount": 35.00, "taxpr": 25.50}],
}

# Takes the terminal of its stderr for its own, as a shell does for what it starts.
_LAUNCH = "import fcntl, os, sys, termios; fcntl.ioctl(2, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"


class Terminal:
    """A terminal, and the program that runs in it."""

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self.process = process
        self.seen = ""
        self._master = master

    def expect(self, text: str) -> str:
        """Read until a text is there; give all that was read."""
        end = time.monotonic() + PATIENCE
        while text not in self.seen:
            if not self._read(end - time.monotonic()):
                raise AssertionError(f"{text!r} did not come: {self.seen!r}")
        return self.seen

    def type(self, text: str) -> None:
        """Type; "\\x03" is Ctrl-C."""
        os.write(self._master, text.encode())

    def end(self) -> int:
        """Read to the end; give the exit code."""
        end = time.monotonic() + PATIENCE
        while self._read(end - time.monotonic()):
            pass
        return self.process.wait(timeout=PATIENCE)

    def _read(self, seconds: float) -> bool:
        if not select.select([self._master], [], [], max(seconds, 0))[0]:
            raise AssertionError(f"nothing more came: {self.seen!r}")
        try:
            chunk = os.read(self._master, 65536)
        except OSError:  # the other end is closed
            return False
        self.seen += chunk.decode(errors="replace").replace("\r\n", "\n")
        return bool(chunk)


class Program:
    """`ropo-jobs` with its settings, in a directory of its own."""

    def __init__(self, directory: Path, settings: dict[str, str]) -> None:
        self.directory = directory
        # As people run it: nothing that steers Python, such as PYTHONUNBUFFERED.
        steering = ("ROPO_", "NO_COLOR", "PYTHON")
        kept = {name: text for name, text in os.environ.items() if not name.startswith(steering)}
        self.environ = {**kept, "HOME": str(directory), "XDG_CONFIG_HOME": str(directory / "config"), **settings}
        self.environ["TERM"] = "xterm-256color"

    @property
    def config(self) -> Path:
        return self.directory / "config" / "ropo-jobs" / "config.toml"

    def write_config(self, text: str, mode: int = 0o600) -> Path:
        self.config.parent.mkdir(parents=True, exist_ok=True)
        self.config.write_text(text)
        self.config.chmod(mode)
        return self.config

    def write_bills(self, *bills: dict[str, Any], name: str = "bills.json") -> Path:
        path = self.directory / name
        path.write_text(json.dumps(list(bills or (BILL,))))
        return path

    def start(
        self,
        *arguments: object,
        stdin: int = subprocess.DEVNULL,
        stdout: int | IO[bytes] = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
        shell: str = "",
    ) -> subprocess.Popen[bytes]:
        """Start it in pipes, away from any terminal, where need be by a shell that does something first."""
        return subprocess.Popen(
            [
                *(["/bin/sh", "-c", f'{shell}; exec "$@"', "sh"] if shell else []),
                sys.executable,
                "-m",
                "ropo_jobs_cli",
                *map(str, arguments),
            ],
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            env=self.environ,
            cwd=self.directory,
            start_new_session=True,
        )

    def run(self, *arguments: object, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run it in pipes."""
        process = self.start(*arguments, stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE)
        out, err = process.communicate(None if stdin is None else stdin.encode(), timeout=PATIENCE)
        return subprocess.CompletedProcess(process.args, process.returncode, out.decode(), err.decode())

    def lines(self, *arguments: object, stdin: str | None = None) -> list[dict[str, Any]]:
        """Run it in pipes, and read the JSON that it wrote."""
        done = self.run(*arguments, stdin=stdin)
        assert (done.returncode, done.stderr) == (0, ""), done
        return [json.loads(line) for line in done.stdout.splitlines()]

    def fails(self, code: int, *arguments: object, stdin: str | None = None) -> str:
        """Run it in pipes; it ends with this code and says why. Nothing stands on stdout."""
        done = self.run(*arguments, stdin=stdin)
        assert (done.returncode, done.stdout) == (code, ""), done
        assert "Traceback" not in done.stderr
        assert done.stderr.startswith("ropo-jobs: ")
        return done.stderr

    @contextlib.contextmanager
    def terminal(self, *arguments: object, width: int = 80, stdin: int | None = None) -> Generator[Terminal]:
        """Run it in a terminal."""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
        launch = [sys.executable, "-S", "-c", _LAUNCH, sys.executable, "-m", "ropo_jobs_cli", *map(str, arguments)]
        environ = {name: text for name, text in self.environ.items() if name not in {"COLUMNS", "LINES"}}
        process = subprocess.Popen(
            launch,
            stdin=slave if stdin is None else stdin,
            stdout=slave,
            stderr=slave,
            env=environ,
            cwd=self.directory,
            start_new_session=True,
        )
        os.close(slave)
        try:
            yield Terminal(process, master)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.wait()
            os.close(master)


def answer(server: socket.socket, *bodies: bytes) -> None:
    """Answer one request with each of these, or with 204 where it is empty."""
    for body in bodies:
        connection, _ = server.accept()
        with connection:
            received = b""
            while b"\r\n\r\n" not in received or (received.startswith(b"POST") and not received.endswith(b"}")):
                received += connection.recv(65536)
            head = f"HTTP/1.1 {201 if body else 204} OK\r\nConnection: close\r\n"
            if body:
                head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            connection.sendall(head.encode() + b"\r\n" + body)


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what another process does."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def plain(text: str) -> str:
    """Take colours and the like out of what a terminal got."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


@pytest.fixture
def sandbox() -> Generator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
def program(sandbox: Sandbox, tmp_path: Path) -> Program:
    where = {"ROPO_BASE_URL": sandbox.base_url, "ROPO_CID": sandbox.cid, "ROPO_APICODE": sandbox.apicode}
    return Program(tmp_path, where)
