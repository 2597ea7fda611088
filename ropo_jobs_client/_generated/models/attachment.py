from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_str
from ..._codec.encode import write_str
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class Attachment(Model):
    """An attachment of an invoice: either attachmentname with attachmentfile, or the attachmentid of a file that was
    uploaded before. PDF; for b2b and Peppol also Excel and CSV."""

    _sensitive: ClassVar[frozenset[str]] = frozenset({"attachmentfile"})

    attachmentname: str | Unset = UNSET
    """File name."""
    attachmentfile: str | Unset = UNSET
    """The file in base64."""
    attachmentid: str | Unset = UNSET
    """Id of a file that was uploaded before."""
    additional_properties: dict[str, Any] = field(init=False, factory=dict[str, Any])
    """Fields that the document does not know: kept when read, sent when written."""

    def _encode(self, out: dict[str, Any]) -> None:
        if self.attachmentname is not UNSET:
            out["attachmentname"] = write_str(self.attachmentname, "Attachment.attachmentname")
        if self.attachmentfile is not UNSET:
            out["attachmentfile"] = write_str(self.attachmentfile, "Attachment.attachmentfile")
        if self.attachmentid is not UNSET:
            out["attachmentid"] = write_str(self.attachmentid, "Attachment.attachmentid")

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:

        new = cls.__new__
        for source in sources:
            self = new(cls)
            value = source.pop("attachmentname", UNSET)
            self.attachmentname = (
                value if value.__class__ is str or value is UNSET else read_str(value, "Attachment.attachmentname")
            )
            value = source.pop("attachmentfile", UNSET)
            self.attachmentfile = (
                value if value.__class__ is str or value is UNSET else read_str(value, "Attachment.attachmentfile")
            )
            value = source.pop("attachmentid", UNSET)
            self.attachmentid = (
                value if value.__class__ is str or value is UNSET else read_str(value, "Attachment.attachmentid")
            )

            self.additional_properties = source
            add(self)
