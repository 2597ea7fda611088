"""JSON beside the fast transport: msgspec reads it, to the values that the standard library gives."""

from __future__ import annotations

import contextlib
from typing import Any, Final

import msgspec

from .._codec.json import decode_json
from .._codec.numbers import parse_number

_DECODER: Final[msgspec.json.Decoder[Any]] = msgspec.json.Decoder(float_hook=parse_number)


def decode_json_fast(content: bytes) -> object:
    """Parse JSON as `decode_json` does, about three times as fast.

    Raises:
        ValueError: it is not JSON. The text does not show it.
    """
    # msgspec takes nothing that the standard library refuses, but refuses some of what that takes: half of a surrogate
    # pair, another encoding than UTF-8, an integer of more than 4,300 digits with its sign.
    with contextlib.suppress(msgspec.MsgspecError, ValueError, ArithmeticError, RecursionError):
        return _DECODER.decode(content)
    return decode_json(content)
