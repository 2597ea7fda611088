"""The hosts of Ropo One, and which base URLs are safe to send money and personal data to."""

from __future__ import annotations

import ipaddress
from enum import Enum


class Environment(Enum):
    """A country's service, for production or for tests."""

    FINLAND = "https://ropo24.fi"
    FINLAND_TEST = "https://rc.ropo24.fi"
    SWEDEN = "https://ropo24.se"
    SWEDEN_TEST = "https://rc.ropo24.se"
    NORWAY = "https://ropo24.no"
    NORWAY_TEST = "https://rc.ropo24.no"

    @property
    def base_url(self) -> str:
        """The URL that the paths of the operations are appended to. It ends in `/rest`."""
        return f"{self.value}/rest"


def check_base_url(base_url: object) -> str:
    """Give the base URL without a slash at its end.

    Raises:
        TypeError: it is no str.
        ValueError: it is no URL, not https (http is for loopback addresses), or has more than host, port and path.
    """
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
    if url.scheme == "http" and not _is_loopback(host):
        raise ValueError("base_url must be https: plain http is for loopback addresses only")
    if url.userinfo or set("?#") & set(base_url):  # an empty query would still swallow the path that is appended
        raise ValueError("base_url must hold no user, password, query or fragment")
    return str(url).rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
