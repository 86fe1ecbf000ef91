"""Values of the console's own settings, as far as they depend on the revision or are no list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.console.screen import CHARACTER_SETS
from yamaha_ops.lab.fidelity import documented, recorded
from yamaha_ops.lab.messages import Problem, Refusal

if TYPE_CHECKING:
    from yamaha_ops.lab.hardware import Hardware
    from yamaha_ops.lab.view import Words

FIDELITY: Final = (
    documented("`console columns` 80..200, from 15.02.14 to 4096", "REF 4.22"),
    recorded(
        "`console lines 0` is `Error: Parameter out of range`", "published console text of routers"
    ),
    documented("`console prompt` at most 64 characters", "REF 4.20"),
)

PROMPT: Final = 64


def check_limits(words: Words, hardware: Hardware) -> None:
    """Refuse a console setting whose value is out of its range.

    Raises:
        Refusal: It is.
    """
    if len(words) != 3 or words[0].lower() != "console":  # noqa: PLR2004 -- console, name, value
        return
    value = words[2].lower()
    match words[1].lower():
        case "columns":
            _between(value, 80, 4096 if hardware.since("15.02.14") else 200)
        case "character" if value not in CHARACTER_SETS:
            raise Refusal(Problem.KEYWORD)
        case "prompt" if len(value) > PROMPT:
            raise Refusal(Problem.RANGE)


def _between(value: str, low: int, high: int) -> None:
    if not value.isdigit():
        raise Refusal(Problem.INTEGER)
    if not low <= int(value) <= high:
        raise Refusal(Problem.RANGE)
