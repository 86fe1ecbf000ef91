"""One router of the inventory: how to reach it, what it is, what it should be."""

from typing import Any, Literal

from pydantic import Field

from yamaha_ops.firmware import Model
from yamaha_ops.inventory.lan import Lan
from yamaha_ops.inventory.line import Line
from yamaha_ops.inventory.parts import Firmware, Host, Label, Login, Name, Part, Port, Text


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
    groups: tuple[Name, ...] = ()
    """Groups it inherits from; where two disagree, the later one counts."""
    labels: dict[Name, Label] = Field(default_factory=dict)
    """For choosing routers: `--label site=tokyo`."""
    variables: dict[Name, Any] = Field(default_factory=dict)
    """Values for templates of your own."""
    line: Line | None = None
    lan: Lan | None = None
    extra: tuple[Text, ...] = ()
    """Console lines that no field covers, as they are."""
