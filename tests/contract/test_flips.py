"""Each guess of openapi.yaml, taken to be wrong: the library follows a service that is otherwise.

A change of the document, or of one constant that has a name, and `make generate`. No other code is touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import openapi_spec_validator
import pytest
import yaml
from flipped_service import serving
from flips import FLIPS, Flip, Json

ROOT: Final = Path(__file__).parents[2]
COPIED: Final = ("codegen", "ropo_jobs_client", "ropo_jobs_sandbox")

HEAD: Final = """
import asyncio, sys
from datetime import date
from decimal import Decimal
from ropo_jobs_client import ApiCode, BearerToken, RopoJobsClient, UNSET
from ropo_jobs_client.errors import *
from ropo_jobs_client.models import *

def client(credentials=BearerToken("a-token")):
    return RopoJobsClient(credentials, base_url=sys.argv[1], retries=0)

async def fails(call):
    try:
        await call
    except RopoError as error:
        return error
    raise AssertionError("no error")

async def feed_of(ropo, journal):
    seen = []
    async with ropo.status_feed(journal) as feed:
        async for batch in feed:
            assert batch.updates and not batch.unreadable, batch
            seen += batch.updates
            await batch.ack()
        return seen, feed.gaps

async def main():
    async with client() as ropo:
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What the pipeline reads and writes, as it is."""
    for name in COPIED:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("openapi.yaml", "generator-config.yml"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-W", "error", *arguments]
    return subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)


def try_out(folder: Path, flip: Flip) -> str:
    """Run the program against the service. Return what it said on stderr."""
    (folder / "feed.db").unlink(missing_ok=True)
    with serving(flip.replies) as (base_url, came):
        result = run(folder, "-c", f"{HEAD}{flip.use}\nasyncio.run(main())\n", base_url)
    if not result.returncode:
        assert flip.sent.items() <= dict(came).items()
    # In its debug mode, asyncio says what took long on a busy machine.
    return "".join(line for line in result.stderr.splitlines(keepends=True) if not line.startswith("Executing <"))


def one_of_each_kind() -> Iterator[Any]:
    """Mark each as `more` whose kind was there: what has to be changed for it, and how the program ends before."""
    seen = set[tuple[bool, ...]]()
    for name, flip in FLIPS.items():
        kind = (flip.change is not None, flip.constants is not None, bool(flip.fails_with))
        yield pytest.param(name, id=name, marks=pytest.mark.more if kind in seen else ())
        seen.add(kind)


@pytest.mark.parametrize("name", [*one_of_each_kind()])
def test_the_library_follows(copy: Path, name: str) -> None:
    flip = FLIPS[name]
    before = try_out(copy, flip)
    *_, last = before.splitlines() or [""]
    assert last.startswith(flip.fails_with) if flip.fails_with else not last, before
    if flip.constants is not None:
        path = copy / "ropo_jobs_client" / flip.constants[0]
        text = path.read_text(encoding="utf-8")
        for old, new in flip.constants[1].items():
            assert text.count(old) == 1
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    if flip.change is not None:
        document: Json = yaml.safe_load((copy / "openapi.yaml").read_text(encoding="utf-8"))
        flip.change(document)
        openapi_spec_validator.validate(document)
        written = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
        (copy / "openapi.yaml").write_text(written, encoding="utf-8")
        generated = run(copy, "-m", "codegen.generate")
        assert (generated.returncode, generated.stderr) == (0, "")
    if flip.change is not None or flip.constants is not None:
        after = try_out(copy, flip)
        assert after == "", after
