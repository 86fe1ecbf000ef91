"""``show config`` and its parts (REF 57.2-57.6)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.commands.loading import passwords
from yamaha_ops.lab.commands.saving import stored
from yamaha_ops.lab.fidelity import assumed, documented
from yamaha_ops.lab.messages import Problem, Refusal
from yamaha_ops.lab.settings import Running, header
from yamaha_ops.lab.shell import Stored, operation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yamaha_ops.config import Configuration
    from yamaha_ops.lab.shell import Answer, Caller
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    documented("`show config N` asks the login and the administrator password", "REF 57.2"),
    assumed(
        "It asks `Login Password: `, then `Administrator Password: `", "as rtprov sees `load` ask"
    ),
    assumed("Passwords of a stored configuration are masked when shown", "as in the running one"),
    documented("Japanese in the configuration is right only in Shift_JIS", "REF 4.56"),
    assumed("Its bytes are the same in every character set", "follows from REF 4.56"),
    assumed("A description in `show status lanN` follows the character set", "unknown"),
    documented("`show config tunnel N`, `show config pp N`: that part only", "REF 57.4, 57.6"),
)


_USER: Final = re.compile(r"(login user \S+) encrypted \*")


@operation("show config", "less config", administrator=False)
def show_config(caller: Caller, words: Words) -> Answer:
    """Print the running configuration, or a stored one, secrets masked."""
    router = caller.router
    if len(words) > 1:
        raise Refusal(Problem.PARAMETER_COUNT)
    if words:
        text = stored(caller, words[0]).text
        yield from passwords(caller, text, all_of_them=True)
        configuration = Running(text).configuration
    else:
        configuration = router.running.configuration
    yield from header(router.hardware, router.clock.now())
    yield from _shown(configuration)


def _shown(configuration: Configuration) -> Iterator[str]:
    """Yield the lines with secrets masked; `login user U *` stands for every form of it."""
    for line in configuration.masked().splitlines():
        yield Stored(_USER.sub(r"\1 *", line))


def _part(kind: str) -> None:
    @operation(f"show config {kind}", f"less config {kind}", administrator=False)
    def show_part(caller: Caller, words: Words) -> Iterator[str]:
        if len(words) > 1:
            raise Refusal(Problem.PARAMETER_COUNT)
        selected = caller.context.removeprefix(kind) if caller.context.startswith(kind) else ""
        low, _, high = (words[0] if words else selected).partition("-")
        wanted = {low, high or low}
        if low.isdigit() and high.isdigit():
            wanted = {str(number) for number in range(int(low), int(high) + 1)}
        inside = False
        for line in _shown(caller.router.running.configuration):
            if not line.startswith(" "):
                inside = line.startswith(f"{kind} select ") and line.split()[-1] in wanted
            if inside:
                yield line


for _kind in ("tunnel", "pp"):
    _part(_kind)
