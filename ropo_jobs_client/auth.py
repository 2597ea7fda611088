"""Who calls, an API code, a token or a function that gives one, and where their tokens come from."""

from __future__ import annotations

import copy
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol, TypeGuard, cast

from ._codec.invalid import InvalidArgument
from ._codec.secret import Secret
from .errors import AuthenticationFailed, BadRequest, ResponseError, RopoError

if TYPE_CHECKING:
    from ._generated.types import Client


@dataclass(frozen=True, slots=True, init=False)
class ApiCode:
    """The customer number and API code of a Ropo One account. Tokens are fetched with them, and renewed.

    Args:
        cid: the customer number, such as `1000011`.
        apicode: the API code. A secret: no repr shows it.
    """

    cid: str
    apicode: str = field(repr=False)

    def __init__(self, cid: str, apicode: str) -> None:
        # First of all: a report of an error shows the variables of this function too.
        apicode = _secret(apicode)
        for name, value in (("cid", cid), ("apicode", apicode)):
            _check(value, name)
            if value != value.strip():
                raise InvalidArgument(name, "must not begin or end with white space")
        object.__setattr__(self, "cid", cid)
        object.__setattr__(self, "apicode", apicode)


@dataclass(frozen=True, slots=True, init=False)
class BearerToken:
    """A token that someone else fetched. It is not renewed: a 401 fails at once.

    Args:
        token: the token, without "Bearer". A secret: no repr shows it.
    """

    token: str = field(repr=False)

    def __init__(self, token: str) -> None:
        token = _secret(token)
        _check(token, "token")
        if not fits_a_header(token):
            raise InvalidArgument("token", "must be printable ASCII without spaces")
        object.__setattr__(self, "token", token)


Credentials = ApiCode | BearerToken | Callable[[], Awaitable[str]]
"""An `ApiCode`, a `BearerToken`, or an async function that gives a token and is asked before each attempt."""


def _secret(value: str) -> str:
    return Secret(value) if isinstance(cast("object", value), str) else value


def _check(value: object, name: str) -> None:
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    if not value.strip():
        raise InvalidArgument(name, "must not be blank")


def fits_a_header(token: object) -> TypeGuard[str]:
    """Return whether it can be sent as a token."""
    return isinstance(token, str) and token.isascii() and token.isprintable() and bool(token) and " " not in token


def check_credentials(credentials: object) -> None:
    """Refuse what are no credentials."""
    if not isinstance(credentials, ApiCode | BearerToken) and not callable(credentials):
        expected = "an ApiCode, a BearerToken or an async function giving a token"
        raise TypeError(f"credentials must be {expected}, not {type(credentials).__name__}")


# Seconds. The service's tokens live for 2 hours; one that is about to end is not used for a call that may take minutes.
_TOKEN_LIFE: Final = 2 * 3600.0


_RENEW_BEFORE: Final = 5 * 60.0


class TokenSource(Protocol):
    """Where the pipeline gets its tokens from."""

    async def get(self) -> Secret:
        """Return a token to send."""
        ...

    async def renew(self, used: str) -> Secret | None:
        """Return a token other than the one that the service did not accept, or None where there is none."""
        ...


def token_source(credentials: Credentials, client: Client) -> TokenSource:
    """Make the source for these credentials; `client` is what tokens are fetched through."""
    if isinstance(credentials, ApiCode):
        return RenewingToken(lambda: fetch_token(client, credentials))
    if isinstance(credentials, BearerToken):
        return _FixedToken(credentials.token)
    return _AskedToken(credentials)


async def fetch_token(client: Client, credentials: ApiCode) -> str:
    """Fetch a token.

    Raises:
        AuthenticationFailed: the service does not accept the customer number or the API code.
    """
    from ._generated.api.auth import auth_token_action
    from .models import AuthLogin

    try:
        answer = await auth_token_action.call(client, body=AuthLogin(cid=credentials.cid, apicode=credentials.apicode))
    except BadRequest as error:
        # This operation says 400 where others say 401.
        raise AuthenticationFailed(f"{error.args[0]}; check cid, apicode and environment", **error.__dict__) from None
    if not fits_a_header(answer.token):
        raise ResponseError("the service gave a token that cannot be sent", operation="POST /token", attempts=1)
    return Secret(answer.token)


class _FixedToken:
    def __init__(self, token: str) -> None:
        self._token = Secret(token)

    async def get(self) -> Secret:
        return self._token

    async def renew(self, used: str) -> Secret | None:
        del used
        return None


class _AskedToken:
    def __init__(self, ask: Callable[[], Awaitable[str]]) -> None:
        self._ask = ask

    async def get(self) -> Secret:
        asked = self._ask()
        if not isinstance(cast("object", asked), Awaitable):
            raise TypeError("credentials must be an async function: what it gave cannot be awaited")
        # What it gave is masked before anything else can fail.
        token = _secret(await asked)
        if not fits_a_header(token):
            raise InvalidArgument("credentials", "gave a token that is not printable ASCII without spaces")
        return Secret(token)

    async def renew(self, used: str) -> Secret | None:
        token = await self.get()
        return token if token != used else None


class RenewingToken:
    """A token that is fetched at first use and renewed before it ends. However many tasks wait, one of them fetches.

    All event loops of the process share it, and a forked child begins with the newest; each loop has its own lock.
    """

    def __init__(self, fetch: Callable[[], Awaitable[str]], clock: Callable[[], float] = time.monotonic) -> None:
        # Late: those who make a client need not wait for it.
        from ._loops import PerLoop

        self._fetch = fetch
        self._clock = clock
        # The token, and when it is to be renewed.
        self._known: tuple[Secret, float] | None = None
        self._loops = PerLoop(_Login)

    async def get(self) -> Secret:
        known = self._known
        if known is not None and self._clock() < known[1]:
            return known[0]
        return await self._get_another(None)

    async def renew(self, used: str) -> Secret | None:
        token = await self._get_another(used)
        return token if token != used else None

    async def _get_another(self, refused: str | None) -> Secret:
        """Return a token that came while this waited, or log in."""
        login = self._loops.here()
        rounds = login.rounds
        async with login.lock:
            has_waited = login.rounds != rounds
            known = self._known
            token = known[0] if known is not None and self._clock() < known[1] else None
            # The service may give the same token again. Whoever waited meanwhile need not ask for it once more.
            if token is not None and (token != refused or has_waited):
                return token
            if has_waited and login.failure is not None:
                # It failed while this task waited: to try again now, once for each that waits, would only add load.
                raise copy.copy(login.failure)
            # Who comes meanwhile waits, and does not try the one that was refused.
            self._known = None
            return await self._log_in(login)

    async def _log_in(self, login: _Login) -> Secret:
        try:
            token = Secret(await self._fetch())
        except RopoError as error:
            login.failure = copy.copy(error)
            login.rounds += 1
            raise
        self._known = (token, self._clock() + _TOKEN_LIFE - _RENEW_BEFORE)
        login.failure = None
        login.rounds += 1
        return token


class _Login:
    """Fetching a token in one event loop."""

    def __init__(self) -> None:
        import anyio

        # Whoever holds the lock fetches. When it is cancelled the lock is free, and the next one that waits takes over.
        self.lock = anyio.Lock(fast_acquire=True)
        self.rounds = 0
        self.failure: RopoError | None = None
