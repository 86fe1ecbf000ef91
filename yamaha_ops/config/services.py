"""The router's own services: whether they run, on which port, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
from typing import TYPE_CHECKING

from yamaha_ops.config.setting import Key

if TYPE_CHECKING:
    from yamaha_ops.config.configuration import Configuration
    from yamaha_ops.config.network import Address, Attached
    from yamaha_ops.config.setting import Setting

ON, OFF = "on", "off"
_LAN_SIDE = ("lan", "vlan", "bridge")


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the router, with the defaults of the command reference.

    Attributes:
        name: For people, and for :class:`~yamaha_ops.config.check.finding.Circumstances`.
        host: The command that says who may use it.
        hosts: Who may without that command.
        port: The port, unless ``listen`` says another.
        switch: The command that turns it on or off, if any.
        default: ``on`` or ``off``: whether it runs without that command.
        listen: The command for its port, if any.
        protocol: ``tcp`` or ``udp``.
    """

    name: str
    host: str
    hosts: str
    port: int
    switch: str = ""
    default: str = ON
    listen: str = ""
    protocol: str = "tcp"

    def setting(self, configuration: Configuration) -> Setting | None:
        """Return the line that says who may use it."""
        return configuration.settings.get(Key("", self.host))

    def is_on(self, configuration: Configuration) -> bool:
        """Say whether it runs."""
        found = configuration.settings.get(Key("", self.switch))
        return (found.values[0] if found else self.default) != OFF

    def number(self, configuration: Configuration) -> int:
        """Return the port it listens on."""
        found = configuration.settings.get(Key("", self.listen))
        return int(found.values[0]) if found and found.values[0].isdecimal() else self.port

    def admits(self, configuration: Configuration, host: Address, way: Attached | str) -> bool:
        """Say whether its host list lets ``host`` in, that comes by ``way``."""
        found = self.setting(configuration)
        words = found.values if found else [self.hosts]
        return any(_admits(word, host, way) for word in words)


def _admits(word: str, host: Address, way: Attached | str) -> bool:
    interface = way if isinstance(way, str) else way.interface
    if word == "any":
        return True
    if word == "lan":
        return not isinstance(way, str) and interface.startswith(_LAN_SIDE)
    if word == interface:
        return True
    first, dash, last = word.partition("-")
    try:
        low = IPv4Address(first)
        high = IPv4Address(last) if dash else low
    except AddressValueError:
        return False
    return host.version == low.version and int(low) <= int(host) <= int(high)


SERVICES = {
    each.name: each
    for each in (
        # REF 4.38-4.40, 4.65-4.67, 33.1-33.4, 4.54, 24.1 and 24.13.
        Service("telnet", "telnetd host", "any", 23, "telnetd service", ON, "telnetd listen"),
        Service("ssh", "sshd host", "any", 22, "sshd service", OFF, "sshd listen"),
        Service("http", "httpd host", "lan", 80, "httpd service", ON, "httpd listen"),
        Service("tftp", "tftp host", "none", 69, protocol="udp"),
        Service("dns", "dns host", "any", 53, "dns service", protocol="udp"),
    )
}
