"""Write `_generated/names.py`: what is read where no model is, in errors, headers and the journal of the feed."""

from __future__ import annotations

from .document import GenerationError, Json, arguments, models, operations, resolve, walk


def error_names(document: Json) -> tuple[list[tuple[str, ...]], set[str]]:
    """Return where errors have their text, and the fields of those that are plain JSON."""
    media_types = {
        media["schema"]["$ref"].rpartition("/")[2]: media_type
        for _, _, operation in operations(document)
        for status, response in operation["responses"].items()
        if not str(status).startswith("2")
        for media_type, media in resolve(document, response).get("content", {}).items()
    }
    texts, form = list[tuple[str, ...]](), set[str]()
    for name, schema in document["components"]["schemas"].items():
        if name not in media_types:
            continue
        if media_types[name] == "application/json":
            form |= set(schema.get("properties", {}))
        for text in schema.get("x-error-text", []):
            if not walk(document, schema, text.split(".")):
                raise GenerationError(f"{name}: x-error-text must name properties, and {text} is none")
            texts.append(tuple(text.split(".")))
    return texts, form


def names_module(document: Json) -> str:
    """Write the names, and statuses, that are read where no model is: in errors, headers, and the feed's journal."""
    texts, form = error_names(document)
    wire = {f"{name}.{of}": own for name, schema in models(document).items() for own, of in arguments(schema).items()}
    responses = [item for _, _, operation in operations(document) for item in operation["responses"].items()]
    refused = sorted({int(status) for status, one in responses if resolve(document, one).get("x-token-refused")})
    headers = {
        name.lower()
        for _, response in responses
        for name, header in resolve(document, response).get("headers", {}).items()
        if resolve(document, header).get("x-file-name")
    }
    if len(headers) != 1 or not refused:
        raise GenerationError("one header must have x-file-name, and one response or more x-token-refused")
    return "\n".join(
        [
            '"""Names, and statuses, that are read where no model is."""',
            "",
            "from collections.abc import Mapping",
            "from typing import Final",
            "",
            f"ERROR_TEXTS: Final[tuple[tuple[str, ...], ...]] = {tuple(texts)!r}",
            '"""Where the text of an error stands: `x-error-text`."""',
            "",
            f"ERROR_FORM: Final = frozenset({{{', '.join(map(repr, sorted(form)))}}})",
            '"""The fields of errors that are plain JSON."""',
            "",
            f"WIRE_NAMES: Final[Mapping[str, str]] = {wire!r}",
            '"""The wire names of the fields that models call otherwise: `x-argument`."""',
            "",
            f"TOKEN_REFUSED: Final = frozenset({{{', '.join(map(str, refused))}}})",
            '"""The statuses of an answer to a token that is wrong or too old: `x-token-refused`."""',
            "",
            f"FILE_NAME_HEADER: Final[str] = {headers.pop()!r}",
            '"""The header with the name of a file, in lower case: `x-file-name`."""',
            "",
        ]
    )
