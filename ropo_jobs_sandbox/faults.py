"""What goes wrong on purpose: which requests a fault strikes, and what each kind of fault does.

A fault is armed with ``sandbox.fault(operation, kind, times, **options)``, or over HTTP, and strikes the next requests
of its operation; where several wait for the same request, the one that was armed first strikes, and only that one.
``done`` says whether the request is carried out before: what is done counts in ``sandbox.carried_out``. ``PDF`` says
what comes of an answer that is a PDF: it is treated like any other ("same"), JSON or a page stands in its place
("replaced"), or it comes as it is ("untouched"). Options not given have the values shown.

====================  ====  =========  ===============================================================================
kind                  done  PDF        what the client sees
====================  ====  =========  ===============================================================================
delay-headers         yes   same       nothing for ``seconds=1.0``, then the answer
delay-body            yes   same       the headers and ``after=1`` bytes of the body, nothing for ``seconds=1.0``, the
                                       rest
disconnect-before     no    same       the connection is closed without a byte
disconnect-after      yes   same       the connection is closed without a byte
stall-after           yes   same       nothing until it goes away, or until ``seconds=None`` are over: then it is closed
reset                 yes   same       RST without a byte
truncate              yes   same       a body shorter than its Content-Length: half of it, or ``after=None`` bytes
truncate-chunked      yes   same       a chunked body without its end; ``after`` as above
truncate-close        yes   same       a body that ends too early with the connection, its length not announced; ditto
reset-body            yes   same       RST in the middle of the body; ``after`` as above
status                no    replaced   an error: ``status=503``, ``form="problem"`` (or error, html, text, empty) and
                                       ``retry_after=None`` (seconds, "date" for two seconds later on the sandbox's
                                       clock, or any text); ``carried_out=True``: the request is carried out before
redirect              no    replaced   ``status=302`` to ``location="http://127.0.0.1:1/"``, where nobody listens;
                                       ``carried_out`` as above
wrong-date            yes   same       the answer with another Date: ``date="Thu, 01 Jan 1970 00:00:00 GMT"``
html                  yes   replaced   a page that says "down for maintenance", in HTML, with 200
empty                 yes   replaced   no body, with 200
list-for-object       yes   replaced   the JSON ``[]``
numbers-as-strings    yes   untouched  every number of the JSON as a string
unknown-fields        yes   untouched  fields in every object of the JSON that no document names
invalid-json          yes   replaced   the JSON without its last byte, its length announced so
latin-1               yes   untouched  the JSON in latin-1, with an extra field, so that it is not UTF-8
gzip                  yes   same       the body with Content-Encoding: gzip, whether the client takes that or not
gzip-bomb             yes   same       the same of a body padded to ``size=104857600`` bytes, a thousandth of it sent
huge                  yes   same       the body padded to ``size=104857600`` bytes and still valid, its length announced
                                       (``announced=True``) or not
wrong-type            yes   same       the body as ``media_type="text/html"``
endless               yes   same       a body without an end, ``size=65536`` bytes every ``interval=0.0`` seconds
expire-token          yes   same       401, and the token of the request is good for nothing any more
====================  ====  =========  ===============================================================================

Faults of the body strike refusals too. Where one needs a body and the answer has none, it is ``[]``; where one brings
a body, 204 becomes 200. Connections are refused by ``sandbox.refuse_connections()``: a request that a fault could
strike has one already.
"""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from .fault_options import Check, count, media_type, one_of, optional, retry_after, seconds, some, status, text, truth
from .values import Json, as_decimal, as_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LOGIN = "POST /token"
ANY = "*"
_LARGE = 100 * 1024 * 1024
_AFTER: dict[str, tuple[Any, Check]] = {"after": (None, optional(count))}

KINDS: Mapping[str, Mapping[str, tuple[Any, Check]]] = {
    "delay-headers": {"seconds": (1.0, seconds)},
    "delay-body": {"seconds": (1.0, seconds), "after": (1, count)},
    "disconnect-before": {},
    "disconnect-after": {},
    "stall-after": {"seconds": (None, optional(seconds))},
    "reset": {},
    "truncate": _AFTER,
    "truncate-chunked": _AFTER,
    "truncate-close": _AFTER,
    "reset-body": _AFTER,
    "status": {
        "status": (503, status(200)),
        "form": ("problem", one_of("problem", "error", "html", "text", "empty")),
        "retry_after": (None, optional(retry_after)),
        "carried_out": (False, truth),
    },
    "redirect": {
        "status": (302, status(300, 399)),
        "location": ("http://127.0.0.1:1/", text),
        "carried_out": (False, truth),
    },
    "wrong-date": {"date": ("Thu, 01 Jan 1970 00:00:00 GMT", text)},
    "html": {},
    "empty": {},
    "list-for-object": {},
    "numbers-as-strings": {},
    "unknown-fields": {},
    "invalid-json": {},
    "latin-1": {},
    "gzip": {},
    "gzip-bomb": {"size": (_LARGE, count)},
    "huge": {"size": (_LARGE, count), "announced": (True, truth)},
    "wrong-type": {"media_type": ("text/html", media_type)},
    "endless": {"size": (64 * 1024, some), "interval": (0.0, seconds)},
    "expire-token": {},
}
"""The kinds of faults, and of each its options: what they are when not given, and what they may be."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault with all of its options."""

    kind: str
    options: Mapping[str, Any]

    @property
    def carried_out(self) -> bool:
        """Whether the request it strikes is carried out all the same."""
        return bool(self.options.get("carried_out", self.kind != "disconnect-before"))


