"""A service with the library inside: it works under that name, without the original, and shows when it was altered."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from isolated import link_dependencies, run

from ropo_jobs_sandbox import Sandbox

ROOT = Path(__file__).parents[2]
# Node comes from a wheel.
NODE = ROOT / ".venvs" / "tools" / "bin"
PYRIGHT = ROOT / "tools" / "node_modules" / ".bin" / "pyright"

# The files of each part that can be left out. The tool has a list of its own.
PARTS: dict[str, tuple[str, ...]] = {
    "fast": ("_http/fast*.py",),
    "sinks": ("sinks.py",),
    "postgres": ("feed/*postgres*.py",),
}

SERVICE = '''\
"""A service that reads a bill."""

import asyncio
import sys
from pathlib import Path
from typing import assert_type

from ._vendor.ropo_jobs_client import ApiCode, RopoJobsClient, SavedPdf
from ._vendor.ropo_jobs_client.errors import JobNotFound
from ._vendor.ropo_jobs_client.models import JobJobInfo


async def read(base_url: str, cid: str, apicode: str, billnum: str) -> JobJobInfo:
    async with RopoJobsClient(ApiCode(cid, apicode), base_url=base_url) as ropo:
        try:
            await ropo.get_job(billnum="none")
        except JobNotFound:
            print("not found")
        job = await ropo.get_job(billnum=billnum)
        assert_type(job, JobJobInfo)
        if isinstance(job.jobid, int):
            saved = await ropo.pdf(jobid=job.jobid).save(Path("bill.pdf"))
            assert_type(saved, SavedPdf)
            print(saved.size)
        return job


def main() -> None:
    print(asyncio.run(read(*sys.argv[1:])).billnum)
'''

WRONG = """\
from ._vendor.ropo_jobs_client import RopoJobsClient


async def wrong(ropo: RopoJobsClient) -> None:
    await ropo.get_job()
