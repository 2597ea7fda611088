"""Every page in both themes and at two widths, and what axe-core says of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from stage import NARROW, WIDE

pytest_plugins = ("page_fixtures",)

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES = {
    "/": "Bills",
    "/?search=11213": "Bills",
    "/jobs/3": "Bill 11209",
    "/jobs/4": "Bill 11210",
    "/requests": "Requests",
    "/requests/9": "POST /rest/jobs/payment",
    "/faults": "Faults",
    "/reference": "API reference",
    "/reference/sandbox": "The sandbox over HTTP",
}
AXE = Path(__file__).parents[2] / "tools" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page(open_page: Callable[..., Any], path: str, scheme: str, size: dict[str, int]) -> None:
    page = open_page(path, viewport=size, color_scheme=scheme)
    assert page.locator("main > .head h1").inner_text() == PAGES[path]
    assert page.title().endswith("· Ropo One sandbox")
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    red = page.evaluate("Number(getComputedStyle(document.body).backgroundColor.match(/[0-9]+/)[0])")
    assert (red < 64) == (scheme == "dark")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*PAGES, "/nowhere"])
def test_accessibility(open_page: Callable[..., Any], watched: Any, path: str, scheme: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is not installed: make test-browser")
    # The policy of the page forbids the checker too.
    page = open_page(path, bypass_csp=True, color_scheme=scheme)
    page.add_script_tag(path=AXE)
    # Swagger UI is not ours; the rest of its page is.
    found = page.evaluate("axe.run({ exclude: ['#reference', 'object'] })")
    assert [(rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found["violations"]] == []
    assert len(found["passes"]) > 10
    if path == "/nowhere":
        assert len(watched.said) == 1
        assert "404" in watched.said.pop()


def test_nothing_wider_than_a_phone_with_long_texts(open_page: Callable[..., Any], sandbox: Any) -> None:
    jobid = sandbox.add_example_job(billnum="1234567890" * 5, person="Testaaja" * 12)
    for path in ("/", f"/jobs/{jobid}"):
        page = open_page(path, viewport=NARROW)
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
