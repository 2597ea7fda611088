"""What annotations name and a client need not import: found when something asks for the types.

Dependency injection and the like call `typing.get_type_hints`, which looks for every name when the program runs.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import ssl as ssl

    import httpx as httpx

    from ._generated.types import ApiRequest as ApiRequest
    from ._http.pipeline import Pipeline as Pipeline
    from ._http.retry import AttemptEvent as AttemptEvent
    from ._sink import PdfSink as PdfSink
    from .auth import Credentials as Credentials
    from .bulk import PdfProgress as PdfProgress
    from .bulk import SavedPdfs as SavedPdfs
    from .feed import Journal as Journal
    from .feed import StatusFeed as StatusFeed
    from .pdf import PdfDownload as PdfDownload
else:
    _MODULES = {
        "ApiRequest": "._generated.types",
        "Pipeline": "._http.pipeline",
        "AttemptEvent": "._http.retry",
        "Credentials": ".auth",
        "PdfProgress": ".bulk",
        "SavedPdfs": ".bulk",
        "Journal": ".feed",
        "StatusFeed": ".feed",
        "PdfDownload": ".pdf",
        "PdfSink": "._sink",
    }

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        if name in {"httpx", "ssl"}:
            return import_module(name)
        if name in _MODULES:
            return getattr(import_module(_MODULES[name], __package__), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
