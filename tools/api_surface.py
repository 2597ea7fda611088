"""Print what callers see of the library and the test kit in a folder, as JSON: `python tools/api_surface.py FOLDER`.

Both are imported from there and looked at as a caller does: what counts is the path that a caller writes, not the
module in which a thing is defined. Public is what has no underscore in its path.
"""

from __future__ import annotations

import ast
import enum
import functools
import importlib
import inspect
import json
import pkgutil
import re
import sys
import types
import typing
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Fact = dict[str, Any]

LIBRARY = "ropo_jobs_client"
# Of the sandbox, what docs/testing.md names.
TEST_KIT = tuple(f"ropo_jobs_sandbox{each}" for each in ("", ".canned", ".factories", ".pytest_plugin"))
PACKAGES = ("ropo_jobs_client", "ropo_jobs_sandbox")

# What syntax calls, and a caller therefore uses without writing its name.
SYNTAX = {
    *("__aenter__", "__aexit__", "__aiter__", "__anext__", "__await__", "__call__", "__contains__", "__enter__"),
    *("__eq__", "__exit__", "__getitem__", "__hash__", "__iter__", "__len__", "__next__"),
}


def annotation_text(annotation: object) -> str | None:
    if annotation is inspect.Parameter.empty:
        return None
    if isinstance(annotation, typing.ForwardRef):
        return annotation.__forward_arg__
    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


def written_out(text: str | None, scope: dict[str, Any]) -> str | None:
    """Put what they stand for in the place of private names of unions, which a caller does not see."""
    if text is None:
        return None

    def meaning(name: re.Match[str]) -> str:
        value = scope.get(name[0])
        return inspect.formatannotation(value) if isinstance(value, types.UnionType) else name[0]

    return re.sub(r"(?<![\w.])_[A-Za-z]\w*", meaning, text)


def value_text(value: object) -> str:
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


def unpacked(annotation: str | None, scope: dict[str, Any]) -> Iterator[list[Any]]:
    """Yield the keywords that `**options: Unpack[Options]` stands for."""
    found = re.fullmatch(r"(?:\w+\.)*Unpack\[(\w+)\]", annotation or "")
    options = scope.get(found[1]) if found else None
    for base in getattr(options, "__orig_bases__", ()) if options else ():
        yield from unpacked(f"Unpack[{getattr(base, '__name__', '')}]", scope)
    for name, kind in getattr(options, "__annotations__", {}).items():
        required = name in options.__required_keys__  # type: ignore[union-attr]
        yield [name, "KEYWORD_ONLY", written_out(annotation_text(kind), scope), None if required else "left out"]


def signature_fact(function: Any) -> Fact:
    signature = inspect.signature(function)
    # A wrapper has the names of its own module; the annotations are those of what it wraps.
    scope = getattr(inspect.unwrap(function), "__globals__", {})
    parameters: dict[str, list[Any]] = {}
    for each in signature.parameters.values():
        kind = written_out(annotation_text(each.annotation), scope)
        keywords = list(unpacked(kind, scope)) if each.kind is inspect.Parameter.VAR_KEYWORD else []
        default = None if each.default is inspect.Parameter.empty else value_text(each.default)
        for parameter in keywords or [[each.name, each.kind.name, kind, default]]:
            parameters[parameter[0]] = parameter
    returns = written_out(annotation_text(signature.return_annotation), scope)
    return {"parameters": list(parameters.values()), "returns": returns}


def function_fact(function: Any, binding: str = "function") -> Fact:
    forms = [signature_fact(each) for each in (function, *typing.get_overloads(inspect.unwrap(function)))]
    if binding in {"method", "classmethod"}:
        for form in forms:
            # What it is called on.
            del form["parameters"][0]
    is_async = inspect.iscoroutinefunction(function)
    return {"kind": "function", "binding": binding, "async": is_async, **forms[0], "overloads": forms[1:]}


def member_fact(member: Any, annotation: object) -> Fact:
    binding = type(member).__name__
    if binding in {"staticmethod", "classmethod"}:
        return function_fact(member.__func__, binding)
    if inspect.isfunction(member):
        return function_fact(member, "method")
    if isinstance(member, enum.Enum):
        return {"kind": "value", "value": value_text(member.value), "type": None}
    getter = getattr(member, "fget", None) or getattr(member, "func", None)  # property, cached_property
    if getter is not None and annotation is None:
        return {"kind": "property", "type": signature_fact(getter)["returns"]}
    return {"kind": "attribute", "type": None if annotation is None else annotation_text(annotation)}


@functools.cache
def syntax_tree(module: str) -> ast.Module:
    return ast.parse(inspect.getsource(sys.modules[module]))


