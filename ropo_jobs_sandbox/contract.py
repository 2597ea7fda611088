"""Requests checked against ``openapi.yaml`` itself, so that document and sandbox can't drift apart.

Two things are stricter than the document, as a real service is: a query parameter that it does not know is refused, and
one is refused that comes twice. One thing is more lenient, as the PHP service is: a numeric string is taken for a
number.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

import yaml
from jsonschema import Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend  # pyright: ignore[reportUnknownVariableType]
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from .answers import job_error, problem
from .errors import SandboxError
from .values import Json, as_date, as_decimal, as_int, is_blank, read_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_URI = "urn:openapi"
_BOUNDS = {"minimum": "at least", "maximum": "at most", "exclusiveMinimum": "above", "exclusiveMaximum": "below"}
_METHODS = frozenset({"get", "put", "post", "delete", "options", "head", "patch", "trace"})
_MAX_SHOWN = 200
_MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A query or header parameter of an operation."""

    name: str
    place: str
    required: bool
    check: Any
    """The validator of its schema."""


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the document. ``name`` is its method and path, such as "GET /jobs"."""

    name: str
    secured: bool
    parameters: tuple[Parameter, ...]
    body_required: bool
    body_types: Mapping[str, Any]
    """The validator of the body for each media type."""
    one_of: tuple[str, ...] = ()
    """What ``x-one-of`` names: the parameters, or the fields of the body, of which one is to be given."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request that fits the document: what it says, ready to be carried out."""

    operation: Operation
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any

    def whole(self, name: str) -> int | None:
        """A query parameter that is a whole number; None when it was not given."""
        return as_int(self.query[name]) if name in self.query else None

    @property
    def selectors(self) -> tuple[str, ...]:
        """What is given of that of which one is to be given."""
        names = self.operation.one_of
        if any(parameter.name in names for parameter in self.operation.parameters):
            return tuple(name for name in names if name in self.query)
        return tuple(name for name in names if not is_blank(self.body.get(name)))

    def selector(self) -> str:
        """The one that is given; refuses none and several."""
        given = self.selectors
        if len(given) != 1:
            raise job_error(400, f"Exactly one of {', '.join(self.operation.one_of)} is required, not {len(given)}")
        return given[0]


class Contract:
    """The operations of an OpenAPI 3.1 document."""

    def __init__(self, document: Json) -> None:
        self._document = document
        resource: Resource[Any] = DRAFT202012.create_resource(document)
        registry: Registry[Any] = Registry()
        self._registry = registry.with_resource(_URI, resource)
        self._paths: dict[str, dict[str, Operation]] = {
            path: {method: self._operation(path, method) for method in item if method in _METHODS}
            for path, item in document["paths"].items()
        }

    @property
    def document(self) -> Json:
        """The document itself, which is not to be changed."""
        return self._document

    @property
    def operations(self) -> list[Operation]:
        """Every operation, in the order of the document."""
        return [operation for methods in self._paths.values() for operation in methods.values()]

    def identify(self, method: str, path: str) -> Operation:
        """The operation that a request means; refuses a path or method that the document does not have."""
        methods = self._paths.get(path)
        if methods is None:
            raise problem(404, f"There is no {path}")
        operation = methods.get(method.lower())
        if operation is None:
            allowed = ", ".join(name.upper() for name in methods)
            raise problem(405, f"{path} takes {allowed}, not {method}", {"Allow": allowed})
        return operation

    def check(self, operation: Operation, query: str, headers: Mapping[str, str], body: bytes) -> Call:
        """The call that a request makes; refuses one that does not fit the document, naming the field."""
        given = _query(query)
        known = {parameter.name for parameter in operation.parameters if parameter.place == "query"}
        for name in given:
            if name not in known:
                raise job_error(400, f"{name}: there is no such parameter (of {', '.join(sorted(known)) or 'none'})")
        for parameter in operation.parameters:
            _check_parameter(parameter, given, headers)
        return Call(operation, given, headers, _body(operation, headers, body))

    def validator(self, pointer: str) -> Any:
        """A validator for the schema at a JSON pointer of the document."""
        return _Validator({"$ref": f"{_URI}#{pointer}"}, registry=self._registry, format_checker=_FORMATS)

    def resolve(self, node: Json, pointer: str) -> tuple[Json, str]:
        """What a node of the document says, and where: followed through its ``$ref``."""
        while "$ref" in node:
            pointer = str(node["$ref"]).removeprefix("#")
            node = self._registry.resolver(_URI).lookup(f"#{pointer}").contents
        return node, pointer

    def _operation(self, path: str, method: str) -> Operation:
        item = self._document["paths"][path]
        pointer = f"/paths/{_escaped(path)}/{method}"
        parameters = [
            self._parameter(entry, f"{where}/parameters/{place}")
            for where, owner in ((f"/paths/{_escaped(path)}", item), (pointer, item[method]))
            for place, entry in enumerate(owner.get("parameters", []))
        ]
        body, where = self.resolve(item[method].get("requestBody", {}), f"{pointer}/requestBody")
        security = item[method].get("security", self._document.get("security", []))
        return Operation(
            name=f"{method.upper()} {path}",
            secured=bool(security),
            parameters=tuple(parameters),
            body_required=bool(body.get("required")),
            body_types={
                media_type: self.validator(f"{where}/content/{_escaped(media_type)}/schema")
                for media_type in body.get("content", {})
            },
            one_of=tuple(item[method].get("x-one-of", ())),
        )

    def _parameter(self, entry: Json, pointer: str) -> Parameter:
        found, where = self.resolve(entry, pointer)
        return Parameter(found["name"], found["in"], bool(found.get("required")), self.validator(f"{where}/schema"))


