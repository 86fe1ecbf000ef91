"""Users that come through a provider: known by issuer and subject, rights anew at each login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from yamaha_ops.web.errors import SignInError
from yamaha_ops.web.store.people import User

if TYPE_CHECKING:
    from yamaha_ops.web.access.oidc import Person
    from yamaha_ops.web.console import Console

_LONGEST_NAME = 64


def guest(console: Console, person: Person) -> User:
    """Return the user that somebody is here, made at their first login.

    A name that a local user, or another subject, has already gets a number: it never leads to
    that one's account.

    Raises:
        SignInError: They are barred here.
    """
    with console.database.session() as session:
        user = session.scalar(select(User).where(User.subject == person.subject))
        if user is None:
            user = User(
                name=_free(set(session.scalars(select(User.name))), person.name),
                subject=person.subject,
                recovery_hashes=[],
                created=console.now(),
            )
            session.add(user)
        user.shown_name = _line(person.shown_name)[:128]
        user.roles = list(person.granted.roles)
        user.labels = person.granted.labels
        barred = user.barred
    if barred:
        raise SignInError("this user is locked")
    return user


def _free(taken: set[str], name: str) -> str:
    wanted = _line(name).lower().replace(" ", ".") or "guest"
    candidate, number = wanted[:_LONGEST_NAME], 1
    while candidate in taken:
        number += 1
        ending = f"-{number}"
        candidate = wanted[: _LONGEST_NAME - len(ending)] + ending
    return candidate


def _line(text: str) -> str:
    return "".join(each for each in text if each.isprintable()).strip()
