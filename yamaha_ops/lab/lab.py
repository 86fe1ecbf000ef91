"""The lab: emulated routers on loopback, in one thread with one event loop."""

from __future__ import annotations

import asyncio
import resource
import threading
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from yamaha_ops.config import Configuration
from yamaha_ops.errors import InputError
from yamaha_ops.lab.accounts import Accounts, encrypted
from yamaha_ops.lab.clock import ManualClock, RealClock
from yamaha_ops.lab.handle import LabRouter
from yamaha_ops.lab.hardware import DEFAULT_REVISION, Hardware
from yamaha_ops.lab.router import EmulatedRouter
from yamaha_ops.lab.servers.keys import HostKeys
from yamaha_ops.lab.servers.ssh import SshServer
from yamaha_ops.lab.servers.telnet import TelnetServer
from yamaha_ops.lab.servers.tftp import TftpServer
from yamaha_ops.lab.servers.wire import Wire
from yamaha_ops.lab.settings import FACTORY, Running
from yamaha_ops.lab.storage import Saved

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path
    from types import TracebackType

    from yamaha_ops.lab.clock import Clock
    from yamaha_ops.lab.world import World

T = TypeVar("T")
JOIN_SECONDS: Final = 30.0
"""For a script's thread to end after its router."""
SETTLE_SECONDS: Final = 20.0
"""For a script to come to its next wait; one that never waits is left behind then."""
MANY_FILES: Final = 8192
LANGUAGES: Final = {"ja": None, "en": "en.ascii"}
"""Languages to the ``console character`` that brings them; Japanese is the factory default."""


