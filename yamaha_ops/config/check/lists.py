"""Lists of filters: too long, with filters that never decide, or deaf to the tunnel."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv6Address
from typing import TYPE_CHECKING

from yamaha_ops.config.check.finding import Circumstances, Finding
from yamaha_ops.config.errors import ParameterError
from yamaha_ops.config.family import IPV6
from yamaha_ops.config.filters import PROTOCOLS, Packet, Rule, evaluate, list_key
from yamaha_ops.config.network import ipv6_uplinks
from yamaha_ops.config.secrets import mask
from yamaha_ops.config.setting import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.config.configuration import Configuration
    from yamaha_ops.config.filters.packet import Direction
    from yamaha_ops.config.setting import Setting

MOST_FILTERS = 129
"""Static and dynamic ones together, each direction (REF 8.1.25, 30.7.2)."""
_OVER_IPV6 = {"map-e", "ipip", "hb46pp"}
"""Kinds of tunnels that put IPv4 into IPv6, if their far end is an IPv6 address."""
_SOMEWHERE = IPv6Address("2001:db8::1")
_HERE = IPv6Address("2001:db8::2")


def check_filters(configuration: Configuration, _: Circumstances) -> Iterator[Finding]:
    """Find filters that say the same, lists that are too long, filters that are hidden."""
    rules: dict[str, Rule] = {}
    said: dict[tuple[int, str], Setting] = {}
    for key, setting in configuration.settings.items():
        if setting.entry.tags.get("defines") not in {"filter", "filter6"}:
            continue
        line = configuration.places[key]
        try:
            rule = rules[key.words] = Rule.of(setting)
        except ParameterError as error:
            yield Finding("form", line, setting.line, error.message, "see REF 8.1.10")
            continue
        meaning = setting.meaning.removeprefix(key.words)
        first = said.setdefault((rule.version, meaning), setting)
        if first is not setting:
            reason = f"says the same as '{first.line}'"
            yield Finding("duplicate-filter", line, setting.line, reason, f"'{setting.removal}'")
    for key, setting in configuration.settings.items():
        if _is_list(setting):
            yield from _check_list(setting, configuration.places[key], rules)


def _is_list(setting: Setting) -> bool:
    return "secure filter {direction}" in setting.entry.template or (
        setting.entry.tags.get("defines") == "set"
    )


def _check_list(setting: Setting, line: int, rules: dict[str, Rule]) -> Iterator[Finding]:
    values = setting.values
    count = len([each for each in values if each != "dynamic"])
    if count > MOST_FILTERS:
        reason = f"{count} filters in one direction; the router takes {MOST_FILTERS}"
        yield Finding("too-many-filters", line, mask(setting.line), reason, "merge filters")
    family = "ipv6" if setting.line.startswith("ipv6") else "ip"
    static = values[: values.index("dynamic")] if "dynamic" in values else values
    before: list[tuple[str, Rule]] = []
    for number in static:
        rule = rules.get(f"{family} filter {number}")
        if rule is None:
            continue
        hiding = next((other for other, known in before if known.covers(rule)), None)
        if hiding:
            reason = f"filter {number} never decides: filter {hiding} before it matches all of it"
            remedy = f"take {number} out of the list, or move it before {hiding}"
            yield Finding("shadowed-filter", line, mask(setting.line), reason, remedy)
        before.append((number, rule))


def check_tunnels(configuration: Configuration, _: Circumstances) -> Iterator[Finding]:
    """Find IPv6 filters that stop the packets of an IPv4-over-IPv6 tunnel (protocol 4)."""
    uplinks = sorted(ipv6_uplinks(configuration) or _filtered(configuration))
    for setting in configuration.settings.values():
        if setting.entry.template != "tunnel encapsulation":
            continue
        far = _far_end(configuration, setting.key.context)
        if setting.values[0] not in _OVER_IPV6 or (setting.values[0] == "ipip" and far is None):
            continue
        for uplink in uplinks:
            yield from _check_uplink(configuration, uplink, setting, far)


def _filtered(configuration: Configuration) -> set[str]:
    """Return the interfaces with IPv6 filters, for where nothing says which is the line."""
    return {
        setting.words[1]
        for setting in configuration.settings.values()
        if setting.entry.template == "ipv6 {interface} secure filter {direction}"
    }


def _check_uplink(
    configuration: Configuration, uplink: str, tunnel: Setting, far: IPv6Address | None
) -> Iterator[Finding]:
    inbound = Packet(far or _SOMEWHERE, _HERE, PROTOCOLS["ipip"])
    both: tuple[tuple[Direction, Packet], ...] = (("in", inbound), ("out", inbound.reversed()))
    for direction, packet in both:
        verdict = evaluate(configuration, uplink, direction, packet)
        if verdict.passes or (far is None and _names_an_address(configuration, uplink, direction)):
            continue
        found = configuration.settings[list_key(uplink, direction, IPV6)]
        reason = f"{tunnel.key.context} needs protocol 4 {direction} on {uplink}: {verdict.reason}"
        remedy = "add 'ipv6 filter N pass * * 4', and N to this list before what rejects"
        line = configuration.places[found.key]
        yield Finding("tunnel-blocked", line, mask(found.line), reason, remedy)


def _names_an_address(configuration: Configuration, uplink: str, direction: str) -> bool:
    """Say whether the list passes protocol 4 for certain addresses: the border relay, perhaps."""
    found = configuration.settings[list_key(uplink, direction, IPV6)]
    anybody = Packet(_SOMEWHERE, _HERE, PROTOCOLS["ipip"])
    for number in found.values:
        setting = configuration.settings.get(Key("", f"ipv6 filter {number}"))
        rule = _rule(setting) if setting else None
        if rule is None:
            continue
        if rule.matches(anybody):
            return False
        if rule.action != "reject" and rule.matches_kind(anybody):
            return True
    return False


def _rule(setting: Setting) -> Rule | None:
    try:
        return Rule.of(setting)
    except ParameterError:
        return None


def _far_end(configuration: Configuration, context: str) -> IPv6Address | None:
    """Return the IPv6 address a tunnel leads to, where the configuration says it."""
    for words in ("tunnel endpoint remote address", "tunnel endpoint address"):
        if setting := configuration.settings.get(Key(context, words)):
            try:
                return IPv6Address(setting.values[-1])
            except AddressValueError:
                continue
    return None
