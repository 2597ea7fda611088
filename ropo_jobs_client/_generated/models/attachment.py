from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self

from attrs import define, field
from attrs.setters import NO_OP

from ..._codec.decode import read_str
from ..._codec.encode import coerce_extra
from ..._codec.model import Model
from ..._codec.unset import UNSET, Unset
from ..._codec.writers import Writer


@define(kw_only=True, repr=False, on_setattr=NO_OP)
class Attachment(Model):
    """An attachment of an invoice: either attachmentname with attachmentfile, or the attachmentid of a file that was
    uploaded before. PDF; for b2b and Peppol also Excel and CSV."""

    attachmentname: str | Unset = UNSET
    """File name."""
    attachmentfile: str | Unset = field(default=UNSET, repr=False)
    """The file in base64."""
    attachmentid: str | Unset = UNSET
    """Id of a file that was uploaded before."""
    additional_properties: dict[str, Any] = field(factory=dict[str, Any], converter=coerce_extra, repr=False)
    """Fields that the document does not know: kept when read, sent when written."""

    def write_to(self, writer: Writer) -> None:
        if self.attachmentname is not UNSET:
            writer.text("attachmentname", self.attachmentname, self, False)
        if self.attachmentfile is not UNSET:
            writer.text("attachmentfile", self.attachmentfile, self, False)
        if self.attachmentid is not UNSET:
            writer.text("attachmentid", self.attachmentid, self, False)

    @classmethod
    def _decode(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        new = cls.__new__
        for source in sources:
            self = new(cls)
            self.attachmentname = (
                v
                if (v := source.pop("attachmentname", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "attachmentname"))
            )
            self.attachmentfile = (
                v
                if (v := source.pop("attachmentfile", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "attachmentfile"))
            )
            self.attachmentid = (
                v
                if (v := source.pop("attachmentid", UNSET)).__class__ is str or v is UNSET
                else read_str(v, (cls, "attachmentid"))
            )

            self.additional_properties = source
            add(self)
