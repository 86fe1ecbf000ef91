"""Packet filters from intent: the default policy, and numbers that stay put.

The default is the one of Yamaha's setting examples for IPoE lines: from outside nothing but ICMP
(and, on IPv6, the tunnel's own protocol 4 and DHCPv6 answers); from inside everything, with the
dynamic filters letting the answers back in. Numbers are Yamaha's customary ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.render.words import Words, words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from ipaddress import IPv4Network


@dataclass(frozen=True, slots=True)
class Filter:
    """One static filter: its number and the rest of its line."""

    number: int
    rule: Words


@dataclass(frozen=True, slots=True)
class Dynamic:
    """One dynamic filter: its number and the application it follows."""

    number: int
    application: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What one interface lets through, in the order of evaluation."""

    incoming: tuple[Filter, ...]
    outgoing: tuple[Filter, ...]
    dynamic: tuple[Dynamic, ...]

    @property
    def into(self) -> Words:
        """The list of ``secure filter in``."""
        return words(each.number for each in self.incoming)

    @property
    def out(self) -> Words:
        """The list of ``secure filter out``."""
        numbers = words(each.number for each in self.outgoing)
        followed = words(each.number for each in self.dynamic)
        return Words(f"{numbers} dynamic {followed}" if followed else numbers)


PASS_ALL = Filter(200099, Words("pass * * * * *"))
REJECT_ALL = Filter(200039, Words("reject *"))
TUNNELS = Filter(200031, Words("pass * * 4"))
"""Protocol 4 is IPv4 in IPv6: without this line every IPv4-over-IPv6 tunnel is dead."""
DHCPV6 = Filter(200038, Words("pass * * udp * 546"))
PING6 = Filter(200030, Words("pass * * icmp6 * *"))

FTP, DOMAIN, WWW, SMTP, POP3, TCP, UDP = (
    Dynamic(200080, "ftp"),
    Dynamic(200081, "domain"),
    Dynamic(200082, "www"),
    Dynamic(200083, "smtp"),
    Dynamic(200084, "pop3"),
    Dynamic(200098, "tcp"),
    Dynamic(200099, "udp"),
)


def ipv6_policy(allowed: Iterable[Filter] = ()) -> Policy:
    """Return the policy of the line's own interface."""
    return Policy(
        (PING6, TUNNELS, DHCPV6, *allowed, REJECT_ALL),
        (PASS_ALL,),
        (FTP, DOMAIN, WWW, SMTP, POP3, TCP, UDP),
    )


def tunnel_policy(lan: IPv4Network, allowed: Iterable[Filter] = ()) -> Policy:
    """Return the policy of the IPv4 tunnel; inbound it sees inner addresses (after NAT)."""
    ping = Filter(200030, Words(f"pass * {lan} icmp * *"))
    return Policy((ping, *allowed, REJECT_ALL), (PASS_ALL,), (FTP, WWW, SMTP, POP3, TCP, UDP))
