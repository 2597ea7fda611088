"""`make api-diff` tells what breaks callers: the changes here are planted in a copy of the sources.

To read what callers see takes more than a second, so those that break callers stand in one copy, and those that do not
in another.
"""

from __future__ import annotations

import re
import runpy
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
# It is no module of a package.
TOOL = runpy.run_path(str(ROOT / "tools" / "api_diff.py"))


class Plant(NamedTuple):
    """A change of what the pattern finds, which is in one place of the sources."""

    pattern: str
    becomes: str
    says: str = ""


IN_PAYMENT = r"(class JobAddPayment\(Model\):(?:.|\n)*?\n    )"

BREAKING = {
    "a field has another type": Plant(
        r"(class JobJobInfo\(Model\):(?:.|\n)*?\n    jobid: )int", r"\1str", "JobJobInfo.jobid: was int | Unset, is str"
    ),
    "a field can be null": Plant(
        IN_PAYMENT + r"type: str \|",
        r"\1type: str | None |",
        "JobAddPayment.type: was str | Unset, is str | None | Unset",
    ),
    "a field is required": Plant(
        IN_PAYMENT + "billcode: str \\| Unset = UNSET", r"\1billcode: str", "billcode had a default, and must be given"
    ),
    "a new field is required": Plant(
        IN_PAYMENT + "amount:", r"\1currency: str\n    amount:", "currency is new, and must be"
    ),
    "a field was removed": Plant(IN_PAYMENT + "identifier: .*", r"\1", "JobAddPayment.identifier: was removed"),
    "a field has another name": Plant(IN_PAYMENT + "paydate:", r"\1date:", "JobAddPayment.paydate: was removed"),
    "a model was removed": Plant(r'^    "PayPlan",\n', "", "models.PayPlan: was removed"),
    "a public name was removed": Plant(r'^    "AttemptEvent",\n', "", "AttemptEvent: was removed"),
    "an error has another base": Plant(
        r"class JobNotFound\(NotFound\)", "class JobNotFound(ApiError)", "is no NotFound any"
    ),
    "an error is no ApiError": Plant(
        r"class RateLimited\(ApiError\)", "class RateLimited(RopoError)", "is no ApiError any"
    ),
    "an error lost an attribute": Plant(
        "^    request_id: str \\| None = None\n\n", "", "ApiError.request_id: was removed"
    ),
    "a method has another name": Plant(
        "async def add_payment\\(self", "async def pay(self", "add_payment: was removed"
    ),
    "a method is no coroutine": Plant(
        "(class RopoJobsClient(?:.|\n)*?    )async def aclose\\(self\\) -> None:(?:.|\n)*?\n\n",
        r"\1def aclose(self) -> None: ...\n\n",
        "was awaited, and can",
    ),
    "a method returns another type": Plant(
        r"(async def add_credit_note\(self.*-> )",
        r"\1None | ",
        "returned models.JobAddCreditNoteResponse, returns None | models.JobAdd",
    ),
    "an overload is gone": Plant(
        r"    @overload\n    async def get_job\(self, \*, billnum: _Text\) .*\n",
        "",
        "has no longer the form (billnum: str | ",
    ),
    "an argument has another name": Plant(
        "async def update_delivery_status\\(self, status:", "async def update_delivery_status(self, it:", "status was"
    ),
    "an argument must be given": Plant(
        "^        retries: int = 2,", "        retries: int,", "retries had a default, and must"
    ),
    "a default has another value": Plant(
        "^        deadline: float = 120.0,", "        deadline: float = 60.0,", "was 120.0 by"
    ),
    "an argument takes less": Plant(
        r"proxy: str \| lazy.httpx.Proxy \| None = None",
        "proxy: str | None = None",
        "proxy took str | lazy.httpx.Proxy | None, takes",
    ),
    "an argument goes by name alone": Plant(
        "(class RopoJobsClient(?:.|\n)*?\n        self,\n)(        credentials: .*\n)        \\*,\n",
        r"\1        *,\n\2",
        "credentials can no longer be given by position",
    ),
    "a keyword was removed": Plant(
        "^    joistocolumn: str \\| None\n", "", "has no longer the form (jobid: int | str | "
    ),
    "a constant has another value": Plant(
        'NO_ANSWER = "no_answer"', 'NO_ANSWER = "none"', "Outcome.NO_ANSWER: was 'no_answer'"
    ),
    "a constant was removed": Plant("^    SWEDEN_TEST = .*", "", "Environment.SWEDEN_TEST: was removed"),
    "a protocol asks for more": Plant(
        r"(class Journal\(Protocol\):(?:.|\n)*?)\n    async def close",
        r"\1\n    async def vacuum(self) -> None: ...\n\n    async def close",
        "Journal: vacuum must be implemented",
    ),
    "a method of a protocol has another argument": Plant(
        r"(class Journal\(Protocol\):(?:.|\n)*?async def close\(self)",
        r"\1, now: bool = False",
        "classes of one's own must",
    ),
    "a class is no context manager": Plant(
        r"(class RopoJobsClient(?:.|\n)*?async def )__aexit__", r"\1_aexit", "RopoJobsClient.__aexit__: was removed"
    ),
    "the test kit lost a function": Plant(
        "^def pay_plan\\(", "def plan_of_payments(", "factories.pay_plan: was removed"
    ),
}

