"""The vendor's document against ours: what differs is told once and rightly, and style is no difference.

`vendor/swagger.json` was made from the text of the vendor's Jobs page by a program that knows nothing of openapi.yaml,
in the form in which swagger-php writes such documents; what the guides say was added by hand.
"""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from vendor_styles import restyle, schemas_in, write

from ropo_jobs_cli.vendor_diff import accepted
from ropo_jobs_cli.vendor_diff.compare import compare
from ropo_jobs_cli.vendor_diff.differences import Difference, Effect
from ropo_jobs_cli.vendor_diff.documents import Document, Unusable, own, parse

Json = dict[str, Any]

VENDOR: Json = json.loads((Path(__file__).parent / "vendor" / "swagger.json").read_text(encoding="utf-8"))
OURS = own()
BEFORE = frozenset(compare(OURS, Document(VENDOR)).differences)
KNOWN = accepted.read(accepted.OWN)
BREAKS, MISSING, MORE, WORDS = Effect


def news(document: Json) -> list[Difference]:
    """What is told of a document beyond what is told of the vendor's."""
    return [one for one in compare(OURS, Document(document)).differences if one not in BEFORE]


def told(one: Difference) -> tuple[Effect, str, str, str | None, str | None]:
    return one.effect, one.what, one.where, one.ours, one.theirs


def test_the_vendors_document_is_no_news() -> None:
    left = [one for one in BEFORE if not any(entry.covers(one) for entry in KNOWN)]
    assert {one.effect for one in left} == {WORDS}
    assert compare(OURS, Document(VENDOR)).areas == {"/contract": 2}


def test_every_accepted_difference_is_one() -> None:
    document = copy.deepcopy(VENDOR)
    schemas = document["components"]["schemas"]
    for schema, field in (
        ("JobJobInfo", "paydate"),
        ("JobAddPaymentResponse", "paydate"),
        ("JobByEndCustomer", "original_invoice_date"),
    ):
        schemas[schema]["properties"][field] = {"type": "string", "format": "date"}
    responses = document["paths"]["/jobs/payment"]["post"]["responses"]
    responses["400"] = {"description": "", "content": {"application/json": {"schema": {"type": "object"}}}}
    found = [*compare(OURS, Document(document)).differences, *BEFORE]
    assert [entry for entry in KNOWN if not any(entry.covers(one) for one in found)] == []


def test_what_is_accepted_of_a_silent_vendor_is_news_when_it_says_something_else() -> None:
    document = copy.deepcopy(VENDOR)
    fields(document, "JobAddPayment")["paydate"].update(format="date-time")
    (one,) = news(document)
    assert told(one) == (BREAKS, "format", "JobAddPayment.paydate", "date", "date-time")
    assert not any(entry.covers(one) for entry in KNOWN)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("as_3_0", [False, True], ids=["3.1", "3.0"])
def test_another_order_and_style_is_no_difference(seed: int, as_3_0: bool) -> None:
    styled = parse(write(restyle(VENDOR, seed, as_3_0=as_3_0), as_yaml=seed % 4 < 2, seed=seed))
    assert compare(Document(VENDOR), styled).differences == []
    assert frozenset(compare(OURS, styled).differences) == BEFORE


@pytest.mark.parametrize("seed", range(6))
def test_our_own_document_in_another_order_and_style_is_no_difference(seed: int) -> None:
    styled = restyle(json.loads(json.dumps(OURS.root)), seed, as_3_0=False)
    assert compare(OURS, parse(write(styled, as_yaml=seed % 2 == 0, seed=seed))).differences == []
    assert compare(parse(write(styled, as_yaml=False, seed=seed)), OURS).differences == []


def operation(document: Json, name: str) -> Json:
    method, path = name.split()
    found: Json = document["paths"][path][method.lower()]
    return found


def fields(document: Json, schema: str) -> Json:
    found: Json = document["components"]["schemas"][schema]["properties"]
    return found


def parameter(document: Json, name: str, called: str) -> Json:
    return next(one for one in operation(document, name)["parameters"] if one["name"] == called)


def move(holder: Json, old: str, new: str) -> None:
    holder[new] = holder.pop(old)


