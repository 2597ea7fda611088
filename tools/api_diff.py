"""Compare the public names, signatures and models with those of the last tag: `make api-diff`."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import griffe

ROOT = Path(__file__).parents[1]
PACKAGE = "ropo_jobs_client"


def last_tag() -> str | None:
    command = ["git", "describe", "--tags", "--abbrev=0"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return result.stdout.strip() or None


def exports(package: griffe.Module, path: str) -> set[str]:
    return {str(name) for name in (package[path] if path else package).exports or ()}


def broken(old: griffe.Module, new: griffe.Module) -> Iterator[str]:
    """What a caller of the old one could stumble over, a line each."""
    for path in ("", "models"):
        gone = exports(old, path) - exports(new, path)
        yield from (f"{'.'.join(filter(None, [PACKAGE, path, name]))} was removed" for name in sorted(gone))
    found = list(griffe.find_breaking_changes(old, new))
    # They lie in a private package, and are public by their other name.
    models, newer = old["_generated.models"], new["_generated.models"]
    for name in sorted(exports(old, "_generated.models") & exports(new, "_generated.models")):
        found += griffe.find_breaking_changes(models[name].final_target, newer[name].final_target)
    for breakage in found:
        yield re.sub(r"\x1b\[\d+m", "", breakage.explain(griffe.ExplanationStyle.ONE_LINE))


def main() -> int:
    tag = last_tag()
    if tag is None:
        print("api-diff: there is no tag yet to compare with")
        return 0
    old = griffe.load_git(PACKAGE, ref=tag, repo=ROOT, resolve_aliases=True)
    new = griffe.load(PACKAGE, search_paths=[ROOT], resolve_aliases=True)
    assert isinstance(old, griffe.Module)
    assert isinstance(new, griffe.Module)
    lines = list(dict.fromkeys(broken(old, new)))
    print("\n".join([f"api-diff: {len(lines)} changes since {tag} can break a caller", *lines]))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
