"""The recipe for scripts, Celery, Django and gunicorn, as it stands in docs/recipes, run by the real ones."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from echo import PATIENCE, PDF, Echo

PAGE = Path(__file__).parents[2] / "docs" / "recipes" / "frameworks.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of the page."""
    text = PAGE.read_text(encoding="utf-8")
    for title, code in re.findall(r'^```py title="([^"]*)"\n(.*?)^```$', text, re.MULTILINE | re.DOTALL):
        (tmp_path / title).write_text(code, encoding="utf-8")
    return tmp_path


def environment(echo: Echo, **more: str) -> dict[str, str]:
    return {**os.environ, "ROPO_BASE_URL": echo.base_url, "ROPO_TOKEN": "a-token", **more}


def ask(url: str, form: dict[str, str] | None = None) -> bytes:
    """Ask until somebody listens."""
    data = None if form is None else urllib.parse.urlencode(form).encode()
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, data, timeout=PATIENCE) as answer:
                return bytes(answer.read())
        except urllib.error.URLError as error:
            if not isinstance(error.reason, ConnectionError) or time.monotonic() > end:
                raise
        time.sleep(0.05)


def test_script(folder: Path) -> None:
    with Echo() as echo:
        command = [sys.executable, "-W", "error", "script.py", "1", "2", "3"]
        done = subprocess.run(
            command, cwd=folder, env=environment(echo), capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout == "".join(f"{number}.pdf {len(PDF)}\n" for number in (1, 2, 3))
        assert echo.pdfs == 3


def test_celery(folder: Path) -> None:
    for name in ("queue", "control", "results"):
        (folder / name).mkdir()
    # A broker in a directory, which the page's settings know nothing of.
    (folder / "celeryconfig.py").write_text(
        f"broker_transport_options = {{'data_folder_in': '{folder}/queue', 'data_folder_out': '{folder}/queue',"
        f" 'control_folder': '{folder}/control'}}\nbroker_connection_retry_on_startup = True\n"
    )
    ask_for = (
        "import tasks\n"
        "tasks.app.config_from_object('celeryconfig')\n"
        "paid = [tasks.pay.delay(str(number), '10.00', '2026-11-22') for number in range(20)]\n"
        "sizes = [tasks.pdf_size.delay(str(number)) for number in range(5)]\n"
        f"print({{one.get(timeout={PATIENCE}) for one in paid}}, {{one.get(timeout={PATIENCE}) for one in sizes}})\n"
    )
    with Echo() as echo:
        where = environment(echo, BROKER_URL="filesystem://", RESULT_BACKEND=f"file://{folder}/results")
        start = "import sys, tasks; tasks.app.config_from_object('celeryconfig'); tasks.app.worker_main(sys.argv[1:])"
        options = ["worker", "--pool=prefork", "--concurrency=2", "--loglevel=WARNING", "--without-mingle"]
        with subprocess.Popen([sys.executable, "-c", start, *options], cwd=folder, env=where) as worker:
            try:
                done = subprocess.run(
                    [sys.executable, "-c", ask_for], cwd=folder, env=where, capture_output=True, text=True, check=False
                )
            finally:
                worker.terminate()
        assert done.stdout == f"{{'paid'}} {{{len(PDF)}}}\n", done
        assert echo.payments == {str(number): 1 for number in range(20)}


def test_django_in_gunicorn_with_preload(folder: Path) -> None:
    command = next(line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("gunicorn "))
    with Echo() as echo:
        where = environment(echo, SECRET_KEY="for tests")
        # Any free port: gunicorn says which one it took.
        words = [sys.executable, "-m", *command.split(), "--bind=127.0.0.1:0"]
        with subprocess.Popen(words, cwd=folder, env=where, stderr=subprocess.PIPE, text=True) as server:
            assert server.stderr is not None
            try:
                address = next(
                    found[0] for line in server.stderr if (found := re.findall(r"Listening at: (http://\S+)", line))
                )
                form = {"amount": "10.00", "day": "2026-11-22"}

                def use(number: int) -> tuple[bytes, bytes]:
                    bill = f"{address}/bills/{number}"
                    return ask(f"{bill}/payments", form), ask(f"{bill}/pdf")

                with ThreadPoolExecutor(8) as pool:
                    assert set(pool.map(use, range(40))) == {(b"paid", PDF)}
            finally:
                server.terminate()
        assert echo.payments == {str(number): 1 for number in range(40)}
