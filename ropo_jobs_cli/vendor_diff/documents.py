"""OpenAPI documents: read from a file or a URL, as JSON or YAML, and their references followed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import unquote

import yaml

Node = Mapping[str, Any]

MAX_BYTES: Final = 16 * 1024 * 1024
_MAX_REFERENCES: Final = 32
_TIMEOUT: Final = 30.0


class Unusable(Exception):
    """The document cannot be read, or is none."""


class Unreachable(Unusable):
    """No document came from the URL."""


class Refused(Unusable):
    """The server answered with something else than a document."""


# YAML as JSON has it: a date stays text, and `no` is not false. Ten times faster where pyyaml has its C part.
_SafeLoader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Loader: type[yaml.SafeLoader] = type("_Loader", (_SafeLoader,), {})
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in _SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(  # pyright: ignore[reportUnknownMemberType]
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


@dataclass(frozen=True)
class Place:
    """A node of a document, and how a reader finds it: `JobDataSet.city`, or `GET /jobs: 200`."""

    node: Node
    path: str


class Document:
    """An OpenAPI document, 3.0 or 3.1."""

    def __init__(self, root: object) -> None:
        root = as_node(root)
        version = str(root.get("openapi", ""))
        if not re.match(r"3\.[01]\b", version):
            raise Unusable(f"it is no OpenAPI 3.0 or 3.1 document: openapi is {version or 'not there'}")
        self.root = root
        self.is_3_0 = version.startswith("3.0")
        self.shapes: dict[Any, Any] = {}

    def resolve(self, place: Place) -> Place:
        """Follow `$ref` to what it names. A component that is named gives its name to the path."""
        for _ in range(_MAX_REFERENCES):
            reference = place.node.get("$ref")
            if not isinstance(reference, str):
                return place
            place = self.find(reference)
        raise Unusable(f"the references at {place.path} lead nowhere")

    def find(self, reference: str) -> Place:
        """Return what a reference such as `#/components/schemas/Job` names."""
        if not reference.startswith("#/"):
            raise Unusable(f"it refers to another document: {reference}")
        names = [unquote(part).replace("~1", "/").replace("~0", "~") for part in reference[2:].split("/")]
        found: Any = self.root
        for name in names:
            if isinstance(found, list) and name.isdecimal() and int(name) < len(cast("list[object]", found)):
                found = cast("list[object]", found)[int(name)]
            elif isinstance(found, Mapping) and name in found:
                found = cast("Node", found)[name]
            else:
                raise Unusable(f"it refers to something that is not there: {reference}")
        is_schema = names[:2] == ["components", "schemas"] and len(names) == 3
        return Place(as_node(found), names[2] if is_schema else ".".join(names[1:]) or names[0])


def as_node(value: object) -> Node:
    """Return an object of the document; PHP writes an empty one as a list."""
    if isinstance(value, Mapping):
        return cast("Node", value)
    if value in ([], None, True):
        return {}
    raise Unusable(f"an object is expected where {type(value).__name__} stands")


def as_list(value: object) -> list[Any]:
    """Return a list of the document, empty where there is none."""
    return cast("list[object]", value) if isinstance(value, list) else []


def parse(text: str) -> Document:
    """Read a document from its text, JSON or YAML.

    Raises:
        Unusable: it is neither, or no OpenAPI document.
    """
    try:
        try:
            root = json.loads(text)
        except ValueError:
            root = yaml.load(text, _Loader)  # noqa: S506 # a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise Unusable(f"it is neither JSON nor YAML{f': line {mark.line + 1}' if mark else ''}") from None
    except (RecursionError, ValueError):
        raise Unusable("it is neither JSON nor YAML that can be read") from None
    return Document(root)


def own() -> Document:
    """Read `openapi.yaml`: of the installed package, or of the tree that this module stands in."""
    here = Path(__file__).parents[2]
    for path in (here / "ropo_jobs_sandbox" / "openapi.yaml", here / "openapi.yaml"):
        if path.is_file():
            return parse(path.read_text(encoding="utf-8"))
    raise Unusable(f"there is no openapi.yaml in {here}")


def load(source: str) -> Document:
    """Read a document from a file or an https URL.

    Raises:
        Unusable: it cannot be read, is larger than 16 MiB, or is no OpenAPI document.
    """
    if "://" in source:
        content = _fetch(source)
    else:
        try:
            with Path(source).open("rb") as file:
                content = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise Unusable(f"it cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise Unusable("it is larger than 16 MiB")
    try:
        return parse(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unusable("it is not UTF-8") from None


def _fetch(url: str) -> bytes:
    import httpx

    content = bytearray()
    try:
        with (
            httpx.Client(
                follow_redirects=True, max_redirects=5, timeout=_TIMEOUT, event_hooks={"request": [_needs_https]}
            ) as client,
            client.stream("GET", url, headers={"Accept": "application/json, application/yaml"}) as response,
        ):
            if response.status_code != 200:
                raise Refused(f"the server answered {response.status_code}")
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > MAX_BYTES:
                    break
    except httpx.InvalidURL:
        raise Unusable("the URL is none") from None
    except httpx.HTTPError as error:
        raise Unreachable(f"it did not come: {type(error).__name__}") from None
    return bytes(content)


def _needs_https(request: Any) -> None:
    # Asked before each request, those after a redirect too.
    if request.url.scheme != "https" and request.url.host not in {"127.0.0.1", "::1", "localhost"}:
        raise Unusable("only https is read, also after a redirect")
