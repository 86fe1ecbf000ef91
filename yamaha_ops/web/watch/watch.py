"""Poller, keeper and notifier as the one worker that the console starts."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from yamaha_ops.web.watch.answers import Answers
from yamaha_ops.web.watch.keeper import Keeper
from yamaha_ops.web.watch.notifier import Notifier, receivers
from yamaha_ops.web.watch.poller import Poller

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from pathlib import Path

    from yamaha_ops.inventory import Router
    from yamaha_ops.router import Session
    from yamaha_ops.web.console import Console

_AFTER_SECONDS: Final = 60.0
"""How long after a change has ended its traces may still show for the first time."""


class Watch:
    """What the console does by itself.

    Args:
        console: The console.
        opened: Opens a session; the router room's ``connect`` if left out.
        pool: Where routers are asked; threads of its own if left out.
    """

    def __init__(
        self,
        console: Console,
        *,
        opened: Callable[[Router, float], Session] | None = None,
        pool: Executor | None = None,
    ) -> None:
        settings = console.settings
        told = receivers(settings, console.now)
        self.notifier = Notifier(console.database, told, console.now)
        self.keeper = Keeper(
            console.database,
            console.inventory,
            console.hub,
            clock=console.clock,
            keep_seconds=settings.keep_samples_hours * 3600,
            receivers=told,
            told=self.notifier.wake,
            ours=lambda router, since: changed_by_us(console.inventory().state, router, since),
        )
        self.poller = Poller(
            console.inventory,
            every=settings.poll_seconds,
            at_once=settings.at_once,
            clock=console.clock,
            ended=self.keeper.take,
            opened=opened,
            pool=pool,
        )
        self.answers = Answers(self.poller.opened, console.now)

    def start(self) -> None:
        """Begin."""
        self.notifier.start()
        self.keeper.start()
        self.poller.start()

    def stop(self) -> None:
        """End, in the order in which one hands over to the next."""
        self.poller.stop()
        self.keeper.stop()
        self.notifier.stop()


def watch_of(console: Console) -> Watch | None:
    """Return the console's watch; None where it has none (in tests of other things)."""
    return next((each for each in console.workers if isinstance(each, Watch)), None)


def changed_by_us(state: Path, router: str, since: float) -> bool:
    """Whether this toolkit was changing a router since a time: its journals tell.

    It does not matter who did it: the console, or a command line on the same machine.
    """
    folder = state / "journal"
    if (folder / f"{router}.jsonl").exists():
        return True
    own = re.compile(rf"{re.escape(router)}-\d+\.jsonl")
    for path in (folder / "done").glob("*.jsonl"):
        with suppress(OSError):  # somebody tidied up meanwhile
            if own.fullmatch(path.name) and path.stat().st_mtime >= since - _AFTER_SECONDS:
                return True
    return False
