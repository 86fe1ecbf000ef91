"""One router read for a backup: running, startup and previous, as complete as it offers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from yamaha_ops.config import Configuration
from yamaha_ops.errors import CommandError, ConnectError, ConsoleError, InputError, SecretError
from yamaha_ops.history.completing import completed
from yamaha_ops.history.snapshot import Kind, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable


class Source(Protocol):
    """A router that can be read; what it takes of a session and of its files."""

    @property
    def router(self) -> str:
        """The inventory name."""
        ...

    @property
    def model(self) -> str:
        """The model, as the router says it."""
        ...

    @property
    def firmware(self) -> str:
        """The firmware, as the router says it."""
        ...

    def running(self) -> str:
        """Return ``show config``."""
        ...

    def slot(self) -> str | None:
        """Return the slot that a restart reads, ``0``; None where it is a file elsewhere."""
        ...

    def file(self, slot: str) -> bytes:
        """Return a slot as SFTP gives it, secrets and all."""
        ...

    def shown(self, slot: str) -> str:
        """Return ``show config SLOT``: masked."""
        ...

    def unsaved(self, running: Configuration, slot: str) -> tuple[str, ...] | None:
        """Return the masked commands from running to saved; None where it cannot be told."""
        ...


def read(source: Source, last_startup: Callable[[], Configuration | None]) -> Snapshot:
    """Read a router.

    The running configuration must be had, or it is an error. Of the others a note says why they
    are missing. ``show config`` masks secrets and SFTP gives them, so the running configuration is
    completed from the saved file, and what only the console shows from the startup configuration of
    the last backup, where it is the same one.

    Raises:
        YamahaOpsError: The running configuration cannot be had.
    """
    reading = _Reading(source, last_startup)
    running = Configuration.parse(source.running(), source=f"{source.router}: running")
    found = {Kind.RUNNING: running}
    slot = source.slot()
    if slot is None:
        reading.note(Kind.STARTUP, "the router starts from a file that is in no slot")
    else:
        # First, since a dialogue over passwords that fails half-way ends the session.
        unsaved = source.unsaved(running, slot) or ()
        if startup := reading.startup(slot):
            found[Kind.STARTUP] = startup
            found[Kind.RUNNING] = completed(running, startup, unsaved)
        if previous := reading.previous(slot):
            found[Kind.PREVIOUS] = previous
    return Snapshot(source.router, source.model, source.firmware, found, tuple(reading.notes))


class _Reading:
    def __init__(self, source: Source, last_startup: Callable[[], Configuration | None]) -> None:
        self._source = source
        self._last_startup = last_startup
        self.notes: list[str] = []

    def note(self, kind: Kind, reason: str) -> None:
        self.notes.append(f"{kind}: {reason}")

    def startup(self, slot: str) -> Configuration | None:
        name = f"{self._source.router}: startup"
        try:
            return Configuration.parse(self._source.file(slot), source=name)
        except (ConnectError, CommandError, SecretError) as error:
            reason = f"SFTP does not give it ({error.message})"
        shown = self._shown(Kind.STARTUP, slot)
        if shown and shown.masked() == shown.text:
            self.note(Kind.STARTUP, f"secrets are masked: {reason}")
        return shown

    def previous(self, slot: str) -> Configuration | None:
        """Return the backup that the router made of the slot when it was saved last."""
        return self._shown(Kind.PREVIOUS, f"{slot}.1")

    def _shown(self, kind: Kind, slot: str) -> Configuration | None:
        """Return a slot as the console shows it; with its secrets where we have kept them."""
        try:
            text = self._source.shown(slot)
        except (CommandError, ConsoleError, InputError) as error:
            self.note(kind, f"not shown ({error.output or error.message})")
            return None
        shown = Configuration.parse(text, source=f"{self._source.router}: {kind}")
        known = self._last_startup()
        return completed(shown, known) if known and _alike(shown, known) else shown


def _alike(shown: Configuration, known: Configuration) -> bool:
    """Tell whether two are the same as far as a console shows."""
    one, other = (Configuration.parse(each.masked()).digest for each in (shown, known))
    return one == other
