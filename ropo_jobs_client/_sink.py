"""What a place for PDFs is. Here, so that a copy of the library may be made without `sinks`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol, runtime_checkable


@runtime_checkable
class PdfSink(Protocol):
    """A place where PDFs are kept, each whole or not at all. Give one of yours to `save_pdfs` or `PdfDownload.put`."""

    async def has(self, name: str) -> bool:
        """Return whether a PDF of this name is there, whole."""
        ...

    async def put(self, name: str, chunks: AsyncIterator[bytes], size: int | None, content_type: str | None) -> None:
        """Keep a PDF, in place of one that may be there. Where `chunks` raises, nothing may be there afterwards.

        Args:
            name: its name.
            chunks: its bytes, to be read to their end: only there it shows that they are a whole PDF.
            size: bytes, where the service says so.
            content_type: its media type, where the service says so.
        """
        ...
