"""One script in one Lua 5.1 machine: what ``rt``, ``io`` and ``os`` do on a router."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from yamaha_ops.lab.console.screen import is_japanese
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.lua import web
from yamaha_ops.lab.lua.literals import malformed
from yamaha_ops.lab.lua.states import State
from yamaha_ops.lab.messages import Refusal
from yamaha_ops.lab.paths import absolute, read_file, write_file
from yamaha_ops.lab.pipes import grep_pattern
from yamaha_ops.lab.shell import run_unattended
from yamaha_ops.lab.storage import RtfsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.lab.lua.tasks import Task, Tasks
    from yamaha_ops.lab.router import EmulatedRouter

FIDELITY: Final = (
    recorded("Decimal literals are malformed numbers", "routemon"),
    assumed("Arithmetic is stock Lua's, not 32-bit integers", "stock Lua cannot show that"),
    documented("The libraries that are there", "Yamaha's Lua pages"),
    assumed(
        '`string.regexp`, `string.split`, `each`, `/re/`, `$""` are missing', "Yamaha's own syntax"
    ),
    recorded("`rt.command` answers CR LF and CP932; silence is `true, nil`", "routemon"),
    documented("`rt.command` runs as administrator, at most 4095 characters", "Yamaha's Lua pages"),
    assumed("`rt.syslog` lines begin with `[LUA] `; debug lines are not kept", "no recording"),
    recorded("A task has its own language", "routemon, rtx-dns-tcp-lua"),
    recorded(
        "`rt.syslogwatch` sees only lines written during the call", "routemon, rtx-dns-tcp-lua"
    ),
    recorded(
        "`io.open(p, 'a')` does not append, `'w'` writes CR before LF", "routemon, rtx-dns-tcp-lua"
    ),
    recorded("`os.rename` refuses an existing target", "routemon, rtx-dns-tcp-lua"),
    recorded("`print` of a scheduled task goes nowhere", "routemon, rtx-dns-tcp-lua"),
    assumed(
        "`print` of a console's task appears on that console when it happens", "lua -e is used so"
    ),
    assumed("`rt.mail` succeeds and is remembered; `rt.socket` and `rt.mime` are empty", "unknown"),
)

LONGEST: Final = 4095
REFUSED: Final = ("administrator", "telnet", "ssh", "scp", "exit", "quit")
DEVICES: Final = ("cpu1", "status-led1", "buzzer1")


class Stopped(Exception):  # noqa: N818 -- a way out, not an error
    """The task was told to end."""


class LuaFailure(Exception):  # noqa: N818 -- the script's failure, as the router words it
    """The script failed; the text is Lua's."""


def run(router: EmulatedRouter, tasks: Tasks, task: Task) -> None:
    """Run a task's script to its end.

    Raises:
        Stopped: The task was told to end.
        LuaFailure: The script failed.
    """
    import lupa.lua51  # noqa: PLC0415 -- only routers that run Lua pay for it

    found = malformed(task.source)
    name = task.script or "(command line)"
    if found is not None:
        raise LuaFailure(f"{name}:{found[0]}: malformed number near '{found[1]}'")
    # Latin-1 makes one character of each byte, so that CP932 passes through unharmed.
    machine = lupa.lua51.LuaRuntime(
        encoding="latin-1", unpack_returned_tuples=True, register_eval=False
    )
    hands = Hands(router, tasks, task)
    prelude = files(__package__).joinpath("prelude.lua").read_text(encoding="ascii")
    try:
        start = machine.eval("loadstring")(prelude, "@prelude")(machine.table_from(hands.table()))
        start(task.source, f"@{name}" if task.script else f"={name}", list(task.arguments))
    except lupa.lua51.LuaError as error:
        if task.stopped:
            raise Stopped from None
        text = str(error).splitlines()[0]
        if text != "exit":
            raise LuaFailure(text) from None
    except Refusal as refusal:
        raise LuaFailure(refusal.line(japanese=False)) from None