@lru_cache(maxsize=4)
def load_contract(path: Path) -> Contract:
    """The contract in a file. A document is read once in a process: it takes longer than starting the server."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        with path.open("rb") as file:
            return Contract(yaml.load(file, Loader=loader))  # noqa: S506 - both loaders are safe ones
    except OSError as error:
        raise SandboxError(f"can't read {path}: {error.strerror}") from error
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise SandboxError(f"{path} is not an OpenAPI document: {error}") from error


def document_path() -> Path:
    """Where ``openapi.yaml`` is: beside this module in an installed package, at the top of the tree in a checkout."""
    here = Path(__file__).resolve().parent
    for place in (here, here.parent):
        if (place / "openapi.yaml").is_file():
            return place / "openapi.yaml"
    raise SandboxError(f"there is no openapi.yaml in {here} or above it")


# Checking the parts of a request


def _query(query: str) -> dict[str, str]:
    given: dict[str, str] = {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=100)
    except (ValueError, UnicodeDecodeError):
        raise problem(400, "The query string can't be read as UTF-8 names and values") from None
    for name, value in pairs:
        if name in given:
            raise job_error(400, f"{name}: given more than once")
        given[name] = value
    return given


def _check_parameter(parameter: Parameter, query: Mapping[str, str], headers: Mapping[str, str]) -> None:
    source, name = (query, parameter.name) if parameter.place == "query" else (headers, parameter.name.lower())
    if name not in source:
        if parameter.required:
            raise job_error(400, f"{parameter.name}: required")
        return
    if not source[name].strip():
        raise job_error(400, f"{parameter.name}: must not be empty")
    _refuse_first(parameter.check, source[name], parameter.name)


def _body(operation: Operation, headers: Mapping[str, str], body: bytes) -> Any:
    if not operation.body_types:
        return None
    if not body and not operation.body_required:
        return None
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in operation.body_types:
        shown = media_type if _MEDIA_TYPE.fullmatch(media_type) else "no media type"
        raise problem(415, f"{operation.name} takes {', '.join(operation.body_types)}, not {shown}")
    parsed = _parsed(body)
    _refuse_first(operation.body_types[media_type], parsed, "")
    return parsed


def _parsed(body: bytes) -> Any:
    try:
        return read_json(body, parse_float=Decimal)
    except ValueError as error:
        raise problem(400, f"The body is not JSON: {error}") from None


def _refuse_first(validator: Any, value: object, name: str) -> None:
    errors = validator.iter_errors(value)
    error = min(errors, key=lambda found: (list(map(str, found.absolute_path)), str(found.validator)), default=None)
    if error is not None:
        raise job_error(400, complaint(error, name))


def complaint(error: ValidationError, name: str = "") -> str:
    """A violation in words: the field, what came, and what would be right."""
    field = _field(error.absolute_path, name)
    instance: Any = error.instance
    wanted: Any = error.validator_value
    shown = _shown(instance)
    if error.validator == "required":
        missing = [entry for entry in wanted if entry not in instance]
        return f"{_joined(field, missing[0])}: required"
    field = field or "the body"
    if error.validator == "type":
        return f"{field}: {shown} is not {' or '.join([wanted] if isinstance(wanted, str) else wanted)}"
    if error.validator == "format":
        wanted = "a date (YYYY-MM-DD)" if wanted == "date" else f"a {wanted}"
        return f"{field}: {shown} is not {wanted}"
    if error.validator in _BOUNDS:
        return f"{field}: {shown} is not {_BOUNDS[str(error.validator)]} {wanted}"
    return f"{field}: {error.message[:_MAX_SHOWN]}"


def _field(path: Sequence[str | int], name: str) -> str:
    field = name
    for part in path:
        field = f"{field}[{part}]" if isinstance(part, int) else _joined(field, part)
    return field


def _joined(field: str, name: str) -> str:
    return f"{field}.{name}" if field else name


def _shown(value: object) -> str:
    # On purpose: real services echo what was sent, and a client has to cope with that.
    text = str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + "…"


def _escaped(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


# JSON Schema, as lenient about numbers as PHP


def _is_number(_checker: object, value: object) -> bool:
    return as_number(value) is not None


def _is_integer(_checker: object, value: object) -> bool:
    number = as_number(value)
    return number is not None and number == number.to_integral_value()


def as_number(value: object) -> Decimal | None:
    """A JSON number or a numeric string as a number of any size that is finite; None for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    return as_decimal(value) if isinstance(value, str) else None


def _bound(name: str) -> Any:
    original = Draft202012Validator.VALIDATORS[name]

    def check(validator: Any, limit: Any, value: object, schema: Any) -> Iterator[ValidationError]:
        number = as_number(value)
        if number is not None:
            yield from original(validator, limit, number, schema) or ()

    return check


def _enum(_validator: Any, allowed: Any, value: object, _schema: Any) -> Iterator[ValidationError]:
    number = as_number(value)
    if value not in allowed and not any(number is not None and as_number(entry) == number for entry in allowed):
        yield ValidationError(f"{_shown(value)} is none of {', '.join(map(_shown, allowed))}")


def _is_date(value: object) -> bool:
    return not isinstance(value, str) or as_date(value) is not None


_FORMATS = FormatChecker(formats=())
_FORMATS.checks("date")(_is_date)

_Validator: Any = extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {**{name: _bound(name) for name in _BOUNDS}, "enum": _enum},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("number", _is_number).redefine("integer", _is_integer),
)
