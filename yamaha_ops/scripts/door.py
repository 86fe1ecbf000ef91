"""The TFTP door: opened for this machine only, for as long as a transfer takes.

``tftp host`` is a setting like any other: it shows in ``show config`` at once and a ``save`` by
anybody keeps it. What was there is written to disk before the door is opened, and put back
afterwards whatever happened: on this session, on a new one when it is lost, or by the next run.
"""

from __future__ import annotations

import ipaddress
import json
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from yamaha_ops import durable
from yamaha_ops.errors import ConsoleError, UnknownStateError, YamahaOpsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from yamaha_ops.router import Session

_SETTING: Final = re.compile(r"tftp host (\S.*?)\s*")
_OWN_ROW: Final = re.compile(r"\s*\*[+@ ]*\S.*\s([0-9A-Fa-f.:]+)\s*")
_DEFAULT: Final = "no tftp host"


def own_address(session: Session) -> str:
    """Return this machine's address as the router sees it (REF 58.47, ``*`` marks ourselves).

    Raises:
        ConsoleError: The router does not show it.
    """
    for line in session.run("show status user").splitlines():
        if found := _OWN_ROW.fullmatch(line):
            return found[1]
    raise ConsoleError("the router does not show which address we come from", router=session.router)


@dataclass(frozen=True, slots=True)
class Door:
    """The TFTP door of one router.

    Attributes:
        record: The file that says what was in force, for as long as the door is open.
        connect: Opens a new session at administrator level, for when the first one is lost.
    """

    record: Path
    connect: Callable[[], Session]

    @contextmanager
    def open(self, session: Session) -> Iterator[None]:
        """Let this machine in for the block; where it is let in already, change nothing.

        Raises:
            UnknownStateError: The setting could not be put back. The next run tries again.
        """
        address = own_address(session)
        before = _present(session)
        if _admits(before, address):
            yield
            return
        during = f"tftp host {address}"
        self._write(session, before, during)
        try:
            session.send(during)
            yield
        finally:
            self._close(session)

    def recover(self, session: Session) -> bool:
        """Put back what a run that died has left behind; tell whether there was anything."""
        try:
            data = json.loads(self.record.read_bytes())
            before, during = str(data["before"]), str(data["during"])
        except FileNotFoundError:
            return False
        except (OSError, ValueError, KeyError, TypeError):
            raise ConsoleError(
                "the record of the opened TFTP door cannot be read",
                router=session.router,
                where=str(self.record),
                hint="compare `show config | grep tftp` with what should be there, put it right, "
                "and remove the file",
            ) from None
        # What is no longer ours was changed by somebody else, or by a restart: leave it alone.
        if _present(session) == during:
            session.send(before)
        durable.remove(self.record)
        return True

    def _write(self, session: Session, before: str, during: str) -> None:
        text = json.dumps({"before": before, "during": during})
        try:
            durable.keep(self.record, text.encode() + b"\n")
        except OSError as error:
            raise ConsoleError(
                f"the record of the opened TFTP door cannot be kept: {error.strerror}",
                router=session.router,
                where=str(self.record),
            ) from error

    def _close(self, session: Session) -> None:
        try:
            if session.usable:
                self.recover(session)
                return
        except YamahaOpsError:
            # Whatever is wrong with this session, a new one may do better.
            session.drop()
        self._close_anew(session.router)

    def _close_anew(self, router: str) -> None:
        try:
            fresh = self.connect()
            try:
                self.recover(fresh)
            finally:
                fresh.close()
        except YamahaOpsError as error:
            raise UnknownStateError(
                f"the TFTP door may still be open for this machine: {error.message}",
                router=router,
                where=str(self.record),
                hint="The next `lua push` to this router closes it, or `tftp host none` "
                "typed there.",
            ) from error


def _present(session: Session) -> str:
    """Return the line that is in force, or the one that makes it the default."""
    for line in session.run('show config | grep "tftp host"').splitlines():
        if found := _SETTING.fullmatch(line):
            return f"tftp host {found[1]}"
    return _DEFAULT


def _admits(line: str, address: str) -> bool:
    """Tell whether a line lets an address in for certain; ``lan`` and interfaces may or may not."""
    words = line.removeprefix("tftp host ").split()
    return any(word == "any" or _covers(word, address) for word in words)


def _covers(word: str, address: str) -> bool:
    first, _, last = word.partition("-")
    try:
        low, high = ipaddress.ip_address(first), ipaddress.ip_address(last or first)
        here = ipaddress.ip_address(address)
    except ValueError:
        return False
    return low.version == here.version == high.version and int(low) <= int(here) <= int(high)
