"""CONFIGs out of YNO: the results of a task that ran ``show config`` on many routers."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from yamaha_ops.config import Configuration
from yamaha_ops.errors import ConfigError, InputError
from yamaha_ops.history import Kind, Snapshot
from yamaha_ops.inventory.foreign.yno import SERIAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from yamaha_ops.inventory import Router

_SHOW_CONFIG = re.compile(r"show\s+config\s*", re.IGNORECASE)
NOTE = "startup: taken over from YNO, which gives what `show config` prints: secrets are masked"


def configurations(path: Path, routers: Iterable[Router]) -> Iterator[tuple[str, Snapshot | None]]:
    """Give for each device of a task's results its serial number and what it runs.

    None stands for a device that is in no inventory or has no successful answer.

    Args:
        path: What ``GET tasks/ID`` answered, one page or a list of pages.
        routers: Of the inventory; the variable ``serial`` says which is which.

    Raises:
        InputError: The file is no such answer.
    """
    names = {str(router.variables.get(SERIAL)): router.name for router in routers}
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
        pages = told if isinstance(told, list) else [told]
        for page in pages:
            for device in page["Data"]["Results"]["Devices"]:
                serial = str(device["SerialNumber"])
                lines = [
                    result["Output"]
                    for result in device.get("CommandResults") or ()
                    if _SHOW_CONFIG.fullmatch(result["Command"])
                    and result.get("ExitCode") == "SUCCESS"
                ]
                name = names.get(serial)
                yield serial, _snapshot(name, lines[-1]) if name and lines else None
    except OSError as error:
        raise InputError(f"cannot be read ({error.strerror})", where=str(path)) from None
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        if isinstance(error, ConfigError):
            raise
        raise InputError(
            "is no result of a task: Data.Results.Devices is missing", where=str(path)
        ) from None


def _snapshot(name: str, lines: list[str]) -> Snapshot:
    text = "".join(f"{line}\n" for line in lines)
    running = Configuration.parse(text, source=f"{name}: YNO")
    model, revision = running.device
    firmware = f"Rev.{revision}" if revision else ""
    return Snapshot(name, model or "", firmware, {Kind.RUNNING: running}, (NOTE,))
