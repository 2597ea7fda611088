"""Amounts, dates, lenient numbers, file names and masking: pure functions, standard library only.

This is the one hand-written module that the generated code imports. Reading (`read_*`) is lenient about form and strict
about type. Taking what a caller gives (`as_*`) never raises, so that a mistake is reported once, by the call that would
send it. Writing (`write_*`) is strict and names the argument.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, Final, Literal, NoReturn, Self, cast, final
from urllib.parse import unquote_to_bytes

# A number whose plain digits would be longer than this is an attack or a mistake, never an amount.
# Python refuses longer integers too.
_MAX_DIGITS: Final = 4_300
_TOO_LARGE: Final = 10**_MAX_DIGITS

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")
_INTEGER = re.compile(r"-?[0-9]+(?:\.0*)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@final
class Unset:
    """The type of `UNSET`, which leaves a field out. Not the same as `None`, which sends null."""

    __slots__ = ()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        # By name: a copy or an unpickled value is the one UNSET, so `is UNSET` goes on working.
        return "UNSET"


UNSET: Final = Unset()


class Model:
    """What every generated model can do."""

    __slots__ = ("additional_properties",)

    additional_properties: dict[str, Any]

    # Fields with personal data or secrets. A repr never shows them.
    _sensitive: ClassVar[frozenset[str]] = frozenset()

    def _write(self, out: dict[str, Any]) -> None:
        """Put each field that is set under its wire name."""

    @classmethod
    def _read_all(cls, sources: Iterable[dict[str, Any]], add: Callable[[Self], object]) -> None:
        """Make a model of each object, and add it. The objects are taken over: what is unknown stays in them."""

    def to_dict(self) -> dict[str, Any]:
        """Give the fields that are set, under their wire names, amounts as `Decimal`.

        Raises:
            TypeError, ValueError: a field holds what cannot be sent; the text names it.
        """
        out = dict(self.additional_properties)
        self._write(out)
        return out

    @classmethod
    def from_dict(cls, source: object) -> Self:
        """Read what the service sent, or `to_dict` gave.

        Raises:
            DecodeError: a field has the wrong type, a required one is missing, or it is no object; the text names it.
        """
        made: list[Self] = []
        cls._read_all([dict(need_object(source, cls.__name__))], made.append)
        return made[0]

    @classmethod
    def from_list(cls, source: object) -> list[Self]:
        """Read a list of objects, or an object that holds one, as the service sends them.

        The objects are taken over, not copied.

        Raises:
            DecodeError: as `from_dict`, or it is no such list.
        """
        items = only_list(source, cls.__name__)
        made: list[Self] = []
        try:
            cls._read_all(items, made.append)
        except (AttributeError, TypeError):
            # Looked for only now: to ask each one first would take as long as to read a field of it.
            for i, item in enumerate(items):
                need_object(item, f"{cls.__name__}[{i}]")
            raise
        return made

    def to_json(self) -> bytes:
        """Give the bytes that would be sent: JSON in UTF-8, numbers never with an exponent.

        Raises:
            TypeError, ValueError: a field holds what cannot be sent; the text names it.
        """
        return encode_json(self.to_dict())

    def __repr__(self) -> str:
        # What is unset is left out (of a hundred fields, most), and so is what is unknown: it may be personal.
        fields: tuple[Any, ...] = getattr(self, "__attrs_attrs__", ())
        names = [field.name for field in fields if field.init and field.name not in self._sensitive]
        shown = [(name, getattr(self, name)) for name in names]
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in shown if value is not UNSET)})"


# Reading


def unreadable(where: str, expected: str, value: object) -> NoReturn:
    """Raise `DecodeError` for a value of the wrong type. The text names the field and never shows the value."""
    from .errors import DecodeError  # late: errors needs this module for masking

    raise DecodeError(f"{where} is {_kind(value)}, not {expected}", field=where, raw=value)


def _kind(value: object) -> str:
    if value is UNSET:
        return "missing"
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float | Decimal):
        return "another number"
    if isinstance(value, str):
        return "a text" if value else "empty"
    return "an object" if isinstance(value, Mapping) else "a list" if isinstance(value, list) else type(value).__name__


def needed(value: Any, where: str) -> Any:
    """Refuse a required field that is not there."""
    return unreadable(where, "there", value) if value is UNSET else value


def read_int(value: object, where: str) -> Any:
    """Read an integer: also `"123"` and `123.0`. Null and "" are UNSET."""
    if type(value) is int:
        return value
    if value is None or value == "" or value is UNSET:
        return UNSET
    if isinstance(value, str) and _INTEGER.fullmatch(value) and len(value) <= _MAX_DIGITS:
        return int(value.partition(".")[0])
    number = _decimal_of(value) if isinstance(value, float) else value
    if isinstance(number, Decimal) and _is_short(number) and number == number.to_integral_value():
        return int(number)
    unreadable(where, "an integer", value)


def read_decimal(value: object, where: str) -> Any:
    """Read a number as `Decimal`, digit for digit. Null and "" are UNSET."""
    if value is None or value == "" or value is UNSET:
        return UNSET
    number: object = value
    if isinstance(value, float):
        number = _decimal_of(value)
    elif (type(value) is int) or (isinstance(value, str) and _NUMBER.fullmatch(value)):
        number = Decimal(value)
    if isinstance(number, Decimal) and _is_short(number):
        return number if type(number) is Decimal else Decimal(number)
    unreadable(where, "a number", value)


def _is_short(number: Decimal) -> bool:
    return number.is_finite() and abs(number.adjusted()) < _MAX_DIGITS


def read_str(value: object, where: str) -> Any:
    """Read a text; a number is its digits as sent. Null is UNSET."""
    if type(value) is str:
        return value
    if value is None or value is UNSET:
        return UNSET
    if isinstance(value, _SentNumber):
        return value.sent
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        # A Decimal came without an exponent, and its str may have one.
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    unreadable(where, "a text", value)


def read_bool(value: object, where: str) -> Any:
    """Read a boolean: also 0, 1, "0", "1". Null and "" are UNSET."""
    if value is None or value == "" or value is UNSET:
        return UNSET
    if isinstance(value, bool):
        return value
    if isinstance(value, int | str) and str(value) in {"0", "1"}:
        return str(value) == "1"
    unreadable(where, "a boolean", value)


def read_model(value: object, where: str, model: type[Model]) -> Any:
    """Read an object inside another. PHP writes `[]` for an empty one: that, null and "" are UNSET."""
    if value is None or value == "" or value is UNSET or value == []:
        return UNSET
    return model.from_dict(need_object(value, where))


def read_models(value: object, where: str, model: type[Model]) -> Any:
    """Read a list of objects. Null and "" are UNSET."""
    if value is None or value == "" or value is UNSET:
        return UNSET
    return [model.from_dict(need_object(item, f"{where}[{i}]")) for i, item in enumerate(need_list(value, where))]


def read_texts(value: object, where: str) -> Any:
    """Read a list of texts. Null and "" are UNSET."""
    if value is None or value == "" or value is UNSET:
        return UNSET
    return [needed(read_str(item, f"{where}[{i}]"), f"{where}[{i}]") for i, item in enumerate(need_list(value, where))]


def need_object(value: object, where: str) -> Mapping[str, Any]:
    """Read an object where nothing else will do: a whole answer, or an item of a list."""
    # The first for speed: to ask an abstract class takes longer than to read a field.
    if type(value) is dict or isinstance(value, Mapping):
        return cast("Mapping[str, Any]", value)
    unreadable(where, "an object", value)


def need_list(value: object, where: str) -> list[Any]:
    """Read a list where nothing else will do."""
    if isinstance(value, list):
        return cast("list[Any]", value)  # type: ignore[redundant-cast] # pyright would have it list[Unknown]
    unreadable(where, "a list", value)


def only_list(value: object, where: str) -> list[Any]:
    """Find the list in an answer that is a list, or an object that holds one. An empty object holds nothing."""
    if not isinstance(value, Mapping):
        return need_list(value, where)
    found: list[object] = [item for item in cast("Mapping[str, object]", value).values() if isinstance(item, list)]
    if len(found) == 1 or not value:
        return need_list(found[0], where) if found else []
    unreadable(where, "a list, or an object with one list in it", cast("object", value))


# Taking what a caller gives


def _int_of(value: object) -> object:
    is_digits = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _MAX_DIGITS
    return int(cast("str", value)) if is_digits else value


def _decimal_of(value: object) -> object:
    if isinstance(value, float):
        return Decimal(float.__repr__(value))  # a subclass, such as numpy's, has a repr of its own
    return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _date_of(value: object) -> object:
    # A datetime is a date to isinstance, but the day it means hangs on a time zone: left as it is, and refused later.
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


def as_int(value: int | str) -> int:
    return cast("int", _int_of(value))


def as_int_or_unset(value: int | str | Unset) -> int | Unset:
    return value if isinstance(value, Unset) else as_int(value)


def as_int_or_none(value: int | str | Unset | None) -> int | Unset | None:
    return value if value is None or isinstance(value, Unset) else as_int(value)


def as_decimal(value: Decimal | float) -> Decimal:
    return cast("Decimal", _decimal_of(value))


def as_decimal_or_unset(value: Decimal | float | Unset) -> Decimal | Unset:
    return value if isinstance(value, Unset) else as_decimal(value)


def as_decimal_or_none(value: Decimal | float | Unset | None) -> Decimal | Unset | None:
    return value if value is None or isinstance(value, Unset) else as_decimal(value)


def as_date(value: str | date) -> str:
    return cast("str", _date_of(value))


def as_date_or_unset(value: str | date | Unset) -> str | Unset:
    return value if isinstance(value, Unset) else as_date(value)


def as_date_or_none(value: str | date | Unset | None) -> str | Unset | None:
    return value if value is None or isinstance(value, Unset) else as_date(value)


# Writing


def _wrong_type(where: str, expected: str, value: object) -> NoReturn:
    raise TypeError(f"{where} must be {expected}, not {type(value).__name__}")


def write_int(value: object, where: str) -> int:
    """Write an integer, or a text of digits as one."""
    number = _int_of(value)
    if isinstance(number, int) and not isinstance(number, bool):
        if not -_TOO_LARGE < number < _TOO_LARGE:
            raise ValueError(f"{where} must have no more than {_MAX_DIGITS} digits")
        return int(number)  # the str of an enum's member is not its number
    if isinstance(value, str):
        raise ValueError(f"{where} must be an integer or its digits")
    _wrong_type(where, "an integer", value)


def write_decimal(value: object, where: str) -> Decimal:
    """Write an int, Decimal or float (by its repr) as `Decimal`."""
    number = _decimal_of(value)
    if not isinstance(number, Decimal):
        _wrong_type(where, "a Decimal, int or float", value)
    if not number.is_finite():
        raise ValueError(f"{where} must be a finite number")
    if not _is_short(number):
        raise ValueError(f"{where} must have no more than {_MAX_DIGITS} digits")
    return number


def write_str(value: object, where: str) -> str:
    """Write a text that UTF-8 can carry."""
    if not isinstance(value, str):
        _wrong_type(where, "a str", value)
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError(f"{where} must be valid Unicode: it holds half of a surrogate pair")
    return value if type(value) is str else str.__str__(value)


def write_bool(value: object, where: str) -> bool:
    """Write a boolean."""
    return value if isinstance(value, bool) else _wrong_type(where, "a bool", value)


def write_date(value: object, where: str) -> str:
    """Write a day as `YYYY-MM-DD`."""
    text = _date_of(value)
    if not isinstance(text, str):
        _wrong_type(where, "a date or a str YYYY-MM-DD", value)
    try:
        if _DATE.fullmatch(text):
            date.fromisoformat(text)
            return text
    except ValueError:
        pass
    raise ValueError(f"{where} must be a date as YYYY-MM-DD")


def write_texts(value: object, where: str) -> list[str]:
    """Write a list of texts."""
    return [write_str(item, f"{where}[{i}]") for i, item in enumerate(_sequence(value, where))]


def write_model(value: object, where: str, model: type[Model]) -> dict[str, Any]:
    """Write an object of a generated model."""
    return value.to_dict() if isinstance(value, model) else _wrong_type(where, model.__name__, value)


def write_models(value: object, where: str, model: type[Model]) -> list[dict[str, Any]]:
    """Write a list of objects of a generated model."""
    return [write_model(item, f"{where}[{i}]", model) for i, item in enumerate(_sequence(value, where))]


def _sequence(value: object, where: str) -> Sequence[object]:
    return cast("Sequence[object]", value) if isinstance(value, list | tuple) else _wrong_type(where, "a list", value)


def write_header(value: object, where: str) -> str:
    """Write a header value: printable ASCII, no line break."""
    text = write_str(value, where)
    # Blanks around a header value are not part of it: HTTP would drop or refuse them.
    if not text or text != text.strip() or not text.isascii() or not text.isprintable():
        raise ValueError(f"{where} must be printable ASCII without line breaks or blanks around it, and not empty")
    return text


# JSON


class _SentNumber(Decimal):
    """A number that came with an exponent, and the text it came as."""

    sent: str

    def __reduce__(self) -> tuple[Any, ...]:
        return _parse_number, (self.sent,)


def _parse_number(text: str) -> Decimal:
    if "e" not in text and "E" not in text:
        return Decimal(text)
    number = _SentNumber(text)
    number.sent = text
    return number


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
        raise ValueError("body must not hold itself, or be nested too deeply") from None


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


# Headers


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Give the seconds that a Retry-After header asks for (a number, or a date), or None where it says nothing."""
    if value is None:
        return None
    if (text := value.strip()).isascii() and text.isdigit():
        return float(text)  # "inf" from some 300 digits on
    when = parse_http_date(text)
    return None if when is None else max(0.0, (when - now).total_seconds())


