"""Scripts of the inventory: what a plan says of them, and how they get there around a change.

A script that is new is on the router before a schedule names it; one that replaces another waits
beside it until the configuration is confirmed, since its settings are not there before. One that
nobody wants any more loses its schedule first, then its task, then its file. Whatever fails before
the configuration is sent leaves the router as it was; whatever fails after it leaves the old script
running and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from yamaha_ops.change.clock import Clock, SystemClock
from yamaha_ops.change.event import Event, Kind, Report, silent
from yamaha_ops.change.lock import locked
from yamaha_ops.change.outcome import Outcome, Result, ScriptResult
from yamaha_ops.change.plan import ScriptStep
from yamaha_ops.config import Interpreter
from yamaha_ops.errors import ApplyError, ConsoleError, ExitCode, InputError, YamahaOpsError
from yamaha_ops.inventory.scripts import REFERENCES
from yamaha_ops.render.words import word
from yamaha_ops.scripts import tasks
from yamaha_ops.scripts.check import Level, check
from yamaha_ops.scripts.delivery import Delivery, deliver, prepare
from yamaha_ops.scripts.embedding import block
from yamaha_ops.scripts.ledger import Put
from yamaha_ops.scripts.listing import listing
from yamaha_ops.scripts.survey import survey
from yamaha_ops.scripts.wanted import LEFTOVERS, Difference, Script, Seen, compare, require_slots
from yamaha_ops.scripts.wanted import Kind as How
from yamaha_ops.scripts.words import file_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from yamaha_ops.change.plan import Plan
    from yamaha_ops.config import Command, Configuration
    from yamaha_ops.inventory import Inventory, Router
    from yamaha_ops.router import Session
    from yamaha_ops.scripts.access import Access
    from yamaha_ops.scripts.check import Finding

_VARIABLE: Final = re.compile(r"(?:no )?set (\w+)\b", re.ASCII)
_HIDDEN: Final = re.compile(r"set (\w+)=\*", re.ASCII)
_BLOCK: Final = re.compile(r"(no )?embedded file (\S+)")
_SENT: Final = frozenset({Result.CHANGED, Result.UNCHANGED})
_AS_BEFORE: Final = frozenset({Result.FAILED, Result.TAKEN_BACK})
_FILES: Final = frozenset({How.MISSING, How.DIFFERENT, How.UNCOMPARED})


def scripts_of(inventory: Inventory, router: Router) -> tuple[Script, ...]:
    """Return the scripts that a router should run, read from their files and checked.

    Raises:
        InputError: A file cannot be read, or has what the router's Lua does not take.
    """
    found = []
    for name, wish in router.scripts.items():
        file = file_for(name, wish.file, inventory)
        try:
            source = file.read_bytes()
        except OSError as error:
            raise InputError(
                f"the script {name} cannot be read ({error.strerror})",
                router=router.name,
                where=str(file),
            ) from error
        script = Script(
            path=wish.path(name),
            source=source,
            starts=wish.starts,
            resident=wish.resident,
            arguments=wish.arguments,
            settings={key: str(value) for key, value in sorted(wish.variables.items())},
            via=wish.via,
            file=str(file),
        )
        _refuse_faults(script, router.name)
        found.append(script)
    return tuple(found)


@lru_cache(maxsize=256)
def _faults(source: bytes, name: str) -> tuple[Finding, ...]:
    """Return the errors of a script; many routers run the same one."""
    return tuple(each for each in check(source, name) if each.level is Level.ERROR)


def _refuse_faults(script: Script, router: str) -> None:
    if faults := _faults(script.source, script.name):
        raise InputError(
            f"{faults[0].message} ({len(faults)} in all)",
            router=router,
            where=f"{script.file}:{faults[0].line}",
            hint=f"Nothing was sent. yamaha-ops lua check {script.file} says more.",
        )
    if script.embedded:
        block(script.name, script.source)


@dataclass(slots=True)
class Scripting:
    """The scripts of one router through one change.

    Attributes:
        access: How to get at the router.
        scripts: What it should run.
        report: Told what happens.
        clock: Time.
    """

    access: Access
    scripts: tuple[Script, ...]
    report: Report = silent
    clock: Clock = field(default_factory=SystemClock)
    _found: dict[str, How] = field(default_factory=dict)
    _lies: dict[str, str] = field(default_factory=dict)
    _said: set[str] = field(default_factory=set)
    _marked: list[str] = field(default_factory=list)
    _seen: Seen | None = None
    _approved: bool = False

    @property
    def concerned(self) -> bool:
        """Whether there is anything to look at: scripts that are wanted, or once were."""
        return bool(self.scripts or self.access.ledger.read().put)

    @property
    def settings(self) -> dict[str, str]:
        """The plain router variables of all scripts."""
        return {
            name: value
            for script in self.scripts
            for name, value in script.settings.items()
            if not value.startswith(REFERENCES)
        }

    def known(self, running: Configuration) -> Configuration:
        """Give a configuration the plain variables that a router shows as ``*``.

        Whether one hides them is not documented. What was set last is known, so that a changed
        setting is seen either way.
        """
        told = self.access.ledger.read().settings
        hidden = [
            found[1]
            for setting in running.settings.values()
            if (found := _HIDDEN.fullmatch(setting.line)) and found[1] in told
        ]
        interpreter = Interpreter(running)
        for name in hidden:
            interpreter.execute(f"set {name}={word(told[name])}")
        return interpreter.configuration if hidden else running

    def complete(self, session: Session, made: Plan) -> Plan:
        """Add to a plan what is done to scripts; the router is only looked at.

        Raises:
            PlanError: They could not all run at once.
            YamahaOpsError: The router cannot be read.
        """
        if not self.concerned and not any(map(_removed_block, made.commands)):
            return made
        with survey(self.access, session, self.scripts) as seen:
            differences = compare(self.scripts, seen)
        self._seen = seen
        self._found = dict(self._foreseen(differences, seen, made.commands))
        leaving = [path for path, how in self._found.items() if how is How.EXTRA]
        require_slots(self.scripts, leaving, seen.lua, session.router)
        foreign = [each.path for each in differences if each.kind is How.FOREIGN]
        notes = [f"{path} is there and nobody asked for it; it is left alone" for path in foreign]
        notes += self._unheard()
        steps = tuple(self._step(path, how) for path, how in sorted(self._found.items()))
        return replace(made, scripts=steps, warnings=(*made.warnings, *notes))

    def _foreseen(
        self, differences: Iterable[Difference], seen: Seen, commands: tuple[Command, ...]
    ) -> Iterator[tuple[str, How]]:
        """Yield how each script differs, or will once the commands have been sent."""
        found = {each.path: each.kind for each in differences if each.kind is not How.FOREIGN}
        running = {task.script for task in seen.lua.tasks if task.script}
        for script in self.scripts:
            touching = [command for command in commands if _touches(command, script)]
            if not touching or not script.starts:
                continue
            if script.path not in running and any(map(_BLOCK.match, _lines(touching))):
                found[script.path] = How.MISSING
            elif script.path in running and script.resident:
                found.setdefault(script.path, How.OUTDATED)
        removed = {path for command in commands if (path := _removed_block(command))}
        for path in (removed & running) - {script.path for script in self.scripts}:
            found[path] = How.EXTRA
        yield from found.items()

    def _unheard(self) -> Iterator[str]:
        """Yield settings that a script never reads: most likely misspelt."""
        for script in self.scripts:
            text = script.source.decode("latin-1")
            for name in script.settings:
                if not _mentions(text, name):
                    yield f"{script.name} never mentions {name}"

    def _step(self, path: str, how: How) -> ScriptStep:
        script = self._wanted(path)
        if script is None:
            return ScriptStep(path, how, "to be stopped and removed")
        size = f"{len(script.source):,} bytes"
        does = {
            How.MISSING: f"put there ({size})",
            How.DIFFERENT: f"replaced ({size})",
            How.UNCOMPARED: f"compared over TFTP, replaced where it differs ({size})",
        }
        parts = [does[how]] if how in does else []
        if script.starts:
            parts.append("started" if how in {How.MISSING, How.STOPPED} else "started anew")
        text = "to be " + " and ".join(parts)
        if script.settings:
            text += " with " + ", ".join(f"{k}={v}" for k, v in script.settings.items())
        return ScriptStep(path, how, text, script.digest)

    def _wanted(self, path: str) -> Script | None:
        return next((script for script in self.scripts if script.path == path), None)

    # --- before the configuration ------------------------------------------------------------

    def prepare(self, made: Plan) -> None:
        """Do what comes before the configuration; the caller holds the router's lock.

        Raises:
            YamahaOpsError: A script was refused; nothing that runs was touched.
        """
        self._approved = True
        for path, how in self._found.items():
            if how in {How.STOPPED, How.OUTDATED}:
                # The look at it has compared its bytes.
                self._lies[path] = path
        if not made.commands:
            return
        opening = any(_opens_sftp(command) for command in made.commands)
        for script in self.scripts:
            if opening and script.via in {"auto", "sftp"}:
                # The change itself makes an encrypted way: no password in the clear before it.
                continue
            if not script.embedded and self._found.get(script.path) in _FILES:
                job = replace(self._delivery(script), begin=False)
                self._lies[script.path] = prepare(job)
        self._remember(made.commands)

    def _remember(self, commands: tuple[Command, ...]) -> None:
        """Keep what a run that dies from now on could not find out again."""
        ledger = self.access.ledger
        for path, how in self._found.items():
            if how is How.EXTRA and path not in ledger.read().put:
                ledger.note(path, Put(""))
        for script in self.scripts:
            if self._seen and any(_touches(command, script) for command in commands):
                ledger.outdate(tasks.running(self._seen.lua, script.path))
                self._marked.append(script.path)

    # --- after it ----------------------------------------------------------------------------

    def finish(self, outcome: Outcome) -> Outcome:
        """Do what comes after the configuration, and add to the outcome what became of it."""
        if not self._approved:
            return outcome
        try:
            self._note(outcome.result)
        except ConsoleError as error:
            # The router is well; the next plan may say once more that something runs old.
            self.tell(str(error), Kind.WARNING)
        if outcome.result not in _SENT:
            return outcome
        leaving = [path for path, how in self._found.items() if how is How.EXTRA]
        results = [self._done(path, self._remove) for path in sorted(leaving)]
        coming = (script.path for script in self.scripts if script.path in self._found)
        results += [self._done(path, self._bring) for path in coming]
        return _with(outcome, tuple(results))

    def _note(self, result: Result) -> None:
        ledger = self.access.ledger
        if result in _SENT:
            ledger.set(self.settings)
        elif result in _AS_BEFORE:
            for path in self._marked:
                ledger.renew(path)

    def tell(self, text: str, kind: Kind = Kind.STEP) -> None:
        """Report one event."""
        self.report(Event(self.access.router.name, kind, text))

    def _once(self, event: Event) -> None:
        """Report an event; a warning that several scripts would give, only the first time."""
        if event.kind is Kind.WARNING and event.text in self._said:
            return
        self._said.add(event.text)
        self.report(event)

    def _done(self, path: str, work: Callable[[str], str]) -> ScriptResult:
        try:
            return ScriptResult(path, work(path))
        except YamahaOpsError as error:
            said = " ".join((error.output or "").split())
            reason = f"{error.message}: {said}" if said else error.message
            return ScriptResult(path, "failed", reason, error.exit_code)

    def _bring(self, path: str) -> str:
        script = self._wanted(path)
        assert script is not None  # noqa: S101 -- only wanted ones are brought
        if script.embedded:
            return self._start_embedded(script)
        done = deliver(self._delivery(script))
        if done.written or self._found[path] in {How.MISSING, How.DIFFERENT}:
            return "delivered"
        return "started" if done.started else "unchanged"

    def _delivery(self, script: Script) -> Delivery:
        return Delivery(
            router=self.access.router.name,
            name=script.name,
            source=script.source,
            connect=self.access.session,
            way=self.access.way(script.via, self._once),
            door=self.access.door,
            lock=self.access.lock,
            folder=script.folder,
            begin=script.starts,
            arguments=script.arguments,
            anew=self._found.get(script.path) is not How.UNCOMPARED,
            lies=self._lies.get(script.path, ""),
            ledger=self.access.ledger,
            ours=True,
            clock=self.clock,
            report=self._once,
        )

    def _start_embedded(self, script: Script) -> str:
        """Start what the configuration holds by now; what runs is touched once it compiles."""
        access, router = self.access, self.access.router.name
        with locked(access.lock, router=router), access.session() as session, session.wide():
            if problem := tasks.compiles(session, script.path):
                raise ApplyError(
                    f"the router's luac refuses {script.name}; what ran of it still runs",
                    router=router,
                    output=problem,
                )
            tasks.require_slot(tasks.state(session), script.path, router)
            trial = tasks.restart(
                session, access.session, script.path, script.arguments, self.clock
            )
            if trial.error:
                raise ApplyError(
                    f"{script.path} failed when it was started", router=router, output=trial.error
                )
        access.ledger.renew(script.path)
        access.ledger.note(script.path, Put.of(script.source))
        return "started"

    def _remove(self, path: str) -> str:
        """Stop a script that has lost its schedule, and take its file away."""
        access, router = self.access, self.access.router.name
        folder, _, name = path.rpartition("/")
        with locked(access.lock, router=router), access.session() as session, session.wide():
            tasks.stop(session, path, self.clock)
            if path.startswith("/"):
                bare = name.removesuffix(".lua")
                for each in (name, *(bare + suffix for suffix in LEFTOVERS)):
                    if each in listing(session, folder):
                        session.send(f"delete {folder}/{each}")
        access.ledger.forget(path)
        self.tell(f"{path} stopped and removed")
        return "removed"


def _touches(command: Command, script: Script) -> bool:
    """Tell whether a command changes what a script began with: its settings or its text."""
    if found := _VARIABLE.match(command.line):
        return found[1] in script.settings or _mentions(script.source.decode("latin-1"), found[1])
    found = _BLOCK.match(command.line)
    return bool(found and script.embedded and found[2] == script.name)


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"\b{re.escape(name)}\b", text) is not None


def _lines(commands: Iterable[Command]) -> Iterator[str]:
    return (command.line for command in commands)


def _opens_sftp(command: Command) -> bool:
    words = command.line.split()
    return words[:2] == ["sftpd", "host"] and "none" not in words


def _removed_block(command: Command) -> str | None:
    found = _BLOCK.match(command.line)
    return f"emfs:/{found[2]}" if found and found[1] else None


def _with(outcome: Outcome, results: tuple[ScriptResult, ...]) -> Outcome:
    """Return the end of the whole: the configuration's, and the scripts'."""
    failed = [each for each in results if each.exit_code is not ExitCode.DONE]
    if failed:
        said = f"the configuration is as wanted; {len(failed)} of {len(results)} scripts failed"
        return replace(outcome, result=Result.INCOMPLETE, reason=said, scripts=results)
    if outcome.result is Result.CHANGED or all(each.done == "unchanged" for each in results):
        return replace(outcome, scripts=results)
    said = "the configuration was as wanted already"
    return replace(outcome, result=Result.CHANGED, reason=said, scripts=results)
