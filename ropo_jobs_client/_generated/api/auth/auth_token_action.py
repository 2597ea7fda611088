from __future__ import annotations

from ...._validate import write_model
from ...models.auth_login import AuthLogin
from ...models.auth_token import AuthToken
from ...operations import AUTH_TOKEN_ACTION
from ...types import ApiRequest, Client


def request(*, body: AuthLogin) -> ApiRequest[AuthToken]:
    """Get a token. `POST /token`

    Args:
        body: the body.

    Raises:
        TypeError: the call is wrongly written.
        InvalidArgument: a value is wrong.
    """
    _body = write_model(body, "body", AuthLogin)
    return ApiRequest(AUTH_TOKEN_ACTION, AuthToken.from_dict, body=_body)


async def call(client: Client, *, body: AuthLogin) -> AuthToken:
    """Send what `request` returns, and return the result.

    Raises:
        TypeError, InvalidArgument: as `request`; nothing was sent.
        RopoError: the call failed.
    """
    return await client.send(request(body=body))
