"""One router of the exporter: a warm session, asked by one caller at a time."""

from __future__ import annotations

import sys
import time as system_time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING

from yamaha_ops.errors import RenderError, YamahaOpsError
from yamaha_ops.exporter.scrape import Scrape
from yamaha_ops.fleet import Backoff, Breaker
from yamaha_ops.health import MODULES, Memo, Wanted, collect
from yamaha_ops.render import render
from yamaha_ops.router import TOGETHER, TypedAheadError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from yamaha_ops.health import ConfigurationState, Health, Interfaces, Module
    from yamaha_ops.health.collecting import Clock
    from yamaha_ops.inventory import Router
    from yamaha_ops.router import Session

NEVER = Backoff(failures=sys.maxsize)
"""Asks every time."""

CONNECT_SECONDS = 10.0
"""The longest wait for a connection, where a scrape leaves so much."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How routers are asked.

    Attributes:
        connect: Opens a session with a router within so many seconds.
        templates: The user's own templates, for the drift.
        config_seconds: How old what is known of a configuration may get before it is read again;
            0 reads it only when a module asks for it.
        idle_seconds: How long a session is kept that nobody uses.
        keep_alive_seconds: How often an unused session is kept from the router's login timer.
        backup_time: When a router's configuration was last backed up, where that is known.
        backoff: How a router that cannot be reached is asked less and less often; None asks it
            every time.
        clock: Wall clock and stop watch.
    """

    connect: Callable[[Router, float], Session]
    templates: Path | None = None
    config_seconds: float = 0.0
    idle_seconds: float = 900.0
    keep_alive_seconds: float = 60.0
    backup_time: Callable[[str], float | None] = field(default=lambda _name: None)
    backoff: Backoff | None = None
    clock: Clock = system_time


class Target:
    """A router that is asked again and again."""

    def __init__(self, router: Router, settings: Settings) -> None:
        self.router = router
        self.last: Scrape | None = None
        self._settings = settings
        self._clock = settings.clock
        self._lock = Lock()
        self._breaker = Breaker(settings.backoff or NEVER, settings.clock.monotonic)
        self._session: Session | None = None
        self._interfaces: Interfaces | None = None
        self._configuration: ConfigurationState | None = None
        self._at_once = TOGETHER if router.type_ahead else 1
        self._memo = Memo()
        self._used = self._touched = self._clock.monotonic()

    @property
    def warm(self) -> bool:
        """Whether a session is open."""
        return self._session is not None

    @property
    def one_at_a_time(self) -> bool:
        """Whether commands are entered one by one: so the inventory says, or the router's echo."""
        return self._at_once == 1

    def scrape(self, module: Module, seconds: float) -> Scrape:
        """Ask the router, and give what came of it: a failure is a result too.

        Args:
            module: What to ask.
            seconds: How long it may take.
        """
        started = self._clock.monotonic()
        if not self._lock.acquire(timeout=seconds):
            return self._failed("another scrape of this router is still running", started)
        try:
            if pause := self._breaker.pause:
                self.last = self._failed(
                    f"it failed {self._breaker.failures} times in a row"
                    f" and is tried again in {pause:.0f} s",
                    started,
                )
                return self.last
            self.last = self._ask(module, started, started + seconds)
            if self.last.health is None:
                self._breaker.failed()
            else:
                self._breaker.succeeded()
            return self.last
        finally:
            self._lock.release()

    def maintain(self) -> None:
        """Keep an unused session alive; let go of one that nobody uses any more."""
        if self._session is None or not self._lock.acquire(blocking=False):
            return
        try:
            now = self._clock.monotonic()
            if now - self._used >= self._settings.idle_seconds:
                self._let_go()
            elif now - self._touched >= self._settings.keep_alive_seconds:
                self._session.keep_alive()
                self._touched = now
        except YamahaOpsError:
            self._let_go()
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the session, when nobody is using it any more."""
        with self._lock:
            self._let_go()

    def _ask(self, module: Module, started: float, deadline: float) -> Scrape:
        # A warm session may have died meanwhile: that says nothing about the router.
        again = self.warm
        while True:
            try:
                return self._scrape(started, health=self._round(module, deadline))
            except YamahaOpsError as error:
                self._let_go()
                if isinstance(error, TypedAheadError) and not self.one_at_a_time:
                    # The first answer in doubt was one too many.
                    self._at_once, again = 1, True
                if not again or self._clock.monotonic() >= deadline:
                    return self._failed(str(error), started)
                again = False

    def _round(self, module: Module, deadline: float) -> Health:
        if self._session is None:
            left = max(deadline - self._clock.monotonic(), 0.1)
            self._session = self._settings.connect(self.router, min(left, CONNECT_SECONDS))
        if self._configuration_is_due(module):
            module = replace(module, configuration=True)
        health = collect(
            self._session,
            module,
            known=self._interfaces,
            wanted=self._wanted() if module.configuration else None,
            deadline=deadline,
            at_once=self._at_once,
            memo=self._memo,
            clock=self._clock,
        )
        if not self._session.usable:
            self._let_go()
        self._used = self._touched = self._clock.monotonic()
        self._interfaces = health.interfaces
        self._configuration = health.configuration or self._configuration
        return replace(health, configuration=self._configuration)

    def _configuration_is_due(self, module: Module) -> bool:
        """Whether to read the configuration though the module does not ask for it.

        Only where that needs no more than the inventory gives: the administrator password.
        """
        every = self._settings.config_seconds
        if module.configuration or not every or module is MODULES["alive"]:
            return False
        if self.router.login.administrator_password is None:
            return False
        known = self._configuration
        return known is None or self._clock.time() - known.time >= every

    def _wanted(self) -> Wanted:
        secret = self.router.login.administrator_password
        goal = None
        if self.router.line or self.router.lan:
            with suppress(RenderError):
                goal = render(self.router, templates=self._settings.templates)
        return Wanted(goal, secret.resolve if secret else None)

    def _let_go(self) -> None:
        """Cut the session. Logging out would accept a change that somebody else has pending."""
        session, self._session = self._session, None
        if session is not None:
            with suppress(YamahaOpsError):
                session.drop()

    def _failed(self, reason: str, started: float) -> Scrape:
        return self._scrape(started, error=reason)

    def _scrape(
        self, started: float, health: Health | None = None, error: str | None = None
    ) -> Scrape:
        return Scrape(
            router=self.router.name,
            time=self._clock.time(),
            seconds=self._clock.monotonic() - started,
            health=health,
            error=error,
            backup_time=self._settings.backup_time(self.router.name),
        )