PLANTED: dict[str, tuple[Callable[[Json], object], tuple[Effect, str, str, str | None, str | None]]] = {
    "an operation is gone": (
        lambda d: d["paths"].pop("/jobs/dispute/resolve"),
        (BREAKS, "operation", "POST /jobs/dispute/resolve", "there", None),
    ),
    "an operation has another path": (
        lambda d: move(d["paths"], "/jobs/creditnote", "/jobs/creditnotes"),
        (BREAKS, "path", "POST /jobs/creditnote", "POST /jobs/creditnote", "POST /jobs/creditnotes"),
    ),
    "a new operation": (
        lambda d: d["paths"].update({"/jobs/cancel": {"post": {"operationId": "JobsCancelAction", "responses": {}}}}),
        (MISSING, "operation", "POST /jobs/cancel", None, "JobsCancelAction"),
    ),
    "an operation is to be used no more": (
        lambda d: operation(d, "POST /jobs/payment").update(deprecated=True),
        (MISSING, "deprecated", "POST /jobs/payment", None, "deprecated"),
    ),
    "another operationId": (
        lambda d: operation(d, "GET /jobs/pdf").update(operationId="JobsPdfAction"),
        (WORDS, "operationId", "GET /jobs/pdf", "JobsGetPdfAction", "JobsPdfAction"),
    ),
    "a parameter is required": (
        lambda d: parameter(d, "GET /jobs/pdf", "jobid").update(required=True),
        (BREAKS, "required", "GET /jobs/pdf: query jobid", "optional", "required"),
    ),
    "a new parameter": (
        lambda d: operation(d, "GET /jobs/statusupdates")["parameters"].append(
            {"name": "page", "in": "query", "schema": {"type": "integer"}}
        ),
        (MISSING, "parameter", "GET /jobs/statusupdates: query page", None, "optional"),
    ),
    "a parameter is gone": (
        lambda d: operation(d, "GET /jobs/pdf")["parameters"].remove(parameter(d, "GET /jobs/pdf", "joistocolumn")),
        (MORE, "parameter", "GET /jobs/pdf: query joistocolumn", "there", None),
    ),
    "a parameter of another type": (
        lambda d: parameter(d, "GET /jobs", "jobid")["schema"].update(type="string"),
        (BREAKS, "type", "GET /jobs: query jobid", "integer", "string"),
    ),
    "a parameter in another place": (
        lambda d: parameter(d, "GET /jobs/transferconfirmation", "batchid").update({"in": "header", "name": "BatchId"}),
        (BREAKS, "place", "GET /jobs/transferconfirmation: query batchid", "in query", "in header"),
    ),
    "a parameter of another format": (
        lambda d: parameter(d, "GET /jobs/pdf", "documentdate")["schema"].update(format="date-time"),
        (BREAKS, "format", "GET /jobs/pdf: query documentdate", "date", "date-time"),
    ),
    "a new field that must be sent": (
        lambda d: d["components"]["schemas"]["JobAddPayment"].update(
            required=["amount", "paydate", "currency"],
            properties={**fields(d, "JobAddPayment"), "currency": {"type": "string"}},
        ),
        (BREAKS, "field", "JobAddPayment.currency", None, "string, required"),
    ),
    "a new field that may be sent, in five operations": (
        lambda d: fields(d, "JobDataSet").update(channel={"type": ["string", "null"]}),
        (MISSING, "field", "JobDataSet.channel", None, "string"),
    ),
    "a field that need not be sent": (
        lambda d: d["components"]["schemas"]["JobAddPayment"].update(required=["amount"]),
        (MORE, "required", "JobAddPayment.paydate", "required", "optional"),
    ),
    "a field that may not be sent as null": (
        lambda d: fields(d, "JobDataSet")["billnum"].update(type="string"),
        (BREAKS, "null", "JobDataSet.billnum", "may be null", "is not null"),
    ),
    "a field that may be sent as null": (
        lambda d: fields(d, "JobDataSet")["company"].update(type=["null", "string"]),
        (MISSING, "null", "JobDataSet.company", "is not null", "may be null"),
    ),
    "a field with a limit": (
        lambda d: fields(d, "JobDataSet")["person"].update(maxLength=35),
        (BREAKS, "maxLength", "JobDataSet.person", None, "35"),
    ),
    "a field with few values": (
        lambda d: fields(d, "JobDataSet")["customertype"].update(enum=[1, 2]),
        (BREAKS, "values", "JobDataSet.customertype", None, "1 or 2"),
    ),
    "a field that takes more types": (
        lambda d: fields(d, "JobPayrow")["count"].update(oneOf=[{"type": "number"}, {"type": "string"}], type=None),
        (MISSING, "type", "PayRow.count", "number", "number or string"),
    ),
    "a field of an answer is gone": (
        lambda d: fields(d, "JobJobInfo").pop("nextstatusdate"),
        (BREAKS, "field", "JobJobInfo.nextstatusdate", "string", None),
    ),
    "a new field of an answer": (
        lambda d: fields(d, "JobJobInfo").update(channel={"type": "string"}),
        (MISSING, "field", "JobJobInfo.channel", None, "string"),
    ),
    "a new field of an answer that is always there": (
        lambda d: d["components"]["schemas"]["JobResponse"].update(
            required=["batch"], properties={**fields(d, "JobResponse"), "batch": {"type": "integer"}}
        ),
        (MISSING, "field", "JobResponse.batch", None, "integer, required"),
    ),
    "a field of an answer of another type": (
        lambda d: fields(d, "JobByEndCustomer")["open_amount"].update(type="string"),
        (BREAKS, "type", "JobByEndCustomer.open_amount", "number", "string"),
    ),
    "a field of an answer that may be null": (
        lambda d: fields(d, "JobJobInfo")["billnum"].update(type=["string", "null"]),
        (MISSING, "null", "JobJobInfo.billnum", "is not null", "may be null"),
    ),
    "the items of a list of another type": (
        lambda d: fields(d, "JobByEndCustomer")["group_case_numbers"].update(items={"type": "integer"}),
        (BREAKS, "type", "JobByEndCustomer.group_case_numbers[]", "string", "integer"),
    ),
    "what was a guess is known": (
        lambda d: d["components"]["schemas"]["JobsStatusUpdatesResult"].update(type="array"),
        (MISSING, "type", "GET /jobs/statusupdates: 200", "array or object", "array"),
    ),
    "another success": (
        lambda d: move(operation(d, "PATCH /jobs/opensalesinvoices")["responses"], "200", "202"),
        (MISSING, "status", "PATCH /jobs/opensalesinvoices: 200", "200", "202"),
    ),
    "a body of another media type": (
        lambda d: move(
            operation(d, "POST /jobs/dispute")["requestBody"]["content"], "application/json", "multipart/form-data"
        ),
        (BREAKS, "media type", "POST /jobs/dispute: body", "application/json", "multipart/form-data"),
    ),
    "an answer where none was": (
        lambda d: operation(d, "PATCH /jobs")["responses"]["200"].update(
            content={"application/json": {"schema": {"type": "object"}}}
        ),
        (MISSING, "body", "PATCH /jobs: 200", None, "application/json"),
    ),
    "a header of an answer": (
        lambda d: operation(d, "GET /jobs")["responses"]["200"].update(
            headers={"X-Request-Id": {"schema": {"type": "string"}}}
        ),
        (MISSING, "header", "GET /jobs: 200 header x-request-id", None, "there"),
    ),
    "a call that needs another proof": (
        lambda d: (
            d["components"]["securitySchemes"].update(key={"type": "apiKey", "in": "header", "name": "X-Key"}),
            operation(d, "GET /jobs").update(security=[{"key": []}]),
        ),
        (BREAKS, "security", "GET /jobs", "http bearer", "apikey header x-key"),
    ),
    "another base path": (
        lambda d: d.update(servers=[{"url": "/rest/v2"}]),
        (BREAKS, "base path", "servers", "/rest", "/rest/v2"),
    ),
    "another description": (
        lambda d: fields(d, "JobAddPayment")["amount"].update(description="Amount in cents"),
        (WORDS, "words", "JobAddPayment.amount", "Amount of payment", "Amount in cents"),
    ),
}


