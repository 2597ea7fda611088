"""Async client for the /jobs API of Ropo One: bills, status changes, invoice PDFs, payments.

    async with RopoJobsClient(ApiCode(cid="1000011", apicode="..."), environment=Environment.FINLAND_TEST) as ropo:
        job = await ropo.get_job(billnum="11213")

The models are in `ropo_jobs_client.models`, the errors in `ropo_jobs_client.errors`.
"""

from ._version import __version__

# Not from typing, which takes longer to import than all else here. Type checkers know the name.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from . import api as api
    from . import errors as errors
    from . import models as models
    from ._codec.unset import UNSET as UNSET
    from ._codec.unset import Unset as Unset
    from ._config import Environment as Environment
    from ._files import SavedPdf as SavedPdf
    from ._http.retry import AttemptEvent as AttemptEvent
    from ._http.retry import Outcome as Outcome
    from .auth import ApiCode as ApiCode
    from .auth import BearerToken as BearerToken
    from .auth import Credentials as Credentials
    from .bulk import FailedPdf as FailedPdf
    from .bulk import PdfProgress as PdfProgress
    from .bulk import SavedPdfs as SavedPdfs
    from .client import RopoJobsClient as RopoJobsClient
    from .errors import InvalidArgument as InvalidArgument
    from .errors import JournalInUse as JournalInUse
    from .errors import RopoError as RopoError
    from .feed import Gap as Gap
    from .feed import Journal as Journal
    from .feed import SqliteJournal as SqliteJournal
    from .feed import StatusBatch as StatusBatch
    from .feed import StatusFeed as StatusFeed
    from .pdf import PdfDownload as PdfDownload
    from .pdf import PdfStream as PdfStream

_NAMES = {
    ".client": ("RopoJobsClient",),
    ".auth": ("ApiCode", "BearerToken", "Credentials"),
    "._config": ("Environment",),
    ".errors": ("InvalidArgument", "JournalInUse", "RopoError"),
    ".feed": ("Gap", "Journal", "SqliteJournal", "StatusBatch", "StatusFeed"),
    ".bulk": ("FailedPdf", "PdfProgress", "SavedPdfs"),
    "._files": ("SavedPdf",),
    ".pdf": ("PdfDownload", "PdfStream"),
    "._http.retry": ("AttemptEvent", "Outcome"),
    "._codec.unset": ("UNSET", "Unset"),
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [
    "UNSET",
    "ApiCode",
    "AttemptEvent",
    "BearerToken",
    "Credentials",
    "Environment",
    "FailedPdf",
    "Gap",
    "InvalidArgument",
    "Journal",
    "JournalInUse",
    "Outcome",
    "PdfDownload",
    "PdfProgress",
    "PdfStream",
    "RopoError",
    "RopoJobsClient",
    "SavedPdf",
    "SavedPdfs",
    "SqliteJournal",
    "StatusBatch",
    "StatusFeed",
    "Unset",
    "__version__",
]


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        # Imported when first used: a service that starts should not pay for an HTTP stack before it calls anything.
        from importlib import import_module

        if name in {"api", "errors", "models"}:
            return import_module(f".{name}", __name__)
        try:
            module = _MODULES[name]
        except KeyError:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
        value = globals()[name] = getattr(import_module(module, __name__), name)
        return value


def __dir__() -> list[str]:
    return sorted([*__all__, "api", "errors", "models"])
