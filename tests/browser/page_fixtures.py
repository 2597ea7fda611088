"""Where no browser is, these tests are skipped; a page that complains or asks another machine fails its test."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from stage import WIDE, browser, browser_path, lived_in

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from ropo_jobs_sandbox import Sandbox

# The last two are the viewer of PDFs that comes with the browser.
_LOCAL = ("data:", "blob:", "about:", "chrome:", "chrome-extension:")


@dataclass
class Watched:
    """What the pages of a test said and asked for."""

    address: str
    said: list[str] = field(default_factory=list[str])
    asked: list[str] = field(default_factory=list[str])

    def watch(self, context: Any) -> None:
        def on_console(message: Any) -> None:
            self.said.append(f"{message.type}: {message.text}")

        def on_error(error: Any) -> None:
            self.said.append(f"error: {error.error}")

        def on_request(request: Any) -> None:
            self.asked.append(request.url)

        context.on("console", on_console)
        context.on("weberror", on_error)
        context.on("request", on_request)

    def check(self) -> None:
        assert self.said == []
        assert [url for url in self.asked if not url.startswith((self.address + "/", *_LOCAL))] == []


@pytest.fixture(scope="session")
def chromium() -> Generator[Any]:
    sync_api: Any = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: make test-browser")
    path = browser_path()
    if path is None:
        pytest.skip("no Chromium here: install it, or name a browser in ROPO_BROWSER")
    with browser(sync_api, path) as running:
        yield running


@pytest.fixture(scope="module")
def sandbox() -> Generator[Sandbox]:
    with lived_in() as running:
        yield running


@pytest.fixture
def watched(sandbox: Sandbox) -> Watched:
    return Watched(sandbox.address)


@pytest.fixture
def open_page(chromium: Any, sandbox: Sandbox, watched: Watched) -> Generator[Callable[..., Any]]:
    """Opens a path of the sandbox in a new context; at the end, nothing may have been said or asked of others."""
    contexts: list[Any] = []

    def opened(path: str, **options: Any) -> Any:
        context = chromium.new_context(**{"viewport": WIDE, **options})
        contexts.append(context)
        watched.watch(context)
        page = context.new_page()
        page.goto(sandbox.address + path)
        if path.startswith("/reference") and options.get("java_script_enabled", True):
            # Swagger UI goes on when the page is there.
            page.locator("#reference h1[aria-level]").wait_for()
        return page

    yield opened
    for context in contexts:
        context.close()
    watched.check()
