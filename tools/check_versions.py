"""Run tests on every supported Python, and with the oldest and the newest allowed dependencies: `make test-versions`.

A Python that is not on this machine is named and left out; with only one of them, nothing is compared, and that fails.
The environments stay in .venvs, so that a second run is quick. ONLY="3.12 oldest" takes the runs with one of these
words in their name; ARGS goes to pytest.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
UV = ROOT / ".venvs" / "tools" / "bin" / "uv"
ENVIRONMENTS = ROOT / ".venvs"
PINNED = ROOT / "requirements" / "dev.txt"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# The type checkers and the tests of packaging look at the sources or at what is built: the Python makes no difference.
TESTS = ["tests/unit", "tests/wire", "tests/contract", "--ignore=tests/contract/test_typing.py"]


# Of what only examples of the documentation use, FastAPI and cattrs want a newer Starlette and attrs than we do.
NOT_WITH_OLDEST = [
    "--ignore=tests/contract/test_docs_fastapi.py",
    "--ignore=tests/contract/test_docs_push.py",
    "--deselect=tests/contract/test_docs.py::test_fastapi",
    "--deselect=tests/unit/test_models.py::test_cattrs_and_pydantic_hold_models",
]


def supported() -> list[str]:
    prefix = "Programming Language :: Python :: 3."
    return [each.removeprefix(prefix[:-2]) for each in PROJECT["classifiers"] if each.startswith(prefix)]


def candidates(version: str) -> Iterator[Path]:
    yield Path(sys.executable)
    yield from sorted((Path.home() / ".pyenv" / "versions").glob(f"{version}.*/bin/python"), reverse=True)
    found = shutil.which(f"python{version}")
    if found:
        yield Path(found)


def find_python(version: str) -> Path | None:
    script = "import sys; print('%d.%d' % sys.version_info[:2])"
    for python in candidates(version):
        # A shim is there also where its Python is not.
        result = subprocess.run([python, "-I", "-c", script], capture_output=True, text=True, check=False)
        if result.returncode == 0 and result.stdout.strip() == version:
            return python
    return None


def run(*command: str | Path) -> bool:
    print("+", *command, flush=True)
    return subprocess.run([str(each) for each in command], cwd=ROOT, env=dict(os.environ), check=False).returncode == 0


def resolve(resolution: str, python: Path) -> Path:
    """Write down the oldest or the newest versions of what the library and its extras allow."""
    ENVIRONMENTS.mkdir(exist_ok=True)
    out = ENVIRONMENTS / f"{resolution}.txt"
    options = ("--upgrade", "--all-extras", "--quiet", "--no-header", "--no-emit-index-url", "--python", python)
    if not run(UV, "pip", "compile", "--resolution", resolution, *options, "--output-file", out, "pyproject.toml"):
        sys.exit(f"test-versions: no versions could be found ({resolution})")
    return out


def run_tests(name: str, python: Path, arguments: list[str], versions: Path | None = None) -> bool:
    environment = ENVIRONMENTS / name
    inside = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = (UV, "pip", "install", "--quiet", "--python", inside)
    # The tools keep their pinned versions, also where they would like newer dependencies than the oldest.
    override = ("--override", versions) if versions else ()
    return (
        (inside.exists() or run(UV, "venv", "--quiet", "--python", python, environment))
        and run(*pip, "--requirement", PINNED, *override)
        and run(*pip, "--no-deps", "--no-build-isolation", "--editable", ".")
        and run(inside, "-m", "pytest", "-q", "-n", "logical", *(arguments or TESTS))
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="make test-versions")
    parser.add_argument("--only", default="", help="words; what has one of them in its name is run")
    # What is not known here is for pytest.
    options, arguments = parser.parse_known_args()
    words = options.only.lower().split()
    pythons = {version: find_python(version) for version in supported()}
    found = {version: python for version, python in pythons.items() if python}
    if not found:
        sys.exit(f"test-versions: none of Python {', '.join(pythons)} is on the PATH or in ~/.pyenv/versions")
    oldest, newest = next(iter(found.items())), list(found.items())[-1]

    def with_oldest() -> bool:
        versions = resolve("lowest-direct", oldest[1])
        return run_tests("lowest", oldest[1], [*(arguments or TESTS), *NOT_WITH_OLDEST], versions)

    def with_newest() -> bool:
        return run_tests("highest", newest[1], arguments, resolve("highest", newest[1]))

    runs: dict[str, Callable[[], bool]] = {
        **{f"Python {version}": partial(run_tests, version, python, arguments) for version, python in found.items()},
        f"oldest dependencies, Python {oldest[0]}": with_oldest,
        f"newest dependencies, Python {newest[0]}": with_newest,
    }
    wanted = [name for name in runs if not words or any(word in name.lower() for word in words)]
    results = {name: runs[name]() for name in wanted}
    print("\ntest-versions:")
    for name, is_fine in results.items():
        print(f"  {'passed' if is_fine else 'FAILED':7} {name}")
    for version in sorted(pythons.keys() - found.keys()):
        print(f"  left out: Python {version} is neither on the PATH nor in ~/.pyenv/versions")
    if len(found) < 2:
        print("  only one Python was found: nothing was compared")
    sys.exit(0 if results and all(results.values()) and len(found) > 1 else 1)


if __name__ == "__main__":
    main()
