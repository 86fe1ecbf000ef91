"""Every table, known by being imported: one line for each module of models."""

from yamaha_ops.web.store import changes, fleet, people
from yamaha_ops.web.store.base import Base

__all__ = ["Base", "changes", "fleet", "people"]
