"""The configurations of each router over time, in a git repository, secrets taken out."""

from yamaha_ops.history.errors import HistoryError
from yamaha_ops.history.git import Person
from yamaha_ops.history.reading import Source, read
from yamaha_ops.history.revision import Backup, Revision
from yamaha_ops.history.snapshot import Kind, Snapshot
from yamaha_ops.history.store import Store
from yamaha_ops.history.vault import Vault, key_in_file, new_key

__all__ = [
    "Backup",
    "HistoryError",
    "Kind",
    "Person",
    "Revision",
    "Snapshot",
    "Source",
    "Store",
    "Vault",
    "key_in_file",
    "new_key",
    "read",
]
