"""Names, and statuses, that are read where no model is."""

from collections.abc import Mapping
from typing import Final

ERROR_TEXTS: Final[tuple[tuple[str, ...], ...]] = (("error",), ("errorText",), ("detail",), ("title",))
"""Where the text of an error stands: `x-error-text`."""

ERROR_FORM: Final = frozenset({"error", "errorId", "errorText"})
"""The fields of errors that are plain JSON."""

WIRE_NAMES: Final[Mapping[str, str]] = {}
"""The wire names of the fields that models call otherwise: `x-argument`."""

TOKEN_REFUSED: Final = frozenset({401})
"""The statuses of an answer to a token that is wrong or too old: `x-token-refused`."""

FILE_NAME_HEADER: Final[str] = "content-disposition"
"""The header with the name of a file, in lower case: `x-file-name`."""
