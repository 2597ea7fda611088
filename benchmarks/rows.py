"""What is measured. The first section is the table of targets; nothing is left out of it because it is missed."""

from __future__ import annotations

from collections.abc import Sequence

from .table import Figure, Row, Run, Section, Target


def _calls(client: str, tasks: int, metric: str = "calls_per_s") -> Figure:
    return Figure(Run("calls", client, tasks=tasks), metric)


def _save(client: str, metric: str = "mb_per_s") -> Figure:
    return Figure(Run("save", client), metric)


def _read(client: str, kind: str = "statusupdates") -> Figure:
    return Figure(Run("read", client, kind), "read_ms")


def _start(client: str, metric: str = "wall_ms") -> Figure:
    return Figure(Run("start", client), metric)


def _at_least(limit: float) -> Target:
    return Target(limit, at_most=False)


def targets(size: str) -> Section:
    """Return the table of targets, for a PDF of this size."""
    growth = f"`pdf().save` {size}: growth of the peak of resident memory"
    rows = [
        Row(
            "`get_job`: CPU of a call, default transport",
            _calls("default", 1, "cpu_us"),
            _calls("httpx", 1, "cpu_us"),
            "bare httpx `get().json()`",
            Target(0.85),
        ),
        Row(
            "`get_job`: CPU of a call, fast transport",
            _calls("fast", 1, "cpu_us"),
            _calls("httpx", 1, "cpu_us"),
            "bare httpx `get().json()`",
            Target(0.25),
        ),
        Row(
            "calls/s at 100 tasks, fast transport",
            _calls("fast", 100),
            _calls("pyreqwest", 100),
            "pyreqwest",
            _at_least(0.6),
        ),
        Row(
            "calls/s at 1,000 tasks, fast transport",
            _calls("fast", 1_000),
            _calls("fast", 10),
            "itself at 10 tasks",
            _at_least(0.9),
        ),
        Row(
            "calls/s at 1,000 tasks, default transport",
            _calls("default", 1_000),
            _calls("httpx-20", 1_000),
            "bare httpx, same limits",
            _at_least(3),
        ),
        *(
            Row(
                f"streaming {size}, {client} transport",
                Figure(Run("stream", client), "mb_per_s"),
                Figure(Run("stream", "curl"), "mb_per_s"),
                "curl",
                _at_least(limit),
            )
            for client, limit in (("fast", 0.9), ("default", 0.5))
        ),
        *(
            Row(
                f"`save_pdfs`, 2,000 PDFs of 60 KB to memory: CPU of each, {client} transport",
                Figure(Run("keep", client), "cpu_us"),
                Figure(Run("keep", "httpx"), "cpu_us"),
                "bare httpx, fetching alone",
                Target(limit),
            )
            for client, limit in (("default", 1.0), ("fast", 0.5))
        ),
        Row(
            f"`pdf().save` {size}, fast transport",
            _save("fast"),
            _save("openssl"),
            "`curl \\| tee \\| openssl dgst -sha256`, same core",
            _at_least(1.0),
        ),
        Row(
            f"`pdf().save` {size}, default transport",
            _save("default"),
            _save("httpx"),
            "bare httpx, writing and hashing",
            _at_least(1.0),
        ),
        *(
            Row(
                f"{growth}, {client} transport",
                _save(client, "growth_mb"),
                _save("httpx", "growth_mb"),
                "bare httpx",
                Target(4, of_value=True),
            )
            for client in ("default", "fast")
        ),
        *(
            Row(
                f"1,000 status updates, bytes to objects, {name} transport",
                _read(client),
                _read("pydantic"),
                "pydantic",
                Target(0.9),
            )
            for name, client in (("default", "ours"), ("fast", "ours-fast"))
        ),
        Row(
            "1,000 bills of 5 rows, objects to the bytes that are sent",
            Figure(Run("write", "ours"), "write_ms"),
            Figure(Run("write", "json"), "write_ms"),
            "`json.dumps` of plain dictionaries",
            Target(4),
        ),
        Row(
            "`add_bills`, 5,000 bills of 5 rows: longest time that the event loop is blocked",
            Figure(Run("block", "default"), "block_ms"),
            Figure(Run("block", "httpx"), "block_ms"),
            "bare httpx `post(json=…)`",
            Target(50, of_value=True),
        ),
        Row(
            "`import ropo_jobs_client`, above bare Python",
            _start("ropo_jobs_client"),
            _start("httpx"),
            "`import httpx`",
            Target(10, of_value=True),
        ),
        Row(
            "the same with a client made, above bare Python",
            _start("ready"),
            _start("httpx"),
            "`import httpx`",
            Target(1.3),
        ),
        Row(
            "a second client in the process, ready to connect",
            Figure(Run("second", "default"), "second_ms"),
            Figure(Run("second", "httpx"), "second_ms"),
            "a second `httpx.AsyncClient()`",
            Target(1, of_value=True),
        ),
    ]
    return Section("Targets", rows)


_NAMES = {
    "default": "this library, default transport",
    "fast": "this library, fast transport",
    "httpx": "bare httpx",
    "httpx-20": "bare httpx, limits of ours",
    "stock": "stock generated client",
    "stock-20": "stock generated client, limits of ours",
    "aiohttp": "aiohttp",
    "pyreqwest": "pyreqwest, its own API",
    "curl": "curl",
}


