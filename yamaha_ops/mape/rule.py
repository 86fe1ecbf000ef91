"""One mapping rule of RFC 7597 section 5, checked when it is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, get_args

from yamaha_ops.errors import MapeError
from yamaha_ops.mape.address import (
    IPV4_BITS,
    IPV6_BITS,
    NETWORK_BITS,
    ipv4_text,
    ipv6_text,
    network_text,
    prefix_mask,
    read_ipv4_prefix,
    read_ipv6,
    read_ipv6_prefix,
)
from yamaha_ops.mape.ports import check_port_parameters

InterfaceId = Literal["draft-03", "rfc7597"]
"""How the CE address ends: as in draft-ietf-softwire-map-03 (every Japanese line) or RFC 7597 6."""

INTERFACE_IDS: tuple[InterfaceId, ...] = get_args(InterfaceId)
DEFAULT_OFFSET: dict[InterfaceId, int] = {"draft-03": 4, "rfc7597": 6}
"""The PSID offset where nobody states one."""

MAX_EA_BITS = 48


@dataclass(frozen=True, slots=True)
class Rule:
    """A mapping rule; numbers in bits. Text is normalised (RFC 5952), the rest is derived.

    Attributes:
        ipv6: Rule IPv6 prefix, such as ``240b:10::/32``.
        ipv4: Rule IPv4 prefix, such as ``106.72.0.0/16``; a bare address is a /32.
        ea_bits: Length of the embedded address bits behind the IPv6 prefix (0..48).
        psid_offset: a, the port bits in front of the PSID (0..15).
        interface_id: Form of the CE address.
        br: IPv6 address of the border relay, if known.
        provisioned_psid: The PSID, where it does not come from the prefix (EA bits 0).
        provisioned_psid_length: Its length; with EA bits it may be stated but must agree with them.
        provider: Whose rule it is.
        evidence: How well the rule is verified (see :data:`yamaha_ops.mape.EVIDENCE`).
        source: Where the rule was found.
        network: Rule IPv6 prefix as a number: the upper 64 bits of it.
        ipv6_length: n, its length.
        ipv4_value: Rule IPv4 prefix as a number.
        ipv4_length: r, its length.
        end: n + EA bits: an end-user prefix must be at least this long.
        ipv4_spare: How many bits of the IPv4 address the rule leaves open (32 - r - p): 0 where it
            gives an address, more where it gives a prefix.
        psid_length: k, the length of the PSID; 0 where the address is not shared.

    Raises:
        MapeError: The rule is not one that RFC 7597 allows; the message says why.
    """

    ipv6: str
    ipv4: str
    ea_bits: int
    psid_offset: int = DEFAULT_OFFSET["rfc7597"]
    interface_id: InterfaceId = "rfc7597"
    br: str | None = None
    provisioned_psid: int | None = None
    provisioned_psid_length: int | None = None
    provider: str | None = None
    evidence: str | None = None
    source: str | None = None
    network: int = field(init=False, repr=False, compare=False)
    ipv6_length: int = field(init=False, repr=False, compare=False)
    ipv4_value: int = field(init=False, repr=False, compare=False)
    ipv4_length: int = field(init=False, repr=False, compare=False)
    end: int = field(init=False, repr=False, compare=False)
    ipv4_spare: int = field(init=False, repr=False, compare=False)
    psid_length: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        network, ipv6_length = _rule_ipv6(self.ipv6)
        ipv4_value, ipv4_length = _rule_ipv4(self.ipv4)
        suffix_length = min(self.ea_bits, IPV4_BITS - ipv4_length)
        store = object.__setattr__
        store(self, "ipv6", f"{network_text(network)}/{ipv6_length}")
        store(self, "ipv4", f"{ipv4_text(ipv4_value)}/{ipv4_length}")
        store(self, "br", None if self.br is None else _canonical(self.br))
        store(self, "network", network)
        store(self, "ipv6_length", ipv6_length)
        store(self, "ipv4_value", ipv4_value)
        store(self, "ipv4_length", ipv4_length)
        store(self, "end", ipv6_length + self.ea_bits)
        store(self, "ipv4_spare", IPV4_BITS - ipv4_length - suffix_length)
        store(self, "psid_length", self.ea_bits - suffix_length)
        self._check_lengths()
        if self.provisioned_psid is not None or self.provisioned_psid_length is not None:
            self._take_provisioned()
        check_port_parameters(self.psid_offset, self.psid_length, self.provisioned_psid or 0)

    def _check_lengths(self) -> None:
        if self.interface_id not in INTERFACE_IDS:
            raise MapeError(
                f"interface id form {self.interface_id!r} does not exist; "
                f"it is {' or '.join(INTERFACE_IDS)}"
            )
        if not 0 <= self.ea_bits <= MAX_EA_BITS:
            raise MapeError(f"{self.ea_bits} EA bits are impossible; it must be 0..{MAX_EA_BITS}")
        if self.end > NETWORK_BITS:
            raise MapeError(
                f"{self.ipv6} with {self.ea_bits} EA bits reaches bit {self.end}, "
                f"but prefix and EA bits must end within {NETWORK_BITS}"
            )

    def _take_provisioned(self) -> None:
        """Use the PSID that came from outside (RFC 7598 PORTPARAMS), or refuse it."""
        stated = self.provisioned_psid_length
        if self.ea_bits:
            if self.provisioned_psid is not None:
                raise MapeError(
                    f"a rule with {self.ea_bits} EA bits takes its PSID from the prefix; "
                    "state a PSID only where EA bits are 0"
                )
            if stated != self.psid_length:
                raise MapeError(
                    f"PSID length {stated} contradicts the rule: {self.ea_bits} EA bits behind "
                    f"{self.ipv4} leave {self.psid_length}"
                )
            return
        if stated is None:
            raise MapeError("a stated PSID needs its PSID length, too")
        if stated and self.ipv4_length < IPV4_BITS:
            raise MapeError(
                f"{self.ipv4} is a whole prefix: ports are shared only of one address (a /32)"
            )
        if stated and self.provisioned_psid is None:
            raise MapeError(
                f"PSID length {stated} without EA bits needs the PSID itself, too: "
                "the prefix cannot tell it"
            )
        object.__setattr__(self, "psid_length", stated)


@lru_cache(maxsize=16)
def _canonical(address: str) -> str:
    return ipv6_text(read_ipv6(address))


def _rule_ipv6(text: str) -> tuple[int, int]:
    value, length = read_ipv6_prefix(text)
    if length is None:
        raise MapeError(f"rule prefix {text} has no length; write it like 2001:db8::/40")
    if length > NETWORK_BITS:
        raise MapeError(f"rule prefix {text} is too long; it must be at most a /{NETWORK_BITS}")
    mask = prefix_mask(length, IPV6_BITS)
    if value & ~mask:
        raise MapeError(
            f"rule prefix {text} has bits set behind bit {length}; "
            f"was {ipv6_text(value & mask)}/{length} meant?"
        )
    return value >> NETWORK_BITS, length


def _rule_ipv4(text: str) -> tuple[int, int]:
    value, length = read_ipv4_prefix(text)
    mask = prefix_mask(length, IPV4_BITS)
    if value & ~mask:
        raise MapeError(
            f"rule prefix {text} has bits set behind bit {length}; "
            f"was {ipv4_text(value & mask)}/{length} meant?"
        )
    return value, length