def parse_http_date(value: str | None) -> datetime | None:
    """Give the time that a Date or Retry-After header names, or None where it names none."""
    try:
        when = parsedate_to_datetime(value or "")
    except (ValueError, IndexError, OverflowError):
        return None
    return when.replace(tzinfo=when.tzinfo or UTC)


_PARAMETER = re.compile(r';\s*([\w!#$&+\-.^`|~]+\*?)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)')


def disposition_filename(header: str | None) -> str | None:
    """Give the file name of a Content-Disposition header (`filename*` before `filename`), made safe, or None."""
    parameters: dict[str, str] = {}
    for name, value in _PARAMETER.findall(f";{header.partition(';')[2]}" if header else ""):
        parameters.setdefault(name.lower(), value.strip())
    if extended := parameters.get("filename*"):
        charset, _, rest = extended.strip('"').partition("'")
        if charset.lower() in {"utf-8", "iso-8859-1"} and "'" in rest:
            name = unquote_to_bytes(rest.partition("'")[2]).decode(charset, "replace")
            if safe := safe_filename(name):
                return safe
    plain = parameters.get("filename", "")
    if plain.startswith('"'):
        plain = re.sub(r"\\(.)", r"\1", plain[1:-1])
    return safe_filename(plain)


_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])\s*(?:\.|$)", re.IGNORECASE)


