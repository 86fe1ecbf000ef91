"""The second factor: codes by time (TOTP, RFC 6238), and recovery codes for a lost telephone."""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final

import pyotp
import segno
from sqlalchemy import select

from yamaha_ops.errors import InputError, SecretError
from yamaha_ops.web.access.sealing import fingerprint
from yamaha_ops.web.store.people import User

if TYPE_CHECKING:
    from yamaha_ops.web.console import Console

STEP_SECONDS: Final = 30
OFFER_SECONDS: Final = 900.0
"""How long setting it up may take."""

_RECOVERY_CODES: Final = 10
_RECOVERY_CHARACTERS: Final = 16
"""80 bits: a code needs no slow hash."""
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""Nothing that is mistaken for something else on paper."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A secret that somebody is about to put into their telephone.

    Attributes:
        secret: In Base32, for typing.
        picture: The QR code as an SVG element.
        sealed: The secret as the form carries it back.
    """

    secret: str
    picture: str
    sealed: str


def offer(console: Console, user: User) -> Offer:
    """Return a new secret for a user; nothing is kept until a code proves that it arrived."""
    secret = pyotp.random_base32()
    address = pyotp.TOTP(secret).provisioning_uri(name=user.name, issuer_name=console.settings.name)
    picture = BytesIO()
    segno.make(address, error="m").save(
        picture, kind="svg", xmldecl=False, svgns=True, omitsize=True, svgclass="qr", border=2
    )
    return Offer(secret, picture.getvalue().decode(), console.seal.close(_offered(user), secret))


def accept(console: Console, user: User, sealed: str, code: str) -> list[str]:
    """Set an offered secret up, and return the recovery codes: this is the only time they show.

    Raises:
        InputError: The offer is too old, or the code does not come from it.
    """
    try:
        secret = console.seal.open(_offered(user), sealed, seconds=OFFER_SECONDS)
    except SecretError:
        raise InputError("this offer of a second factor is too old") from None
    step = matching_step(secret, code, console.now(), after=0)
    if step is None:
        raise InputError("the code is wrong")
    codes = [
        "".join(secrets.choice(_ALPHABET) for _ in range(_RECOVERY_CHARACTERS))
        for _ in range(_RECOVERY_CODES)
    ]
    with console.database.session() as session:
        known = session.get_one(User, user.id)
        known.totp_sealed = console.seal.close(_kept(known.id), secret)
        known.totp_step = step
        known.recovery_hashes = [fingerprint(each) for each in codes]
    return ["-".join(re.findall("....", each)) for each in codes]


def remove(console: Console, user_id: int) -> None:
    """Take the second factor and its recovery codes away."""
    with console.database.session() as session:
        user = session.get_one(User, user_id)
        user.totp_sealed = None
        user.recovery_hashes = []


def use_code(console: Console, user_id: int, said: str) -> str | None:
    """Use a code up, and return what it was: ``totp`` or ``recovery``; None for a wrong one.

    Each code is good once: one that somebody looked at over a shoulder is worth nothing.

    Raises:
        SecretError: The console's key is another one than when the factor was set up.
    """
    code = "".join(said.split()).replace("-", "").lower()
    with console.database.session() as session:
        # Two requests with one code: the second waits here and finds it used.
        user = session.scalar(select(User).where(User.id == user_id).with_for_update())
        if user is None or user.totp_sealed is None:
            return None
        hashed = fingerprint(code)
        if hashed in user.recovery_hashes:
            user.recovery_hashes = [each for each in user.recovery_hashes if each != hashed]
            return "recovery"
        secret = console.seal.open(_kept(user.id), user.totp_sealed)
        step = matching_step(secret, code, console.now(), after=user.totp_step)
        if step is None:
            return None
        user.totp_step = step
        return "totp"


def matching_step(secret: str, code: str, now: float, *, after: int) -> int | None:
    """Return the time step that a code belongs to: the current one or a neighbour, never used."""
    totp = pyotp.TOTP(secret)
    current = int(now) // STEP_SECONDS
    found = None
    for step in (current - 1, current, current + 1):
        right = totp.generate_otp(step)
        if hmac.compare_digest(right.encode(), code.encode()) and step > after:
            found = step
    return found


def _offered(user: User) -> str:
    return f"totp offered {user.id}"


def _kept(user_id: int) -> str:
    return f"totp {user_id}"
