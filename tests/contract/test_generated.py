"""The generated code: as the document says, the same each time, and fenced."""

from __future__ import annotations

import ast
import concurrent.futures
import os
import resource
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
import yaml

from codegen import generate
from codegen.document import GenerationError, operations, successes
from ropo_jobs_client._generated import operations as generated_operations
from ropo_jobs_client._generated.operations import OPERATIONS, SENSITIVE
from ropo_jobs_client._generated.types import Operation

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
OPENAPI = ROOT / "openapi.yaml"
LIBRARY = ROOT / "ropo_jobs_client"
GENERATED = LIBRARY / "_generated"

Json = dict[str, Any]


def load() -> Json:
    document: Json = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))
    return document


DOCUMENT = load()
SOURCES = sorted(GENERATED.rglob("*.py"))


def written(folder: Path, change: Callable[[Json], None]) -> Path:
    """A copy of the document with a change."""
    document = load()
    change(document)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "openapi.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(list(map(str, command)), cwd=cwd, env=variables, capture_output=True, text=True, check=False)


def operation(**more: Any) -> Json:
    """An operation to add to the document."""
    return {
        "operationId": "JobsThingAction",
        "tags": ["jobs"],
        "summary": "Get a thing",
        "description": "A thing.",
        "x-source": "docs",
        "x-retry": "safe",
        "security": [{"bearerAuth": []}],
        "responses": {"200": {"description": "The thing"}},
        **more,
    }


def parameter(name: str, place: str, kind: str, **more: Any) -> Json:
    return {"name": name, "in": place, "schema": {"type": kind, "description": "What it is"}, **more}


# Written anew


def test_what_is_committed_is_what_the_document_says() -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = run(sys.executable, "-m", "codegen.generate", "--check", cwd=ROOT)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"generate: {len(SOURCES)} files are as generated\n"
    # Of the processor, not of the clock: the machine may have other things to do.
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 10


def test_it_is_the_same_in_any_folder_with_any_hash_seed(tmp_path: Path) -> None:
    script = "import pathlib, sys, codegen.generate as c; c.generate(*map(pathlib.Path, sys.argv[1:]))"

    def once(seed: str) -> Path:
        folder = tmp_path / f"a folder {seed}"
        folder.mkdir()
        shutil.copy(OPENAPI, folder / "openapi.yaml")
        target = folder / "out"
        result = run(sys.executable, "-c", script, folder / "openapi.yaml", target, cwd=folder, PYTHONHASHSEED=seed)
        assert result.returncode == 0, result.stderr
        return target

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        targets = list(pool.map(once, ["1", "4711"]))
    for target in targets:
        assert generate.differences(target, GENERATED) == []
        assert len(list(target.rglob("*"))) == len(
            [path for path in GENERATED.rglob("*") if "__pycache__" not in str(path)]
        )


def test_a_difference_is_found(tmp_path: Path) -> None:
    left, right = tmp_path / "left", tmp_path / "right"
    for side in (left, right):
        side.mkdir()
        (side / "same.py").write_text("x = 1\n")
    assert generate.differences(left, right) == []
    (left / "same.py").write_text("x = 1 \n")
    (left / "only.py").touch()
    (right / "other").mkdir()
    (right / "other" / "more.py").touch()
    assert generate.differences(left, right) == ["only.py", "other/more.py", "same.py"]


USE = """
import asyncio, importlib, pickle, pkgutil
from decimal import Decimal
import vendored
from vendored import _generated
for module in pkgutil.walk_packages(_generated.__path__, "vendored._generated."):
    importlib.import_module(module.name)
from vendored import models
from vendored._generated.api.jobs import jobs_thing_action
from vendored._generated.operations import OPERATIONS, SENSITIVE

class Client:
    async def send(self, request):
        self.request = request
        return request.decode({"jobid": "5", "newField": "1.50", "2nd": 1, "from": "x", "hidden": "canary"})

client = Client()
thing = asyncio.run(jobs_thing_action.call(
    client, jobid=5, name="a/b ?&é", body=models.JobDisputeRequest(), trace_id="t-1", q="x"))
request = client.request
assert str(request.operation) == "PATCH /jobs/{jobid}/things/{name}", str(request.operation)
assert request.operation is OPERATIONS["PATCH /jobs/{jobid}/things/{name}"]
assert request.operation.retry == "consuming" and request.operation.retry_safe_with == ("q",)
assert request.path == "/jobs/5/things/a%2Fb%20%3F%26%C3%A9", request.path
assert request.params == {"q": "x"} and request.headers == {"Trace-Id": "t-1"}
assert request.body.model == models.JobDisputeRequest() and request.body.to_json() == b"{}"
assert type(thing) is models.JobJobInfo
assert thing.jobid == 5 and thing.new_field == Decimal("1.50") and thing.from_ == "x" and thing.field_2nd == 1
assert thing.additional_properties == {}
assert "canary" not in repr(thing) and "hidden" in SENSITIVE
assert thing.to_dict() == {"jobid": 5, "newField": Decimal("1.50"), "2nd": 1, "from": "x", "hidden": "canary"}
assert pickle.loads(pickle.dumps(thing)) == thing
assert models.JobJobInfo(from_="x").to_dict() == {"from": "x"}
assert models.NewThing(flag=True).to_json() == b'{"flag":true}'
print("done")
"""


