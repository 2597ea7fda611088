from __future__ import annotations

from typing import TYPE_CHECKING

from ...models.auth_token import AuthToken
from ...operations import AUTH_TOKEN_ACTION
from ...types import ApiRequest, Caller

if TYPE_CHECKING:
    from ...models.auth_login import AuthLogin


async def call(
    caller: Caller,
    *,
    body: AuthLogin,
) -> AuthToken:
    """Get a token."""
    return await caller.call(
        ApiRequest(
            AUTH_TOKEN_ACTION,
            AuthToken.from_dict,
            body=body.to_dict(),
        )
    )
