"""Async client for the /jobs API of Ropo One: bills, status changes, invoice PDFs, payments.

    async with RopoJobsClient(ApiCode(cid="1000011", apicode="..."), environment=Environment.FINLAND_TEST) as ropo:
        job = await ropo.get_job(billnum="11213")

The models are in `ropo_jobs_client.models`, the errors in `ropo_jobs_client.errors`.
"""

from ._version import __version__

# Not from typing, which takes longer to import than all else here. Type checkers know the name.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from . import errors as errors
    from . import models as models
    from .client import RopoJobsClient as RopoJobsClient
    from .credentials import ApiCode as ApiCode
    from .credentials import BearerToken as BearerToken
    from .environments import Environment as Environment
    from .errors import RopoError as RopoError
    from .feed import StatusBatch as StatusBatch
    from .feed import StatusFeed as StatusFeed
    from .journal import Gap as Gap
    from .journal import Journal as Journal
    from .journal import JournalInUse as JournalInUse
    from .journal import SqliteJournal as SqliteJournal
    from .many_pdfs import FailedPdf as FailedPdf
    from .many_pdfs import PdfProgress as PdfProgress
    from .many_pdfs import SavedPdfs as SavedPdfs
    from .part_file import SavedPdf as SavedPdf
    from .pdf import PdfStream as PdfStream
    from .retries import AttemptEvent as AttemptEvent
    from .retries import Outcome as Outcome
    from .values import UNSET as UNSET

_NAMES = {
    ".client": ("RopoJobsClient",),
    ".credentials": ("ApiCode", "BearerToken"),
    ".environments": ("Environment",),
    ".errors": ("RopoError",),
    ".feed": ("StatusBatch", "StatusFeed"),
    ".journal": ("Gap", "Journal", "JournalInUse", "SqliteJournal"),
    ".many_pdfs": ("FailedPdf", "PdfProgress", "SavedPdfs"),
    ".part_file": ("SavedPdf",),
    ".pdf": ("PdfStream",),
    ".retries": ("AttemptEvent", "Outcome"),
    ".values": ("UNSET",),
}
_MODULES = {name: module for module, names in _NAMES.items() for name in names}

__all__ = [
    "UNSET",
    "ApiCode",
    "AttemptEvent",
    "BearerToken",
    "Environment",
    "FailedPdf",
    "Gap",
    "Journal",
    "JournalInUse",
    "Outcome",
    "PdfProgress",
    "PdfStream",
    "RopoError",
    "RopoJobsClient",
    "SavedPdf",
    "SavedPdfs",
    "SqliteJournal",
    "StatusBatch",
    "StatusFeed",
    "__version__",
]


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        # Imported when first used: a service that starts should not pay for an HTTP stack before it calls anything.
        from importlib import import_module

        if name in {"errors", "models"}:
            return import_module(f".{name}", __name__)
        try:
            module = _MODULES[name]
        except KeyError:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None
        value = globals()[name] = getattr(import_module(module, __name__), name)
        return value


def __dir__() -> list[str]:
    return sorted([*__all__, "errors", "models"])
