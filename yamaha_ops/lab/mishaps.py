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


def _switch(attribute: str) -> Callable[[LabRouter], None]:
    def act(router: LabRouter) -> None:
        setattr(router.faults, attribute, True)

    return act


MISHAPS: Final[dict[str, Mishap]] = {
    "delay": Mishap("SECONDS", "answers come late", _set("delay_seconds", float)),
    "jitter": Mishap("SECONDS", "and by a random time more", _set("jitter_seconds", float)),
    "cut-bytes": Mishap("N", "lose the line after N bytes", _set("cut_after_bytes", int)),
    "cut-lines": Mishap("N", "lose the line after N rows", _set("cut_after_lines", int)),
    "garble": Mishap("N", "one byte in N arrives wrong", _set("garble_every", int)),
    "truncate": Mishap("N", "answers end after N rows", _set("truncate_after_lines", int)),
    "pager": Mishap("N", "a pager after every N rows", _set("page_every", int)),
    "lose-line": Mishap("", "the next typed line is lost", _switch("lose_first_line")),
    "refuse-connections": Mishap("", "close each connection", _switch("refuse_connections")),
    "refuse-logins": Mishap("", "no password is right", _switch("refuse_logins")),
    "tftp-loss": Mishap("SHARE", "lose packets on TFTP, 0..1", _set("tftp_loss", float)),
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
