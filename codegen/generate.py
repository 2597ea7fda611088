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
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = Path(__file__).resolve().parent / "templates"
TARGET = ROOT / "ropo_jobs_client" / "_generated"
METHODS = ("get", "put", "post", "delete", "patch")
RETRIES = ("safe", "idempotent", "unsafe", "consuming")

# Rules whose fixes remove what the templates write for any module and one module does not need.
RUFF_RULES = "F401,I,TC005,UP,RUF022"

Json = dict[str, Any]


class GenerationError(Exception):
    """The document, the generator or the templates do not fit together."""


def resolve(document: Json, node: Json) -> Json:
    """Follow a local reference."""
    while "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def operations(document: Json) -> list[tuple[str, str, Json]]:
    """List (method, path, operation) in the order of the document."""
    return [
        (method, path, item[method]) for path, item in document["paths"].items() for method in METHODS if method in item
    ]


def validate(document: Json) -> None:
    """Refuse what neither the generator nor the templates would stumble over, and what would be left out."""
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


def arguments(schema: Json) -> dict[str, str]:
    """Return what models call the properties whose own name would mislead, `x-argument`."""
    parts = [schema, *(part for part in schema.get("allOf", []) if "$ref" not in part)]
    properties = [item for part in parts for item in part.get("properties", {}).items()]
    return {name: value["x-argument"] for name, value in properties if "x-argument" in value}


def walk(document: Json, schema: Json, names: Iterable[str]) -> list[Json]:
    """Return the schemas to which the names of properties lead, through `$ref`, `anyOf`, and the items of lists."""
    found = [schema]
    for name in (*names, None):
        # What is appended is looked at too.
        found = [resolve(document, one) for one in found]
        for one in found:
            parts = [*one.get("anyOf", []), *one.get("oneOf", []), *one.get("allOf", [])]
            if name is not None and "items" in one:
                parts.append(one["items"])
            found += [resolve(document, part) for part in parts]
        if name is not None:
            found = [one["properties"][name] for one in found if name in one.get("properties", {})]
    return found


def success_schema(document: Json, operation: Json) -> Json:
    """Return the schema of an operation's JSON response, or {} where it has none."""
    for response in successes(document, operation).values():
        if media := response.get("content", {}).get("application/json"):
            return resolve(document, media["schema"])
    return {}


def list_at(document: Json, operation: Json) -> list[str]:
    """Return the names under which the list of a response stands, `x-list-at`; none where it is to be found."""
    at: list[str] = success_schema(document, operation).get("x-list-at", [])
    return at


def error_names(document: Json) -> tuple[list[tuple[str, ...]], set[str]]:
    """Return where errors have their text, and the fields of those that are plain JSON."""
    media_types = {
        media["schema"]["$ref"].rpartition("/")[2]: media_type
        for _, _, operation in operations(document)
        for status, response in operation["responses"].items()
        if not str(status).startswith("2")
        for media_type, media in resolve(document, response).get("content", {}).items()
    }
    texts, form = list[tuple[str, ...]](), set[str]()
    for name, schema in document["components"]["schemas"].items():
        if name not in media_types:
            continue
        if media_types[name] == "application/json":
            form |= set(schema.get("properties", {}))
        for text in schema.get("x-error-text", []):
            if not walk(document, schema, text.split(".")):
                raise GenerationError(f"{name}: x-error-text must name properties, and {text} is none")
            texts.append(tuple(text.split(".")))
    return texts, form


