"""One client used from the frameworks that services are written in: the real ones, in processes of their own."""

from __future__ import annotations

import importlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from echo import PATIENCE, PDF, Echo

HERE = Path(__file__).parent

pytestmark = pytest.mark.parametrize("transport", ["default", "fast"])


def _environment(echo: Echo, transport: str, **more: str) -> dict[str, str]:
    return {**os.environ, "ECHO_URL": echo.base_url, "ECHO_TRANSPORT": transport, "PYTHONPATH": str(HERE), **more}


@contextmanager
def _process(*command: str, environment: dict[str, str]) -> Generator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-m", *command], env=environment, cwd=HERE) as process:
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _ignore(message: object) -> None:
    del message


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _ask(url: str) -> str:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
                return str(answer.read().decode())
        except ConnectionError:
            pass
        except urllib.error.HTTPError as error:
            pytest.fail(f"{url}: {error}")
        except urllib.error.URLError as error:
            # It is not there yet.
            if not isinstance(error.reason, ConnectionError):
                raise
        assert time.monotonic() < end, url
        time.sleep(0.05)


def _pay_all(address: str, numbers: list[str]) -> list[str]:
    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(_ask, [f"{address}/{number}" for number in numbers]))


def _assert_each_paid_once(echo: Echo, numbers: list[str]) -> None:
    assert {number: echo.payments[number] for number in numbers} == dict.fromkeys(numbers, 1)


@pytest.mark.parametrize("kind", ["sync", "gthread"])
def test_gunicorn_with_preload(kind: str, transport: str) -> None:
    numbers = [f"bill-{number}" for number in range(200)]
    with Echo() as echo:
        port = _free_port()
        options = ["--preload", "--workers=2", f"--worker-class={kind}", "--threads=4", f"--bind=127.0.0.1:{port}"]
        environment = _environment(echo, transport, ECHO_USED_BEFORE_FORK="1")
        with _process("gunicorn", *options, "--log-level=warning", "service:wsgi", environment=environment):
            answers = _pay_all(f"http://127.0.0.1:{port}", numbers)
        assert [answer.split()[1] for answer in answers] == numbers
        assert len({answer.split()[0] for answer in answers}) == 2
        _assert_each_paid_once(echo, ["before-fork", *numbers])


def test_celery_with_its_prefork_pool(transport: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("queue", "control", "results"):
        (tmp_path / folder).mkdir()
    numbers = [f"bill-{number}" for number in range(60)]
    with Echo() as echo:
        environment = _environment(echo, transport, ECHO_BROKER=str(tmp_path), ECHO_USED_BEFORE_FORK="1")
        options = ["worker", "--pool=prefork", "--concurrency=2", "--loglevel=WARNING", "--without-mingle"]
        for name in ("ECHO_URL", "ECHO_BROKER", "ECHO_TRANSPORT"):
            monkeypatch.setenv(name, environment[name])
        cast("Any", monkeypatch).syspath_prepend(HERE)
        for module in ("service", "celery_app"):
            monkeypatch.delitem(sys.modules, module, raising=False)
        celery_app: Any = importlib.import_module("celery_app")
        with _process("celery", "--app=celery_app", *options, environment=environment):
            asked = [celery_app.pay.delay(number) for number in numbers]
            answers = [one.get(timeout=PATIENCE, interval=0.05) for one in asked]
        assert [number for _, number in answers] == numbers
        assert len({pid for pid, _ in answers}) == 2
        _assert_each_paid_once(echo, numbers)


def test_a_synchronous_view_of_django(transport: str) -> None:
    numbers = [f"bill-{number}" for number in range(100)]
    with Echo() as echo:
        port = _free_port()
        options = ["django_app:application", f"--port={port}", "--log-level=warning", "--lifespan=off"]
        with _process("uvicorn", *options, environment=_environment(echo, transport)):
            assert _pay_all(f"http://127.0.0.1:{port}/pay", numbers) == numbers
        _assert_each_paid_once(echo, numbers)


@pytest.mark.parametrize("loop", ["asyncio", "uvloop"])
def test_two_hundred_synchronous_endpoints_of_fastapi_at_once(loop: str, transport: str, tmp_path: Path) -> None:
    with Echo() as echo:
        port = _free_port()
        options = ["fastapi_app:app", f"--port={port}", "--log-level=warning", f"--loop={loop}"]
        environment = _environment(echo, transport, ECHO_FOLDER=str(tmp_path))
        with _process("uvicorn", *options, environment=environment), ThreadPoolExecutor(200) as pool:
            _ask(f"http://127.0.0.1:{port}/save/1000")
            sizes = list(pool.map(_ask, [f"http://127.0.0.1:{port}/save/{number}" for number in range(1, 201)]))
        assert sizes == [str(len(PDF))] * 200
        assert len(list(tmp_path.glob("*.pdf"))) == echo.pdfs == 201


def test_uvloop(transport: str) -> None:
    numbers = [f"bill-{number}" for number in range(200)]
    with Echo() as echo:
        code = (
            "import asyncio, service, sys, uvloop\n"
            "async def main(numbers):\n"
            "    answers = await asyncio.gather(*map(service.pay, numbers))\n"
            "    assert answers == numbers, answers\n"
            "for turn in range(4):\n"
            "    uvloop.run(main(sys.argv[1:][turn::4]))\n"
        )
        command = [sys.executable, "-W", "error", "-c", code, *numbers]
        subprocess.run(command, env=_environment(echo, transport), cwd=HERE, check=True, timeout=PATIENCE)
        _assert_each_paid_once(echo, numbers)


def test_cells_of_a_notebook(transport: str) -> None:
    """Jupyter's kernel has a loop that runs all the time; each cell may wait, and may leave tasks behind."""
    cells = [
        "import asyncio, os, service",
        "assert await service.pay('first') == 'first'",
        "left = asyncio.ensure_future(service.pay('left'))",
        "assert await asyncio.gather(*map(service.pay, ['a', 'b', 'c'])) == ['a', 'b', 'c']",
        "assert await left == 'left'",
        (
            "import threading; done = []\n"
            "thread = threading.Thread(target=lambda: done.append(asyncio.run(service.pay('thread'))))\n"
            "thread.start(); await asyncio.to_thread(thread.join); assert done == ['thread']"
        ),
        "await service.ropo.aclose()",
    ]
    with Echo() as echo:
        manager: Any = importlib.import_module("jupyter_client.manager").KernelManager(kernel_name="python3")
        manager.start_kernel(env=_environment(echo, transport), cwd=str(HERE))
        client = manager.blocking_client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=PATIENCE)
            for cell in cells:
                reply = client.execute_interactive(cell, timeout=PATIENCE, output_hook=_ignore)
                assert reply["content"]["status"] == "ok", reply["content"]
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)
        _assert_each_paid_once(echo, ["first", "left", "a", "b", "c", "thread"])
