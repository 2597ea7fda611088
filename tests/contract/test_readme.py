"""README's table of operations and methods, held against openapi.yaml and the client."""

from __future__ import annotations

import importlib
import inspect
import re
import typing
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.readme import table
from ropo_jobs_client import RopoJobsClient
from ropo_jobs_client.api import OPERATIONS, auth, jobs

ENDPOINTS: dict[str, Any] = {
    str(getattr(importlib.import_module(f"ropo_jobs_client._generated.api.{tag}.{name}"), name.upper())): getattr(
        group, name
    )
    for tag, group in (("auth", auth), ("jobs", jobs))
    for name in dir(group)
}

ROOT = Path(__file__).parents[2]

HEAD = ["operation", "method", "one of", "gives", "may be repeated"]

# What stands for no operation.
OTHERS = {"aclose", "from_env", "record_attempts", "send", "with_options"}


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def rows() -> list[list[str]]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.partition("| operation |")[2].partition("\n\n")[0].splitlines()
    # A mark for the site may follow.
    return [cells(line) for line in table[2:] if line.startswith("|")]


def retries() -> dict[str, tuple[str, list[str]]]:
    """How each operation of the document may be repeated, and with which parameters it is safe."""
    document: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    return {
        f"{method.upper()} {path}": (operation["x-retry"], operation.get("x-retry-safe-with", []))
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if "x-retry" in operation
    }


def one_of() -> dict[str, list[str]]:
    """The arguments of which each operation of the document takes exactly one, as the methods call them."""
    return {
        name: [{"invoice_number": "billnum"}.get(one, one) for one in operation.one_of]
        for name, operation in OPERATIONS.items()
    }


def words(cell: str) -> list[str]:
    """The names in a cell: what is in backticks, without arguments."""
    return re.findall(r"`(\w+)", cell)


def test_the_table_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert cells(next(line for line in text.splitlines() if line.startswith("| operation |"))) == HEAD
    assert all(len(row) == len(HEAD) for row in rows())


def test_it_is_written_anew_from_the_client() -> None:
    assert f"\n{table()}" in (ROOT / "README.md").read_text(encoding="utf-8")
    # And nothing of it stands twice.
    assert (ROOT / "README.md").read_text(encoding="utf-8").count("| `GET /jobs` |") == 1


def test_every_operation_and_every_method_is_in_it_once() -> None:
    public = {name for name, _ in inspect.getmembers(RopoJobsClient, inspect.isroutine) if not name.startswith("_")}
    named = [name for _, methods, *_ in rows() for name in words(methods) if name != "ApiCode"]
    assert sorted(named) == sorted(public - OTHERS)
    operations = [re.findall("`(.+?)`", operation)[0] for operation, *_ in rows()]
    assert set(operations) == set(retries())
    # A filter makes two of one, and so do many PDFs.
    assert len(operations) == len(retries()) + 2


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_a_row(row: list[str]) -> None:
    operation, methods, selectors, gives, repeated = row
    operation, filtered = re.findall("`(.+?)`", operation)[0], "without a filter" not in operation
    retry, safe_with = retries()[operation]
    assert repeated == ("safe" if safe_with and filtered else retry)
    if operation == "POST /token":
        return
    for name in words(methods):
        method = getattr(RopoJobsClient, name)
        signature = inspect.signature(method)
        assert f"`{operation}`" in (inspect.getdoc(method) or "").splitlines()[0]
        # The arguments by position are those in brackets.
        positional = [each.name for each in signature.parameters.values() if each.kind is each.POSITIONAL_OR_KEYWORD]
        [shown] = re.findall(rf"`{name}(?:\((.*?)\))?`", methods)
        assert positional == ["self", *(shown.split(", ") if shown else [])]
        identifiers = re.findall(r"[a-z]+", selectors.removeprefix("in the body: "))
        if "both" in identifiers:
            assert set(identifiers) - {"and", "both"} <= signature.parameters.keys()
        elif name == "get_job":
            # The operation takes the jobid only: by billnum, the facade looks it up.
            assert identifiers == ["jobid", "billnum"]
        elif name in {"status_feed", "save_pdfs"}:
            assert identifiers == []
        elif not one_of()[operation]:
            assert set(identifiers) <= signature.parameters.keys()
        else:
            assert identifiers == one_of()[operation]
            if identifiers and not selectors.startswith("in the body"):
                check_overloads(method, identifiers)
    written = [str(inspect.signature(getattr(RopoJobsClient, name)).return_annotation) for name in words(methods)]
    # Without the modules that the names are taken from.
    annotations = [re.sub(r"\b\w+\.", "", annotation) for annotation in written]
    given = re.findall("`(.+?)`", gives) or ["None"]
    assert annotations == given


def check_overloads(method: Any, identifiers: list[str]) -> None:
    """Each overload of a method takes another one of these, and none of the rest."""
    taken = [identifiers_of(overload, identifiers) for overload in typing.get_overloads(method)]
    assert taken == [[name] for name in identifiers]


def identifiers_of(function: Any, identifiers: list[str]) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name in identifiers]


@pytest.mark.parametrize("name", [name for name, operation in OPERATIONS.items() if operation.one_of])
def test_the_endpoint_takes_exactly_one_of_them(name: str) -> None:
    module = ENDPOINTS[name]
    assert module.request.__doc__
    in_query = set(one_of()[name]) <= inspect.signature(module.request).parameters.keys()
    for function in (module.request, module.call):
        taken = [identifiers_of(overload, one_of()[name]) for overload in typing.get_overloads(function)]
        # Without a filter, status changes are read by the feed alone.
        without: list[list[str]] = (
            [[]] if in_query and OPERATIONS[name].retry == "consuming" and function is module.request else []
        )
        assert taken == ([[one] for one in one_of()[name]] + without if in_query else [])
