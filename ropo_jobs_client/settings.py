"""What `RopoJobsClient.from_env` reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from .credentials import ApiCode, BearerToken, Credentials
from .environments import Environment, check_base_url

T = TypeVar("T")


def _checked(variable: str, check: Callable[[str], T], found: Mapping[str, str]) -> T:
    try:
        return check(found[variable])
    except ValueError as error:
        raise ValueError(f"{variable}: {error}") from None


def _allow_http(found: Mapping[str, str]) -> dict[str, bool]:
    allowed = found.get("ROPO_ALLOW_HTTP", "0")
    if allowed not in {"0", "1"}:
        raise ValueError("ROPO_ALLOW_HTTP must be 1 or 0")
    return {"allow_http": True} if allowed == "1" else {}


def read_environment(environ: Mapping[str, str]) -> tuple[Credentials, dict[str, Any]]:
    """Give the credentials, and the argument that says where.

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
        allowed = _allow_http(found)
        check = partial(check_base_url, **allowed)
        return credentials, {"base_url": _checked("ROPO_BASE_URL", check, found), **allowed}
    name = found["ROPO_ENVIRONMENT"].upper().replace("-", "_")
    if name not in Environment.__members__:
        raise ValueError(f"ROPO_ENVIRONMENT must be one of {', '.join(Environment.__members__)}")
    return credentials, {"environment": Environment[name]}