def _small_gets(title: str, tasks: int, metric: str, clients: tuple[str, ...]) -> Section:
    reference = _calls("httpx", tasks, metric)
    return Section(title, [Row(_NAMES[c], _calls(c, tasks, metric), reference, "bare httpx") for c in clients])


def _saving(size: str) -> Section:
    names = {
        "default": "this library, default transport",
        "fast": "this library, fast transport",
        "openssl": "`curl \\| tee \\| openssl dgst -sha256`",
        "sha256sum": "`curl \\| tee \\| sha256sum`",
        "httpx": "bare httpx, writing and hashing",
    }
    reference = _save("openssl")
    return Section(
        f"Saving {size}, hashed, on one core",
        [Row(name, _save(client), reference, "curl, tee and openssl") for client, name in names.items()],
    )


def _reading(title: str, kind: str) -> Section:
    names = {
        "ours": "this library",
        "ours-fast": "this library, with the extra fast",
        "pydantic": "pydantic v2 `validate_json`",
        "pydantic-all": "the same, unknown fields kept as ours are",
        "stock": "`json.loads` and stock `from_dict`",
        "msgspec": "msgspec",
        "unchecked": "`json.loads` and a named tuple of what came, nothing checked",
    }
    return Section(title, [Row(n, _read(c, kind), _read("pydantic", kind), "pydantic") for c, n in names.items()])


def _imports() -> Section:
    names = {
        "ropo_jobs_client": "`import ropo_jobs_client`",
        "ready": "this library, a client made",
        "open": "this library, a client about to connect over https",
        "open-fast": "the same, fast transport",
        "httpx": "`import httpx`",
        "httpx-client": "`import httpx` and `httpx.AsyncClient()`",
        "attrs": "`import attrs`",
        "anyio": "`import anyio`",
        "aiohttp": "`import aiohttp`",
        "stock": "stock generated package",
        "stock-endpoint": "stock generated package, one endpoint",
        "openai": "`import openai`",
        "githubkit": "`import githubkit`",
    }
    rows = [Row(name, _start(client), _start("httpx"), "`import httpx`") for client, name in names.items()]
    rows += [
        Row(f"{name}: CPU", _start(client, "cpu_ms"), _start("httpx", "cpu_ms"), "`import httpx`: CPU")
        for client, name in names.items()
        if client in {"ropo_jobs_client", "ready", "open", "open-fast", "httpx"}
    ]
    answers = {
        "answer": "from start to the first answer, default transport",
        "answer-fast": "from start to the first answer, fast transport",
    }
    rows += [Row(n, _start(c), _start("answer-httpx"), "bare httpx, no certificates") for c, n in answers.items()]
    return Section("Import, above bare Python", rows)


def _growth(long_calls: int, tasks: Sequence[int]) -> Section:
    rows: list[Row] = []
    for client in ("default", "fast"):
        for metric, what in (("calls_per_s", "calls/s"), ("cpu_us", "CPU of a call")):
            rows += [
                Row(
                    f"{what}, {client} transport, {n:,} tasks",
                    _calls(client, n, metric),
                    _calls(client, 10, metric),
                    "10",
                )
                for n in tasks
            ]
    part = long_calls // 20
    rows += [
        Row(
            f"CPU of a call, {client} transport, the last {part:,} of {long_calls:,}",
            Figure(Run("long", client), "last_cpu_us"),
            Figure(Run("long", client), "first_cpu_us"),
            f"the first {part:,}",
        )
        for client in ("default", "fast")
    ]
    return Section("Growth", rows)


def sections(pdf_size: int, long_calls: int, tasks: Sequence[int]) -> list[Section]:
    """Return all that is measured.

    Args:
        pdf_size: bytes of the large PDF.
        long_calls: how many calls in a row are to cost the same at the end as at the beginning.
        tasks: the numbers of tasks that growth is looked at with.
    """
    size = f"{pdf_size / 1e6:.0f} MB"
    everyone = ("default", "fast", "httpx", "stock", "aiohttp", "pyreqwest")
    many = ("default", "fast", "httpx", "httpx-20", "stock", "stock-20", "aiohttp", "pyreqwest")
    streams = ("default", "fast", "curl", "aiohttp", "httpx", "pyreqwest")
    curl = Figure(Run("stream", "curl"), "mb_per_s")
    return [
        targets(size),
        _small_gets("Small GETs: CPU of a call, one at a time", 1, "cpu_us", everyone),
        _small_gets("Small GETs: calls/s, one at a time", 1, "calls_per_s", everyone),
        _small_gets("Small GETs: calls/s at 100 tasks", 100, "calls_per_s", many),
        Section(
            f"Streaming {size}",
            [Row(_NAMES[c], Figure(Run("stream", c), "mb_per_s"), curl, "curl") for c in streams],
        ),
        _saving(size),
        _reading("Reading 1,000 status updates", "statusupdates"),
        _reading("Reading 1,000 jobs of 27 fields", "jobs"),
        _imports(),
        _growth(long_calls, tasks),
    ]
