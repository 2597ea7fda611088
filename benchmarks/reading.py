"""The ways of making typed objects of JSON that are compared."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

from . import answers

NAMES = {"statusupdates": "JobStatusUpdate", "jobs": "JobJobInfo"}
_SAMPLES: dict[str, dict[str, Any]] = {"statusupdates": answers.status_updates()[0], "jobs": answers.JOB}


def reader(client: str, kind: str) -> Callable[[bytes], list[Any]]:
    """Return what turns the bytes of a list into objects.

    Args:
        client: one of ours, ours-fast (with the extra fast), stock, pydantic, pydantic-all, msgspec, and unchecked.
        kind: `statusupdates` or `jobs`.
    """
    readers: dict[str, Callable[[str], Callable[[bytes], list[Any]]]] = {
        "ours": _ours,
        "ours-fast": partial(_ours, parse="_http.fast_json:decode_json_fast"),
        "stock": _stock,
        "pydantic": _pydantic,
        "pydantic-all": partial(_pydantic, extra="allow"),
        "msgspec": _msgspec,
        "unchecked": _unchecked,
    }
    return readers[client](kind)


def _ours(kind: str, parse: str = "_codec.json:decode_json") -> Callable[[bytes], list[Any]]:
    """What a call does with the body of its answer: the endpoint's request, decoded by the pipeline."""
    from ropo_jobs_client._generated.api.jobs import jobs_get_status_updates_action
    from ropo_jobs_client._generated.types import ApiRequest, decode_list

    request: Any = jobs_get_status_updates_action.request(billnum="11213")
    if kind == "jobs":
        model: Any = import_module("ropo_jobs_client.models").JobJobInfo
        request = ApiRequest(request.operation, decode_list(model), params=request.params)
    decode: Any = import_module("ropo_jobs_client._http.pipeline")._decode
    module, _, name = parse.partition(":")
    parse_json: Any = getattr(import_module(f"ropo_jobs_client.{module}"), name)
    return lambda content: decode(request, content, parse_json)


def _stock(kind: str) -> Callable[[bytes], list[Any]]:
    model = getattr(import_module("stock_client.models"), NAMES[kind])
    return lambda content: [model.from_dict(item) for item in json.loads(content)]


def _unchecked(kind: str) -> Callable[[bytes], list[Any]]:
    """The least that the standard library can do: the fields in the order in which they came, none checked."""
    row: Any = import_module("collections").namedtuple(NAMES[kind], [*_SAMPLES[kind]])
    return lambda content: [row._make(item.values()) for item in json.loads(content)]


# For both of these the types are plain and nothing else is kept, which is the cheapest that they can be asked for. This
# library keeps what is unknown, as pydantic does with extra="allow".


def _pydantic(kind: str, extra: str = "ignore") -> Callable[[bytes], list[Any]]:
    pydantic = import_module("pydantic")
    fields: dict[str, Any] = {name: (type(value), None) for name, value in _SAMPLES[kind].items()}
    model: Any = pydantic.create_model(NAMES[kind], __config__={"extra": extra}, **fields)
    validate: Callable[[bytes], list[Any]] = pydantic.TypeAdapter(list[model]).validate_json
    return validate


def _msgspec(kind: str) -> Callable[[bytes], list[Any]]:
    msgspec = import_module("msgspec")
    fields: list[Any] = [(name, type(value), None) for name, value in _SAMPLES[kind].items()]
    model: Any = msgspec.defstruct(NAMES[kind], fields)
    decode: Callable[[bytes], list[Any]] = msgspec.json.Decoder(list[model]).decode
    return decode
