"""Which routers somebody is given, as people write it: ``site=tokyo site=osaka rack=7``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def labels_from(text: str) -> dict[str, list[str]]:
    """Read labels: the same key again means one of the values, different keys must all fit.

    Raises:
        InputError: A part is not ``key=value``, or there is none.
    """
    found: dict[str, list[str]] = {}
    for part in text.replace(",", " ").split():
        key, equals, value = part.partition("=")
        if not (key and equals and value):
            raise InputError(f"the label {part!r} is not key=value")
        found.setdefault(key, []).append(value)
    if not found:
        raise InputError("name at least one label, such as site=tokyo")
    return {key: sorted(set(values)) for key, values in found.items()}


def labels_as_text(labels: Mapping[str, Iterable[str]] | None) -> str:
    """Write labels as :func:`labels_from` reads them; nothing for every router."""
    return " ".join(f"{key}={value}" for key, values in (labels or {}).items() for value in values)
