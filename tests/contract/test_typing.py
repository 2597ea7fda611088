"""The typing of the public API, as mypy and pyright see it: see typing_contract.py."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACT = Path(__file__).with_name("typing_contract.py")
BIN = Path(sys.executable).parent
PYRIGHT = ROOT / "tools" / "node_modules" / ".bin" / "pyright"


def mypy(path: Path) -> list[str]:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = result.stdout.splitlines()
    # 0: nothing found, 1: errors found. Anything else: it did not work.
    assert (result.returncode, result.stderr) == (1 if found else 0, "")
    return found


def pyright(path: Path) -> list[str]:
    # Node comes from a wheel, beside Python.
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [str(PYRIGHT), "--outputjson", str(path)]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    found = json.loads(result.stdout)["generalDiagnostics"]
    return [f"{each['range']['start']['line'] + 1}: {each['message']}" for each in found]


def without_ignores(folder: Path) -> tuple[Path, set[int]]:
    """The contract without its ignores, and the lines that had one."""
    lines = CONTRACT.read_text(encoding="utf-8").splitlines()
    wrong = {number for number, line in enumerate(lines, start=1) if "# type: ignore[" in line}
    path = folder / "wrong_calls.py"
    path.write_text("\n".join(re.sub(r" +# type: ignore\[.*", "", line) for line in lines) + "\n", encoding="utf-8")
    return path, wrong


def test_mypy_agrees() -> None:
    assert mypy(CONTRACT) == []


def test_mypy_refuses_every_wrong_call(tmp_path: Path) -> None:
    path, wrong = without_ignores(tmp_path)
    assert len(wrong) > 50
    assert {int(line.split(":")[1]) for line in mypy(path) if ": error:" in line} == wrong


@pytest.mark.skipif(not PYRIGHT.exists(), reason="pyright is not installed: make check installs it")
def test_pyright_agrees() -> None:
    assert pyright(CONTRACT) == []
