"""Build the wheel and the sdist, check them, and use what they install with the sources gone: `make dist-check`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = ROOT / ".venvs" / "tools" / "bin"
# The versions of the lock file, so that a check does not depend on what was released this morning.
PINNED = ROOT / "requirements" / "dev.txt"


def run(*command: str | Path, cwd: Path = ROOT) -> None:
    print("+", *command, flush=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    # What it says is of interest when it fails.
    result = subprocess.run(
        [str(each) for each in command],
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode:
        sys.exit(f"{result.stdout}\ndist-check: this failed: {' '.join(result.args)}")


def build(source: Path, kind: str, out: Path) -> Path:
    run(sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", out, source)
    [built] = out.iterdir()
    return built


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def check_same(direct: Path, from_sdist: Path) -> None:
    one, other = contents(direct), contents(from_sdist)
    differing = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    if differing:
        sys.exit(f"the wheel that the sdist builds differs from the direct one in: {', '.join(differing)}")


def install(wheel: Path, extras: str, environment: Path) -> Path:
    """Make an environment that holds nothing but what the wheel wants."""
    run(BIN / "uv", "venv", "--quiet", "--python", sys.executable, environment)
    python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    pip = (BIN / "uv", "pip", "install", "--quiet", "--python", python)
    run(*pip, "--constraint", PINNED, f"ropo-jobs-client{extras} @ {wheel.as_uri()}")
    return python


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        wheel, sdist = build(ROOT, "wheel", scratch / "wheel"), build(ROOT, "sdist", scratch / "sdist")
        run(BIN / "validate-pyproject", "pyproject.toml")
        run(BIN / "twine", "check", "--strict", wheel, sdist)
        run(BIN / "check-wheel-contents", wheel)

        with tarfile.open(sdist) as archive:
            archive.extractall(scratch / "unpacked", filter="data")
        [unpacked] = (scratch / "unpacked").iterdir()
        check_same(wheel, build(unpacked, "wheel", scratch / "again"))

        elsewhere = scratch / "elsewhere"
        elsewhere.mkdir()
        for path in (ROOT / "tests/packaging/installed/smoke.py", ROOT / "examples/demo.py"):
            shutil.copy(path, elsewhere)
        python = install(wheel, "", scratch / "base")
        run(python, "-I", "smoke.py", cwd=elsewhere)
        python = install(wheel, "[sandbox]", scratch / "with-sandbox")
        run(python, "-I", "-m", "ropo_jobs_sandbox", "--help", cwd=elsewhere)
        run(python, "-I", "demo.py", cwd=elsewhere)
        shutil.copy(ROOT / "tests/contract/vendor/swagger.json", elsewhere)
        python = install(wheel, "[cli]", scratch / "with-cli")
        run(python, "-I", "-m", "ropo_jobs_cli", "vendor-diff", "swagger.json", cwd=elsewhere)
    print("dist-check: both distributions are fine")


if __name__ == "__main__":
    main()
