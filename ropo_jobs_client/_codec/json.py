"""JSON whose numbers keep their digits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, NoReturn, cast

from .encode import _wrong_type, write_decimal, write_int, write_str
from .invalid import InvalidArgument
from .numbers import _parse_number


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not JSON")


_DECODER: Final = json.JSONDecoder(parse_float=_parse_number, parse_constant=_refuse_constant)


def decode_json(content: bytes) -> object:
    """Parse JSON, numbers with a fraction as `Decimal`.

    Raises:
        ValueError: it is not JSON. The text does not show it.
    """
    try:
        return _DECODER.decode(content.decode(json.detect_encoding(content), "surrogatepass"))
    except (ValueError, ArithmeticError, RecursionError):
        raise ValueError("not JSON") from None


def encode_json(value: object) -> bytes:
    """Write JSON in UTF-8, numbers in plain digits.

    Raises:
        TypeError, ValueError: it holds what JSON cannot carry.
    """
    try:
        return "".join(_json(value, "body")).encode()
    except RecursionError:
        raise InvalidArgument("body", "must not hold itself, or be nested too deeply") from None


def _json(value: object, where: str) -> Iterator[str]:
    if isinstance(value, str):
        yield json.dumps(write_str(value, where), ensure_ascii=False)
    elif value is None or isinstance(value, bool):
        yield json.dumps(value)
    elif isinstance(value, int):
        yield str(write_int(value, where))
    elif isinstance(value, Decimal | float):
        yield format(write_decimal(value, where), "f")
    elif isinstance(value, Mapping):
        between = "{"
        for key, item in cast("Mapping[object, object]", value).items():
            yield f"{between}{json.dumps(write_str(key, f'a key of {where}'), ensure_ascii=False)}:"
            yield from _json(item, f"{where}.{key}")
            between = ","
        yield "}" if between == "," else "{}"
    elif isinstance(value, list | tuple):
        between = "["
        for i, item in enumerate(cast("Sequence[object]", value)):
            yield between
            yield from _json(item, f"{where}[{i}]")
            between = ","
        yield "]" if between == "," else "[]"
    else:
        _wrong_type(where, "something that JSON can carry", value)
