"""Where our side of a row spends its time: `make bench PROFILE=get_job`."""

from __future__ import annotations

import cProfile
import dataclasses
import pstats

from . import worker
from .worker import Job

ROWS = {
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
    """Measure, and measure again under the profiler, which sees the thread of the event loop only."""
    job = dataclasses.replace(template, **ROWS[row])  # type: ignore[arg-type]
    print(worker.main(job))
    profiler = cProfile.Profile()
    profiler.runcall(worker.main, job)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(35)
