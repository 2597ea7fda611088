"""The document: what openapi.yaml says, held against what the vendor's documentation says.

The counts and the inventory of fields below were taken from the Jobs page itself, not from openapi.yaml: a slip in
either of the two shows here.
"""

from __future__ import annotations

import copy
import datetime
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import openapi_spec_validator
import pytest
import yaml
from jsonschema import Draft202012Validator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

OPENAPI = Path(__file__).parents[2] / "openapi.yaml"

JSON = "application/json"
PDF = "application/pdf"
METHODS = ("get", "post", "patch", "put", "delete", "head", "options", "trace")

# operationId: method, path, x-source, x-retry. Of others, the page knows nothing: they say that they are not of it.
OPERATIONS = {
    "AuthTokenAction": ("post", "/token", "guide", "safe"),
    "JobsGetAction": ("get", "/jobs", "docs", "safe"),
    "JobsAddAction": ("post", "/jobs", "docs", "unsafe"),
    "JobsModifyAction": ("patch", "/jobs", "docs", "idempotent"),
    "JobsGetStatusUpdatesAction": ("get", "/jobs/statusupdates", "docs", "consuming"),
    "JobsGetPdfAction": ("get", "/jobs/pdf", "docs", "safe"),
    "JobsModifyOpenSalesInvoicesAction": ("patch", "/jobs/opensalesinvoices", "docs", "idempotent"),
    "JobsUpdateDeliveryStatusAction": ("patch", "/jobs/deliverystatus", "docs", "unsafe"),
    "JobsPreviewAction": ("post", "/jobs/preview", "docs", "safe"),
    "JobsLocalPrintAction": ("post", "/jobs/localprint", "docs", "unsafe"),
    "JobsAddPaymentAction": ("post", "/jobs/payment", "docs", "unsafe"),
    "JobsAddCreditNoteAction": ("post", "/jobs/creditnote", "docs", "unsafe"),
    "JobsSendTransferConfirmationAction": ("get", "/jobs/transferconfirmation", "docs", "unsafe"),
    "JobsDisputeAction": ("post", "/jobs/dispute", "docs", "unsafe"),
    "JobsResolveDisputeAction": ("post", "/jobs/dispute/resolve", "docs", "unsafe"),
    "JobsFindByEndCustomerAction": ("post", "/jobs/findbyendcustomer", "guide", "safe"),
}

# The page's query parameters, written like the fields below.
QUERY = {
    "JobsGetAction": "jobid:i!",
    "JobsModifyAction": "jobid:i billnum:s",
    "JobsGetStatusUpdatesAction": "date:s billnum:s",
    "JobsGetPdfAction": """
        jobid:i billnum:s contractnum:s documentdate:s origdata:i documenttype:s joistocolumn:s
    """,
    "JobsModifyOpenSalesInvoicesAction": "custnum:s! ordernumber:s!",
    "JobsSendTransferConfirmationAction": "batchid:s!",
    "JobsDisputeAction": "jobid:s invoice_number:s",
    "JobsResolveDisputeAction": "jobid:s invoice_number:s",
}

