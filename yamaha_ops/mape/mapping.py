"""From an IPv6 prefix to IPv4 address, ports and CE address, and back (RFC 7597 sections 5, 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from yamaha_ops.errors import MapeError
from yamaha_ops.mape.address import (
    IPV4_BITS,
    IPV6_BITS,
    NETWORK_BITS,
    ipv4_text,
    ipv6_text,
    network_text,
    quoted,
    read_ipv4,
    read_ipv6_prefix,
)
from yamaha_ops.mape.blocks import whose_block
from yamaha_ops.mape.ports import PortSet, check_port, lowest_port, port_set, psid_of_port
from yamaha_ops.mape.table import RuleTable, shipped_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from yamaha_ops.mape.rule import Rule


@dataclass(frozen=True, slots=True)
class Mapping:
    """What a line has under MAP-E. Addresses are text in their one canonical form.

    Attributes:
        rule: The rule that applies.
        end_user_prefix: The prefix of the line, such as ``240b:10:0:3100::/64``.
        ipv4: The IPv4 address, or a prefix where the rule gives one.
        psid: Which share of the ports; ``None`` where the address is not shared.
        ports: The ports that belong to the line.
        ce: The IPv6 address that the customer edge sends from.
    """

    rule: Rule
    end_user_prefix: str
    ipv4: str
    psid: int | None
    ports: PortSet
    ce: str

    @property
    def psid_length(self) -> int:
        """How many bits the PSID has; 0 where there is none."""
        return self.rule.psid_length

    @property
    def br(self) -> str | None:
        """The IPv6 address of the border relay, if the rule tells it."""
        return self.rule.br

    @property
    def subnet_bits(self) -> int:
        """The bits of the prefix behind the EA bits, as a number.

        They are kept in the CE address (RFC 7597 section 5.2). Whether a given router keeps them is
        not known for every model, so a value other than 0 is worth a look at the router itself.
        """
        address, _, length = self.end_user_prefix.partition("/")
        value, _ = read_ipv6_prefix(address)
        spare = int(length) - self.rule.end
        return value >> IPV6_BITS - int(length) & (1 << spare) - 1


def calculate(text: str, rules: RuleTable | None = None) -> Mapping:
    """Return the mapping of an end-user prefix, or of the line that an address belongs to.

    Args:
        text: A prefix that reaches at least to the end of the EA bits and at most to bit 64
            (``240b:10:0:3100::/64``), or an address on the line; bits behind the length are
            ignored, and an address stands for the shortest prefix that the rule allows.
        rules: The rules to use; the shipped ones if left out.

    Raises:
        MapeError: ``text`` is not IPv6, no rule covers it, or the prefix is too short or too long.
    """
    value, length = read_ipv6_prefix(text)
    network = value >> NETWORK_BITS
    table = shipped_rules() if rules is None else rules
    rule = table.find(network, NETWORK_BITS if length is None else length)
    if rule is None:
        raise MapeError(_no_rule(text, value, table))
    if length is None:
        length = rule.end
    elif not rule.end <= length <= NETWORK_BITS:
        raise MapeError(_wrong_length(text, length, rule))
    return mapping_of(rule, network, length)


def owner(ipv4: str, port: int, rules: RuleTable | None = None) -> Mapping:
    """Return the mapping of the line that owns a port of an IPv4 address (RFC 7597 section 5.3).

    The end-user prefix is known as far as the EA bits reach. The rule with the longest IPv4 prefix
    decides; several rules may share one address (EA bits 0, one PSID each).

    Args:
        ipv4: The address, without a length.
        port: 0..65535.
        rules: The rules to use; the shipped ones if left out.

    Raises:
        MapeError: The input is not an address and a port, or nobody owns them.
    """
    value = read_ipv4(ipv4)
    check_port(port)
    candidates = (shipped_rules() if rules is None else rules).owners(value)
    for rule in candidates:
        psid = psid_of_port(port, rule.psid_offset, rule.psid_length)
        if psid is None or rule.provisioned_psid not in (None, psid):
            continue
        suffix = value - rule.ipv4_value >> rule.ipv4_spare
        ea = suffix << rule.psid_length | psid if rule.ea_bits else 0
        return mapping_of(rule, rule.network | ea << NETWORK_BITS - rule.end, rule.end)
    raise MapeError(_no_owner(ipv4, port, candidates))


def mapping_of(rule: Rule, network: int, length: int) -> Mapping:
    """Return the mapping of a prefix (its upper 64 bits) that is known to lie inside the rule."""
    ea = network >> NETWORK_BITS - rule.end & (1 << rule.ea_bits) - 1
    psid_length = rule.psid_length
    if rule.ea_bits:
        psid = ea & (1 << psid_length) - 1
        ipv4 = rule.ipv4_value | ea >> psid_length << rule.ipv4_spare
    else:
        psid = rule.provisioned_psid or 0
        ipv4 = rule.ipv4_value
    network = network >> NETWORK_BITS - length << NETWORK_BITS - length
    interface_id = ipv4 << 16 | psid if rule.interface_id == "rfc7597" else ipv4 << 24 | psid << 8
    address = ipv4_text(ipv4)
    return Mapping(
        rule,
        f"{network_text(network)}/{length}",
        f"{address}/{IPV4_BITS - rule.ipv4_spare}" if rule.ipv4_spare else address,
        psid if psid_length else None,
        port_set(rule.psid_offset, psid_length, psid),
        ipv6_text(network << NETWORK_BITS | interface_id),
    )


def _no_rule(text: str, value: int, table: RuleTable) -> str:
    if table.find(value >> NETWORK_BITS, NETWORK_BITS):
        return (
            f"{quoted(text)} is shorter than the rules inside it; give the /56 or /64 of the line"
        )
    if len(table) == 1:
        return f"{quoted(text)} is not inside the rule prefix {next(iter(table)).ipv6}"
    whose = whose_block(value)
    return f"no rule matches {quoted(text)}" + (f", which is {whose}" if whose else "")


def _wrong_length(text: str, length: int, rule: Rule) -> str:
    if length < rule.end:
        return (
            f"{quoted(text)} is too short: rule {rule.ipv6} has its EA bits up to bit {rule.end}, "
            f"so the /{rule.end} of the line is needed"
        )
    return (
        f"{quoted(text)} is too long: an end-user prefix is at most a /{NETWORK_BITS}; "
        "for an address leave the length away"
    )


def _no_owner(ipv4: str, port: int, candidates: Sequence[Rule]) -> str:
    if not candidates:
        return f"no rule covers the IPv4 address {ipv4}"
    rule = candidates[0]
    lowest = lowest_port(rule.psid_offset, rule.psid_length)
    if port < lowest:
        return (
            f"port {port} of {ipv4} belongs to nobody: PSID offset {rule.psid_offset} "
            f"leaves ports 0-{lowest - 1} out"
        )
    return f"no rule for {ipv4} has the PSID of port {port}"
