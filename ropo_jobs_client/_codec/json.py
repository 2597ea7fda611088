"""JSON whose numbers keep their digits."""

from __future__ import annotations

import json
from typing import Final, NoReturn

from .numbers import parse_number


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


_DECODER: Final = json.JSONDecoder(parse_float=parse_number, parse_constant=_refuse_constant)


def decode_json(content: bytes) -> object:
    """Parse JSON, numbers with a fraction as `Decimal`.

    Raises:
        ValueError: it is not JSON. The text does not show it.
    """
    try:
        return _DECODER.decode(content.decode(json.detect_encoding(content), "surrogatepass"))
    except (ValueError, ArithmeticError, RecursionError):
        raise ValueError("not JSON") from None
