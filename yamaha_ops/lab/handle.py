"""A running emulated router, as tests and commands hold it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from yamaha_ops.config import Configuration
from yamaha_ops.errors import InputError
from yamaha_ops.lab.servers.port import HOST

if TYPE_CHECKING:
    from collections.abc import Callable
    from threading import Thread

    from yamaha_ops.lab.lab import Lab
    from yamaha_ops.lab.router import EmulatedRouter
    from yamaha_ops.lab.servers.ssh import SshServer
    from yamaha_ops.lab.servers.telnet import TelnetServer
    from yamaha_ops.lab.servers.tftp import TftpServer
    from yamaha_ops.lab.world import World

T = TypeVar("T")


class LabRouter:
    """A running emulated router, as tests and commands hold it. Safe to use from any thread.

    Attributes:
        name: The name it was started under.
        host: Where its services listen, always loopback.
        port: SSH and SFTP.
        tftp_port: TFTP (UDP).
        telnet_port: Telnet, or None where it was not asked for.
        faults: What is wrong with it; set attributes at will.
    """

    def __init__(
        self,
        lab: Lab,
        device: EmulatedRouter,
        ssh: SshServer,
        tftp: TftpServer,
        telnet: TelnetServer | None,
    ) -> None:
        self._lab = lab
        self._servers = (ssh, tftp, *((telnet,) if telnet else ()))
        self.device = device
        self.faults = device.faults
        self.name = device.name
        self.host = HOST
        self.port = ssh.number
        self.tftp_port = tftp.number
        self.telnet_port = telnet.number if telnet else None

    def do(self, act: Callable[[EmulatedRouter], T]) -> T:
        """Do something with the router in its own thread and return the result."""
        return self._lab.call(lambda: act(self.device))

    @property
    def running(self) -> Configuration:
        """The running configuration, with real secrets."""
        return self.do(lambda device: device.running.configuration)

    @property
    def saved(self) -> Configuration | None:
        """What the next start would read, or None where nothing was ever saved."""

        def read(device: EmulatedRouter) -> Configuration | None:
            saved = device.slots.get(str(device.slots.default))
            return Configuration.parse(saved.text) if saved else None

        return self.do(read)

    @property
    def log(self) -> list[str]:
        """The lines of ``show log``."""
        return self.do(lambda device: list(device.log.lines()))

    @property
    def online(self) -> bool:
        """Whether a packet from the LAN gets to the IPv4 Internet and back, now."""
        return self.do(lambda device: device.online)

    @property
    def problems(self) -> tuple[str, ...]:
        """Why it is not online, as the lab sees it."""
        return self.do(lambda device: device.line.problems)

    def type(self, *lines: str, save: bool = False) -> None:
        """Do what another administrator would: type settings, perhaps save them.

        Raises:
            InputError: A line is not a command.
        """
        from yamaha_ops.lab.shell import run_unattended  # noqa: PLC0415 -- commands load late

        def change(device: EmulatedRouter) -> None:
            context = ""
            for line in lines:
                words = line.split()
                if words[1:2] == ["select"]:
                    context = "" if words[2] == "none" else words[0] + words[2]
                    continue
                worked, printed = run_unattended(device, line, context=context, japanese=False)
                if not worked:
                    raise InputError(f"{line}: {printed[-1]}")
            if save:
                device.save(by="TELNET")

        self.do(change)

    @property
    def script_ports(self) -> dict[str, int]:
        """What Lua scripts have opened: ``tcp 9100`` to the port of this machine."""
        found = self.do(lambda device: dict(device.lua.ports))
        return {f"{protocol} {number}": real for (protocol, number), real in found.items()}

    def script_port(self, number: int, protocol: str = "tcp") -> int:
        """Return where on this machine a port is that a Lua script of the router has opened.

        Raises:
            InputError: No script has opened it.
        """
        found = self.script_ports.get(f"{protocol} {number}")
        if found is None:
            raise InputError(f"no script of {self.name} has opened {protocol} port {number}")
        return found

    def change_world(self, world: World) -> None:
        """Change what surrounds the router."""
        self.do(lambda device: device.set_world(world))

    def change_prefix(self, prefix: str | None) -> None:
        """Let the provider offer another prefix, or none."""

        def change(device: EmulatedRouter) -> None:
            world = device.world
            device.set_world(replace(world, offer=replace(world.offer, prefix=prefix)))

        self.do(change)

    def change_host_key(self) -> None:
        """Let the router have another SSH host key."""
        self.do(lambda device: device.renew_host_key())

    def power_cut(self) -> None:
        """Cut the power; :meth:`power_on` brings it back."""
        self.do(lambda device: device.power_off())

    def power_on(self) -> None:
        """Bring the power back; the router starts at once."""
        self.do(lambda device: device.power_on())

    def stop(self) -> None:
        """Take the router out of the lab."""
        self._lab.remove(self)

    def close(self) -> list[Thread]:
        """Close its sockets; called in the lab's thread. Return the threads that still end."""
        self.device.power_off()
        for server in self._servers:
            server.close()
        return self.device.lua.threads()