def compiles(source: str, name: str) -> str | None:
    """Return what is wrong with a script's syntax, or None."""
    import lupa.lua51  # noqa: PLC0415 -- only routers that run Lua pay for it

    found = malformed(source)
    if found is not None:
        return f"{name}:{found[0]}: malformed number near '{found[1]}'"
    machine = lupa.lua51.LuaRuntime(encoding="latin-1", register_eval=False)
    chunk = machine.eval("loadstring")(source, f"@{name}")
    return None if not isinstance(chunk, tuple) else str(chunk[1])


class Hands:
    """What a script can reach: its methods are the ``py`` table of the prelude."""

    def __init__(self, router: EmulatedRouter, tasks: Tasks, task: Task) -> None:
        self._router = router
        self._tasks = tasks
        self._task = task

    def table(self) -> dict[str, Any]:
        """Return the names that the prelude uses."""
        return {
            "check": self.check,
            "command": self.command,
            "getenv": self.getenv,
            "hardware": lambda name: name in DEVICES,
            "httprequest": self.httprequest,
            "load": lambda: self._router.world.cpu[1],
            "mail": self.mail,
            "module": self.module,
            "open": self.open,
            "print": self._print,
            "remove": self.remove,
            "rename": self.rename,
            "revision": f"Rev.{self._router.hardware.revision}",
            "sleep": self.sleep,
            "syslog": self.syslog,
            "syslogwatch": self.syslogwatch,
            "time": lambda: int(self._router.clock.now()),
        }

    def check(self, *_: object) -> None:
        """Run now and then while the script works, so that it can be stopped."""
        if self._task.stopped:
            raise Stopped

    # --- rt ----------------------------------------------------------------------------------

    def command(self, line: str, log: str | None = None) -> tuple[bool, str | None]:
        """``rt.command``: carry out a line as administrator."""
        del log
        typed = line.encode("latin-1").decode("cp932", "replace")
        words = typed.split()
        if len(typed) > LONGEST or not words or "\r" in typed or words[0] in REFUSED:
            return False, None
        if words[:2] == ["terminate", "lua"] and self._names_itself(words[2:]):
            self._tasks.locked = True
            self._tasks.wait(self._task, self._task.state, None)
        worked, printed = self._tasks.ask(
            lambda: run_unattended(self._router, typed, japanese=self._task.japanese)
        )
        if words[:2] == ["console", "character"] and worked:
            self._task.japanese = is_japanese(words[2])
        text = "".join(f"{row}\r\n" for row in printed).encode("cp932", "replace")
        return worked, text.decode("latin-1") or None

    def _names_itself(self, words: list[str]) -> bool:
        own = {str(self._task.number), "all", self._task.script}
        return bool(words) and words[-1] in own

    def syslog(self, level: str, text: str) -> None:
        """``rt.syslog``: write a line into the log; debug lines are not kept."""
        line = text.encode("latin-1").decode("cp932", "replace")
        if level in {"info", "notice"}:
            self._tasks.ask(lambda: self._router.log.add(f"[LUA] {line}"))

    def syslogwatch(self, pattern: str, count: float | None, seconds: float | None) -> str:
        """``rt.syslogwatch``: wait for lines; return them joined by newlines."""
        matches = grep_pattern(pattern)
        wanted = int(count or 1)
        found: list[str] = []

        def see(text: str) -> None:
            if len(found) < wanted and matches(text):
                found.append(text)
                # With a limit the router waits to its end, however early the line came.
                if len(found) >= wanted and seconds is None:
                    self._task.rouse()

        log = self._router.log
        self._task.watching = pattern
        self._tasks.ask(lambda: log.watchers.append(see))
        try:
            self._tasks.wait(self._task, State.WATCH, seconds)
        finally:
            self._task.watching = ""
            self._tasks.ask(lambda: log.watchers.remove(see))
        return "\n".join(found).encode("cp932", "replace").decode("latin-1")

    def sleep(self, seconds: float) -> None:
        """``rt.sleep``: whole seconds on the router's clock."""
        self._tasks.wait(self._task, State.SLEEP, int(seconds))

    def mail(self, message: Any) -> bool:
        """``rt.mail``: remember the message."""
        sent = {str(key): str(value) for key, value in dict(message).items()}
        self._tasks.ask(lambda: self._router.mails.append(sent))
        return True

    def httprequest(
        self, request: Any
    ) -> tuple[bool, str | None, int | None, str | None, str | None, bool | None]:
        """``rt.httprequest``: ``rtn1, err, code, header, body, rtn2``."""
        asked = {str(key): value for key, value in dict(request).items()}
        self._task.state = State.COMMUNICATE
        try:
            answer = web.request(asked)
        except web.WebError as error:
            return False, str(error), None, None, None, None
        finally:
            self._task.state = State.RUN
        saved = None
        if asked.get("save_file"):
            saved = self._tasks.ask(lambda: self._save(str(asked["save_file"]), answer.body))
        return True, None, answer.code, answer.header, answer.body.decode("latin-1"), saved

    def _save(self, path: str, data: bytes) -> bool:
        try:
            write_file(self._router, path, data)
        except Refusal:
            return False
        return True

    # --- files and the rest ------------------------------------------------------------------

    def getenv(self, name: str) -> str | None:
        """``os.getenv``: a variable of the router (``set NAME=VALUE``)."""
        for words in self._router.view.all("set"):
            key, equals, value = words[0].partition("=")
            if equals and key == name:
                return value
        return None

    def module(self, name: str) -> str | None:
        """``require``: a file of the RTFS."""
        try:
            return self._tasks.ask(lambda: read_file(self._router, f"{name}.lua")).decode("latin-1")
        except Refusal:
            return None

    def open(self, path: str, mode: str) -> dict[str, Callable[..., Any]] | None:
        """``io.open``: ``a`` begins anew like ``w``, which writes CR before LF."""
        router, tasks = self._router, self._tasks
        if mode.startswith("r"):
            try:
                data = tasks.ask(lambda: read_file(router, path)).decode("latin-1")
            except Refusal:
                return None
            return _reader(data)
        pieces: list[str] = []

        def close() -> None:
            text = "".join(pieces)
            if "b" not in mode:
                text = text.replace("\n", "\r\n")
            tasks.ask(lambda: self._save(path, text.encode("latin-1")))

        return {"write": pieces.append, "close": close, "read": lambda _: None}

    def remove(self, path: str) -> bool:
        """``os.remove``."""
        return self._tasks.ask(lambda: self._on_rtfs(lambda: self._delete(path)))

    def rename(self, old: str, new: str) -> bool:
        """``os.rename``: an existing target is refused."""
        return self._tasks.ask(lambda: self._on_rtfs(lambda: self._move(old, new)))

    def _delete(self, path: str) -> None:
        self._router.rtfs.delete(absolute(self._router, path))

    def _move(self, old: str, new: str) -> None:
        target = absolute(self._router, new)
        self._router.rtfs.rename(absolute(self._router, old), target.rpartition("/")[2])

    def _on_rtfs(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except RtfsError:
            return False
        return True

    def _print(self, text: str) -> None:
        shown = text.encode("latin-1").decode("cp932", "replace")
        self._tasks.ask(lambda: self._task.show(shown))


def _reader(data: str) -> dict[str, Callable[..., Any]]:
    rest = [data]

    def read(what: object) -> str | None:
        text = rest[0]
        if what == "*a":
            rest[0] = ""
            return text
        if not text:
            return None
        if isinstance(what, (int, float)):
            rest[0] = text[int(what) :]
            return text[: int(what)]
        line, _, rest[0] = text.partition("\n")
        return line

    return {"read": read, "close": lambda: None, "write": lambda _: None}