class Lab:
    """Emulated routers on loopback.

    ::

        with Lab() as lab:
            router = lab.start(user="admin", password="secret", administrator_password="secret2")
            connect(router.host, router.port)

    Args:
        clock: What the routers take for time; the machine's clock if not given. With a
            :class:`ManualClock` time stands still until :meth:`advance`.
        keys: Where to keep SSH host keys between runs; nowhere if not given.
    """

    def __init__(self, *, clock: ManualClock | None = None, keys: Path | None = None) -> None:
        self._manual = clock
        self._loop = asyncio.new_event_loop()
        self.clock: Clock = clock or RealClock(self._loop)
        self._keys = HostKeys(keys)
        self._thread = threading.Thread(target=self._run, name="lab", daemon=True)
        self._routers: dict[str, LabRouter] = {}

    def __enter__(self) -> Self:
        _allow_many_files()
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    @property
    def routers(self) -> tuple[LabRouter, ...]:
        """The routers, in the order they were started."""
        return tuple(self._routers.values())

    def call(self, act: Callable[[], T]) -> T:
        """Run a function in the routers' thread and return its result."""
        if threading.current_thread() is self._thread:
            return act()

        async def run() -> T:
            return act()

        return self.wait(run())

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the routers' thread and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def advance(self, seconds: float) -> None:
        """Move the clock of the routers; what falls due happens before this returns."""
        if self._manual is None:
            raise InputError("only a lab with a ManualClock can be moved through time")
        manual = self._manual
        left = seconds
        self._settle()
        while True:
            step = min(left, self.call(manual.next_due))
            self.call(partial(manual.advance, step))
            self._settle()
            left -= step
            if left <= 0:
                return

    def _settle(self) -> None:
        """Let Lua tasks that woke up come to their next wait."""
        patience = time.monotonic() + SETTLE_SECONDS
        for router in self.routers:
            while router.device.lua.busy() and time.monotonic() < patience:
                time.sleep(0.001)

    def start(  # noqa: PLR0913 -- the properties of a router, all optional, all by name
        self,
        name: str | None = None,
        *,
        config: str | bytes | Configuration | None = None,
        user: str = "admin",
        password: str = "",
        administrator_password: str = "",
        firmware: str = DEFAULT_REVISION,
        model: str = "RTX830",
        language: str = "ja",
        world: World | None = None,
        port: int = 0,
        telnet: bool = False,
        legacy: bool = False,
        boot_seconds: float = 2.0,
    ) -> LabRouter:
        """Start a router and return it; it is reachable at once.

        Args:
            name: ``rtx1``, ``rtx2`` ... if not given.
            config: What it starts from: text, a file's bytes or a configuration. The factory
                state if not given. Whatever SSH access needs is added where it is missing.
            user: A named user.
            password: The user's password; no user is added if empty.
            administrator_password: None is set if empty.
            firmware: A revision such as ``15.02.22``.
            model: ``RTX830``.
            language: ``ja``, or ``en`` for ``console character en.ascii``.
            world: What surrounds it: the line's offer, LAN hosts, traffic.
            port: The SSH port; any free one if 0.
            telnet: Open a telnet port as well.
            legacy: Offer SHA-1 host key signatures and key exchange only.
            boot_seconds: How long a restart takes.

        Raises:
            InputError: Model, revision, language or configuration is not usable.
        """
        number = len(self._routers) + 1
        name = name or f"rtx{number}"
        if name in self._routers:
            raise InputError(f"the lab has a router named {name} already")
        if language not in LANGUAGES:
            raise InputError(f"a console speaks ja or en, not {language}")
        hardware = Hardware.numbered(number, model=model, revision=firmware)
        text = _with_access(
            _text(config), user, password, administrator_password, LANGUAGES[language]
        )

        async def begin() -> LabRouter:
            device = EmulatedRouter(
                name,
                hardware=hardware,
                clock=self.clock,
                world=world,
                accounts=Accounts({user: password}, administrator_password or None),
                boot_seconds=boot_seconds,
            )
            device.slots.save(0, Saved(text, self.clock.now()))
            device.post = self._loop.call_soon_threadsafe
            device.power_on()
            wire = Wire(device.faults)
            ssh = SshServer(device, port, self._keys, wire, legacy=legacy)
            tftp = TftpServer(device, 0, device.faults)
            await tftp.open()
            return LabRouter(
                self, device, ssh, tftp, TelnetServer(device, 0, wire) if telnet else None
            )

        router = self.wait(begin())
        self._routers[name] = router
        return router

    def remove(self, router: LabRouter) -> None:
        """Stop one router and give its ports back."""
        if self._routers.pop(router.name, None) is not None:
            for thread in self.call(router.close):
                thread.join(JOIN_SECONDS)

    def close(self) -> None:
        """Stop every router, then the thread. Nothing is left behind."""
        if not self._thread.is_alive():
            return
        for router in self.routers:
            self.remove(router)
        asyncio.run_coroutine_threadsafe(_finish(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


def _allow_many_files() -> None:
    """Raise the soft limit of open files as far as it goes: a router takes three or four."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, MANY_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _finish() -> None:
    """Wait for what connections left running."""
    current = asyncio.current_task()
    tasks = [task for task in asyncio.all_tasks() if task is not current]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    # Closed transports let go of their sockets in the next round.
    for _ in range(3):
        await asyncio.sleep(0)


def _text(config: str | bytes | Configuration | None) -> str:
    if config is None:
        return FACTORY
    if isinstance(config, Configuration):
        return config.text
    return Configuration.parse(config).text


def _with_access(
    text: str, user: str, password: str, administrator_password: str, character: str | None
) -> str:
    """Return the configuration with what SSH needs: user, service, host key (REF 2.2.2)."""
    running = Running(text)
    view = running.view
    wanted = {
        f"login user {user}": f"encrypted {encrypted(password)}" if password else None,
        "sshd service": "on",
        "sshd host key generate": "*",
        "console character": character,
    }
    for command, value in wanted.items():
        if value and view.first(*command.split()) is None:
            running.execute(f"{command} {value}")
    text = running.text
    if administrator_password and view.first("administrator", "password") is None:
        text = f"administrator password {administrator_password}\n{text}"
    return text
