"""The models of the API, each imported when it is first used.

They are generated from the document: attrs classes with keyword-only arguments, named and typed after its fields.
`UNSET` leaves a field out, `None` sends null. `JobType`, `CustomerType` and the like name the numbers that are known;
their fields are plain ints.
"""

from typing import TYPE_CHECKING, Any

from ._codec.unset import UNSET as UNSET
from ._codec.unset import Unset as Unset

if TYPE_CHECKING:
    from ._codec.model import Model as Model
    from ._generated.constants import *  # noqa: F403
    from ._generated.models import *  # noqa: F403
else:
    from ._generated import constants as _constants
    from ._generated import models as _models

    def __getattr__(name: str) -> Any:
        if name == "Model":
            # What all of them can do, for annotations.
            from ._codec.model import Model

            return Model
        try:
            return getattr(_constants if name in _constants.__all__ else _models, name)
        except AttributeError:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}") from None

    def __dir__() -> list[str]:
        return sorted(__all__)

    __all__ = (*_models.__all__, *_constants.__all__, "UNSET", "Unset")
