"""Measure, and write the table: `make bench`."""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from importlib import metadata
from pathlib import Path

from . import profile
from .rows import sections
from .server import Server, serve
from .table import Results, Run, Section, outcome, render
from .worker import Job

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
QUICK_RESULTS = ROOT / "build" / "benchmarks.md"

_ORDER = ("calls", "save", "keep", "stream", "read", "write", "block", "start", "second", "long")
_COMPARED = (
    "ropo-jobs-client",
    *("httpx", "httpcore", "anyio", "attrs", "aiohttp", "pyreqwest"),
    *("pydantic", "msgspec", "openai", "githubkit"),
)

HOW = """\
Every figure is taken in a fresh process that is pinned to one core; the server has the other core. The runs of a kind
take turns: each round runs every one of them once, in the opposite order of the round before. Values are medians over
the rounds, the ratio is the median of the rounds' ratios, and "ratio by round" is the least and the greatest of these.

- CPU is that of all threads of the process, user and system, after warming up with 300 calls. Calls and MB/s are by
  the clock. Every answer is checked. Ours logs in with an API code, sends a token and gives typed objects.
- The references are as cheap as they can be had: bare httpx, aiohttp and pyreqwest send no token and give a dict;
  pydantic and msgspec check the plain types and drop what they do not know. "Stock" is what openapi-python-client
  makes of openapi.yaml without our templates.
- The PDF is served from and saved to {where}; what `save` waits for the disk is in no figure where that is memory.
  Of curl and of its pipeline, the time of starting the programs is taken off: that of the same with a PDF of
  1 MB.
- `sha256sum` is often built without the processor's own instructions for it, which Python's hashlib uses: the target is
  met against it the more easily. The section on saving has the same pipeline with openssl.
- Growth of memory: VmRSS after saving a small PDF, then VmHWM is reset through /proc/self/clear_refs, and read again
  after the large one.
- Imports: `python -I -c ...` less `python -I -c pass` right after it, by the clock. "Ready to connect" has the
  transport with its TLS context, all but the event loop and the socket.
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured."""

    pdf_size: int
    rounds: dict[str, int]
    repeats: dict[str, int]
    tasks: tuple[int, ...]

    def calls(self, run: Run) -> int:
        """How many calls, or repeats, one run of this kind makes."""
        many = self.repeats[run.scenario]
        return max(many, run.tasks) if run.scenario == "calls" else many


FULL = Scale(
    500_000_000,
    {
        "calls": 5,
        "keep": 5,
        "save": 5,
        "stream": 5,
        "read": 5,
        "write": 5,
        "block": 5,
        "start": 5,
        "second": 15,
        "long": 2,
    },
    {
        "calls": 2_000,
        "keep": 2_000,
        "save": 1,
        "stream": 1,
        "read": 150,
        "write": 20,
        "block": 1,
        "start": 4,
        "second": 1,
        "long": 20_000,
    },
    (10, 100, 1_000, 10_000),
)
QUICK = Scale(
    100_000_000,
    {
        "calls": 2,
        "keep": 2,
        "save": 2,
        "stream": 2,
        "read": 2,
        "write": 2,
        "block": 2,
        "start": 2,
        "second": 5,
        "long": 1,
    },
    {
        "calls": 600,
        "keep": 600,
        "save": 1,
        "stream": 1,
        "read": 40,
        "write": 5,
        "block": 1,
        "start": 2,
        "second": 1,
        "long": 4_000,
    },
    (10, 100, 1_000),
)


def say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def choose(every: list[Section], only: str) -> list[Section]:
    """Keep the rows whose name or title has this text."""
    kept = [
        dataclasses.replace(
            section, rows=[row for row in section.rows if only.lower() in f"{section.title} {row.name}".lower()]
        )
        for section in every
    ]
    return [section for section in kept if section.rows]


