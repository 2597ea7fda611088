"""The pages of the documentation: their code runs as it stands, against a sandbox, and prints what they say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Generator
from datetime import date
from pathlib import Path

import pytest
import yaml
from doc_blocks import DOCS, Block, blocks, titled

from ropo_jobs_client import models
from ropo_jobs_sandbox import Sandbox

ROOT = Path(__file__).parents[2]

# Others run observability.md, regenerating.md and testing.md. Each page is read as a whole: what it has named, it has.
PAGES = [
    "index.md",
    "tutorial.md",
    "errors.md",
    "status-feed.md",
    "speed.md",
    "pdfs.md",
    "recipes/payments.md",
    "recipes/endpoints.md",
]

# As `python -m asyncio` does: await stands by itself, on one event loop.
RUN = """
import ast, asyncio, contextlib, inspect, io, json, sys
names, printed = {"__name__": "__main__"}, []
with asyncio.Runner() as runner:
    for code in json.load(sys.stdin):
        compiled = compile(code, "<page>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        with contextlib.redirect_stdout(io.StringIO()) as out:
            if compiled.co_flags & inspect.CO_COROUTINE:
                runner.run(eval(compiled, names))
            else:
                exec(compiled, names)
        printed.append(out.getvalue())
print(json.dumps(printed))
"""


@pytest.fixture(scope="module")
def server() -> Generator[Sandbox]:
    with Sandbox(today=date(2026, 11, 22)) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(server: Sandbox) -> Sandbox:
    server.reset()
    return server


def variables(sandbox: Sandbox) -> dict[str, str]:
    """The environment that the sandbox tells its users to set."""
    named = {"ROPO_BASE_URL": sandbox.base_url, "ROPO_CID": sandbox.cid, "ROPO_APICODE": sandbox.apicode}
    return {**os.environ, **named, "PYTHONPATH": str(ROOT)}


def run_blocks(sandbox: Sandbox, folder: Path, codes: list[str]) -> list[str]:
    """Run them one after the other, with what the ones before have named. Gives what each printed."""
    command = [sys.executable, "-W", "error", "-c", RUN]
    text = json.dumps(codes)
    result = subprocess.run(
        command, cwd=folder, env=variables(sandbox), input=text, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "Warning:" not in result.stderr
    printed: list[str] = json.loads(result.stdout)
    return printed


def with_output(page: str) -> list[tuple[str, str | None]]:
    """The Python of a page, each with what it prints where the page says so."""
    found = blocks(page)
    following = [*found[1:], Block("", "", "")]
    return [
        (block.code, after.code if (after.language, after.title) == ("text", "") else None)
        for block, after in zip(found, following, strict=True)
        if block.language == "python"
    ]


@pytest.mark.parametrize("page", PAGES)
def test_a_page(page: str, sandbox: Sandbox, tmp_path: Path) -> None:
    if page != "tutorial.md":  # whose reader begins with nothing
        sandbox.add_example_job(billnum="11213")
    told = with_output(page)
    printed = run_blocks(sandbox, tmp_path, [code for code, _ in told])
    assert [out if said is not None else None for out, (_, said) in zip(printed, told, strict=True)] == [
        said for _, said in told
    ]


def test_every_page_with_python_is_run() -> None:
    others = {"observability.md", "recipes/pdfs.md", "regenerating.md", "testing.md"}
    pages = [path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")]
    assert {page for page in pages if any(block.language == "python" for block in blocks(page))} - others == set(PAGES)


def run_file(name: str, sandbox: Sandbox, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", name, *arguments],
        cwd=folder,
        env=variables(sandbox),
        capture_output=True,
        text=True,
        check=False,
    )


def write(page: str, folder: Path) -> None:
    for title, code in titled(page).items():
        (folder / title).write_text(code, encoding="utf-8")


def test_fastapi(sandbox: Sandbox, tmp_path: Path) -> None:
    write("recipes/fastapi.md", tmp_path)
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    environment = {**variables(sandbox), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "anyio.pytest_plugin"]
    result = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    # Five tests, on asyncio and trio.
    assert "10 passed" in result.stdout, result.stdout
    assert result.stderr == ""


def test_pdfs(sandbox: Sandbox, tmp_path: Path) -> None:
    write("recipes/pdfs.md", tmp_path)
    for billnum in ("11213", "11214"):
        sandbox.add_example_job(billnum=billnum)
    (tmp_path / "november.txt").write_text("11213\n11214\n99999\n")
    result = run_file("save_month.py", sandbox, tmp_path, "november.txt", "archive/2026-11")
    assert result.returncode == 1
    assert re.match(r"99999: .* \(GET /jobs/pdf\)\n2 saved, 0 there already, 1 failed\n$", result.stdout), result.stdout
    assert "3 of 3, " in result.stderr
    assert sorted(path.name for path in (tmp_path / "archive" / "2026-11").iterdir()) == ["11213.pdf", "11214.pdf"]
    sandbox.add_example_job(billnum="99999")
    result = run_file("save_month.py", sandbox, tmp_path, "november.txt", "archive/2026-11")
    assert (result.returncode, result.stdout) == (0, "1 saved, 2 there already, 0 failed\n")


def test_pdfs_in_an_object_store(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.add_example_job(billnum="11213")
    begin = """
        from ropo_jobs_client import RopoJobsClient
        ropo = await RopoJobsClient.from_env().__aenter__()
        billnum, billnums = "11213", ["11213"]
    """
    [code] = [block.code for block in blocks("recipes/pdfs.md") if (block.language, block.title) == ("python", "")]
    # Not that of another company.
    local = code.replace("import S3Store", "import MemoryStore").replace(
        'S3Store("bills", region="eu-north-1")', "MemoryStore()"
    )
    assert "S3Store" not in local
    end = "print(report.saved, await sink.has('11213.pdf'), await sink.has('11214.pdf'), saved.size > 500)"
    printed = run_blocks(sandbox, tmp_path, [textwrap.dedent(begin), local, end, "await ropo.aclose()"])
    assert printed[2] == "1 True False True\n"


USE_PAY = """
import asyncio, sys
from decimal import Decimal
from pay import open_ledger, pay, settle_all
from ropo_jobs_client import RopoJobsClient

async def main(do, id):
    ledger = open_ledger("ledger.db")
    async with RopoJobsClient.from_env(retries=0) as ropo:
        if do == "pay":
            print(await pay(ropo, ledger, id, "1022", "11213", Decimal("50.00"), "2026-11-22"))
        else:
            print(await settle_all(ropo, ledger))
    print(*[state for state, in ledger.execute("SELECT state FROM payments ORDER BY rowid")], sep=", ")
    ledger.close()

asyncio.run(main(*sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("fault", "was_taken", "said", "settled"),
    [
        (None, True, "paid", "paid"),
        ("disconnect-after", True, "in doubt", "paid"),
        ("disconnect-before", False, "in doubt", "in doubt"),
        ("redirect", False, "in doubt", "in doubt"),
        ("status 422", False, "refused", "refused"),
        ("status 429", False, "in doubt", "in doubt"),
    ],
)
def test_payments(
    sandbox: Sandbox, tmp_path: Path, fault: str | None, was_taken: bool, said: str, settled: str
) -> None:
    write("recipes/payments.md", tmp_path)
    (tmp_path / "use.py").write_text(USE_PAY)
    sandbox.add_example_job(billnum="11213")
    if fault:
        kind, _, status = fault.partition(" ")
        sandbox.fault("POST /jobs/payment", kind, **({"status": int(status)} if status else {}))
    result = run_file("use.py", sandbox, tmp_path, "pay", "p1")
    assert result.stdout == f"{said}\n{said}\n", result.stderr
    assert len(sandbox.payments()) == was_taken
    # The same id never pays twice.
    assert "IntegrityError" in run_file("use.py", sandbox, tmp_path, "pay", "p1").stderr
    left, state = run_file("use.py", sandbox, tmp_path, "settle", "").stdout.splitlines()
    assert state == settled
    assert left.startswith("{'p1': 'no trace yet: 102.56 was open at 20" if settled == "in doubt" else "{}")
    # One that is in doubt keeps others of its bill from being sent.
    if settled == "in doubt":
        assert "IntegrityError" in run_file("use.py", sandbox, tmp_path, "pay", "p2").stderr
    assert len(sandbox.payments()) == was_taken


BROKEN_PAY = """
import asyncio, sqlite3
from decimal import Decimal
from pay import open_ledger, pay, settle_all
from ropo_jobs_client import RopoJobsClient

async def main():
    ledger = open_ledger("ledger.db")
    async with RopoJobsClient.from_env(retries=0) as ropo:
        for row in ("a/1022/11213/0", "b/1022/11213/1.505", "c//11213/1", "d/1022/ /1"):
            id, custnum, billnum, amount = row.split("/")
            try:
                await pay(ropo, ledger, id, custnum, billnum, Decimal(amount), "2026-11-22")
            except ValueError as error:
                print(error)
        # One that was killed before it was sent, and one whose look fails.
        with ledger:
            ledger.execute("INSERT INTO payments VALUES ('e', '1', '1022', '1', NULL, NULL, 'in doubt')")
            ledger.execute("INSERT INTO payments VALUES ('f', '11213', '1022', '1', '9', '2026-11-22', 'in doubt')")
        print(await settle_all(ropo, ledger))
    ledger.close()

asyncio.run(main())
"""


def test_payments_that_cannot_be_sent_are_not_in_doubt(sandbox: Sandbox, tmp_path: Path) -> None:
    write("recipes/payments.md", tmp_path)
    (tmp_path / "use.py").write_text(BROKEN_PAY)
    sandbox.add_example_job(billnum="11213")
    sandbox.fault("POST /jobs/findbyendcustomer", "status", status=403)
    *refused, left = run_file("use.py", sandbox, tmp_path).stdout.splitlines()
    amount = "JobAddPayment.amount"
    assert [line.split()[0] for line in refused] == [amount, amount, "custnum", "billnum"]
    assert left.startswith("{'e': 'it had not been sent when this looked: ")
    assert "'f': '" in left
    assert "403" in left
    assert not sandbox.payments()


def test_a_payment_that_does_not_add_up_is_left_to_a_person(sandbox: Sandbox, tmp_path: Path) -> None:
    write("recipes/payments.md", tmp_path)
    (tmp_path / "use.py").write_text(USE_PAY)
    sandbox.add_example_job(billnum="11213")
    sandbox.fault("POST /jobs/payment", "disconnect-before")
    run_file("use.py", sandbox, tmp_path, "pay", "p1")
    other = (
        "import asyncio\nfrom ropo_jobs_client import RopoJobsClient\nfrom ropo_jobs_sandbox.factories import payment\n"
    )
    run_blocks(
        sandbox,
        tmp_path,
        [other, "ropo = RopoJobsClient.from_env()", "await ropo.add_payment(payment(amount=1))", "await ropo.aclose()"],
    )
    assert run_file("use.py", sandbox, tmp_path, "settle", "").stdout.startswith("{'p1': 'cannot tell: ")


def test_readme(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.add_example_job(billnum="11213")
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    [code] = re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    [said] = re.findall(r"^```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert run_blocks(sandbox, tmp_path, [code]) == [said]
    assert len(sandbox.payments(billnum="11213")) == 1


def test_readme_is_short_and_its_links_lead_somewhere() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 150
    links = re.findall(r"\]\(([^)]+)\)", text)
    assert [link for link in links if not link.startswith("https:") and not (ROOT / link).is_file()] == []
    # What the home page includes stands elsewhere there.
    included = re.findall(r"\[start:\w+\].*?\[end:\w+\]", text, re.DOTALL)
    assert len(included) == 3
    assert not [
        link for part in included for link in re.findall(r"\]\(([^)]+)\)", part) if not link.startswith("https:")
    ]


# The reference


def test_every_model_is_in_the_reference() -> None:
    page = (DOCS / "reference" / "models.md").read_text(encoding="utf-8")
    named = re.findall(r"^::: ropo_jobs_client\._generated\.(?:models|constants)\.(\w+)$", page, re.MULTILINE)
    assert sorted(named) == sorted(set(dir(models)) - {"UNSET", "Unset"})


def test_every_public_name_is_in_the_reference() -> None:
    import ropo_jobs_client

    pages = "".join(path.read_text(encoding="utf-8") for path in (DOCS / "reference").glob("*.md"))
    named = re.findall(r"^::: ropo_jobs_client\.(\w+)$", pages, re.MULTILINE)
    elsewhere = {"errors", "Credentials", "RopoError", "UNSET", "Unset", "JournalInUse", "__version__"}
    assert sorted({*named, *elsewhere}) == sorted({*ropo_jobs_client.__all__, "errors"})


def test_nothing_is_asked_of_other_hosts() -> None:
    settings = yaml.load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"), yaml.BaseLoader)
    assert settings["theme"]["font"] == "false"
    assert not {"repo_url", "site_url"} & settings.keys()