# The six schemas which the page expands, in its order. A field is name:type, where the type is
# s(tring), i(nteger), n(umber) or o ("one of ... or null"), ? is nullable and ! is required.
FIELDS = {
    "JobJobInfo": """
        accountdate:s? address:s addressaddline1:s addressaddline2:s billcode:s billnum:s
        city:s company:s country:s currentpaydate:s currentstatus:i currentstatustext:s
        custnum:s govid:s jobid:i nextstatus:i nextstatusdate:s nextstatustext:s
        origjobdate:s origjobtext:s origjobtype:i paydate:s person:s postcode:s reference:s
        refundtojobid:i vatid:s
    """,
    "JobDataSet": """
        accountdate:s? address:s! addressaddline1:s? addressaddline2:s? addressaddline3:s?
        addresscountry:s? advancepayment:n? amount:n? billcode:s? billdate:s? xmldate:s?
        billnum:s? billtemplate:s? billtemplateid:i? cashbill:i? checkbillnum:i? city:s!
        claimtext:s? collectionprocess:s? color:i? collectioninvoice:i? company:s
        contactperson:s? contactpersontitle:s? contactpersondepartment:s? country:s?
        countryname:s? currency:s? custnum:s? customerid:i? customertype:i! deliverydate:s?
        deliverymethod:s? deliveryterm:s? department:s? doublesided:i? email:s? email2:s?
        evoice:s? evoiceint:s? finance:i? foreignamount:n? foreigncurrency:s? freetext:s?
        govid:s? jobtype:i! language:s? model:s? negvat:i? netamount:n? noticedate:s?
        noticedate2:s? noticedate3:s? noticedate4:s? noticefee:n? ordernumber:i? ourcode:s?
        overdueinterest:n? ovt:s? ownref:s? origbillnum:s? paydate:s? payplanamount:n?
        payplancount:i? payplaninterval:i? pdfname:s? period:s? person:s? phone:s?
        postclass:i postcode:s? putonhold:i? refundtobillnum:s? refundtojobid:i?
        refundiban:s? refundmessage:s? refundmessagetype:i? salesman:i? salesmanname:s?
        sendtype:s? sensible:i? servicecode:s? servicecode_name:s? servicecode_dimension:s?
        TA0001:s? TA0002:s? TA0003:s? totalamount:n? vatamount:n? vatlayout:i? vatid:s?
        vatperiod:s? voucherbatch:s? vouchernum:s? yourcode:s? image:o? packagedetails:o?
        payee:o? avtalegiro:s? autogiro:s?
    """,
    "JobDeliveryStatusRequest": "created_at:s id:s service:s",
    "JobAddPayment": """
        amount:n! billcode:s billnum:s jobid:i paydate:s! identifier:s type:s
        creditnotebillnum:s description:s
    """,
    "JobAddCreditNote": """
        amount:n! billcode:s billnum:s jobid:i date:s! type:s creditnotebillnum:s
        description:s
    """,
    "JobDisputeResponse": "created_at:s",
}

# schema: how many fields, how many of them required, how many nullable
COUNTS = {
    "JobJobInfo": (27, 0, 1),
    "JobDataSet": (100, 4, 94),
    "JobDeliveryStatusRequest": (3, 0, 0),
    "JobAddPayment": (9, 2, 0),
    "JobAddCreditNote": (8, 2, 0),
    "JobDisputeResponse": (1, 0, 0),
}

# Personal data and secrets, by schema. No parameter holds any.
SENSITIVE = {
    "AuthLogin": "apicode",
    "AuthToken": "token",
    "JobJobInfo": """
        person company govid vatid address addressaddline1 addressaddline2 postcode city
    """,
    "JobDataSet": """
        person company govid vatid ovt contactperson yourcode salesmanname
        address addressaddline1 addressaddline2 addressaddline3 postcode city
        email email2 phone evoice refundiban refundmessage freetext claimtext payee
    """,
    "PropertyRow": "propvalue",
    "Attachment": "attachmentfile",
    "JobsByEndCustomerRequest": "ssn",
    "JobByEndCustomer": "my_ropo_link",
}

# What is sent as a date. Answers have none: the service can send 0000-00-00.
DATES = {
    "JobDataSet": """
        accountdate billdate xmldate deliverydate noticedate noticedate2 noticedate3 noticedate4
        paydate period vatperiod
    """,
    "JobAddPayment": "paydate",
    "JobAddCreditNote": "date",
    "CashDiscountRow": "discountdate",
    "PayPlanInstalment": "date",
}

TYPES = {"s": "string", "i": "integer", "n": "number", "o": "object"}
PYTHON_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


def _load() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(OPENAPI.read_text(encoding="utf-8"))
    return document


DOCUMENT = _load()
SCHEMAS: dict[str, dict[str, Any]] = DOCUMENT["components"]["schemas"]


def _target(ref: str) -> Any:
    """What a $ref points to; KeyError when it points nowhere."""
    assert ref.startswith("#/"), ref
    node: Any = DOCUMENT
    for part in ref[2:].split("/"):
        node = node[part.replace("~1", "/").replace("~0", "~")]
    return node


