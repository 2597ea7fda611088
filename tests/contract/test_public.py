"""What users import: the names, what they cost, and the signature of every method."""

from __future__ import annotations

import importlib
import inspect
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import ropo_jobs_client
from codegen.readme import methods
from ropo_jobs_client import RopoJobsClient, errors, models
from ropo_jobs_client.api import OPERATIONS, jobs

ROOT = Path(__file__).parents[2]

NAMES = {
    "UNSET",
    "Unset",
    "ApiCode",
    "AttemptEvent",
    "BearerToken",
    "Credentials",
    "Environment",
    "Gap",
    "InvalidArgument",
    "Journal",
    "JournalInUse",
    "FailedPdf",
    "Outcome",
    "PdfDownload",
    "PdfProgress",
    "PdfStream",
    "RopoError",
    "RopoJobsClient",
    "SavedPdf",
    "SqliteJournal",
    "StatusBatch",
    "StatusFeed",
    "SavedPdfs",
    "__version__",
}

JOB_OR_BILL = ["*jobid", "*billnum"]
PDF = [
    "*jobid",
    "*billnum",
    "*contractnum",
    "*documentdate",
    "*origdata",
    "*documenttype",
    "*joistocolumn",
    "*max_bytes",
]
TRACKED = ["*data_identifier", "*data_type_identifier"]

# method: the operation it stands for, and its parameters, those with * by keyword only. What is here is promised.
METHODS: dict[str, tuple[str, list[str]]] = {
    "get_job": ("GET /jobs", JOB_OR_BILL),
    "add_bills": ("POST /jobs", ["job", *TRACKED]),
    "modify_job": ("PATCH /jobs", ["data", *JOB_OR_BILL]),
    "modify_open_invoices": ("PATCH /jobs/opensalesinvoices", ["data", "*custnum", "*ordernumber"]),
    "get_status_updates": ("GET /jobs/statusupdates", ["*date", "*billnum"]),
    "pdf": ("GET /jobs/pdf", PDF),
    "save_pdfs": (
        "GET /jobs/pdf",
        ["refs", "to", "*concurrency", "*on_progress", "*mode", "*origdata", "*documenttype", "*max_bytes"],
    ),
    "preview": ("POST /jobs/preview", ["job", *TRACKED, "*max_bytes"]),
    "local_print": ("POST /jobs/localprint", ["job", *TRACKED, "*max_bytes"]),
    "add_payment": ("POST /jobs/payment", ["payment"]),
    "add_credit_note": ("POST /jobs/creditnote", ["note"]),
    "update_delivery_status": ("PATCH /jobs/deliverystatus", ["status"]),
    "send_transfer_report": ("GET /jobs/transferconfirmation", ["batchid"]),
    "dispute_job": ("POST /jobs/dispute", ["request", *JOB_OR_BILL]),
    "resolve_dispute": ("POST /jobs/dispute/resolve", ["request", *JOB_OR_BILL]),
    "find_jobs_by_end_customer": ("POST /jobs/findbyendcustomer", ["*ssn", "*custnum", "*include_paid"]),
}

# What stands for no operation, or for the one that `status_feed` reads.
OTHERS = {"record_attempts", "aclose", "from_env", "send", "with_options"}
FEED = {"status_feed"}


def parameters(function: Any) -> list[str]:
    found: list[str] = []
    for name, parameter in inspect.signature(function).parameters.items():
        if name in {"self", "cls"}:
            continue
        assert parameter.kind in {parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY}, name
        found.append(f"*{name}" if parameter.kind is parameter.KEYWORD_ONLY else name)
    return found


# Names


def test_public_names() -> None:
    assert sorted(ropo_jobs_client.__all__) == sorted(NAMES)
    assert dir(ropo_jobs_client) == sorted([*ropo_jobs_client.__all__, "api", "errors", "models"])
    for name in ropo_jobs_client.__all__:
        assert getattr(ropo_jobs_client, name) is not None
    # The lazy table and the block for type checkers say the same.
    lines = Path(inspect.getfile(ropo_jobs_client)).read_text(encoding="utf-8").splitlines()
    table = vars(ropo_jobs_client)["_NAMES"]
    typed = sorted(line.strip() for line in lines if line.startswith("    from ."))
    assert typed == sorted(
        f"from {module} import {name} as {name}"
        for module, names in {**table, ".": ("api", "errors", "models")}.items()
        for name in names
    )
    assert {"__version__"}.union(*table.values()) == NAMES
    assert ropo_jobs_client.errors is errors
    assert ropo_jobs_client.models is models
    assert re.fullmatch(r"[0-9]+\.[0-9]+\.[0-9]+([a-z0-9.]+)?", ropo_jobs_client.__version__)


def test_a_star_import_gives_the_public_names() -> None:
    namespace: dict[str, Any] = {}
    exec("from ropo_jobs_client import *", namespace)
    assert set(namespace) - {"__builtins__"} == set(ropo_jobs_client.__all__)
    namespace = {}
    exec("from ropo_jobs_client.models import *", namespace)
    assert set(namespace) - {"__builtins__"} == set(dir(models))


