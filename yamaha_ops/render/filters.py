"""Packet filters from intent: the default policy, and what the inventory adds to it.

The default is the one of Yamaha's setting examples for IPoE lines: from outside nothing but ICMP
(and, on IPv6, the tunnel's own protocol 4 and DHCPv6 answers); from inside everything, with the
dynamic filters letting the answers back in. For PPPoE it is Yamaha's PPPoE example, which also
keeps forged sources and Windows sharing off the line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from yamaha_ops.errors import RenderError
from yamaha_ops.render import numbers
from yamaha_ops.render.words import Words, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from yamaha_ops.inventory.lan import Vlan
    from yamaha_ops.inventory.router import Router
    from yamaha_ops.inventory.traffic import Forward, Peer, Rule


@dataclass(frozen=True, slots=True)
class Filter:
    """One static filter: its number and the rest of its line."""

    number: int
    rule: Words
    because: str = field(default="filters.policy", compare=False)
    """The field of the inventory that asks for it."""


@dataclass(frozen=True, slots=True)
class Dynamic:
    """One dynamic filter: its number and the application it follows."""

    number: int
    application: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What one interface lets through, in the order of evaluation."""

    incoming: tuple[Filter, ...] = ()
    outgoing: tuple[Filter, ...] = ()
    dynamic: tuple[Dynamic, ...] = ()

    @property
    def statics(self) -> tuple[Filter, ...]:
        """The static filters by number, each once."""
        return in_order((*self.incoming, *self.outgoing))

    @property
    def into(self) -> Words:
        """The list of ``secure filter in``."""
        return _numbers(self.incoming)

    @property
    def out(self) -> Words:
        """The list of ``secure filter out``."""
        static, followed = _numbers(self.outgoing), _numbers(self.dynamic)
        return Words(f"{static} dynamic {followed}" if followed else static)


def _numbers(filters: Iterable[Filter] | Iterable[Dynamic]) -> Words:
    return words(dict.fromkeys(each.number for each in filters))


T = TypeVar("T", Filter, Dynamic)


def _filter(number: int, rule: str, because: str = "filters.policy") -> Filter:
    return Filter(number, Words(rule), because)


PASS_ALL = _filter(200099, "pass * * * * *")
REJECT_ALL = _filter(200039, "reject *")
PING6 = _filter(200030, "pass * * icmp6 * *")
TUNNELS = _filter(200031, "pass * * 4")
"""Protocol 4 is IPv4 in IPv6: without this line every IPv4-over-IPv6 tunnel is dead."""
DHCPV6 = _filter(200038, "pass * * udp * 546")
WINDOWS = (
    _filter(200020, "reject * * udp,tcp 135 *"),
    _filter(200021, "reject * * udp,tcp * 135"),
    _filter(200022, "reject * * udp,tcp netbios_ns-netbios_ssn *"),
    _filter(200023, "reject * * udp,tcp * netbios_ns-netbios_ssn"),
    _filter(200024, "reject * * udp,tcp 445 *"),
    _filter(200025, "reject * * udp,tcp * 445"),
)
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")

IPV4_DYNAMIC = (
    Dynamic(200080, "ftp"),
    Dynamic(200082, "www"),
    Dynamic(200083, "smtp"),
    Dynamic(200084, "pop3"),
    Dynamic(200098, "tcp"),
    Dynamic(200099, "udp"),
)
IPV6_DYNAMIC = (IPV4_DYNAMIC[0], Dynamic(200081, "domain"), *IPV4_DYNAMIC[1:])


def in_order(filters: Iterable[T]) -> tuple[T, ...]:
    """Return filters by number, each once.

    Raises:
        RenderError: Two that differ have the same number, so that one would replace the other.
    """
    found: dict[int, T] = {}
    for each in filters:
        if found.setdefault(each.number, each) != each:
            raise RenderError(f"two filters have the number {each.number}")
    return tuple(found[number] for number in sorted(found))


