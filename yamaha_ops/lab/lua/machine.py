"""One script in one Lua 5.1 machine: what ``rt``, ``io`` and ``os`` do on a router."""

from __future__ import annotations

import base64
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from yamaha_ops.lab.console.screen import is_japanese
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.lua import devices, patterns, rewriting, web
from yamaha_ops.lab.lua.bits import BITS
from yamaha_ops.lab.lua.files import ScriptFiles
from yamaha_ops.lab.lua.sockets import Sockets
from yamaha_ops.lab.lua.states import State
from yamaha_ops.lab.messages import Refusal
from yamaha_ops.lab.paths import read_file
from yamaha_ops.lab.pipes import grep_pattern
from yamaha_ops.lab.shell import run_unattended

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.lab.lua.tasks import Task, Tasks
    from yamaha_ops.lab.router import EmulatedRouter

FIDELITY: Final = (
    documented("The libraries that are there", "Yamaha's Lua pages"),
    recorded("`debug`, `loadfile`, `loadstring` are there", "routemon"),
    assumed(
        "`debug` has `getinfo` and `traceback` only", "a hook would free a script of the lab's"
    ),
    assumed("`7 / 2` is cut off towards zero; dividing by zero is an error", "never seen"),
    assumed("`-7 % 2` is 1 as in stock Lua", "never seen"),
    assumed("`tonumber('0.5')` is nil; `math.random()` is an integer", "there are integers only"),
    assumed("`os.clock` counts from the router's start", "`rt.socket.gettime` was seen to"),
    documented("`each` walks over its arguments, or over one table", "Yamaha's Lua pages"),
    recorded("`rt.command` answers CR LF and CP932; silence is `true, nil`", "routemon"),
    documented("`rt.command` runs as administrator, at most 4095 characters", "Yamaha's Lua pages"),
    recorded("`rt.syslog` takes `INFO` and `NOTICE` as well", "rtx1200_exporter"),
    assumed("`rt.syslog` lines begin with `[LUA] `; debug lines are not kept", "no recording"),
    recorded("A task has its own language", "routemon, rtx-dns-tcp-lua"),
    recorded(
        "`rt.syslogwatch` sees only lines written during the call", "routemon, rtx-dns-tcp-lua"
    ),
    recorded("`print` of a scheduled task goes nowhere", "routemon, rtx-dns-tcp-lua"),
    assumed(
        "`print` of a console's task appears on that console when it happens", "lua -e is used so"
    ),
    assumed("`rt.mail` succeeds and is remembered", "its fields are unknown"),
    assumed("`rt.mime` has `b64` and `unb64` only, of whole texts", "the others stream"),
    documented("`_RT_LUA_VERSION` 1.08 from Rev.15.02.03, 1.07 before", "Yamaha's Lua pages"),
)

LONGEST: Final = 4095
REFUSED: Final = ("administrator", "telnet", "ssh", "scp", "exit", "quit")
WRONG_ARGUMENT: Final = (AttributeError, TypeError, ValueError, OverflowError)
"""What Python says to a value of a kind that it cannot work with: `io.open(nil)`."""


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

    name = task.script or "(command line)"
    # Latin-1 makes one character of each byte, so that CP932 passes through unharmed.
    machine = lupa.lua51.LuaRuntime(
        encoding="latin-1", unpack_returned_tuples=True, register_eval=False
    )
    hands = Hands(router, tasks, task)
    try:
        start = machine.eval("loadstring")(part("prelude"), "@prelude")(
            machine.table_from(hands.table())
        )
        start(task.source, f"@{name}" if task.script else f"={name}", list(task.arguments))
    except lupa.lua51.LuaError as error:
        if task.stopped:
            raise Stopped from None
        text = str(error).splitlines()[0]
        if text != "exit":
            raise LuaFailure(text) from None
    except Refusal as refusal:
        raise LuaFailure(refusal.line(japanese=False)) from None
    except WRONG_ARGUMENT as error:
        raise LuaFailure(f"{name}: bad argument ({error})") from None
    finally:
        hands.sockets.close()


def part(name: str) -> str:
    """Return one of the Lua files that make a router's Lua of stock Lua."""
    return files(__package__).joinpath(f"{name}.lua").read_text(encoding="ascii")


def version(router: EmulatedRouter) -> str:
    """Return the version of the Lua script function."""
    return "1.08" if router.hardware.since("15.02.03") else "1.07"


def compiles(source: str, name: str) -> str | None:
    """Return what is wrong with a script's syntax, or None."""
    import lupa.lua51  # noqa: PLC0415 -- only routers that run Lua pay for it

    try:
        plain = rewriting.stock(source)
    except rewriting.SourceError as error:
        return f"{name}:{error.line}: {error}"
    machine = lupa.lua51.LuaRuntime(encoding="latin-1", register_eval=False)
    chunk = machine.eval("loadstring")(plain, f"@{name}")
    return None if not isinstance(chunk, tuple) else str(chunk[1])