@pytest.mark.parametrize("planted", PLANTED)
@pytest.mark.parametrize("seed", [None, 1, 2], ids=["as the vendor writes", "styled", "styled as 3.0"])
def test_a_planted_difference_is_told_once_and_rightly(planted: str, seed: int | None) -> None:
    plant, expected = PLANTED[planted]
    document = copy.deepcopy(VENDOR)
    plant(document)
    if seed is not None:
        for schema in schemas_in(document):
            if schema.get("type", "") is None:
                del schema["type"]
        document = restyle(document, seed, as_3_0=seed == 2)
    (one,) = news(document)
    assert told(one) == expected
    assert one.operations or one.where == "servers"


def reachable() -> list[tuple[str, str]]:
    """The fields of the schemas that an operation of the vendor's uses; of the 100 of a bill every fourth."""
    found: list[tuple[str, str]] = []
    for name, schema in VENDOR["components"]["schemas"].items():
        named = list(schema.get("properties", {})) if name != "HttpApiProblem" else []
        found += [(name, field) for field in named[:: 4 if name == "JobDataSet" else 1]]
    return found


@pytest.mark.parametrize(("schema", "field"), reachable(), ids=str)
def test_whatever_happens_to_a_field_is_told_once(schema: str, field: str) -> None:
    document = copy.deepcopy(VENDOR)
    whole = document["components"]["schemas"][schema]
    before = copy.deepcopy(whole)

    fields(document, schema).pop(field)
    assert [one.what for one in news(document)] == ["field"]

    fields(document, schema)[field] = {"type": "boolean"}
    assert [one.what for one in news(document) if one.what != "null"] == ["type"]

    whole.update(copy.deepcopy(before))
    required = whole.get("required", [])
    whole["required"] = [name for name in required if name != field] if field in required else [*required, field]
    # What the vendor requires of this one, we require already.
    expected = [] if (schema, field) == ("Job", "datastream") else ["required"]
    assert [one.what for one in news(document)] == expected


