"""What TFTP names mean: ``config``, ``techinfo`` and files, each behind a password in the name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.exported import exported
from yamaha_ops.lab.fidelity import assumed, documented, recorded
from yamaha_ops.lab.messages import Refusal
from yamaha_ops.lab.shell import run_unattended
from yamaha_ops.lab.storage import RtfsError
from yamaha_ops.lab.techinfo import techinfo

if TYPE_CHECKING:
    from yamaha_ops.lab.router import EmulatedRouter

FIDELITY: Final = (
    documented("`config/PASSWORD` is the running configuration, get and put", "REF 2.3"),
    documented("The administrator password follows a slash, only if one is set", "REF 2.3.1"),
    documented("Shift_JIS with CR LF", "REF 2.3"),
    documented("Wrong lines of a put are ignored silently", "REF 2.3"),
    recorded("`/lua/x.lua/PASSWORD` puts a file", "rest-term.com"),
    assumed("The password of a Lua path is the administrator password", "sources disagree"),
    assumed("A put adds to the running configuration and does not save", "not stated"),
    assumed("A wrong password gives error 0, an unknown name error 1", "not stated"),
    assumed(
        "`configN` is unknown, firmware (`exec`) is refused, encryption is not emulated", "choice"
    ),
)

OPERATIONS: Final = ("restart", "save")


class Refused(Exception):  # noqa: N818 -- an answer of the router, not an error of the program
    """TFTP answers with an error packet."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def _opened(router: EmulatedRouter, name: str) -> str:
    """Return the name without its password.

    Raises:
        Refused: The password is missing or wrong.
    """
    accounts, view = router.accounts, router.view
    if not accounts.has_administrator_password(view):
        return name
    bare, slash, password = name.rpartition("/")
    if not slash or not accounts.admits_administrator(view, password):
        raise Refused(0, "Incorrect password")
    return bare


def fetch(router: EmulatedRouter, name: str) -> bytes:
    """Return the bytes of a name.

    Raises:
        Refused: Wrong password, or nothing of that name.
    """
    bare = _opened(router, name)
    if bare == "config":
        return exported(router.running.text, router.hardware, router.clock.now())
    if bare == "techinfo":
        return "".join(f"{line}\r\n" for line in techinfo(router)).encode("cp932", "replace")
    try:
        return router.rtfs.read("/" + bare.lstrip("/"))
    except RtfsError:
        raise Refused(1, "File not found") from None


def store(router: EmulatedRouter, name: str, data: bytes | None) -> None:
    """Store what was put under a name; with None only check that it may be put.

    Raises:
        Refused: Wrong password, or no place for it.
    """
    bare = _opened(router, name)
    if bare == "config":
        if data is not None:
            _configure(router, data.decode("cp932", "replace"))
        return
    path = "/" + bare.lstrip("/")
    if bare in {"techinfo", "exec"} or path.rpartition("/")[0] not in {
        directory.rstrip("/") for directory in router.rtfs.directories
    }:
        raise Refused(2, "Access violation")
    if data is not None:
        try:
            router.rtfs.write(path, data)
        except RtfsError:
            raise Refused(3, "Disk full or allocation exceeded") from None


def _configure(router: EmulatedRouter, text: str) -> None:
    context = ""
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        if line.split()[0] in OPERATIONS:
            run_unattended(router, line)
            continue
        try:
            context = router.follow(line, context)
        except Refusal:
            continue
