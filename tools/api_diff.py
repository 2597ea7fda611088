"""Tell what has changed since the last tag that can break a caller: `make api-diff`.

What callers see of both states is read by tools/api_surface.py, in a process each. A change that can break no caller is
not told; one of which that cannot be known is.
"""

from __future__ import annotations

import ast
import io
import json
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
SURFACE = Path(__file__).with_name("api_surface.py")

Fact = dict[str, Any]

POSITIONAL = {"POSITIONAL_ONLY", "POSITIONAL_OR_KEYWORD"}
NAMED = {"KEYWORD_ONLY", "POSITIONAL_OR_KEYWORD"}
VARIADIC = {"VAR_POSITIONAL", "VAR_KEYWORD"}


def alternatives(annotation: str | None) -> set[str]:
    """Return the types of a union, each by its name alone: where a name comes from makes no difference."""
    if annotation is None:
        return {"Any"}

    def split(node: ast.expr) -> Iterator[str]:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
            yield from split(node.left)
            yield from split(node.right)
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value) in {"Optional", "Union", "Literal"}:
            inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            is_literal = ast.unparse(node.value) == "Literal"
            for each in inner:
                yield from [f"Literal[{ast.unparse(each)}]"] if is_literal else split(each)
            yield from ["None"] if ast.unparse(node.value) == "Optional" else []
        else:
            yield ast.unparse(node)

    class NamesAlone(ast.NodeTransformer):
        def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
            return ast.Name(node.attr)

    return set(split(NamesAlone().visit(ast.parse(annotation, mode="eval")).body))


def narrowed(old: str | None, new: str | None) -> set[str]:
    """Return the types of the old union that the new one has no more."""
    left = alternatives(new)
    return set() if left & {"Any", "object"} else alternatives(old) - left


def types(old: Fact, new: Fact, *, read: bool, written: bool) -> Iterator[str]:
    lost, added = narrowed(old["type"], new["type"]), narrowed(new["type"], old["type"])
    if (written and lost) or (read and added):
        yield f"was {old['type']}, is {new['type']}"


def parameters(old: Fact, new: Fact) -> Iterator[str]:
    """Yield what a call that was right could stumble over."""
    before = {each[0]: each for each in old["parameters"]}
    after = {each[0]: each for each in new["parameters"]}
    places = [name for name, kind, *_ in new["parameters"] if kind in POSITIONAL]
    place = 0
    for name, kind, annotation, default in before.values():
        if name not in after:
            yield f"{name} was removed"
            continue
        _, new_kind, new_annotation, new_default = after[name]
        if kind in NAMED and new_kind not in NAMED:
            yield f"{name} can no longer be given by name"
        if kind in POSITIONAL:
            if new_kind not in POSITIONAL:
                yield f"{name} can no longer be given by position"
            elif places.index(name) != place:
                yield f"{name} has another position"
            place += 1
        if default is not None and new_default is None:
            yield f"{name} had a default, and must be given"
        elif default is not None and default != new_default:
            yield f"{name} was {default} by default, is {new_default}"
        if narrowed(annotation, new_annotation):
            yield f"{name} took {annotation}, takes {new_annotation}"
    for name, kind, _, default in after.values():
        if name not in before and default is None and kind not in VARIADIC:
            yield f"{name} is new, and must be given"


def results(old: Fact, new: Fact) -> Iterator[str]:
    added = narrowed(new["returns"], old["returns"])
    # What gave nothing was not used.
    if added and old["returns"] != "None":
        yield f"returned {old['returns']}, returns {new['returns']}"


def functions(old: Fact, new: Fact) -> Iterator[str]:
    if old["async"] != new["async"]:
        yield "is awaited now" if new["async"] else "was awaited, and can be no longer"
    if old["binding"] != new["binding"]:
        yield f"was a {old['binding']}, is a {new['binding']}"
    yield from parameters(old, new)
    yield from results(old, new)
    forms = new["overloads"] or [new]
    for form in old["overloads"]:
        if not any(not [*parameters(form, each), *results(form, each)] for each in forms):
            given = ", ".join(f"{name}: {kind}" for name, _, kind, _ in form["parameters"])
            yield f"has no longer the form ({given}) -> {form['returns']}"


