"""Saving many PDFs that is cancelled, killed, and called again: in the end each is there, whole, and nothing else.

Prints what it took. `make pdfs` does it with 10,000.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rawserver import PATIENCE

from ropo_jobs_sandbox import Sandbox
from ropo_jobs_sandbox.pdf import draw

COUNT = int(os.environ.get("ROPO_PDFS", "200"))


@cache
def _blank() -> bytes:
    with Sandbox() as sandbox:
        job = sandbox.job(sandbox.add_example_job())
        assert job is not None
        return draw((job["original"],))


def _drawn(items: Sequence[Any]) -> bytes:
    """A PDF of each bill's own, without the time that it takes to draw one."""
    digest = hashlib.sha256(json.dumps(items[0], sort_keys=True).encode()).hexdigest()
    return _blank() + f"% {digest}\n%%EOF\n".encode()


def _start(backend: str, sandbox: Sandbox, directory: Path, cancel_after: int = 0) -> subprocess.Popen[bytes]:
    worker = Path(__file__).with_name("pdfs_worker.py")
    arguments = [backend, sandbox.base_url, sandbox.cid, sandbox.apicode, directory, COUNT, cancel_after]
    return subprocess.Popen([sys.executable, str(worker), *map(str, arguments)], stdout=subprocess.PIPE)


def _finish(process: subprocess.Popen[bytes]) -> dict[str, int]:
    out, _ = process.communicate(timeout=max(60, COUNT / 10))
    assert process.returncode == 0
    found: dict[str, int] = json.loads(out)
    return found


def _names(directory: Path) -> list[str]:
    return os.listdir(directory)  # noqa: PTH208 # the quick way: it is asked again and again


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_each_is_there_in_the_end(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _blank()
    monkeypatch.setattr("ropo_jobs_sandbox.app.draw", _drawn)
    with Sandbox() as sandbox:
        jobids = [sandbox.add_example_job(billnum=str(i)) for i in range(COUNT)]
        started = time.monotonic()

        cancelled = _finish(_start(backend, sandbox, tmp_path, cancel_after=COUNT // 3))
        first = _names(tmp_path)
        assert "saved" not in cancelled
        assert COUNT // 3 <= len(first) < COUNT
        assert all(name.endswith(".pdf") for name in first)

        killed = _start(backend, sandbox, tmp_path)
        end = time.monotonic() + PATIENCE + COUNT / 10
        while len(_names(tmp_path)) < COUNT * 2 // 3:
            assert killed.poll() is None
            assert time.monotonic() < end
            time.sleep(0.002)
        killed.kill()
        killed.communicate()
        second = _names(tmp_path)
        parts = [name for name in second if not name.endswith(".pdf")]
        assert len(second) - len(parts) < COUNT

        left = COUNT - len(second) + len(parts)
        last = _finish(_start(backend, sandbox, tmp_path))
        assert (last["saved"], last["skipped"], last["failed"]) == (left, COUNT - left, 0)
        seconds = time.monotonic() - started
        assert sorted(_names(tmp_path)) == sorted(f"{i}.pdf" for i in range(COUNT))
        for i, jobid in enumerate(jobids):
            job = sandbox.job(jobid)
            assert job is not None
            assert (tmp_path / f"{i}.pdf").read_bytes() == _drawn((job["original"],)), i
        # What was under way when it was interrupted is fetched twice, and nothing else.
        fetched = sandbox.carried_out("GET /jobs/pdf")
        assert fetched <= COUNT + 2 * 8
    assert last["growth"] < 4 * 1024
    with capsys.disabled():
        print(
            f"\nPDFs, {backend}: {COUNT} saved, cancelled at {len(first)}, killed at {len(second) - len(parts)} with "
            f"{len(parts)} parts left: none missing, {fetched} fetched, {seconds:.1f} s, memory grew "
            f"{last['growth']} KiB"
        )
