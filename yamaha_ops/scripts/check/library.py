"""What the router's Lua has and has not, as data.

Sources: Yamaha's Lua function index (2024); the keys of ``rt`` and the absence of ``math.floor`` as
measured on an RTX830 (Rev.15.02.30 and 15.02.33).
"""

from __future__ import annotations

from typing import Final

AVAILABLE: Final = {
    library: frozenset(names.split())
    for library, names in {
        "math": "abs fmod max min random randomseed",
        "table": "concat insert maxn remove sort",
        "string": "byte char dump find format gmatch gsub len lower match rep reverse sub upper "
        "regexp split",
        "io": "close flush input lines open output read type write",
        "os": "clock date difftime exit getenv remove rename time",
        "bit": "band btest bor bxor bnot bshift brotate",
        "rt": "command httprequest hw mail mime sleep socket syslog syslogwatch",
    }.items()
}
"""Every function of the libraries that the index lists in full."""

UNLISTED: Final = frozenset({"coroutine", "debug", "package", "module"})
"""Names of stock Lua 5.1 that the index does not mention: nobody knows."""

YAMAHA_ONLY: Final = frozenset({"string.split", "string.regexp", "each"})
"""Functions that stock Lua lacks."""

FILE_METHODS_ABSENT: Final = frozenset({"seek", "setvbuf"})

EXTRA_GLOBALS: Final = (
    *("rt", "bit", "each"),
    *("_RT_LUA_VERSION", "_RT_LUA_VERSION_NUM", "_RT_FIRM_REVISION"),
)
"""Globals that the router has beyond stock Lua."""

CURES: Final = {
    "math.floor": "numbers are integers already; for a quotient write (n - n % d) / d",
    "math.ceil": "numbers are integers already; for a quotient write (n + d - 1 - (n + d - 1) % d) "
    "/ d",
    "math.huge": "use a number that is large enough, at most 2147483647",
    "io.popen": "use rt.command",
    "os.execute": "use rt.command",
}
