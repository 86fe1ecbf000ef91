"""Inheritance: defaults, groups and the router's own entry, laid over one another.

Mappings merge field by field; anything else (a value, a list) is replaced whole. A field written
with no value takes an inherited one away.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from yamaha_ops.inventory.source import Keys, Place, Source


@dataclass(frozen=True, slots=True)
class Layer:
    """One entry of a file that contributes to a router: ``defaults``, a group, or the router."""

    name: str
    source: Source
    keys: Keys
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one value of a router came from."""

    layer: str
    place: Place


@dataclass(frozen=True, slots=True)
class Merged:
    """What all layers together say, and which of them said each part."""

    data: dict[str, Any]
    origins: dict[Keys, Origin]

    def origin(self, keys: Keys) -> Origin:
        """Return the origin of a value, or of the nearest thing around it that has one."""
        while keys and keys not in self.origins:
            keys = keys[:-1]
        return self.origins[keys]


def merge(layers: Iterable[Layer]) -> Merged:
    """Lay the layers over one another, the most general first."""
    merged: dict[str, Any] = {}
    origins: dict[Keys, Origin] = {}
    for layer in layers:
        origins[()] = Origin(layer.name, layer.source.place(layer.keys))
        _lay(merged, layer.data, layer, (), origins)
    return Merged(merged, origins)


def _lay(
    below: dict[str, Any],
    above: Mapping[str, Any],
    layer: Layer,
    keys: Keys,
    origins: dict[Keys, Origin],
) -> None:
    for key, value in above.items():
        here = (*keys, key)
        if value is None:
            below.pop(key, None)
            _forget(origins, here)
            continue
        if isinstance(value, dict):
            inner = below.get(key)
            if not isinstance(inner, dict):
                _forget(origins, here)
                inner = below[key] = {}
            origins[here] = Origin(layer.name, layer.source.place((*layer.keys, *here)))
            _lay(inner, value, layer, here, origins)
            continue
        _forget(origins, here)
        below[key] = value
        _note(value, layer, here, origins)


def _note(value: Any, layer: Layer, keys: Keys, origins: dict[Keys, Origin]) -> None:
    origins[keys] = Origin(layer.name, layer.source.place((*layer.keys, *keys)))
    if isinstance(value, list):
        for index, item in enumerate(value):
            _note(item, layer, (*keys, index), origins)
    elif isinstance(value, dict):
        for key, item in value.items():
            _note(item, layer, (*keys, key), origins)


def _forget(origins: dict[Keys, Origin], keys: Keys) -> None:
    for known in [known for known in origins if known[: len(keys)] == keys]:
        del origins[known]
