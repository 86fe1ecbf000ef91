"""One round over many routers, for a command, a timer or a cron job."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from yamaha_ops import durable
from yamaha_ops.errors import InputError
from yamaha_ops.exporter.target import Target
from yamaha_ops.fleet import Policy, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from yamaha_ops.exporter.scrape import Scrape
    from yamaha_ops.exporter.target import Settings
    from yamaha_ops.health import Module
    from yamaha_ops.inventory import Router

SITE = "site"
"""The label that says what shares a line with others."""

AT_ONCE = 32
"""Routers asked at the same time."""


def ask_once(router: Router, settings: Settings, module: Module, seconds: float) -> Scrape:
    """Ask one router and hang up.

    Args:
        router: Whom to ask.
        settings: How.
        module: What to ask.
        seconds: How long it may take.
    """
    target = Target(router, settings)
    try:
        return target.scrape(module, seconds)
    finally:
        target.close()


def scrape_once(
    routers: Sequence[Router],
    settings: Settings,
    module: Module,
    seconds: float,
    *,
    at_once: int = AT_ONCE,
    per_site: int | None = None,
) -> Iterator[Scrape]:
    """Ask every router once and give the results in the order of the routers.

    Args:
        routers: Whom to ask.
        settings: How.
        module: What to ask.
        seconds: How long each may take.
        at_once: How many at the same time.
        per_site: How many of one ``site`` (a label) at the same time; those without the label
            are not limited.
    """

    def ask(place: int) -> Scrape:
        return ask_once(routers[place], settings, module, seconds)

    def site(place: int) -> object:
        return routers[place].labels.get(SITE, place)

    policy: Policy[int] = Policy(site=site, per_site=per_site)
    early: dict[int, Scrape] = {}
    turn = 0
    with ThreadPoolExecutor(max_workers=max(1, min(len(routers), at_once))) as pool:
        places = range(len(routers))
        for done in run(ask, places, executor=pool, at_once=at_once, policy=policy):
            if done.value is None:
                raise done.error or AssertionError
            early[done.item] = done.value
            while turn in early:
                yield early.pop(turn)
                turn += 1


def write_textfile(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Replace a file for the textfile collector as a whole, readable by everybody.

    The collector reads ``*.prom`` files at any moment: it must never see half of one.

    Raises:
        InputError: The place cannot be written.
    """
    try:
        durable.write(path, content, mode=0o644)
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", where=str(path)) from error