@contextlib.contextmanager
def workplace(pdf_size: int) -> Generator[Path]:
    """Make a folder in memory where there is room for the PDF, what is saved of it by four, and more; else on disk."""
    memory = Path("/dev/shm")  # noqa: S108
    in_memory = memory.is_dir() and shutil.disk_usage(memory).free > 8 * pdf_size
    with tempfile.TemporaryDirectory(prefix="bench-", dir=memory if in_memory else None) as folder:
        yield Path(folder)


def generate_stock(folder: Path, tools: str) -> None:
    """Generate what openapi-python-client makes of the document as it comes."""
    config = folder / "stock.yml"
    # Without this it drops the operations that answer with a PDF.
    config.write_text("content_type_overrides:\n  application/pdf: application/octet-stream\n", encoding="utf-8")
    command = [tools, "-P", "-m", "openapi_python_client", "generate", "--path", str(ROOT / "openapi.yaml")]
    command += ["--config", str(config), "--meta", "none", "--output-path", str(folder / "stock_client")]
    path = f"{Path(tools).absolute().parent}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(command, check=True, stdout=sys.stderr, env={**os.environ, "PATH": path})


def measure(runs: set[Run], scale: Scale, template: Job) -> tuple[dict[Run, list[dict[str, float]]], bool]:
    """Make all runs, in rounds. Also tells whether one failed, which is another thing than not being there yet."""
    results: dict[Run, list[dict[str, float]]] = {}
    lost: set[Run] = set()
    failed = False
    for scenario in _ORDER:
        mine = sorted(
            (run for run in runs if run.scenario == scenario), key=lambda run: (run.kind, run.tasks, run.client)
        )
        for round_ in range(scale.rounds[scenario] if mine else 0):
            say(f"{scenario}: round {round_ + 1} of {scale.rounds[scenario]}")
            for run in mine if round_ % 2 == 0 else reversed(mine):
                if run in lost:
                    continue
                job = dataclasses.replace(template, **dataclasses.asdict(run), calls=scale.calls(run))
                figures = work(job)
                if isinstance(figures, str):
                    failed |= figures.startswith("failed")
                    say(f"{run}: {figures}")
                    lost.add(run)
                else:
                    results.setdefault(run, []).append(figures)
    for run in lost:
        results.pop(run, None)
    return results, failed


def work(job: Job) -> dict[str, float] | str:
    """Measure once, in a process of its own. What is no figure says why."""
    command = [sys.executable, "-m", "benchmarks.worker", json.dumps(dataclasses.asdict(job))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if not done.stdout:
        return f"failed: {done.stderr.strip()[-2000:]}"
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    if "unavailable" in found:
        return f"not available: {found['unavailable']}"
    return {**found, "crashed": float(done.returncode != 0)}


def crashes(results: Results) -> str:
    """Return which processes gave their figures and crashed when they ended."""
    counts = {run: sum(figures["crashed"] for figures in rounds) for run, rounds in results.items()}
    lines = [f"- {run}: {count:.0f} of {len(results[run])}\n" for run, count in counts.items() if count]
    return "\nProcesses that gave their figures, and crashed when Python ended:\n\n" + "".join(lines) if lines else ""


def machine(server: Server) -> str:
    """Return what all this ran on."""
    cpu = platform.machine()
    with contextlib.suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        cpu = next(line for line in lines if line.startswith("model name")).partition(":")[2].strip()
    curl = "no curl"
    if shutil.which("curl"):
        curl = " ".join(subprocess.run(["curl", "-V"], capture_output=True, text=True, check=True).stdout.split()[:2])
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in _COMPARED)
    return (
        f"- {cpu}, {os.cpu_count()} cores, {platform.system()}\n"
        f"- {platform.python_implementation()} {platform.python_version()}; {server.software}; {curl}\n"
        f"- {versions}\n"
    )


