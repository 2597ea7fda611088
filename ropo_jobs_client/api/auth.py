"""The endpoints of the tag `auth`, each imported when it is first used."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .._generated.api.auth import *  # noqa: F403
else:
    from .._generated.api import auth as _endpoints

    def __getattr__(name: str) -> Any:
        return getattr(_endpoints, name)

    def __dir__() -> list[str]:
        return sorted(_endpoints.__all__)

    __all__ = _endpoints.__all__