def safe_filename(name: str) -> str | None:
    """Give the last part of a name that a server sent, fit for any file system, or None where nothing is left.

    No path, drive, control or direction character; at most 255 bytes of UTF-8, the extension kept.
    """
    last = re.split(r"[/\\:]", name)[-1]
    unwanted = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    last = "".join(c for c in last if unicodedata.category(c) not in unwanted and c not in '<>"|?*')
    last = last.strip(". ")
    if not last or _RESERVED.match(last):
        return None
    stem, dot, extension = last.rpartition(".")
    if not dot or len(extension.encode()) > 20:
        stem, extension = last, ""
    room = 255 - len((dot + extension).encode() if extension else b"")
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + (dot + extension if extension else "")


# Masking

_MASK: Final = "***"

# Personal identity codes (Finland, Sweden, Norway), e-mail addresses, phone numbers, account numbers, tokens.
_PERSONAL = re.compile(
    r"""
      \b[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Z]\b          # Finland
    | \b(?:[0-9]{2})?[0-9]{6}[-+]?[0-9]{4}\b          # Sweden
    | \b[0-9]{6}[ ]?[0-9]{5}\b                        # Norway
    | (?<![^\s@<>"'(),;:])[^\s@<>"'(),;:]+@[^\s@<>"'(),;:]+\.[\w-]+
    | (?<![\w.])\+[0-9][0-9 ()-]{5,18}[0-9]
    | (?<![\w.-])\(?(?:00[ -]?[1-9][0-9]{0,2}|0[0-9]{1,4})\)?(?:[ -]?[0-9]){5,11}\b
    | \b[A-Z]{2}[0-9]{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,4})?\b
    | (?<![\w-])eyJ[\w-]+\.[\w.-]+
    | (?<=Bearer[ ])\S+
    """,
    re.VERBOSE | re.IGNORECASE,
)


