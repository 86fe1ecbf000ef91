"""Filters, descriptors and other objects: used without being defined, defined without use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.config.check.finding import Circumstances, Finding
from yamaha_ops.config.errors import ParameterError, UnknownCommandError
from yamaha_ops.config.references import Reference, defined, used
from yamaha_ops.config.secrets import mask
from yamaha_ops.config.setting import Setting
from yamaha_ops.config.statement import read
from yamaha_ops.config.words import join

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.config.configuration import Configuration

_NAMES = {
    "filter": "ip filter",
    "filter6": "ipv6 filter",
    "dynamic": "ip filter dynamic",
    "dynamic6": "ipv6 filter dynamic",
    "set": "ip filter set",
    "nat": "nat descriptor type",
    "forward": "ip forward filter",
    "keepalive": "ip keepalive",
    "ethernet": "ethernet filter",
    "url": "url filter",
    "dpi": "ip dpi filter",
    "dpi6": "ipv6 dpi filter",
    "queue": "queue class filter",
    "policy": "ipsec sa policy",
    "prefix": "ipv6 prefix",
    "scope": "dhcp scope",
    "tunnel": "tunnel enable",
    "pp": "pp enable",
}
"""Kinds that are checked, and the command that defines one."""
_WITHOUT_USE = {"scope", "tunnel", "pp"}
"""Kinds that do something although nothing names them."""


def check_objects(configuration: Configuration, _: Circumstances) -> Iterator[Finding]:
    """Find numbers that lead nowhere, and objects that nothing leads to."""
    made = {
        ref: setting for setting in configuration.settings.values() if (ref := defined(setting))
    }
    wanted: set[Reference] = set()
    for key, setting in configuration.settings.items():
        line = configuration.places[key]
        named = list(dict.fromkeys((*used(setting), *_scheduled(setting))))
        wanted.update(named)
        for each in named:
            if each.kind in _NAMES and each not in made and not _loose(each, made):
                command = f"{_NAMES[each.kind]} {each.number}"
                reason = f"there is no '{command}'"
                remedy = f"define '{command} ...', or take the number out"
                yield Finding("undefined", line, mask(setting.line), reason, remedy)
    for each, setting in made.items():
        if each.kind in _NAMES and each.kind not in _WITHOUT_USE and each not in wanted:
            reason = f"nothing uses {_NAMES[each.kind]} {each.number}"
            line = configuration.places[setting.key]
            yield Finding("unused", line, mask(setting.line), reason, f"'{setting.removal}'")


def _loose(each: Reference, made: dict[Reference, Setting]) -> bool:
    """Say whether an ``enable all`` stands for this PP or tunnel."""
    return Reference(each.kind, "all") in made


def _scheduled(setting: Setting) -> Iterator[Reference]:
    """Yield what a scheduled command names."""
    if "schedule" not in setting.entry.tags:
        return
    values = setting.values
    for start in range(1, len(values)):
        try:
            told = read(join(values[start:]))
        except (UnknownCommandError, ParameterError):
            continue
        if isinstance(told, Setting):
            yield from used(told)
            return
