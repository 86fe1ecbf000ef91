"""Who may come in: named users, their attributes, the administrator password."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from yamaha_ops.lab.fidelity import assumed, documented

if TYPE_CHECKING:
    from yamaha_ops.lab.view import View

FIDELITY: Final = (
    documented("`login user U PASSWORD` is stored encrypted", "REF 4.5"),
    documented("`login password` and `administrator password` are stored in clear", "REF 4.1-4.4"),
    assumed("What an encrypted password looks like", "never published; the lab uses a digest"),
    documented("User attributes administrator, connection, host, multi-session", "REF 4.10"),
    assumed(
        "A user kept out by `host=` or `multi-session=off` sees the error of host lists", "REF"
    ),
    documented(
        "Without `login-timer` of the user or `login timer` 300 seconds; `clear` means 300 too",
        "REF 4.10, 4.53",
    ),
    assumed(
        "A password the lab was started with opens the door whatever an encrypted line of a backup "
        "says",
        "real encrypted passwords cannot be checked here",
    ),
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
DEFAULT_LOGIN_SECONDS: Final = 300
MASKED: Final = "*"


def encrypted(password: str) -> str:
    """Return the lab's own stand-in for an encrypted password."""
    return base64.b64encode(hashlib.sha256(b"lab" + password.encode()).digest()[:12]).decode()


@dataclass(slots=True)
class Accounts:
    """Answers "may this one in?" from the running configuration.

    Attributes:
        known: Passwords the lab was started with, by user; they count where the configuration
            holds a form that the lab cannot check.
        known_administrator: The same for the administrator password.
    """

    known: dict[str, str] = field(default_factory=dict, repr=False)
    known_administrator: str | None = field(default=None, repr=False)

    def has_user(self, view: View, user: str) -> bool:
        """Tell whether the configuration has this named user."""
        return view.first("login", "user", user) is not None

    def admits(self, view: View, user: str, password: str) -> bool:
        """Check a named user's password."""
        stored = view.first("login", "user", user)
        return stored is not None and _matches(stored, password, self.known.get(user))

    def admits_anonymous(self, view: View, password: str) -> bool:
        """Check the login password; in the factory state the empty one is right."""
        stored = view.first("login", "password")
        return password == "" if stored is None else _matches(stored, password, None)

    def has_administrator_password(self, view: View) -> bool:
        """Tell whether an administrator password is set."""
        return bool(view.first("administrator", "password"))

    def admits_administrator(self, view: View, password: str) -> bool:
        """Check the administrator password; in the factory state the empty one is right."""
        stored = view.first("administrator", "password")
        if not stored:
            return password == ""
        return _matches(stored, password, self.known_administrator)


def _matches(stored: tuple[str, ...], password: str, known: str | None) -> bool:
    if known is not None and password == known:
        return True
    match stored:
        case ("encrypted", blob):
            return blob == encrypted(password)
        case (clear,) if clear != MASKED:
            return clear == password
    return False


def attribute(view: View, user: str, name: str, default: str) -> str:
    """Return a user attribute; what names the user goes before what is said for ``*``."""
    for who in (user, "*"):
        for setting in view.first("user", "attribute", who) or ():
            key, _, value = setting.partition("=")
            if key == name:
                return value
    return default


def login_seconds(view: View, user: str) -> int:
    """Return after how many seconds without a key a remote session ends."""
    timer = attribute(view, user, "login-timer", view.value("login", "timer", default="clear"))
    return int(timer) if timer.isdigit() else DEFAULT_LOGIN_SECONDS


def admits_host(view: View, service: str, address: str) -> bool:
    """Check a client against a service's ``... host`` list; ``any`` where there is none."""
    # `sshd host key generate` begins like the list of hosts but is another setting.
    lists = view.all(f"{service}d", "host")
    allowed = next((words for words in lists if words[:1] != ("key",)), ("any",))
    return host_allowed(view, allowed, address)


def host_allowed(view: View, allowed: tuple[str, ...], address: str) -> bool:
    """Check a client against a list of hosts. A client on loopback stands for a host on LAN1."""
    client = ipaddress.ip_address(address)
    for word in allowed:
        if word in {"any", "lan", "lan1"}:
            return True
        first, _, last = word.partition("-")
        try:
            low = ipaddress.ip_address(first)
            high = ipaddress.ip_address(last or first)
        except ValueError:  # another interface, or none
            continue
        if client.is_loopback and _meets_lan(view, low, high):
            return True
        if client.version == low.version and int(low) <= int(client) <= int(high):
            return True
    return False


def _meets_lan(view: View, low: Address, high: Address) -> bool:
    for words in view.all("ip", "lan1", "address"):
        try:
            lan = ipaddress.ip_network(words[0], strict=False)
        except ValueError:  # dhcp
            continue
        first, last = int(lan.network_address), int(lan.broadcast_address)
        if lan.version == low.version and int(low) <= last and first <= int(high):
            return True
    return False
