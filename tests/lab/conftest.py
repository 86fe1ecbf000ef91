"""What the lab's tests share: a console without sockets, and a paramiko client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from yamaha_ops.lab import Lab, LabRouter
from yamaha_ops.lab.accounts import Accounts
from yamaha_ops.lab.clock import ManualClock
from yamaha_ops.lab.console import Console, Peer
from yamaha_ops.lab.hardware import Hardware
from yamaha_ops.lab.router import EmulatedRouter
from yamaha_ops.lab.storage import Saved

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yamaha_ops.lab.world import World

FACTORY = """\
login user admin secret1
administrator password secret2
ip lan1 address 192.168.100.1/24
telnetd host lan
dhcp service server
dhcp server rfc2131 compliant except remain-silent
dhcp scope 1 192.168.100.2-192.168.100.191/24
sshd service on
sshd host key generate *
"""

V6PLUS = """\
ip route default gateway tunnel 1
ipv6 prefix 1 ra-prefix@lan2::/64
ipv6 lan1 address ra-prefix@lan2::1/64
ipv6 lan1 rtadv send 1 o_flag=on
ipv6 lan1 dhcp service server
description lan2 "IPv6 IPoE(MAP-E)"
ipv6 lan2 dhcp service client ir=on
tunnel select 1
 tunnel encapsulation map-e
 ip tunnel mtu 1460
 ip tunnel nat descriptor 1000
 tunnel enable 1
nat descriptor type 1000 masquerade
nat descriptor address outer 1000 map-e
dns server dhcp lan2
"""


class Terminal:
    """Types on a console and reads what it shows, as text with bare newlines."""

    def __init__(self, router: EmulatedRouter, peer: Peer) -> None:
        self.raw = bytearray()
        self.closed = False
        self.console = Console(router, peer, self.raw.extend, self._close)
        self.console.start()

    def _close(self) -> None:
        self.closed = True

    def read(self) -> str:
        codec = {"ja.utf8": "utf-8", "ja.euc": "euc_jp"}.get(self.console.character, "cp932")
        text = self.raw.decode(codec, "replace").replace("\r\n", "\n")
        self.raw.clear()
        return text

    def keys(self, keys: str | bytes) -> str:
        self.raw.clear()
        self.console.feed(keys if isinstance(keys, bytes) else keys.encode("cp932"))
        return self.read()

    def type(self, *lines: str) -> str:
        """Type lines and return everything shown since."""
        return self.keys("".join(f"{line}\r" for line in lines))

    def answer(self, command: str) -> list[str]:
        """Return the rows that a command prints, without echo and prompt."""
        return self.type(command).split("\n")[1:-1]

    def administrator(self) -> Terminal:
        self.type("administrator", "secret2")
        return self


class Bench:
    """One emulated router and its clock."""

    def __init__(
        self, config: str, *, firmware: str = "15.02.22", world: World | None = None
    ) -> None:
        self.clock = ManualClock()
        self.router = EmulatedRouter(
            "rtx1",
            hardware=Hardware.numbered(1, model="RTX830", revision=firmware),
            clock=self.clock,
            world=world,
            accounts=Accounts(),
        )
        self.router.slots.save(0, Saved(config, self.clock.now()))
        self.router.power_on()

    def login(self, user: str = "admin") -> Terminal:
        return Terminal(self.router, Peer("ssh", "127.0.0.1", user))

    def telnet(self) -> Terminal:
        return Terminal(self.router, Peer("telnet", "127.0.0.1"))


@pytest.fixture
def bench() -> Callable[..., Bench]:
    """Make a router: ``bench(V6PLUS, firmware=..., world=...)`` on top of the access lines."""

    def make(extra: str = "", *, firmware: str = "15.02.22", world: World | None = None) -> Bench:
        return Bench(FACTORY + extra, firmware=firmware, world=world)

    return make


@pytest.fixture
def lab() -> Iterator[Lab]:
    with Lab(clock=ManualClock()) as lab:
        yield lab


@pytest.fixture
def router(lab: Lab) -> LabRouter:
    """A running router with a folder for scripts; time stands still until it is moved."""
    router = lab.start(password="p", administrator_password="q")
    router.do(lambda device: device.rtfs.make_directory("/lua"))
    return router


@pytest.fixture
def v6plus() -> str:
    return V6PLUS
