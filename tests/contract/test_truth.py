"""docs/truth.md has every guess of openapi.yaml, with its reason, and every guess that the probe tries."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from typing import Any, cast

import yaml
from doc_blocks import DOCS, titled
from flips import FLIPS

from ropo_jobs_cli.app import cli
from ropo_jobs_cli.probe.guesses import GUESSES
from ropo_jobs_cli.vendor_diff.documents import own

PAGE = (DOCS / "truth.md").read_text(encoding="utf-8")
NAMES = {guess.name for guess in GUESSES}


def inferred(node: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Give each place of the document that is a guess, with its reason."""
    if isinstance(node, dict):
        found = cast("dict[str, Any]", node)
        if found.get("x-source") == "inferred":
            yield ".".join(path), found["x-source-reason"]
        for name, child in found.items():
            yield from inferred(child, (*path, name))
    elif isinstance(node, list):
        for number, child in enumerate(cast("list[object]", node)):
            yield from inferred(child, (*path, str(number)))


def rows(heading: str) -> list[list[str]]:
    section = PAGE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    table = [line for line in section.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[2:]]


def test_the_list_of_guesses_is_the_documents() -> None:
    listed = {place.strip("`"): reason for place, reason, _ in rows("The guesses of the document")}
    assert listed == dict(inferred(own().root))


def test_what_settles_a_guess_is_there() -> None:
    settled = {place.strip("`"): by for place, _, by in rows("The guesses of the document")}
    by_probe = {place: guess.name for guess in GUESSES for place in guess.places}
    for place, by in settled.items():
        assert by == (f"probe `{by_probe[place]}`" if place in by_probe else "vendor-diff")
    assert by_probe.keys() <= settled.keys()


def test_each_guess_of_the_document_is_tried_the_other_way_round() -> None:
    assert {place for flip in FLIPS.values() for place in flip.places} == dict(inferred(own().root)).keys()


def test_what_a_wrong_guess_takes_is_told() -> None:
    told = dict(rows("When a guess is wrong"))
    assert list(told) == list(FLIPS)
    for what, flip in FLIPS.items():
        takes = told[what].partition(";")[0]
        assert (takes == "nothing") == (not flip.fails_with)
        assert takes.endswith(".py`") == (flip.constants is not None)


def test_each_guess_of_the_probe_answers_an_open_question() -> None:
    named = [set(re.findall(r"`([a-z-]+)`", by)) for _, _, by in rows("Open questions") if "probe" in by]
    assert set().union(*named) == NAMES
    assert sum(map(len, named)) == len(NAMES)


def test_the_weekly_job_runs_a_command_that_is_there() -> None:
    workflow = yaml.safe_load(titled("truth.md")["workflow"])
    *_, step = workflow["jobs"]["compare"]["steps"]
    program, command, url = shlex.split(step["run"])
    assert (program, url) == ("ropo-jobs", "https://rc.ropo24.fi/swagger/swagger.json")
    assert command in cli.commands
