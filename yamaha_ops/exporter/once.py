"""One round over many routers, for a command, a timer or a cron job."""

from __future__ import annotations

import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from yamaha_ops.errors import InputError
from yamaha_ops.exporter.target import Target

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from yamaha_ops.exporter.scrape import Scrape
    from yamaha_ops.exporter.target import Settings
    from yamaha_ops.health import Module
    from yamaha_ops.inventory import Router

WORKERS = 32
"""Routers asked at the same time."""


def scrape_once(
    routers: Sequence[Router], settings: Settings, module: Module, seconds: float
) -> Iterator[Scrape]:
    """Ask every router once and give the results in the order of the routers.

    Args:
        routers: Whom to ask.
        settings: How.
        module: What to ask.
        seconds: How long each may take.
    """

    def ask(router: Router) -> Scrape:
        target = Target(router, settings)
        try:
            return target.scrape(module, seconds)
        finally:
            target.close()

    with ThreadPoolExecutor(max_workers=max(1, min(len(routers), WORKERS))) as pool:
        yield from pool.map(ask, routers)


def write_textfile(path: Path, content: bytes) -> None:
    """Replace a file for the textfile collector as a whole, readable by everybody.

    The collector reads ``*.prom`` files at any moment: it must never see half of one.

    Raises:
        InputError: The place cannot be written.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
                os.fchmod(file.fileno(), 0o644)
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise InputError(f"cannot be written ({error.strerror})", where=str(path)) from error
