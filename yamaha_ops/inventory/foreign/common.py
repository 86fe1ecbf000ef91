"""What the readers of foreign inventories share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from yamaha_ops.firmware import MODELS

if TYPE_CHECKING:
    from collections.abc import Mapping


def reference(name: str, what: str) -> str:
    """Return the reference that stands in for a password; passwords are never carried over."""
    return f"env:{re.sub(r'[^A-Za-z0-9]', '_', name).upper()}_{what}"


def entry(name: str, values: Mapping[str, Any], fields: Mapping[str, str]) -> dict[str, Any]:
    """Sort foreign values into our fields; the rest become variables.

    Args:
        name: Whose values they are: a router or a group.
        values: The foreign values.
        fields: Foreign name to our dotted field; ``-`` drops a value, ``password`` and
            ``administrator_password`` become references.
    """
    ours: dict[str, Any] = {}
    variables: dict[str, Any] = {}
    for key, value in values.items():
        field = fields.get(key)
        if field == "-" or value is None:
            continue
        if field is None:
            variables[key] = value
        elif field.endswith("password"):
            ours.setdefault("login", {})[field] = reference(name, field.upper())
        else:
            _put(ours, field, value)
    if variables:
        ours["variables"] = variables
    return ours


def model(text: str) -> str | None:
    """Return the model that a free text names, if it is one of ours."""
    return next((known for known in MODELS if known in text.upper()), None)


def _put(ours: dict[str, Any], field: str, value: Any) -> None:
    *way, last = field.split(".")
    for key in way:
        ours = ours.setdefault(key, {})
    ours[last] = value