@pytest.mark.parametrize(
    "module", ["ropo_jobs_client", "ropo_jobs_client.models", "ropo_jobs_client._generated.models"]
)
def test_what_is_not_there_is_an_attribute_error_that_names_the_module(module: str) -> None:
    with pytest.raises(AttributeError, match=f"^module '{module}' has no attribute 'no_such_name'$"):
        getattr(importlib.import_module(module), "no_such_name")  # noqa: B009 # a name that type checkers refuse


def test_public_names_are_documented() -> None:
    for name in set(ropo_jobs_client.__all__) - {"UNSET", "Credentials", "__version__"}:
        assert inspect.getdoc(getattr(ropo_jobs_client, name)), name


def test_the_package_is_typed() -> None:
    assert (ROOT / "ropo_jobs_client" / "py.typed").is_file()


# What an import costs


def loaded(*statements: str) -> set[str]:
    """The modules that these statements load in a fresh process."""
    script = "\n".join(
        [
            "import json, sys",
            "before = set(sys.modules)",
            *statements,
            "print(json.dumps(sorted(set(sys.modules) - before)))",
        ]
    )
    result = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(json.loads(result.stdout))


HEAVY = {"httpx", "httpcore", "anyio", "asyncio", "attr", "attrs", "ssl", "trio", "yaml", "pydantic"}


CODEC_OF_MODELS = ("decode", "encode", "frames", "invalid", "model", "numbers", "writers")
CODEC = {"_codec", *(f"_codec.{name}" for name in ("json", "redaction", "secret", "unset", *CODEC_OF_MODELS))}


def own(modules: set[str]) -> set[str]:
    return {name.removeprefix("ropo_jobs_client").removeprefix(".") for name in modules if "ropo_jobs_client" in name}


def test_the_package_itself_costs_next_to_nothing() -> None:
    # No typing and no importlib either: the two of its own, and nothing else at all.
    assert loaded("import ropo_jobs_client", "dir(ropo_jobs_client)") == {
        "ropo_jobs_client",
        "ropo_jobs_client._version",
    }


def test_the_models_are_loaded_one_by_one() -> None:
    modules = loaded("import ropo_jobs_client.models", "dir(ropo_jobs_client.models)")
    assert not modules & HEAVY
    generated = {"_generated", "_generated.constants", "_generated.models"}
    nothing = {"", "_version", "models", "_codec", "_codec.unset", *generated}
    assert own(modules) == nothing
    modules = loaded("from ropo_jobs_client.models import PayRow", "PayRow(count=1).to_json()", "PayRow.from_dict({})")
    assert modules & HEAVY == {"attr", "attrs"}
    assert own(modules) == nothing | {"_generated.models.pay_row", *(f"_codec.{name}" for name in CODEC_OF_MODELS)}


def test_a_model_brings_its_parts_and_no_other() -> None:
    modules = loaded("from ropo_jobs_client.models import PayPlan")
    assert {name for name in own(modules) if name.startswith("_generated.models.")} == {
        "_generated.models.pay_plan",
        "_generated.models.pay_plan_instalment",
    }


def functions(kind: type[Any]) -> list[Any]:
    found = [getattr(each, "__func__", each) for each in vars(kind).values()]
    return [each for each in found if inspect.isfunction(each)]


def test_the_types_of_all_public_functions_are_found() -> None:
    kinds = [found for name in ropo_jobs_client.__all__ if inspect.isclass(found := getattr(ropo_jobs_client, name))]
    assert len(kinds) > 15
    for kind in kinds:
        for function in functions(kind):
            get_type_hints(function)
    assert get_type_hints(RopoJobsClient.__init__)["credentials"] == ropo_jobs_client.Credentials
    assert get_type_hints(RopoJobsClient.get_job)["return"] is models.JobJobInfo


def test_the_errors_need_no_http() -> None:
    assert not loaded("from ropo_jobs_client import errors, UNSET, RopoError") & HEAVY


MAKE_A_CLIENT = (
    "from ropo_jobs_client import ApiCode, Environment, RopoJobsClient",
    "ropo = RopoJobsClient(ApiCode(cid='1000011', apicode='x'), environment=Environment.FINLAND_TEST)",
    "other = ropo.with_options(timeout=5.0)",
    "repr(other)",
)


def test_a_client_is_made_without_the_http_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    # Certificates of one's own are looked at when the client is made, which takes the ssl module.
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    modules = loaded(*MAKE_A_CLIENT)
    assert not modules & HEAVY
    assert not modules & {"sqlite3", "hashlib", "html", "uuid"}
    assert own(modules) == {
        "",
        *CODEC,
        "_config",
        "_lazy",
        "_generated",
        "_generated.api",
        "_generated.api.jobs",
        "_generated.constants",
        "_generated.models",
        "_generated.names",
        "_http",
        "_http.certificates",
        "_http.choice",
        "_http.proxies",
        "_validate",
        "_version",
        "auth",
        "client",
        "errors",
        "models",
    }


