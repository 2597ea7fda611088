"""Build the wheel and the sdist, check them, and use what they install with the sources gone: `make dist-check`."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
BIN = ROOT / ".venvs" / "tools" / "bin"
# The versions of the lock file, so that a check does not depend on what was released this morning.
PINNED = ROOT / "requirements" / "dev.txt"


def run(*command: str | Path, cwd: Path = ROOT, variables: Mapping[str, str] | None = None) -> None:
    print("+", *command, flush=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    environment |= variables or {}
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


def commit_time() -> str:
    command = ["git", "log", "-1", "--format=%ct"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def build(source: Path, kind: str, out: Path, variables: Mapping[str, str]) -> Path:
    run(sys.executable, "-m", "build", "--no-isolation", f"--{kind}", "--outdir", out, source, variables=variables)
    [built] = out.iterdir()
    return built


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def check_same(first: Path, second: Path) -> None:
    if digest(first) == digest(second):
        print(f"{first.name}: built twice, sha256 {digest(first)}")
        return
    differing: list[str] = []
    if first.suffix == ".whl":
        one, other = contents(first), contents(second)
        differing = sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))
    where = ", ".join(differing) or "times, modes or the order of its files"
    sys.exit(f"dist-check: {first.name} differs when it is built again from the sdist: {where}")


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
        times = {"SOURCE_DATE_EPOCH": commit_time()}
        wheel = build(ROOT, "wheel", scratch / "wheel", times)
        sdist = build(ROOT, "sdist", scratch / "sdist", times)
        run(BIN / "validate-pyproject", "pyproject.toml")
        run(BIN / "twine", "check", "--strict", wheel, sdist)
        run(BIN / "check-wheel-contents", wheel)
        if not any(name.endswith(".dist-info/sboms/sbom.cdx.json") for name in contents(wheel)):
            sys.exit("dist-check: the wheel has no SBOM")

        with tarfile.open(sdist) as archive:
            archive.extractall(scratch / "unpacked", filter="data")
        [unpacked] = (scratch / "unpacked").iterdir()
        # Elsewhere, at another time, in another time zone, by someone whose files nobody else may read.
        mask = os.umask(0o077)
        others = {**times, "TZ": "Pacific/Apia", "LC_ALL": "C"}
        for path in unpacked.rglob("*"):
            path.chmod(path.stat().st_mode & 0o700)
            os.utime(path, (1_000_000_000, 1_000_000_000))
        check_same(wheel, build(unpacked, "wheel", scratch / "wheel-again", others))
        check_same(sdist, build(unpacked, "sdist", scratch / "sdist-again", others))
        os.umask(mask)

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
