"""What the forms of the page do: each changes something, and leads back to a page that says what was done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..values import as_int
from .site import Mistake, Notice

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from .showing import Showing
    from .site import Site

_YES_OR_NO = ("carried_out", "announced")
_FAULT_FIELDS = frozenset({"operation", "kind", "times", "lasting"})


class Changing:
    """The endpoints of the forms."""

    def __init__(self, site: Site, showing: Showing) -> None:
        self._site = site
        self._sandbox = site.sandbox
        self._showing = showing

    async def move_clock(self, request: Request) -> Response:
        """Moves the clock on."""
        form = await self._site.form(request)
        days = as_int(form.get("days"))
        if days is None:
            raise Mistake("Give a number of days.")
        try:
            today = self._sandbox.advance(days=days)
        except ValueError as error:
            raise Mistake(str(error)) from None
        return self._site.done(form.get("back", "/"), Notice(f"The clock was moved on to {today.isoformat()}."))

    async def add_bill(self, request: Request) -> Response:
        """Adds an example bill."""
        form = await self._site.form(request)
        given = {"billnum": form["billnum"]} if "billnum" in form else {}
        jobid = self._sandbox.add_example_job(**given)
        job = self._sandbox.job(jobid) or given
        return self._site.done("/", Notice(f"Bill {job['billnum']} was added.", f"/jobs/{jobid}"))

    async def arm_fault(self, request: Request) -> Response:
        """Arms a fault."""
        form = dict(await self._site.form(request))
        operation, kind = form.get("operation", ""), form.get("kind", "")
        times: Any = None if "lasting" in form else form.get("times", 1)
        options = {name: _option(name, value) for name, value in form.items() if name not in _FAULT_FIELDS}
        try:
            self._sandbox.fault(operation, kind, times, **options)
        except ValueError as error:
            return self._showing.faults_page(request, 400, str(error), **form)
        return self._site.done("/faults", Notice(f"The fault {kind} is armed for {_named(operation)}."))

    async def clear_faults(self, request: Request) -> Response:
        """Disarms all faults."""
        await self._site.form(request)
        self._sandbox.clear_faults()
        return self._site.done("/faults", Notice("All faults were cleared."))


def _option(name: str, value: str) -> object:
    return value == "yes" if name in _YES_OR_NO else value


def _named(operation: str) -> str:
    return "every operation" if operation == "*" else operation
