"""Generate `ropo_jobs_client/_generated` from openapi.yaml: `python -m codegen.generate [--check]`.

The steps: find what the templates cannot see (sensitive names behind `$ref` and `allOf`, which model extends which),
run openapi-python-client with the templates beside this file, write the table of operations, the names of known numbers
and those that code reads by itself, format, compare with the document, move into place.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from .document import (
    GenerationError,
    Json,
    arguments,
    list_at,
    models,
    operations,
    resolve,
    success_schema,
    successes,
    walk,
)
from .names import names_module

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = Path(__file__).resolve().parent / "templates"
TARGET = ROOT / "ropo_jobs_client" / "_generated"
RETRIES = ("safe", "idempotent", "unsafe", "consuming")

# Rules whose fixes remove what the templates write for any module and one module does not need.
RUFF_RULES = "F401,I,TC005,UP,RUF022"


def validate(document: Json) -> None:
    """Refuse what neither the generator nor the templates would stumble over, and what would be left out."""
    check_arguments(document)
    for method, path, operation in operations(document):
        where = f"{method.upper()} {path}"
        if operation.get("x-retry") not in RETRIES:
            raise GenerationError(f"{where}: x-retry must be one of {', '.join(RETRIES)}")
        if "security" not in operation:
            raise GenerationError(f"{where}: security must be given with each operation, also where it is []")
        if set(resolve(document, operation.get("requestBody", {})).get("content", {})) - {"application/json"}:
            raise GenerationError(f"{where}: a body can only be application/json")
        parameters = [resolve(document, parameter) for parameter in operation.get("parameters", [])]
        if {parameter["in"] for parameter in parameters} - {"path", "query", "header"}:
            raise GenerationError(f"{where}: parameters can only be in path, query and header")
        check_one_of(document, path, operation, where)
        if (at := list_at(document, operation)) and not any(
            found.get("type") == "array" for found in walk(document, success_schema(document, operation), at)
        ):
            raise GenerationError(f"{where}: x-list-at must lead to a list, by the names of properties")


def check_arguments(document: Json) -> None:
    """Refuse an `x-argument` of a field that is no name in Python, or the name of another field too."""
    for name, schema in models(document).items():
        called = arguments(schema)
        taken = [*called.values(), *(set(schema.get("properties", {})) - set(called))]
        for wanted in called.values():
            if not wanted.isidentifier() or taken.count(wanted) > 1:
                raise GenerationError(f"{name}: x-argument must be a name that no other field has, not {wanted}")


def sensitive_properties(document: Json, schema: Json) -> set[str]:
    """Name the properties of a schema that are `x-sensitive`, also those of its `allOf` parts and behind a `$ref`."""
    schema = resolve(document, schema)
    found = set[str]()
    for part in schema.get("allOf", []):
        found |= sensitive_properties(document, part)
    for name, value in schema.get("properties", {}).items():
        variants = [value, *value.get("oneOf", []), *value.get("anyOf", [])]
        if any(v.get("x-sensitive") or resolve(document, v).get("x-sensitive") for v in variants):
            found.add(name)
    return found


def base(document: Json, schema: Json) -> tuple[str, list[str]] | None:
    """Return the model that a schema extends (`allOf` of it and of more properties), and the properties it has."""
    first, *rest = schema.get("allOf", [{}])
    if "$ref" not in first or any("$ref" in part for part in rest):
        return None
    return first["$ref"].rpartition("/")[2], sorted(resolve(document, first).get("properties", {}))


def constants_module(document: Json) -> str:
    """Write the known numbers of open fields, `x-known-values` in the document."""
    lines = ['"""Names of known numbers. The fields are plain ints: a number that is not here is one too."""', ""]
    lines += ["from typing import Final", ""]
    for schema in models(document).values():
        for name, value in schema.get("properties", {}).items():
            if known := value.get("x-known-values"):
                lines += [f"class {known['name']}:", f'    """Known numbers of `{name}`."""', ""]
                lines += [f"    {constant}: Final = {number}" for constant, number in known["values"].items()]
                lines += ["", ""]
    names = [line.split()[1].rstrip(":") for line in lines if line.startswith("class ")]
    return "\n".join([*lines, f"__all__ = {tuple(sorted(names))!r}", ""])


def may_be_empty(document: Json, operation: Json) -> bool:
    """Return whether a response without a body is success: none is documented, or the documented one is inferred."""
    contents = [response.get("content") for response in successes(document, operation).values()]
    if not all(contents):
        return True
    schemas = [resolve(document, media["schema"]) for content in contents if content for media in content.values()]
    return all(schema.get("x-source") == "inferred" for schema in schemas)


def is_binary(document: Json, operation: Json) -> bool:
    """Return whether the response is a file."""
    types = {name for response in successes(document, operation).values() for name in response.get("content", {})}
    return any(not name.endswith("json") for name in types)


def accept(document: Json, operation: Json) -> str:
    """List the media types of all answers, those of success first."""
    responses = [resolve(document, response) for response in operation["responses"].values()]
    types = [media_type for response in responses for media_type in response.get("content", {})]
    return ", ".join(dict.fromkeys(types)) or "*/*"


def constant(operation: Json) -> str:
    words = re.findall(r"[A-Z]+(?=[A-Z][a-z]|$)|[A-Z]?[a-z]+|[0-9]+", operation["operationId"])
    return "_".join(words).upper()


def body_schema(document: Json, operation: Json) -> Json:
    """Return the schema of an operation's body, or {} where it has none."""
    content: Json = resolve(document, operation.get("requestBody", {})).get("content", {})
    return resolve(document, content["application/json"]["schema"]) if content else {}


