"""Copy the library into another package, and tell whether such a copy was altered: `make vendor`, `make vendor-check`.

Needs nothing but Python, so that it also runs where this project has no environment.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
NAME = "ropo_jobs_client"
NOTE = "VENDORED.md"

# What a copy can be made without. A line that ends with such a comment is dropped with its part.
PARTS = {
    "fast": ("_http/fast.py", "_http/fast_connection.py", "_http/fast_framing.py", "_http/fast_json.py"),
    "sinks": ("sinks.py",),
    "postgres": ("feed/postgres.py", "feed/_postgres_schema.py"),
}
# The extras of the package that have another name than the part.
EXTRAS = {"sinks": "objects"}
MARK = re.compile(rb"^.*  # of the part (\w+)\r?\n", re.MULTILINE)

TEXT = """\
# {name} {version}, vendored

This folder is a copy. Do not edit it: it is replaced as a whole when it is updated.

- version: {version}
- commit: {commit}
- left out: {left_out}
- sha256 of its openapi.yaml: {document}
- sha256 of the list of files below: {whole}

## Dependencies

The package that holds this folder must depend on

{dependencies}
{extras}
## Check

Whether a file was altered, is missing or was added, in a checkout of {name}:

    make vendor-check DEST=<the folder that holds this one>

Whether a file was altered or is missing, without one, in this folder:

    grep -E '^    [0-9a-f]{{64}}  ' {note} | sed 's/^    //' | sha256sum --check --quiet

## Update

Read CHANGELOG.md of the new version, and in a checkout of it:

    make vendor DEST=<the folder that holds this one>{without}

## Files