class Filters:
    """The filters of one router."""

    def __init__(self, router: Router, prefix: str) -> None:
        """Take the router and the name of its delegated prefix (``ra-prefix@lan2``)."""
        self._router = router
        self._prefix = prefix
        wishes = router.filters
        self._none = wishes.policy == "none"
        self._allowed = numbers.by_words(numbers.ALLOW, map(_words, wishes.allow))
        self._blocked = numbers.by_words(numbers.BLOCK, map(_words, wishes.block))

    def ipv6(self) -> Policy:
        """Return the policy of the line's own interface."""
        if self._none:
            return Policy()
        return Policy(
            (PING6, TUNNELS, DHCPV6, *self._allow(6), REJECT_ALL),
            (*self._block(6), PASS_ALL),
            IPV6_DYNAMIC,
        )

    def tunnel(self) -> Policy:
        """Return the policy of an IPv4 tunnel; inbound it sees inner addresses (after NAT)."""
        if self._none:
            return Policy()
        return Policy(
            (*self._pings(), *self._inbound(), REJECT_ALL),
            (*self._block(4), PASS_ALL),
            IPV4_DYNAMIC,
        )

    def session(self) -> Policy:
        """Return the policy of a PPPoE session."""
        if self._none:
            return Policy()
        return Policy(
            (
                *self._for_networks(numbers.SPOOF_IN, 200003, "reject {} * * * *"),
                *WINDOWS,
                *self._pings(),
                *self._inbound(),
            ),
            (
                *self._for_networks(numbers.SPOOF_OUT, 200013, "reject * {} * * *"),
                *WINDOWS,
                *self._block(4),
                PASS_ALL,
            ),
            IPV4_DYNAMIC,
        )

    def isolated(self, name: str, vlan: Vlan) -> Policy:
        """Return the policy of an isolated VLAN: names and addresses from us, then outside only."""
        base = numbers.ISOLATION
        address = vlan.address.ip
        because = f"vlans.{name}.isolated"
        return Policy(
            (
                _filter(base, "pass * * udp * dhcps", because),
                _filter(base + vlan.id * 2 + 10, f"pass * {address} udp,tcp * domain", because),
                _filter(base + vlan.id * 2 + 11, f"pass * {address} icmp * *", because),
                *(
                    _filter(base + 1 + index, f"reject * {private} * * *", because)
                    for index, private in enumerate(PRIVATE)
                ),
                PASS_ALL,
            )
        )

    def _inbound(self) -> Iterator[Filter]:
        yield from self._allow(4)
        for name, forward in self._router.filters.forward.items():
            yield _forwarded(name, forward)
        yield from self._own_vpn()

    def _own_vpn(self) -> Iterator[Filter]:
        lan = self._router.lan
        if lan is None or not answers_vpn(self._router):
            return
        address = lan.address.ip
        yield _filter(numbers.PROTOCOL + 50, f"pass * {address} esp", "vpn")
        for port in VPN_PORTS:
            yield _filter(numbers.FORWARD["udp"] + port, f"pass * {address} udp * {port}", "vpn")

    def _pings(self) -> Iterator[Filter]:
        yield from self._for_networks(numbers.PING, 200030, "pass * {} icmp * *")

    def _for_networks(self, base: int, first: int, rule: str) -> Iterator[Filter]:
        if self._router.lan is not None:
            yield _filter(first, rule.format(self._router.lan.address.network))
        for name, vlan in self._router.vlans.items():
            because = f"vlans.{name}"
            yield _filter(base + vlan.id, rule.format(vlan.address.network), because)

    def _allow(self, version: int) -> Iterator[Filter]:
        for place, rule in enumerate(self._router.filters.allow):
            if rule.version in (None, version):
                number, because = self._allowed[_words(rule)], f"filters.allow.{place}"
                yield _filter(number, self._ruled("pass", rule, version), because)

    def _block(self, version: int) -> Iterator[Filter]:
        for place, rule in enumerate(self._router.filters.block):
            if rule.version in (None, version):
                number, because = self._blocked[_words(rule)], f"filters.block.{place}"
                yield _filter(number, self._ruled("reject", rule, version), because)

    def _ruled(self, action: str, rule: Rule, version: int) -> str:
        if action == "reject" and not rule.log:
            action = "reject-nolog"
        elif rule.log:
            action = f"{action}-log"
        protocol = rule.service.protocol
        if version == 6 and protocol == "icmp":  # noqa: PLR2004 -- IP versions are words
            protocol = "icmp6"
        source, to = self._peer(rule.source), self._peer(rule.to)
        return f"{action} {source} {to} {protocol} * {rule.service.port_list}"

    def _peer(self, peer: Peer) -> str:
        if peer == "any":
            return "*"
        if peer == "lan":
            return str(self._router.lan.address.network) if self._router.lan else "*"
        if peer.version == 6 and int(peer.network_address) >> 64 == 0:  # noqa: PLR2004 -- as above
            # An address such as ::10 is a host in whatever prefix the line has today.
            return f"{self._prefix}{peer.network_address}"
        return str(peer.network_address) if peer.num_addresses == 1 else str(peer)


VPN_PORTS = (500, 1701, 4500)
"""IKE, L2TP and NAT traversal."""


def answers_vpn(router: Router) -> bool:
    """Tell whether IPsec peers may call the router."""
    wanted = router.vpn.remote_access is not None or bool(router.vpn.sites)
    return wanted and router.line is not None and router.line.own_address


def _words(rule: Rule) -> str:
    return f"{rule.source} > {rule.to} {rule.service}"


def _forwarded(name: str, forward: Forward) -> Filter:
    """Let a forward through; the filter sees the inner address and port."""
    number = numbers.FORWARD[forward.service.protocol] + forward.outer[0]
    source = "*" if forward.source == "any" else forward.source
    return _filter(
        number,
        f"pass {source} {forward.to} {forward.service.protocol} * {forward.service.port_list}",
        f"filters.forward.{name}",
    )
