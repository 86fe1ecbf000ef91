"""The faults by name, as ``lab fault`` knows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from yamaha_ops.lab.handle import LabRouter


class Mishap(NamedTuple):
    """One kind of fault: what it takes, what it does, in a line of help."""

    takes: str
    help: str
    act: Callable[..., None]


def _set(attribute: str, convert: Callable[[str], object]) -> Callable[[LabRouter, str], None]:
    def act(router: LabRouter, value: str) -> None:
        setattr(router.faults, attribute, convert(value))

    return act


def _within(convert: Callable[[str], float], most: float) -> Callable[[str], float]:
    """Return a reader of numbers from 0 to ``most``."""

    def read(value: str) -> float:
        number = convert(value)
        if not 0 <= number <= most:  # NaN is not, either
            raise ValueError
        return number

    return read


_SECONDS: Final = _within(float, 3600)
_COUNT: Final = _within(int, 1 << 30)
_SHARE: Final = _within(float, 1)


def _switch(attribute: str) -> Callable[[LabRouter], None]:
    def act(router: LabRouter) -> None:
        setattr(router.faults, attribute, True)

    return act


MISHAPS: Final[dict[str, Mishap]] = {
    "delay": Mishap("SECONDS", "answers come late", _set("delay_seconds", _SECONDS)),
    "jitter": Mishap("SECONDS", "and by a random time more", _set("jitter_seconds", _SECONDS)),
    "cut-bytes": Mishap("N", "lose the line after N bytes", _set("cut_after_bytes", _COUNT)),
    "cut-lines": Mishap("N", "lose the line after N rows", _set("cut_after_lines", _COUNT)),
    "garble": Mishap("N", "one byte in N arrives wrong", _set("garble_every", _COUNT)),
    "truncate": Mishap("N", "answers end after N rows", _set("truncate_after_lines", _COUNT)),
    "pager": Mishap("N", "a pager after every N rows", _set("page_every", _COUNT)),
    "lose-line": Mishap("", "the next typed line is lost", _switch("lose_first_line")),
    "refuse-connections": Mishap("", "close each connection", _switch("refuse_connections")),
    "refuse-logins": Mishap("", "no password is right", _switch("refuse_logins")),
    "tftp-loss": Mishap("SHARE", "lose packets on TFTP, 0..1", _set("tftp_loss", _SHARE)),
    "host-key": Mishap("", "another SSH host key", lambda router: router.change_host_key()),
    "power-cut": Mishap("", "cut the power", lambda router: router.power_cut()),
    "power-on": Mishap("", "bring it back", lambda router: router.power_on()),
    "prefix": Mishap(
        "PREFIX|none",
        "the provider offers another prefix",
        lambda router, value: router.change_prefix(None if value == "none" else value),
    ),
    "other-administrator": Mishap(
        "LINE ...",
        "somebody else types settings and saves",
        lambda router, *lines: router.type(*lines, save=True),
    ),
    "clear": Mishap("", "mend everything", lambda router: router.faults.clear()),
}
"""Every fault that ``lab fault ROUTER KIND [VALUE ...]`` can bring about."""
