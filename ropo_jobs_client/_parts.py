"""Parts of the library that may be missing: their extra is not installed, or the copy was made without them."""

from importlib import import_module
from typing import Any, Final

_LIBRARY: Final = __name__.rpartition(".")[0]


def import_part(module: str, *, what: str, part: str) -> Any:
    """Return a module that is imported by name alone, so that type checkers need not find it.

    Args:
        module: its name within the library, such as `feed.postgres`.
        what: what users asked for.
        part: the name of the part, and of the extra with what it needs.

    Raises:
        ImportError: the part is missing, or what it needs.
    """
    try:
        return import_module(f"{_LIBRARY}.{module}")
    except ImportError as error:
        if error.name == f"{_LIBRARY}.{module}":
            text = f"{what} is not in this copy of the library: it was made without the part {part}"
        else:
            text = f"{what} needs the extra: pip install 'ropo-jobs-client[{part}]'"
        raise ImportError(text) from error
