"""Where a client sends to, and how: the hosts of Ropo One, options, and what `RopoJobsClient.from_env` reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, TypeVar

from .auth import ApiCode, BearerToken, Credentials

if TYPE_CHECKING:
    from ._http.retry import AttemptEvent


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


def check_base_url(base_url: object) -> str:
    """Return the base URL without a slash at its end.

    Raises:
        TypeError: it is no str.
        ValueError: it is no URL, not https (http is for loopback addresses), or has more than host, port and path.
    """
    if not isinstance(base_url, str):
        raise TypeError(f"base_url must be a str such as https://ropo24.fi/rest, not {type(base_url).__name__}")
    import httpx  # late: those who name an environment need not wait for it

    from ._http.proxies import is_loopback

    try:
        url = httpx.URL(base_url)
        host = url.host
    except (httpx.InvalidURL, ValueError):  # also what the idna package says of a host
        raise ValueError("base_url must be a URL such as https://ropo24.fi/rest") from None
    if url.scheme not in {"https", "http"} or not host or "%" in host or not 0 < (url.port or 443) < 65536:
        raise ValueError("base_url must be a full https URL such as https://ropo24.fi/rest")
    if url.scheme == "http" and not is_loopback(host):
        raise ValueError("base_url must be https: plain http is for loopback addresses only")
    if url.userinfo or set("?#") & set(base_url):  # an empty query would still swallow the path that is appended
        raise ValueError("base_url must hold no user, password, query or fragment")
    return str(url).rstrip("/")


T = TypeVar("T")


def _checked(variable: str, check: Callable[[str], T], found: Mapping[str, str]) -> T:
    try:
        return check(found[variable])
    except ValueError as error:
        raise ValueError(f"{variable}: {error}") from None


def read_environment(environ: Mapping[str, str]) -> tuple[Credentials, dict[str, Any]]:
    """Return the credentials, and the argument that says where.

    Raises:
        ValueError: a variable is missing, contradicts another or has a wrong value; the text names it.
    """
    found = {name: text.strip() for name, text in environ.items() if name.startswith("ROPO_") and text.strip()}
    has_code = "ROPO_CID" in found or "ROPO_APICODE" in found
    if ("ROPO_TOKEN" in found) == has_code:
        are = "both are" if has_code else "neither is"
        raise ValueError(f"either ROPO_CID and ROPO_APICODE, or ROPO_TOKEN must be set, and not both: {are}")
    if ("ROPO_ENVIRONMENT" in found) == ("ROPO_BASE_URL" in found):
        are = "both are" if "ROPO_BASE_URL" in found else "neither is"
        raise ValueError(f"either ROPO_ENVIRONMENT or ROPO_BASE_URL must be set, and not both: {are}")
    credentials: Credentials
    if "ROPO_TOKEN" in found:
        credentials = _checked("ROPO_TOKEN", BearerToken, found)
    else:
        if missing := {"ROPO_CID", "ROPO_APICODE"} - found.keys():
            raise ValueError(f"{missing.pop()} must be set too")
        credentials = ApiCode(cid=found["ROPO_CID"], apicode=found["ROPO_APICODE"])
    if "ROPO_BASE_URL" in found:
        return credentials, {"base_url": _checked("ROPO_BASE_URL", check_base_url, found)}
    name = found["ROPO_ENVIRONMENT"].upper().replace("-", "_")
    if name not in Environment.__members__:
        raise ValueError(f"ROPO_ENVIRONMENT must be one of {', '.join(Environment.__members__)}")
    return credentials, {"environment": Environment[name]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a call may take. The same for all calls of a client, or of a copy made by `with_options`."""

    timeout: float
    deadline: float
    retries: int
    max_response_bytes: int
    on_attempt: Callable[[AttemptEvent], object] | None
