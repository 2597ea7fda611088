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

__all__ = [
    "Gap",
    "Journal",
    "JournalInUse",
    "JournalLost",
    "SqliteJournal",
    "State",
    "StatusBatch",
    "StatusFeed",
    "Stored",
]
