"""What is different on macOS and Windows, with fakes of what they have: docs/platforms.md tells what no test shows."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import pytest

from ropo_jobs_cli import feed as cli_feed
from ropo_jobs_cli import settings as cli_settings
from ropo_jobs_cli.stops import Stop
from ropo_jobs_client._files import AtomicFile
from ropo_jobs_client._http.network import keepalive_options

fcntl: Any = pytest.importorskip("fcntl")
write: Any = vars(cli_feed)["_write"]


def windows(**more: Any) -> SimpleNamespace:
    """The functions of `os` that are asked for there, under its name for the system."""
    return SimpleNamespace(**{**vars(os), "name": "nt", **more})


def test_keep_alive_on_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "TCP_KEEPIDLE", raising=False)
    monkeypatch.setattr(socket, "TCP_KEEPALIVE", 0x10, raising=False)
    assert (socket.IPPROTO_TCP, 0x10, 30) in keepalive_options()


def test_keep_alive_is_set_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "TCP_KEEPALIVE", raising=False)
    assert len({option for _, option, _ in keepalive_options()}) == len(keepalive_options())


@pytest.mark.parametrize("is_known", [True, False], ids=["full sync", "a file system without it"])
def test_a_saved_file_leaves_the_cache_of_the_drive_on_macos(
    is_known: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def fake(_descriptor: int, command: int) -> int:
        asked.append(f"fcntl {command}")
        if not is_known:
            raise OSError("not supported")
        return 0

    fsync = os.fsync

    def counted(descriptor: int) -> None:
        asked.append("fsync")
        fsync(descriptor)

    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", fake)
    monkeypatch.setattr(os, "fsync", counted)
    part = AtomicFile(tmp_path / "11213.pdf", 0o600)
    part.open()
    part.finish([b"%PDF-"])
    # The last is that of the directory.
    assert asked == (["fcntl 51", "fsync"] if is_known else ["fcntl 51", "fsync", "fsync"])
    assert (tmp_path / "11213.pdf").read_bytes() == b"%PDF-"


def test_on_windows_the_mode_of_the_settings_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config.toml"
    file.write_text('ROPO_TOKEN = "t"\nROPO_ENVIRONMENT = "FINLAND_TEST"\n', encoding="utf-8")
    # As it is there, whoever may read.
    file.chmod(0o666)
    with pytest.raises(Stop, match="can be read by others"):
        cli_settings.load(file)
    monkeypatch.setattr(cli_settings, "os", windows())
    assert not cli_settings.load(file).is_production


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_on_windows_nothing_waits_for_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(_obj: object) -> None:
        raise OSError("not a socket")

    reader, writer = os.pipe()
    monkeypatch.setattr(anyio, "wait_writable", never)
    monkeypatch.setattr(sys, "stdout", SimpleNamespace(fileno=lambda: writer))
    try:
        with pytest.raises(OSError, match="not a socket"):
            await write(b"{}\n")
        monkeypatch.setattr(cli_feed, "os", windows())
        await write(b"{}\n")
        assert os.read(reader, 10) == b"{}\n"
    finally:
        os.close(reader)
        os.close(writer)
