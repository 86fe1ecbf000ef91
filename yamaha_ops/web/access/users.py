"""Local users: made, changed, and let in by password and second factor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from yamaha_ops.errors import InputError
from yamaha_ops.web.access.passwords import check_password
from yamaha_ops.web.errors import ConflictError
from yamaha_ops.web.store.people import User

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from yamaha_ops.web.access.roles import Role
    from yamaha_ops.web.console import Console

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


def user_name(text: str) -> str:
    """Return a name as it is kept: case makes no difference.

    Raises:
        InputError: It is no name.
    """
    name = text.strip().lower()
    if not _NAME.fullmatch(name):
        raise InputError("a user name is letters, digits and . _ @ + - , 64 at most")
    return name


def add_user(  # noqa: PLR0913 -- what a user is made of
    console: Console,
    name: str,
    password: str,
    *,
    roles: Iterable[Role],
    shown_name: str = "",
    labels: Mapping[str, Iterable[str]] | None = None,
    must_change: bool = True,
) -> User:
    """Make a local user.

    Raises:
        InputError: The name or the password is no good.
        ConflictError: The name is taken.
    """
    name = user_name(name)
    check_password(password, name, shortest=console.settings.access.password_length)
    user = User(
        name=name,
        shown_name=shown_name[:128] or name,
        password_hash=console.passwords.hash(password),
        must_change=must_change,
        recovery_hashes=[],
        roles=sorted(role.value for role in roles),
        labels=None if labels is None else {key: sorted(labels[key]) for key in labels},
        created=console.now(),
    )
    with console.database.session() as session:
        if session.scalar(select(User.id).where(User.name == name)) is not None:
            raise ConflictError(f"there is a user {name} already")
        session.add(user)
    return user
