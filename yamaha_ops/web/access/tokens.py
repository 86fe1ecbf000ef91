"""Tokens: what scripts sign in with. Shown once, kept as a hash."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from yamaha_ops.web.access.sealing import fingerprint
from yamaha_ops.web.errors import BusyError, SignInError
from yamaha_ops.web.store.people import Token

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from yamaha_ops.web.console import Console

PREFIX: Final = "yo_"
"""So that scanners for leaked secrets, and people, know one when they see it."""

_WRITE_SECONDS: Final = 60.0


def bearer(request: HTTPConnection) -> str | None:
    """Return the token of a request; None where it carries none."""
    kind, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else None


def token_of(console: Console, key: str, address: str) -> Token:
    """Return the token behind a key with its user, and note that it was used.

    Raises:
        SignInError: There is none, it was withdrawn or is past its day, or its user is barred.
    """
    with console.database.reading() as session:
        token = session.scalar(
            select(Token).where(Token.key_hash == fingerprint(key)).options(joinedload(Token.user))
        )
    if token is None or token.ended or token.user.barred:
        raise SignInError("the token is not valid")
    now = console.now()
    expired = token.expires is not None and now >= token.expires
    if expired or token.last_used is None or abs(now - token.last_used) >= _WRITE_SECONDS:
        with suppress(BusyError), console.database.session() as session:
            known = session.get_one(Token, token.id)
            known.last_used, known.last_address = now, address
            # Written down, so that a clock that is set back does not bring it to life again.
            known.ended = known.ended or expired
    if expired:
        raise SignInError("the token has expired")
    return token
