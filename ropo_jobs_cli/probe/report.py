"""The report of a probe, as Markdown that can be attached to an issue."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from datetime import UTC, datetime

from ropo_jobs_client import __version__

from .guesses import GUESSES, Finding


def markdown(environment: str, findings: Iterable[Finding], remarks: Iterable[str]) -> str:
    """Write a report. It holds names and types of fields, statuses and header names, and no value of an answer."""
    found = {finding.guess: finding for finding in findings}
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    lines = [
        "# What the service does",
        "",
        f"{environment}, {when}, ropo-jobs-client {__version__}, Python {platform.python_version()}",
        "",
        "| guess | result | what came |",
        "| --- | --- | --- |",
    ]
    for guess in GUESSES:
        finding = found[guess.name]
        lines.append(f"| `{guess.name}`: {guess.text} | {finding.result} | {_cell(finding.came)} |")
    return "\n".join([*lines, "", *(f"- {_cell(remark)}" for remark in remarks), ""])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