HARMLESS = {
    "a new field": Plant(IN_PAYMENT + "type:", r"\1currency: str | Unset = UNSET\n    type:"),
    "a new argument with a default": Plant(
        "^        retries: int = 2,", "        hedge: bool = False,\n        retries: int = 2,"
    ),
    "a new method": Plant(
        "^    async def add_bills", "    async def ping(self) -> None: ...\n\n    async def add_bills"
    ),
    "a new error": Plant("^class RateLimited", 'class Teapot(ApiError):\n    """418."""\n\n\nclass RateLimited'),
    "an error between two others": Plant(
        r"^class NotFound\(ApiError\)", 'class Missing(ApiError):\n    """Gone."""\n\n\nclass NotFound(Missing)'
    ),
    "a new constant": Plant("^    SWEDEN_TEST =", '    DENMARK = "https://denmark.example"\n    SWEDEN_TEST ='),
    "an argument takes more": Plant(r"proxy: (str \| lazy.httpx.Proxy \| None = None,)", r"proxy: bytes | \1"),
    "a method returns what was nothing": Plant(r"(async def update_delivery_status\(self.*\) ->) None", r"\1 bool"),
    "a union in another order": Plant(IN_PAYMENT + r"type: str \| Unset", r"\1type: Unset | str"),
    "an argument also by name": Plant(r"(async def add_payment\(self), payment", r"\1, /, payment"),
    "another text": Plant('"""Whatever this library raises', '"""All that this library raises'),
    "a private name was removed": Plant("def _tidy\\(", "def _neat("),
    "defined elsewhere": Plant(
        r"class PdfTooLarge\(ResponseError\):(?:.|\n)*?\n\n\n",
        "class _Hidden:\n    class PdfTooLarge(ResponseError):\n        pass\n\nPdfTooLarge = _Hidden.PdfTooLarge\n\n",
    ),
}


# Stands for less than it did, which is told of all that is said by it.
LESS = Plant(r"^_JobId = int \| str \| Unset", "_JobId = int | Unset", "RopoJobsClient.pdf: jobid took int | str | ")


def planted(folder: Path, plants: Iterable[Plant]) -> Path:
    for package in ("ropo_jobs_client", "ropo_jobs_sandbox"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "openapi.yaml", folder)
    texts = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.py")}
    for plant in plants:
        found = [path for path, text in texts.items() if len(re.findall(plant.pattern, text, re.MULTILINE)) == 1]
        assert len(found) == 1, f"{plant.pattern} must be in one file: {[path.name for path in found]}"
        [path] = found
        texts[path] = re.sub(plant.pattern, plant.becomes, texts[path], flags=re.MULTILINE)
    for path, text in texts.items():
        path.write_text(text, encoding="utf-8")
    return folder


def lines_told(before: dict[str, Any], folder: Path, plants: Iterable[Plant]) -> list[str]:
    lines: list[str] = TOOL["changes"](before, TOOL["surface"](planted(folder, plants)))
    return lines


@pytest.fixture(scope="module")
def before() -> dict[str, Any]:
    facts: dict[str, Any] = TOOL["surface"](ROOT)
    return facts


@pytest.fixture(scope="module")
def told(before: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    return lines_told(before, tmp_path_factory.mktemp("breaking"), BREAKING.values())


@pytest.mark.parametrize("says", [each.says for each in BREAKING.values()], ids=BREAKING)
def test_told(told: list[str], says: str) -> None:
    # A change is told once for each form of a call, and not with every path and subclass.
    assert 1 <= len([line for line in told if says in line]) <= 6, told


def test_nothing_else_is_told(told: list[str]) -> None:
    # What has another name is told as gone and as new, and a field also as an argument.
    assert len(told) == len(BREAKING) + 9, "\n".join(told)


def test_not_told(before: dict[str, Any], tmp_path: Path) -> None:
    assert lines_told(before, tmp_path, HARMLESS.values()) == []


def test_it_is_told_that_a_private_name_of_a_union_stands_for_less(before: dict[str, Any], tmp_path: Path) -> None:
    lines = lines_told(before, tmp_path, [LESS])
    assert any(LESS.says in line for line in lines), lines
