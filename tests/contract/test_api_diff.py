"""`make api-diff` tells what breaks callers: each change here is planted alone, in a copy of the sources."""

from __future__ import annotations

import re
import runpy
import shutil
from collections.abc import Iterator
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
        r"(async def add_payment\(self.*-> )",
        r"\1None | ",
        "returned models.JobAddPaymentResponse, returns None | models.JobAdd",
    ),
    "an overload is gone": Plant(
        r"    @overload\n    async def get_job\(self, \*, billnum: _Text\) .*\n",
        "",
        "has no longer the form (billnum: str | ",
    ),
    "an argument has another name": Plant(
        "async def add_payment\\(self, payment:", "async def add_payment(self, it:", "payment was"
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


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sources")
    for package in ("ropo_jobs_client", "ropo_jobs_sandbox"):
        shutil.copytree(ROOT / package, folder / package)
    shutil.copy(ROOT / "openapi.yaml", folder)
    return folder


def read(folder: Path) -> dict[str, Any]:
    facts: dict[str, Any] = TOOL["surface"](folder)
    return facts


def changes(before: dict[str, Any], folder: Path) -> list[str]:
    lines: list[str] = TOOL["changes"](before, read(folder))
    return lines


@pytest.fixture(scope="module")
def before(sources: Path) -> dict[str, Any]:
    return read(sources)


@pytest.fixture
def planted(sources: Path, request: pytest.FixtureRequest) -> Iterator[Path]:
    plant: Plant = request.param
    found = [
        (path, text)
        for path in sources.rglob("*.py")
        if len(re.findall(plant.pattern, text := path.read_text(encoding="utf-8"), re.MULTILINE)) == 1
    ]
    assert len(found) == 1, f"the pattern must be in one file: {[path.name for path, _ in found]}"
    [(path, text)] = found
    path.write_text(re.sub(plant.pattern, plant.becomes, text, flags=re.MULTILINE), encoding="utf-8")
    yield sources
    shutil.copy2(ROOT / path.relative_to(sources), path)


@pytest.mark.parametrize(
    ("planted", "says"), [(each, each.says) for each in BREAKING.values()], ids=BREAKING, indirect=["planted"]
)
def test_told(planted: Path, before: dict[str, Any], says: str) -> None:
    lines = changes(before, planted)
    assert any(says in line for line in lines), lines
    # A change is told once for each form of a call, and not with every path and subclass.
    assert len(lines) <= 6, lines


@pytest.mark.parametrize("planted", HARMLESS.values(), ids=HARMLESS, indirect=True)
def test_not_told(planted: Path, before: dict[str, Any]) -> None:
    assert changes(before, planted) == []


LESS = Plant(r"^_JobId = int \| str \| Unset", "_JobId = int | Unset")


@pytest.mark.parametrize("planted", [LESS], indirect=True)
def test_it_is_told_that_a_private_name_of_a_union_stands_for_less(planted: Path, before: dict[str, Any]) -> None:
    lines = changes(before, planted)
    assert any("RopoJobsClient.pdf: jobid took int | str | " in line for line in lines), lines
