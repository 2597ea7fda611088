"""Where our side of a row spends its time: `make bench PROFILE=get_job`."""

from __future__ import annotations

import cProfile
import dataclasses
import pstats
import subprocess
import sys

from . import worker
from .worker import Job

ROWS: dict[str, dict[str, str | int]] = {
    "import": {"scenario": "start", "client": "ropo_jobs_client"},
    "ready": {"scenario": "start", "client": "ready"},
    "open": {"scenario": "start", "client": "open"},
    "open-fast": {"scenario": "start", "client": "open-fast"},
    "get_job": {"scenario": "calls", "client": "default", "calls": 3_000},
    "get_job-fast": {"scenario": "calls", "client": "fast", "calls": 3_000},
    "get_job-1000": {"scenario": "calls", "client": "default", "calls": 3_000, "tasks": 1_000},
    "get_job-1000-fast": {"scenario": "calls", "client": "fast", "calls": 3_000, "tasks": 1_000},
    "save_pdf": {"scenario": "save", "client": "default"},
    "save_pdf-fast": {"scenario": "save", "client": "fast"},
    "statusupdates": {"scenario": "read", "client": "ours", "kind": "statusupdates", "calls": 100},
    "jobs": {"scenario": "read", "client": "ours", "kind": "jobs", "calls": 100},
}


def show(row: str, template: Job) -> None:
    """Measure again under the profiler, which sees the thread of the event loop only; of imports, list them."""
    job = dataclasses.replace(template, **ROWS[row])  # type: ignore[arg-type]
    if job.scenario == "start":
        _show_imports(worker.CODE[job.client])
        return
    print(worker.main(job))
    profiler = cProfile.Profile()
    profiler.runcall(worker.main, job)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(35)


def _show_imports(code: str) -> None:
    command = [sys.executable, "-I", "-X", "importtime", "-c", code]
    subprocess.run(command, capture_output=True, check=True)
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stderr.splitlines()
    # import time: self [us] | cumulative | name
    found = [line.removeprefix("import time:").split("|") for line in lines if "[us]" not in line]
    print("    self  cumulative  module, in µs")
    for own, cumulative, name in sorted(found, key=lambda line: -int(line[0]))[:35]:
        print(f"{int(own):8,}  {int(cumulative):10,}  {name.strip()}")
