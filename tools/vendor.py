"""Copy the library into another package, and tell whether such a copy was altered: `make vendor`, `make vendor-check`.

Needs nothing but Python, so that it also runs where this project has no environment.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
NAME = "ropo_jobs_client"
NOTE = "VENDORED.md"

TEXT = """\
# {name} {version}, vendored

This folder is a copy. Do not edit it: it is replaced as a whole when it is updated.

- version: {version}
- sha256 of its openapi.yaml: {document}
- sha256 of the list of files below: {whole}

## Dependencies

The package that holds this folder must depend on

{dependencies}

## Check

Whether a file was altered, is missing or was added, in a checkout of {name}:

    make vendor-check DEST=<the folder that holds this one>

Whether a file was altered or is missing, without one, in this folder:

    grep -E '^    [0-9a-f]{{64}}  ' {note} | sed 's/^    //' | sha256sum --check --quiet

## Update

Read CHANGELOG.md of the new version, and in a checkout of it:

    make vendor DEST=<the folder that holds this one>

## Files

{files}
"""


class VendorError(Exception):
    """What was asked for cannot be done; the text says why."""


def source_files() -> dict[str, Path]:
    """The library, and the licence that has to go with every copy."""
    package = ROOT / NAME
    found = [*package.rglob("*.py"), package / "py.typed"]
    return {"LICENSE": ROOT / "LICENSE", **{path.relative_to(package).as_posix(): path for path in sorted(found)}}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def listing(files: dict[str, Path]) -> str:
    return "\n".join(f"    {sha256(files[name].read_bytes())}  {name}" for name in sorted(files))


def note(files: dict[str, Path]) -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = re.search(r'__version__.*= "(.+)"', (ROOT / NAME / "_version.py").read_text(encoding="utf-8"))
    if version is None:
        raise VendorError(f"{NAME}/_version.py names no version")
    lines = listing(files)
    return TEXT.format(
        name=NAME,
        note=NOTE,
        version=version[1],
        document=sha256((ROOT / "openapi.yaml").read_bytes()),
        whole=sha256(lines.encode()),
        dependencies="\n".join(f"    {each}" for each in project["dependencies"]),
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


def copy(destination: Path) -> str:
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
    files = source_files()
    fresh = destination / f".{NAME}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    for name, path in files.items():
        (fresh / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, fresh / name)
    (fresh / NOTE).write_text(note(files), encoding="utf-8")
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
    options = parser.parse_args()
    try:
        if not options.destination.strip():
            target = {"copy": "vendor", "check": "vendor-check"}[options.what]
            raise VendorError(f"DEST is missing: make {target} DEST=path/to/pkg/_vendor")
        act = {"copy": copy, "check": check}[options.what]
        print(act(Path(options.destination)))
    except (VendorError, OSError) as error:
        print(f"vendor: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
