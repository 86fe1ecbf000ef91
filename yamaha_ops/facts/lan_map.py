"""What hangs on a router: one row a host, from ARP, DHCP and the router's own LAN map."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from yamaha_ops.facts import agents as lan_map_command
from yamaha_ops.facts.asking import lines_of, record_of
from yamaha_ops.status.arp import Arp
from yamaha_ops.status.dhcp import Dhcp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from yamaha_ops.facts.agents import Agent, Terminal
    from yamaha_ops.facts.asking import Ask


@dataclass(frozen=True, slots=True)
class Host:
    """One host.

    Attributes:
        address: IPv4 address.
        mac_address: In lower case.
        interface: Of the router: ``LAN1``.
        port: Of the router's own switch.
        host_name: As it told the DHCP server, or as the LAN map names it.
        lease_seconds: What is left of its lease.
        agent: MAC address of the Yamaha switch it hangs on.
        agent_port: The port there.
        kind: What the LAN map takes it for, in the router's words.
    """

    address: str | None = None
    mac_address: str | None = None
    interface: str | None = None
    port: int | None = None
    host_name: str | None = None
    lease_seconds: int | None = None
    agent: str | None = None
    agent_port: int | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class LanMap:
    """The hosts and switches of a router.

    Attributes:
        router: Inventory name.
        hosts: By interface, port and address.
        agents: Yamaha switches; empty where ``switch control mode`` is not ``manager``.
    """

    router: str
    hosts: tuple[Host, ...]
    agents: tuple[Agent, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


def read_lan_map(ask: Ask, router: str, *, interface: str = "lan1") -> LanMap:
    """Ask a router.

    Args:
        ask: Enters a show command.
        router: Inventory name.
        interface: Whose LAN map to ask for, where the router keeps one.

    Raises:
        ConnectError, ConsoleError: The dialogue failed.
    """
    arp = record_of(ask, "show arp", Arp)
    dhcp = record_of(ask, "show status dhcp", Dhcp)
    lines = lines_of(ask, f"show lan-map {interface} detail")
    return put_together(router, arp, dhcp, lines or ())


def put_together(
    router: str, arp: Arp | None, dhcp: Dhcp | None, lan_map: tuple[str, ...] = ()
) -> LanMap:
    """Make one map of what several answers say.

    Args:
        router: Inventory name.
        arp: The neighbours.
        dhcp: The leases.
        lan_map: Lines of ``show lan-map INTERFACE detail``.
    """
    hosts: dict[str, Host] = {}
    for entry in arp.entries if arp else ():
        mac = entry.mac_address.lower()
        hosts[mac] = Host(entry.address, mac, entry.interface, entry.port)
    for scope in dhcp.scopes if dhcp else ():
        for lease in scope.leases:
            key = lease.mac_address.lower() if lease.mac_address else lease.address
            known = hosts.get(key, Host(lease.address, lease.mac_address))
            hosts[key] = replace(
                known, host_name=lease.host_name, lease_seconds=lease.remaining_seconds
            )
    agents, terminals = lan_map_command.parse(lan_map)
    _place(hosts, terminals)
    return LanMap(router, tuple(sorted(hosts.values(), key=_order)), tuple(agents))


def _place(hosts: dict[str, Host], terminals: Iterable[Terminal]) -> None:
    """Add what the LAN map knows of hosts."""
    for terminal in terminals:
        about = terminal.about
        known = hosts.get(terminal.mac_address, Host(None, terminal.mac_address))
        hosts[terminal.mac_address] = replace(
            known,
            address=known.address or about.get("IP アドレス"),
            host_name=known.host_name or about.get("機器名"),
            agent=terminal.agent,
            agent_port=terminal.port,
            kind=about.get("種類"),
        )


def _order(host: Host) -> tuple[str, int, int]:
    number = int(ip_address(host.address)) if host.address else 0
    return host.interface or "", host.port or 0, number