"""


def vendor(
    what: str, destination: Path | str, *, without: str = "", cwd: Path = ROOT
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-S", str(ROOT / "tools" / "vendor.py"), what, str(destination)]
    command += ["--without", without] if without else []
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def make_service(tmp_path: Path, *, without: str = "") -> Path:
    package = tmp_path / "scratch" / "billing"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "main.py").write_text(SERVICE, encoding="utf-8")
    result = vendor("copy", package / "_vendor", without=without)
    assert (result.returncode, result.stderr) == (0, "")
    return package


@pytest.fixture
def service(tmp_path: Path) -> Path:
    """A package with a copy of the library inside."""
    return make_service(tmp_path)


@pytest.fixture
def small_service(tmp_path: Path) -> Path:
    """One with a copy from which every part is left out that can be."""
    return make_service(tmp_path, without=",".join(PARTS))


@pytest.fixture
def copy(service: Path) -> Path:
    return service / "_vendor" / "ropo_jobs_client"


# The copy


def test_it_holds_the_library_its_licence_and_a_note(copy: Path) -> None:
    original = ROOT / "ropo_jobs_client"
    files = {path for path in original.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    found = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    library = {path.relative_to(original).as_posix() for path in files}
    assert found == library | {"LICENSE", "VENDORED.md"}
    assert {"client.py", "py.typed", "_generated/operations.py"} <= found
    for name in library:
        assert (copy / name).read_bytes() == (original / name).read_bytes()
    assert (copy / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert [path.name for path in copy.parent.iterdir()] == ["ropo_jobs_client"]


def test_the_note_says_what_it_is(copy: Path) -> None:
    note = (copy / "VENDORED.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for dependency in project["dependencies"]:
        assert f"\n    {dependency}\n" in note
    version = (ROOT / "ropo_jobs_client" / "_version.py").read_text(encoding="utf-8")
    assert f'"{re.findall(r"version: (.+)", note)[0]}"' in version
    assert hashlib.sha256((ROOT / "openapi.yaml").read_bytes()).hexdigest() in note


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="sha256sum is not installed")
def test_the_check_without_a_checkout_works_as_the_note_says(copy: Path) -> None:
    note = (copy / "VENDORED.md").read_text(encoding="utf-8")
    [command] = re.findall(r"^    (grep .+)$", note, re.MULTILINE)
    assert subprocess.run(["sh", "-c", command], cwd=copy, check=False).returncode == 0
    (copy / "pdf.py").write_text("", encoding="utf-8")
    result = subprocess.run(["sh", "-c", command], cwd=copy, capture_output=True, text=True, check=False)
    assert result.returncode == 1
    assert "pdf.py: FAILED" in result.stdout


# In use


def test_it_works_under_another_name_without_the_original(service: Path, tmp_path: Path) -> None:
    dependencies = tmp_path / "dependencies"
    link_dependencies(ROOT, dependencies)
    folders = [service.parent, dependencies]
    original = run(folders, "import ropo_jobs_client")
    assert "ModuleNotFoundError: No module named 'ropo_jobs_client'" in original.stderr
    with Sandbox() as sandbox:
        sandbox.add_example_job(billnum="11213")
        script = (
            "from billing.main import main; main()\n"
            "import json; print(json.dumps([name for name in sys.modules if 'ropo' in name]))"
        )
        result = run(folders, script, sandbox.base_url, sandbox.cid, sandbox.apicode, "11213")
    assert result.stderr == ""
    *said, modules = result.stdout.splitlines()
    assert said == ["not found", str((service.parent / "bill.pdf").stat().st_size), "11213"]
    assert {name.partition(".ropo_jobs_client")[0] for name in json.loads(modules)} == {"billing._vendor"}
    # What Python left behind is no alteration.
    assert list(service.rglob("__pycache__"))
    assert vendor("check", service / "_vendor").returncode == 0


def mypy(service: Path, *options: str) -> str:
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file=", *options, service.name]
    environment = {**os.environ, "MYPYPATH": ""}
    result = subprocess.run(command, cwd=service.parent, env=environment, capture_output=True, text=True, check=False)
    return result.stdout + result.stderr


def pyright(service: Path, environment: Path) -> list[tuple[str, str]]:
    """The file and the rule of each of its complaints."""
    settings = {"typeCheckingMode": "strict", "venvPath": str(environment.parent), "venv": environment.name}
    (service.parent / "pyrightconfig.json").write_text(json.dumps(settings), encoding="utf-8")
    variables = {**os.environ, "PATH": f"{NODE}{os.pathsep}{os.environ.get('PATH', '')}"}
    result = subprocess.run(
        [str(PYRIGHT), "--outputjson"], cwd=service.parent, env=variables, capture_output=True, text=True, check=False
    )
    report = json.loads(result.stdout)
    assert report["summary"]["filesAnalyzed"] > 70
    return [(Path(each["file"]).name, each["rule"]) for each in report["generalDiagnostics"]]


def test_mypy_checks_the_service_and_the_copy(service: Path) -> None:
    assert mypy(service) == ""
    (service / "wrong.py").write_text(WRONG, encoding="utf-8")
    assert "billing/wrong.py:5: error: All overload variants" in mypy(service)


needs_pyright = pytest.mark.skipif(not PYRIGHT.exists(), reason="pyright is not installed: make check installs it")


@needs_pyright
def test_pyright_checks_the_service_and_the_copy(service: Path) -> None:
    (service / "wrong.py").write_text(WRONG, encoding="utf-8")
    assert pyright(service, ROOT / ".venv") == [("wrong.py", "reportCallIssue")]


# In parts


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*.py")}


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_left_out_and_nothing_else(tmp_path: Path, part: str) -> None:
    original = ROOT / "ropo_jobs_client"
    small = make_service(tmp_path, without=part) / "_vendor" / "ropo_jobs_client"
    left_out = {path.relative_to(original).as_posix() for glob in PARTS[part] for path in original.glob(glob)}
    assert left_out
    assert files(original) - files(small) == left_out
    for name in files(small):
        # What only names the part is dropped, a line each.
        kept = re.sub(rf".*  # of the part {part}\n", "", (original / name).read_text(encoding="utf-8"))
        assert (small / name).read_text(encoding="utf-8") == kept
    note = (small / "VENDORED.md").read_text(encoding="utf-8")
    assert f"\n- left out: {part}\n" in note
    assert f"\n    make vendor DEST=<the folder that holds this one> WITHOUT={part}\n" in note
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    for name in PARTS.keys() & extras.keys():
        for dependency in extras[name]:
            assert (f"\n    {dependency}\n" in note) == (name != part)
    assert vendor("check", small.parent).returncode == 0


def test_the_note_names_the_commit(copy: Path) -> None:
    note = (copy / "VENDORED.md").read_text(encoding="utf-8")
    [said] = re.findall(r"^- commit: (.+)$", note, re.MULTILINE)
    if (ROOT / ".git").exists():
        head = subprocess.run(["git", "-C", ROOT, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
        assert said.removesuffix(", with changes that are not committed") == head.stdout.strip()
    else:
        assert said == "unknown, as the copy was not made from a checkout"


def small_environment(tmp_path: Path) -> Path:
    """An environment with the base dependencies of the library and nothing else."""
    environment = tmp_path / "environment"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    [packages] = environment.glob("[Ll]ib/**/site-packages")
    packages.rmdir()
    link_dependencies(ROOT, packages)
    return environment


def test_mypy_checks_a_small_copy_with_its_own_dependencies(small_service: Path, tmp_path: Path) -> None:
    python = small_environment(tmp_path) / ("Scripts" if os.name == "nt" else "bin") / "python"
    assert mypy(small_service, "--python-executable", str(python)) == ""


@needs_pyright
def test_pyright_checks_a_small_copy_with_its_own_dependencies(small_service: Path, tmp_path: Path) -> None:
    assert pyright(small_service, small_environment(tmp_path)) == []


SMALL = """
from billing._vendor import ropo_jobs_client
from billing._vendor.ropo_jobs_client import BearerToken, RopoJobsClient, feed
from billing.main import main

