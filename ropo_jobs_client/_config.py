"""Where a client sends to, and how: the hosts of Ropo One, options, and what `RopoJobsClient.from_env` reads."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeVar, cast

from . import _validate
from ._codec.encode import write_header
from ._codec.invalid import InvalidArgument
from ._version import __version__
from .auth import ApiCode, BearerToken, Credentials, check_credentials, token_source

if TYPE_CHECKING:
    import ssl

    import httpx

    from ._http.base import Transport
    from ._http.pipeline import Pipeline
    from ._http.retry import AttemptEvent

DEFAULT_MAX_CONNECTIONS = 20
DEFAULT_MAX_RESPONSE_BYTES = 64 * 1024**2


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
    """Return the base URL without a slash at its end.

    Raises:
        TypeError: it is no str.
        InvalidArgument: it is no URL, not https (http is for loopback addresses), or has more than host, port and path.
    """
    if not isinstance(base_url, str):
        raise TypeError(f"base_url must be a str such as https://ropo24.fi/rest, not {type(base_url).__name__}")
    import httpx  # late: those who name an environment need not wait for it

    try:
        url = httpx.URL(base_url)
        host = url.host
    except (httpx.InvalidURL, ValueError):  # also what the idna package says of a host
        raise InvalidArgument("base_url", "must be a URL such as https://ropo24.fi/rest") from None
    if url.scheme not in {"https", "http"} or not host or "%" in host or not 0 < (url.port or 443) < 65536:
        raise InvalidArgument("base_url", "must be a full https URL such as https://ropo24.fi/rest")
    if url.scheme == "http" and not _is_loopback(host):
        raise InvalidArgument("base_url", "must be https: plain http is for loopback addresses only")
    if url.userinfo or set("?#") & set(base_url):  # an empty query would still swallow the path that is appended
        raise InvalidArgument("base_url", "must hold no user, password, query or fragment")
    return str(url).rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


T = TypeVar("T")


def _checked(variable: str, check: Callable[[str], T], found: Mapping[str, str]) -> T:
    try:
        return check(found[variable])
    except InvalidArgument as error:
        raise InvalidArgument(variable, f"is wrong: {error}") from None


def read_environment(environ: Mapping[str, str]) -> tuple[Credentials, dict[str, Any]]:
    """Return the credentials, and the argument that says where.

    Raises:
        InvalidArgument: a variable is missing, contradicts another or has a wrong value; the text names it.
    """
    found = {name: text.strip() for name, text in environ.items() if name.startswith("ROPO_") and text.strip()}
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
        credentials = ApiCode(cid=found["ROPO_CID"], apicode=found["ROPO_APICODE"])
    if "ROPO_BASE_URL" in found:
        return credentials, {"base_url": _checked("ROPO_BASE_URL", check_base_url, found)}
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
    open_transport: Callable[[], Transport]

    @property
    def owner(self) -> str:
        """Whose data the client reads: the customer, where the credentials tell, and the service."""
        # Sandboxes on this machine take another port at each start.
        service = "a service without https" if self.base_url.startswith("http:") else self.base_url
        return f"{self.credentials.cid} at {service}" if isinstance(self.credentials, ApiCode) else service

    @classmethod
    def checked(
        cls,
        credentials: Credentials,
        *,
        environment: Environment | None,
        base_url: str | None,
        timeout: float,
        deadline: float,
        retries: int,
        max_connections: int,
        max_response_bytes: int,
        transport: httpx.AsyncBaseTransport | Literal["fast"] | None,
        proxy: str | httpx.Proxy | None,
        ssl_context: ssl.SSLContext | None,
        on_attempt: Callable[[AttemptEvent], object] | None,
        user_agent_suffix: str | None,
    ) -> Setup:
        """Check the arguments of a client.

        Raises:
            TypeError: both or none of `environment` and `base_url` are given, or an argument has the wrong type.
            InvalidArgument: an argument has a wrong value.
            ImportError: `transport="fast"` without the extra `fast`.
        """
        if (environment is None) == (base_url is None):
            raise TypeError("exactly one of environment and base_url must be given")
        if environment is not None and not isinstance(cast("object", environment), Environment):
            raise TypeError("environment must be an Environment, such as Environment.FINLAND_TEST")
        url = environment.base_url if environment is not None else check_base_url(base_url)
        _validate.hook(on_attempt, "on_attempt", "an AttemptEvent")
        options = Options(
            timeout=_validate.positive(timeout, "timeout"),
            deadline=_validate.positive(deadline, "deadline"),
            retries=_validate.count(retries, "retries", 0),
            max_response_bytes=_validate.count(max_response_bytes, "max_response_bytes", 1),
            on_attempt=on_attempt,
        )
        user_agent = f"ropo-jobs-client/{__version__}"
        if user_agent_suffix is not None:
            user_agent += f" {write_header(user_agent_suffix, 'user_agent_suffix')}"
        maximum = _validate.count(max_connections, "max_connections", 1)
        check_credentials(credentials)
        return cls(
            url,
            options,
            credentials,
            user_agent,
            maximum,
            _transport_opener(url, transport, maximum, proxy, ssl_context),
        )

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
        from ._http.base import Connections
        from ._http.pipeline import Pipeline

        connections = Connections(self.open_transport, self.max_connections)
        pipeline = Pipeline(connections, self.base_url, self.options, self.user_agent)
        pipeline.tokens = token_source(self.credentials, pipeline)
        return pipeline


def _transport_opener(
    url: str,
    transport: httpx.AsyncBaseTransport | Literal["fast"] | None,
    max_connections: int,
    proxy: str | httpx.Proxy | None,
    ssl_context: ssl.SSLContext | None,
) -> Callable[[], Transport]:
    """Return what opens the transport at the first call, when the arguments are such that one can be opened."""
    if ssl_context is not None or proxy is not None:
        from ._http.httpx import check_connecting

        check_connecting(proxy=proxy, ssl_context=ssl_context)
    if transport == "fast":
        return _fast_opener(url, proxy, ssl_context)
    if transport is not None:
        from ._http.httpx import check_transport

        check_transport(transport, proxy=proxy, ssl_context=ssl_context)

    def open_transport() -> Transport:
        from ._http.httpx import HttpxTransport, PoolTransport, environment_proxy

        pool = transport or PoolTransport(
            max_connections=max_connections,
            ssl_context=ssl_context,
            proxy=environment_proxy(url) if proxy is None else proxy,
            plain=url.startswith("http:"),
        )
        return HttpxTransport(pool)

    return open_transport


def _fast_opener(
    url: str, proxy: str | httpx.Proxy | None, ssl_context: ssl.SSLContext | None
) -> Callable[[], Transport]:
    try:
        from ._http.fast import FastTransport
        from ._http.httpx import environment_proxy
    except ImportError as error:
        text = "transport=\"fast\" needs the extra: pip install 'ropo-jobs-client[fast]'"
        raise ImportError(text) from error
    transport = FastTransport(
        ssl_context=ssl_context,
        proxy=environment_proxy(url) if proxy is None else proxy,
        plain=url.startswith("http:"),
    )
    return lambda: transport
