"""The Internet line a router serves: which service, how IPv6 arrives, what is expected of it."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, PlainSerializer, PlainValidator, model_validator

from yamaha_ops.errors import MapeError
from yamaha_ops.inventory.parts import (
    Description,
    DomainName,
    Interface,
    Part,
    Seconds,
    Text,
    fault,
    form,
    host,
    one_of,
)
from yamaha_ops.inventory.secret import Secret
from yamaha_ops.mape import Mapping, Rule, RuleTable, calculate, shipped_rules

Service = Literal[
    "auto",
    "v6plus",
    "ocn",
    "biglobe",
    "hb46pp",
    "nuro",
    "map-e",
    "v6plus-fixed",
    "transix",
    "transix-fixed",
    "xpass",
    "v6connect",
    "ds-lite",
    "pppoe",
    "ipv6",
]
SERVICES: tuple[str, ...] = get_args(Service)

MAP_E = frozenset({"v6plus", "ocn", "biglobe", "nuro", "map-e"})
"""Services whose IPv4 address and ports follow from the prefix (RFC 7597)."""

_KNOWN_TO_ROUTERS = frozenset({"v6plus", "ocn", "biglobe"})
"""MAP-E services whose rules a router brings along; for the others the prefix must be known."""

_ONLY_FOR = {
    "fixed": {"v6plus-fixed", "transix-fixed"},
    "endpoint": {"transix", "xpass", "v6connect", "ds-lite"},
    "rule": {"map-e"},
    "provisioning": {"hb46pp"},
}
_NEEDED_BY = {
    "v6plus-fixed": ("fixed",),
    "transix-fixed": ("fixed",),
    "ds-lite": ("endpoint",),
    "map-e": ("rule", "prefix"),
    "nuro": ("prefix",),
    "auto": ("prefix",),
    "pppoe": ("pppoe",),
}

InterfaceId = Annotated[
    str,
    form(
        r"^::([0-9a-fA-F]{1,4})(:[0-9a-fA-F]{1,4}){0,3}$|^(:[0-9a-fA-F]{1,4}){4}$",
        "an interface identifier such as ::feed:1",
    ),
]


Endpoint = Annotated[
    IPv6Address | str,
    PlainValidator(one_of("an IPv6 address or a host name", IPv6Address, host), str),
    PlainSerializer(str),
]


class Fixed(Part):
    """A fixed IPv4 address over IPIP, as the provider's paper gives it."""

    address: IPv4Address
    br: IPv6Address
    """The provider's border relay."""
    interface_id: InterfaceId
    """The lower half of the router's own IPv6 address, such as `::feed:1`."""
    user: Annotated[str, form(r"^[A-Za-z0-9._~-]+$", "letters, digits and . _ ~ -")] | None = None
    """For the address notification of v6 Plus fixed IP; goes into a web address as it is."""
    password: Secret | None = None

    @model_validator(mode="after")
    def _both(self) -> "Fixed":
        if (self.user is None) != (self.password is None):
            raise fault("user", "user and password belong together")
        return self


class OwnRule(Part):
    """A MAP-E rule that the shipped table does not have (RFC 7597 section 5)."""

    ipv6: IPv6Network
    ipv4: IPv4Network
    ea_bits: Annotated[int, Field(ge=0, le=48)]
    psid_offset: Annotated[int, Field(ge=0, le=15)] = 4
    br: IPv6Address
    interface_id: Literal["draft-03", "rfc7597"] = "draft-03"


ProvisioningName = Annotated[
    str, form(r"^[A-Za-z0-9_-]{1,32}$", "1 to 32 letters, digits, hyphens and underscores")
]


class Provisioning(Part):
    """What HB46PP tells the provisioning server (REF 14.16, 14.17)."""

    user: ProvisioningName | None = None
    password: Secret | None = None
    server: DomainName | None = None

    @model_validator(mode="after")
    def _both(self) -> "Provisioning":
        if (self.user is None) != (self.password is None):
            raise fault("user", "user and password belong together")
        return self


class Pppoe(Part):
    """A PPPoE session: the line itself, or a second way out beside the tunnel."""

    user: Text
    password: Secret
    number: Annotated[int, Field(ge=1, le=100)] = 1
    """The PP number."""
    mtu: Annotated[int, Field(ge=1280, le=1492)] = 1454
    nat_descriptor: Annotated[int, Field(ge=1, le=2147483647)] | None = None
    """The line's own one; 1 more where a tunnel beside it uses that."""
    hosts: tuple[IPv4Address, ...] = ()
    """Beside a tunnel: hosts of the LAN that go out by PPPoE. Without any, the session takes over
    while the tunnel is down."""


