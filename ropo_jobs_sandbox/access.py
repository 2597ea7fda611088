"""Who may come in: the customer number and API code, and the tokens they are exchanged for.

Tokens live by the real clock, not by the sandbox's: moving the day on does not log anyone out.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from typing import TYPE_CHECKING

from .answers import auth_error, problem
from .values import Json, as_object, as_text

if TYPE_CHECKING:
    from .store import Store

CID = "1000011"
APICODE = "sandbox-apicode"
"""What every sandbox accepts. Not a secret: it opens nothing but sandboxes."""

TOKEN_TTL = 7200.0
"""How long a token is good for, in seconds, as the guides say."""

BAD_LOGIN, BAD_REQUEST = 1, 2
"""The numbers of the errors of a login: made up."""


class Access:
    """Hands out tokens and checks them. To be used inside a transaction."""

    def __init__(self, store: Store, token_ttl: float = TOKEN_TTL) -> None:
        self._store = store
        self._ttl = token_ttl

    def login(self, body: object) -> Json:
        """A new token for the right customer number and API code."""
        given = as_object(body) or {}
        right_cid = hmac.compare_digest(as_text(given.get("cid")).encode(), CID.encode())
        right_code = hmac.compare_digest(as_text(given.get("apicode")).encode(), APICODE.encode())
        if not (right_cid and right_code):
            raise auth_error(BAD_LOGIN, "Invalid cid or apicode")
        now = time.time()
        token = _new_token(now, self._ttl)
        self._store.add_token(token, now + self._ttl, now=now)
        return {"token": token}

    def check(self, authorization: str | None) -> None:
        """Refuses a request without a good bearer token."""
        token = _bearer_token(authorization)
        if token is None:
            raise problem(401, "A bearer token is required", {"WWW-Authenticate": "Bearer"})
        if not self._store.token_valid(token, now=time.time()):
            detail = "The token is unknown or has expired"
            raise problem(401, detail, {"WWW-Authenticate": 'Bearer error="invalid_token"'})

    def expire(self, authorization: str | None) -> None:
        """Makes the token that a request brings invalid."""
        token = _bearer_token(authorization)
        if token is not None:
            self._store.forget_token(token)


def _bearer_token(authorization: str | None) -> str | None:
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def _new_token(now: float, ttl: float) -> str:
    # In the form of a JWT, as the service's own tokens; its signature is random, since nothing is read out of it.
    header = {"typ": "JWT", "alg": "HS256"}
    claims = {"cid": CID, "iat": int(now), "exp": int(now + ttl), "jti": secrets.token_hex(8)}
    parts = [json.dumps(part, separators=(",", ":")).encode() for part in (header, claims)]
    return ".".join(_base64url(part) for part in (*parts, secrets.token_bytes(32)))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
