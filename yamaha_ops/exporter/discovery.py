"""Service discovery: the inventory in Prometheus's own form, over HTTP and as a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yamaha_ops.inventory import Router

_META = "__meta_yamaha_"
_UNFIT = re.compile(r"[^a-zA-Z0-9_]")


def target_groups(routers: Iterable[Router]) -> list[dict[str, Any]]:
    """Return one target group for each router; the target is the name that ``/probe`` wants.

    Labels that begin with ``__meta_yamaha_`` are for relabelling: host, model, line (the service),
    and ``__meta_yamaha_label_NAME`` for each label of the inventory.
    """
    return [{"targets": [router.name], "labels": _labels(router)} for router in routers]


def _labels(router: Router) -> dict[str, str]:
    labels = {
        f"{_META}host": router.host,
        f"{_META}model": router.model,
        f"{_META}line": str(router.line.actual) if router.line else "",
    }
    for name, value in router.labels.items():
        labels[f"{_META}label_{_UNFIT.sub('_', name)}"] = str(value)
    return labels
