"""Every generated model: what goes in comes out, and nothing personal is shown."""

from __future__ import annotations

import copy
import decimal
import inspect
import io
import json
import math
import pickle
import re
import types
import typing
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import attrs
import pytest
import rich.console
import rich.pretty
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from plain_json import encode_json

from ropo_jobs_client import models
from ropo_jobs_client._codec.json import decode_json
from ropo_jobs_client._codec.model import JsonBody, Model
from ropo_jobs_client._codec.unset import UNSET, Unset
from ropo_jobs_client.errors import DecodeError, InvalidArgument
from ropo_jobs_client.models import (
    AuthLogin,
    Job,
    JobAddPayment,
    JobDataSet,
    JobDatastream,
    JobItem,
    JobJobInfo,
    JobPayee,
    JobStatusUpdate,
    JobType,
    PayPlan,
    PayPlanInstalment,
    PayRow,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

EXAMPLES = settings(derandomize=True, deadline=None, database=None, max_examples=15)
MANY = settings(derandomize=True, deadline=None, database=None, max_examples=120)

DOCUMENT: dict[str, Any] = yaml.safe_load((Path(__file__).parents[2] / "openapi.yaml").read_text(encoding="utf-8"))
SCHEMAS: dict[str, dict[str, Any]] = DOCUMENT["components"]["schemas"]
MODELS: dict[str, type[Model]] = {
    name: found for name in dir(models) if isinstance(found := getattr(models, name), type) and issubclass(found, Model)
}
CONSTANTS = {name for name in dir(models) if isinstance(getattr(models, name), type)} - set(MODELS) - {"Unset"}
CANARY = "canary-1f3a"


# What the document says of a model


def resolve(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        node = SCHEMAS[node["$ref"].rpartition("/")[2]]
    return node


def properties(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The properties of a schema, those of its parts too, with what each of them says itself."""
    schema = resolve(schema)
    found: dict[str, dict[str, Any]] = {}
    for part in schema.get("allOf", []):
        found |= properties(part)
    own: dict[str, dict[str, Any]] = schema.get("properties", {})
    return found | own


def required(schema: dict[str, Any]) -> set[str]:
    schema = resolve(schema)
    return set(schema.get("required", [])).union(*map(required, schema.get("allOf", [])))


def is_nullable(schema: dict[str, Any]) -> bool:
    variants: list[dict[str, Any]] = schema.get("oneOf", [])
    return "null" in schema.get("type", "") or {"type": "null"} in variants


def variants(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema, and what it refers to."""
    yield schema
    if "$ref" in schema:
        yield from variants(resolve(schema))
    for inner in [*schema.get("oneOf", []), *schema.get("anyOf", []), *schema.get("allOf", [])]:
        yield from variants(inner)


def is_sensitive(schema: dict[str, Any]) -> bool:
    return any(variant.get("x-sensitive") for variant in variants(schema))


def kind_of(schema: dict[str, Any]) -> str:
    """The name of a model, or "int", "decimal", "str", "date", "list of ...": as the document says it."""
    for variant in variants(schema):
        if "$ref" in variant:
            return str(variant["$ref"].rpartition("/")[2])
    found: str | list[str] = schema["type"]
    name = found if isinstance(found, str) else found[0]
    if name == "array":
        return f"list of {kind_of(schema['items'])}"
    if name == "string":
        return "date" if schema.get("format") == "date" else "str"
    return {"integer": "int", "number": "decimal"}[name]


def snake_case(wire: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", wire).lower()


FIELDS = {name: properties(SCHEMAS[name]) for name in MODELS if name in SCHEMAS}
EVERY_MODEL = pytest.mark.parametrize("name", MODELS)


def places(*kinds: str) -> list[tuple[str, str, dict[str, Any]]]:
    """(model, wire name, schema) of every field of these kinds."""
    return [
        (name, wire, schema)
        for name, fields in FIELDS.items()
        for wire, schema in fields.items()
        if kind_of(schema).partition(" ")[0] in kinds
    ]


# Values for them

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
amounts = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15)
numbers = st.integers(-(10**12), 10**12)
unknown = st.dictionaries(
    texts.map(lambda text: f"x-{text}"),
    st.recursive(
        st.none() | st.booleans() | numbers | amounts | texts,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
        max_leaves=4,
    ),
    max_size=3,
)
SIMPLE: dict[str, st.SearchStrategy[Any]] = {
    "int": numbers,
    "decimal": amounts | numbers,
    "str": texts,
    "date": st.dates().map(date.isoformat),
}


def wire_value(kind: str) -> st.SearchStrategy[Any]:
    """A value of the field as it comes, in the form that the document names."""
    if kind.startswith("list of "):
        return st.lists(wire_value(kind.removeprefix("list of ")), max_size=2)
    return SIMPLE[kind] if kind in SIMPLE else st.deferred(lambda: wire_object(kind))


def merged(known: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    return {**more, **known}


def field_value(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    value = wire_value(kind_of(schema))
    return st.none() | value if is_nullable(schema) else value


def wire_object(name: str, most: int = 12) -> st.SearchStrategy[dict[str, Any]]:
    """An object as it comes: all required fields, some others, and some that the document does not know."""
    fields, needed = FIELDS[name], required(SCHEMAS[name])
    others = sorted(set(fields) - needed)
    chosen = st.lists(st.sampled_from(others), max_size=most, unique=True) if others else st.just([])
    return st.builds(
        merged,
        chosen.flatmap(
            lambda names: st.fixed_dictionaries({w: field_value(fields[w]) for w in [*sorted(needed), *names]})
        ),
        unknown,
    )


def smallest(name: str) -> dict[str, Any]:
    """An object with nothing but what is required."""
    values_of = {"int": 1, "decimal": Decimal("1.50"), "str": "x", "date": "2026-11-22"}
    fields = FIELDS[name]
    return {
        wire: values_of.get(kind, [] if kind.startswith("list") else smallest(kind) if kind in FIELDS else None)
        for wire in required(SCHEMAS[name])
        if (kind := kind_of(fields[wire]))
    }


def made(name: str, **fields: Any) -> Model:
    """A model with nothing but what is required, made by its arguments."""
    given_ = {snake_case(wire): value for wire, value in smallest(name).items()}
    if name == "Job":
        given_["datastream"] = JobDatastream(dataset=[])
    return MODELS[name](**given_ | fields)


# The shape


def test_every_schema_that_is_an_object_has_its_model() -> None:
    objects = {name for name, schema in SCHEMAS.items() if schema.get("type") == "object" or "allOf" in schema}
    assert set(MODELS) == objects
    assert len(MODELS) == 35


@EVERY_MODEL
def test_fields_are_the_wire_names_in_snake_case(name: str) -> None:
    fields = attrs.fields_dict(cast("type[attrs.AttrsInstance]", MODELS[name]))
    assert set(fields) == {snake_case(wire) for wire in FIELDS[name]} | {"additional_properties"}
    assert {field for field, made_of in fields.items() if made_of.default is attrs.NOTHING} == {
        snake_case(wire) for wire in required(SCHEMAS[name])
    }
    for field, made_of in fields.items():
        assert made_of.kw_only
        assert made_of.init
        assert field == "additional_properties" or made_of.default in {attrs.NOTHING, UNSET}


@EVERY_MODEL
def test_types_are_those_of_the_document(name: str) -> None:
    hints = typing.get_type_hints(MODELS[name])
    plain: dict[str, Any] = {"int": int, "decimal": Decimal, "str": str, "date": str, **MODELS}
    for wire, schema in FIELDS[name].items():
        kind = kind_of(schema)
        expected = plain[kind.removeprefix("list of ")]
        if kind.startswith("list"):
            expected = types.GenericAlias(list, (expected,))
        if is_nullable(schema):
            expected = expected | None
        if wire not in required(SCHEMAS[name]):
            expected = expected | Unset
        assert hints[snake_case(wire)] == expected, wire
    # Dependency injection and converters ask for these.
    assert hints["additional_properties"] == dict[str, Any]
    resolved = attrs.fields(attrs.resolve_types(cast("type[attrs.AttrsInstance]", MODELS[name])))
    assert {field.name: field.type for field in resolved} == hints
    for method in ("to_dict", "to_json", "from_dict", "from_list", "__init__"):
        typing.get_type_hints(getattr(MODELS[name], method))


@EVERY_MODEL
def test_keyword_only_with_slots(name: str) -> None:
    kind: Any = MODELS[name]
    model = made(name)
    parameters = inspect.signature(kind).parameters.values()
    assert all(parameter.kind is parameter.KEYWORD_ONLY for parameter in parameters)
    assert not hasattr(model, "__dict__")
    with pytest.raises(TypeError):
        kind("x")
    with pytest.raises(AttributeError):
        model.no_such_field = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        kind(**{snake_case(wire): value for wire, value in smallest(name).items()}, no_such_field=1)
    assert isinstance(model, Model)
    assert kind.__doc__


@EVERY_MODEL
def test_what_is_required_must_be_given(name: str) -> None:
    for wire in required(SCHEMAS[name]):
        fields = {snake_case(other): value for other, value in smallest(name).items() if other != wire}
        with pytest.raises(TypeError, match=snake_case(wire)):
            MODELS[name](**fields)


@EVERY_MODEL
def test_what_is_not_given_is_unset_and_not_sent(name: str) -> None:
    model = made(name)
    assert set(model.to_dict()) == required(SCHEMAS[name])
    for wire in set(FIELDS[name]) - required(SCHEMAS[name]):
        assert getattr(model, snake_case(wire)) is UNSET
    assert model.additional_properties == {}
    assert made(name).additional_properties is not model.additional_properties


COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda model: pickle.loads(pickle.dumps(model)),
    "pickle 2": lambda model: pickle.loads(pickle.dumps(model, 2)),
    "evolve": attrs.evolve,
}


@EVERY_MODEL
def test_unset_and_none_survive_a_copy(name: str) -> None:
    nullable = [wire for wire, schema in FIELDS[name].items() if is_nullable(schema)]
    model = made(name, **{snake_case(wire): None for wire in nullable})
    for again in COPIES.values():
        same = again(model)
        assert same == model
        assert same is not model
        assert same.to_dict() == model.to_dict()
        for wire in FIELDS[name]:
            before, after = getattr(model, snake_case(wire)), getattr(same, snake_case(wire))
            assert (before is UNSET) == (after is UNSET)
            assert (before is None) == (after is None) == (wire in nullable)


@EVERY_MODEL
def test_unknown_fields_are_an_argument_that_is_copied(name: str) -> None:
    given_ = {"reason": "x"}
    model = made(name, additional_properties=given_)
    assert model.additional_properties == given_
    assert model.additional_properties is not given_
    assert model.to_dict() == smallest(name) | given_
    other: Model = attrs.evolve(cast("Any", model))
    assert other == model
    other.additional_properties["reason"] = "y"
    assert model.additional_properties == given_
    with pytest.raises(TypeError, match=rf"^{name}\.additional_properties must be a dict, not list$"):
        made(name, additional_properties=[1]).to_dict()
    with pytest.raises(TypeError, match=rf"^{name}\.additional_properties must be a dict, not list$"):
        made(name, additional_properties=[1]).to_json()


@EVERY_MODEL
def test_equality_looks_at_every_field(name: str) -> None:
    assert made(name) == made(name)
    other = made(name)
    other.additional_properties["x"] = 1
    assert other != made(name)
    for wire, schema in FIELDS[name].items():
        changed = made(name)
        setattr(changed, snake_case(wire), "something else")
        assert changed != made(name), schema
    assert cast("object", made(name)) != smallest(name)


# Reading and writing


@EVERY_MODEL
@EXAMPLES
@given(st.data())
def test_what_is_read_is_written_back(name: str, data: st.DataObject) -> None:
    kind, source = MODELS[name], data.draw(wire_object(name))
    before = copy.deepcopy(source)
    model = kind.from_dict(source)
    written = model.to_dict()
    assert source == before
    assert written == source
    assert kind.from_dict(written) == model
    assert kind.from_dict(decode_json(model.to_json())) == model
    assert decode_json(model.to_json()) == source
    # Two writers, one result; and a parser that is not ours reads it.
    assert model.to_json() == encode_json(written)
    assert json.loads(model.to_json(), parse_float=Decimal) == written
    assert b"E+" not in encode_json({k: v for k, v in written.items() if isinstance(v, Decimal)})
    for again in COPIES.values():
        assert again(model) == model
        assert again(model).to_json() == model.to_json()


@EVERY_MODEL
def test_fields_that_the_document_does_not_know_are_kept_and_sent_back(name: str) -> None:
    more = {"zz": [1, {"a": None}], "additional_properties": 5, "to_dict": "x", "": "empty"}
    model = MODELS[name].from_dict(smallest(name) | more)
    assert model.additional_properties == more
    assert model.to_dict() == smallest(name) | more
    # A known field goes before one that was put there by hand.
    for wire in sorted(required(SCHEMAS[name])):
        model.additional_properties[wire] = "by hand"
        assert model.to_dict()[wire] == smallest(name)[wire]


@EVERY_MODEL
@pytest.mark.parametrize("missing", ["absent", "null", "empty"])
def test_a_required_field_that_is_missing_is_named(name: str, missing: str) -> None:
    for wire in required(SCHEMAS[name]):
        kind = kind_of(FIELDS[name][wire])
        if missing == "empty" and kind in {"str", "date"}:
            continue  # an empty text is a text
        source: dict[str, Any] = {**smallest(name), wire: None if missing == "null" else ""}
        if missing == "absent":
            del source[wire]
        with pytest.raises(DecodeError, match=rf"^{name}\.{wire} is required, but missing$") as caught:
            MODELS[name].from_dict(source)
        assert caught.value.field == f"{name}.{wire}"


# kind: what is read, and as what
RIGHT: dict[str, list[tuple[Any, Any]]] = {
    "int": [("123", 123), (123.0, 123), (Decimal("123.00"), 123), (-1, -1)],
    "decimal": [("12.50", Decimal("12.50")), (12, Decimal(12)), (0.1, Decimal("0.1")), ("-1e2", Decimal(-100))],
    "str": [(123, "123"), (decode_json(b"1.50"), "1.50"), (decode_json(b"1e5"), "1e5"), ("", "")],
    "date": [("0000-00-00", "0000-00-00"), (20261122, "20261122"), ("22.11.2026", "22.11.2026"), ("", "")],
    "list of str": [([], []), (["a", 5], ["a", "5"])],
    "list": [([], [])],
    "model": [({}, {})],
}
# kind: what is refused
WRONG: dict[str, list[Any]] = {
    "int": [True, "x", 1.5, "1.5", [], {}, math.inf],
    "decimal": [True, "x", [], {}, math.nan, Decimal("Infinity"), Decimal("1e5000")],
    "str": [True, [], {}],
    "date": [False, [], {}],
    "list": ["x", True, 5, {}],
    "model": ["x", False, 5, ["x"]],
}


@EVERY_MODEL
def test_a_field_is_read_leniently_in_form_and_strictly_in_type(name: str) -> None:
    def read(wire: str, value: object) -> Any:
        return getattr(MODELS[name].from_dict({**smallest(name), wire: value}), snake_case(wire))

    for wire, schema in FIELDS[name].items():
        kind = kind_of(schema)
        is_list, is_model = kind.startswith("list"), kind in MODELS
        if not (is_model and required(SCHEMAS[kind])):
            for value, expected in RIGHT["model" if is_model else "list" if is_list and kind not in RIGHT else kind]:
                found = read(wire, value)
                if is_model:
                    assert found == MODELS[kind]()
                else:
                    assert found == expected
                    assert type(found) is type(expected)
        for value in WRONG["model" if is_model else "list" if is_list else kind]:
            with pytest.raises(DecodeError) as caught:
                read(wire, value)
            assert caught.value.field == f"{name}.{wire}"
        if wire not in required(SCHEMAS[name]):
            assert read(wire, None) is (None if is_nullable(schema) else UNSET)
            if kind not in {"str", "date"}:
                assert read(wire, "") is UNSET
            if is_model:
                assert read(wire, []) is UNSET


@EVERY_MODEL
def test_what_is_no_object_is_a_decode_error(name: str) -> None:
    for source in NO_OBJECTS:
        with pytest.raises(DecodeError) as caught:
            MODELS[name].from_dict(source)
        assert caught.value.field == name


NO_OBJECTS: list[Any] = [None, [], "", "x", 5, True, [{}], "<html>"]

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | amounts
    | st.text(max_size=8)
    | st.sampled_from(["1", "1.5", "0000-00-00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@EVERY_MODEL
@EXAMPLES
@given(st.data())
def test_anything_gives_the_model_or_a_decode_error(name: str, data: st.DataObject) -> None:
    wires = [*FIELDS[name], "x"]
    some = st.lists(st.sampled_from(wires), max_size=5, unique=True).flatmap(
        lambda names: st.fixed_dictionaries(dict.fromkeys(names, anything))
    )
    source = data.draw(anything | some | some.map(lambda more: {**smallest(name), **more}))
    try:
        model = MODELS[name].from_dict(source)
    except DecodeError as error:
        field = error.field or ""
        assert field.partition(".")[0].partition("[")[0] in MODELS
        assert str(error).startswith(field)  # noqa: PT017 # either is right
        return
    assert type(model) is MODELS[name]
    repr(model)


@MANY
@given(st.binary(max_size=60) | anything.map(lambda value: json.dumps(value, default=str).encode()))
def test_any_answer_gives_the_model_or_a_decode_error(content: bytes) -> None:
    try:
        parsed = decode_json(content)
    except ValueError:
        return
    for kind in (JobJobInfo, JobStatusUpdate):
        try:
            assert isinstance(kind.from_dict(parsed), kind)
        except DecodeError as error:
            assert error.field  # noqa: PT017 # either is right


def test_a_field_inside_a_list_is_named() -> None:
    source = {"datastream": {"dataset": [smallest("JobItem"), smallest("JobItem") | {"payrow": [{}, {"count": "x"}]}]}}
    with pytest.raises(DecodeError, match=r"^PayRow\.count is a text, not a number$"):
        Job.from_dict(source)
    source["datastream"]["dataset"][1]["payrow"] = [{}, "x"]
    with pytest.raises(DecodeError, match=r"^JobItem\.payrow\[1\] is a text, not an object$"):
        Job.from_dict(source)


# Numbers


def test_numbers_with_a_fraction_are_exact() -> None:
    for name, wire, schema in places("decimal"):
        field = snake_case(wire)
        for given_, taken in (
            (5, "5"),
            (0.1, "0.1"),
            (Decimal("19.960"), "19.960"),
            (Decimal("1E+2"), "100"),
            (-0.5, "-0.5"),
        ):
            model = made(name, **{field: given_})
            assert type(getattr(model, field)) is Decimal
            assert f'"{wire}":{taken}'.encode() in model.to_json()
        assert made(name, **{field: 0.1}) == made(name, **{field: Decimal("0.1")})
        for wrong, error in (
            (True, TypeError),
            ("1.50", TypeError),
            (math.nan, ValueError),
            (Decimal("Infinity"), ValueError),
        ):
            with pytest.raises(error, match=rf"^{name}\.{wire} must be "):
                made(name, **{field: wrong}).to_dict()
        if not is_nullable(schema):
            with pytest.raises(TypeError, match=rf"^{name}\.{wire} must be "):
                made(name, **{field: None}).to_dict()


@MANY
@given(amounts)
@example(Decimal("0.10"))
@example(Decimal("1E+3"))
@example(Decimal("-0.000"))
@example(Decimal("12345678901234567890.123456789012345678901234567890"))
def test_what_is_read_and_written_back_is_the_same_number(amount: Decimal) -> None:
    text = format(amount, "f")
    for sent in (text, f'"{text}"'):
        row = PayRow.from_dict(decode_json(f'{{"amount":{sent},"unknown":{text}}}'.encode()))
        assert row.to_json() in {
            f'{{"amount":{text},"unknown":{text}}}'.encode(),
            f'{{"unknown":{text},"amount":{text}}}'.encode(),
        }


def test_integers() -> None:
    for name, wire, schema in places("int"):
        field = snake_case(wire)
        for given_ in (5, "5", "005"):
            model = made(name, **{field: given_})
            assert getattr(model, field) == 5
            assert model.to_dict()[wire] == 5
        for wrong, error in (
            (True, TypeError),
            (5.0, TypeError),
            ("x", ValueError),
            ("", ValueError),
            (b"5", TypeError),
        ):
            with pytest.raises(error, match=rf"^{name}\.{wire} must be "):
                made(name, **{field: wrong}).to_dict()
        assert is_nullable(schema) == (schema["type"] != "integer")


def test_dates() -> None:
    for name, wire, schema in places("date"):
        field = snake_case(wire)
        for given_ in ("2026-11-22", date(2026, 11, 22)):
            model = made(name, **{field: given_})
            assert getattr(model, field) == "2026-11-22"
            assert model.to_dict()[wire] == "2026-11-22"
        moment = datetime(2026, 11, 22, tzinfo=UTC)
        for wrong, error in (
            (moment, TypeError),
            (20261122, TypeError),
            ("2026-02-30", ValueError),
            ("22.11.2026", ValueError),
        ):
            with pytest.raises(error, match=rf"^{name}\.{wire} must be a date"):
                made(name, **{field: wrong}).to_dict()
        assert schema["format"] == "date"


def test_texts() -> None:
    for name, wire, schema in places("str"):
        field = snake_case(wire)
        assert made(name, **{field: "ä"}).to_dict()[wire] == "ä"
        for wrong, error in ((5, TypeError), (True, TypeError), (b"x", TypeError), ("\ud800", ValueError)):
            with pytest.raises(error, match=rf"^{name}\.{wire} must be "):
                made(name, **{field: wrong}).to_dict()
        if is_nullable(schema):
            assert made(name, **{field: None}).to_dict()[wire] is None


def test_parts_are_models() -> None:
    for name, wire, schema in places("list", *MODELS):
        field, kind = snake_case(wire), kind_of(schema)
        for wrong in ({"a": 1}, "x", 5, [{"a": 1}], [5]):
            with pytest.raises(TypeError, match=rf"^{name}\.{wire}(\[0\])? must be "):
                made(name, **{field: wrong}).to_dict()
        inner = kind.removeprefix("list of ")
        part = "x" if inner == "str" else made(inner)
        sent = part if isinstance(part, str) else part.to_dict()
        is_list = kind != inner
        assert made(name, **{field: [part] if is_list else part}).to_dict()[wire] == ([sent] if is_list else sent)


def test_what_is_set_later_is_written_as_what_is_given() -> None:
    payment = JobAddPayment(amount=1, paydate="2026-11-22")
    payment.amount = 0.1  # type: ignore[assignment]
    payment.paydate = date(2026, 11, 23)  # type: ignore[assignment]
    payment.jobid = "7"  # type: ignore[assignment]
    assert payment.to_json() == b'{"amount":0.1,"paydate":"2026-11-23","jobid":7}' or payment.to_dict() == {
        "amount": Decimal("0.1"),
        "paydate": "2026-11-23",
        "jobid": 7,
    }
    payment.amount = math.inf  # type: ignore[assignment]
    with pytest.raises(ValueError, match=r"^JobAddPayment\.amount must be a finite number$"):
        payment.to_json()


def bill(number: int, **more: Any) -> JobItem:
    rows = [PayRow(desc=f"Rivi {row} ä\n", count=1, amount=Decimal("35.50")) for row in range(5)]
    return JobItem(
        jobtype=0, customertype=2, address="Satamakatu 1", city="KUOPIO", billnum=str(number), payrow=rows, **more
    )


@pytest.mark.parametrize("count", [0, 1, 100, 101, 200, 5_000])
def test_many_bills_are_written_in_slices(count: int) -> None:
    job = Job(datastream=JobDatastream(dataset=[bill(number) for number in range(count)]))
    slices = list(JsonBody(job).slices())
    assert len(slices) == max(1, -(-count // 100))
    assert b"".join(slices) == job.to_json() == encode_json(job.to_dict())
    assert len(json.loads(job.to_json())["datastream"]["dataset"]) == count


@pytest.mark.parametrize("count", [100, 101, 350])
def test_what_is_taken_from_a_list_meanwhile_is_sent_all_the_same(count: int) -> None:
    job = Job(datastream=JobDatastream(dataset=[bill(number) for number in range(count)]))
    wanted = job.to_json()
    body = JsonBody(job)
    del job.datastream.dataset[50:]
    job.datastream.dataset[0] = bill(1_000)
    assert body.to_json() == wanted


def test_long_lists_within_long_lists_are_written_whole() -> None:
    items = [bill(number) for number in range(150)]
    items[120].payrow = [PayRow(desc=str(row)) for row in range(250)]
    job = Job(datastream=JobDatastream(dataset=items))
    assert job.to_json() == encode_json(job.to_dict())


def test_a_mistake_in_the_last_bill_of_many_is_named() -> None:
    items = [bill(number) for number in range(150)] + [bill(150, amount=math.inf)]
    with pytest.raises(InvalidArgument, match=r"^JobItem\.amount must be a finite number$") as caught:
        Job(datastream=JobDatastream(dataset=items)).to_json()
    assert caught.value.argument == "JobItem.amount"
    items[150] = PayRow()  # type: ignore[call-overload]
    with pytest.raises(TypeError, match=r"^JobDatastream\.dataset\[150\] must be a JobItem, not PayRow$"):
        Job(datastream=JobDatastream(dataset=items)).to_json()


@pytest.mark.parametrize(
    "number", [Decimal("1E+2"), Decimal("1E-30"), Decimal("-0.000"), Decimal(10) ** 200, 10**9, -(10**30), 1]
)
def test_the_decimal_context_of_the_caller_changes_nothing(number: Any) -> None:
    row, update = PayRow(amount=number), JobStatusUpdate(jobid=number)
    expected = format(Decimal(number), "f")
    with decimal.localcontext(decimal.Context(prec=2, Emax=3, Emin=-3, capitals=0, traps=[])):
        assert row.to_json() == f'{{"amount":{expected}}}'.encode()
        if isinstance(number, int):
            assert update.to_json() == f'{{"jobid":{expected}}}'.encode()


@pytest.mark.parametrize("number", ["NaN", "NaN123", "sNaN5", "Infinity", "-Infinity"])
def test_no_number_is_never_sent(number: str) -> None:
    with pytest.raises(InvalidArgument, match=r"^PayRow\.amount must be a finite number$"):
        PayRow(amount=Decimal(number)).to_json()


def test_one_that_holds_itself_is_refused() -> None:
    item = bill(1)
    item.additional_properties["self"] = item.additional_properties
    with pytest.raises(InvalidArgument, match="nested too deeply"):
        item.to_json()


def test_a_bill_to_add_is_no_data_to_modify_one_with() -> None:
    assert not issubclass(JobItem, JobDataSet)
    assert {f.name for f in attrs.fields(JobDataSet)} < {f.name for f in attrs.fields(JobItem)}


def test_known_numbers_have_names() -> None:
    assert {"JobType", "CustomerType", "Finance", "RefundMessageType"} == CONSTANTS
    named = {
        known["name"]: known["values"]
        for schema in SCHEMAS.values()
        for field in schema.get("properties", {}).values()
        if (known := field.get("x-known-values"))
    }
    for name in CONSTANTS:
        constants = cast("dict[str, Any]", vars(getattr(models, name)))
        found = {k: v for k, v in constants.items() if not k.startswith("_")}
        assert found == named[name]
        assert all(type(number) is int for number in found.values())
    assert bill(1).jobtype == JobType.INVOICE
    # One that nobody has named is a number too.
    assert JobItem.from_dict({**bill(1).to_dict(), "jobtype": 777}).jobtype == 777


def test_what_is_unknown_must_be_json_too() -> None:
    for wrong, error in ((math.nan, ValueError), (b"x", TypeError), (UNSET, TypeError), ({1: 2}, TypeError)):
        row = PayRow()
        row.additional_properties["more"] = wrong
        with pytest.raises(error, match=r"body\.more"):
            row.to_json()


# What is shown


def canaries(name: str) -> dict[str, Any]:
    """An object with the canary in every sensitive field of it and of its parts."""
    source = smallest(name)
    for wire, schema in FIELDS[name].items():
        kind = kind_of(schema)
        if is_sensitive(schema):
            source[wire] = {"deep": [CANARY]} if kind in MODELS else CANARY
        elif kind.removeprefix("list of ") in MODELS:
            part = canaries(kind.removeprefix("list of "))
            source[wire] = [part, part] if kind.startswith("list") else part
    return source


@EVERY_MODEL
def test_no_repr_shows_what_is_sensitive(name: str) -> None:
    model = MODELS[name].from_dict(canaries(name) | {"unknown": CANARY})
    for shown in (repr(model), str(model), f"{model}", repr([model]), repr({"a": model})):
        assert CANARY not in shown
    for wire, schema in FIELDS[name].items():
        if is_sensitive(schema):
            assert f"{snake_case(wire)}=" not in repr(model)
            assert getattr(model, snake_case(wire)) is not UNSET


@EVERY_MODEL
def test_rich_and_attrs_show_no_more_than_a_repr(name: str) -> None:
    model = MODELS[name].from_dict(canaries(name) | {"unknown": CANARY})
    console = rich.console.Console(width=200, file=io.StringIO())
    console.print(model)
    console.print(rich.pretty.pretty_repr({"a": [model]}))
    assert CANARY not in cast("io.StringIO", console.file).getvalue()
    # What does not know of our repr goes by attrs' own flag.
    hidden = {field.name for field in attrs.fields(cast("type[attrs.AttrsInstance]", type(model))) if not field.repr}
    assert hidden == {snake_case(w) for w, s in FIELDS[name].items() if is_sensitive(s)} | {"additional_properties"}


@EVERY_MODEL
def test_one_that_is_half_read_can_be_shown(name: str) -> None:
    kind = MODELS[name]
    assert repr(kind.__new__(kind)) == f"{name}()"
    assert list(kind.__new__(kind).__rich_repr__()) == []


def test_there_is_something_sensitive_to_hide() -> None:
    sensitive = {name: {w for w, s in fields.items() if is_sensitive(s)} for name, fields in FIELDS.items()}
    found = {name for name, wires in sensitive.items() if wires}
    assert found == {
        *("AuthLogin", "AuthToken", "JobJobInfo", "JobDataSet", "JobItem", "PropertyRow", "Attachment"),
        *("JobsByEndCustomerRequest", "JobByEndCustomer"),
    }
    # Through allOf: what is sensitive in the base is sensitive in the combined model.
    assert sensitive["JobItem"] == sensitive["JobDataSet"]
    assert sensitive["JobItem"] >= {"payee", "govid", "person"}


@EVERY_MODEL
def test_a_repr_shows_what_is_set_and_not_sensitive(name: str) -> None:
    assert repr(made(name)).startswith(f"{name}(")
    assert "UNSET" not in repr(made(name))
    for wire, schema in FIELDS[name].items():
        if kind_of(schema) in {"str", "date"} and not is_sensitive(schema):
            assert f"{snake_case(wire)}='{CANARY}'" in repr(made(name, **{snake_case(wire): CANARY}))


def test_a_repr() -> None:
    item = JobItem(
        jobtype=0, customertype=2, address="Satamakatu 1", city="Kuopio", billnum="1", amount=Decimal("1.50")
    )
    assert repr(Job(datastream=JobDatastream(dataset=[item]))) == (
        "Job(datastream=JobDatastream(dataset=[JobItem(jobtype=0, customertype=2, billnum='1', "
        "amount=Decimal('1.50'))]))"
    )
    assert repr(AuthLogin(cid="1000011", apicode="x")) == "AuthLogin(cid='1000011')"


def test_a_whole_job() -> None:
    item = JobItem(
        jobtype=0,
        customertype=2,
        address="Satamakatu 1",
        city="Kuopio",
        billdate=date(2026, 11, 22),
        accountdate=None,
        payrow=[PayRow(desc="Hieronta", count=1, amount=35.0)],
        payplan=PayPlan(instalment=[PayPlanInstalment(date="2026-12-01", amount=Decimal("17.50"))]),
        payee=JobPayee(),
    )
    item.payee = cast("JobPayee", item.payee)
    item.payee.additional_properties["name"] = "X"
    job = Job(datastream=JobDatastream(dataset=[item]))
    assert json.loads(job.to_json()) == {
        "datastream": {
            "dataset": [
                {
                    "jobtype": 0,
                    "customertype": 2,
                    "address": "Satamakatu 1",
                    "city": "Kuopio",
                    "billdate": "2026-11-22",
                    "accountdate": None,
                    "payrow": [{"desc": "Hieronta", "count": 1, "amount": 35.0}],
                    "payplan": {"instalment": [{"date": "2026-12-01", "amount": 17.5}]},
                    "payee": {"name": "X"},
                }
            ]
        }
    }
    assert Job.from_dict(decode_json(job.to_json())) == job


def test_models_is_a_module_that_lists_what_it_has() -> None:
    assert isinstance(models, types.ModuleType)
    assert set(dir(models)) == {*MODELS, *CONSTANTS, "UNSET", "Unset"} == set(vars(models)["__all__"])
    with pytest.raises(AttributeError, match="has no attribute 'NoSuchModel'"):
        models.NoSuchModel  # type: ignore[attr-defined] # noqa: B018


# In other people's classes: the recipe of the reference, as it stands

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "models.md"


def test_cattrs_and_pydantic_hold_models() -> None:
    found = re.search(r'```py title="converters.py"\n(.*?)```', PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    module = types.ModuleType("converters")
    exec(compile(found[1], "converters.py", "exec", dont_inherit=True), module.__dict__)
    item = bill(1, additional_properties={"x": [1]})
    again = module.converter.structure(module.converter.unstructure([item]), list[JobItem])
    assert again == [item]
    order = module.Order(number=1, bill=item)
    assert order.bill is item
    assert module.Order.model_validate(order.model_dump()) == order
    assert module.Order.model_validate_json(order.model_dump_json()).bill.billnum == "1"
    with pytest.raises(DecodeError, match=r"^JobItem\.jobtype is a text"):
        module.Order(number=1, bill={**item.to_dict(), "jobtype": "x"})
