"""A stand-in for the Ropo One /jobs REST service, speaking real HTTP.

From a terminal, to develop without credentials::

    python -m ropo_jobs_sandbox --port 8787

In tests, under asyncio, trio or none of them::

    async with Sandbox() as sandbox:
        ...  # sandbox.base_url, sandbox.cid, sandbox.apicode

Requests are checked against ``openapi.yaml``, the document that describes the service. What the service does beyond
that document is taken from its public guides, or guessed; each module of this package says in its docstring what it
guesses.

Names are imported on first use, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .errors import SandboxError
    from .records import RecordedRequest
    from .sandbox import Sandbox

__all__ = ["RecordedRequest", "Sandbox", "SandboxError"]

_ROOMS = {"Sandbox": "sandbox", "SandboxError": "errors", "RecordedRequest": "records"}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
