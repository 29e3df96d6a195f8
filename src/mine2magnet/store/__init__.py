"""The system of record, and the only part that speaks SQL.

Every change of a document gets the next number of one strictly rising sequence, so that whatever is
derived from the store (index, vectors, digests) knows how far it has come.
"""

from mine2magnet.store.claims import EVERY_CLAIM, NO_FILTER
from mine2magnet.store.library import DocumentChange, DocumentRow, Store, Writer
from mine2magnet.store.move import Moved
from mine2magnet.store.uploads import DEFAULT as DEFAULT_FOLDER

__all__ = [
    "DEFAULT_FOLDER",
    "EVERY_CLAIM",
    "NO_FILTER",
    "DocumentChange",
    "DocumentRow",
    "Moved",
    "Store",
    "Writer",
]
