"""A file compared where it lies: for a router that takes files over TFTP and gives none back.

Whether a script can be read back that way is not documented. Where it cannot, a line of Lua on the
router adds the bytes up and writes the sums into the log: what it prints would land between the
answers of a console (recorded), and a file would wear flash. Two sums of 24 bits and the length
find what a transfer can do to a file; they are no defence against a forger.
"""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Final

from yamaha_ops.errors import IncompleteOutputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.change.clock import Clock
    from yamaha_ops.router import Session

Sums = tuple[int, int, int]
"""The length, and both sums."""

FACTORS: Final = ((31, 16777213), (37, 16777183))
"""Multiplier and modulus of each sum: no step leaves the 32 bits of the router's numbers."""

_SECONDS: Final = 10
"""How long the router may take."""

# In quotes of the other kind than the console's, without a backslash: it would eat that.
_CODE: Final = (
    "local f = io.open('{path}', 'rb') local d = f:read('*a') f:close() local a, b = 0, 0 "
    "for i = 1, #d do local c = string.byte(d, i) "
    "a = (a * {first[0]} + c) % {first[1]} b = (b * {second[0]} + c) % {second[1]} end "
    "rt.syslog('info', '{mark} ' .. #d .. ' ' .. a .. ' ' .. b)"
)


def sums(data: bytes) -> Sums:
    """Return the sums of bytes."""
    found = []
    for factor, modulus in FACTORS:
        total = 0
        for byte in data:
            total = (total * factor + byte) % modulus
        found.append(total)
    return len(data), found[0], found[1]


def sums_on_router(
    session: Session, connect: Callable[[], Session], path: str, clock: Clock
) -> Sums | None:
    """Return the sums of a file on the router, or None where it cannot be read there.

    Raises:
        CommandError: The router starts no Lua task.
    """
    mark = f"[yamaha-ops] {secrets.token_hex(4)}"
    code = _CODE.format(path=path, first=FACTORS[0], second=FACTORS[1], mark=mark)
    launcher = connect()
    try:
        launcher.send(f'lua -e "{code}"', timeout=3.0)
    except IncompleteOutputError:
        # What Lua prints against the file gets in the way of that console's prompt.
        launcher.drop()
    except BaseException:
        launcher.drop()
        raise
    row = re.compile(re.escape(mark) + r" (\d+) (\d+) (\d+)")
    for _ in range(_SECONDS):
        clock.sleep(1)
        if found := row.search(session.run(f"show log reverse | grep {mark.split()[1]}")):
            launcher.close()
            return int(found[1]), int(found[2]), int(found[3])
    launcher.close()
    return None
