"""A Python that has the library's base dependencies and nothing else: no extras, no tools, and not this project."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from typing import TYPE_CHECKING

from packaging.requirements import Requirement

if TYPE_CHECKING:
    from pathlib import Path


def base_dependencies(root: Path) -> set[str]:
    """The base dependencies of pyproject.toml and all that these need, by their names."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    todo = [Requirement(each) for each in project["dependencies"]]
    found: set[str] = set()
    while todo:
        requirement = todo.pop()
        if requirement.name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found.add(requirement.name)
        todo += [Requirement(each) for each in distribution(requirement.name).requires or ()]
    return found


def link_dependencies(root: Path, folder: Path) -> None:
    """Put links to the packages of the base dependencies into a folder."""
    folder.mkdir()
    for name in base_dependencies(root):
        for file in distribution(name).files or ():
            top = file.parts[0]
            if top != ".." and not (folder / top).exists():
                (folder / top).symlink_to(str(distribution(name).locate_file(top)))


def run(folders: list[Path], script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script with nothing on its path but the standard library and these folders."""
    start = f"import sys; sys.path[:0] = {[str(folder) for folder in folders]!r}\n"
    command = [sys.executable, "-I", "-S", "-c", start + script, *arguments]
    return subprocess.run(command, cwd=folders[0], capture_output=True, text=True, check=False, timeout=120)
