"""What templates see: the router of the inventory, and what follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from yamaha_ops.errors import RenderError
from yamaha_ops.firmware import since, supports
from yamaha_ops.render.filters import Policy, ipv6_policy, tunnel_policy
from yamaha_ops.render.services import SERVICES, V6PLUS_DEFAULT, Service
from yamaha_ops.render.words import Words

if TYPE_CHECKING:
    from yamaha_ops.inventory import Router


@dataclass(frozen=True, slots=True)
class Tunnel:
    """The tunnel that carries IPv4 over the line."""

    number: int
    encapsulation: str
    map_e_type: str | None
    """None where the firmware does not know the command, or needs no telling."""
    mtu: int
    policy: Policy
    nat_descriptor: int | None


@dataclass(frozen=True, slots=True)
class Nat:
    """The NAT descriptor that shares the line's IPv4 address."""

    descriptor: int
    outer: str


def context(router: Router) -> dict[str, Any]:
    """Return the variables of the templates.

    Raises:
        RenderError: The inventory lacks a part that a configuration needs, or asks for what the
            model or its firmware cannot do.
    """
    line, lan = router.line, router.lan
    if line is None or lan is None:
        missing = "line" if line is None else "lan"
        raise RenderError(f"has no {missing} in the inventory", router=router.name)
    service = SERVICES[line.service]
    for feature in service.needs:
        _demand(feature, f"line.service {line.service}", router)
    tunnel = _tunnel(router, service)
    return {
        "router": router,
        "variables": router.variables,
        "extra": tuple(Words(each) for each in router.extra),
        "line": line,
        "lan": lan,
        "ipv6": ipv6_policy(),
        "tunnel": tunnel,
        "nat": Nat(line.nat_descriptor, service.nat_outer) if service.nat_outer else None,
    }


def _tunnel(router: Router, service: Service) -> Tunnel | None:
    line, lan = router.line, router.lan
    if service.encapsulation is None or line is None or lan is None:
        return None
    kind = service.map_e_type
    if kind == V6PLUS_DEFAULT and not supports("map-e type", router.model, router.firmware):
        kind = None
    return Tunnel(
        number=line.tunnel,
        encapsulation=service.encapsulation,
        map_e_type=kind,
        mtu=line.mtu,
        policy=tunnel_policy(lan.address.network),
        nat_descriptor=line.nat_descriptor if service.nat_outer else None,
    )


def _demand(feature: str, reason: str, router: Router) -> None:
    if supports(feature, router.model, router.firmware) is not False:
        return
    first = since(feature, router.model)
    if first is None:
        raise RenderError(f"{reason} is not for a {router.model}", router=router.name)
    raise RenderError(
        f"{reason} needs firmware {first} on a {router.model}; the inventory says "
        f"{router.firmware}",
        router=router.name,
        hint="update the router, then its firmware in the inventory",
    )
