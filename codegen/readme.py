"""Write the README's table of operations, from the document and the methods of the client: `--check` only compares."""

from __future__ import annotations

import inspect
import re
import sys
import typing
from pathlib import Path
from typing import Any

from ropo_jobs_client import RopoJobsClient
from ropo_jobs_client.api import OPERATIONS

README = Path(__file__).parents[1] / "README.md"
HEAD = "| operation | method | one of | gives | may be repeated |\n| --- | --- | --- | --- | --- |\n"

# What a second method of an operation is for, and what is not asked for by a method at all.
FOR = {"status_feed": " without a filter", "save_pdfs": " for many bills"}
BY_ITSELF = {"POST /token": "by itself, for `ApiCode`"}


def methods() -> dict[str, list[str]]:
    """The methods of each operation, in the order of the document: each names it in its first line."""
    found: dict[str, list[str]] = {operation: [] for operation in OPERATIONS}
    for name in vars(RopoJobsClient):
        first = (inspect.getdoc(getattr(RopoJobsClient, name)) or "").partition("\n")[0]
        if not name.startswith("_") and (named := re.search(r"`([A-Z]+ /\S*)`", first)):
            found[named[1]].append(name)
    return found


def required(function: Any) -> list[str]:
    """The arguments by keyword that must be given."""
    parameters = inspect.signature(function).parameters.values()
    return [each.name for each in parameters if each.kind is each.KEYWORD_ONLY and each.default is each.empty]


def one_of(operation: str, name: str) -> str:
    method = getattr(RopoJobsClient, name)
    overloads = [name for overload in typing.get_overloads(method) for name in required(overload)]
    always = required(method)
    if overloads:
        return ", ".join(overloads)
    if always:
        return " and ".join(always) + (", both" if len(always) == 2 else "")
    if OPERATIONS[operation].one_of and name not in FOR:
        return "in the body: " + ", ".join(OPERATIONS[operation].one_of)
    return ""


def row(operation: str, name: str) -> list[str]:
    """The cells of a method."""
    method = getattr(RopoJobsClient, name)
    signature = inspect.signature(method)
    given = [each.name for each in signature.parameters.values() if each.kind is each.POSITIONAL_OR_KEYWORD][1:]
    returned = re.sub(r"\b(models|lazy)\.", "", str(signature.return_annotation))
    found = OPERATIONS[operation]
    retry = found.retry if name == "status_feed" or not found.retry_safe_with else "safe"
    return [
        f"`{operation}`{FOR.get(name, '')}",
        f"`{name}({', '.join(given)})`" if given else f"`{name}`",
        one_of(operation, name),
        "" if returned == "None" else f"`{returned}`",
        retry,
    ]


def table() -> str:
    rows = [row(operation, name) for operation, names in methods().items() for name in names]
    rows += [[f"`{operation}`", how, "", "", OPERATIONS[operation].retry] for operation, how in BY_ITSELF.items()]
    return HEAD + "".join("|" + "".join(f" {cell} |" if cell else " |" for cell in cells) + "\n" for cells in rows)


def main() -> int:
    text = README.read_text(encoding="utf-8")
    fresh = re.sub(re.escape(HEAD) + r"(?:\|.*\n)*", lambda _: table(), text)
    if fresh == text:
        return 0
    if "--check" in sys.argv[1:]:
        print("readme: the table of operations is not that of the client: make generate", file=sys.stderr)
        return 1
    README.write_text(fresh, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
