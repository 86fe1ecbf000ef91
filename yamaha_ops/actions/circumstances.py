"""What the inventory knows of a router that its configuration does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.config import Circumstances

if TYPE_CHECKING:
    from yamaha_ops.inventory import Router


def circumstances(router: Router) -> Circumstances:
    """Return it in the form that ``config check`` and ``apply`` take."""
    mapping = router.line.mapping if router.line else None
    return Circumstances(
        model=router.model,
        revision=router.firmware,
        management=router.management.hosts,
        ports=mapping.ports if mapping else None,
        accepted=router.accepted,
    )