main()
for wanted in (
    lambda: RopoJobsClient(BearerToken("t"), base_url="https://rc.ropo24.fi/rest", transport="fast"),
    lambda: feed.PostgresJournal,
):
    try:
        wanted()
    except ImportError as error:
        print(error)
"""


def test_a_small_copy_works_and_says_what_is_missing(small_service: Path, tmp_path: Path) -> None:
    dependencies = tmp_path / "dependencies"
    link_dependencies(ROOT, dependencies)
    with Sandbox() as sandbox:
        sandbox.add_example_job(billnum="11213")
        folders = [small_service.parent, dependencies]
        result = run(folders, SMALL, sandbox.base_url, sandbox.cid, sandbox.apicode, "11213")
    assert result.stderr == ""
    missing = "is not in this copy of the library: it was made without the part"
    assert result.stdout.splitlines()[-3:] == [
        "11213",
        f'transport="fast" {missing} fast',
        f"PostgresJournal {missing} postgres",
    ]


def test_a_part_whose_dependency_is_missing_names_the_extra(service: Path, tmp_path: Path) -> None:
    dependencies = tmp_path / "dependencies"
    link_dependencies(ROOT, dependencies)
    script = SMALL.replace("from billing.main import main\n", "").replace("main()\n", "")
    result = run([service.parent, dependencies], script)
    assert result.stderr == ""
    assert result.stdout.splitlines() == [
        "transport=\"fast\" needs the extra: pip install 'ropo-jobs-client[fast]'",
        "PostgresJournal needs the extra: pip install 'ropo-jobs-client[postgres]'",
    ]


def test_a_part_that_is_none_is_told(tmp_path: Path) -> None:
    result = vendor("copy", tmp_path, without="fast,slow")
    assert (result.returncode, result.stdout) == (1, "")
    said = f"WITHOUT=fast,slow: slow is no part that can be left out, as are {', '.join(PARTS)}"
    assert result.stderr == f"vendor: {said}\n"
    assert list(tmp_path.iterdir()) == []


# With the test kit


def test_the_service_is_tested_as_the_page_says(service: Path) -> None:
    folder = service.parent
    page = (ROOT / "docs" / "vendoring.md").read_text(encoding="utf-8")
    for name, code in re.findall(r'^```py title="([^"]+)"\n(.*?)^```$', page, re.MULTILINE | re.DOTALL):
        (folder / name).write_text(code, encoding="utf-8")
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    plugins = ["-p", "anyio.pytest_plugin", "-p", "pytest_httpx", "-p", "no:cacheprovider"]
    command = [sys.executable, "-m", "pytest", "-q", *plugins]
    result = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    # Two tests, on asyncio and trio.
    assert "4 passed" in result.stdout, result.stdout
    assert result.stderr == ""
    # Models of the installed library are none of the copy's, and type checkers see it.
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", "--config-file=", "test_billing.py"]
    variables["MYPYPATH"] = str(ROOT)
    result = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    assert result.stdout == ""
    test = folder / "test_billing.py"
    test.write_text(test.read_text(encoding="utf-8").replace("add_bills([bill])", "add_bills([job_item()])"))
    test.write_text(test.read_text(encoding="utf-8").replace("example_of, job_info", "example_of, job_info, job_item"))
    result = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    assert 'has incompatible type "ropo_jobs_client._generated.models.job_item.JobItem"' in result.stdout


# Altered


def test_an_altered_copy_is_told_file_by_file(service: Path, copy: Path) -> None:
    with (copy / "client.py").open("a", encoding="utf-8") as file:
        file.write("\n")
    (copy / "_generated" / "api" / "jobs" / "jobs_add_action.py").unlink()
    (copy / "notes.txt").touch()
    result = vendor("check", service / "_vendor")
    assert (result.returncode, result.stdout) == (1, "")
    named = [line.strip() for line in result.stderr.splitlines()[1:]]
    assert named == ["added: notes.txt", "altered: client.py", "missing: _generated/api/jobs/jobs_add_action.py"]


def test_an_altered_list_of_files_is_told(service: Path, copy: Path) -> None:
    (copy / "client.py").write_text("", encoding="utf-8")
    note = copy / "VENDORED.md"
    empty = hashlib.sha256(b"").hexdigest()
    note.write_text(re.sub("[0-9a-f]{64}(?=  client.py)", empty, note.read_text(encoding="utf-8")), encoding="utf-8")
    result = vendor("check", service / "_vendor")
    assert (result.returncode, result.stderr.splitlines()[1:]) == (1, ["  altered: VENDORED.md"])


def test_copying_again_replaces_what_is_whole_and_nothing_else(service: Path, copy: Path) -> None:
    (copy / "__pycache__").mkdir()
    assert vendor("copy", service / "_vendor").returncode == 0
    assert not (copy / "__pycache__").exists()
    (copy / "client.py").write_text("mine", encoding="utf-8")
    result = vendor("copy", service / "_vendor")
    assert result.returncode == 1
    assert "nothing was copied" in result.stderr
    assert "altered: client.py" in result.stderr
    assert (copy / "client.py").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("what", "destination", "text"),
    [
        ("copy", "", "DEST is missing: make vendor DEST=path/to/pkg/_vendor"),
        ("check", " ", "DEST is missing: make vendor-check DEST=path/to/pkg/_vendor"),
        ("copy", "no/such", "no does not exist: DEST itself is made where it is missing, not its parents"),
        ("copy", "file", "file is no directory"),
        ("check", "no", "no/ropo_jobs_client is no directory: DEST is the folder that the copy is in"),
        ("check", "other", "other/ropo_jobs_client has no VENDORED.md: it was not made by `make vendor`"),
        ("copy", "other", "other/ropo_jobs_client has no VENDORED.md: it was not made by `make vendor`"),
        ("copy", ROOT, "is where the library itself is"),
        ("copy", ROOT / "ropo_jobs_client" / "_vendor", "is where the library itself is"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, what: str, destination: Path | str, text: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "other" / "ropo_jobs_client").mkdir(parents=True)
    result = vendor(what, destination, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("vendor: ")
    assert text in result.stderr