def facts(document: Json, path: str, operation: Json) -> Json:
    """Return what the document's extensions say of an operation, for the template of its endpoint module."""
    item: Json = document["paths"][path]
    parameters = [resolve(document, ref) for ref in [*item.get("parameters", []), *operation.get("parameters", [])]]
    one_of: list[str] = operation.get("x-one-of", [])
    body: Json = body_schema(document, operation)
    properties: Json = body.get("properties", {})
    called = arguments(body)
    return {
        "body": resolve(document, operation.get("requestBody", {})).get("x-argument", "body"),
        "arguments": {p["name"]: p["x-argument"] for p in parameters if "x-argument" in p},
        "only_with": {p["name"]: p["x-only-with"] for p in parameters if "x-only-with" in p},
        "one_of": one_of,
        "in_query": bool(one_of) and set(one_of) <= {p["name"] for p in parameters},
        "fields": [called.get(name, name) for name in one_of],
        "money": [called.get(n, n) for n, schema in properties.items() if resolve(document, schema).get("x-money")],
        "list_at": list_at(document, operation),
        "consuming": operation["x-retry"] == "consuming",
        "safe_with": operation.get("x-retry-safe-with", []),
    }


def check_one_of(document: Json, path: str, operation: Json, where: str) -> None:
    """Refuse an `x-one-of` that names neither parameters nor fields of the body."""
    found = facts(document, path, operation)
    fields = set(body_schema(document, operation).get("properties", {}))
    if not found["in_query"] and not set(found["one_of"]) <= fields:
        raise GenerationError(f"{where}: x-one-of must name parameters, or fields of the body")


def operations_module(document: Json) -> str:
    """Write the table of operations."""
    lines = [
        '"""The operations of the API, as the document describes them."""',
        "",
        "from .types import Operation",
        "",
    ]
    for method, path, operation in operations(document):
        values: Json = {
            "method": method.upper(),
            "path": path,
            "summary": operation["summary"],
            "retry": operation["x-retry"],
            "retry_safe_with": tuple(operation.get("x-retry-safe-with", ())),
            "authenticated": bool(operation["security"]),
            "accept": accept(document, operation),
            "may_be_empty": may_be_empty(document, operation),
            "binary": is_binary(document, operation),
            "one_of": tuple(operation.get("x-one-of", ())),
            "list_at": tuple(list_at(document, operation)),
        }
        defaults: Json = {"authenticated": True, "may_be_empty": False, "binary": False}
        defaults |= dict.fromkeys(("retry_safe_with", "one_of", "list_at"), ())
        written = ", ".join(f"{k}={v!r}" for k, v in values.items() if k not in defaults or defaults[k] != v)
        lines.append(f"{constant(operation)} = Operation({written},)")
    names = ", ".join(constant(operation) for _, _, operation in operations(document))
    sensitive = sorted(
        {name for schema in models(document).values() for name in sensitive_properties(document, schema)}
        | {
            parameter["name"]
            for _, path, operation in operations(document)
            for ref in [*operation.get("parameters", []), *document["paths"][path].get("parameters", [])]
            if (parameter := resolve(document, ref)).get("x-sensitive") or parameter["schema"].get("x-sensitive")
        }
    )
    lines += [
        "",
        f"OPERATIONS = {{str(operation): operation for operation in ({names},)}}",
        '"""Every operation under its name, such as `GET /jobs`."""',
        "",
        f"SENSITIVE = frozenset({{{', '.join(map(repr, sensitive))}}})",
        '"""Wire names of all properties and parameters that hold personal data or secrets."""',
    ]
    return "\n".join(lines) + "\n"


def run(*command: str | Path, cwd: Path) -> None:
    result = subprocess.run([str(c) for c in command], cwd=cwd, capture_output=True, text=True, check=False)
    if result.returncode:
        raise GenerationError(f"{command[0]} failed:\n{result.stdout}{result.stderr}")


def refuse_unsupported(output: Path) -> None:
    """Raise for what the templates could not write. They leave a mark in its place."""
    for path in sorted(output.rglob("*.py")):
        if found := re.search("<<unsupported: (.*?)>>", path.read_text(encoding="utf-8")):
            raise GenerationError(f"{path.relative_to(output)}: {found[1]}")


