"""The file that a factory-fresh router starts from: just enough to be reached and set up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from yamaha_ops.config.order import show
from yamaha_ops.config.words import quote
from yamaha_ops.errors import InputError

if TYPE_CHECKING:
    from yamaha_ops.config import Configuration
    from yamaha_ops.inventory import Router

NAME: Final = "config.txt"
"""What RTX830 looks for on USB and microSD, in that order of media (REF 42.9)."""

_REACH: Final = frozenset(
    {
        "ip lan1 address",
        "dhcp service",
        "dhcp server rfc2131 compliant",
        "dhcp scope",
        "sshd host",
    }
)
"""Settings of the full configuration that the first one needs: an address, and who may log in."""


def first_boot(entry: Router, wanted: Configuration, place: str) -> bytes:
    """Return the file: Shift_JIS, CR LF. It holds both passwords in clear.

    Raises:
        InputError: The inventory names no passwords.
        SecretError: One of them cannot be had.
    """
    login = entry.login
    if login.password is None or login.administrator_password is None:
        raise InputError(
            "the first start needs login.password and login.administrator_password",
            router=entry.name,
        )
    reach = [
        setting
        for key, setting in wanted.settings.items()
        if key.words.startswith(tuple(_REACH)) and not key.context
    ]
    lines = [
        f"# zero-touch {place}",
        f"administrator password {quote(login.administrator_password.resolve())}",
        f"login user {login.user} {quote(login.password.resolve())}",
        *show(reach).splitlines(),
        "sshd service on",
        "sshd host key generate",
    ]
    return "".join(f"{line}\r\n" for line in lines).encode("cp932")
