"""The pictures of the documentation: ``make screenshots``."""

from __future__ import annotations

import sys
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image
from stage import NARROW, WIDE, browser, browser_path, lived_in

PICTURES = (
    ("bills-light", "/", "light", WIDE),
    ("bill-dark", "/jobs/3", "dark", WIDE),
    ("bills-phone", "/", "light", NARROW),
    ("faults-phone", "/faults", "dark", NARROW),
)


def main(folder: Path) -> int:
    """Takes the pictures; returns the exit code."""
    path = browser_path()
    if path is None:
        print("There is no Chromium here: install it, or name a browser in ROPO_BROWSER.", file=sys.stderr)
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    sync_api: Any = import_module("playwright.sync_api")
    with lived_in(port=8787) as sandbox, browser(sync_api, path) as running:
        for name, page_path, scheme, size in PICTURES:
            page = running.new_page(viewport=size, color_scheme=scheme)
            page.goto(sandbox.address + page_path, wait_until="networkidle")
            with Image.open(BytesIO(page.screenshot(animations="disabled"))) as picture:
                # There are few colours in it, and they are loaded often.
                picture.convert("RGB").quantize(128).save(folder / f"{name}.png", optimize=True)
            page.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
