"""What a client may be told about its calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .retries import AttemptEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a call may take. The same for all calls of a client, or of a copy made by `with_options`."""

    timeout: float
    deadline: float
    retries: int
    max_response_bytes: int
    on_attempt: Callable[[AttemptEvent], object] | None