def classes(old: Fact, new: Fact) -> Iterator[str]:
    yield from (f"is no {base} any more" for base in sorted(lost(old, new)))
    new_to_implement = set(new["to implement"]) - set(old["to implement"])
    yield from (f"{name} must be implemented by a class of one's own" for name in sorted(new_to_implement))


def differences(old: Fact, new: Fact) -> Iterator[str]:
    """Yield what is said of one thing and of none inside it."""
    if (old["kind"], new["kind"]) == ("property", "attribute"):
        yield from types(old, new, read=True, written=False)
    elif old["kind"] != new["kind"]:
        yield f"was a {old['kind']}, is a {new['kind']}"
    elif old["kind"] == "function":
        yield from functions(old, new)
    elif old["kind"] == "class":
        yield from classes(old, new)
    elif old["kind"] == "attribute":
        yield from types(old, new, read=True, written=True)
    elif old["kind"] == "property":
        yield from types(old, new, read=True, written=False)
    elif old["kind"] == "alias":
        yield from types(old, new, read=False, written=True)
    elif old["kind"] == "value":
        yield from types(old, new, read=True, written=True)
        if old.get("value") != new.get("value"):
            yield f"was {old['value']}, is {new['value']}"


def compare(old: dict[str, Fact], new: dict[str, Fact], cls: str = "", *, implemented: bool = False) -> Iterator[Fact]:
    for name, before in old.items():
        path = f"{cls}.{name}" if cls else name
        after = new.get(name)
        said = ["was removed"] if after is None else list(differences(before, after))
        after = after or {"kind": "gone"}
        is_method = before["kind"] == after["kind"] == "function"
        if implemented and is_method and before["parameters"] != after["parameters"]:
            said.append("has other parameters, and classes of one's own must follow")
        # Where it is defined, a change is the same for all paths and subclasses.
        defined = f"{before.get('defined')}.{name}" if cls else path
        yield from ({"path": path, "defined": defined, "text": text} for text in said)
        if before["kind"] == after["kind"] == "class":
            yield from made(path, before["call"], after["call"])
            # That a base is gone says that its members are.
            bases = lost(before, after)
            left = {key: fact for key, fact in before["members"].items() if fact["defined"].split(".")[-1] not in bases}
            yield from compare(left, after["members"], path, implemented=bool(before["to implement"]))


def lost(old: Fact, new: Fact) -> set[str]:
    return set(old["bases"]) - set(new["bases"])


def made(path: str, old: Fact | None, new: Fact | None) -> Iterator[Fact]:
    for text in parameters(old, new) if old and new else ():
        yield {"path": f"{path}(...)", "defined": f"{old and old['defined']}(...)", "text": text}


def changes(old: dict[str, Fact], new: dict[str, Fact]) -> list[str]:
    """Return a line for each change that can break a caller, once for all paths and subclasses that have it."""
    lines: dict[tuple[object, str], str] = {}
    for each in compare(old, new):
        lines.setdefault((each["defined"], each["text"]), f"{each['path']}: {each['text']}")
    return list(lines.values())


def surface(folder: Path) -> dict[str, Fact]:
    # The bytecode of a folder that is gone in a moment is of no use.
    command = [sys.executable, "-IB", str(SURFACE), str(folder)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        sys.exit(f"{result.stderr}api-diff: what is public in {folder} could not be read")
    facts: dict[str, Fact] = json.loads(result.stdout)
    return facts


def last_tag() -> str | None:
    command = ["git", "describe", "--tags", "--abbrev=0"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return result.stdout.strip() or None


def main() -> int:
    tag = sys.argv[1] if len(sys.argv) > 1 else last_tag()
    if tag is None:
        print("api-diff: there is no tag yet to compare with")
        return 0
    command = ["git", "archive", tag]
    archive = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        lines = changes(surface(Path(folder)), surface(ROOT))
    print("\n".join([f"api-diff: {len(lines)} changes since {tag} can break a caller", *lines]))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
