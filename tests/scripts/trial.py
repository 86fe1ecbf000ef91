"""A router around a script, on one thread and one clock: the lab's Lua, answers and log."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from yamaha_ops.lab.accounts import Accounts
from yamaha_ops.lab.clock import ManualClock
from yamaha_ops.lab.hardware import Hardware
from yamaha_ops.lab.lua import Task, Tasks, Trigger, machine
from yamaha_ops.lab.lua.machine import Stopped
from yamaha_ops.lab.router import EmulatedRouter
from yamaha_ops.lab.shell import run_unattended
from yamaha_ops.lab.storage import Saved

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from yamaha_ops.lab.lua.states import State

T = TypeVar("T")
Hands = machine.Hands
LUA = Path(__file__).parents[2] / "lua"
LINE = """\
ip route default gateway tunnel 1
ipv6 prefix 1 ra-prefix@lan2::/64
ip lan1 address 192.168.100.1/24
ipv6 lan1 address ra-prefix@lan2::1/64
ipv6 lan2 dhcp service client ir=on
dhcp service server
dhcp scope 1 192.168.100.2-192.168.100.191/24
tunnel select 1
 tunnel encapsulation map-e
 ip tunnel mtu 1460
 ip tunnel nat descriptor 1000
 tunnel enable 1
nat descriptor type 1000 masquerade
nat descriptor address outer 1000 map-e
"""


@dataclass
class Trial:
    """One script on one emulated router.

    Attributes:
        router: The router; its clock moves only while the script waits.
        said: What the script wrote into the log, with the second it did.
        commands: What the script asked, with its wish to have that logged.
        requests: What it sent by HTTP.
        web: What the other side answers: a status, or None for no answer.
        canned: Answers that go before the router's own, by command.
    """

    router: EmulatedRouter
    clock: ManualClock
    japanese: bool = True
    until: float = 3600.0
    begun: float = 0.0
    plan: list[tuple[float, Callable[[], object]]] = field(default_factory=list)
    commands: list[tuple[str, str | None]] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)
    web: int | None = 200
    canned: dict[str, Callable[[], str]] = field(default_factory=dict)
    _said: list[tuple[int, str]] = field(default_factory=list)

    def set(self, **variables: str | int) -> Trial:
        for name, value in variables.items():
            self.router.execute(f"set {name}={value}")
        return self

    def at(self, second: float, act: Callable[[], object]) -> Trial:
        """Let something happen that many seconds after the start."""
        self.plan.append((second, act))
        return self

    def world(self, second: float, **changes: Any) -> Trial:
        return self.at(second, lambda: self.router.set_world(replace(self.router.world, **changes)))

    @property
    def now(self) -> int:
        return int(self.clock.now() - self.begun)

    @property
    def said(self) -> list[tuple[int, str]]:
        return list(self._said)

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self._said]

    def run(self, script: str, *, until: float = 3600.0, before: str = "") -> Trial:
        """Run a shipped script for so many seconds, or until it ends; ``before`` is Lua as well."""
        self.until = until
        self.begun = self.clock.now()
        self._said.clear()
        source = before + (LUA / script).read_bytes().decode("latin-1")
        command = f"lua /lua/{script}"
        task = Task(
            1, Trigger.SCHEDULE, command, f"/lua/{script}", source, (), self.begun,
            lambda _text: None, japanese=self.japanese,
        )  # fmt: skip
        with suppress(Stopped):
            machine.run(self.router, cast("Tasks", self), task)
        return self

    # --- what the machine asks of the tasks of a router ---------------------------------------

    def ask(self, act: Callable[[], T]) -> T:
        return act()

    def wait(self, task: Task, state: State, seconds: float | None) -> None:
        """Let time pass up to the end of a wait, with whatever is planned meanwhile."""
        del state
        end = self.until + 1 if seconds is None else self.now + seconds
        task.wake.clear()
        while self.now < end:
            due = min([when for when, _ in self.plan if when > self.now] + [end, self.until + 1])
            self.clock.advance(due - self.now)
            for when, act in self.plan:
                if when == due:
                    act()
            if self.now > self.until:
                raise Stopped
            if task.wake.is_set():
                return

    def carry_out(
        self, router: EmulatedRouter, line: str, **options: Any
    ) -> tuple[bool, list[str]]:
        if line in self.canned:
            return True, self.canned[line]().splitlines()
        return run_unattended(router, line, **options)


def make_trial(monkeypatch: pytest.MonkeyPatch, *, japanese: bool) -> Trial:
    clock = ManualClock()
    router = EmulatedRouter(
        "rtx1",
        hardware=Hardware.numbered(1, model="RTX830", revision="15.02.22"),
        clock=clock,
        accounts=Accounts(),
    )
    router.slots.save(0, Saved(LINE, clock.now()))
    router.power_on()
    clock.advance(60)
    trial = Trial(router, clock, japanese)
    monkeypatch.setattr(machine, "run_unattended", trial.carry_out)
    command, syslog = Hands.command, Hands.syslog

    def asked(hands: Hands, line: str, log: str | None = None) -> tuple[bool, str | None]:
        trial.commands.append((line, log))
        return command(hands, line, log)

    def logged(hands: Hands, level: str, text: str) -> None:
        trial._said.append((trial.now, text))
        assert level == "notice"
        syslog(hands, level, text)

    def sent(hands: Hands, wish: Any) -> tuple[Any, ...]:
        del hands
        trial.requests.append({str(key): value for key, value in dict(wish).items()})
        return (trial.web is not None, None, trial.web, None, None, None)

    monkeypatch.setattr(Hands, "command", asked)
    monkeypatch.setattr(Hands, "syslog", logged)
    monkeypatch.setattr(Hands, "httprequest", sent)
    return trial