class Hands:
    """What a script can reach: its methods are the ``py`` table of the prelude."""

    def __init__(self, router: EmulatedRouter, tasks: Tasks, task: Task) -> None:
        self._router = router
        self._tasks = tasks
        self._task = task
        self._files = ScriptFiles(router, tasks)
        self.sockets = Sockets(
            router.lua.ports,
            self._own_addresses,
            lambda readers, writers, seconds: tasks.rest(task, readers, writers, seconds),
        )

    def table(self) -> dict[str, Any]:
        """Return the names that the prelude uses."""
        router, sockets = self._router, self.sockets
        return {
            **BITS,
            **devices.functions(router.panel, lambda: router.world.cpu),
            "b64": lambda text: base64.b64encode(text.encode("latin-1")).decode(),
            "check": self.check,
            "command": self.command,
            "getenv": self.getenv,
            "hostname": router.name,
            "httprequest": self.httprequest,
            "integral": rewriting.integral,
            "largest": rewriting.LARGEST,
            "mail": self.mail,
            "module": self._files.module,
            "open": self._files.open,
            "part": part,
            "print": self._print,
            "regexp_problem": patterns.problem,
            "regexp_search": patterns.search,
            "remove": self._files.remove,
            "rename": self._files.rename,
            "revision": f"Rev.{router.hardware.revision}",
            "select": sockets.select,
            "sleep": self.sleep,
            "stock": self.stock,
            "syslog": self.syslog,
            "syslogwatch": self.syslogwatch,
            "syslogwatch_regexp": self.syslogwatch_regexp,
            "tcp": sockets.tcp,
            "time": lambda: int(router.clock.now()),
            "toip": self.toip,
            "udp": sockets.udp,
            "unb64": lambda text: base64.b64decode(text.encode("latin-1")).decode("latin-1"),
            "uptime": lambda: int(router.uptime()),
            "version": version(router),
            "version_number": int(version(router).replace(".", "")),
        }

    def check(self, *_: object) -> None:
        """Run now and then while the script works, so that it can be stopped."""
        if self._task.stopped:
            raise Stopped

    def stock(self, source: str) -> tuple[str | None, int, str]:
        """Return a script as stock Lua reads it; or None, a line and what is wrong there."""
        try:
            return rewriting.stock(source), 0, ""
        except rewriting.SourceError as error:
            return None, error.line, str(error)

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
        if level.lower() in {"info", "notice"}:
            self._tasks.ask(lambda: self._router.log.add(f"[LUA] {line}"))

    def syslogwatch(self, pattern: str, count: float | None, seconds: float | None) -> str:
        """``rt.syslogwatch``: wait for lines; return them joined by newlines."""
        return self._watch(pattern, grep_pattern(pattern), count, seconds)

    def syslogwatch_regexp(self, pattern: str, count: float | None, seconds: float | None) -> str:
        """``rt.syslogwatch`` with ``/re/``."""
        return self._watch(pattern, patterns.tester(pattern), count, seconds)

    def _watch(
        self,
        pattern: str,
        matches: Callable[[str], bool],
        count: float | None,
        seconds: float | None,
    ) -> str:
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
        hardware = self._router.hardware
        limits = web.Limits(
            url=2048 if hardware.since("15.02.29") else 255, https=version(self._router) == "1.08"
        )
        self._task.state = State.COMMUNICATE
        try:
            answer = web.request(asked, self._posted(asked), limits)
        except web.WebError as error:
            return False, str(error), None, None, None, None
        finally:
            self._task.state = State.RUN
        saved = None
        if asked.get("save_file"):
            saved = self._tasks.ask(lambda: self._files.save(str(asked["save_file"]), answer.body))
        return True, None, answer.code, answer.header, answer.text, saved

    def _posted(self, asked: dict[str, Any]) -> bytes | None:
        if asked.get("post_file"):
            try:
                return self._tasks.ask(lambda: read_file(self._router, str(asked["post_file"])))
            except Refusal:
                return None
        return str(asked["post_text"]).encode("latin-1") if asked.get("post_text") else None

    # --- the rest ------------------------------------------------------------------

    def toip(self, name: str) -> str | None:
        """``rt.socket.dns.toip``: the lab knows itself and loopback."""
        if name in {"localhost", self._router.name}:
            return "127.0.0.1"
        return name if name.startswith("127.") or name in self._own_addresses() else None

    def _own_addresses(self) -> set[str]:
        view = self._router.view
        found = (view.first("ip", lan, "address") for lan in ("lan1", "lan2", "bridge1"))
        return {words[0].partition("/")[0] for words in found if words}

    def getenv(self, name: str) -> str | None:
        """``os.getenv``: a variable of the router (``set NAME=VALUE``)."""
        for words in self._router.view.all("set"):
            key, equals, value = words[0].partition("=")
            if equals and key == name:
                return value
        return None

    def _print(self, text: str) -> None:
        shown = text.encode("latin-1").decode("cp932", "replace")
        self._tasks.ask(lambda: self._task.show(shown))
