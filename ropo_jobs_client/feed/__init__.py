"""The status feed, and the journal that it keeps."""

from ..errors import JournalInUse as JournalInUse
from ..errors import JournalLost as JournalLost
from ._feed import StatusBatch as StatusBatch
from ._feed import StatusFeed as StatusFeed
from ._journal import Gap as Gap
from ._journal import Journal as Journal
from ._journal import State as State
from ._journal import Stored as Stored
from .sqlite import SqliteJournal as SqliteJournal

# Not from typing, which takes longer to import than all else here. Type checkers know the name.
TYPE_CHECKING = False

# Lines that say so are dropped from a copy without the part: tools/vendor.py.
if TYPE_CHECKING:  # of the part postgres
    from .postgres import PostgresJournal as PostgresJournal  # of the part postgres

__all__ = [
    "Gap",
    "Journal",
    "JournalInUse",
    "JournalLost",
    "PostgresJournal",  # of the part postgres
    "SqliteJournal",
    "State",
    "StatusBatch",
    "StatusFeed",
    "Stored",
]


if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        # Its driver is installed with the extra `postgres` alone.
        if name != "PostgresJournal":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from .._parts import import_part

        return import_part("feed.postgres", what=name, part="postgres").PostgresJournal
