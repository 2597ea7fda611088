"""What README and the documentation tell a newcomer to type, typed as it stands, in a checkout."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
SOURCES = ("ropo_jobs_client", "ropo_jobs_cli", "ropo_jobs_sandbox")
COPIED = ("requirements", *SOURCES, "pyproject.toml", "README.md", "LICENSE", "openapi.yaml")


def typed(pattern: str) -> Iterator[str]:
    for page in PAGES:
        yield from re.findall(pattern, page.read_text(encoding="utf-8"), re.MULTILINE)


INSTALLS = sorted({line.strip() for line in typed(r"\bpip install[^\n#`]*")})


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("a newcomer") / "checkout"
    folder.mkdir()
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def variables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Let pip find here what it would fetch: nothing is asked of other hosts."""
    programs = tmp_path_factory.mktemp("programs")
    (programs / "python3").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (programs / "python3").chmod(0o755)
    return {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "HOME": str(programs),
        "PYTHONPATH": sysconfig.get_path("purelib"),
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
        # pip's own way to say --no-build-isolation.
        "PIP_NO_BUILD_ISOLATION": "0",
    }


def tutorial() -> list[str]:
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    return text.partition("```sh\n")[2].partition("```")[0].splitlines()


def begin_tutorial(checkout: Path, variables: dict[str, str]) -> None:
    *lines, last = tutorial()
    assert last.startswith("python -m ropo_jobs_sandbox")
    # Another port, because this one may be taken here.
    script = "\n".join(["set -e", *lines, f"exec {last} --port 0"])
    process = subprocess.Popen(["sh", "-c", script], cwd=checkout, env=variables, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said: list[str] = []
    with process.stdout:
        for line in process.stdout:
            said.append(line)
            if line.startswith("Stop it"):
                process.terminate()
    assert process.wait() == 0
    assert "    export ROPO_BASE_URL=http://127.0.0.1:" in "".join(said)


def test_what_is_told_works_and_stays_the_checkout(checkout: Path, variables: dict[str, str]) -> None:
    """Typed in one environment, one after the other: a change of the source is seen there to the end."""
    begin_tutorial(checkout, variables)
    assert len(INSTALLS) > 3
    look = "cd / && python -c 'import ropo_jobs_client; print(ropo_jobs_client.__file__)'"
    # The last is what an error tells to type, where the library is installed.
    for line in [*INSTALLS, "pip install 'ropo-jobs-client[cli]'"]:
        script = f"set -e\n. .venvs/tutorial/bin/activate\n{line}\n{look}"
        done = subprocess.run(
            ["sh", "-c", script], cwd=checkout, env=variables, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines()[-1] == str(checkout / "ropo_jobs_client" / "__init__.py")


def test_nothing_is_installed_by_a_name_before_there_is_a_release() -> None:
    assert [line for line in INSTALLS if not re.fullmatch(r"pip install -e (\.|'\.\[[a-z,]+\]')", line)] == []


def test_every_target_that_is_named_is_there() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", text, re.MULTILINE))
    named = set(typed(r"(?:^|`)make ([a-z][a-z-]*)"))
    assert {"demo", "test"} <= named <= targets
