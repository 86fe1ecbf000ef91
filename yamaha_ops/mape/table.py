"""Tables of rules: longest match both ways, and the table that is shipped."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from yamaha_ops.errors import MapeError
from yamaha_ops.mape.address import IPV4_BITS, IPV6_BITS, NETWORK_BITS, read_ipv6_prefix
from yamaha_ops.mape.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

EVIDENCE = {
    "operator-reply": "the operator's own rule server said so",
    "operator-list": "a list published from the operator's data",
    "community": "two independent public sources, or one confirmed by a router's tests",
    "calculator": "one public calculator only",
}
"""What the words in :attr:`Rule.evidence` mean, best first."""

_SHIPPED = Path(__file__).with_name("rules.json")


class RuleTable:
    """Rules in their own order, found by longest match; does not change once made.

    Raises:
        MapeError: Two rules have the same IPv6 prefix.
    """

    __slots__ = ("_by_ipv4", "_by_ipv6", "_rules")

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        by_ipv6: dict[int, dict[int, Rule]] = {}
        for rule in self._rules:
            bucket = by_ipv6.setdefault(rule.ipv6_length, {})
            key = rule.network >> NETWORK_BITS - rule.ipv6_length
            if key in bucket:
                raise MapeError(f"two rules have the IPv6 prefix {rule.ipv6}; keep one")
            bucket[key] = rule
        self._by_ipv6 = tuple(
            (length, NETWORK_BITS - length, by_ipv6[length])
            for length in sorted(by_ipv6, reverse=True)
        )
        self._by_ipv4: dict[int, dict[int, list[Rule]]] | None = None

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    def __len__(self) -> int:
        return len(self._rules)

    def match(self, prefix: str) -> Rule | None:
        """Return the rule with the longest IPv6 prefix that holds this address or prefix.

        Raises:
            MapeError: ``prefix`` is not an IPv6 address or prefix.
        """
        value, length = read_ipv6_prefix(prefix)
        return self.find(value >> NETWORK_BITS, IPV6_BITS if length is None else length)

    def find(self, network: int, length: int) -> Rule | None:
        """Do the same for a prefix as a number, its upper 64 bits (the BMR of RFC 7597 5.2)."""
        for rule_length, shift, rules in self._by_ipv6:
            if rule_length <= length:
                rule = rules.get(network >> shift)
                if rule is not None:
                    return rule
        return None

    def owners(self, ipv4: int) -> Sequence[Rule]:
        """Return the rules with the longest IPv4 prefix that holds the address.

        They are several only where rules share one address, a PSID each (EA bits 0).
        """
        if self._by_ipv4 is None:
            table: dict[int, dict[int, list[Rule]]] = {}
            for rule in self._rules:
                key = rule.ipv4_value >> IPV4_BITS - rule.ipv4_length
                table.setdefault(rule.ipv4_length, {}).setdefault(key, []).append(rule)
            self._by_ipv4 = {length: table[length] for length in sorted(table, reverse=True)}
        for length, rules in self._by_ipv4.items():
            found = rules.get(ipv4 >> IPV4_BITS - length)
            if found:
                return found
        return ()

    def overridden_by(self, own: RuleTable) -> RuleTable:
        """Return both tables as one, without the rules of this one that ``own`` covers.

        A user's own rule is the better authority for everything inside its prefix, even where this
        table is more specific.
        """
        kept = (rule for rule in self if own.find(rule.network, rule.ipv6_length) is None)
        return RuleTable((*own, *kept))


@cache
def shipped_rules() -> RuleTable:
    """Return the rules of the Japanese operators that come with this package, read once."""
    families = json.loads(_SHIPPED.read_bytes())
    return RuleTable(
        Rule(ipv6, ipv4, ea_bits, **family["common"])
        for family in families
        for ipv6, ipv4, ea_bits in family["rules"]
    )
