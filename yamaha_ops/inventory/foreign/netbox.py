"""NetBox: devices as its API answers them (JSON) or as its list is exported (CSV)."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from yamaha_ops.errors import InventoryError
from yamaha_ops.inventory.foreign.common import model

if TYPE_CHECKING:
    from pathlib import Path

LABELS = ("site", "location", "tenant", "role", "device_role", "status", "platform")
_LABEL_NAMES = {"device_role": "role"}
_HOST_COLUMNS = ("primary_ip", "primary_ip4", "primary_ip6", "IP Address")


def read_netbox(path: Path) -> dict[str, Any]:
    """Read devices; those without a name or an address are left out.

    Raises:
        InventoryError: The file is neither form, or names no device that could be reached.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InventoryError(f"cannot be read: {type(error).__name__}", where=str(path)) from None
    devices = (
        _json(text, path) if path.suffix == ".json" else list(csv.DictReader(text.splitlines()))
    )
    routers = dict(_router(device) for device in devices if device.get("name") and _host(device))
    if not routers:
        raise InventoryError("names no device with a primary address", where=str(path))
    return {"routers": routers}


def _json(text: str, path: Path) -> list[dict[str, Any]]:
    try:
        told = json.loads(text)
    except json.JSONDecodeError as error:
        raise InventoryError(f"is not JSON: {error.msg}", where=f"{path}:{error.lineno}") from None
    devices = told.get("results") if isinstance(told, dict) else told
    if not isinstance(devices, list) or not all(isinstance(each, dict) for each in devices):
        raise InventoryError("is not a list of devices", where=str(path))
    return devices


def _router(device: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    ours: dict[str, Any] = {"host": _host(device)}
    known = model(_word(device.get("device_type")) or _word(device.get("type")) or "")
    if known:
        ours["model"] = known
    labels = ((key, _word(device.get(key))) for key in LABELS)
    ours["labels"] = {_LABEL_NAMES.get(key, key): value for key, value in labels if value}
    fields = device.get("custom_fields")
    if isinstance(fields, dict) and (told := {k: v for k, v in fields.items() if v is not None}):
        ours["variables"] = told
    return str(device["name"]), ours


def _host(device: dict[str, Any]) -> str | None:
    for column in _HOST_COLUMNS:
        address = device.get(column)
        if isinstance(address, dict):
            address = address.get("address")
        if address:
            return str(address).partition("/")[0]
    return None


def _word(value: Any) -> str | None:
    """Return the short form of a NetBox reference: its slug, value, model or name."""
    if isinstance(value, dict):
        for key in ("model", "slug", "value", "name", "display"):
            if value.get(key):
                return str(value[key])
        return None
    return str(value) if value else None