{files}
"""


class VendorError(Exception):
    """What was asked for cannot be done; the text says why."""


def parts(names: str) -> list[str]:
    """The parts in a list with commas."""
    found = [name.strip() for name in names.split(",") if name.strip()]
    unknown = [name for name in found if name not in PARTS]
    if unknown:
        raise VendorError(f"WITHOUT={names}: {unknown[0]} is no part that can be left out, as are {', '.join(PARTS)}")
    return sorted(set(found))


def contents(without: list[str]) -> dict[str, bytes]:
    """The library without these parts, and the licence that has to go with every copy."""
    package = ROOT / NAME
    left_out = {package / name for part in without for name in PARTS[part]}
    paths = sorted({*package.rglob("*.py"), package / "py.typed"} - left_out)
    names = {part.encode() for part in without}

    def kept(path: Path) -> bytes:
        return MARK.sub(lambda line: b"" if line[1] in names else line[0], path.read_bytes())

    return {
        "LICENSE": (ROOT / "LICENSE").read_bytes(),
        **{path.relative_to(package).as_posix(): kept(path) for path in paths},
    }


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def git(*arguments: str) -> str | None:
    """What git says of this checkout; None where it is none, or there is no git."""
    try:
        command = ["git", "-C", str(ROOT), *arguments]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return result.stdout.strip() if result.returncode == 0 else None


def commit() -> str:
    top = git("rev-parse", "--show-toplevel")
    # The sources may lie unpacked inside a checkout of something else.
    head = git("rev-parse", "HEAD") if top is not None and Path(top).resolve() == ROOT.resolve() else None
    if head is None:
        return "unknown, as the copy was not made from a checkout"
    altered = git("status", "--porcelain", "--", NAME, "openapi.yaml")
    return f"{head}, with changes that are not committed" if altered else head


def listing(files: dict[str, bytes]) -> str:
    return "\n".join(f"    {sha256(files[name])}  {name}" for name in sorted(files))


def extras(project: dict[str, Any], without: list[str]) -> str:
    """What the parts in the copy need, each for those who use it or check its types."""
    offered = project["optional-dependencies"]
    needed = {part: offered.get(EXTRAS.get(part, part), []) for part in PARTS if part not in without}
    return "".join(
        f"\nand, to use or type-check the part {part}, on\n\n" + "".join(f"    {each}\n" for each in dependencies)
        for part, dependencies in needed.items()
        if dependencies
    )


def note(files: dict[str, bytes], without: list[str]) -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = re.search(r'__version__.*= "(.+)"', (ROOT / NAME / "_version.py").read_text(encoding="utf-8"))
    if version is None:
        raise VendorError(f"{NAME}/_version.py names no version")
    lines = listing(files)
    return TEXT.format(
        name=NAME,
        note=NOTE,
        version=version[1],
        commit=commit(),
        left_out=", ".join(without) or "nothing",
        without=f" WITHOUT={','.join(without)}" if without else "",
        document=sha256((ROOT / "openapi.yaml").read_bytes()),
        whole=sha256(lines.encode()),
        dependencies="\n".join(f"    {each}" for each in project["dependencies"]),
        extras=extras(project, without),
        files=lines,
    )


def differences(copy: Path) -> list[str]:
    """What was altered since the copy was made, a line each."""
    text = (copy / NOTE).read_text(encoding="utf-8")
    lines = re.findall(r"^    [0-9a-f]{64}  .+$", text, re.MULTILINE)
    whole = sha256("\n".join(lines).encode())
    if f"list of files below: {whole}\n" not in text:
        return [f"altered: {NOTE}"]
    noted = {name: digest for digest, name in (line.strip().split("  ", 1) for line in lines)}
    there = {
        path.relative_to(copy).as_posix(): path
        for path in copy.rglob("*")
        # What Python leaves behind is no alteration.
        if not path.is_dir() and "__pycache__" not in path.parts and path != copy / NOTE
    }
    return sorted(
        [f"missing: {name}" for name in noted.keys() - there.keys()]
        + [f"added: {name}" for name in there.keys() - noted.keys()]
        + [
            f"altered: {name}"
            for name in noted.keys() & there.keys()
            if sha256(there[name].read_bytes()) != noted[name]
        ]
    )


def copy(destination: Path, without: list[str]) -> str:
    target = destination / NAME
    if not destination.parent.is_dir():
        raise VendorError(
            f"{destination.parent} does not exist: DEST itself is made where it is missing, not its parents"
        )
    if destination.exists() and not destination.is_dir():
        raise VendorError(f"{destination} is no directory")
    if ROOT / NAME in (target.resolve(), *destination.resolve().parents, destination.resolve()):
        raise VendorError(f"{destination} is where the library itself is")
    if target.exists():
        check(destination, hint=f"nothing was copied. Delete {target} to give up what was altered")
    files = contents(without)
    fresh = destination / f".{NAME}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    for name, content in files.items():
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        (fresh / name).write_bytes(content)
    (fresh / NOTE).write_text(note(files, without), encoding="utf-8")
    if target.exists():
        shutil.rmtree(target)
    fresh.rename(target)
    return f"{target}: {len(files)} files copied; see {NOTE} there"


def check(destination: Path, hint: str = "delete it and copy it anew") -> str:
    target = destination / NAME
    if not target.is_dir():
        raise VendorError(f"{target} is no directory: DEST is the folder that the copy is in, such as pkg/_vendor")
    if not (target / NOTE).is_file():
        raise VendorError(f"{target} has no {NOTE}: it was not made by `make vendor`")
    found = differences(target)
    if found:
        raise VendorError("\n  ".join([f"{target} was altered; {hint}", *found]))
    return f"{target} is as it was copied"


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools/vendor.py", description=__doc__)
    parser.add_argument("what", choices=["copy", "check"])
    parser.add_argument("destination", nargs="?", default="", help="DEST: the folder that the copy is in")
    parser.add_argument("--without", default="", help=f"WITHOUT: what is left out, of {', '.join(PARTS)}")
    options = parser.parse_args()
    try:
        if not options.destination.strip():
            target = {"copy": "vendor", "check": "vendor-check"}[options.what]
            raise VendorError(f"DEST is missing: make {target} DEST=path/to/pkg/_vendor")
        destination = Path(options.destination)
        print(copy(destination, parts(options.without)) if options.what == "copy" else check(destination))
    except (VendorError, OSError) as error:
        print(f"vendor: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
