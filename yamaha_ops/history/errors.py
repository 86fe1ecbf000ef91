"""What can go wrong with the history itself."""

from __future__ import annotations

from yamaha_ops.errors import YamahaOpsError


class HistoryError(YamahaOpsError):
    """The history cannot be read or written: no git, no room, no such revision, no key."""