@dataclass(slots=True)
class _Armed:
    operation: str
    fault: Fault
    times: int | None

    def shown(self) -> Json:
        return {"operation": self.operation, "kind": self.fault.kind, "times": self.times, **self.fault.options}


@dataclass(slots=True)
class _AtRandom:
    rate: float
    faults: list[Fault]
    seed: int
    operations: list[str]
    random: Random = field(init=False)

    def __post_init__(self) -> None:
        # The same seed gives the same faults again, which is what it is for.
        self.random = Random(self.seed)  # noqa: S311

    def concerns(self, operation: str) -> bool:
        return operation in self.operations or (ANY in self.operations and operation != LOGIN)

    def shown(self) -> Json:
        kinds = [{"kind": fault.kind, **fault.options} for fault in self.faults]
        return {"rate": self.rate, "kinds": kinds, "seed": self.seed, "operations": self.operations}


class Faults:
    """The faults that are armed. Safe for threads."""

    def __init__(self, operations: Iterable[str]) -> None:
        self._operations = frozenset(operations)
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []
        self._at_random: _AtRandom | None = None
        self._struck: Counter[str] = Counter()

    def arm(self, operation: str, kind: str, times: int | None, options: Mapping[str, Any]) -> None:
        """Arms a fault, behind those that are armed already."""
        armed = _Armed(self._operation(operation), fault_of(kind, options), _times(times))
        with self._lock:
            self._armed.append(armed)

    def arm_at_random(
        self, rate: object, kinds: Iterable[str | Mapping[str, Any]], seed: int, operations: Iterable[str]
    ) -> None:
        """Has each request be struck with a probability, in place of what was at random before."""
        chance = as_decimal(rate)
        if chance is None or not 0 <= chance <= 1:
            raise ValueError(f"rate: {rate!r} is not a probability from 0 to 1")
        faults = [_choice(kind) for kind in kinds]
        if not faults:
            raise ValueError("kinds: at least one is required")
        named = [self._operation(operation) for operation in operations]
        at_random = _AtRandom(float(chance), faults, seed, named)
        with self._lock:
            self._at_random = at_random

    def clear(self) -> None:
        """Disarms all of them, those at random too."""
        with self._lock:
            self._armed.clear()
            self._at_random = None

    def forget(self) -> None:
        """Disarms all of them, and counts those that strike from 0 again."""
        with self._lock:
            self._armed.clear()
            self._at_random = None
            self._struck.clear()

    def armed(self) -> list[Json]:
        """What is still armed, in the form in which it is armed over HTTP."""
        with self._lock:
            at_random = [] if self._at_random is None else [self._at_random.shown()]
            return [*(armed.shown() for armed in self._armed), *at_random]

    def struck(self) -> dict[str, int]:
        """How many requests each kind has struck."""
        with self._lock:
            return dict(self._struck)

    def strike(self, operation: str) -> Fault | None:
        """The fault that strikes a request, now used up once; the operation is "" where the document has no such."""
        with self._lock:
            fault = self._next(operation)
            if fault is not None:
                self._struck[fault.kind] += 1
            return fault

    def _next(self, operation: str) -> Fault | None:
        for armed in self._armed:
            if armed.operation in (ANY, operation):
                if armed.times is not None:
                    armed.times -= 1
                    if armed.times == 0:
                        self._armed.remove(armed)
                return armed.fault
        at_random = self._at_random
        if at_random is None or not at_random.concerns(operation):
            return None
        # Always both, so that the rate does not change which kinds come.
        chance, fault = at_random.random.random(), at_random.random.choice(at_random.faults)
        return fault if chance < at_random.rate else None

    def _operation(self, name: object) -> str:
        if not isinstance(name, str) or (name != ANY and name not in self._operations):
            raise ValueError(f"{name!r} is not an operation; one is 'GET /jobs', and '*' is all of them")
        return name


def fault_of(kind: str, options: Mapping[str, Any]) -> Fault:
    """A fault of a kind, with its options checked and complete."""
    if kind not in KINDS:
        hint = "; for that, use sandbox.refuse_connections()" if kind == "refuse" else ""
        raise ValueError(f"{kind!r} is not a kind of fault (of {', '.join(KINDS)}){hint}")
    known = KINDS[kind]
    for name in options:
        if name not in known:
            raise ValueError(f"{name}: {kind} has no such option (of {', '.join(known) or 'none'})")
    return Fault(
        kind,
        {
            name: check(name, options[name]) if name in options else otherwise
            for name, (otherwise, check) in known.items()
        },
    )


def _choice(kind: str | Mapping[str, Any]) -> Fault:
    if isinstance(kind, str):
        return fault_of(kind, {})
    options = as_object(kind)
    if options is None or not isinstance(options.get("kind"), str):
        raise ValueError(f"kinds: {kind!r} is neither a kind nor an object with one")
    return fault_of(options["kind"], {name: value for name, value in options.items() if name != "kind"})


def _times(times: object) -> int | None:
    return None if times is None else int(some("times", times))
