"""What people may do, and with which routers."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from yamaha_ops.inventory import Router


class Role(StrEnum):
    """What somebody may do. Roles are a set: none but the first is part of another.

    Whoever looks after people (admin) does not for that reason touch routers.
    """

    VIEWER = "viewer"
    """Sees the routers that are theirs. Everybody who is signed in has this."""
    OPERATOR = "operator"
    """Runs commands on them and changes them."""
    APPROVER = "approver"
    """Approves what others want to change."""
    ADMIN = "admin"
    """Looks after users, and reads the audit log."""


def covers(labels: Mapping[str, tuple[str, ...]] | None, router: Router) -> bool:
    """Whether a router is among those that labels choose; None chooses every one."""
    return labels is None or all(router.labels.get(key) in values for key, values in labels.items())
