"""Whether a packet passes, and which line decides.

Facts: REF 8.1.10 and 30.7.1 (static filters), 8.1.14 (dynamic ones), 8.1.25 (lists: the first match
decides, the end rejects, an undefined set is no filter).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.config.errors import ParameterError
from yamaha_ops.config.family import WORDS
from yamaha_ops.config.filters.addresses import Addresses
from yamaha_ops.config.filters.packet import PROTOCOLS, Direction, Packet
from yamaha_ops.config.filters.ports import services, within
from yamaha_ops.config.filters.rule import Rule
from yamaha_ops.config.setting import Key, Setting

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.config.configuration import Configuration

_OPPOSITE: dict[str, Direction] = {"in": "out", "out": "in"}
_PINGS = {"ping": "icmp", "ping6": "icmp6"}
_DEAD = frozenset({"dhcpc", "dhcps", "dhcpv6c", "dhcpv6s"})
"""Accepted as dynamic filters, without effect (REF 8.1.14)."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer about one packet.

    Attributes:
        passes: Whether it is let through.
        decided_by: The filter that decides, or None: no filter at all, or the end of the list.
        reason: One sentence.
        notes: What the answer takes for granted.
    """

    passes: bool
    decided_by: Setting | None
    reason: str
    notes: tuple[str, ...] = ()


def evaluate(
    configuration: Configuration,
    interface: str,
    direction: Direction,
    packet: Packet,
    *,
    reply: bool = False,
) -> Verdict:
    """Return what the filters of ``interface`` do with ``packet``.

    Args:
        configuration: Where the filters are.
        interface: ``lan2``, ``pp1``, ``tunnel1`` ...
        direction: ``in`` (received there) or ``out`` (sent there).
        packet: The first packet of a flow; with ``reply`` an answer within one.
        reply: The flow began the other way, so that a dynamic filter there may let it back in.
    """
    if reply and (opened := _opened(configuration, interface, direction, packet)):
        return opened
    found = _list_of(configuration, interface, direction, packet.version)
    if found is None:
        reason = f"no filter for {direction} on {interface}: everything passes"
        notes = _strange(configuration, interface)
        return Verdict(passes=True, decided_by=None, reason=reason, notes=notes)
    return _walk(configuration, found, packet)


def _strange(configuration: Configuration, interface: str) -> tuple[str, ...]:
    """Return a note when nothing in the configuration is about the interface."""
    for key in configuration.settings:
        if key.context == interface or interface in key.words.split():
            return ()
    return (f"nothing here mentions {interface}: is that its name?",)


def _walk(configuration: Configuration, found: Setting, packet: Packet) -> Verdict:
    notes: list[str] = []
    for number in _static(found):
        setting = configuration.settings.get(_filter_key(number, packet.version))
        if setting is None:
            notes.append(f"filter {number} is in the list but not defined; it is taken for absent")
            continue
        try:
            rule = Rule.of(setting)
        except ParameterError as error:
            notes.append(f"filter {number} is taken for absent: {error.message}")
            continue
        answer = rule.matches(packet)
        if answer is None:
            notes.append(f"filter {number} may decide earlier: only the router can tell")
        elif answer:
            if rule.action == "restrict":
                notes.append(f"filter {number} passes only while the line is up")
            passes = rule.action != "reject"
            verb = "passes" if passes else "rejects"
            return Verdict(passes, setting, f"filter {number} {verb} it", tuple(notes))
    reason = "no filter of the list matches: the end of a list rejects"
    return Verdict(passes=False, decided_by=found, reason=reason, notes=tuple(notes))


def _opened(
    configuration: Configuration, interface: str, direction: Direction, packet: Packet
) -> Verdict | None:
    """Return the verdict of a dynamic filter that the flow's first packet has set off."""
    other = _OPPOSITE[direction]
    first = packet.reversed()
    found = _list_of(configuration, interface, other, packet.version)
    if found is None or not _walk(configuration, found, first).passes:
        return None
    for number in _dynamic(found):
        setting = configuration.settings.get(_dynamic_key(number, packet.version))
        if setting is not None and _sets_off(configuration, setting, first):
            reason = f"dynamic filter {number} on {other} lets the answers back"
            return Verdict(passes=True, decided_by=setting, reason=reason)
    return None


def _sets_off(configuration: Configuration, setting: Setting, packet: Packet) -> bool:
    """Say whether a dynamic filter watches flows that begin with ``packet``."""
    source, destination, trigger, *rest = setting.values
    addresses = ((source, packet.source), (destination, packet.destination))
    if not all(Addresses.parse(text, packet.version).matches(each) for text, each in addresses):
        return False
    if trigger == "filter":
        filters = (_filter_key(number, packet.version) for number in _leading_numbers(rest))
        return any(_is_kind(configuration.settings.get(key), packet) for key in filters)
    if trigger in _DEAD:
        return False
    trigger = _PINGS.get(trigger, trigger)
    if trigger in PROTOCOLS:
        return packet.protocol == PROTOCOLS[trigger]
    service = services().get(trigger)
    if service is None or packet.destination_port is None:
        return False
    protocols = {PROTOCOLS[name] for name in service.protocols}
    return packet.protocol in protocols and within(packet.destination_port, service.ports)


def _is_kind(setting: Setting | None, packet: Packet) -> bool:
    """Say whether protocol and ports of a filter fit; its addresses are ignored (REF 8.1.14)."""
    if setting is None:
        return False
    try:
        return bool(Rule.of(setting).matches_kind(packet))
    except ParameterError:
        return False


def list_key(interface: str, direction: str, version: int) -> Key:
    """Return the key of the list of filters that is applied to an interface."""
    for kind in ("pp", "tunnel"):
        if interface.startswith(kind):
            return Key(interface, f"{WORDS[version]} {kind} secure filter {direction}")
    return Key("", f"{WORDS[version]} {interface} secure filter {direction}")


def _list_of(
    configuration: Configuration, interface: str, direction: str, version: int
) -> Setting | None:
    """Return the list that is applied, by itself or as a named set (an undefined set is none)."""
    key = list_key(interface, direction, version)
    if found := configuration.settings.get(key):
        return found
    words = key.words.removesuffix(direction) + "name"
    if named := configuration.settings.get(Key(key.context, words)):
        return configuration.settings.get(Key("", f"ip filter set {named.values[0]} {direction}"))
    return None


def _filter_key(number: str, version: int) -> Key:
    return Key("", f"{WORDS[version]} filter {number}")


def _dynamic_key(number: str, version: int) -> Key:
    return Key("", f"{WORDS[version]} filter dynamic {number}")


def _static(found: Setting) -> list[str]:
    return list(_leading_numbers(found.values))


def _dynamic(found: Setting) -> list[str]:
    values = found.values
    return values[values.index("dynamic") + 1 :] if "dynamic" in values else []


def _leading_numbers(words: list[str]) -> Iterator[str]:
    for word in words:
        if not word.isdecimal():
            return
        yield word
