"""One router of the inventory: how to reach it, what it is, what it should be."""

from typing import Any, Literal

from pydantic import Field, model_validator

from yamaha_ops.firmware import Model, Revision
from yamaha_ops.inventory.lan import Lan, Network, Vlan
from yamaha_ops.inventory.line import Line
from yamaha_ops.inventory.parts import (
    Extra,
    Firmware,
    Host,
    Label,
    Login,
    Name,
    Part,
    Port,
    Text,
    UserName,
    fault,
)
from yamaha_ops.inventory.scripts import Script, ScriptName, agree
from yamaha_ops.inventory.services import (
    Check,
    Console,
    Dns,
    Management,
    Schedule,
    Snmp,
    Syslog,
    Time,
    User,
)
from yamaha_ops.inventory.traffic import Filters
from yamaha_ops.inventory.vpn import Vpn

NO_INBOUND = frozenset({"transix", "xpass", "v6connect", "ds-lite", "ipv6"})
"""Services without an IPv4 address of one's own: nothing can be forwarded."""


class Router(Part):
    """One router: the device, the line it serves and the network behind it."""

    name: Name
    """The key of the entry."""
    host: Host
    """Where the toolkit reaches the router: an address or a name."""
    port: Port = 22
    model: Model = "RTX830"
    firmware: Firmware | None = None
    """The revision it runs, where known: the rendering keeps to what that revision can do."""
    login: Login = Login()
    known_hosts: Literal["strict", "first-use"] = "strict"
    """Whether a host key never seen before is refused, or recorded and trusted from then on."""
    legacy_algorithms: bool = False
    """Offer the SHA-1 algorithms that old firmware needs."""
    type_ahead: bool = True
    """Let the exporter enter several show commands in one packet; it notices where that fails."""
    groups: tuple[Name, ...] = ()
    """Groups it inherits from; where two disagree, the later one counts."""
    approval: bool = False
    """A change that is made in the browser needs a second person who approves it."""
    labels: dict[Name, Label] = Field(default_factory=dict)
    """For choosing routers: `--label site=tokyo`."""
    variables: dict[Name, Any] = Field(default_factory=dict)
    """Values for templates of your own."""
    line: Line | None = None
    lan: Lan | None = None
    vlans: dict[Name, Vlan] = Field(default_factory=dict)
    filters: Filters = Filters()
    dns: Dns = Dns()
    management: Management = Management()
    users: dict[UserName, User] = Field(default_factory=dict)
    time: Time = Time()
    syslog: Syslog = Syslog()
    snmp: Snmp | None = None
    schedules: dict[Name, Schedule] = Field(default_factory=dict)
    scripts: dict[ScriptName, Script] = Field(default_factory=dict)
    """Lua scripts that it runs, by name: a shipped one, or one of your own."""
    console: Console = Console()
    vpn: Vpn = Vpn()
    checks: tuple[Check, ...] = ()
    """What must hold after a change, besides what the line promises."""
    accepted: dict[str, Text] = Field(default_factory=dict)
    """Findings of `config check` that are meant to stay: the code (or `code:line`) and why."""
    extra: tuple[Extra, ...] = ()
    """Console lines that no field covers, as they are; `{env:NAME}` stands for a secret."""
    without: tuple[Text, ...] = ()
    """Lines of the templates that this router shall not have: how they begin."""

    @model_validator(mode="after")
    def _agrees(self) -> "Router":
        self._check_networks()
        self._check_forwards()
        self._check_vpn()
        agree(self.scripts, self.notifier)
        if self.management.ssh == ("none",):
            raise fault("management.ssh", "must let the toolkit in: it has no other way")
        return self

    def running(self, firmware: str) -> "Router":
        """Return the same router with the revision it says it runs (``Rev.15.02.09``)."""
        return self.model_copy(update={"firmware": Revision.parse(firmware)})

    @property
    def notifier(self) -> str | None:
        """The script that tells the provider of a fixed address where we are, if there is one."""
        if self.line is None or self.line.actual != "v6plus-fixed" or self.line.fixed is None:
            return None
        return "v6plus-notify" if self.line.fixed.user is not None else None

    @property
    def networks(self) -> dict[str, Network]:
        """The LAN and the VLANs by name."""
        return {**({"lan": self.lan} if self.lan else {}), **self.vlans}

    def _check_networks(self) -> None:
        if self.vlans and self.lan is None:
            raise fault("vlans", "need a lan")
        seen: dict[str, Network] = {}
        for name, network in self.networks.items():
            field = "lan.address" if name == "lan" else f"vlans.{name}.address"
            for other, known in seen.items():
                if network.address.network.overlaps(known.address.network):
                    raise fault(field, "overlaps the network of {other}", other=other)
            seen[name] = network
        ids: dict[int, str] = {}
        for name, vlan in self.vlans.items():
            if vlan.id in ids:
                raise fault(f"vlans.{name}.id", "is the ID of {other} already", other=ids[vlan.id])
            ids[vlan.id] = name
            if vlan.ipv6_subnet is not None and (self.line is None or self.line.ipv6 != "pd"):
                raise fault(f"vlans.{name}.ipv6_subnet", "needs a delegated prefix (line.ipv6: pd)")

    def _check_vpn(self) -> None:
        """Refuse what nobody could call: UDP 500 and 4500 are never ports of a shared line."""
        sites, access = self.vpn.sites, self.vpn.remote_access
        if not sites and access is None:
            return
        if self.line is None or self.lan is None:
            raise fault("vpn", "needs a line and a lan")
        own = self.line.own_address
        if access is not None and not own:
            raise fault("vpn.remote_access", "needs an address of one's own: a fixed one or PPPoE")
        numbers = {f"vpn.sites.{name}": site.number for name, site in sites.items()}
        if access is not None:
            numbers["vpn.remote_access"] = access.number
        taken: dict[int, str] = {self.line.tunnel: "line"}
        for part, number in numbers.items():
            if number in taken:
                raise fault(f"{part}.number", "is the tunnel of {other}", other=taken[number])
            taken[number] = part
        for name, site in sites.items():
            if site.peer == "any" and not own:
                raise fault(f"vpn.sites.{name}.peer", "must be an address: nobody can call here")

    def _check_forwards(self) -> None:
        if not self.filters.forward:
            return
        if self.line is None or (self.line.actual in NO_INBOUND and self.line.pppoe is None):
            raise fault("filters.forward", "the line has no IPv4 address that could be reached")
        taken: dict[tuple[str, int], str] = {}
        mapping = self.line.mapping
        for name, forward in self.filters.forward.items():
            field = f"filters.forward.{name}"
            if not any(forward.to in network.address.network for network in self.networks.values()):
                raise fault(f"{field}.to", "{to} is in no network here", to=str(forward.to))
            low, high = forward.outer
            for port in range(low, high + 1):
                key = (forward.service.protocol, port)
                if key in taken:
                    other = taken[key]
                    raise fault(field, "{port} leads to {other} already", port=port, other=other)
                taken[key] = name
                if mapping is not None and port not in mapping.ports:
                    raise fault(
                        f"{field}.port" if forward.port else f"{field}.service",
                        "{port} is not a port of this line; the nearest is {nearest}",
                        port=port,
                        nearest=mapping.ports.nearest(port),
                    )
