"""Lock-out: whether those who manage the router could still log in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from yamaha_ops.config.check.finding import Circumstances, Finding
from yamaha_ops.config.family import IPV6
from yamaha_ops.config.filters import PROTOCOLS, Packet, evaluate
from yamaha_ops.config.network import Attached, attached, way_to
from yamaha_ops.config.services import SERVICES, Service
from yamaha_ops.config.setting import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.config.configuration import Configuration
    from yamaha_ops.config.network import Address
    from yamaha_ops.config.setting import Setting

_CLIENT_PORT = 50_000
_ROUTING = ("rip use", "ospf use", "bgp use", "ipv6 rip use", "ipv6 ospf use")


def check_access(configuration: Configuration, where: Circumstances) -> Iterator[Finding]:
    """Find what would keep each management host out."""
    service = SERVICES[where.service]
    for host in where.management:
        yield from _check_host(configuration, service, host)
    if where.management:
        yield from _check_users(configuration, where.service)


def _check_host(configuration: Configuration, service: Service, host: Address) -> Iterator[Finding]:
    if not service.is_on(configuration):
        remedy = f"'{service.switch} on'"
        yield _finding(configuration, service.switch, f"{service.name} does not run", remedy)
    way = way_to(configuration, host)
    if way is None:
        if not _may_be_learnt(configuration, host):
            reason = f"no interface and no route leads to {host}"
            yield Finding("lock-out", 0, "", reason, f"add a route to {host}")
        return
    if not service.admits(configuration, host, way):
        reason = f"'{service.host}' does not admit {host}"
        yield _finding(configuration, service.host, reason, f"add {host} to the list")
    yield from _check_filters(configuration, service, host, way)


def _check_filters(
    configuration: Configuration, service: Service, host: Address, way: Attached | str
) -> Iterator[Finding]:
    """Ask the filters about the first packet, and about the answer to it."""
    own = way.own.ip if isinstance(way, Attached) else _some_address(configuration, host)
    if own is None:
        return
    interface = way.interface if isinstance(way, Attached) else way
    request = Packet(
        host,
        own,
        PROTOCOLS[service.protocol],
        source_port=_CLIENT_PORT,
        destination_port=service.number(configuration),
    )
    answer = request.reversed()
    answered = evaluate(configuration, interface, "out", answer, reply=True)
    for verdict, what in (
        (evaluate(configuration, interface, "in", request), f"{host} to {own}"),
        (answered, f"the answer to {host}"),
    ):
        if not verdict.passes:
            line = configuration.places[verdict.decided_by.key] if verdict.decided_by else 0
            command = verdict.decided_by.line if verdict.decided_by else ""
            reason = f"{service.name} from {what} on {interface}: {verdict.reason}"
            remedy = f"pass {host} before it"
            yield Finding("lock-out", line, command, reason, remedy)


def _some_address(configuration: Configuration, host: Address) -> Address | None:
    same = (each.own.ip for each in attached(configuration) if each.own.version == host.version)
    return next(same, None)


def _may_be_learnt(configuration: Configuration, host: Address) -> bool:
    """Say whether addresses or routes come from outside the configuration."""
    if host.version == IPV6:  # prefixes arrive by RA or DHCPv6
        return True
    for setting in configuration.settings.values():
        if setting.entry.template.endswith(" address") and setting.values[:1] == ["dhcp"]:
            return True
    routing = (configuration.settings.get(Key("", words)) for words in _ROUTING)
    return any(each is not None and each.values == ["on"] for each in routing)


def _check_users(configuration: Configuration, service: str) -> Iterator[Finding]:
    """Find attributes that shut everybody out, or keep everybody from administrating (REF 4.10)."""
    attributes = {
        setting.words[-1]: setting
        for setting in configuration.settings.values()
        if setting.entry.template == "user attribute {user:[^=]+}"
    }
    everybody = attributes.pop("*", None)
    if everybody is None:
        return
    named = attributes.values()
    if not _may_connect(everybody, service) and not any(
        _may_connect(each, service) for each in named
    ):
        reason = f"no user may connect by {service}"
        yield _at(configuration, everybody, reason, f"'user attribute NAME connection={service}'")
    if _attribute(everybody, "administrator") == "off" and not any(
        _attribute(each, "administrator") not in {None, "off"} for each in named
    ):
        reason = "no user may become administrator"
        yield _at(configuration, everybody, reason, "'user attribute NAME administrator=on'")


def _may_connect(setting: Setting, service: str) -> bool:
    ways = _attribute(setting, "connection")
    return ways is None or bool({"all", service} & set(ways.split(",")))


def _attribute(setting: Setting, name: str) -> str | None:
    for value in setting.values:
        if value.startswith(f"{name}="):
            return value.partition("=")[2]
    return None


def _finding(configuration: Configuration, words: str, reason: str, remedy: str) -> Finding:
    setting = configuration.settings.get(Key("", words))
    if setting is None:
        return Finding("lock-out", 0, "", reason, remedy)
    return _at(configuration, setting, reason, remedy)


def _at(configuration: Configuration, setting: Setting, reason: str, remedy: str) -> Finding:
    return Finding("lock-out", configuration.places[setting.key], setting.line, reason, remedy)
