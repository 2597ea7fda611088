"""Where a client sends to, and how: the hosts of Ropo One, options, and what `RopoJobsClient.from_env` reads."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, cast
from urllib.parse import urlsplit

from . import _validate
from ._codec.encode import write_header
from ._codec.invalid import InvalidArgument
from ._version import __version__
from .auth import ApiCode, BearerToken, Credentials, token_source

if TYPE_CHECKING:
    import ssl

    import httpx

    from ._http.choice import Choice
    from ._http.pipeline import Pipeline
    from ._http.retry import AttemptEvent

logger = logging.getLogger("ropo_jobs_client")


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


def check_base_url(base_url: object, *, allow_http: bool = False) -> str:
    """Return the base URL without a slash at its end.

    Args:
        base_url: what was given.
        allow_http: whether it may be http to a host that is neither this machine nor one of the service's own.

    Raises:
        TypeError: it is no str, or allow_http no bool.
        InvalidArgument: it is no URL, not https (http is for loopback addresses), or has more than host, port and path.
    """
    if not isinstance(cast("object", allow_http), bool):
        raise TypeError(f"allow_http must be True or False, not {type(allow_http).__name__}")
    if not isinstance(base_url, str):
        raise TypeError(f"base_url must be a str such as https://ropo24.fi/rest, not {type(base_url).__name__}")
    from ._http.proxies import is_loopback

    parsed = _parse(base_url)
    if parsed is None:
        raise InvalidArgument("base_url", "must be a URL such as https://ropo24.fi/rest")
    url, host = parsed
    labels = url.raw_host.decode("ascii").rstrip(".").split(".")
    is_host = bool(host) and "%" not in host and all(0 < len(label) < 64 for label in labels)
    if url.scheme not in {"https", "http"} or not is_host or not 0 < (url.port or 443) < 65536:
        raise InvalidArgument("base_url", "must be a full https URL such as https://ropo24.fi/rest")
    is_open = url.scheme == "http" and not is_loopback(host)
    if is_open and _is_service(host):
        raise InvalidArgument("base_url", "must be https: this host is the service's own")
    if is_open and not allow_http:
        raise InvalidArgument(
            "base_url",
            "must be https: plain http is for loopback addresses only, or with allow_http=True "
            "(ROPO_ALLOW_HTTP=1) for a sandbox in another container",
        )
    if url.userinfo or set("?#") & set(base_url):  # an empty query would still swallow the path that is appended
        raise InvalidArgument("base_url", "must hold no user, password, query or fragment")
    return str(url).rstrip("/")


def _parse(base_url: str) -> tuple[httpx.URL, str] | None:
    """Return a URL and its host, or None where it is none. What httpx would raise may quote a password."""
    import httpx  # late: those who name an environment need not wait for it

    try:
        url = httpx.URL(base_url)
        host = url.host
    except (httpx.InvalidURL, ValueError):  # also what the idna package says of a host
        return None
    return url, host


def choose_base_url(environment: Environment | None, base_url: str | None, *, allow_http: bool) -> str:
    """Return the base URL of a client, and log one WARNING where what it sends can be read on its way.

    Raises:
        TypeError: both or none of `environment` and `base_url` are given, or one has the wrong type.
        InvalidArgument: as `check_base_url`.
    """
    if (environment is None) == (base_url is None):
        raise TypeError("exactly one of environment and base_url must be given")
    if environment is not None:
        if not isinstance(cast("object", environment), Environment):
            raise TypeError("environment must be an Environment, such as Environment.FINLAND_TEST")
        return environment.base_url
    url = check_base_url(base_url, allow_http=allow_http)
    from ._http.proxies import is_loopback

    host = urlsplit(url).hostname or ""
    if url.startswith("http:") and not is_loopback(host):
        logger.warning("http to %s: token, payments and personal data can be read on their way", host)
    return url


def _is_service(host: str) -> bool:
    """Return whether a host is one of Ropo One's, or below one."""
    name = host.rstrip(".").lower()
    own = {each.value.removeprefix("https://rc.").removeprefix("https://") for each in Environment}
    return any(name == each or name.endswith(f".{each}") for each in own)


def make_user_agent(suffix: str | None) -> str:
    """Return the User-Agent header, with the text that a client appends to it."""
    own = f"ropo-jobs-client/{__version__}"
    return own if suffix is None else f"{own} {write_header(suffix, 'user_agent_suffix')}"


T = TypeVar("T")


