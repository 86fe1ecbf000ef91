"""Yamaha Network Organizer: devices as its management API answers ``POST routers/_search``.

The names of the fields are those of a published client of that API; one page or a list of pages.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any

from yamaha_ops.errors import InventoryError
from yamaha_ops.firmware import Revision
from yamaha_ops.inventory.foreign.common import model, reference

if TYPE_CHECKING:
    from pathlib import Path

SERIAL = "serial"
"""The variable that keeps a device's serial number."""

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,62}[A-Za-z0-9])?")
_PAIR = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)[=:](.+)")


def read_yno(path: Path) -> dict[str, Any]:
    """Read devices; each is called by its description, or else by its serial number.

    Raises:
        InventoryError: The file is no such answer, or names no device with an address.
    """
    routers: dict[str, Any] = {}
    for device in _devices(path):
        serial = str(device.get("SerialNumber") or "")
        if not serial or not device.get("EndpointIpAddress"):
            continue
        described = str(device.get("DeviceDescription") or "")
        named = _NAME.fullmatch(described) and described not in routers
        name = described if named else serial
        routers[name] = _router(name, serial, device)
    if not routers:
        raise InventoryError("names no device with an address", where=str(path))
    return {"routers": routers}


def _devices(path: Path) -> list[dict[str, Any]]:
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InventoryError(f"cannot be read: {type(error).__name__}", where=str(path)) from None
    try:
        pages = told if isinstance(told, list) else [told]
        return [dict(device) for page in pages for device in page["Data"]["Routers"]]
    except (KeyError, TypeError, ValueError):
        raise InventoryError(
            "is no answer to routers/_search: Data.Routers is missing", where=str(path)
        ) from None


def _router(name: str, serial: str, device: dict[str, Any]) -> dict[str, Any]:
    ours: dict[str, Any] = {"host": str(device["EndpointIpAddress"])}
    if known := model(str(device.get("ModelName") or "")):
        ours["model"] = known
    with contextlib.suppress(ValueError):
        ours["firmware"] = str(Revision.parse(str(device.get("FirmwareRevision"))))
    ours["login"] = {
        "password": reference(name, "PASSWORD"),
        "administrator_password": reference(name, "ADMINISTRATOR_PASSWORD"),
    }
    if labels := _labels(device.get("AssignedLabels") or []):
        ours["labels"] = labels
    ours["variables"] = {SERIAL: serial}
    return ours


def _labels(told: list[str]) -> dict[str, str]:
    """Make YNO's plain words labels of ours: ``word=true``, a pair as it is, others numbered."""
    labels: dict[str, str] = {}
    for number, text in enumerate(map(str, told), 1):
        if pair := _PAIR.fullmatch(text):
            labels[pair[1]] = pair[2].strip()
        elif _NAME.fullmatch(text):
            labels[text] = "true"
        else:
            labels[f"label{number}"] = text
    return labels
