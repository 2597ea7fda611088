"""Masking of secrets and personal data in texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, cast

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
    """Return a text as it is, and as it stands in JSON (PHP's too) and HTML that someone quotes."""
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
    """Return every text and number that stands under one of the given names, at any depth."""
    if isinstance(value, Mapping):
        for key, item in cast("Mapping[str, object]", value).items():
            yield from sensitive_values(item, names, inside=inside or key in names)
    elif isinstance(value, list | tuple):
        for item in cast("Sequence[object]", value):
            yield from sensitive_values(item, names, inside=inside)
    elif inside and isinstance(value, str | int | Decimal) and not isinstance(value, bool):
        yield str(value)
