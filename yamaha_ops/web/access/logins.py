"""Browser sessions: begun, used, ended.

How old one is, is told by two clocks, and the one that says more counts: the wall clock, which
can be set, and the ticks of this run of the server, which cannot, but do not outlive it. So a
clock that jumps forward ends logins early, and one that jumps back prolongs none: while the server
runs its ticks go on; when it was down, a wall clock that stands before the last use is proof
enough that it was set back, and the login ends.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, select
from sqlalchemy.orm import joinedload
from starlette.responses import RedirectResponse, Response

from yamaha_ops.web.access.cookies import LOGIN, VISIT
from yamaha_ops.web.access.sealing import fingerprint
from yamaha_ops.web.errors import BusyError, SignInError
from yamaha_ops.web.request import address_of
from yamaha_ops.web.store.people import Login

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from yamaha_ops.web.console import Console

HALFWAY_SECONDS: Final = 600.0
"""How long the second factor may take."""

_WRITE_SECONDS: Final = 30.0
"""A use is written down when the last one is so long ago: reading a page writes nothing."""


def begin(console: Console, user_id: int, *, complete: bool, address: str, agent: str) -> str:
    """Sign a browser in under a new key, and return the key for its cookie."""
    key = console.new_key()
    now = console.now()
    login = Login(
        key_hash=fingerprint(key),
        user_id=user_id,
        complete=complete,
        created=now,
        seen=now,
        run=console.run,
        ticks=console.ticks(),
        address=address,
        agent=agent[:256],
    )
    with console.database.session() as session:
        # What was not used for so long has ended; this is as good a moment as any to remove it.
        over = now - console.settings.access.idle_seconds
        session.execute(delete(Login).where(Login.seen < over))
        session.add(login)
    return key


def signed_in(
    console: Console, request: HTTPConnection, user_id: int, place: str, *, complete: bool
) -> Response:
    """Give the browser a new key, end the login it had before, and lead on.

    Whatever key it came with (somebody may have planted one) is worth nothing afterwards.
    """
    secure = console.settings.secure
    forget(console, request)
    key = begin(
        console,
        user_id,
        complete=complete,
        address=address_of(request, console.settings.proxies),
        agent=request.headers.get("user-agent", ""),
    )
    response = RedirectResponse(place, 303)
    LOGIN.write(response, key, secure=secure)
    VISIT.remove(response, secure=secure)
    return response


def forget(console: Console, request: HTTPConnection) -> None:
    """End whatever login a browser comes with, complete or not."""
    key = LOGIN.read(request, secure=console.settings.secure)
    if key:
        with console.database.session() as session:
            session.execute(delete(Login).where(Login.key_hash == fingerprint(key)))


def login_of(console: Console, request: HTTPConnection, *, complete: bool = True) -> Login:
    """Return the login of a request with its user, and note that it was used.

    Raises:
        SignInError: There is none, it has ended, its user is barred, or it is only halfway.
    """
    key = LOGIN.read(request, secure=console.settings.secure)
    if not key:
        raise SignInError("nobody is signed in")
    with console.database.reading() as session:
        login = session.scalar(
            select(Login).where(Login.key_hash == fingerprint(key)).options(joinedload(Login.user))
        )
    if login is None or login.complete != complete:
        raise SignInError("nobody is signed in")
    if login.user.barred or not _lives(console, login):
        end(console, login.id)
        raise SignInError("the login has ended")
    if unseen_seconds(console, login) >= _WRITE_SECONDS:
        with suppress(BusyError):  # who only looks is not held up; the next use writes it down
            _touch(console, login)
    return login


def lives(console: Console, number: int) -> Login | None:
    """Return a complete login with its user while it lasts, without prolonging it."""
    with console.database.reading() as session:
        login = session.scalar(
            select(Login).where(Login.id == number, Login.complete).options(joinedload(Login.user))
        )
    return login if login and not login.user.barred and _lives(console, login) else None


def unseen_seconds(console: Console, login: Login) -> float:
    """Return how long a login was not used, by the clock that says more."""
    by_wall = console.now() - login.seen
    by_ticks = console.ticks() - login.ticks if login.run == console.run else 0.0
    return max(by_wall, by_ticks, 0.0)


def end(console: Console, *ids: int) -> None:
    """End logins."""
    with console.database.session() as session:
        session.execute(delete(Login).where(Login.id.in_(ids)))


def end_all(console: Console, user_id: int, *, but: int | None = None) -> None:
    """End every login of a user, but for one."""
    with console.database.session() as session:
        session.execute(delete(Login).where(Login.user_id == user_id, Login.id != (but or 0)))


def _lives(console: Console, login: Login) -> bool:
    access = console.settings.access
    unseen = unseen_seconds(console, login)
    set_back = login.run != console.run and console.now() < login.seen
    longest = access.absolute_seconds if login.complete else HALFWAY_SECONDS
    return (
        not set_back and unseen <= access.idle_seconds and login.spent_seconds + unseen <= longest
    )


def _touch(console: Console, login: Login) -> None:
    with console.database.session() as session:
        known = session.get(Login, login.id)
        if known is not None:
            known.spent_seconds += unseen_seconds(console, known)
            known.seen, known.ticks, known.run = console.now(), console.ticks(), console.run