def _spellings(text: str) -> set[str]:
    """Give a text as it is, and as it stands in JSON (PHP's too) and HTML that someone quotes."""
    if text.isascii() and text.replace(" ", "").isalnum():
        return {text}
    in_json = {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}
    import html  # late: its table of entities is long

    return {text, html.escape(text), *in_json, *(s.replace("/", "\\/") for s in in_json)}


def mask(text: str, secrets: Iterable[str]) -> str:
    """Hide the given values, and whatever looks like personal data or a token, in a text of the service."""
    # The service may fold the white space of what it quotes. Most values are not in the text: to look first is quick.
    folded = " ".join(text.split()).casefold()
    # Not an attachment: it is longer than the text, by far.
    sought = [secret for secret in secrets if len(secret) <= 10_000 + len(text)]
    spelled = {" ".join(s.split()) for secret in sought for s in _spellings(secret)}
    for secret in sorted(spelled - {""}, key=len, reverse=True):
        if secret.casefold() not in folded:
            continue
        pattern = r"\s+".join(map(re.escape, secret.split()))
        # A short value ("1", "FI") would tear other words apart: only where it stands alone.
        text = re.sub(pattern if len(secret) > 3 else rf"(?<!\w){pattern}(?!\w)", _MASK, text, flags=re.IGNORECASE)
    return _PERSONAL.sub(_MASK, text)


def sensitive_values(value: object, names: frozenset[str], *, inside: bool = False) -> Iterator[str]:
    """Give every text and number that stands under one of the given names, at any depth."""
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, object]", value).items():
            yield from sensitive_values(item, names, inside=inside or key in names)
    elif isinstance(value, list | tuple):
        for item in cast("Sequence[object]", value):
            yield from sensitive_values(item, names, inside=inside)
    elif inside and isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        yield str(value)
