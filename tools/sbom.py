"""Write requirements/sbom.cdx.json, the CycloneDX document that goes into the wheel: `make sbom`.

It names the library, what it and its extras need, and what these need, in the versions that the tests ran with
(requirements/dev.txt). It holds no time and no random number: the same versions give the same document. `--check` tells
whether it is what would be written.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
SBOM = ROOT / "requirements" / "sbom.cdx.json"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NAME: str = PROJECT["name"]


def version() -> str:
    found = re.search(r'__version__ = "(.+)"', (ROOT / "ropo_jobs_client/_version.py").read_text(encoding="utf-8"))
    assert found
    return found[1]


def pinned() -> tuple[dict[str, str], dict[str, set[str]]]:
    """Return the version of each package, and which packages need it, as the resolver wrote both down."""
    versions: dict[str, str] = {}
    needed_by: dict[str, set[str]] = {}
    name = ""
    for line in (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8").splitlines():
        if pin := re.match(r"([^\s=\[]+)(?:\[.*\])?==(\S+)", line):
            name = canonicalize_name(pin[1])
            versions[name] = pin[2]
            needed_by[name] = set()
        elif via := re.match(r"    #(?: via)?\s+(\S+)(.*)", line):
            needed_by[name].add(canonicalize_name(via[1]))
    return versions, needed_by


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(each).name) for each in requirements}


def closure(direct: set[str], needs: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    left = set(direct)
    while left:
        found.add(name := left.pop())
        left |= needs.get(name, set()) - found
    return found


def document() -> dict[str, Any]:
    versions, needed_by = pinned()
    needs = {name: {other for other, users in needed_by.items() if name in users} for name in versions}
    always, extras = names(PROJECT["dependencies"]), PROJECT["optional-dependencies"].values()
    optional = names([each for extra in extras for each in extra])
    required = closure(always, needs)
    purls = {name: f"pkg:pypi/{name}@{versions[name]}" for name in required | closure(optional, needs)}
    own = f"pkg:pypi/{NAME}@{version()}"
    licences = [{"license": {"id": PROJECT["license"]}}]
    library = {"type": "library", "bom-ref": own, "name": NAME, "version": version(), "licenses": licences, "purl": own}
    components = [
        {
            "type": "library",
            "bom-ref": purl,
            "name": name,
            "version": versions[name],
            "scope": "required" if name in required else "optional",
            "purl": purl,
        }
        for name, purl in sorted(purls.items())
    ]
    edges = {own: always | optional, **{purl: needs[name] for name, purl in sorted(purls.items())}}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": library},
        "components": components,
        "dependencies": [
            {"ref": ref, "dependsOn": sorted(purls[name] for name in others)} for ref, others in edges.items()
        ],
    }


def main() -> None:
    text = json.dumps(document(), indent=2) + "\n"
    if "--check" not in sys.argv:
        SBOM.write_text(text, encoding="utf-8")
    elif not SBOM.exists() or SBOM.read_text(encoding="utf-8") != text:
        sys.exit("sbom: requirements/sbom.cdx.json does not fit the version and the pinned packages: make sbom")


if __name__ == "__main__":
    main()
