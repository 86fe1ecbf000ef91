"""Tokens made, listed and withdrawn by their owners."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from yamaha_ops.errors import InputError
from yamaha_ops.web.access.sealing import fingerprint
from yamaha_ops.web.access.tokens import PREFIX
from yamaha_ops.web.errors import ForbiddenError, NotFoundError
from yamaha_ops.web.store.people import Token

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from yamaha_ops.web.access.roles import Role
    from yamaha_ops.web.access.visitor import Visitor
    from yamaha_ops.web.console import Console

MOST_TOKENS: Final = 50
"""Of one user at a time."""

_SHOWN: Final = len(PREFIX) + 6


def issue(
    console: Console, visitor: Visitor, name: str, roles: Iterable[Role], *, days: int | None
) -> str:
    """Make a token for the visitor's own scripts, and return it: nobody can show it again.

    Args:
        console: The console.
        visitor: Whose it will be.
        name: What it is for.
        roles: What it may do: at most what its owner may, now and whenever it is used.
        days: When it ends; None for never.

    Raises:
        ForbiddenError: A token asks, or for more than the owner may.
        InputError: There is no name, or there are too many tokens.
    """
    refuse_tokens(visitor)
    wanted = frozenset(roles)
    if not all(visitor.may(role) for role in wanted):
        raise ForbiddenError("a token cannot have a role that its owner has not")
    if not name:
        raise InputError("a token needs a name: what it is for")
    key = PREFIX + console.new_key()
    now = console.now()
    token = Token(
        user_id=visitor.id,
        name=name[:64],
        key_hash=fingerprint(key),
        start=key[:_SHOWN],
        roles=sorted(role.value for role in wanted),
        created=now,
        expires=None if days is None else now + days * 86400,
    )
    with console.database.session() as session:
        count = session.scalar(
            select(func.count())
            .select_from(Token)
            .where(Token.user_id == visitor.id, Token.ended.is_(False))
        )
        if (count or 0) >= MOST_TOKENS:
            raise InputError(f"there are {MOST_TOKENS} tokens already; withdraw one first")
        session.add(token)
    console.audit(visitor, "token.made", token=token.start, name=token.name, roles=token.roles)
    return key


def tokens_of(console: Console, user_id: int) -> Sequence[Token]:
    """Return the tokens of a user that were not withdrawn, the newest first."""
    with console.database.reading() as session:
        return session.scalars(
            select(Token)
            .where(Token.user_id == user_id, Token.ended.is_(False))
            .order_by(Token.id.desc())
        ).all()


def withdraw(console: Console, visitor: Visitor, number: int) -> None:
    """End one of the visitor's own tokens.

    Raises:
        ForbiddenError: A token asks.
        NotFoundError: There is none of that number, or it is not theirs.
    """
    refuse_tokens(visitor)
    with console.database.session() as session:
        token = session.get(Token, number)
        if token is None or token.user_id != visitor.id or token.ended:
            raise NotFoundError(f"there is no token {number}")
        token.ended = True
        start = token.start
    console.audit(visitor, "token.withdrawn", token=start)


def refuse_tokens(visitor: Visitor) -> None:
    """Keep scripts from what only their owners may do in person.

    A token that got into wrong hands must not be a way to another that outlives it.

    Raises:
        ForbiddenError: A token asks.
    """
    if visitor.by_token:
        raise ForbiddenError("a token cannot do this; sign in with a browser")