def test_a_call_loads_its_own_operation_and_no_other_backend() -> None:
    modules = loaded(
        *MAKE_A_CLIENT,
        "import asyncio",
        "from ropo_jobs_client.errors import ConnectionFailed",
        "ropo = RopoJobsClient(ApiCode(cid='1', apicode='x'), base_url='http://127.0.0.1:1/rest', retries=0)",
        "try: asyncio.run(ropo.get_job(jobid=1))",
        "except ConnectionFailed: pass",
    )
    assert {"httpx", "anyio"} <= modules
    assert not modules & {"yaml", "pydantic", "httptools", "sqlite3"}
    assert not any(name.startswith(("ropo_jobs_sandbox", "codegen")) for name in modules)
    operations = {name for name in own(modules) if name.startswith("_generated.api.jobs.")}
    assert operations == {"_generated.api.jobs.jobs_get_action"}


# Methods


def test_every_operation_has_its_methods() -> None:
    public = {name for name, _ in inspect.getmembers(RopoJobsClient, inspect.isroutine) if not name.startswith("_")}
    named = {name: operation for operation, names in methods().items() for name in names}
    assert public == named.keys() | OTHERS
    assert named.keys() >= METHODS.keys() | FEED
    assert {*named.values(), "POST /token"} == set(OPERATIONS)
    # Those that are not in the table take what their endpoints take.
    endpoints = [getattr(jobs, name) for name in dir(jobs)]
    for name in named.keys() - METHODS.keys() - FEED:
        [endpoint] = [each for each in endpoints if f"`{named[name]}`" in str(each.request.__doc__).splitlines()[0]]
        _, *expected = inspect.signature(endpoint.call).parameters.values()
        _, *found = inspect.signature(getattr(RopoJobsClient, name)).parameters.values()
        assert [(each.name, each.kind, each.default) for each in found] == [
            (each.name, each.kind, each.default) for each in expected
        ], name
        check_method(name, named[name], parameters(endpoint.call)[1:])


@pytest.mark.parametrize("name", METHODS)
def test_method(name: str) -> None:
    operation, expected = METHODS[name]
    check_method(name, operation, expected)


def check_method(name: str, operation: str, expected: list[str]) -> None:
    method = getattr(RopoJobsClient, name)
    assert parameters(method) == expected
    assert inspect.iscoroutinefunction(method) == (name not in {"pdf", "preview", "local_print"})
    doc = inspect.getdoc(method)
    assert doc is not None
    first, *rest = doc.splitlines()
    named = re.findall(r"`((?:GET|POST|PATCH) /[a-z/]+)`", first)
    assert named == [operation]
    # What is returned is in the signature; arguments and errors are described.
    described = " ".join(rest)
    assert "Args:" in described
    assert "Raises:" in described
    for parameter in expected:
        assert re.search(rf"\b{parameter.lstrip('*')}\b", described), parameter


@pytest.mark.parametrize("name", METHODS)
def test_what_may_be_left_out(name: str) -> None:
    method = inspect.signature(getattr(RopoJobsClient, name))
    needed = {n for n, parameter in method.parameters.items() if parameter.default is parameter.empty} - {"self"}
    always = {"job", "data", "path", "payment", "note", "status", "batchid", "request", "refs", "to"}
    assert needed == (set(method.parameters) & always) | (
        {"custnum", "ordernumber"} if "ordernumber" in method.parameters else set()
    )
    for parameter in method.parameters.values():
        if parameter.name not in needed | {"self", "include_paid", "max_bytes", "concurrency", "mode"}:
            assert parameter.default is None


def test_the_client_is_made_with_one_credentials_and_keywords() -> None:
    found = parameters(RopoJobsClient)
    assert found[0] == "credentials"
    assert all(name.startswith("*") for name in found[1:])
    promised = "environment base_url timeout deadline retries max_connections transport proxy ssl_context on_attempt"
    assert {f"*{name}" for name in [*promised.split(), "user_agent_suffix", "max_response_bytes"]} <= set(found)
    defaults = {name: p.default for name, p in inspect.signature(RopoJobsClient).parameters.items()}
    assert (defaults["timeout"], defaults["deadline"], defaults["retries"]) == (30.0, 120.0, 2)
    assert defaults["max_response_bytes"] == 64 * 1024**2
    assert parameters(RopoJobsClient.with_options) == ["*timeout", "*deadline", "*retries"]
    for parameter in found:
        assert re.search(rf"\b{parameter.lstrip('*')}: ", inspect.getdoc(RopoJobsClient) or ""), parameter


def test_a_lookup_by_billnum_says_what_it_cannot_find_and_what_the_vendor_asks() -> None:
    doc = inspect.getdoc(RopoJobsClient.get_job) or ""
    assert "status change yet is not found" in doc
    assert "not to look up in bulk" in doc
