"""What differs between two documents: operations, parameters, bodies, answers, security, servers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from .compare_schemas import SchemaComparison, required, words
from .differences import Difference, Direction, Effect, merge
from .documents import Document, Node, Place, as_node
from .operations import Operation, base_path, hosts, operations


@dataclass(frozen=True)
class Comparison:
    """The differences between two documents, and the areas of the vendor's that ours does not cover."""

    differences: list[Difference]
    areas: dict[str, int]


def compare(ours: Document, theirs: Document) -> Comparison:
    """Compare the vendor's document with ours. Raise `Unusable` where one cannot be followed."""
    below = base_path(ours)
    our_operations, their_operations = operations(ours, below), operations(theirs, below)
    covered = {_area(one.path) for one in our_operations.values()}
    areas = Counter(_area(one.path) for one in their_operations.values() if _area(one.path) not in covered)
    found = [*_servers(ours, theirs), *_operations(ours, theirs, our_operations, their_operations, covered)]
    return Comparison(merge(found), dict(sorted(areas.items())))


def _area(path: str) -> str:
    return "/" + path.strip("/").partition("/")[0]


def _servers(ours: Document, theirs: Document) -> Iterator[Difference]:
    one, other = base_path(ours), base_path(theirs)
    prefixed = all(str(path).startswith(f"{one}/") for path in as_node(theirs.root.get("paths")))
    if one != other and not (prefixed and not other):
        yield Difference(Effect.BREAKS, "base path", "servers", one, other or "/")
    # A server that is a path alone says nothing of hosts.
    if named := hosts(theirs):
        for host in sorted(named - hosts(ours)):
            yield Difference(Effect.MISSING, "server", f"servers.{host}", None, host)
        for host in sorted(hosts(ours) - named):
            yield Difference(Effect.MORE, "server", f"servers.{host}", host, None)


def _operations(
    ours: Document,
    theirs: Document,
    our_operations: dict[str, Operation],
    their_operations: dict[str, Operation],
    covered: set[str],
) -> Iterator[Difference]:
    new = {name: one for name, one in their_operations.items() if name not in our_operations}
    new_by_id = {one.id: name for name, one in new.items() if one.id}
    for name, one in our_operations.items():
        other = their_operations.get(name)
        if other is None and (moved := new_by_id.get(one.id or "")):
            yield Difference(Effect.BREAKS, "path", name, name, moved, (name,))
            other = new.pop(moved)
        if other is None:
            yield Difference(Effect.BREAKS, "operation", name, "there", None, (name,))
        else:
            for difference in _operation(ours, theirs, one, other):
                yield replace(difference, operations=(name,))
    for name, other in new.items():
        if _area(other.path) in covered:
            yield Difference(Effect.MISSING, "operation", name, None, other.id or "there", (name,))


def _operation(ours: Document, theirs: Document, one: Operation, other: Operation) -> Iterator[Difference]:
    if one.id != other.id:
        yield Difference(Effect.WORDS, "operationId", one.name, one.id, other.id)
    if other.node.get("deprecated") is True and one.node.get("deprecated") is not True:
        yield Difference(Effect.MISSING, "deprecated", one.name, None, "deprecated")
    for key in ("summary", "description"):
        yield from words(one.name, one.node.get(key), other.node.get(key))
    yield from _security(one, other)
    asked = SchemaComparison(ours, theirs, "request")
    yield from _parameters(asked, one, other)
    yield from _body(asked, one, other)
    yield from _Responses(SchemaComparison(ours, theirs, "response"), one, other).compare()


def _security(one: Operation, other: Operation) -> Iterator[Difference]:
    ours, theirs = one.security or {"nothing"}, other.security or {"nothing"}
    if ours == theirs:
        return
    # Who proves more than is asked is served all the same, and so is who proves in one of the ways.
    effect = Effect.MORE if "nothing" in theirs else Effect.MISSING if ours <= theirs else Effect.BREAKS
    yield Difference(effect, "security", one.name, " or ".join(sorted(ours)), " or ".join(sorted(theirs)))


def _parameters(asked: SchemaComparison, one: Operation, other: Operation) -> Iterator[Difference]:
    ours, theirs = dict(one.parameters), dict(other.parameters)
    for key in [key for key in ours if key not in theirs]:
        # The same name in another place is a parameter that moved.
        moved = [found for found in theirs if found not in ours and found[1].lower() == key[1].lower()]
        if moved:
            yield Difference(Effect.BREAKS, "place", ours.pop(key).path, f"in {key[0]}", f"in {moved[0][0]}")
            theirs.pop(moved[0])
    for key in dict.fromkeys((*ours, *theirs)):
        here, there = ours.get(key), theirs.get(key)
        if here and there:
            is_required = here.node.get("required") is True, there.node.get("required") is True
            yield from _required("required", here.path, *is_required)
            yield from words(here.path, here.node.get("description"), there.node.get("description"))
            yield from asked.compare((_schema(here),), (_schema(there),))
        elif there:
            needed = there.node.get("required") is True
            effect = Effect.BREAKS if needed else Effect.MISSING
            where = f"{one.name}: {key[0]} {there.node.get('name')}"
            yield Difference(effect, "parameter", where, None, "required" if needed else "optional")
        elif here:
            yield Difference(Effect.MORE, "parameter", here.path, "there", None)


