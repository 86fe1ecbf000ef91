"""The network behind the router: its address and its DHCP scope."""

from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Interface
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from yamaha_ops.inventory.line import Interface
from yamaha_ops.inventory.parts import Part


@dataclass(frozen=True, slots=True)
class AddressRange:
    """An inclusive range of IPv4 addresses, written ``192.168.100.2-192.168.100.191``."""

    first: IPv4Address
    last: IPv4Address

    def __str__(self) -> str:
        return f"{self.first}-{self.last}"

    def __contains__(self, address: IPv4Address) -> bool:
        return self.first <= address <= self.last


def _range(value: Any) -> Any:
    if isinstance(value, AddressRange):
        return value
    first, dash, last = str(value).partition("-")
    try:
        found = AddressRange(IPv4Address(first.strip()), IPv4Address(last.strip()))
    except AddressValueError:
        found = None
    if not dash or found is None:
        raise PydanticCustomError(
            "address_range", "must be a range such as 192.168.100.2-192.168.100.191"
        )
    if found.first > found.last:
        raise PydanticCustomError("address_range", "the range ends before it begins")
    return found


Range = Annotated[
    AddressRange,
    BeforeValidator(_range),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": r"^[0-9.]+ *- *[0-9.]+$"}),
]


class Lan(Part):
    """The LAN side."""

    interface: Interface = "lan1"
    address: IPv4Interface
    """The router's own address with its mask length."""
    dhcp: Range | None = None
    """The addresses that the router hands out."""

    @model_validator(mode="after")
    def _fits(self) -> "Lan":
        network = self.address.network
        if self.dhcp and not (self.dhcp.first in network and self.dhcp.last in network):
            raise PydanticCustomError(
                "dhcp",
                "the DHCP range is not inside {network}",
                {"network": str(network), "field": "dhcp"},
            )
        if self.dhcp and self.address.ip in self.dhcp:
            raise PydanticCustomError(
                "dhcp", "the DHCP range holds the router's own address", {"field": "dhcp"}
            )
        return self
