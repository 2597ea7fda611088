"""Certificates: the one default context of this process, and the variables that say what it trusts."""

from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import InvalidArgument

if TYPE_CHECKING:
    import ssl

# What httpx and the ssl module look at, in this order.
_FILE: Final = "SSL_CERT_FILE"
_DIRECTORY: Final = "SSL_CERT_DIR"
_KEY_LOG: Final = "SSLKEYLOGFILE"


def check_certificates() -> None:
    """Look at the variables that say which certificates are trusted, where there are any.

    Raises:
        InvalidArgument: one of them cannot be used. It names the variable and the path.
    """
    if os.environ.get(_FILE) or os.environ.get(_DIRECTORY):
        shared_ssl_context()
    elif path := os.environ.get(_KEY_LOG):
        try:
            Path(path).open("ab").close()
        except OSError as error:
            raise InvalidArgument(_KEY_LOG, f"names {path}, which cannot be used: {error.strerror}") from None


def shared_ssl_context() -> ssl.SSLContext:
    """Return the one default context of this process: it takes some 20 ms to build.

    Raises:
        InvalidArgument: a variable of the environment cannot be used. It names the variable and the path.
    """
    file, directory, key_log = (os.environ.get(name, "") for name in (_FILE, _DIRECTORY, _KEY_LOG))
    return _context(file, directory, key_log, _version(file))


def _version(file: str) -> tuple[int, int, int] | None:
    """Return what becomes another one when the file does, or None where there is none."""
    if not file:
        return None
    try:
        found = Path(file).stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


@functools.lru_cache(maxsize=4)
def _context(file: str, directory: str, key_log: str, _: tuple[int, int, int] | None) -> ssl.SSLContext:
    import ssl  # late: those who make a client need not wait for it

    if file and not Path(file).is_file():
        raise InvalidArgument(_FILE, f"must name a file with certificates, and {file} is none")
    if directory and not file and not any(Path(one).is_dir() for one in directory.split(os.pathsep)):
        raise InvalidArgument(_DIRECTORY, f"must name a directory with certificates, and {directory} is none")
    try:
        # As httpx reads them.
        if file:
            return ssl.create_default_context(cafile=file)
        if directory:
            return ssl.create_default_context(capath=directory)
        import httpx

        return httpx.create_ssl_context()
    except OSError as error:
        # An SSLError is one: there is no certificate in it.
        reason = error.strerror or type(error).__name__
        name, path = (_KEY_LOG, key_log) if key_log and error.filename == key_log else (_FILE, file)
        if not path:
            raise
    raise InvalidArgument(name, f"names {path}, which cannot be used: {reason}")
