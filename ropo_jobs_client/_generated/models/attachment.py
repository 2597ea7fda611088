from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from attrs import define, field
from attrs.setters import NO_OP

from ...values import (
    STR,
    UNSET,
    Model,
    Unset,
    read_str,
    write_str,
)


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class Attachment(Model):
    """An attachment of an invoice: either attachmentname with attachmentfile, or the attachmentid of a file that was
    uploaded before. PDF; for b2b and Peppol also Excel and CSV."""

    _sensitive: ClassVar[frozenset[str]] = frozenset(
        {
            "attachmentfile",
        }
    )

    attachmentname: str | Unset = UNSET
    """File name."""
    attachmentfile: str | Unset = UNSET
    """The file in base64."""
    attachmentid: str | Unset = UNSET
    """Id of a file that was uploaded before."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _write(self, out: dict[str, Any]) -> None:
        if self.attachmentname is not UNSET:
            out["attachmentname"] = write_str(self.attachmentname, "Attachment.attachmentname")
        if self.attachmentfile is not UNSET:
            out["attachmentfile"] = write_str(self.attachmentfile, "Attachment.attachmentfile")
        if self.attachmentid is not UNSET:
            out["attachmentid"] = write_str(self.attachmentid, "Attachment.attachmentid")

    def _read(self, pop: Callable[[str, object], Any]) -> None:
        value = pop("attachmentname", UNSET)
        self.attachmentname = value if type(value) in STR else read_str(value, "Attachment.attachmentname")
        value = pop("attachmentfile", UNSET)
        self.attachmentfile = value if type(value) in STR else read_str(value, "Attachment.attachmentfile")
        value = pop("attachmentid", UNSET)
        self.attachmentid = value if type(value) in STR else read_str(value, "Attachment.attachmentid")