def assigned(cls: type) -> set[str]:
    """Return the attributes that methods of the class set, which no annotation tells of."""
    body = syntax_tree(cls.__module__).body
    tree = next((each for each in body if getattr(each, "name", None) == cls.__name__), None)
    return {
        each.attr
        for each in (ast.walk(tree) if tree else ())
        if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store)
        if isinstance(each.value, ast.Name) and each.value.id == "self"
    }


def members(cls: type) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for base in reversed(cls.__mro__):
        # What a foreign class gives is known by the name of the class.
        if not base.__module__.startswith(PACKAGES):
            continue
        annotations = inspect.get_annotations(base)
        # A generated model sets no more than its fields.
        for name in {*base.__dict__, *annotations, *(() if "__attrs_attrs__" in base.__dict__ else assigned(base))}:
            member = base.__dict__.get(name)
            if name in SYNTAX and member is not None:
                facts[name] = {"kind": "syntax"}
            elif not name.startswith("_") and (name not in facts or name in base.__dict__ or name in annotations):
                facts[name] = member_fact(member, annotations.get(name))
            if name in facts:
                facts[name].setdefault("defined", f"{base.__module__}.{base.__qualname__}")
    return facts


def base_name(base: type) -> str | None:
    """Return the name of a class that callers may know; one of our own is known by it wherever it lies."""
    path = f"{base.__module__}.{base.__qualname__}"
    if not path.startswith(PACKAGES):
        return path
    return None if "._" in path else base.__qualname__


def class_fact(cls: type) -> Fact:
    try:
        call: Fact | None = signature_fact(cls)
    except (TypeError, ValueError):
        call = None
    made_by = next(each for each in cls.__mro__ if "__init__" in each.__dict__)
    inside = members(cls)
    is_protocol = bool(getattr(cls, "_is_protocol", False))
    return {
        "kind": "class",
        "defined": f"{cls.__module__}.{cls.__qualname__}",
        "call": call and {**call, "defined": f"{made_by.__module__}.{made_by.__qualname__}"},
        "members": inside,
        "to implement": sorted(inside) if is_protocol else sorted(getattr(cls, "__abstractmethods__", ())),
        "bases": list(filter(None, map(base_name, cls.__mro__[1:]))),
    }


def exported(module: types.ModuleType) -> Iterator[str]:
    """Yield what is imported as itself, which is how a module without a list says that it exports it."""
    for statement in syntax_tree(module.__name__).body:
        if isinstance(statement, ast.ImportFrom):
            yield from (each.name for each in statement.names if each.name == each.asname)


def names(module: types.ModuleType) -> set[str]:
    inside: dict[str, Any] = vars(module)
    listed: Callable[[], list[str]] | list[str] | None = inside.get("__all__") or inside.get("__dir__")
    if listed is not None:
        return set(listed() if callable(listed) else listed)
    # Without a list, what else was imported into a module is no business of its callers.
    own = {name for name, value in inside.items() if getattr(value, "__module__", None) == module.__name__}
    return own.union(exported(module))


def submodules(module: types.ModuleType) -> set[str]:
    if not module.__name__.startswith(LIBRARY):
        return set()
    # Of its own: a module that passes on names of another one passes on its path too.
    return {each.name for each in pkgutil.iter_modules(vars(module).get("__path__", ()))}


def walk(value: Any, path: str, facts: dict[str, Fact]) -> None:
    if path in facts:
        return
    if isinstance(value, types.ModuleType):
        facts[path] = {"kind": "module"}
        for name in sorted(names(value) | submodules(value)):
            if not name.startswith("_"):
                inner = getattr(value, name, None)
                if inner is None and name in submodules(value):
                    inner = importlib.import_module(f"{value.__name__}.{name}")
                walk(inner, f"{path}.{name}", facts)
    elif isinstance(value, type):
        facts[path] = class_fact(value)
    elif inspect.isfunction(value):
        facts[path] = function_fact(value)
    elif typing.get_origin(value) is not None:
        facts[path] = {"kind": "alias", "type": annotation_text(value)}
    else:
        facts[path] = {"kind": "value", "type": type(value).__name__}


def surface(folder: Path) -> dict[str, Fact]:
    sys.path.insert(0, str(folder))
    facts: dict[str, Fact] = {}
    for name in (LIBRARY, *TEST_KIT):
        module = importlib.import_module(name)
        if not Path(module.__file__ or "").resolve().is_relative_to(folder.resolve()):
            sys.exit(f"api-surface: {name} was imported from {module.__file__}, not from {folder}")
        walk(module, name, facts)
    return facts


if __name__ == "__main__":
    print(json.dumps(surface(Path(sys.argv[1]))))
