"""The rules: a table of name, level, message and cure, each with what finds it."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import shorten
from typing import TYPE_CHECKING, Final

from yamaha_ops.scripts.check import harms, loops, naming, numeric
from yamaha_ops.scripts.check.finding import Finding, Level
from yamaha_ops.scripts.check.library import CURES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from yamaha_ops.scripts.check.structure import Hit, Script

    Find = Callable[[Script], Iterator[Hit]]


def _readable(text: str) -> str:
    """Return text of the script (a character a byte) as its author wrote it."""
    for codec in ("ascii", "utf-8", "cp932"):
        try:
            return text.encode("latin-1").decode(codec)
        except UnicodeDecodeError:
            continue
    return text.encode("latin-1").decode("ascii", "backslashreplace")


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing the router does not take, or takes badly."""

    code: str
    level: Level
    message: str
    cure: str
    find: Find

    def findings(self, script: Script) -> Iterator[Finding]:
        """Yield what it finds."""
        for token, found in self.find(script):
            what = shorten(_readable(found), 60, placeholder="...")
            cure = CURES.get(what, self.cure)
            yield Finding(
                token.line,
                token.column,
                self.level,
                self.code,
                self.message.format(what),
                cure.format(what),
            )


ERROR, WARNING = Level.ERROR, Level.WARNING

RULES: Final = (
    Rule("decimal-number", ERROR, "{} is a malformed number on the router",
         "use integers: tenths, percent, milliseconds", numeric.decimal),
    Rule("large-number", WARNING, "{} does not fit in 32 bits, where the router's arithmetic ends",
         "carry such numbers as strings and compare them as text", numeric.large_number),
    Rule("fraction", ERROR, "{} is not an integer, and the router has integers only",
         "multiply first, then divide what divides exactly", numeric.fraction),
    Rule("division", WARNING, "a PC divides into fractions, the router into integers",
         "write (n - n % d) / d, which is the same on both", numeric.division),
    Rule("power", WARNING, "a negative exponent gives a fraction, and the router has integers only",
         "use a constant exponent, or multiply in a loop", numeric.power),
    Rule("absent-function", ERROR, "the router's Lua has no {}",
         "do without it; docs/lua.md lists what there is", naming.absent),
    Rule("unlisted-function", WARNING, "nobody has seen {} on a router: Yamaha does not list it",
         "do without it, or try it on the router first", naming.unlisted),
    Rule("yamaha-syntax", ERROR, "{} is Yamaha's own syntax: no PC can load the file and check it",
         "write it in plain Lua 5.1: string.format, string.match", naming.yamaha_syntax),
    Rule("yamaha-function", WARNING, "{} is on the router only: the script cannot run under test",
         "use string.gmatch or string.match", naming.yamaha_functions),
    Rule("not-ascii", ERROR, "byte {} is not ASCII: in Shift_JIS it may be half of a [ or a \\",
         "match ASCII parts of an answer only", naming.non_ascii_code),
    Rule("not-ascii-comment", WARNING, "byte {} is not ASCII: a console may show it wrong",
         "write comments in ASCII", naming.non_ascii_comment),
    Rule("busy-loop", ERROR, "this loop never sleeps and never ends: it takes the router's CPU",
         "call rt.sleep(SECONDS) in it, or wait with rt.syslogwatch", loops.busy),
    Rule("polling-without-sleep", WARNING, "this loop sends commands without sleeping between them",
         "call rt.sleep(SECONDS) in it", loops.polling),
    Rule("logged-command", WARNING, "{} in a loop writes a log line each time",
         "say rt.command(COMMAND, 'off')", loops.logged_command),
    Rule("flash-wear", WARNING, "{} in a loop writes flash, which wears out",
         "keep it in memory, or send it away", loops.flash),
    Rule("self-termination", ERROR,
         "`{}` from a task can be its own end: all Lua hangs until the power is cut",
         "let the script return, or call os.exit()", harms.self_termination),
    Rule("command-from-outside", ERROR, "what is carried out here is built from {}",
         "choose among fixed commands, or let only tonumber(...) in", harms.command_from_outside),
    Rule("command-from-setting", WARNING, "what is carried out here is built from {}",
         "hold it against what is allowed (string.match), or let only tonumber(...) in",
         harms.command_from_setting),
    Rule("file-append", ERROR, "mode '{}' does not append on the router: the file begins anew",
         "read it, add to the text, write all of it", harms.file_append),
    Rule("print", WARNING, "{} goes nowhere in a scheduled task",
         'use rt.syslog("info", TEXT)', harms.prints),
    Rule("syslog-arguments", ERROR, "{} needs a level (info, notice, debug) and a text",
         'write rt.syslog("info", TEXT)', harms.syslog_arguments),
    Rule("watch-truth", WARNING, "{} returns 0 when its time is over, and 0 is true in Lua",
         "compare: local n = rt.syslogwatch(...); if n and n > 0 then", harms.watch_truth),
    Rule("http-request", ERROR, "rt.httprequest knows no {}",
         "it sends GET, HEAD and POST; a token goes into auth_type and auth_token",
         harms.http_request),
)  # fmt: skip
"""Every rule. A new one is an entry here and a function in a module beside."""
