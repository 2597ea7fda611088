"""The hosts of Ropo One, and which base URLs are safe to send money and personal data to."""

from __future__ import annotations

import ipaddress
import logging
from enum import Enum
from typing import cast
from urllib.parse import urlsplit

_LOGGER = logging.getLogger("ropo_jobs_client")


class Environment(Enum):
    """A country's service, for production or for tests."""

    FINLAND = "https://ropo24.fi"
    FINLAND_TEST = "https://rc.ropo24.fi"
    SWEDEN = "https://ropo24.se"
    SWEDEN_TEST = "https://rc.ropo24.se"
    # The Norwegian hosts follow the pattern of the others; the vendor's documentation does not name them.
    NORWAY = "https://ropo24.no"
    NORWAY_TEST = "https://rc.ropo24.no"

    @property
    def base_url(self) -> str:
        """The URL that the paths of the operations are appended to. It ends in `/rest`."""
        return f"{self.value}/rest"


def check_base_url(base_url: object, *, allow_http: bool = False) -> str:
    """Give the base URL without a slash at its end.

    Args:
        base_url: what was given.
        allow_http: whether it may be http to a host that is neither this machine nor one of the service's own.

    Raises:
        TypeError: it is no str, or allow_http no bool.
        ValueError: it is no URL, not https (http is for loopback addresses), or has more than host, port and path.
    """
    if not isinstance(cast("object", allow_http), bool):
        raise TypeError(f"allow_http must be True or False, not {type(allow_http).__name__}")
    if not isinstance(base_url, str):
        raise TypeError(f"base_url must be a str such as https://ropo24.fi/rest, not {type(base_url).__name__}")
    import httpx  # late: those who name an environment need not wait for it

    try:
        url = httpx.URL(base_url)
        host = url.host
    except (httpx.InvalidURL, ValueError):  # also what the idna package says of a host
        raise ValueError("base_url must be a URL such as https://ropo24.fi/rest") from None
    if url.scheme not in {"https", "http"} or not host or "%" in host or not 0 < (url.port or 443) < 65536:
        raise ValueError("base_url must be a full https URL such as https://ropo24.fi/rest")
    is_open = url.scheme == "http" and not _is_loopback(host)
    if is_open and _is_service(host):
        raise ValueError("base_url must be https: this host is the service's own")
    if is_open and not allow_http:
        raise ValueError(
            "base_url must be https: plain http is for loopback addresses only, or with allow_http=True "
            "(ROPO_ALLOW_HTTP=1) for a sandbox in another container"
        )
    if url.userinfo or set("?#") & set(base_url):  # an empty query would still swallow the path that is appended
        raise ValueError("base_url must hold no user, password, query or fragment")
    return str(url).rstrip("/")


def use_base_url(base_url: object, *, allow_http: bool) -> str:
    """Check the base URL of a client, and log one WARNING where what it sends can be read on its way."""
    url = check_base_url(base_url, allow_http=allow_http)
    host = urlsplit(url).hostname or ""
    if url.startswith("http:") and not _is_loopback(host):
        _LOGGER.warning("http to %s: token, payments and personal data can be read on their way", host)
    return url


def _is_service(host: str) -> bool:
    """Return whether a host is one of Ropo One's, or below one."""
    name = host.rstrip(".").lower()
    own = {each.value.removeprefix("https://rc.").removeprefix("https://") for each in Environment}
    return any(name == each or name.endswith(f".{each}") for each in own)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