def _checked(variable: str, check: Callable[[str], T], found: Mapping[str, str]) -> T:
    try:
        return check(found[variable])
    except InvalidArgument as error:
        raise InvalidArgument(variable, f"is wrong: {error}") from None


def _allow_http(found: Mapping[str, str]) -> dict[str, bool]:
    allowed = found.get("ROPO_ALLOW_HTTP", "0")
    if allowed not in {"0", "1"}:
        raise InvalidArgument("ROPO_ALLOW_HTTP", "must be 1 or 0")
    return {"allow_http": True} if allowed == "1" else {}


def read_environment(found: Mapping[str, str]) -> tuple[Credentials, dict[str, Any]]:
    """Return the credentials, and the argument that says where.

    Raises:
        InvalidArgument: a variable is missing, contradicts another or has a wrong value; the text names it.
    """
    has_code = "ROPO_CID" in found or "ROPO_APICODE" in found
    if ("ROPO_TOKEN" in found) == has_code:
        are = "both are" if has_code else "neither is"
        raise InvalidArgument("ROPO_TOKEN", f"or else ROPO_CID and ROPO_APICODE must be set, and not both: {are}")
    if ("ROPO_ENVIRONMENT" in found) == ("ROPO_BASE_URL" in found):
        are = "both are" if "ROPO_BASE_URL" in found else "neither is"
        raise InvalidArgument("ROPO_ENVIRONMENT", f"or else ROPO_BASE_URL must be set, and not both: {are}")
    credentials: Credentials
    if "ROPO_TOKEN" in found:
        credentials = _checked("ROPO_TOKEN", BearerToken, found)
    else:
        if missing := {"ROPO_CID", "ROPO_APICODE"} - found.keys():
            raise InvalidArgument(missing.pop(), "must be set too")
        credentials = ApiCode(cid=str(found["ROPO_CID"]), apicode=found["ROPO_APICODE"])
    if "ROPO_BASE_URL" in found:
        allowed = _allow_http(found)
        check = partial(check_base_url, **allowed)
        return credentials, {"base_url": _checked("ROPO_BASE_URL", check, found), **allowed}
    name = found["ROPO_ENVIRONMENT"].upper().replace("-", "_")
    if name not in Environment.__members__:
        raise InvalidArgument("ROPO_ENVIRONMENT", f"must be one of {', '.join(Environment.__members__)}")
    return credentials, {"environment": Environment[name]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a call may take. The same for all calls of a client, or of a copy made by `with_options`."""

    timeout: float
    deadline: float
    retries: int
    max_response_bytes: int
    on_attempt: Callable[[AttemptEvent], object] | None


class ClientOptions(TypedDict, total=False):
    """The arguments of `RopoJobsClient` that do not come from environment variables."""

    timeout: float
    deadline: float
    retries: int
    max_connections: int
    max_response_bytes: int
    transport: httpx.AsyncBaseTransport | Literal["fast"] | None
    proxy: str | httpx.Proxy | None
    ssl_context: ssl.SSLContext | None
    on_attempt: Callable[[AttemptEvent], object] | None
    user_agent_suffix: str | None


@dataclass(frozen=True, slots=True, repr=False)
class Setup:
    """What a client was made with, checked. It makes the pipeline when the first call needs one."""

    base_url: str
    options: Options
    credentials: Credentials
    user_agent: str
    max_connections: int
    transport: Choice

    @property
    def owner(self) -> str:
        """Whose data the client reads: the customer, where the credentials tell, and the service."""
        # Sandboxes on this machine take another port at each start.
        service = "a service without https" if self.base_url.startswith("http:") else self.base_url
        return f"{self.credentials.cid} at {service}" if isinstance(self.credentials, ApiCode) else service

    def with_options(self, *, timeout: float | None, deadline: float | None, retries: int | None) -> Setup:
        """Return a copy with the options that are not None."""
        options = self.options
        if timeout is not None:
            options = replace(options, timeout=_validate.positive(timeout, "timeout"))
        if deadline is not None:
            options = replace(options, deadline=_validate.positive(deadline, "deadline"))
        if retries is not None:
            options = replace(options, retries=_validate.count(retries, "retries", 0))
        return replace(self, options=options)

    def make_pipeline(self) -> Pipeline:
        """Return a new pipeline. It opens nothing yet."""
        from ._http.pipeline import Pipeline
        from ._http.pool import Connections

        connections = Connections(self.transport.open, self.max_connections)
        pipeline = Pipeline(
            connections, self.base_url, self.options, user_agent=self.user_agent, transport=self.transport
        )
        pipeline.tokens = token_source(self.credentials, pipeline)
        return pipeline
