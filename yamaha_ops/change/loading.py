"""The guard that lets the router make the change by itself: ``load ... rollback-timer``.

The whole wanted configuration goes to the router as a file. One command then works out the
difference there, puts it in force and starts the rollback timer (REF 56.7.30). So the change goes
through even where it cuts the line that it came over.

What is loaded must be complete: a masked secret would be put in force as it stands. And before
anything is put in force the router itself is asked what it would do (REF 57.7): a difference that
does not lead to the wanted configuration is not loaded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from yamaha_ops import firmware
from yamaha_ops.change.guard import LOAD, Guard
from yamaha_ops.change.plan import hides_secret
from yamaha_ops.config import Configuration, Interpreter, Key, difference
from yamaha_ops.errors import (
    CommandError,
    ConfigError,
    ConnectError,
    PlanError,
    SecretError,
)
from yamaha_ops.router import Reply
from yamaha_ops.router.saved import commands_to

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.router import Files, Session

PLACE: Final = "/yamaha-ops-load.txt"
"""Where the file lies on the router, for as long as the change is open."""

LOAD_SECONDS: Final = 60.0
"""How long the router may be silent while it puts a whole configuration in force."""

_LOGIN: Final = Key("", "login password")
_HOST_KEY: Final = Key("", "sshd host key generate")


@dataclass(frozen=True, slots=True)
class Material:
    """What a load is made of.

    Attributes:
        files: Opens the router's files.
        running: What runs before, complete with its secrets.
        target: What shall run, complete with its secrets.
        administrator_password: For the case that the router asks for it.
    """

    files: Callable[[], Files]
    running: Configuration = field(repr=False)
    target: Configuration = field(repr=False)
    administrator_password: Callable[[], str] | None = field(default=None, repr=False)

    @property
    def file(self) -> bytes:
        """The target as a router keeps it (REF 2.3).

        Raises:
            PlanError: It has a character that a router cannot store.
        """
        try:
            return self.target.text.replace("\n", "\r\n").encode("cp932")
        except UnicodeEncodeError as error:
            character = error.object[error.start : error.end]
            raise PlanError(f"a router cannot store {character!r}") from None


@dataclass(frozen=True, slots=True)
class Load(Guard):
    """``load file ... difference ... rollback-timer=N`` of an uploaded file, then ``confirm``.

    Attributes:
        material: None where a journal is all that is known: it can be waited for, and tidied up.
    """

    material: Material | None = None
    name = LOAD
    fires = True
    late = LOAD_SECONDS
    sends = True

    def prepare(self, session: Session) -> None:
        """Upload the file and let the router say what it would make of it."""
        try:
            with self._material.files() as files:
                files.write(PLACE, self._material.file)
        except (ConnectError, CommandError, SecretError) as error:
            self.tidy(session)
            raise PlanError(
                f"the router does not take a file to load: {error.message}",
                router=session.router,
                output=error.output,
                hint=error.hint,
            ) from error
        if not self._leads_there(session):
            self.tidy(session)
            raise PlanError(
                "the router would make something else of the file",
                router=session.router,
                hint="Commands sent one by one lead there: --guard rollback-timer.",
            )

    def arm(self, session: Session, seconds: int) -> None:
        """Put the file in force, with the timer running."""
        session.send(
            f"load file {PLACE} difference silent no-key-generate rollback-timer={seconds}",
            LOAD_SECONDS,
            replies=self._replies(),
        )

    def accept(self, session: Session) -> None:
        """See :class:`Guard`."""
        session.send("confirm")

    def tidy(self, session: Session) -> None:
        """Take the file away: it holds secrets."""
        try:
            session.send(f"delete {PLACE}")
        except CommandError:
            if PLACE.lstrip("/") in session.run("show file list / file-only").split():
                session.send(f"delete {PLACE}")

    def _leads_there(self, session: Session) -> bool:
        """Ask the router what it would do, and whether that is the change."""
        material = self._material
        try:
            interpreter = Interpreter(material.running)
            for line in commands_to(session, f"file {PLACE}", self._replies(), LOAD_SECONDS):
                interpreter.execute(line)
        except (CommandError, ConfigError):
            return False
        return not difference(interpreter.configuration, material.target).commands

    @property
    def _material(self) -> Material:
        assert self.material is not None  # noqa: S101 -- a guard of a journal is not armed again
        return self.material

    def _replies(self) -> list[Reply]:
        password = self._material.administrator_password
        if password is None:
            return []
        return [Reply(re.compile(rb"Administrator Password ?: ?$"), password().encode("ascii"))]


def load_guard(  # noqa: PLR0913 -- everything it depends on, by name
    model: str,
    revision: str,
    *,
    router: str,
    running: Configuration,
    target: Configuration,
    files: Callable[[], Files] | None,
    administrator_password: Callable[[], str] | None,
    reason: str,
) -> Load:
    """Return the guard, where the router can do it and every secret is known.

    Raises:
        PlanError: It cannot, or one is not; nothing was sent.
    """
    current = firmware.Revision.parse(revision)
    missing = ""
    if not firmware.supports(LOAD, model, current):
        missing = f"Rev.{current} of the {model} cannot load with a rollback timer"
    elif files is None:
        missing = "there is no way to bring a file to the router"
    elif _LOGIN in running.settings:
        missing = "the router may ask for the anonymous login password, which is in no inventory"
    elif hidden := sorted(_hidden(target)):
        missing = f"the router hides a secret that the file must hold: {hidden[0]}"
    if missing or files is None:
        raise PlanError(
            f"the guard load is not available: {missing}",
            router=router,
            hint="Commands can be sent one by one: --guard auto.",
        )
    material = Material(files, running, target, administrator_password)
    return Load(reason, material=material)


def _hidden(configuration: Configuration) -> set[str]:
    """Return the settings that cannot be loaded; the host key stays, whatever the file says of it.

    That is what ``no-key-generate`` is for (REF 56.7.30).
    """
    return {
        key.words
        for key, setting in configuration.settings.items()
        if hides_secret(setting) and key != _HOST_KEY
    }