def names_module(document: Json) -> str:
    """Write the names, and statuses, that are read where no model is: in errors, headers, and the feed's journal."""
    texts, form = error_names(document)
    wire = {f"{name}.{of}": own for name, schema in models(document).items() for own, of in arguments(schema).items()}
    responses = [item for _, _, operation in operations(document) for item in operation["responses"].items()]
    refused = sorted({int(status) for status, one in responses if resolve(document, one).get("x-token-refused")})
    headers = {
        name.lower()
        for _, response in responses
        for name, header in resolve(document, response).get("headers", {}).items()
        if resolve(document, header).get("x-file-name")
    }
    if len(headers) != 1 or not refused:
        raise GenerationError("one header must have x-file-name, and one response or more x-token-refused")
    return "\n".join(
        [
            '"""Names, and statuses, that are read where no model is."""',
            "",
            "from collections.abc import Mapping",
            "from typing import Final",
            "",
            f"ERROR_TEXTS: Final[tuple[tuple[str, ...], ...]] = {tuple(texts)!r}",
            '"""Where the text of an error stands: `x-error-text`."""',
            "",
            f"ERROR_FORM: Final = frozenset({{{', '.join(map(repr, sorted(form)))}}})",
            '"""The fields of errors that are plain JSON."""',
            "",
            f"WIRE_NAMES: Final[Mapping[str, str]] = {wire!r}",
            '"""The wire names of the fields that models call otherwise: `x-argument`."""',
            "",
            f"TOKEN_REFUSED: Final = frozenset({{{', '.join(map(str, refused))}}})",
            '"""The statuses of an answer to a token that is wrong or too old: `x-token-refused`."""',
            "",
            f"FILE_NAME_HEADER: Final[str] = {headers.pop()!r}",
            '"""The header with the name of a file, in lower case: `x-file-name`."""',
            "",
        ]
    )


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


def models(document: Json) -> dict[str, Json]:
    """Name the component schemas that are objects, for which a model must be generated."""
    schemas: dict[str, Json] = document["components"]["schemas"]
    return {name: schema for name, schema in schemas.items() if schema.get("type") == "object" or "allOf" in schema}


def successes(document: Json, operation: Json) -> dict[str, Json]:
    return {
        str(status): resolve(document, response)
        for status, response in operation["responses"].items()
        if str(status).startswith("2")
    }


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
        if found := re.search("<<unsupported: (.*?)>>", path.read_text()):
            raise GenerationError(f"{path.relative_to(output)}: {found[1]}")


def check(document: Json, output: Path) -> None:
    """Compare what was generated with the document."""
    generated = {path.stem for path in (output / "api").glob("*/*.py")} - {"__init__"}
    expected = {constant(operation).lower() for _, _, operation in operations(document)}
    if generated != expected:
        raise GenerationError(f"operations missing or too many: {sorted(generated ^ expected)}")
    for method, path, operation in operations(document):
        module = next((output / "api").glob(f"*/{constant(operation).lower()}.py")).read_text()
        for status, response in successes(document, operation).items():
            refs = [media["schema"].get("$ref", "") for media in response.get("content", {}).values()]
            wanted = [ref.rpartition("/")[2] for ref in refs if ref.rpartition("/")[2] in models(document)]
            missing = is_binary(document, operation) != ("decode_binary," in module)
            if missing or any(f"{name}.from_dict" not in module for name in wanted):
                raise GenerationError(f"{method.upper()} {path}: response {status} did not reach the generated code")
    generated = set(re.findall(r'^    "(\w+)": ', (output / "models" / "__init__.py").read_text(), re.MULTILINE))
    if generated != set(models(document)):
        raise GenerationError(f"models missing or too many: {sorted(generated ^ set(models(document)))}")


def generate(specification: Path, target: Path) -> None:
    """Generate the package `target` from the document `specification`.

    Raises:
        GenerationError: a step failed or warned, or what came out is not what the document says. `target` is untouched.
    """
    document: Json = yaml.safe_load(specification.read_text())
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
        (templates / "tables.jinja").write_text("".join(f"{{% set {n} = {t!r} %}}\n" for n, t in tables.items()))
        endpoints = {constant(op): facts(document, path, op) for _, path, op in operations(document)}
        (templates / "facts.jinja").write_text(f"{{% set ENDPOINTS = {endpoints!r} %}}")
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
        (output / "operations.py").write_text(operations_module(document))
        (output / "constants.py").write_text(constants_module(document))
        (output / "names.py").write_text(names_module(document))
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
