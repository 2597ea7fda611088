"""The operations of a document in one form, however they are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from .documents import Document, Node, Place, as_list, as_node

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# OpenAPI ignores header parameters of these names.
_IGNORED_HEADERS: Final = frozenset({"accept", "authorization", "content-type"})


@dataclass(frozen=True)
class Operation:
    """An operation. `name` is its method and path below the base path, such as `GET /jobs`."""

    name: str
    path: str
    node: Node
    parameters: dict[tuple[str, str], Place]
    body: Place | None
    responses: dict[str, Place]
    security: frozenset[str]

    @property
    def id(self) -> str | None:
        """The operationId."""
        value = self.node.get("operationId")
        return value if isinstance(value, str) else None


def base_path(document: Document) -> str:
    """Return the path that all paths are below, such as `/rest`."""
    servers = as_list(document.root.get("servers"))
    return urlsplit(str(as_node(servers[0]).get("url", ""))).path.rstrip("/") if servers else ""


def hosts(document: Document) -> set[str]:
    """Return the hosts that the servers name. A server that is a path alone names none."""
    urls = [urlsplit(str(as_node(server).get("url", ""))) for server in as_list(document.root.get("servers"))]
    return {url.netloc.lower() for url in urls if url.netloc}


def operations(document: Document, below: str) -> dict[str, Operation]:
    """Return the operations by name.

    Args:
        document: the document.
        below: the base path that is left out of the names.
    """
    base = base_path(document)
    found: dict[str, Operation] = {}
    for template, value in as_node(document.root.get("paths")).items():
        item = document.resolve(Place(as_node(value), template)).node
        path = str(template).rstrip("/")
        if not base and path.startswith(f"{below}/"):
            # The base path may stand in the paths as well.
            path = path.removeprefix(below)
        for method in METHODS:
            if method in item:
                name = f"{method.upper()} {path}"
                found[name] = _operation(document, name, path, item, as_node(item[method]))
    return found


def _operation(document: Document, name: str, path: str, item: Node, node: Node) -> Operation:
    parameters: dict[tuple[str, str], Place] = {}
    for said in (*as_list(item.get("parameters")), *as_list(node.get("parameters"))):
        place = document.resolve(Place(as_node(said), ""))
        kind, called = str(place.node.get("in")), str(place.node.get("name"))
        key = (kind, called.lower() if kind == "header" else called)
        if key[0] != "header" or key[1] not in _IGNORED_HEADERS:
            parameters[key] = Place(place.node, place.path or f"{name}: {kind} {called}")
    body = node.get("requestBody")
    responses = {
        str(status).upper(): document.resolve(Place(as_node(response), f"{name}: {status}"))
        for status, response in as_node(node.get("responses")).items()
    }
    return Operation(
        name=name,
        path=path,
        node=node,
        parameters=parameters,
        body=None if body is None else document.resolve(Place(as_node(body), f"{name}: body")),
        responses=responses,
        security=frozenset(_security(document, node)),
    )


def _security(document: Document, node: Node) -> Iterator[str]:
    """Give each way to prove who calls, by what it is; a scheme's name means nothing."""
    schemes = as_node(as_node(document.root.get("components")).get("securitySchemes"))
    for way in as_list(node.get("security", document.root.get("security"))):
        parts: list[str] = []
        for name, scopes in as_node(way).items():
            scheme = document.resolve(Place(as_node(schemes.get(name)), name)).node
            said = [str(scheme.get(key, "")).lower() for key in ("type", "scheme", "in", "name")]
            asked = " ".join(sorted(map(str, as_list(scopes))))
            parts.append(" ".join(filter(None, (*said, asked))) or "unknown")
        yield " and ".join(sorted(parts)) or "nothing"
