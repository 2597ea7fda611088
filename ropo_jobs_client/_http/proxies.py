"""Proxies: the one that is given, and the one that the environment variables name. Both are checked alike."""

from __future__ import annotations

import ipaddress
import logging
import os
import sys
from collections.abc import Collection
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import urlsplit

from ..errors import InvalidArgument

if TYPE_CHECKING:
    import httpx

logger: Final = logging.getLogger("ropo_jobs_client")

HTTP_KINDS: Final = ("http", "https")
_SOCKS: Final = ("socks5", "socks5h")
KINDS: Final = (*HTTP_KINDS, *_SOCKS)

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def check_proxy(proxy: httpx.Proxy | str, name: str, kinds: Collection[str] = KINDS) -> httpx.Proxy:
    """Return a proxy that can be used.

    Args:
        proxy: its URL, or more.
        name: the argument or variable that names it.
        kinds: the schemes that can be used.

    Raises:
        TypeError: it is neither.
        InvalidArgument: it cannot be used. Its text holds nothing of the URL, where a password may stand.
    """
    import httpx  # late: those who have no proxy need not wait for it

    if not isinstance(proxy, httpx.Proxy):
        if not isinstance(cast("object", proxy), str):
            raise TypeError(f"{name} must be a str or an httpx.Proxy, not {type(proxy).__name__}")
        made = _make(proxy)
        if made is None:
            *others, last = KINDS
            schemes = f"{', '.join(others)} or {last}"
            raise InvalidArgument(name, f"must be a URL such as http://127.0.0.1:3128, its scheme {schemes}")
        proxy = made
    if proxy.url.scheme not in kinds:
        raise InvalidArgument(name, f'must name an http or https proxy: transport="fast" knows no {proxy.url.scheme}')
    from importlib.util import find_spec

    if proxy.url.scheme in _SOCKS and find_spec("socksio") is None:
        raise InvalidArgument(name, "names a SOCKS proxy, which needs: pip install 'httpx[socks]'")
    return proxy


def _make(text: str) -> httpx.Proxy | None:
    import httpx

    try:
        proxy = httpx.Proxy(text)
        host = proxy.url.host
        is_usable = bool(host) and "%" not in host and 0 < (proxy.url.port or 1) < 65536
    except (ValueError, httpx.InvalidURL):
        return None
    return proxy if is_usable else None


def environment_proxy(base_url: str, kinds: Collection[str] = KINDS) -> httpx.Proxy | None:
    """Return the proxy that the environment names for this URL, or None where it is to be reached directly.

    `HTTPS_PROXY` (or `HTTP_PROXY`) and `ALL_PROXY` name one, `NO_PROXY` names hosts that need none; a name in lower
    case goes before the same in upper case. A loopback address is never reached through a proxy.

    Args:
        base_url: the URL, checked already.
        kinds: the schemes of proxies that can be used.

    Raises:
        InvalidArgument: the variable cannot be used. It names the variable.
    """
    url = urlsplit(base_url)
    host = url.hostname or ""
    if is_loopback(host):
        return None
    found = _variable(f"{url.scheme}_proxy") or _variable("all_proxy") or _system_proxy(url.scheme)
    if found is None or _is_exempt(url.scheme, host, url.port or _DEFAULT_PORTS[url.scheme]):
        return None
    name, text = found
    return check_proxy(text if "://" in text else f"http://{text}", name, kinds)


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    if host.rstrip(".") == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host.strip("[]"))
        # ::ffff:127.0.0.1 is 127.0.0.1 too.
        return (getattr(address, "ipv4_mapped", None) or address).is_loopback
    except ValueError:
        return False


def _variable(name: str) -> tuple[str, str] | None:
    """Return the name and value of a variable, or None where neither writing of it says anything."""
    if name in os.environ:
        text = os.environ[name].strip()
        return (name, text) if text else None
    upper = name.upper()
    # Under CGI, this one is a header of whoever asks.
    if upper == "HTTP_PROXY" and "REQUEST_METHOD" in os.environ:
        return None
    text = os.environ.get(upper, "").strip()
    return (upper, text) if text else None


def _system_proxy(scheme: str) -> tuple[str, str] | None:
    """Return what the settings of macOS or Windows say, where no variable says anything."""
    if sys.platform not in {"darwin", "win32"}:
        return None
    from urllib.request import getproxies

    text = getproxies().get(scheme)
    return None if text is None else ("the proxy in the system's settings", text)


def _is_exempt(scheme: str, host: str, port: int) -> bool:
    found = _variable("no_proxy")
    if found is None:
        return False
    name, text = found
    exempt = False
    # Some part them by commas, and some by blanks.
    for place, entry in enumerate(text.replace(",", " ").split(), 1):
        try:
            exempt |= _matches(entry, scheme, host, port)
        except ValueError:
            # Without what it holds, which may be a password.
            logger.warning("%s: entry %d cannot be read, and is skipped", name, place)
    return exempt


def _matches(entry: str, scheme: str, host: str, port: int) -> bool:
    """Return whether an entry of NO_PROXY means this host.

    It is `*`, a host (which means those below it too), an address or a network, with a scheme before it or a port after
    it if need be.

    Raises:
        ValueError: it is none of that.
    """
    if entry == "*":
        return True
    wanted_scheme, separator, rest = entry.rpartition("://")
    if separator and wanted_scheme not in {"http", "https", "all"}:
        raise ValueError
    if wanted_scheme not in {"", "all", scheme}:
        return False
    if (network := _network(rest)) is not None:
        address = _address(host)
        return address is not None and address.version == network.version and address in network
    name, wanted_port = _split_port(rest)
    is_port = wanted_port in {None, port}
    if (address := _address(name)) is not None:
        return is_port and address == _address(host)
    name = name.removeprefix("*").removeprefix(".").rstrip(".").lower()
    if not name or not all(character.isalnum() or character in "-._" for character in name):
        raise ValueError
    name = name.encode("idna").decode("ascii")
    host = host.rstrip(".").lower()
    # An IP address has no subdomains: its end never matches.
    return is_port and (host == name or (host.endswith(f".{name}") and _address(host) is None))


_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def _network(text: str) -> _Network | None:
    if "/" not in text:
        return None
    # Whatever holds a slash is a network, or nothing that can be read.
    return ipaddress.ip_network(text.replace("[", "").replace("]", ""), strict=False)


def _address(text: str) -> _Address | None:
    if text.startswith("[") and text.endswith("]"):
        text = text[1:-1]
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _split_port(text: str) -> tuple[str, int | None]:
    if _address(text) is not None:
        return text, None
    name, separator, digits = text.rpartition(":")
    if not separator:
        return text, None
    if not (digits.isascii() and digits.isdigit() and 0 < int(digits) < 65536):
        raise ValueError
    return name, int(digits)