def check(document: Json, output: Path) -> None:
    """Compare what was generated with the document."""
    generated = {path.stem for path in (output / "api").glob("*/*.py")} - {"__init__"}
    expected = {constant(operation).lower() for _, _, operation in operations(document)}
    if generated != expected:
        raise GenerationError(f"operations missing or too many: {sorted(generated ^ expected)}")
    for method, path, operation in operations(document):
        module = next((output / "api").glob(f"*/{constant(operation).lower()}.py")).read_text(encoding="utf-8")
        for status, response in successes(document, operation).items():
            refs = [media["schema"].get("$ref", "") for media in response.get("content", {}).values()]
            wanted = [ref.rpartition("/")[2] for ref in refs if ref.rpartition("/")[2] in models(document)]
            missing = is_binary(document, operation) != ("decode_binary," in module)
            if missing or any(f"{name}.from_dict" not in module for name in wanted):
                raise GenerationError(f"{method.upper()} {path}: response {status} did not reach the generated code")
    generated = set(
        re.findall(r'^    "(\w+)": ', (output / "models" / "__init__.py").read_text(encoding="utf-8"), re.MULTILINE)
    )
    if generated != set(models(document)):
        raise GenerationError(f"models missing or too many: {sorted(generated ^ set(models(document)))}")


def generate(specification: Path, target: Path) -> None:
    """Generate the package `target` from the document `specification`.

    Raises:
        GenerationError: a step failed or warned, or what came out is not what the document says. `target` is untouched.
    """
    document: Json = yaml.safe_load(specification.read_text(encoding="utf-8"))
    validate(document)
    with tempfile.TemporaryDirectory() as scratch:
        templates, output = Path(scratch, "templates"), Path(scratch, "package", "_generated")
        shutil.copytree(TEMPLATES, templates)
        sensitive = {name: sorted(sensitive_properties(document, schema)) for name, schema in models(document).items()}
        bases = {name: found for name, schema in models(document).items() if (found := base(document, schema))}
        tables = {
            "SENSITIVE": sensitive,
            "BASES": bases,
            "ARGUMENTS": {name: arguments(schema) for name, schema in models(document).items()},
        }
        (templates / "tables.jinja").write_text(
            "".join(f"{{% set {n} = {t!r} %}}\n" for n, t in tables.items()), encoding="utf-8"
        )
        endpoints = {constant(op): facts(document, path, op) for _, path, op in operations(document)}
        (templates / "facts.jinja").write_text(f"{{% set ENDPOINTS = {endpoints!r} %}}", encoding="utf-8")
        output.parent.mkdir()
        run(
            *(sys.executable, "-P", "-m", "openapi_python_client", "generate", "--path", specification),
            *("--config", ROOT / "generator-config.yml", "--custom-template-path", templates),
            *("--meta", "none", "--output-path", output, "--overwrite", "--fail-on-warning"),
            cwd=Path(scratch),
        )
        refuse_unsupported(output)
        # Written by the generator whatever the templates say; nothing here uses them.
        (output / "client.py").unlink()
        (output / "errors.py").unlink()
        (output / "operations.py").write_text(operations_module(document), encoding="utf-8")
        (output / "constants.py").write_text(constants_module(document), encoding="utf-8")
        (output / "names.py").write_text(names_module(document), encoding="utf-8")
        ruff = Path(sys.executable).with_name("ruff")
        options = ("--isolated", "--no-cache", "--quiet", "--line-length", "120")
        run(ruff, "check", *options, "--select", RUFF_RULES, "--fix", "--target-version", "py311", output, cwd=output)
        compact = ("--config", "format.skip-magic-trailing-comma=true")
        run(ruff, "format", *options, *compact, "--target-version", "py311", output, cwd=output)
        check(document, output)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(output, target)


def differences(left: Path, right: Path) -> list[str]:
    """Name the files that are not the same in both directories."""
    names = {path.relative_to(side) for side in (left, right) for path in side.rglob("*.py")}
    return sorted(
        str(name)
        for name in names
        if not ((left / name).is_file() and (right / name).is_file())
        or (left / name).read_bytes() != (right / name).read_bytes()
    )


def main(arguments: list[str]) -> int:
    checking = arguments == ["--check"]
    try:
        with tempfile.TemporaryDirectory() as scratch:
            target = Path(scratch, "_generated") if checking else TARGET
            generate(ROOT / "openapi.yaml", target)
            if checking and (different := differences(target, TARGET)):
                raise GenerationError(f"these are not what the document says; run `make generate`: {different}")
    except GenerationError as error:
        print(f"generate: {error}", file=sys.stderr)
        return 1
    print(f"generate: {len(list(TARGET.rglob('*.py')))} files {'are as generated' if checking else 'written'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