def _resolve(node: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node:
        node = _target(node["$ref"])
    return node


def _walk(node: Any, path: str = "#") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every mapping of the document, without following $ref."""
    if isinstance(node, dict):
        mapping = cast("dict[str, Any]", node)
        yield path, mapping
        for key, value in mapping.items():
            yield from _walk(value, f"{path}/{key}")
    elif isinstance(node, list):
        for index, value in enumerate(cast("Sequence[Any]", node)):
            yield from _walk(value, f"{path}/{index}")


def _operations(source: str | None = None) -> dict[str, tuple[str, str, dict[str, Any]]]:
    return {
        operation["operationId"]: (method, path, operation)
        for path, item in DOCUMENT["paths"].items()
        for method, operation in item.items()
        if method in METHODS and source in (None, operation["x-source"])
    }


def _parameters(operation: dict[str, Any], place: str) -> list[dict[str, Any]]:
    found = [_resolve(parameter) for parameter in operation.get("parameters", [])]
    return [parameter for parameter in found if parameter["in"] == place]


def _successes(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    responses: dict[str, dict[str, Any]] = operation["responses"]
    return {key: _resolve(value) for key, value in responses.items() if key.startswith("2")}


def _properties(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A schema's own properties, those in its allOf parts included, without following $ref."""
    own: dict[str, dict[str, Any]] = dict(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        own |= _properties(part)
    return own


def _of_the_page(schema: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The properties of a schema of the page, but for those that have another source of their own."""
    return {name: each for name, each in _properties(schema).items() if each.get("x-source", "docs") == "docs"}


def _field(schema: dict[str, Any]) -> tuple[str, bool]:
    """The type of a field, and whether it is nullable."""
    if "oneOf" in schema:
        reference, null = schema["oneOf"]
        assert null == {"type": "null"}
        return _resolve(reference)["type"], True
    kind: str | list[str] = schema["type"]
    if isinstance(kind, str):
        return kind, False
    name, null = kind
    assert null == "null"
    return name, True


def _inventory(text: str) -> dict[str, tuple[str, bool, bool]]:
    found: dict[str, tuple[str, bool, bool]] = {}
    for word in text.split():
        match = re.fullmatch(r"(\w+):([sino])(\??)(!?)", word)
        assert match, word
        name, kind, nullable, required = match.groups()
        assert name not in found, name
        found[name] = TYPES[kind], bool(nullable), bool(required)
    return found


def _reachable(*roots: Any) -> set[str]:
    """The names of the schemas which the nodes lead to."""
    names: set[str] = set()
    todo: list[Any] = list(roots)
    while todo:
        for _, node in _walk(todo.pop()):
            ref = node.get("$ref")
            if isinstance(ref, str) and ref not in names:
                names.add(ref)
                todo.append(_target(ref))
    prefix = "#/components/schemas/"
    return {ref.removeprefix(prefix) for ref in names if ref.startswith(prefix)}


# The document as such


def test_is_valid_openapi_3_1() -> None:
    assert DOCUMENT["openapi"] == "3.1.0"
    assert DOCUMENT["info"]["title"] == "Ropo One"
    openapi_spec_validator.validate(DOCUMENT)


def test_has_no_duplicate_keys() -> None:
    # A YAML parser keeps the last of two and says nothing.
    def check(node: yaml.Node | None) -> None:
        if isinstance(node, yaml.MappingNode):
            keys = Counter(str(key.value) for key, _ in node.value)
            assert max(keys.values(), default=1) == 1, keys.most_common(1)
            for _, value in node.value:
                check(value)
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                check(item)

    check(yaml.compose(OPENAPI.read_text(encoding="utf-8"), Loader=yaml.SafeLoader))


def test_every_ref_resolves_and_every_component_is_used() -> None:
    used = {node["$ref"] for _, node in _walk(DOCUMENT) if isinstance(node.get("$ref"), str)}
    for ref in used:
        assert _target(ref) is not None, ref
    components = {
        f"#/components/{kind}/{name}"
        for kind, members in DOCUMENT["components"].items()
        if kind != "securitySchemes"
        for name in members
    }
    assert used == components


def test_servers_are_six_hosts_with_the_base_path() -> None:
    assert {server["url"] for server in DOCUMENT["servers"]} == {
        f"https://{host}ropo24.{country}/rest" for host in ("", "rc.") for country in ("fi", "se", "no")
    }
    assert {server["x-source"] for server in DOCUMENT["servers"]} == {"guide"}


# Operations


def test_operations_are_those_of_the_page() -> None:
    ids = [node["operationId"] for _, node in _walk(DOCUMENT["paths"]) if "operationId" in node]
    assert len(ids) == len(set(ids))
    found = {
        name: (method, path, operation["x-source"], operation["x-retry"])
        for name, (method, path, operation) in _operations().items()
    }
    assert {name: found[name] for name in found if name in OPERATIONS or found[name][2] == "docs"} == OPERATIONS


def test_counts_of_the_page() -> None:
    page = _operations("docs").values()
    assert Counter(method for method, _, _ in page) == {"get": 4, "post": 7, "patch": 3}
    assert len({path for _, path, _ in page}) == 12

    query = [each for _, _, operation in page for each in _parameters(operation, "query")]
    assert Counter(each["schema"]["type"] for each in query) == {"string": 15, "integer": 4}
    assert sum(each.get("required", False) for each in query) == 4

    bodies = [_resolve(operation["requestBody"]) for _, _, operation in page if "requestBody" in operation]
    assert len(bodies) == 10
    assert all(list(body["content"]) == [JSON] for body in bodies)

    undocumented = {
        path
        for method, path, operation in page
        if method == "post" and all("x-source" in response for response in _successes(operation).values())
    }
    assert undocumented == {
        "/jobs",
        "/jobs/preview",
        "/jobs/localprint",
        "/jobs/payment",
        "/jobs/creditnote",
    }


@pytest.mark.parametrize("name", _operations())
def test_operation_is_complete(name: str) -> None:
    _, path, operation = _operations()[name]
    assert operation["summary"]
    assert operation["description"]
    if path == "/token":
        assert (operation["tags"], operation["security"]) == (["auth"], [])
    else:
        assert (operation["tags"], operation["security"]) == (["jobs"], [{"bearerAuth": []}])
        assert "401" in operation["responses"]
    assert {"4XX", "5XX"} <= set(operation["responses"])
    if operation["x-retry"] == "consuming":
        query = {parameter["name"] for parameter in _parameters(operation, "query")}
        assert set(operation["x-retry-safe-with"]) <= query
    else:
        assert "x-retry-safe-with" not in operation


@pytest.mark.parametrize("name", OPERATIONS)
def test_query_parameters(name: str) -> None:
    parameters = _parameters(_operations()[name][2], "query")
    assert {
        parameter["name"]: (*_field(parameter["schema"]), parameter.get("required", False)) for parameter in parameters
    } == _inventory(QUERY.get(name, ""))


def test_every_parameter_is_described_in_its_schema() -> None:
    for name, (_, _, operation) in _operations().items():
        for place in ("query", "header"):
            for parameter in _parameters(operation, place):
                assert parameter["schema"].get("description"), (name, parameter["name"])
        assert not _parameters(operation, "path") + _parameters(operation, "cookie")


def test_header_parameters() -> None:
    headers = {
        name: [parameter["name"] for parameter in _parameters(operation, "header")]
        for name, (_, _, operation) in _operations().items()
        if name in OPERATIONS
    }
    both = ["DataIdentifier", "DataTypeIdentifier"]
    assert {name: found for name, found in headers.items() if found} == {
        "JobsAddAction": both,
        "JobsPreviewAction": both,
        "JobsLocalPrintAction": both,
    }


def test_successes() -> None:
    found: dict[str, dict[str, str | None]] = {}
    for name in OPERATIONS:
        operation = _operations()[name][2]
        found[name] = {}
        for status, response in _successes(operation).items():
            [(kind, media)] = response.get("content", {None: None}).items()
            if kind is None:
                found[name][status] = None
            elif kind == PDF:
                assert media["schema"] == {"type": "string", "format": "binary"}
                assert "Content-Disposition" in response["headers"]
                found[name][status] = PDF
            else:
                assert kind == JSON
                found[name][status] = media["schema"]["$ref"].rpartition("/")[2]
    assert found == {
        "AuthTokenAction": {"201": "AuthToken"},
        "JobsGetAction": {"200": "JobJobInfo"},
        "JobsAddAction": {"201": "JobResponse"},
        "JobsModifyAction": {"200": None},
        "JobsGetStatusUpdatesAction": {"200": "JobsStatusUpdatesResult", "204": None},
        "JobsGetPdfAction": {"200": PDF},
        "JobsModifyOpenSalesInvoicesAction": {"200": "JobPatchOpenSalesInvoicesResponse"},
        "JobsUpdateDeliveryStatusAction": {"200": None},
        "JobsPreviewAction": {"2XX": PDF},
        "JobsLocalPrintAction": {"2XX": PDF},
        "JobsAddPaymentAction": {"201": "JobAddPaymentResponse"},
        "JobsAddCreditNoteAction": {"2XX": "JobAddCreditNoteResponse"},
        "JobsSendTransferConfirmationAction": {"200": None},
        "JobsDisputeAction": {"200": "JobDisputeResponse"},
        "JobsResolveDisputeAction": {"200": "JobDisputeResponse"},
        "JobsFindByEndCustomerAction": {"200": "JobsByEndCustomerResponse"},
    }


# Schemas


@pytest.mark.parametrize("name", FIELDS)
def test_fields_are_those_of_the_page(name: str) -> None:
    schema = SCHEMAS[name]
    required = schema.get("required", [])
    fields = {field: (*_field(each), field in required) for field, each in _of_the_page(schema).items()}
    assert fields == _inventory(FIELDS[name])
    assert set(required) <= set(fields)
    assert schema["x-source"] == "docs"


@pytest.mark.parametrize("name", COUNTS)
def test_counts_of_fields(name: str) -> None:
    schema = SCHEMAS[name]
    fields = _of_the_page(schema).values()
    nullable = sum(_field(each)[1] for each in fields)
    assert (len(fields), len(schema.get("required", [])), nullable) == COUNTS[name]


def test_a_job_item_is_a_dataset_with_its_lists() -> None:
    item = SCHEMAS["JobItem"]
    assert {"$ref": "#/components/schemas/JobDataSet"} in item["allOf"]
    lists = _properties(item)
    assert set(lists) == {"payrow", "accountrow", "propertyrow", "attachment", "cashdiscountrow", "payplan"}
    assert not set(lists) & set(SCHEMAS["JobDataSet"]["properties"])


def test_only_the_expanded_schemas_claim_to_be_of_the_page() -> None:
    claimed = {name for name, schema in SCHEMAS.items() if schema["x-source"] == "docs"}
    assert claimed == set(FIELDS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_described_and_open(name: str) -> None:
    schema = SCHEMAS[name]
    assert schema["description"]
    assert schema["x-source"] in {"docs", "guide", "inferred"}
    assert schema.get("additionalProperties", True) is True
    if schema["x-source"] == "inferred":
        assert not schema.get("required")
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is True


def test_whatever_is_inferred_says_why() -> None:
    for path, node in _walk(DOCUMENT):
        source = node.get("x-source")
        assert source in {None, "docs", "guide", "inferred"}, path
        assert (source == "inferred") == bool(node.get("x-source-reason")), path
        assert "\n" not in node.get("x-source-reason", ""), path


def _known(fields: dict[str, set[str]]) -> dict[str, set[str]]:
    """Those of the schemas that the operations above lead to, without fields that name a source of their own."""
    names = _reachable(*(_operations()[name][2] for name in OPERATIONS))
    known = {name: {each for each in fields[name] if each in _of_the_page(SCHEMAS[name])} for name in names}
    return {name: found for name, found in known.items() if found}


def test_sensitive_fields() -> None:
    found = {
        name: {field for field, each in _properties(schema).items() if each.get("x-sensitive") is True}
        for name, schema in SCHEMAS.items()
    }
    assert _known(found) == {name: set(text.split()) for name, text in SENSITIVE.items()}
    # And nowhere else: not deeper down, not on a parameter, never false.
    marks = [node["x-sensitive"] for _, node in _walk(DOCUMENT) if "x-sensitive" in node]
    assert marks == [True] * sum(len(fields) for fields in found.values())


def test_dates_are_dates_only_where_they_are_sent() -> None:
    found = {
        name: {field for field, each in _properties(schema).items() if each.get("format") == "date"}
        for name, schema in SCHEMAS.items()
    }
    assert _known(found) == {name: set(text.split()) for name, text in DATES.items()}
    answers = _reachable(*(operation["responses"] for _, _, operation in _operations().values()))
    assert "JobJobInfo" in answers
    assert "JobStatusUpdate" in answers
    assert not {name for name in answers if found[name]}

    parameters = {
        (name, parameter["name"])
        for name, (_, _, operation) in _operations().items()
        for parameter in _parameters(operation, "query")
        if name in OPERATIONS and parameter["schema"].get("format") == "date"
    }
    assert parameters == {
        ("JobsGetStatusUpdatesAction", "date"),
        ("JobsGetPdfAction", "documentdate"),
    }


# Examples


def _examples() -> dict[str, tuple[dict[str, Any], Any]]:
    """Where an example stands: its schema, and the example."""
    found: dict[str, tuple[dict[str, Any], Any]] = {}
    for path, node in _walk(DOCUMENT):
        # A field may be called "example"; then it holds a schema, and stands under "properties".
        if "example" in node and not path.endswith("/properties"):
            found[path] = node.get("schema", node), node["example"]
    return found


def test_there_are_examples() -> None:
    assert len(_examples()) > 150
    assert not [path for path, node in _walk(DOCUMENT) if "examples" in node]
    for name in ("JobJobInfo", "JobDataSet", "JobAddPayment", "JobAddCreditNote"):
        for field, each in SCHEMAS[name]["properties"].items():
            assert "oneOf" in each or "example" in each, (name, field)


def test_examples_are_valid() -> None:
    # The validator holds every default against its schema: let each example be one.
    document = copy.deepcopy(DOCUMENT)
    for number, (schema, example) in enumerate(_examples().values()):
        document["components"]["schemas"][f"Example{number}"] = {
            "allOf": [schema],
            "default": example,
        }
    openapi_spec_validator.validate(document)


@pytest.mark.parametrize("example", [{"datastream": {"dataset": []}}, {"datastream": {}}, {"datastream": 1}, {}])
def test_an_invalid_example_would_be_seen(example: dict[str, Any]) -> None:
    document = copy.deepcopy(DOCUMENT)
    document["components"]["schemas"]["Example"] = {"allOf": [SCHEMAS["Job"]], "default": example}
    with pytest.raises(OpenAPIValidationError):
        openapi_spec_validator.validate(document)


def test_examples_have_the_very_type_of_their_field() -> None:
    for path, (schema, example) in _examples().items():
        if "type" not in schema:
            continue
        kind, _ = _field(schema)
        assert isinstance(example, PYTHON_TYPES[kind]), path
        assert not isinstance(example, bool) or kind == "boolean", path
        if schema.get("format") == "date":
            assert datetime.date.fromisoformat(str(example)).isoformat() == example, path


def test_strings_that_could_be_read_otherwise_are_quoted() -> None:
    # YAML 1.1 and 1.2 disagree on digits ("00371234567800001") and on words (y, on), so PyYAML alone would not notice.
    plain: list[str] = []

    def collect(node: yaml.Node | None, *, inside: bool = False) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                collect(value, inside=inside or key.value == "example")
        elif isinstance(node, yaml.SequenceNode):
            for item in node.value:
                collect(item, inside=inside)
        elif isinstance(node, yaml.ScalarNode) and inside and node.tag.endswith(":str") and node.style is None:
            plain.append(str(node.value))

    collect(yaml.compose(OPENAPI.read_text(encoding="utf-8"), Loader=yaml.SafeLoader))
    assert plain
    for text in plain:
        assert re.match("[A-Za-z]", text), text
        assert text.lower() not in {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}, text


def test_no_real_address_and_no_trace_of_the_web_host() -> None:
    text = OPENAPI.read_text(encoding="utf-8")
    assert set(re.findall(r"[\w.]+@[\w.]+", text)) == {"teppo.nuutinen@example.com"}
    assert "protected]" not in text
    assert text.isascii()


@pytest.mark.parametrize(
    ("answer", "fits"),
    [
        ([], True),
        ([{"jobid": 1}], True),
        ({"items": []}, True),
        ({"items": [{"jobid": 1}], "count": 1}, True),
        ({"items": [1]}, False),
        ({"items": {}, "count": 1}, False),
        ({}, False),
        ([1], False),
        ("", False),
    ],
    ids=str,
)
def test_status_changes_come_as_a_list_or_in_an_object_that_holds_one(answer: Any, fits: bool) -> None:
    whole = {"$ref": "#/components/schemas/JobsStatusUpdatesResult", "components": DOCUMENT["components"]}
    validator: Any = Draft202012Validator(whole)
    assert validator.is_valid(answer) is fits
