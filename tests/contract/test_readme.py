"""README's table of operations and methods, held against openapi.yaml and the client."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ropo_jobs_client import RopoJobsClient

ROOT = Path(__file__).parents[2]

HEAD = ["operation", "method", "one of", "gives", "may be repeated"]

# What stands for no operation.
OTHERS = {"aclose", "from_env", "with_options"}


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("|").split("|")]


def rows() -> list[list[str]]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    table = text.partition("| operation |")[2].partition("\n\n")[0].splitlines()
    return [cells(line) for line in table[2:]]


def retries() -> dict[str, tuple[str, list[str]]]:
    """How each operation of the document may be repeated, and with which parameters it is safe."""
    document: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text(encoding="utf-8"))
    return {
        f"{method.upper()} {path}": (operation["x-retry"], operation.get("x-retry-safe-with", []))
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if "x-retry" in operation
    }


def words(cell: str) -> list[str]:
    """The names in a cell: what is in backticks, without arguments."""
    return re.findall(r"`(\w+)", cell)


def test_the_table_is_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert cells(next(line for line in text.splitlines() if line.startswith("| operation |"))) == HEAD
    assert all(len(row) == len(HEAD) for row in rows())


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
    operation, methods, one_of, gives, repeated = row
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
        if not one_of.startswith("in the body"):
            identifiers = set(re.findall(r"[a-z]+", one_of)) - {"and", "both"}
            assert identifiers <= signature.parameters.keys()
    annotations = [str(inspect.signature(getattr(RopoJobsClient, name)).return_annotation) for name in words(methods)]
    given = re.findall("`(.+?)`", gives) or ["None"]
    assert [
        annotation.replace("AbstractAsyncContextManager[PdfStream]", "PdfStream") for annotation in annotations
    ] == given
