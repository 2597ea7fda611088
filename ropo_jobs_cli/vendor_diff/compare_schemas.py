"""What differs between two schemas, as far as a caller is concerned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from .differences import Difference, Direction, Effect, judge
from .documents import Document
from .schemas import Form, Places, Shape, shape

# What a number is made of in the vendor's program: JSON knows no such thing.
_FORMATS_WITHOUT_MEANING: Final = frozenset({"int32", "int64", "float", "double"})
_LOWER_LIMITS: Final = ("minLength", "minimum", "exclusiveMinimum", "minItems", "minProperties")
_UPPER_LIMITS: Final = ("maxLength", "maximum", "exclusiveMaximum", "maxItems", "maxProperties")


@dataclass
class SchemaComparison:
    """Compare schemas of one operation.

    Attributes:
        ours: the document of this library.
        theirs: the vendor's document.
        direction: whether what they describe is sent or comes back.
    """

    ours: Document
    theirs: Document
    direction: Direction
    _seen: set[tuple[int, ...]] = field(default_factory=set[tuple[int, ...]])

    def compare(self, ours: Places, theirs: Places) -> Iterator[Difference]:
        """Give the differences between two schemas and all that they hold."""
        pair = (*(id(place.node) for place in ours), 0, *(id(place.node) for place in theirs))
        if pair in self._seen:
            return
        self._seen.add(pair)
        one, other = shape(self.ours, ours), shape(self.theirs, theirs)
        # A field is known by where it stands, not by the schema that describes it.
        where = ours[0].path
        yield from self._nullable(where, one, other)
        yield from self._default(where, one, other)
        if other.deprecated and not one.deprecated:
            yield Difference(Effect.MISSING, "deprecated", where, None, "deprecated")
        yield from words(where, one.words, other.words)
        types = _types(one), _types(other)
        if types[0] != types[1]:
            yield self._type(where, *types)
        for ours_form, theirs_form in self._pairs(one, other):
            if ours_form is None or theirs_form is None:
                yield Difference(
                    judge(self.direction, wider=ours_form is None),
                    "alternative",
                    where,
                    _object(ours_form),
                    _object(theirs_form),
                )
            else:
                yield from self._forms(where, ours_form, theirs_form)

    def _nullable(self, where: str, ours: Shape, theirs: Shape) -> Iterator[Difference]:
        if ours.nullable == theirs.nullable or ours.forms is None or theirs.forms is None:
            return
        if self.direction == "request":
            effect = Effect.BREAKS if ours.nullable else Effect.MISSING
        else:
            # Null where none is expected is read as not set.
            effect = Effect.MORE if ours.nullable else Effect.MISSING
        yield Difference(effect, "null", where, _null(ours), _null(theirs))

    def _default(self, where: str, ours: Shape, theirs: Shape) -> Iterator[Difference]:
        if ours.default != theirs.default:
            silent = (Effect.MISSING, ours.default), (Effect.MORE, theirs.default)
            effect = next((effect for effect, value in silent if value is None), Effect.BREAKS)
            yield Difference(effect, "default", where, ours.default, theirs.default)

    def _type(self, where: str, ours: frozenset[str] | None, theirs: frozenset[str] | None) -> Difference:
        wider = None
        if ours and theirs:
            a, b = _with_integers(ours), _with_integers(theirs)
            wider = True if a < b else False if b < a else None
        effect = judge(self.direction, wider=wider, ours_silent=ours is None, theirs_silent=theirs is None)
        return Difference(effect, "type", where, _names(ours), _names(theirs))

    def _pairs(self, ours: Shape, theirs: Shape) -> Iterator[tuple[Form | None, Form | None]]:
        left = {type_: list(forms) for type_, forms in (theirs.forms or {}).items()}
        if ours.forms is None or theirs.forms is None:
            return
        for type_, forms in ours.forms.items():
            candidates = left.get(type_) or left.get({"integer": "number", "number": "integer"}.get(type_, ""))
            if not candidates:
                continue
            for form in forms:
                if not candidates:
                    yield form, None
                    continue
                best = max(candidates, key=lambda one: len(one.properties.keys() & form.properties.keys()))
                candidates.remove(best)
                yield form, best
            for form in candidates:
                yield None, form

    def _forms(self, where: str, ours: Form, theirs: Form) -> Iterator[Difference]:
        yield from self._format(where, ours.format, theirs.format)
        yield from self._values(where, ours.values, theirs.values)
        yield from self._limits(where, ours.limits, theirs.limits)
        if ours.items and theirs.items:
            yield from self.compare(ours.items, theirs.items)
        if ours.others and theirs.others:
            yield from self.compare(ours.others, theirs.others)
        if theirs.is_closed and not ours.is_closed and self.direction == "request":
            yield Difference(Effect.MISSING, "other fields", where, "allowed", "refused")
        yield from self._fields(ours, theirs)

    def _format(self, where: str, ours: str | None, theirs: str | None) -> Iterator[Difference]:
        if ours == theirs:
            return
        effect = judge(self.direction, wider=None, ours_silent=ours is None, theirs_silent=theirs is None)
        if {ours, theirs} <= _FORMATS_WITHOUT_MEANING | {None}:
            effect = Effect.WORDS
        yield Difference(effect, "format", where, ours, theirs)

    def _values(self, where: str, ours: frozenset[str] | None, theirs: frozenset[str] | None) -> Iterator[Difference]:
        if ours == theirs:
            return
        wider = None
        if ours is not None and theirs is not None:
            wider = True if ours < theirs else False if theirs < ours else None
        effect = judge(self.direction, wider=wider, ours_silent=ours is None, theirs_silent=theirs is None)
        yield Difference(effect, "values", where, _names(ours), _names(theirs))

    def _limits(self, where: str, ours: dict[str, Any], theirs: dict[str, Any]) -> Iterator[Difference]:
        for name in sorted(ours.keys() | theirs.keys()):
            a, b = ours.get(name), theirs.get(name)
            if a == b:
                continue
            wider = None
            if a is not None and b is not None and name in _LOWER_LIMITS + _UPPER_LIMITS:
                wider = (b < a) if name in _LOWER_LIMITS else (b > a)
            effect = judge(self.direction, wider=wider, ours_silent=a is None, theirs_silent=b is None)
            yield Difference(effect, name, where, None if a is None else str(a), None if b is None else str(b))

    def _fields(self, ours: Form, theirs: Form) -> Iterator[Difference]:
        for name in dict.fromkeys((*ours.properties, *theirs.properties)):
            one, other = ours.properties.get(name, ()), theirs.properties.get(name, ())
            if one and other:
                yield from self._required(one[0].path, name in ours.required, name in theirs.required)
                yield from self.compare(one, other)
            elif other and not self._is_elsewhere(self.theirs, other):
                yield self._missing_field(f"{_owner(ours, theirs, name)}.{name}", other, name in theirs.required)
            elif one and not self._is_elsewhere(self.ours, one):
                yield Difference(self._of_extra_field(theirs), "field", one[0].path, _names(self._type_of(one)), None)

    def _missing_field(self, where: str, theirs: Places, is_required: bool) -> Difference:
        # Whoever must send a field has to know it.
        breaks = is_required and self.direction == "request"
        types = _names(_types(shape(self.theirs, theirs))) or "of any type"
        said = f"{types}, required" if is_required else types
        return Difference(Effect.BREAKS if breaks else Effect.MISSING, "field", where, None, said)

    def _of_extra_field(self, theirs: Form) -> Effect:
        if self.direction == "request":
            return Effect.BREAKS if theirs.is_closed else Effect.MORE
        # Where the vendor names fields and not this one, a caller waits for what never comes.
        return Effect.BREAKS if theirs.properties else Effect.MORE

    def _required(self, where: str, ours: bool, theirs: bool) -> Iterator[Difference]:
        if ours != theirs:
            yield Difference(required(self.direction, ours=ours), "required", where, _required(ours), _required(theirs))

    def _is_elsewhere(self, document: Document, places: Places) -> bool:
        """Whether a field does not travel in this direction."""
        only = shape(document, places).only
        return only == ("readOnly" if self.direction == "request" else "writeOnly")

    def _type_of(self, places: Places) -> frozenset[str] | None:
        return _types(shape(self.ours, places))


def required(direction: Direction, *, ours: bool) -> Effect:
    """Tell what it does that one side requires something and the other does not."""
    if direction == "request":
        return Effect.MORE if ours else Effect.BREAKS
    return Effect.BREAKS if ours else Effect.MISSING


def words(where: str, ours: object, theirs: object) -> Iterator[Difference]:
    """Give the difference between two texts, where both sides have one."""
    if isinstance(ours, str) and isinstance(theirs, str) and ours and theirs and _plain(ours) != _plain(theirs):
        yield Difference(Effect.WORDS, "words", where, " ".join(ours.split()), " ".join(theirs.split()))


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".")


def _owner(ours: Form, theirs: Form, name: str) -> str:
    """Return the schema of ours that a field is missing in: the one whose fields stand beside it at the vendor's."""
    part = theirs.properties[name][0].path.rpartition(".")[0]
    beside = {one for one, places in theirs.properties.items() if places[0].path.rpartition(".")[0] == part}
    owners = Counter(places[0].path.rpartition(".")[0] for one, places in ours.properties.items() if one in beside)
    return owners.most_common(1)[0][0] if owners else ours.path


def _types(of: Shape) -> frozenset[str] | None:
    return None if of.forms is None else frozenset(of.forms)


def _with_integers(types: frozenset[str]) -> frozenset[str]:
    return types | {"integer"} if "number" in types else types


def _names(names: frozenset[str] | None) -> str | None:
    return None if names is None else " or ".join(sorted(names)) or "null"


def _null(of: Shape) -> str:
    return "may be null" if of.nullable else "is not null"


def _required(value: bool) -> str:
    return "required" if value else "optional"


def _object(form: Form | None) -> str | None:
    return None if form is None else f"one with {', '.join(sorted(form.properties)) or 'nothing named'}"
