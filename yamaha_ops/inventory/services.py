"""What the router does for its LAN and for whoever looks after it."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    Field,
    PlainSerializer,
    PlainValidator,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from yamaha_ops.inventory.parts import (
    Access,
    Command,
    DomainName,
    Host,
    Part,
    Text,
    fault,
    form,
    one_of,
)
from yamaha_ops.inventory.secret import Secret

Address = Annotated[
    IPv4Address | IPv6Address,
    PlainValidator(one_of("an address", ip_address), str),
    PlainSerializer(str),
]


Facility = Annotated[
    str, form(r"^(user|local[0-7]|\d{1,2})$", "user, local0 to local7 or a number")
]
MOMENT = (
    r"startup|usb-attached|sd-attached|"
    r"([*0-9,-]+/([*0-9,-]+|[a-z]{3}([,-][a-z]{3})*) )?"
    r"[*0-9,-]{1,8}:[*0-9,-]{1,8}(:\d{1,2})?"
)
"""REF 37.1, without the relative timer: that is no state but an event."""
Moment = Annotated[
    str, form(rf"^({MOMENT})$", "startup, or a time such as 03:00 or */mon 03:00:00")
]


Zone = Annotated[str, form(r"^(jst|utc|[+-]\d{2}:\d{2})$", "jst, utc or such as +09:00")]


class Dns(Part):
    """The router as the LAN's name server."""

    servers: Annotated[tuple[Address, ...], Field(max_length=4)] = ()
    """Servers to ask instead of the line's own."""
    domains: dict[DomainName, Annotated[tuple[Address, ...], Field(min_length=1, max_length=2)]] = (
        Field(default_factory=dict)
    )
    """Servers for one domain and everything below it."""
    records: dict[DomainName, IPv4Address] = Field(default_factory=dict)
    """Names that the router answers by itself, both ways."""
    prefer_ipv6: bool = True
    """`dns service fallback`: the router's own questions go out for IPv6 first (REF 24.16)."""
    spoof_private: bool = False
    """Answer reverse questions for private addresses by itself (REF 24.7)."""


class Management(Part):
    """Who may come in, and how; the default is the LAN."""

    hosts: tuple[Address, ...] = ()
    """Addresses that must always be able to log in: a change that shuts them out is refused."""
    ssh: Access = ("lan",)
    telnet: Access = ("lan",)
    """Yamaha's factory setting; `none` where SSH is enough."""
    http: Access | None = None
    sftp: Access | None = None
    """Closed where left out, as from the factory."""
    ssh_ciphers: tuple[
        Literal["aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-cbc", "aes192-cbc", "aes256-cbc"],
        ...,
    ] = ()
    ssh_keys_only: bool = False
    """Refuse passwords over SSH; the key files must be on the router already."""
    ssh_alive: bool = False
    """Drop SSH clients that no longer answer (REF 4.72)."""
    close_recovery: bool = False
    """Refuse the recovery phrase on the serial port (`security class 1 off off`, REF 4.12)."""


class Check(Part):
    """Something that must hold after a change, besides what the line promises."""

    name: Text | None = None
    """What it is called in reports; what is asked, where left out."""
    ping: Address | None = None
    """An address that must answer."""
    command: Command | None = None
    """A `show` or `ping` command of the router's."""
    pattern: Text | None = None
    """A regular expression that the command's answer must contain."""

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re.compile(pattern or "")
        except re.error as error:
            raise PydanticCustomError(
                "pattern", "is no regular expression: {reason}", {"reason": error.msg}
            ) from None
        return pattern

    @model_validator(mode="after")
    def _one_kind(self) -> "Check":
        if (self.ping is None) == (self.command is None):
            raise fault("ping", "needs either ping or command")
        if (self.command is None) != (self.pattern is None):
            raise fault("command", "command and pattern belong together")
        if self.command and not self.command.startswith(("show ", "ping ", "ping6 ")):
            raise fault("command", "must be a show or ping command: a check changes nothing")
        return self


class User(Part):
    """A login user besides the toolkit's own."""

    password: Secret
    administrator: bool = False
    connections: tuple[Literal["serial", "telnet", "ssh", "sftp", "remote", "http"], ...] = ("ssh",)
    login_timer: Annotated[int, Field(ge=120, le=21474836)] | None = None


class Syslog(Part):
    """Where the log goes, and how much of it."""

    hosts: Annotated[tuple[Address, ...], Field(max_length=4)] = ()
    facility: Facility | None = None
    notice: bool | None = None
    """Filter reports (off where left out)."""
    info: bool | None = None
    debug: bool | None = None


class Snmp(Part):
    """SNMP v1 and v2c, to read only."""

    hosts: Annotated[tuple[IPv4Address, ...], Field(min_length=1)]
    """Who may ask; nobody else is answered."""
    community: Secret
    """The router's own default is `public`."""
    sysname: Text | None = None
    location: Text | None = None
    contact: Text | None = None


NEVER_SCHEDULED = (
    "administrator",
    "cold start",
    "confirm",
    "console",
    "copy",
    "date",
    "delete",
    "echo",
    "embedded file",
    "exit",
    "help",
    "http revision-up go",
    "http revision-up schedule",
    "interface reset",
    "less",
    "login",
    "luac",
    "macro",
    "make directory",
    "nslookup",
    "packetdump",
    "ping",
    "quit",
    "rename",
    "rollback timer",
    "rtfs",
    "save",
    "schedule at",
    "scp",
    "show",
    "ssh",
    "sshd host key generate",
    "sshd session",
    "system packet-buffer",
    "telnet",
    "telnetd session",
    "time",
    "timezone",
    "traceroute",
    "user attribute",
)
"""Commands that a schedule refuses (REF 37.1), as far as an inventory could want them."""


def _schedulable(command: str) -> str:
    words = f"{command.lower()} "
    for refused in NEVER_SCHEDULED:
        if words.startswith(f"{refused} ") and not words.startswith(_STILL_SCHEDULED):
            raise PydanticCustomError(
                "schedule", "a router does not schedule {refused}", {"refused": refused}
            )
    return command


_STILL_SCHEDULED = ("console info ", "console prompt ")


class Schedule(Part):
    """A command at its time (REF 37.1)."""

    at: Moment
    """`startup`, `03:00`, `*/mon 03:00:00`, `1/1 00:00`."""
    command: Annotated[Command, AfterValidator(_schedulable)]


class Time(Part):
    """Clock and time zone."""

    zone: (
        Annotated[str, form(r"^(jst|utc|[+-]\d{2}:\d{2})$", "jst, utc or such as +09:00")] | None
    ) = None
    server: Host | None = None
    """An NTP server to set the clock by, once a day."""
    at: Annotated[str, form(r"^\d{2}:\d{2}:\d{2}$", "a time such as 03:00:00")] = "00:00:00"


class Console(Part):
    """The console as people see it; the toolkit puts its own settings back after itself."""

    character: Literal["en.ascii", "ja.sjis", "ja.euc", "ja.utf8"] | None = None
    lines: Annotated[int, Field(ge=10, le=100)] | Literal["infinity"] | None = None
    columns: Annotated[int, Field(ge=80, le=4096)] | None = None
    prompt: Text | None = None