def keys_of(node: Any) -> list[Any]:
    return list(range(len(node))) if isinstance(node, list) else [*node]  # pyright: ignore[reportUnknownArgumentType]


@pytest.mark.parametrize("seed", range(100))
def test_a_document_with_something_odd_in_it_is_compared_or_refused(seed: int) -> None:
    random = Random(seed)
    document = copy.deepcopy(VENDOR)
    node: Any = document
    while True:
        key = random.choice(keys_of(node))
        if not isinstance(node[key], dict | list) or not node[key] or random.random() < 0.15:
            break
        node = node[key]
    node[key] = random.choice(
        [None, [], {}, "", "text", 1, True, [1], {"$ref": "#/components/schemas/Job"}, {"$ref": 7}]
    )
    with contextlib.suppress(Unusable):
        compare(OURS, Document(document))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "openapi is not there"),
        ("[]", "it is no OpenAPI"),
        ("{}", "openapi is not there"),
        ('{"swagger": "2.0"}', "openapi is not there"),
        ('{"openapi": "4.0.0"}', "openapi is 4.0.0"),
        ("<html></html>", "an object is expected"),
        ("a: [", "it is neither JSON nor YAML: line"),
        ("[" * 100_000, "it is neither JSON nor YAML"),
        ("a: !!python/object:os.system x", "it is neither JSON nor YAML"),
    ],
    ids=str,
)
def test_what_is_no_document_is_refused(text: str, says: str) -> None:
    with pytest.raises(Unusable, match=says):
        parse(text)


def test_yaml_says_what_json_says() -> None:
    found = parse("openapi: 3.0.0\nx: {no: 2026-11-22, on: yes}\n").root["x"]
    assert found == {"no": "2026-11-22", "on": "yes"}


def test_references_that_lead_nowhere_are_refused() -> None:
    for reference in ("other.json#/Job", "#/components/schemas/None", "#/components/schemas/Loop"):
        document = copy.deepcopy(VENDOR)
        schemas = document["components"]["schemas"]
        schemas["Loop"] = {"$ref": "#/components/schemas/Loop"}
        schemas["AuthLogin"] = {"$ref": reference}
        with pytest.raises(Unusable):
            compare(OURS, Document(document))


def test_a_schema_that_holds_itself_is_compared() -> None:
    document = copy.deepcopy(VENDOR)
    fields(document, "JobJobInfo")["parent"] = {"$ref": "#/components/schemas/JobJobInfo"}
    assert [told(one) for one in news(document)] == [(MISSING, "field", "JobJobInfo.parent", None, "object")]
    assert compare(Document(document), Document(copy.deepcopy(document))).differences == []