def _required(what: str, where: str, ours: bool, theirs: bool) -> Iterator[Difference]:
    if ours != theirs:
        here, there = (("optional", "required")[value] for value in (ours, theirs))
        yield Difference(required("request", ours=ours), what, where, here, there)


def _schema(place: Place) -> Place:
    """Return the schema of a parameter or header, which may stand in its content."""
    node = place.node
    for media in as_node(node.get("content")).values():
        node = as_node(media)
    return Place(as_node(node.get("schema")), place.path)


def _body(asked: SchemaComparison, one: Operation, other: Operation) -> Iterator[Difference]:
    here, there = one.body, other.body
    if here and there:
        is_required = here.node.get("required") is True, there.node.get("required") is True
        yield from _required("body required", here.path, *is_required)
        yield from _content(asked, here, there)
    elif there:
        effect = Effect.BREAKS if there.node.get("required") is True else Effect.MISSING
        yield Difference(effect, "body", f"{one.name}: body", None, _media(there.node))
    elif here:
        yield Difference(Effect.MORE, "body", here.path, _media(here.node), None)


def _content(comparison: SchemaComparison, here: Place, there: Place) -> Iterator[Difference]:
    ours, theirs = _by_media(here.node), _by_media(there.node)
    if not (ours and theirs):
        if ours or theirs:
            effect = Effect.MORE if ours else Effect.MISSING
            yield Difference(effect, "body", here.path, _media(here.node), _media(there.node))
        return
    both = [name for name in ours if name in theirs]
    if not both:
        yield Difference(Effect.BREAKS, "media type", here.path, _media(here.node), _media(there.node))
        return
    for name in sorted(ours.keys() ^ theirs.keys()):
        effect = Effect.MORE if name in ours else _new_media(comparison.direction)
        yield Difference(effect, "media type", f"{here.path} {name}", *((name, None) if name in ours else (None, name)))
    for name in both:
        # What is no text has no fields, and 3.0 and 3.1 write it in different ways.
        if "json" in name or name.startswith(("text/", "application/x-www-form", "multipart/")):
            schemas = [
                Place(as_node(side[name].get("schema")), place.path) for side, place in ((ours, here), (theirs, there))
            ]
            yield from comparison.compare((schemas[0],), (schemas[1],))


def _new_media(direction: Direction) -> Effect:
    return Effect.MISSING if direction == "request" else Effect.BREAKS


def _by_media(node: Node) -> dict[str, Node]:
    return {
        name.partition(";")[0].strip().lower(): as_node(media) for name, media in as_node(node.get("content")).items()
    }


def _media(node: Node) -> str | None:
    return ", ".join(sorted(_by_media(node))) or None


@dataclass
class _Responses:
    comparison: SchemaComparison
    one: Operation
    other: Operation

    def compare(self) -> Iterator[Difference]:
        ours, theirs = self.one.responses, self.other.responses
        exact = [(status, status) for status in theirs if status in ours]
        left_here = [status for status in ours if status not in theirs]
        left_there = [status for status in theirs if status not in ours]
        used: set[str] = set()
        for status in list(left_there):
            if found := next((name for name in (f"{status[0]}XX", "DEFAULT") if name in ours), None):
                exact.append((found, status))
                used.add(found)
                left_there.remove(status)
        for status in left_here if "DEFAULT" in theirs else ():
            exact.append((status, "DEFAULT"))
            used.add(status)
        left_here = [status for status in left_here if status not in used]
        yield from self._renamed(exact, left_here, left_there)
        for here, there in exact:
            yield from self._response(ours[here], theirs[there])
        for status in left_there:
            where = f"{self.one.name}: {status}"
            yield Difference(Effect.MISSING, "status", where, None, status)
        for status in left_here:
            yield Difference(Effect.MORE, "status", ours[status].path, status, None)

    def _renamed(
        self, exact: list[tuple[str, str]], left_here: list[str], left_there: list[str]
    ) -> Iterator[Difference]:
        """Pair the one success that is left on each side: whichever status it has, it is the answer."""
        here = [status for status in left_here if status.startswith("2")]
        there = [status for status in left_there if status.startswith("2")]
        if len(here) == len(there) == 1:
            exact.append((here[0], there[0]))
            left_here.remove(here[0])
            left_there.remove(there[0])
            # Any 2xx is success to this library.
            yield Difference(Effect.MISSING, "status", self.one.responses[here[0]].path, here[0], there[0])

    def _response(self, here: Place, there: Place) -> Iterator[Difference]:
        yield from words(here.path, here.node.get("description"), there.node.get("description"))
        yield from _content(self.comparison, here, there)
        ours, theirs = (_headers(place.node) for place in (here, there))
        for name in dict.fromkeys((*ours, *theirs)):
            where = f"{here.path} header {name}"
            if name not in theirs:
                yield Difference(Effect.MORE, "header", where, "there", None)
            elif name not in ours:
                yield Difference(Effect.MISSING, "header", where, None, "there")


def _headers(node: Node) -> set[str]:
    names = (name.lower() for name in as_node(node.get("headers")))
    return {name for name in names if name != "content-type"}
