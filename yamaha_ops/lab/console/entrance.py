"""Coming in: who may, the dialogue of telnet, the banner."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from yamaha_ops.lab.accounts import admits_host, attribute, host_allowed
from yamaha_ops.lab.console.screen import DEFAULT_CHARACTER, is_japanese
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.messages import Problem
from yamaha_ops.lab.shell import Ask

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from yamaha_ops.lab.hardware import Hardware
    from yamaha_ops.lab.router import EmulatedRouter

FIDELITY: Final = (
    recorded("Banner in English in both languages", "RTX830/login_banner"),
    assumed(
        "MAC addresses and memory lines of the banner", "seen, but not published letter by letter"
    ),
    documented(
        "telnet: `Password:` first; empty Enter, then `Username:` and `Password:`", "REF 2.1"
    ),
    documented(
        "Sessions: telnet 8 and SSH 8; several administrators at once", "REF 2.1, 4.41, 4.68"
    ),
    recorded(
        "`Error: Login access is restricted.` and the line closes",
        "published console text of routers",
    ),
    assumed("A wrong password at `Password:` of telnet asks again, three times", "not stated"),
)

TRIES: Final = 3
SESSIONS: Final = 8
ANONYMOUS: Final = ""


@dataclass(frozen=True, slots=True)
class Peer:
    """Who is at the other end: by which service, from which address, logged in as whom.

    Attributes:
        user: The named user whom SSH has let in already; None asks on the console (telnet).
    """

    service: Literal["ssh", "telnet"]
    address: str
    user: str | None = None


def admitted(router: EmulatedRouter, peer: Peer) -> bool:
    """Tell whether a service has room and takes clients from this address."""
    there = sum(console.peer.service == peer.service for console in router.consoles)
    room = int(router.view.value(f"{peer.service}d", "session", default=str(SESSIONS)))
    return there < room and admits_host(router.view, peer.service, peer.address)


def welcome(router: EmulatedRouter, peer: Peer, user: str) -> bool:
    """Tell whether a user may come from this address, and once more."""
    hosts = attribute(router.view, user, "host", "any").split(",")
    if not host_allowed(router.view, tuple(hosts), peer.address):
        return False
    again = any(
        console.user == user and console.peer.service == peer.service for console in router.consoles
    )
    return not again or attribute(router.view, user, "multi-session", "on") == "on"


def log_in(router: EmulatedRouter, show: Callable[[str], None]) -> Generator[Ask, str, str | None]:
    """Ask as telnet does, for the login password or a named user; return who it is, or None."""
    accounts, view = router.accounts, router.view
    for _ in range(TRIES):
        password = yield Ask("Password: ", echo=False)
        if password == "" and any(True for _ in view.all("login", "user")):
            user = yield Ask("Username: ")
            password = yield Ask("Password: ", echo=False)
            allowed = attribute(view, user, "connection", "all").split(",")
            if accounts.admits(view, user, password) and {"all", "telnet"} & set(allowed):
                return user
        elif accounts.admits_anonymous(view, password):
            return ANONYMOUS
        character = view.value("console", "character", default=DEFAULT_CHARACTER)
        show(Problem.PASSWORD.line(japanese=is_japanese(character)))
    return None


def banner(hardware: Hardware) -> tuple[str, ...]:
    """Return the lines that greet whoever came in; they name model and firmware."""
    return (
        hardware.firmware,
        "Copyright (c) 1994-2021 Yamaha Corporation. All Rights Reserved.",
        "To display the software copyright statement, use 'show copyright' command.",
        ", ".join(hardware.mac_addresses),
        "Memory 256Mbytes, 2LAN",
    )
