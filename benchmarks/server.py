"""The server of the benchmarks: nginx with static answers, or uvicorn where there is no nginx."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from . import answers

_NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 16000; }}
http {{
    access_log off; keepalive_timeout 300s; keepalive_requests 1000000000;
    sendfile on; open_file_cache max=10; default_type application/json;
    client_max_body_size 0; client_body_buffer_size 16m;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    map $arg_jobid $pdf {{ default big.pdf; {small} small.pdf; ~^1[0-9][0-9][0-9][0-9][0-9][0-9]$ many.pdf; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location = /rest/token {{ return 201 '{token}'; }}
        location = /rest/jobs {{
            if ($request_method = POST) {{ return 201 '{added}'; }}
            return 200 '{job}';
        }}
        location = /rest/jobs/statusupdates {{ alias {folder}/statusupdates.json; }}
        location = /rest/jobs/pdf {{ default_type application/pdf; root {folder}; try_files /$pdf =404; }}
    }}
}}
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server.

    Attributes:
        base_url: ends in /rest.
        software: name and version.
        sha256: of the large PDF.
    """

    base_url: str
    software: str
    sha256: str


@contextlib.contextmanager
def serve(folder: Path, pdf_size: int, core: int | None, tools: str) -> Generator[Server]:
    """Run the server on one core.

    Args:
        folder: where its files go.
        pdf_size: bytes of the large PDF.
        core: number of the core, or None where there is but one.
        tools: a Python that has uvicorn.
    """
    sha256 = _write_files(folder, pdf_size)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    nginx = _nginx()
    if nginx is not None:
        config = folder / "nginx.conf"
        config.write_text(
            _NGINX.format(
                folder=folder,
                port=port,
                small=answers.SMALL_JOBID,
                token=answers.encode(answers.TOKEN).decode(),
                job=answers.encode(answers.JOB).decode(),
                added=answers.encode(answers.ADDED).decode(),
            )
        )
        command = [nginx, "-e", "stderr", "-p", str(folder), "-c", str(config)]
        software = subprocess.run([nginx, "-v"], capture_output=True, text=True, check=True).stderr.split(": ")[-1]
    else:
        command = [tools, "-m", "benchmarks.fallback_server", str(port), str(folder)]
        software = "uvicorn"
        print(
            "bench: WARNING: no nginx. uvicorn is the bottleneck, the calls/s and MB/s are worthless", file=sys.stderr
        )
    pin = [] if core is None else ["taskset", "-c", str(core)]
    process = subprocess.Popen([*pin, *command], stdin=subprocess.DEVNULL)
    try:
        base_url = f"http://127.0.0.1:{port}/rest"
        _wait(f"{base_url}/jobs?jobid={answers.JOBID}", process)
        yield Server(base_url, software.strip(), sha256)
    finally:
        process.terminate()
        process.wait()


def _write_files(folder: Path, pdf_size: int) -> str:
    (folder / "statusupdates.json").write_bytes(answers.encode(answers.status_updates()))
    (folder / "jobs.json").write_bytes(answers.encode(answers.jobs()))
    digest = hashlib.sha256()
    for name, size in (("small.pdf", answers.SMALL_PDF), ("many.pdf", answers.MANY_PDF), ("big.pdf", pdf_size)):
        digest = hashlib.sha256()
        with (folder / name).open("wb") as file:
            for piece in answers.pdf(size):
                file.write(piece)
                digest.update(piece)
    return digest.hexdigest()


def _nginx() -> str | None:
    def find() -> str | None:
        return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")

    if find() is None and shutil.which("apt-get") and os.geteuid() == 0:
        print("bench: installing nginx-light", file=sys.stderr)
        subprocess.run(["apt-get", "install", "--yes", "--quiet", "nginx-light"], stdout=sys.stderr, check=False)
    return find()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(200):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), opener.open(url, timeout=5):
            return
        time.sleep(0.05)
    raise RuntimeError("the server of the benchmarks did not start")