def test_a_changed_document_gives_code_that_works_under_another_name(tmp_path: Path) -> None:
    def change(document: Json) -> None:
        schemas = document["components"]["schemas"]
        schemas["JobJobInfo"]["properties"] |= {
            "newField": {"type": "number", "description": 'Says """quoted""" \\ and ends in \\'},
            "2nd": {"type": "integer", "description": "Starts with a digit"},
            "from": {"type": "string", "description": "Is a keyword", "example": '"""'},
            "hidden": {"$ref": "#/components/schemas/Secret"},
        }
        schemas["Secret"] = {"type": "string", "x-sensitive": True}
        schemas["NewThing"] = {"type": "object", "properties": {"flag": {"type": "boolean", "description": "A flag"}}}
        answer = {"application/json": {"schema": {"$ref": "#/components/schemas/JobJobInfo"}}}
        body = {"application/json": {"schema": {"$ref": "#/components/schemas/JobDisputeRequest"}}}
        document["paths"]["/jobs/{jobid}/things/{name}"] = {
            "patch": operation(
                **{"x-retry": "consuming", "x-retry-safe-with": ["q"], "summary": 'A """thing"""'},
                parameters=[
                    parameter("jobid", "path", "integer", required=True),
                    parameter("name", "path", "string", required=True),
                    parameter("q", "query", "string"),
                    parameter("Trace-Id", "header", "string"),
                ],
                requestBody={"required": True, "content": body},
                responses={"200": {"description": "The thing", "content": answer}},
            )
        }

    package = tmp_path / "vendored"
    shutil.copytree(LIBRARY, package, ignore=shutil.ignore_patterns("_generated", "__pycache__"))
    generate.generate(written(tmp_path / "changed", change), package / "_generated")
    use = tmp_path / "use.py"
    use.write_text(USE, encoding="utf-8")
    result = run(sys.executable, "-W", "error", use, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert (result.stdout, result.stderr) == ("done\n", "")


# Stops at what it cannot do


def with_property(schema: Json, *, is_required: bool = False) -> Callable[[Json], None]:
    def change(document: Json) -> None:
        info = document["components"]["schemas"]["JobJobInfo"]
        info["properties"]["extra"] = schema
        info["required"] = ["extra"] if is_required else []

    return change


def with_field(schema: str, name: str, field: Json) -> Callable[[Json], None]:
    return lambda document: document["components"]["schemas"][schema]["properties"].update({name: field})


def with_parameter(place: str, kind: str) -> Callable[[Json], None]:
    return lambda document: document["paths"]["/jobs"]["get"]["parameters"].append(parameter("extra", place, kind))


def with_answer(media_type: str, schema: Json) -> Callable[[Json], None]:
    responses = {"200": {"description": "The thing", "content": {media_type: {"schema": schema}}}}
    return lambda document: document["paths"].update({"/jobs/thing": {"get": operation(responses=responses)}})


def without(key: str, *instead: str) -> Callable[[Json], None]:
    def change(document: Json) -> None:
        get: Json = document["paths"]["/jobs"]["get"]
        del get[key]
        get.update(zip([key], instead, strict=False))

    return change


def with_body(media_type: str) -> Callable[[Json], None]:
    content = {media_type: {"schema": {"$ref": "#/components/schemas/Job"}}}
    return lambda document: document["paths"]["/jobs"]["post"].update({"requestBody": {"content": content}})


REFUSED: dict[str, tuple[Callable[[Json], None], str]] = {
    "a moment": (with_property({"type": "string", "format": "date-time"}), "no template for a property of kind"),
    "an enum": (with_property({"type": "string", "enum": ["a", "b"]}), "no template for a property of kind"),
    "a list of numbers": (
        with_property({"type": "array", "items": {"type": "integer"}}),
        "no template for the items of the list",
    ),
    "an object without a name": (
        with_property({"type": "object", "properties": {"a": {"type": "string"}}}),
        "models missing or too many: ['JobJobInfoExtra']",
    ),
    "required and nullable": (
        with_property({"type": ["string", "null"]}, is_required=True),
        "no template for a property that is required and nullable",
    ),
    "a flag in the query": (with_parameter("query", "boolean"), "no template for the parameter"),
    "a cookie": (with_parameter("cookie", "string"), "GET /jobs: parameters can only be in path, query and header"),
    "a list as answer": (
        with_answer("application/json", {"type": "array", "items": {"type": "string"}}),
        "no template for the response of",
    ),
    "a text as answer": (
        with_answer("text/plain", {"type": "string"}),
        "GET /jobs/thing: response 200 did not reach the generated code",
    ),
    "a warning": (with_answer("application/xml", {"type": "string"}), "WARNING parsing GET /jobs/thing"),
    "a form": (with_body("multipart/form-data"), "POST /jobs: a body can only be application/json"),
    "no x-retry": (without("x-retry"), "GET /jobs: x-retry must be one of safe, idempotent, unsafe, consuming"),
    "a slip in x-retry": (
        without("x-retry", "sfae"),
        "GET /jobs: x-retry must be one of safe, idempotent, unsafe, consuming",
    ),
    "a name that another field has": (
        with_field("JobStatusUpdate", "code", {"type": "integer", "x-argument": "status"}),
        "JobStatusUpdate: x-argument must be a name that no other field has, not status",
    ),
    "a list that is not there": (
        lambda document: document["components"]["schemas"]["JobsStatusUpdatesResult"].update({"x-list-at": ["data"]}),
        "GET /jobs/statusupdates: x-list-at must lead to a list, by the names of properties",
    ),
    "an error's text that is not there": (
        lambda document: document["components"]["schemas"]["AuthError"].update({"x-error-text": ["errortext"]}),
        "AuthError: x-error-text must name properties, and errortext is none",
    ),
    "no status of a refused token": (
        lambda document: document["components"]["responses"]["Unauthorized"].pop("x-token-refused"),
        "one header must have x-file-name, and one response or more x-token-refused",
    ),
    "no security": (without("security"), "GET /jobs: security must be given with each operation, also where it is []"),
}


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What generating from each of them says. Two at once: each is a process that takes seconds."""

    def attempt(name: str) -> str:
        folder = tmp_path_factory.mktemp("refused")
        target = folder / "out"
        target.mkdir()
        (target / "kept.py").write_text("x = 1\n")
        try:
            generate.generate(written(folder, REFUSED[name][0]), target)
        except GenerationError as error:
            text = str(error)
        else:
            text = "generated"
        kept = [path.name for path in target.iterdir()] == ["kept.py"]
        return text if kept else f"the target was touched: {text}"

    with concurrent.futures.ThreadPoolExecutor(2) as pool, pytest.MonkeyPatch.context() as environment:
        # The generator's own traceback takes longer than the generator.
        environment.setenv("_TYPER_STANDARD_TRACEBACK", "1")
        return dict(zip(REFUSED, pool.map(attempt, REFUSED), strict=True))


@pytest.mark.parametrize("name", REFUSED)
def test_what_it_cannot_do_stops_it(name: str, refusals: dict[str, str]) -> None:
    assert REFUSED[name][1] in refusals[name]
    assert not refusals[name].startswith("the target was touched")


def test_an_operation_or_model_that_is_missing_is_found(tmp_path: Path) -> None:
    def copied(name: str) -> Path:
        return Path(shutil.copytree(GENERATED, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__")))

    generate.check(DOCUMENT, copied("whole"))
    output = copied("operation")
    (output / "api" / "jobs" / "jobs_get_action.py").unlink()
    with pytest.raises(GenerationError, match=r"operations missing or too many: \['jobs_get_action'\]"):
        generate.check(DOCUMENT, output)
    output = copied("model")
    index = output / "models" / "__init__.py"
    index.write_text(index.read_text().replace('    "PayRow": ".pay_row",\n', ""))
    with pytest.raises(GenerationError, match=r"models missing or too many: \['PayRow'\]"):
        generate.check(DOCUMENT, output)
    output = copied("stream")
    module = output / "api" / "jobs" / "jobs_get_pdf_action.py"
    module.write_text(module.read_text().replace("decode_binary", "decode_none"))
    with pytest.raises(GenerationError, match="GET /jobs/pdf: response 200 did not reach the generated code"):
        generate.check(DOCUMENT, output)


# Fenced


def imports(path: Path) -> list[tuple[int, str]]:
    """(level, module) of every import of a file, wherever it stands."""
    found: list[tuple[int, str]] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(0, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            found.append((node.level, node.module or ""))
    return found


def test_it_imports_itself_relatively_and_of_the_library_only_checks_and_the_codec() -> None:
    outside: set[str] = set()
    absolute: set[str] = set()
    for path in SOURCES:
        depth = len(path.relative_to(GENERATED).parts)
        for level, module in imports(path):
            if level == 0:
                absolute.add(module.partition(".")[0])
            elif level > depth:
                assert level == depth + 1, path
                outside.add(module)
    assert {module.partition(".")[0] for module in outside} == {"_codec", "_validate"}
    assert absolute - set(sys.stdlib_module_names) == {"attrs"}


def test_it_does_no_io() -> None:
    banned = {"httpx", "httpcore", "anyio", "asyncio", "trio", "socket", "ssl", "http", "urllib.request", "requests"}
    for path in SOURCES:
        assert not {module for level, module in imports(path) if level == 0} & banned, path


def test_each_operation_is_a_request_and_a_call_and_there_are_no_twins() -> None:
    modules = [path for path in SOURCES if path.parent.parent.name == "api" and path.name != "__init__.py"]
    assert len(modules) == len(OPERATIONS)
    for path in modules:
        functions = {
            node.name: node
            for node in ast.parse(path.read_text()).body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        assert {name: type(node) for name, node in functions.items()} == {
            "request": ast.FunctionDef,
            "call": ast.AsyncFunctionDef,
        }
        for name, function in functions.items():
            # Everything but the client is given by name.
            assert [argument.arg for argument in function.args.args] == (["client"] if name == "call" else [])
            assert not function.args.vararg
            assert ast.get_docstring(function)


def test_what_answers_with_a_pdf_is_binary() -> None:
    assert {str(operation) for operation in OPERATIONS.values() if operation.binary} == {
        f"{method.upper()} {path}"
        for method, path, operation in operations(DOCUMENT)
        if any("application/pdf" in r.get("content", {}) for r in successes(DOCUMENT, operation).values())
    }


# The table of operations


def test_operations_are_those_of_the_document() -> None:
    expected: dict[str, Json] = {}
    for path, item in DOCUMENT["paths"].items():
        for method, described in item.items():
            expected[f"{method.upper()} {path}"] = described
    assert set(OPERATIONS) == set(expected)
    for name, described in expected.items():
        found = OPERATIONS[name]
        assert isinstance(found, Operation)
        assert f"{found.method} {found.path}" == str(found) == name
        assert found.retry == described["x-retry"]
        assert found.retry_safe_with == tuple(described.get("x-retry-safe-with", ()))
        assert found.summary == described["summary"]
        assert found.authenticated == (described["security"] != [])
        assert getattr(generated_operations, generate.constant(described)) is found


def test_may_be_empty_is_where_no_answer_is_documented() -> None:
    # Written out: what is empty and still success must not change with a slip in the document.
    assert {name for name, found in OPERATIONS.items() if found.may_be_empty} == {
        "PATCH /jobs",
        "GET /jobs/statusupdates",
        "PATCH /jobs/opensalesinvoices",
        "PATCH /jobs/deliverystatus",
        "POST /jobs/creditnote",
        "GET /jobs/transferconfirmation",
    }


def test_accept_lists_the_media_types_of_success_first() -> None:
    for name, found in OPERATIONS.items():
        first = found.accept.split(", ")[0]
        if name in {"GET /jobs/pdf", "POST /jobs/preview", "POST /jobs/localprint"}:
            assert first == "application/pdf"
        assert set(found.accept.split(", ")) <= {"application/pdf", "application/json", "application/problem+json"}
        assert "application/problem+json" in found.accept


def test_sensitive_names_are_those_of_the_document() -> None:
    found: set[str] = set()

    def look(node: Any) -> None:
        if isinstance(node, dict):
            mapping = cast("Json", node)
            schema = mapping.get("schema", {})
            if "in" in mapping and (mapping.get("x-sensitive") or schema.get("x-sensitive")):
                found.add(mapping["name"])
            for name, value in mapping.get("properties", {}).items():
                parts = [value, *value.get("oneOf", []), *value.get("allOf", []), *value.get("anyOf", [])]
                if any(part.get("x-sensitive") or target(part).get("x-sensitive") for part in parts):
                    found.add(name)
            for value in mapping.values():
                look(value)
        elif isinstance(node, list):
            for value in cast("list[Any]", node):  # type: ignore[redundant-cast]
                look(value)

    def target(node: Json) -> Json:
        name = node.get("$ref", "").rpartition("/")[2]
        return DOCUMENT["components"]["schemas"].get(name, {}) if name else node

    look(DOCUMENT)
    assert found == SENSITIVE
    assert {"apicode", "token", "ssn", "payee", "govid", "email"} <= SENSITIVE
