"""What surrounds a release: the workflows, the hooks, the document of what is in it."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).parents[2]
SBOM = ROOT / "requirements" / "sbom.cdx.json"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def make_targets() -> dict[str, list[str]]:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return {name: needs.split() for name, needs in re.findall(r"^([a-z-]+):([^=#\n]*)", text, re.MULTILINE)}


def steps(workflow: Path) -> list[dict[str, Any]]:
    jobs = yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values()
    return [step for job in jobs for step in job["steps"]]


def test_the_sbom_is_cyclonedx() -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(SBOM.read_text(encoding="utf-8")) is None


def test_the_sbom_names_what_is_needed() -> None:
    document = json.loads(SBOM.read_text(encoding="utf-8"))
    required = {each["name"] for each in document["components"] if each["scope"] == "required"}
    assert {"anyio", "attrs", "certifi", "h11", "httpcore", "httpx", "idna"} <= required
    assert not required & {"aiohttp", "pytest", "starlette", "trio"}
    refs = {each["bom-ref"] for each in document["components"]} | {document["metadata"]["component"]["bom-ref"]}
    assert {each["ref"] for each in document["dependencies"]} == refs
    assert refs >= {ref for each in document["dependencies"] for ref in each["dependsOn"]}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("requirements/dev.txt", "httpcore==", "httpcore==9."),
        ("ropo_jobs_client/_version.py", '__version__ = "', '__version__ = "9.'),
        ("pyproject.toml", '"attrs>=', '"trio>='),
    ],
    ids=["a version of a dependency", "the version", "a dependency"],
)
def test_an_sbom_that_does_not_fit_is_told(file: str, old: str, new: str, tmp_path: Path) -> None:
    for path in ("pyproject.toml", "ropo_jobs_client/_version.py", "requirements/dev.txt", "tools/sbom.py"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    shutil.copy(SBOM, tmp_path / "requirements")
    check = [sys.executable, str(tmp_path / "tools" / "sbom.py"), "--check"]
    assert subprocess.run(check, check=False).returncode == 0
    text = (tmp_path / file).read_text(encoding="utf-8")
    (tmp_path / file).write_text(text.replace(old, new), encoding="utf-8")
    result = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (result.returncode, "make sbom" in result.stderr) == (1, True)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_hash(workflow: Path) -> None:
    used = re.findall(r"uses: (.*)", workflow.read_text(encoding="utf-8"))
    assert used
    assert [each for each in used if not re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each)] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_run_what_people_run(workflow: Path) -> None:
    for command in (step["run"] for step in steps(workflow) if "run" in step):
        for target in re.findall(r"\bmake ([a-z -]+)", command):
            assert set(target.split()) <= make_targets().keys()
        if ".ci/run" in command:
            assert (ROOT / ".ci" / "run").exists()


def test_hooks_run_what_make_check_runs() -> None:
    [repo] = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert sorted(hook["entry"] for hook in repo["hooks"]) == sorted(f"make {each}" for each in make_targets()["check"])


def test_updates_wait_until_others_have_looked() -> None:
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))["updates"]
    assert all(update["cooldown"]["default-days"] >= 7 for update in updates)
