"""Which interfaces a router has: from its configuration, or else from its own answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yamaha_ops.status.nat import NatAddress
from yamaha_ops.status.route import Routes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yamaha_ops.config import Configuration

_LANS = ("lan1", "lan2")
_CONTEXT = re.compile(r"(tunnel|pp)(\d{1,4})")
_ENABLE = re.compile(r"(tunnel|pp) enable (\S+)")
_LAN = re.compile(r"\blan\d\b")
_PRINTED = re.compile(r"(TUNNEL|PP)\[0*(\d{1,4})\]")


@dataclass(frozen=True, slots=True)
class Interfaces:
    """What to ask about. LANs by name in commands (``lan1``), tunnels and PPs by number."""

    lans: tuple[str, ...] = _LANS
    tunnels: tuple[int, ...] = ()
    pps: tuple[int, ...] = ()

    @classmethod
    def configured(cls, configuration: Configuration) -> Interfaces:
        """Return the interfaces that a configuration sets up and enables (REF 14.1, 11.1)."""
        keys = configuration.settings.keys()
        contexts = [match for match in map(_CONTEXT.fullmatch, {k.context for k in keys}) if match]
        enabled = {match.groups() for match in (_ENABLE.fullmatch(k.words) for k in keys) if match}
        # `all` and ranges name no single interface: then every one counts that is set up.
        broad = {kind for kind, which in enabled if not which.isdecimal()}
        numbered = cls._of(
            match.groups() for match in contexts if match.groups() in enabled or match[1] in broad
        )
        lans = {name for key in keys for name in _LAN.findall(key.words)}
        return cls(tuple(sorted({*_LANS, *lans})), numbered.tunnels, numbered.pps)

    @classmethod
    def seen(cls, records: Iterable[Any]) -> Interfaces:
        """Return the interfaces that routes and NAT descriptors name.

        A tunnel that is down and has lost its routes does not show here; whoever knows the
        configuration asks about it by :meth:`configured`.
        """
        names: list[str] = []
        for record in records:
            if isinstance(record, Routes):
                names += [route.interface for route in record.routes]
            elif isinstance(record, NatAddress):
                names += [each.interface or "" for each in record.descriptors]
        found = [match for match in map(_PRINTED.match, names) if match]
        seen = cls._of((match[1].lower(), match[2]) for match in found)
        lans = {match[0] for match in (_LAN.match(name.lower()) for name in names) if match}
        return cls(tuple(sorted(lans)), seen.tunnels, seen.pps)

    def __or__(self, other: Interfaces) -> Interfaces:
        """Return the interfaces of both."""
        return Interfaces(
            tuple(sorted({*self.lans, *other.lans})),
            tuple(sorted({*self.tunnels, *other.tunnels})),
            tuple(sorted({*self.pps, *other.pps})),
        )

    @classmethod
    def _of(cls, numbered: Iterable[tuple[str, ...]]) -> Interfaces:
        by_kind: dict[str, set[int]] = {"tunnel": set(), "pp": set()}
        for kind, number in numbered:
            by_kind[kind].add(int(number))
        return cls(tunnels=tuple(sorted(by_kind["tunnel"])), pps=tuple(sorted(by_kind["pp"])))
