"""What the Internet can reach of the router itself, and what anybody could read or guess."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from typing import TYPE_CHECKING

from yamaha_ops.config.check.finding import Circumstances, Finding
from yamaha_ops.config.family import IPV4, IPV6
from yamaha_ops.config.filters import PROTOCOLS, Packet, evaluate
from yamaha_ops.config.filters.ports import parse_ports, within
from yamaha_ops.config.network import attached, ipv4_uplinks, ipv6_uplinks
from yamaha_ops.config.secrets import MASK, mask
from yamaha_ops.config.services import SERVICES, Service
from yamaha_ops.config.setting import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.config.configuration import Configuration
    from yamaha_ops.config.network import Address

_STRANGER: dict[int, Address] = {
    IPV4: IPv4Address("198.51.100.1"),
    IPV6: IPv6Address("2001:db8:ffff::1"),
}
_OUTSIDE: dict[int, Address] = {IPV4: IPv4Address("192.0.2.1"), IPV6: IPv6Address("2001:db8::2")}
"""Documentation addresses (RFC 5737, 3849): anybody, and the router's own outer address."""
_NAT = {"pp": "ip pp nat descriptor", "tunnel": "ip tunnel nat descriptor"}
_PASSWORDS = {"login password", "administrator password", "login user {user}"}


def check_services(configuration: Configuration, _: Circumstances) -> Iterator[Finding]:
    """Find services of the router that a stranger can reach."""
    for service in SERVICES.values():
        if not service.is_on(configuration):
            continue
        for version, uplinks in ((IPV4, _outer_ipv4), (IPV6, ipv6_uplinks)):
            for uplink in sorted(uplinks(configuration)):
                if _is_open(configuration, service, uplink, version):
                    yield _open(configuration, service, uplink, version)


def _outer_ipv4(configuration: Configuration) -> set[str]:
    """Return IPv4's uplinks, without those in a private network: there another router protects."""
    own = (each for each in attached(configuration) if each.own.version == IPV4)
    private = {each.interface for each in own if each.own.ip.is_private}
    return ipv4_uplinks(configuration) - private


def _is_open(configuration: Configuration, service: Service, uplink: str, version: int) -> bool:
    stranger = _STRANGER[version]
    if not service.admits(configuration, stranger, uplink):
        return False
    number = service.number(configuration)
    for target in _targets(configuration, service, uplink, version):
        packet = Packet(stranger, target, PROTOCOLS[service.protocol], destination_port=number)
        if evaluate(configuration, uplink, "in", packet).passes:
            return True
    return False


def _targets(
    configuration: Configuration, service: Service, uplink: str, version: int
) -> Iterator[Address]:
    """Yield the router's own addresses that packets from outside get to."""
    own = [each.own.ip for each in attached(configuration) if each.own.version == version]
    kind = next((kind for kind in _NAT if uplink.startswith(kind)), None)
    key = Key(uplink, _NAT[kind]) if kind else Key("", f"ip {uplink} nat descriptor")
    nat = configuration.settings.get(key)
    if version != IPV4 or nat is None:
        yield _OUTSIDE[version]
        yield from own
        return
    for descriptor in filter(str.isdecimal, nat.values):
        incoming = configuration.settings.get(
            Key("", f"nat descriptor masquerade incoming {descriptor}")
        )
        if incoming and incoming.values[0] == "through":
            yield _OUTSIDE[version]
        if incoming and incoming.values[0] == "forward":
            yield from (each for each in own if str(each) in incoming.values)
        for setting in configuration.settings.values():
            if setting.key.words.startswith(f"nat descriptor masquerade static {descriptor} "):
                inner, protocol, *ports = setting.values
                leads = ports and within(
                    service.number(configuration), parse_ports(ports[0].rpartition("=")[2])
                )
                if protocol == service.protocol and leads:
                    yield from (each for each in own if str(each) == inner)


def _open(configuration: Configuration, service: Service, uplink: str, version: int) -> Finding:
    setting = service.setting(configuration)
    line = configuration.places[setting.key] if setting else 0
    said = setting.line if setting else f"no '{service.host}', which means {service.hosts}"
    return Finding(
        "open-resolver" if service.name == "dns" else "open-service",
        line,
        setting.line if setting else "",
        f"anybody can reach {service.name} by IPv{version} on {uplink} ({said})",
        f"'{service.host} lan1', or a filter on {uplink}",
    )


def check_secrets(configuration: Configuration, _: Circumstances) -> Iterator[Finding]:
    """Find the router's own passwords in clear text, and the community everybody knows."""
    for key, setting in configuration.settings.items():
        values = setting.values
        line = configuration.places[key]
        if setting.entry.template in _PASSWORDS and values[:1] not in ([], [MASK], ["encrypted"]):
            reason = "the password stands there for every reader of the file"
            remedy = "set it in its 'encrypted' form"
            yield Finding("plain-password", line, mask(setting.line), reason, remedy)
        if setting.entry.template in {"snmp host {host}", "snmpv2c host {host}"}:
            yield from _check_community(configuration, key, line)
    yield from _check_recovery(configuration)


def _check_community(configuration: Configuration, key: Key, line: int) -> Iterator[Finding]:
    setting = configuration.settings[key]
    family = setting.words[0]
    if setting.words[-1] == "none":
        return
    stated = configuration.settings.get(Key("", f"{family} community read-only"))
    community = (*setting.values, *(stated.values if stated else ("public",)))[0]
    if community == "public":
        reason = "the community is 'public', the default that everybody tries first (REF 21.7)"
        remedy = f"'{family} community read-only NAME'"
        yield Finding("default-community", line, mask(setting.line), reason, remedy)


def _check_recovery(configuration: Configuration) -> Iterator[Finding]:
    setting = configuration.settings.get(Key("", "security class"))
    forget = setting.values[1] if setting and len(setting.values) > 1 else "on"
    if forget == "on":
        line = configuration.places[setting.key] if setting else 0
        command = setting.line if setting else ""
        reason = "a phrase printed in the manual opens the serial port (REF 4.12)"
        yield Finding("recovery-phrase", line, command, reason, "'security class 1 off off'")
