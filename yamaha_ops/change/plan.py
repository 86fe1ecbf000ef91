"""What would be sent to a router, from what it says now to what it should say."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, astuple, dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from yamaha_ops.change.danger import Danger, find_dangers
from yamaha_ops.config import (
    Circumstances,
    Command,
    Configuration,
    Interpreter,
    difference,
    mask,
)
from yamaha_ops.config.secrets import MASK, secrets_of
from yamaha_ops.errors import ConfigError, InputError, PlanError
from yamaha_ops.router.command import check_setting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from yamaha_ops.config import Key, Setting
    from yamaha_ops.router import Session

_BLOCK = re.compile(r"\s*(?:embedded\s+file|macro)\b[^\n]*<<(\w+)", re.IGNORECASE)
FORMAT = 1
"""Version of the saved form; another one is refused rather than guessed at."""


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """What is done to one Lua script beside the commands. Here it is only carried.

    Attributes:
        path: Where it lies on the router.
        action: In which way it differs, one word or two.
        text: What is done about it, for a person, without secrets.
        digest: SHA-256 of what it shall hold; empty where it is removed.
    """

    path: str
    action: str
    text: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The commands from one configuration to another, and what they were made from.

    Attributes:
        router: Inventory name.
        model: As the banner says, ``RTX830``.
        firmware: As the banner says, ``Rev.15.02.09``.
        before: :func:`state_of` the running configuration the plan starts from.
        after: :func:`state_of` the configuration that the commands lead to.
        commands: In the order they are sent.
        warnings: What cannot be sent, and why.
        dangers: What is refused unless the user names it.
        unsaved: The commands by which a restart would change what runs now: what somebody typed
            and did not save; None where it cannot be told.
        hidden: Settings whose secret the router shows as ``*``, so that it cannot be compared.
        scripts: What is done to Lua scripts beside the commands.
    """

    router: str
    model: str
    firmware: str
    before: str
    after: str
    commands: tuple[Command, ...]
    warnings: tuple[str, ...] = ()
    dangers: tuple[Danger, ...] = ()
    unsaved: tuple[str, ...] | None = None
    hidden: tuple[str, ...] = ()
    scripts: tuple[ScriptStep, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is to be done."""
        return not self.commands and not self.scripts

    @property
    def risks(self) -> tuple[str, ...]:
        """Return what single commands do to a running line, each with its command; no dangers."""
        dangers = {danger.name for danger in self.dangers}
        return tuple(
            f"{command.masked}: {command.risk}"
            for command in self.commands
            if command.risk and command.masked not in dangers
        )

    def count(self, action: str) -> int:
        """Return how many commands add, remove or change something."""
        return sum(command.action == action for command in self.commands)

    @property
    def fingerprint(self) -> str:
        """Return what two plans share exactly when they send the same to the same state.

        Secrets are masked in it: a digest of them would let everybody who reads a saved plan try
        guesses. They come from where the inventory refers to, reviewed or not.
        """
        lines = [command.masked for command in self.commands]
        lines += ["\t".join(astuple(step)) for step in self.scripts]
        text = "\n".join((self.router, self.before, *lines))
        return sha256(text.encode()).hexdigest()

    def as_json(self) -> dict[str, Any]:
        """Return plain data without secrets: the form of ``plan --out`` and of the journal."""
        commands = [{**asdict(command), "line": command.masked} for command in self.commands]
        return {
            "format": FORMAT,
            **asdict(self),
            "commands": commands,
            "fingerprint": self.fingerprint,
        }


def read_running(session: Session) -> Configuration:
    """Return what the router runs now, without the console settings of our own session."""
    return Configuration.parse(session.configuration(), source=f"{session.router}: running")


def without_secrets(configuration: Configuration) -> Configuration:
    """Return a configuration with every secret masked, as what all sides can see of it.

    Whether ``show config`` prints a PPP password or a pre-shared key in clear or as ``*`` is not
    documented; with every secret masked it makes no difference.
    """
    return Configuration.parse(configuration.masked(), source=configuration.source)


def state_of(configuration: Configuration) -> str:
    """Return what two configurations share exactly when they mean the same, secrets apart.

    No digest of a secret gets into a plan or a journal.
    """
    return without_secrets(configuration).digest


def whole(commands: Iterable[Command]) -> Iterator[Command]:
    """Put the lines of an ``embedded file`` or ``macro`` together: they are typed as one."""
    rest = iter(commands)
    for command in rest:
        begins = _BLOCK.match(command.line)
        if not begins or command.action == "remove":
            yield command
            continue
        lines = [command.line]
        for following in rest:
            lines.append(following.line)
            if following.line.strip() == begins[1]:
                break
        yield replace(command, line="\n".join(lines))


def send_all(session: Session, commands: Iterable[Command]) -> None:
    """Send commands that were made for a console without a selected context.

    Raises:
        YamahaOpsError: As the session's ``send``.
    """
    for kind in ("pp", "tunnel"):
        if session.context.startswith(kind):
            session.send(f"{kind} select none")
    for command in whole(commands):
        session.send(command.line)


def make_plan(
    session: Session,
    running: Configuration,
    wanted: Configuration,
    where: Circumstances | None = None,
    *,
    resend_secrets: bool = False,
) -> Plan:
    """Work out the commands from ``running`` to ``wanted``, and what is dangerous about them.

    A secret that the router shows as ``*`` cannot be compared. It counts as equal and is named in
    ``hidden``; with ``resend_secrets`` it is sent again instead.

    The commands are tried on our own interpreter of the language first: a plan that does not lead
    to the wanted configuration there is not sent to a router.

    Raises:
        PlanError: The commands do not lead there.
        ConsoleError: A value would make a command more or less than one command.
    """
    hidden = hidden_secrets(running, wanted)
    known = running.without(lambda each: each.key in hidden) if resend_secrets else running
    delta = difference(known, wanted)
    commands = tuple(whole(delta.commands))
    after = foresee(running, commands, router=session.router)
    for command in commands:
        check_setting(command.line, session.router)
    rest = difference(after, wanted).commands
    if rest:
        raise PlanError(
            "the commands would not lead to the wanted configuration",
            router=session.router,
            command=rest[0].line,
            hint="This is a fault of yamaha-ops: please report it with both configurations.",
        )
    return Plan(
        router=session.router,
        model=session.model,
        firmware=session.firmware,
        before=state_of(running),
        after=state_of(after),
        commands=commands,
        warnings=delta.warnings,
        dangers=find_dangers(running, commands, where or Circumstances()),
        hidden=() if resend_secrets else tuple(sorted(key.words for key in hidden)),
    )


def hides_secret(setting: Setting) -> bool:
    """Tell whether a setting shows ``*`` in the place of a secret."""
    return any(secret.text == MASK for secret in secrets_of(setting.line))


def hidden_secrets(running: Configuration, wanted: Configuration) -> frozenset[Key]:
    """Return the settings whose secret the router hides while the inventory knows it."""
    return frozenset(
        key
        for key, setting in wanted.settings.items()
        if "device" not in setting.entry.tags
        and not hides_secret(setting)
        and (shown := running.settings.get(key))
        and shown.line == mask(setting.line) != setting.line
    )


def foresee(
    running: Configuration, commands: Iterable[Command], *, router: str | None = None
) -> Configuration:
    """Return what the router would run after the commands, by our own interpreter.

    Raises:
        PlanError: The interpreter refuses one of them.
    """
    interpreter = Interpreter(running)
    for command in commands:
        try:
            for line in command.line.split("\n"):
                interpreter.execute(line)
        except ConfigError as error:
            raise PlanError(
                f"a planned command is not one ({error.message})",
                router=router,
                command=command.line,
            ) from error
    return interpreter.configuration


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A plan that ``plan --out`` saved and somebody reviewed.

    It holds no secrets, so it is not sent itself: the plan is made again, and must turn out the
    same.
    """

    path: Path
    router: str
    fingerprint: str
    before: str

    @classmethod
    def load(cls, path: Path) -> Reviewed:
        """Read a saved plan.

        Raises:
            InputError: The file is not one.
        """
        try:
            saved = json.loads(path.read_text(encoding="utf-8"))
            known, router, fingerprint, before = (
                saved[key] for key in ("format", "router", "fingerprint", "before")
            )
        except OSError as error:
            raise InputError(
                f"the plan cannot be read ({error.strerror})", where=str(path)
            ) from error
        except (ValueError, TypeError, KeyError) as error:
            raise InputError("this is not a plan saved by `plan --out`", where=str(path)) from error
        if known != FORMAT:
            raise InputError("another version saved the plan; make it again", where=str(path))
        return cls(path, router, fingerprint, before)

    def check(self, plan: Plan) -> None:
        """Refuse a plan that is not exactly the reviewed one.

        Raises:
            PlanError: The router, the inventory or a template has moved since.
        """
        if self.router != plan.router:
            raise PlanError(f"the plan {self.path} is for {self.router}", router=plan.router)
        if self.fingerprint != plan.fingerprint:
            same = self.before == plan.before
            moved = "the inventory" if same else "the router's configuration"
            raise PlanError(
                f"{moved} has changed since the plan was saved",
                router=plan.router,
                where=str(self.path),
                hint="Nothing was sent. Make and review a new plan.",
            )
