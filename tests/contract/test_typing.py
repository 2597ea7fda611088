"""The typing of the public API, as mypy and pyright see it: see typing_contract.py."""

from __future__ import annotations

import ast
import inspect
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, get_overloads

import pytest

import ropo_jobs_client
from ropo_jobs_client import RopoJobsClient, errors

ROOT = Path(__file__).parents[2]
CONTRACT = Path(__file__).with_name("typing_contract.py")
# Node comes from a wheel.
NODE = ROOT / ".venvs" / "tools" / "bin"
PYRIGHT = ROOT / "tools" / "node_modules" / ".bin" / "pyright"


def mypy(path: Path) -> list[str]:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(path)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    found = result.stdout.splitlines()
    # 0: nothing found, 1: errors found. Anything else: it did not work.
    assert (result.returncode, result.stderr) == (1 if found else 0, "")
    return found


def pyright(path: Path) -> list[str]:
    environment = {**os.environ, "PATH": f"{NODE}{os.pathsep}{os.environ.get('PATH', '')}"}
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


# What ordinary users write is right in the eyes of every checker, without one ignore.

SERVICE = Path(__file__).with_name("ordinary_service.py")


def test_ordinary_code_needs_no_ignore() -> None:
    assert not re.search(r"# *(type|pyright|pyrefly) *:", SERVICE.read_text(encoding="utf-8"))
    assert mypy(SERVICE) == []


@pytest.mark.skipif(not PYRIGHT.exists(), reason="pyright is not installed: make check installs it")
@pytest.mark.parametrize("mode", ["strict", "standard", "basic"])
def test_ordinary_code_is_right_for_pyright(mode: str, tmp_path: Path) -> None:
    path = tmp_path / SERVICE.name
    path.write_text(f"# pyright: {mode}\n{SERVICE.read_text(encoding='utf-8')}", encoding="utf-8")
    (tmp_path / "pyrightconfig.json").write_text(
        json.dumps({"venvPath": str(ROOT), "venv": ".venv", "extraPaths": [str(ROOT)]}), encoding="utf-8"
    )
    assert pyright(path) == []


def test_ordinary_code_is_right_for_pyrefly(tmp_path: Path) -> None:
    (tmp_path / SERVICE.name).write_text(SERVICE.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "pyrefly.toml").write_text(
        f"python-interpreter-path = {sys.executable!r}\nsearch-path = [{str(ROOT)!r}]\n"
    )
    command = [str(Path(sys.executable).with_name("pyrefly")), "check", "--output-format", "json", SERVICE.name]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert json.loads(result.stdout)["errors"] == [], result.stderr


# Each accepted wrong call would be an ignore too many.
RIGHT_CALLS = """\
# pyright: strict, reportUnnecessaryTypeIgnoreComment=true
from ropo_jobs_client import RopoJobsClient


async def calls(ropo: RopoJobsClient) -> None:
    await ropo.get_job(jobid=1)  # type: ignore[call-overload]
    await ropo.send_transfer_report("1")  # type: ignore[arg-type]
"""


def test_mypy_would_tell_that_a_wrong_call_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "right_calls.py"
    path.write_text(RIGHT_CALLS, encoding="utf-8")
    found = [line for line in mypy(path) if "Unused" in line]
    assert [int(line.split(":")[1]) for line in found] == [6, 7]


@pytest.mark.skipif(not PYRIGHT.exists(), reason="pyright is not installed: make check installs it")
def test_pyright_would_tell_that_a_wrong_call_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "right_calls.py"
    path.write_text(RIGHT_CALLS, encoding="utf-8")
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"venvPath": str(ROOT), "venv": ".venv"}), encoding="utf-8")
    found = pyright(path)
    assert [line.split(":")[0] for line in found] == ["6", "7"]
    assert all("Unnecessary" in line for line in found)


# Complete: every method with each of its overloads and arguments, every attribute, and a wrong call of each method


def asserted() -> list[ast.expr]:
    """What the contract asserts the type of, without `await`."""
    tree = ast.parse(CONTRACT.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    found = [node.args[0] for node in calls if isinstance(node.func, ast.Name) and node.func.id == "assert_type"]
    return [node.value if isinstance(node, ast.Await) else node for node in found]


def asserted_calls(name: str) -> list[set[str]]:
    """The keywords of each call of a method whose type is asserted."""
    return [
        {keyword.arg for keyword in node.keywords if keyword.arg}
        for node in asserted()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]


def public(kind: type[Any]) -> set[str]:
    """The public attributes and methods of a class, those of its own and of ours that it inherits from."""
    own = [each for each in kind.__mro__ if each.__module__.startswith("ropo_jobs_client")]
    names = {name for each in own for name in (*vars(each), *inspect.get_annotations(each))}
    return {name for name in names if not name.startswith("_")}


def keyword_only(function: Any) -> dict[str, inspect.Parameter]:
    parameters = inspect.signature(function).parameters
    return {name: each for name, each in parameters.items() if each.kind is each.KEYWORD_ONLY}


METHODS = sorted(name for name in public(RopoJobsClient) if callable(getattr(RopoJobsClient, name)))


@pytest.mark.parametrize("name", METHODS)
def test_every_overload_and_argument_of_a_method_is_asserted(name: str) -> None:
    calls = asserted_calls(name)
    assert calls
    method = getattr(RopoJobsClient, name)
    for overload in get_overloads(method):
        needed = {argument for argument, each in keyword_only(overload).items() if each.default is each.empty}
        assert any(needed <= keywords for keywords in calls), needed
    assert keyword_only(method).keys() <= set[str]().union(*calls)


@pytest.mark.parametrize("name", METHODS)
def test_a_wrong_call_of_a_method_is_refused(name: str) -> None:
    lines = CONTRACT.read_text(encoding="utf-8").splitlines()
    assert any(f".{name}(" in line and "# type: ignore[" in line for line in lines)


CLASSES = {
    each
    for each in (*(getattr(ropo_jobs_client, name) for name in ropo_jobs_client.__all__), *vars(errors).values())
    if inspect.isclass(each) and each.__module__.startswith("ropo_jobs_client")
}


@pytest.mark.parametrize("kind", sorted(CLASSES, key=str))
def test_every_public_class_and_attribute_is_asserted(kind: type[Any]) -> None:
    assert re.search(rf"\b{kind.__name__}\b", CONTRACT.read_text(encoding="utf-8").partition("DAY =")[2])
    read = {node.func if isinstance(node, ast.Call) else node for node in asserted()}
    names = {node.attr for node in read if isinstance(node, ast.Attribute)}
    # Environments and outcomes are all alike.
    members = getattr(kind, "__members__", {})
    assert public(kind) - set(members) <= names
