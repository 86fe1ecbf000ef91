"""``rt.hw``: the STATUS LED, the buzzer and the processor, as a script reaches them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from yamaha_ops.lab.fidelity import assumed, documented, recorded

if TYPE_CHECKING:
    from collections.abc import Callable

FIDELITY: Final = (
    recorded(
        "`cpu1`, `status-led1`, `buzzer1`; no `thermometer1`", "rtx-dns-tcp-lua, published scripts"
    ),
    recorded("`cpu1:read().load_1m` in percent", "published Lua scripts"),
    assumed("`load_5s` and `load_5m` beside it", "by analogy"),
    recorded("Tones B2, E3, B3, B4 and no others", "published Lua scripts"),
    documented("`close`, `tone`, `on`, `blink`, `off`, `read`", "Yamaha's Lua pages"),
    recorded("`blink(ON, OFF)` in milliseconds", "published Lua scripts"),
    assumed("A wrong tone or time is a bad argument", "wording not seen"),
    assumed("`closed device` after `close`; a task's end leaves the LED as it is", "unknown"),
    assumed("`no such device` for every other name", "nil and a text were seen"),
    assumed("No keyboard (`getc`, `getchar`, `gets`)", "the lab has no USB devices"),
)

TONES: Final = ("B2", "E3", "B3", "B4")
KEPT: Final = 1000
"""Tones that are remembered."""


@dataclass(slots=True)
class Panel:
    """What a person in front of the router sees and hears.

    Attributes:
        led: The STATUS LED: ``off``, ``on`` or ``blink ON OFF`` (milliseconds).
        sound: What the buzzer plays now, or nothing.
        tones: What it played so far.
    """

    led: str = "off"
    sound: str = ""
    tones: list[str] = field(default_factory=list)

    def on(self) -> None:
        """Light the LED."""
        self.led = "on"

    def dark(self) -> None:
        """Put the LED out."""
        self.led = "off"

    def blink(self, on: float, off: float) -> None:
        """Let the LED blink."""
        self.led = f"blink {int(on)} {int(off)}"

    def tone(self, name: str) -> None:
        """Play a tone until the next one, or until it is quiet."""
        self.sound = name
        self.tones = [*self.tones, name][-KEPT:]

    def quiet(self) -> None:
        """End the tone."""
        self.sound = ""


def functions(panel: Panel, cpu: Callable[[], tuple[int, int, int]]) -> dict[str, Any]:
    """Return what ``hardware.lua`` builds devices of."""
    return {
        "led_on": panel.on,
        "led_off": panel.dark,
        "led_blink": panel.blink,
        "buzzer_tone": panel.tone,
        "buzzer_off": panel.quiet,
        "is_tone": TONES.__contains__,
        "load": cpu,
    }