class Meter:
    """How much of this machine others used meanwhile: where that is much, the figures are worth little."""

    def __init__(self) -> None:
        self._before = self._read()

    def __str__(self) -> str:
        busy, total, own = (after - before for before, after in zip(self._before, self._read(), strict=True))
        return f"others used {max(0.0, (busy - own) / total):.0%} of the machine meanwhile"

    def _read(self) -> tuple[float, float, float]:
        # user, nice, system, idle, iowait, irq, softirq, steal: in hundredths of a second
        fields = [int(field) / 100 for field in Path("/proc/stat").read_text(encoding="utf-8").split()[1:9]]
        return sum(fields) - fields[3] - fields[4], sum(fields), sum(os.times()[:4])


def cores() -> tuple[int | None, int | None]:
    """Return a core for the server and one for the clients."""
    free = sorted(os.sched_getaffinity(0))
    if len(free) < 2:
        say("WARNING: one core only: server and client take it from each other, and the calls/s are worth little")
        return None, None
    return free[0], free[-1]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--tools", required=True, help="a Python with the development tools")
    parser.add_argument("--quick", action="store_true", help="under two minutes; less exact")
    parser.add_argument("--only", default="", metavar="TEXT", help="only rows that have this in their name or title")
    parser.add_argument("--profile", choices=sorted(profile.ROWS), help="show where our side of a row spends its time")
    given = parser.parse_args()
    # A client that is made looks at the certificates that these name: on a machine that sets them, another figure.
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR", "SSLKEYLOGFILE"):
        os.environ.pop(name, None)
    scale = QUICK if given.quick else FULL
    chosen = choose(sections(scale.pdf_size, scale.repeats["long"], scale.tasks), given.only)
    if not chosen:
        parser.error(f"no row has {given.only!r} in its name")
    if os.getloadavg()[0] > 1:
        say(f"WARNING: others are at work on this machine (load {os.getloadavg()[0]:.1f})")
    server_core, client_core = cores()
    meter = Meter()
    with workplace(scale.pdf_size) as folder, serve(folder, scale.pdf_size, server_core, given.tools) as server:
        about = machine(server)
        if client_core is not None:
            os.sched_setaffinity(0, {client_core})  # and all processes that it starts
        generate_stock(folder, given.tools)
        template = Job(
            **dataclasses.asdict(Run("", "")),
            calls=0,
            base_url=server.base_url,
            folder=str(folder),
            pdf_size=scale.pdf_size,
            sha256=server.sha256,
        )
        if given.profile:
            profile.show(given.profile, template)
            return 0
        results, failed = measure({run for one in chosen for row in one.rows for run in row.runs}, scale, template)
        where = "memory (/dev/shm)" if folder.is_relative_to("/dev/shm") else "the disk"  # noqa: S108
    say(str(meter))
    report(chosen, results, f"{about}- {meter}\n", where, is_whole=not given.only, is_quick=given.quick)
    return int(failed)


def report(chosen: list[Section], results: Results, about: str, where: str, *, is_whole: bool, is_quick: bool) -> None:
    """Write the tables to the standard output, and those of a whole run to a file too."""
    tables = "\n".join(render(section, results) for section in chosen)
    outcomes = [outcome(row, results) for section in chosen for row in section.rows if row.target]
    missed = sum(found.is_missed for found in outcomes)
    verdict = f"{len(outcomes) - missed} of {len(outcomes)} targets are met, {missed} missed."
    tables += crashes(results)
    print(f"{tables}\n{verdict}")
    if not is_whole:
        return
    target = QUICK_RESULTS if is_quick else RESULTS
    target.parent.mkdir(exist_ok=True)
    day = datetime.datetime.now(datetime.UTC).date()
    command = "make bench QUICK=1" if is_quick else "make bench"
    head = f"# What it costs\n\n`{command}`, {day}. {verdict}\n\n{about}\n{HOW.format(where=where)}\n"
    target.write_text(head + tables)
    say(f"written to {target.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