class Line(Part):
    """One line. The defaults are what Yamaha's own examples for the service use."""

    service: Service
    """`auto` recognises the MAP-E service from `prefix`."""
    ipv6: Literal["ra", "pd", "off"] = "ra"
    """How the prefix arrives: router advertisement (a /64) or DHCPv6 delegation (a /56); `off`
    (the default of PPPoE alone) for a line without IPv6."""
    interface: Interface = "lan2"
    description: Description | None = None
    prefix: IPv6Network | None = None
    """The prefix that this line is known to get; verification expects it."""
    tunnel: Annotated[int, Field(ge=1, le=100)] = 1
    mtu: Annotated[int, Field(ge=1280, le=1500)] = 1460
    nat_descriptor: Annotated[int, Field(ge=1, le=2147483647)] = 1000
    ngn: bool = True
    """The line is on NTT's NGN (`ngn type`)."""
    endpoint: Endpoint | None = None
    """The far end of a DS-Lite tunnel; transix, Xpass and v6 connect know their own."""
    fixed: Fixed | None = None
    rule: OwnRule | None = None
    provisioning: Provisioning | None = None
    pppoe: Pppoe | None = None
    udp_timer: Seconds | None = None
    """Seconds an idle UDP session keeps its port; 300 has cured games and calls on 240 ports."""
    tcp_fin_timer: Annotated[int, Field(ge=1, le=21474836)] | None = None
    """Seconds a closed TCP session keeps its port (default 60)."""
    sessions_per_host: Annotated[int, Field(ge=1, le=500000)] | None = None
    """How many sessions one host of the LAN may have."""

    @model_validator(mode="before")
    @classmethod
    def _pppoe_is_ipv4(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("service") == "pppoe":
            return {"ipv6": "off", **data}
        return data

    @model_validator(mode="after")
    def _belongs(self) -> "Line":
        for field, services in _ONLY_FOR.items():
            if getattr(self, field) is not None and self.service not in services:
                raise fault(
                    field,
                    "belongs to service {services}, not {service}",
                    services=" or ".join(sorted(services)),
                    service=self.service,
                )
        for field in _NEEDED_BY.get(self.service, ()):
            if getattr(self, field) is None:
                raise fault("service", "{service} needs {part}", service=self.service, part=field)
        if self.ipv6 == "off" and self.service != "pppoe":
            raise fault("ipv6", "{service} is carried by IPv6", service=self.service)
        self._check_prefix()
        return self

    def _check_prefix(self) -> None:
        """Refuse a prefix that contradicts the service, or from which nothing can be computed."""
        try:
            mapping = self.mapping
        except MapeError as error:
            raise fault("prefix", "{reason}", reason=str(error)) from None
        provider = mapping.rule.provider if mapping else None
        if provider and provider != "own" and self.service not in {"auto", provider}:
            raise fault(
                "prefix",
                "{prefix} belongs to {provider}, not to {service}",
                prefix=str(self.prefix),
                provider=provider,
                service=self.service,
            )

    @property
    def actual(self) -> str:
        """The service; where the inventory says `auto`, the one whose rule has the prefix."""
        if self.service != "auto" or self.mapping is None:
            return self.service
        return str(self.mapping.rule.provider)

    @property
    def own_address(self) -> bool:
        """Whether the line has an IPv4 address that it shares with nobody."""
        return self.pppoe is not None or self.fixed is not None

    @property
    def mapping(self) -> Mapping | None:
        """What MAP-E mathematics says about `prefix`: address, ports, CE and BR.

        None where the prefix is not known, the service is no MAP-E, or the service has rules that
        the shipped table lacks (the router has its own copy of them).
        """
        if self.prefix is None or self.service not in MAP_E | {"auto"}:
            return None
        if self.rule is not None:
            own = RuleTable([Rule(**self.rule.model_dump(mode="json"), provider="own")])
            return calculate(str(self.prefix), own)
        if self.service in _KNOWN_TO_ROUTERS and not shipped_rules().match(str(self.prefix)):
            return None
        return calculate(str(self.prefix))
