"""What a running sandbox consists of, and the way of a request into it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount

from . import access, inspection
from .app import PREFIX, AsgiApp, Pipeline, Receive, Send
from .bills import Bills
from .books import Books, http_date
from .changes import Changes
from .contract import document_path, load_contract
from .faults import Faults
from .money import Money
from .operations import Operations
from .records import Records
from .server import ServerThread, is_loopback, listen
from .store import Store

if TYPE_CHECKING:
    import os
    import socket
    from collections.abc import MutableMapping
    from datetime import date

    from .sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Settings:
    """What a sandbox was asked to be."""

    port: int
    host: str
    data: str | os.PathLike[str] | None
    token_ttl: float
    today: date | None
    strict: bool = False


class Parts:
    """What a running sandbox consists of."""

    def __init__(self, sandbox: Sandbox, settings: Settings) -> None:
        contract = load_contract(document_path())
        self.document: dict[str, Any] = contract.document
        self.operation_names: tuple[str, ...] = tuple(operation.name for operation in contract.operations)
        listener = listen(settings.host, settings.port)
        try:
            self.address: str = _address(settings.host, listener)
            self.records: Records = Records()
            self.faults: Faults = Faults(self.operation_names)
            self.store: Store = Store(settings.data)
            with self.store.transaction():
                self.books: Books = Books(self.store, settings.today)
            self.bills: Bills = Bills(self.books, settings.strict)
            self.changes: Changes = Changes(self.bills)
            operations = Operations(access.Access(self.store, settings.token_ttl), self.bills, Money(self.bills))
            app = _application(sandbox, Pipeline(contract, operations, self.records, self.faults), self.books)
            self.server: ServerThread = ServerThread(_Guard(app) if is_loopback(settings.host) else app, listener)
            self.server.start()
        except BaseException:
            listener.close()
            if hasattr(self, "store"):
                self.store.close()
            raise

    def close(self) -> None:
        self.server.stop()
        self.store.close()


def _application(sandbox: Sandbox, pipeline: AsgiApp, books: Books) -> AsgiApp:
    inspected = Mount("/_sandbox", routes=inspection.routes(sandbox))
    handlers = {HTTPException: inspection.on_http_error}
    starlette = Starlette(routes=[inspected, Mount("/", _Page(sandbox))], exception_handlers=handlers)

    async def app(scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        path = scope["path"]
        under_rest = path == PREFIX or path.startswith(PREFIX + "/")
        if under_rest:
            await pipeline(scope, receive, send)
            return

        async def dated(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"date", http_date(books).encode())]
            await send(message)

        await starlette(scope, receive, dated)

    return app


class _Page:
    """The page for a person, made when somebody looks at it: tests start many sandboxes that nobody looks at."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._app: AsgiApp | None = None

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        if self._app is None:
            from .page.app import application

            self._app = application(self._sandbox)
        await self._app(scope, receive, send)


class _Guard:
    """Refuses requests to foreign host names: a web page could have had its own name point here (DNS rebinding)."""

    def __init__(self, app: AsgiApp) -> None:
        self._app = app

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        host = Request(scope).headers.get("host", "")
        name = host[: host.find("]") + 1] if host.startswith("[") else host.partition(":")[0]
        if is_loopback(name):
            await self._app(scope, receive, send)
        else:
            refused = JSONResponse({"error": "the sandbox answers to loopback addresses only"}, 403)
            await refused(scope, receive, send)


def _address(host: str, listener: socket.socket) -> str:
    port = listener.getsockname()[1]
    # Who listens everywhere is reached here by the loopback address.
    name = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)  # noqa: S104 - read, not bound
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
